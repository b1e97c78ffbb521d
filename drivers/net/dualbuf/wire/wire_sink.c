/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_memcpy.h>

#include "dualbuf_logs.h"
#include "wire_iface.h"
#include "wire_sink.h"

/* What the files of sinks begin with: classic pcap with nanoseconds, in this machine's byte order. */
static const struct pcap_file_header file_header = {
	.magic = 0xa1b23c4d,
	.version_major = PCAP_VERSION_MAJOR,
	.version_minor = PCAP_VERSION_MINOR,
	.snaplen = WIRE_MAX_FRAME,
	.linktype = DLT_EN10MB,
};

/* What each record begins with. */
struct record_header {
	uint32_t seconds;
	uint32_t nanoseconds;
	uint32_t captured;
	uint32_t original;
};

/* Records are gathered here; one of the longest frames has room. */
#define FILE_BUFFER (sizeof(struct record_header) + WIRE_MAX_FRAME)

struct wire_sink {
	enum wire_end_kind kind;
	bool shared; /* fd is a source's */
	bool failed; /* an interface; this was logged */
	bool too_long; /* a frame for a file; this was logged */
	int fd; /* a file, or a socket */

	/* A file's records, between the one who writes and those who flush */
	pthread_mutex_t lock;
	int error; /* the first one, for ever; a negative errno */
	uint8_t *buffer;
	size_t used;
	off_t whole; /* in the file, so far: its header and whole records */

	/* Of the records that were in the buffer when it failed; read by any thread */
	uint64_t lost_packets;
	uint64_t lost_bytes;

	char name[]; /* path or interface name */
};

static struct wire_sink *
sink_alloc(enum wire_end_kind kind, const char *name)
{
	size_t name_size = strlen(name) + 1;
	struct wire_sink *sink = calloc(1, sizeof(*sink) + name_size);

	if (sink == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", name);
		return NULL;
	}
	sink->kind = kind;
	sink->fd = -1;
	pthread_mutex_init(&sink->lock, NULL);
	memcpy(sink->name, name, name_size);
	return sink;
}

/* Only of a regular file: a device has nothing to lose. */
static int
file_empty(const struct wire_sink *sink)
{
	struct stat st;
	int ret;

	if (fstat(sink->fd, &st) != 0)
		goto failed;
	if (S_ISCHR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode)) {
		DUALBUF_LOG(ERR, "output %s: is a pipe or device; a regular file is required",
				sink->name);
		return -EINVAL;
	}
	/* a source or sink of this or another port holds it; no locks at all are no reason */
	if (flock(sink->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		DUALBUF_LOG(ERR,
				"output %s: another queue reads or writes this file; one that is "
				"not in use is required",
				sink->name);
		return -EBUSY;
	}
	if (ftruncate(sink->fd, 0) == 0)
		return 0;
failed:
	ret = -errno;
	DUALBUF_LOG(ERR, "output %s: %s", sink->name, strerror(errno));
	return ret;
}

/* Under the lock, or before others know the sink. Happens once: nothing is written after it. */
static void
file_failed(struct wire_sink *sink, int error)
{
	sink->error = -error;
	DUALBUF_LOG(ERR, "output %s: %s; it ends here, and what is sent is dropped", sink->name,
			strerror(error));
	/* a device has nothing that could be cut */
	if (ftruncate(sink->fd, sink->whole) != 0 && errno != EINVAL)
		DUALBUF_LOG(ERR, "output %s: ends within a record, and cannot be cut: %s",
				sink->name, strerror(errno));
}

/* Returns how many bytes were written; *error says why it was not all. */
static size_t
file_write_all(const struct wire_sink *sink, const void *bytes, size_t len, int *error)
{
	size_t at = 0;
	ssize_t done;

	*error = 0;
	while (at < len) {
		done = write(sink->fd, (const uint8_t *)bytes + at, len - at);
		if (done > 0) {
			at += done;
		} else if (done == 0 || errno != EINTR) {
			*error = done == 0 ? EIO : errno;
			break;
		}
	}
	return at;
}

static int
file_begin(struct wire_sink *sink)
{
	int error;

	if (file_write_all(sink, &file_header, sizeof(file_header), &error) < sizeof(file_header))
		file_failed(sink, error);
	else
		sink->whole = sizeof(file_header);
	return sink->error;
}

static int
file_create(struct wire_sink *sink)
{
	int ret;

	/* a pipe without a reader must not hold up the probe: that is ENXIO then */
	sink->fd = open(sink->name, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	if (sink->fd < 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "output %s: %s", sink->name,
				ret == -ENXIO ? "is a pipe or device; a regular file is required" :
						strerror(errno));
		return ret;
	}
	return file_empty(sink);
}

static int
file_open(struct wire_sink *sink)
{
	int ret = file_create(sink);

	if (ret != 0)
		return ret;
	sink->buffer = malloc(FILE_BUFFER);
	if (sink->buffer == NULL) {
		DUALBUF_LOG(ERR, "output %s: out of memory", sink->name);
		return -ENOMEM;
	}
	return file_begin(sink);
}

int
wire_sink_open(const struct wire_end *end, struct wire_sink **out)
{
	struct wire_sink *sink = sink_alloc(end->kind, end->name);
	int ret = 0;

	*out = NULL;
	if (sink == NULL)
		return -ENOMEM;
	if (sink->kind == WIRE_END_FILE)
		ret = file_open(sink);
	else if (sink->kind != WIRE_END_NONE)
		ret = wire_iface_send(sink->name, &sink->fd);
	if (ret != 0) {
		wire_sink_close(sink);
		return ret;
	}
	*out = sink;
	return 0;
}

int
wire_sink_share(struct wire_source *source, struct wire_sink **out)
{
	int fd = wire_source_fd(source);

	*out = NULL;
	if (fd < 0) {
		DUALBUF_LOG(ERR, "%s: cannot be sent to; an interface is required", source->name);
		return -EINVAL;
	}
	*out = sink_alloc(WIRE_END_IFACE, source->name);
	if (*out == NULL)
		return -ENOMEM;
	(*out)->fd = fd;
	(*out)->shared = true;
	return 0;
}

/*
 * Of the buffer's records only those that end within its first bytes made it to the file. The others are
 * counted when it has been cut, so that who sees them lost finds it so.
 */
static void
file_cut(struct wire_sink *sink, size_t written, int error)
{
	uint64_t packets = 0, bytes = 0;
	struct record_header header;
	size_t at, end;

	for (at = 0; at < sink->used; at = end) {
		memcpy(&header, sink->buffer + at, sizeof(header));
		end = at + sizeof(header) + header.captured;
		if (end <= written) {
			sink->whole += end - at;
		} else {
			packets++;
			bytes += header.captured;
		}
	}
	file_failed(sink, error);
	__atomic_store_n(&sink->lost_bytes, bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&sink->lost_packets, packets, __ATOMIC_RELEASE);
}

/* Under the lock. The buffer is empty then, and stays so after a failure. */
static void
file_flush(struct wire_sink *sink)
{
	size_t written;
	int error;

	written = file_write_all(sink, sink->buffer, sink->used, &error);
	if (likely(error == 0))
		sink->whole += written;
	else
		file_cut(sink, written, error);
	sink->used = 0;
}

void
wire_sink_flush(struct wire_sink *sink)
{
	if (sink->kind != WIRE_END_FILE)
		return;
	pthread_mutex_lock(&sink->lock);
	file_flush(sink);
	pthread_mutex_unlock(&sink->lock);
}

void
wire_sink_lost(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes)
{
	*packets = __atomic_load_n(&sink->lost_packets, __ATOMIC_ACQUIRE);
	*bytes = __atomic_load_n(&sink->lost_bytes, __ATOMIC_RELAXED);
}

void
wire_sink_close(struct wire_sink *sink)
{
	if (sink == NULL)
		return;
	if (sink->buffer != NULL)
		wire_sink_flush(sink);
	if (sink->fd >= 0 && !sink->shared)
		close(sink->fd);
	pthread_mutex_destroy(&sink->lock);
	free(sink->buffer);
	free(sink);
}

static bool
file_refuses(struct wire_sink *sink, uint32_t len)
{
	if (likely(len <= WIRE_MAX_FRAME))
		return false;
	if (!sink->too_long) {
		DUALBUF_LOG(ERR,
				"output %s: a frame of %u bytes is dropped; at most %d are allowed",
				sink->name, len, WIRE_MAX_FRAME);
		sink->too_long = true;
	}
	return true;
}

/* Add a record, under the lock. Returns whether it has its place. */
static inline bool
file_add(struct wire_sink *sink, const struct wire_frame *frame, const struct timespec *now)
{
	const struct record_header header = {
		.seconds = now->tv_sec,
		.nanoseconds = now->tv_nsec,
		.captured = frame->len,
		.original = frame->len,
	};

	if (unlikely(file_refuses(sink, frame->len)))
		return false;
	if (unlikely(FILE_BUFFER - sink->used < sizeof(header) + frame->len))
		file_flush(sink);
	if (unlikely(sink->error != 0))
		return false;
	memcpy(sink->buffer + sink->used, &header, sizeof(header));
	rte_memcpy(sink->buffer + sink->used + sizeof(header), frame->data, frame->len);
	sink->used += sizeof(header) + frame->len;
	return true;
}

static uint32_t
file_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	struct timespec now;
	uint32_t failed = 0;
	uint32_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	pthread_mutex_lock(&sink->lock);
	for (i = 0; i < nb; i++)
		failed |= (uint32_t)!file_add(sink, &frames[i], &now) << i;
	pthread_mutex_unlock(&sink->lock);
	return failed;
}

static uint32_t
iface_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	int reason;
	uint32_t failed = wire_iface_write(sink->fd, frames, nb, &reason);

	if (unlikely(failed != 0 && !sink->failed)) {
		DUALBUF_LOG(ERR, "interface %s: cannot send: %s; such frames are dropped",
				sink->name, strerror(reason));
		sink->failed = true;
	}
	return failed;
}

uint32_t
wire_sink_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	switch (sink->kind) {
	case WIRE_END_FILE:
		return file_write(sink, frames, nb);
	case WIRE_END_NONE:
		return 0;
	default:
		return iface_write(sink, frames, nb);
	}
}
