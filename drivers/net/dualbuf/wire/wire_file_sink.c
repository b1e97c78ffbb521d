/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_memcpy.h>

#include "dualbuf_logs.h"
#include "wire_file_sink.h"
#include "wire_link_type.h"
#include "wire_pcap.h"

/* Sinks write with nanoseconds, in this machine's byte order. */
static const struct wire_pcap_file_header file_header = {
	.magic = WIRE_PCAP_NANOSECONDS,
	.major = WIRE_PCAP_MAJOR,
	.minor = WIRE_PCAP_MINOR,
	.snaplen = WIRE_MAX_FRAME,
	.link_type = WIRE_LINK_TYPE_ETHERNET,
};

/* Records are gathered here; one of the longest frames has room. */
#define FILE_BUFFER (sizeof(struct wire_pcap_record_header) + WIRE_MAX_FRAME)

struct wire_file_sink {
	struct wire_sink sink;
	bool too_long; /* a frame was; this was logged */
	int fd;

	/* The records, between the one who writes and those who flush */
	pthread_mutex_t lock;
	int error; /* the first one, for ever; a negative errno */
	uint8_t *buffer;
	size_t used;
	off_t whole; /* in the file, so far: its header and whole records */

	/* Of the records that were in the buffer when it failed; read by any thread */
	uint64_t lost_packets;
	uint64_t lost_bytes;

	char path[];
};

static struct wire_file_sink *
file_of(struct wire_sink *sink)
{
	return container_of(sink, struct wire_file_sink, sink);
}

/* Only of a regular file: a device has nothing to lose. */
static int
file_empty(const struct wire_file_sink *file)
{
	struct stat st;
	int ret;

	if (fstat(file->fd, &st) != 0)
		goto failed;
	if (S_ISCHR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode)) {
		DUALBUF_LOG(ERR, "output %s: is a pipe or device; a regular file is required",
				file->sink.name);
		return -EINVAL;
	}
	/* a source or sink of this or another port holds it; no locks at all are no reason */
	if (flock(file->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		DUALBUF_LOG(ERR,
				"output %s: another queue reads or writes this file; one that is "
				"not in use is required",
				file->sink.name);
		return -EBUSY;
	}
	if (ftruncate(file->fd, 0) == 0)
		return 0;
failed:
	ret = -errno;
	DUALBUF_LOG(ERR, "output %s: %s", file->sink.name, strerror(errno));
	return ret;
}

/* Under the lock, or before others know the sink. Happens once: nothing is written after it. */
static void
file_failed(struct wire_file_sink *file, int error)
{
	file->error = -error;
	DUALBUF_LOG(ERR, "output %s: %s; it ends here, and what is sent is dropped",
			file->sink.name, strerror(error));
	/* a device has nothing that could be cut */
	if (ftruncate(file->fd, file->whole) != 0 && errno != EINVAL)
		DUALBUF_LOG(ERR, "output %s: ends within a record, and cannot be cut: %s",
				file->sink.name, strerror(errno));
}

/* Returns how many bytes were written; *error says why it was not all. */
static size_t
file_write_all(const struct wire_file_sink *file, const void *bytes, size_t len, int *error)
{
	size_t at = 0;
	ssize_t done;

	*error = 0;
	while (at < len) {
		done = write(file->fd, (const uint8_t *)bytes + at, len - at);
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
file_begin(struct wire_file_sink *file)
{
	int error;

	if (file_write_all(file, &file_header, sizeof(file_header), &error) < sizeof(file_header))
		file_failed(file, error);
	else
		file->whole = sizeof(file_header);
	return file->error;
}

static int
file_create(struct wire_file_sink *file)
{
	int ret;

	/* a pipe without a reader must not hold up the probe: that is ENXIO then */
	file->fd = open(file->sink.name, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
			0666);
	if (file->fd < 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "output %s: %s", file->sink.name,
				ret == -ENXIO ? "is a pipe or device; a regular file is required" :
						strerror(errno));
		return ret;
	}
	return file_empty(file);
}

static int
file_start(struct wire_file_sink *file)
{
	int ret = file_create(file);

	if (ret != 0)
		return ret;
	file->buffer = malloc(FILE_BUFFER);
	if (file->buffer == NULL) {
		DUALBUF_LOG(ERR, "output %s: out of memory", file->sink.name);
		return -ENOMEM;
	}
	return file_begin(file);
}

/*
 * Of the buffer's records only those that end within its first bytes made it to the file. The others are
 * counted when it has been cut, so that who sees them lost finds it so.
 */
static void
file_cut(struct wire_file_sink *file, size_t written, int error)
{
	uint64_t packets = 0, bytes = 0;
	struct wire_pcap_record_header header;
	size_t at, end;

	for (at = 0; at < file->used; at = end) {
		memcpy(&header, file->buffer + at, sizeof(header));
		end = at + sizeof(header) + header.captured;
		if (end <= written) {
			file->whole += end - at;
		} else {
			packets++;
			bytes += header.captured;
		}
	}
	file_failed(file, error);
	__atomic_store_n(&file->lost_bytes, bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&file->lost_packets, packets, __ATOMIC_RELEASE);
}

/* Under the lock. The buffer is empty then, and stays so after a failure. */
static void
file_write_buffer(struct wire_file_sink *file)
{
	size_t written;
	int error;

	written = file_write_all(file, file->buffer, file->used, &error);
	if (likely(error == 0))
		file->whole += written;
	else
		file_cut(file, written, error);
	file->used = 0;
}

static void
file_flush(struct wire_sink *sink)
{
	struct wire_file_sink *file = file_of(sink);

	pthread_mutex_lock(&file->lock);
	file_write_buffer(file);
	pthread_mutex_unlock(&file->lock);
}

static void
file_lost(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes)
{
	const struct wire_file_sink *file = container_of(sink, const struct wire_file_sink, sink);

	*packets = __atomic_load_n(&file->lost_packets, __ATOMIC_ACQUIRE);
	*bytes = __atomic_load_n(&file->lost_bytes, __ATOMIC_RELAXED);
}

static void
file_close(struct wire_sink *sink)
{
	struct wire_file_sink *file = file_of(sink);

	if (file->buffer != NULL)
		file_flush(sink);
	if (file->fd >= 0)
		close(file->fd);
	pthread_mutex_destroy(&file->lock);
	free(file->buffer);
	free(file);
}

static bool
file_refuses(struct wire_file_sink *file, uint32_t len)
{
	if (likely(len <= WIRE_MAX_FRAME))
		return false;
	if (!file->too_long) {
		DUALBUF_LOG(ERR,
				"output %s: a frame of %u bytes is dropped; at most %d are allowed",
				file->sink.name, len, WIRE_MAX_FRAME);
		file->too_long = true;
	}
	return true;
}

/* Add a record, under the lock. Returns whether it has its place. */
static inline bool
file_add(struct wire_file_sink *file, const struct wire_frame *frame, const struct timespec *now)
{
	const struct wire_pcap_record_header header = {
		.seconds = now->tv_sec,
		.fraction = now->tv_nsec,
		.captured = frame->len,
		.original = frame->len,
	};

	if (unlikely(file_refuses(file, frame->len)))
		return false;
	if (unlikely(FILE_BUFFER - file->used < sizeof(header) + frame->len))
		file_write_buffer(file);
	if (unlikely(file->error != 0))
		return false;
	memcpy(file->buffer + file->used, &header, sizeof(header));
	rte_memcpy(file->buffer + file->used + sizeof(header), frame->data, frame->len);
	file->used += sizeof(header) + frame->len;
	return true;
}

static uint32_t
file_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	struct wire_file_sink *file = file_of(sink);
	struct timespec now;
	uint32_t failed = 0;
	uint32_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	pthread_mutex_lock(&file->lock);
	for (i = 0; i < nb; i++)
		failed |= (uint32_t)!file_add(file, &frames[i], &now) << i;
	pthread_mutex_unlock(&file->lock);
	return failed;
}

static const struct wire_sink_ops file_ops = {
	.write = file_write,
	.flush = file_flush,
	.lost = file_lost,
	.close = file_close,
};

int
wire_file_sink_open(const char *path, struct wire_sink **sink)
{
	size_t path_size = strlen(path) + 1;
	struct wire_file_sink *file = calloc(1, sizeof(*file) + path_size);
	int ret;

	*sink = NULL;
	if (file == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", path);
		return -ENOMEM;
	}
	memcpy(file->path, path, path_size);
	file->sink.ops = &file_ops;
	file->sink.name = file->path;
	file->fd = -1;
	pthread_mutex_init(&file->lock, NULL);
	ret = file_start(file);
	if (ret != 0) {
		file_close(&file->sink);
		return ret;
	}
	*sink = &file->sink;
	return 0;
}
