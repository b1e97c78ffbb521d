/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>

#include "dualbuf_logs.h"
#include "vnic_sink.h"

#define FILE_BUFFER (256 * 1024)

struct vnic_sink {
	enum vnic_end_kind kind;
	bool shared; /* pcap is a source's */
	bool failed; /* an interface; this was logged */
	bool too_long; /* a frame for a file; this was logged */
	int error; /* of a file, under the stream's lock: the first one, for ever */
	pcap_t *pcap; /* an interface */
	FILE *stream; /* a file */
	pcap_dumper_t *dumper; /* the same */
	char *buffer; /* of the stream */
	char name[]; /* path or interface name */
};

static struct vnic_sink *
sink_alloc(enum vnic_end_kind kind, const char *name)
{
	size_t name_size = strlen(name) + 1;
	struct vnic_sink *sink = calloc(1, sizeof(*sink) + name_size);

	if (sink == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", name);
		return NULL;
	}
	sink->kind = kind;
	memcpy(sink->name, name, name_size);
	return sink;
}

/* Only of a regular file: a device has nothing to lose. */
static int
file_empty(const struct vnic_sink *sink, int fd)
{
	struct stat st;
	int ret;

	if (fstat(fd, &st) != 0)
		goto failed;
	if (S_ISCHR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode)) {
		DUALBUF_LOG(ERR, "output %s: is a pipe or device; a regular file is required",
				sink->name);
		return -EINVAL;
	}
	/* a source or sink of this or another port holds it; no locks at all are no reason */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		DUALBUF_LOG(ERR,
				"output %s: another queue reads or writes this file; one that is "
				"not in use is required",
				sink->name);
		return -EBUSY;
	}
	if (ftruncate(fd, 0) == 0)
		return 0;
failed:
	ret = -errno;
	DUALBUF_LOG(ERR, "output %s: %s", sink->name, strerror(errno));
	return ret;
}

static int
file_create(struct vnic_sink *sink)
{
	int fd, ret;

	/* a pipe without a reader must not hold up the probe: that is ENXIO then */
	fd = open(sink->name, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd < 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "output %s: %s", sink->name,
				ret == -ENXIO ? "is a pipe or device; a regular file is required" :
						strerror(errno));
		return ret;
	}
	ret = file_empty(sink, fd);
	if (ret != 0) {
		close(fd);
		return ret;
	}
	sink->stream = fdopen(fd, "w");
	if (sink->stream == NULL) {
		DUALBUF_LOG(ERR, "output %s: out of memory", sink->name);
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

static int
file_write_header(struct vnic_sink *sink)
{
	pcap_t *pcap;
	int ret;

	sink->buffer = malloc(FILE_BUFFER);
	pcap = pcap_open_dead_with_tstamp_precision(
			DLT_EN10MB, VNIC_MAX_FRAME, PCAP_TSTAMP_PRECISION_NANO);
	if (sink->buffer == NULL || pcap == NULL) {
		DUALBUF_LOG(ERR, "output %s: out of memory", sink->name);
		if (pcap != NULL)
			pcap_close(pcap);
		return -ENOMEM;
	}
	setvbuf(sink->stream, sink->buffer, _IOFBF, FILE_BUFFER);
	sink->dumper = pcap_dump_fopen(pcap, sink->stream);
	if (sink->dumper == NULL) {
		DUALBUF_LOG(ERR, "output %s: %s", sink->name, pcap_geterr(pcap));
		sink->stream = NULL; /* libpcap has closed it */
		pcap_close(pcap);
		return -EIO;
	}
	pcap_close(pcap);
	if (fflush(sink->stream) != 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "output %s: %s", sink->name, strerror(errno));
		sink->error = ret;
		return ret;
	}
	return 0;
}

static int
file_open(struct vnic_sink *sink)
{
	int ret = file_create(sink);

	return ret != 0 ? ret : file_write_header(sink);
}

int
vnic_sink_open(const struct vnic_end *end, struct vnic_sink **out)
{
	struct vnic_sink *sink = sink_alloc(end->kind, end->name);
	int ret = 0;

	*out = NULL;
	if (sink == NULL)
		return -ENOMEM;
	if (sink->kind == VNIC_END_FILE)
		ret = file_open(sink);
	else if (sink->kind != VNIC_END_NONE)
		ret = vnic_iface_open(sink->name, false, &sink->pcap);
	if (ret != 0) {
		vnic_sink_close(sink);
		return ret;
	}
	*out = sink;
	return 0;
}

int
vnic_sink_share(struct vnic_source *source, struct vnic_sink **out)
{
	const char *name = vnic_source_name(source);
	pcap_t *pcap = vnic_source_pcap(source);

	*out = NULL;
	if (pcap == NULL) {
		DUALBUF_LOG(ERR, "%s: cannot be sent to; an interface is required", name);
		return -EINVAL;
	}
	*out = sink_alloc(VNIC_END_IFACE, name);
	if (*out == NULL)
		return -ENOMEM;
	(*out)->pcap = pcap;
	(*out)->shared = true;
	return 0;
}

/* Under the stream's lock, so that errno is of the call that failed. */
static int
file_failed(struct vnic_sink *sink, int reason)
{
	if (sink->error == 0) {
		sink->error = reason == 0 ? -EIO : -reason;
		DUALBUF_LOG(ERR, "output %s: %s; it ends here, and what is sent is dropped",
				sink->name, strerror(-sink->error));
	}
	return sink->error;
}

void
vnic_sink_flush(struct vnic_sink *sink)
{
	if (sink->stream == NULL)
		return;
	flockfile(sink->stream);
	if (sink->error == 0 && fflush(sink->stream) != 0)
		file_failed(sink, errno);
	funlockfile(sink->stream);
}

void
vnic_sink_close(struct vnic_sink *sink)
{
	if (sink == NULL)
		return;
	if (sink->stream != NULL) {
		vnic_sink_flush(sink);
		fclose(sink->stream);
	}
	if (sink->pcap != NULL && !sink->shared)
		pcap_close(sink->pcap);
	free(sink->buffer);
	free(sink);
}

static int
file_refuse(struct vnic_sink *sink, uint32_t len)
{
	if (!sink->too_long) {
		DUALBUF_LOG(ERR,
				"output %s: a frame of %u bytes is dropped; at most %d are allowed",
				sink->name, len, VNIC_MAX_FRAME);
		sink->too_long = true;
	}
	return -EMSGSIZE;
}

static int
file_write(struct vnic_sink *sink, const uint8_t *data, uint32_t len)
{
	struct pcap_pkthdr header = { .caplen = len, .len = len };
	struct timespec now;
	int ret;

	if (unlikely(len > VNIC_MAX_FRAME))
		return file_refuse(sink, len);
	clock_gettime(CLOCK_REALTIME, &now);
	header.ts.tv_sec = now.tv_sec;
	header.ts.tv_usec = now.tv_nsec; /* as the file's precision is nanoseconds */
	flockfile(sink->stream);
	ret = sink->error;
	if (likely(ret == 0)) {
		pcap_dump((u_char *)sink->dumper, &header, data);
		if (unlikely(ferror_unlocked(sink->stream)))
			ret = file_failed(sink, errno);
	}
	funlockfile(sink->stream);
	return ret;
}

static int
iface_write(struct vnic_sink *sink, const uint8_t *data, uint32_t len)
{
	int reason;

	if (likely(pcap_inject(sink->pcap, data, len) >= 0))
		return 0;
	/* not pcap_geterr(): a shared handle belongs to the thread that receives */
	reason = errno == 0 ? EIO : errno;
	if (!sink->failed) {
		DUALBUF_LOG(ERR, "interface %s: cannot send: %s; such frames are dropped",
				sink->name, strerror(reason));
		sink->failed = true;
	}
	return -reason;
}

int
vnic_sink_write(struct vnic_sink *sink, const uint8_t *data, uint32_t len)
{
	switch (sink->kind) {
	case VNIC_END_FILE:
		return file_write(sink, data, len);
	case VNIC_END_NONE:
		return 0;
	default:
		return iface_write(sink, data, len);
	}
}
