/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_clock.h"
#include "wire_libpcap_reader.h"
#include "wire_link_type.h"

#define FILE_BUFFER (256 * 1024)

struct wire_libpcap_reader {
	struct wire_reader reader;
	int fd; /* libpcap reads from a duplicate */
	const char *path;
	pcap_t *pcap;
	char buffer[FILE_BUFFER]; /* of the stream that libpcap reads */
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

static FILE *
libpcap_stream(struct wire_libpcap_reader *lib)
{
	int fd = fcntl(lib->fd, F_DUPFD_CLOEXEC, 0);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");

	if (stream != NULL && fseeko(stream, 0, SEEK_SET) == 0) {
		setvbuf(stream, lib->buffer, _IOFBF, sizeof(lib->buffer));
		return stream;
	}
	DUALBUF_LOG(ERR, "capture file %s: %s", lib->path, strerror(errno));
	if (stream != NULL)
		fclose(stream);
	else if (fd >= 0)
		close(fd);
	return NULL;
}

/* From the file's first record. libpcap cannot go back, so it opens the capture anew. */
static int
libpcap_reader_restart(struct wire_reader *reader)
{
	struct wire_libpcap_reader *lib = libpcap_reader_of(reader);
	char reason[PCAP_ERRBUF_SIZE];
	FILE *stream;

	if (lib->pcap != NULL)
		pcap_close(lib->pcap);
	lib->pcap = NULL;
	stream = libpcap_stream(lib);
	if (stream == NULL)
		return -EIO;
	lib->pcap = pcap_fopen_offline_with_tstamp_precision(
			stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (lib->pcap != NULL)
		return libpcap_check_link_type(lib);
	DUALBUF_LOG(ERR, "capture file %s: %s; a pcap or pcapng capture is required", lib->path,
			reason);
	fclose(stream);
	return -EINVAL;
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
		frames->stamp = (uint64_t)header->ts.tv_sec * WIRE_NS_PER_S + header->ts.tv_usec;
		return 1;
	}
	if (ret == PCAP_ERROR_BREAK)
		return 0;
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
wire_libpcap_reader_open(int fd, const char *path, struct wire_reader **reader)
{
	struct wire_libpcap_reader *lib = calloc(1, sizeof(*lib));
	int ret;

	if (lib == NULL)
		return -ENOMEM;
	lib->reader.ops = &libpcap_reader_ops;
	lib->fd = fd;
	lib->path = path;
	ret = libpcap_reader_restart(&lib->reader);
	if (ret != 0)
		libpcap_reader_close(&lib->reader);
	else
		*reader = &lib->reader;
	return ret;
}
