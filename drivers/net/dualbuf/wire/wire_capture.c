/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_capture.h"
#include "wire_pcap_reader.h"

#define NS_PER_S 1000000000ULL
#define FILE_BUFFER (256 * 1024)

struct wire_capture {
	struct wire_source source;
	bool infinite;
	bool damaged; /* this was logged */
	uint64_t nb_read; /* whole records, since the file's start */
	int fd; /* libpcap reads from a duplicate */
	pcap_t *pcap; /* NULL: the file is walked */
	char *buffer; /* of the stream that libpcap reads */
	struct wire_pcap_reader walk;
	char path[];
};

static struct wire_capture *
capture_of(struct wire_source *source)
{
	return container_of(source, struct wire_capture, source);
}

static int
capture_check_link_type(const struct wire_capture *capture)
{
	int type = pcap_datalink(capture->pcap);
	const char *name = pcap_datalink_val_to_name(type);

	if (type == DLT_EN10MB)
		return 0;
	DUALBUF_LOG(ERR, "capture file %s: has link type %s (%d); Ethernet (EN10MB) is required",
			capture->path, name == NULL ? "unknown" : name, type);
	return -EINVAL;
}

/* From the file's first record. libpcap cannot go back, so it opens the capture anew. */
static int
capture_start_pcap(struct wire_capture *capture)
{
	char reason[PCAP_ERRBUF_SIZE];
	FILE *stream;
	int fd;

	if (capture->pcap != NULL)
		pcap_close(capture->pcap);
	capture->pcap = NULL;
	fd = fcntl(capture->fd, F_DUPFD_CLOEXEC, 0);
	stream = fd < 0 ? NULL : fdopen(fd, "r");
	if (stream == NULL || fseeko(stream, 0, SEEK_SET) != 0) {
		DUALBUF_LOG(ERR, "capture file %s: %s", capture->path, strerror(errno));
		if (stream != NULL)
			fclose(stream);
		else if (fd >= 0)
			close(fd);
		return -EIO;
	}
	setvbuf(stream, capture->buffer, _IOFBF, FILE_BUFFER);
	capture->pcap = pcap_fopen_offline_with_tstamp_precision(
			stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (capture->pcap == NULL) {
		DUALBUF_LOG(ERR, "capture file %s: %s; a pcap or pcapng capture is required",
				capture->path, reason);
		fclose(stream);
		return -EINVAL;
	}
	return capture_check_link_type(capture);
}

static int
capture_restart(struct wire_capture *capture)
{
	capture->nb_read = 0;
	if (capture->pcap != NULL)
		return capture_start_pcap(capture);
	wire_pcap_reader_restart(&capture->walk);
	return 0;
}

/*
 * After there was no record: is there more to read? False at the end, at damage, and when an infinite
 * file cannot start again.
 */
static bool
capture_goes_on(struct wire_capture *capture, const char *damage)
{
	if (damage != NULL && !capture->damaged) {
		DUALBUF_LOG(ERR,
				"capture file %s: record %" PRIu64 " is damaged: %s; the %" PRIu64
				" before it are delivered",
				capture->path, capture->nb_read + 1, damage, capture->nb_read);
		capture->damaged = true;
	} else if (capture->infinite && capture->nb_read == 0) {
		DUALBUF_LOG(ERR, "capture file %s: has no packets; infinite_rx=1 requires one",
				capture->path);
	}
	return capture->infinite && capture->nb_read > 0 && capture_restart(capture) == 0;
}

static void
fill_by_walk(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);
	struct wire_pcap_reader *walk = &capture->walk;
	int ret;

	do {
		ret = wire_pcap_reader_next(walk, source->frames, WIRE_SOURCE_FRAMES);
		if (likely(ret > 0)) {
			source->nb = ret;
			capture->nb_read += ret;
			return;
		}
	} while (capture_goes_on(capture, ret < 0 ? walk->damage : NULL));
	source->ended = true;
}

static void
fill_by_pcap(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);
	struct wire_frame *frame = source->frames;
	struct pcap_pkthdr *header;
	int ret;

	do {
		ret = pcap_next_ex(capture->pcap, &header, &frame->data);
		if (likely(ret == 1)) {
			frame->len = header->caplen;
			frame->stamp = (uint64_t)header->ts.tv_sec * NS_PER_S + header->ts.tv_usec;
			source->nb = 1;
			capture->nb_read++;
			return;
		}
	} while (capture_goes_on(
			capture, ret == PCAP_ERROR_BREAK ? NULL : pcap_geterr(capture->pcap)));
	source->ended = true;
}

static void
capture_close(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);

	wire_pcap_reader_close(&capture->walk);
	if (capture->pcap != NULL)
		pcap_close(capture->pcap);
	if (capture->fd >= 0)
		close(capture->fd);
	free(capture->buffer);
	free(capture);
}

static const struct wire_source_ops walk_ops = {
	.fill = fill_by_walk,
	.close = capture_close,
};

static const struct wire_source_ops pcap_ops = {
	.fill = fill_by_pcap,
	.close = capture_close,
};

static int
capture_check(const struct wire_capture *capture)
{
	struct stat st;

	if (fstat(capture->fd, &st) != 0) {
		DUALBUF_LOG(ERR, "capture file %s: %s", capture->path, strerror(errno));
		return -EIO;
	}
	if (!S_ISREG(st.st_mode)) {
		DUALBUF_LOG(ERR, "capture file %s: is %s; a regular file is required",
				capture->path,
				S_ISDIR(st.st_mode) ? "a directory" : "a pipe or device");
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	}
	return 0;
}

static int
capture_open_file(struct wire_capture *capture)
{
	int ret;

	/* a pipe without a writer must not hold up the probe */
	capture->fd = open(capture->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (capture->fd < 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "capture file %s: %s", capture->path, strerror(errno));
		return ret;
	}
	ret = capture_check(capture);
	if (ret != 0)
		return ret;
	/* for the sinks that would empty it; to read what one of them writes is harmless */
	(void)flock(capture->fd, LOCK_SH | LOCK_NB);
	return 0;
}

/* libpcap says whether it is a capture we can use; how it is read from then on depends on its kind. */
static int
capture_choose_reader(struct wire_capture *capture)
{
	int ret;

	capture->buffer = malloc(FILE_BUFFER);
	if (capture->buffer == NULL)
		return -ENOMEM;
	ret = capture_start_pcap(capture);
	if (ret != 0)
		return ret;
	ret = wire_pcap_reader_open(&capture->walk, capture->fd, capture->pcap);
	if (ret <= 0)
		return ret;
	capture->source.ops = &walk_ops;
	pcap_close(capture->pcap);
	capture->pcap = NULL;
	free(capture->buffer);
	capture->buffer = NULL;
	return 0;
}

static int
capture_open(struct wire_capture *capture)
{
	int ret = capture_open_file(capture);

	if (ret == 0)
		ret = capture_choose_reader(capture);
	if (ret == -ENOMEM)
		DUALBUF_LOG(ERR, "capture file %s: out of memory", capture->path);
	if (ret == 0 && capture->infinite && wire_source_peek(&capture->source) == NULL)
		ret = -EINVAL;
	return ret;
}

int
wire_capture_open(const char *path, bool infinite, struct wire_source **source)
{
	size_t path_size = strlen(path) + 1;
	struct wire_capture *capture = calloc(1, sizeof(*capture) + path_size);
	int ret;

	*source = NULL;
	if (capture == NULL) {
		DUALBUF_LOG(ERR, "capture file %s: out of memory", path);
		return -ENOMEM;
	}
	memcpy(capture->path, path, path_size);
	capture->source.name = capture->path;
	capture->source.ops = &pcap_ops;
	capture->infinite = infinite;
	capture->fd = -1;
	ret = capture_open(capture);
	if (ret != 0) {
		capture_close(&capture->source);
		return ret;
	}
	*source = &capture->source;
	return 0;
}
