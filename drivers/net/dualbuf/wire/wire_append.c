/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "bytes_open.h"
#include "wire_append.h"
#include "wire_link_type.h"
#include "wire_pcap.h"
#include "wire_pcap_reader.h"
#include "wire_window.h"

#define REQUIRED "a pcap of Ethernet with nanoseconds in this machine's byte order is required"

static int
append_check_header(struct wire_window *window, uint32_t snaplen, struct bytes_reason *reason)
{
	struct wire_pcap_file_header header;

	if (wire_window_need(window, sizeof(header)) <= 0)
		return bytes_refuse(reason, -EINVAL,
				"cannot be gone on with: is no capture; " REQUIRED);
	memcpy(&header, window->bytes + window->at, sizeof(header));
	if (header.magic != WIRE_PCAP_NANOSECONDS || header.major != WIRE_PCAP_MAJOR ||
			header.minor != WIRE_PCAP_MINOR ||
			header.link_type != WIRE_LINK_TYPE_ETHERNET)
		return bytes_refuse(reason, -EINVAL,
				"cannot be gone on with: is of another kind; " REQUIRED);
	if (header.snaplen != 0 && header.snaplen < snaplen)
		return bytes_refuse(reason, -EINVAL,
				"cannot be gone on with: has a snap length of %u; at least %u is "
				"required",
				header.snaplen, snaplen);
	return 0;
}

static int
append_check_records(struct wire_window *window, struct bytes_reason *reason)
{
	struct wire_frame frames[32];
	struct wire_reader *reader;
	uint64_t nb = 0;
	int ret = wire_pcap_reader_open(window, &reader);

	if (ret != 0)
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	while ((ret = reader->ops->next(reader, frames, 32)) > 0)
		nb += ret;
	if (ret != WIRE_READER_END)
		ret = bytes_refuse(reason, -EINVAL,
				"cannot be gone on with: record %" PRIu64 " is damaged: %.160s",
				nb + 1, reader->damage);
	reader->ops->close(reader);
	return ret;
}

int
wire_append_check(const char *path, uint32_t snaplen, struct bytes_reason *reason)
{
	struct bytes_input *input;
	struct wire_window window;
	int ret = bytes_input_open(path, &input, reason);

	if (ret != 0)
		return ret;
	if (wire_window_open(&window, input) != 0)
		ret = bytes_refuse(reason, -ENOMEM, "out of memory");
	if (ret == 0)
		ret = append_check_header(&window, snaplen, reason);
	if (ret == 0)
		ret = append_check_records(&window, reason);
	wire_window_close(&window);
	bytes_input_close(input);
	return ret;
}
