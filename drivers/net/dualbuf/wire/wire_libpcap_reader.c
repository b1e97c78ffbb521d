/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_clock.h"
#include "wire_libpcap_reader.h"
#include "wire_link_type.h"

struct wire_libpcap_reader {
	struct wire_reader reader;
	struct wire_window *window;
	const char *path;
	pcap_t *pcap;
};

static struct wire_libpcap_reader *
libpcap_reader_of(struct wire_reader *reader)
{
	return container_of(reader, struct wire_libpcap_reader, reader);
}

static int
libpcap_check_link_type(const struct wire_libpcap_reader *lib)
{
	int dlt = pcap_datalink(lib->pcap);

	if (dlt == DLT_EN10MB)
		return 0;
	DUALBUF_LOG(ERR, "capture file %s: has link type %s; Ethernet (EN10MB) is required",
			lib->path, wire_link_type_of_dlt(dlt).text);
	return -EINVAL;
}

/* As fopencookie() wants it. */
static ssize_t
libpcap_take(void *cookie, char *bytes, size_t nb)
{
	struct wire_window *window = cookie;
	ssize_t got = wire_window_need(window, 1);

	if (got <= 0)
		return got;
	nb = RTE_MIN(nb, wire_window_rest(window));
	memcpy(bytes, window->bytes + window->at, nb);
	window->at += nb;
	return nb;
}

static int
libpcap_begin(struct wire_libpcap_reader *lib)
{
	const cookie_io_functions_t functions = { .read = libpcap_take };
	FILE *stream = fopencookie(lib->window, "r", functions);
	char reason[PCAP_ERRBUF_SIZE];

	if (stream == NULL)
		return -ENOMEM;
	lib->pcap = pcap_fopen_offline_with_tstamp_precision(
			stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (lib->pcap != NULL)
		return libpcap_check_link_type(lib);
	DUALBUF_LOG(ERR, "capture file %s: %s; a pcap or pcapng capture is required", lib->path,
			reason);
	fclose(stream);
	return -EINVAL;
}

/* libpcap cannot go back, so it opens the capture anew. */
static int
libpcap_reader_restart(struct wire_reader *reader)
{
	struct wire_libpcap_reader *lib = libpcap_reader_of(reader);
	int ret = wire_window_restart(lib->window, 0);

	if (lib->pcap != NULL)
		pcap_close(lib->pcap);
	lib->pcap = NULL;
	return ret == 0 ? libpcap_begin(lib) : ret;
}

static int
libpcap_reader_next(
		struct wire_reader *reader, struct wire_frame *frames, uint32_t max __rte_unused)
{
	struct wire_libpcap_reader *lib = libpcap_reader_of(reader);
	struct pcap_pkthdr *header;
	int ret = pcap_next_ex(lib->pcap, &header, &frames->data);

	if (likely(ret == 1)) {
		frames->len = header->caplen;
		frames->original = header->len;
		frames->stamp = (uint64_t)header->ts.tv_sec * WIRE_NS_PER_S + header->ts.tv_usec;
		return 1;
	}
	if (ret == PCAP_ERROR_BREAK)
		return WIRE_READER_END;
	return wire_reader_damaged(reader, "%s", pcap_geterr(lib->pcap));
}

static void
libpcap_reader_close(struct wire_reader *reader)
{
	struct wire_libpcap_reader *lib = libpcap_reader_of(reader);

	if (lib->pcap != NULL)
		pcap_close(lib->pcap);
	free(lib);
}

static const struct wire_reader_ops libpcap_reader_ops = {
	.next = libpcap_reader_next,
	.restart = libpcap_reader_restart,
	.close = libpcap_reader_close,
};

int
wire_libpcap_reader_open(struct wire_window *window, const char *path, struct wire_reader **reader)
{
	struct wire_libpcap_reader *lib = calloc(1, sizeof(*lib));
	int ret;

	if (lib == NULL)
		return -ENOMEM;
	lib->reader.ops = &libpcap_reader_ops;
	lib->window = window;
	lib->path = path;
	ret = libpcap_begin(lib);
	if (ret == 0 && window->input->is_stream) {
		DUALBUF_LOG(ERR,
				"capture file %s: is of a kind that is read from regular files only; "
				"of a pipe, pcap 2.4 or pcapng is required",
				path);
		ret = -EINVAL;
	}
	if (ret != 0)
		libpcap_reader_close(&lib->reader);
	else
		*reader = &lib->reader;
	return ret;
}
