/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "bytes_encoded_output.h"
#include "bytes_file_output.h"
#include "bytes_open.h"
#include "dualbuf_logs.h"
#include "wire_append.h"
#include "wire_file_format.h"
#include "wire_file_sink.h"

/* Records are gathered here; one of the longest frames has room. */
#define FILE_BUFFER WIRE_FILE_RECORD_SIZE

/* So much waits for a stream's reader at the most, and behind it there is room for a whole burst. */
#define STREAM_WAITS FILE_BUFFER
#define STREAM_BUFFER (STREAM_WAITS + WIRE_SINK_FRAMES * WIRE_FILE_RECORD_SIZE)

/* A stream is written when that much has come together. */
#define STREAM_WRITES (64 * 1024)

struct wire_file_sink {
	struct wire_sink sink;
	enum wire_file_format format;
	bool too_long; /* a frame was; this was logged */
	uint32_t snaplen; /* no record has more bytes of its frame */
	bool is_passed; /* more than one process has written, and none has counted all */

	/* The records, between the one who writes and those who flush */
	pthread_mutex_t lock;
	struct bytes_output *output;
	int error; /* the first one, for ever; a negative errno */
	uint8_t *buffer;
	size_t size;
	size_t used;
	size_t split; /* bytes at the buffer's beginning that begin no record, but end one, or are none */
	uint32_t split_packets; /* 1 if they end one */
	uint32_t split_len; /* of that record's frame */
	struct wire_file_counts counts;

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

/* Writing, under the lock, or before others know the sink ------------------------------------------ */

/* Happens once: nothing is written after it. Of what was written the last bytes are no whole record. */
static void
file_failed(struct wire_file_sink *file, int error, size_t no_record)
{
	int ret = bytes_output_cut(file->output, no_record);

	file->error = -error;
	DUALBUF_LOG(ERR, "output %s: %s; it ends here, and what is sent is dropped",
			file->sink.name,
			error == EPIPE			   ? "its reader is gone" :
					error == ETIMEDOUT ? "its reader takes no more" :
							     strerror(error));
	if (ret != 0)
		DUALBUF_LOG(ERR, "output %s: ends within a record, and cannot be cut: %s",
				file->sink.name, strerror(ret));
}

/* Where the record ends that begins there in the buffer. len: of its frame. */
static size_t
file_record_end(const struct wire_file_sink *file, size_t at, uint32_t *len)
{
	uint32_t captured = wire_file_captured(file->format, file->buffer + at, len);

	return at + wire_file_record_size(file->format, captured);
}

/*
 * Of the buffer's records only those that end within its first bytes made it to the file. The others are
 * counted when it has been cut, so that who sees them lost finds it so.
 */
static void
file_cut(struct wire_file_sink *file, size_t written, int error)
{
	uint64_t packets = file->split_packets, bytes = file->split_len;
	size_t at, end, whole = 0;
	uint32_t len;

	if (file->split <= written) {
		packets = 0;
		bytes = 0;
		whole = file->split;
	}
	for (at = file->split; at < file->used; at = end) {
		end = file_record_end(file, at, &len);
		if (end <= written) {
			whole = end;
		} else {
			packets++;
			bytes += len;
		}
	}
	file_failed(file, error, written - whole);
	file->counts.dropped += packets;
	__atomic_store_n(&file->lost_bytes, bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&file->lost_packets, packets, __ATOMIC_RELEASE);
}

/* A stream has taken the buffer's first bytes: what is left of a record whose beginning is gone? */
static void
file_split(struct wire_file_sink *file, size_t written)
{
	size_t end = file->split;

	if (written == 0)
		return;
	for (; end < written; file->split_packets = 1)
		end = file_record_end(file, end, &file->split_len);
	file->split = end - written;
	file->used -= written;
	memmove(file->buffer, file->buffer + written, file->used);
}

/* The buffer is empty then, but for what a stream's reader has no room for. It stays so after a failure. */
static void
file_write_buffer(struct wire_file_sink *file)
{
	size_t written;
	int error;

	if (file->used == 0)
		return;
	written = bytes_output_write(file->output, file->buffer, file->used, &error);
	if (unlikely(error == EAGAIN)) {
		file_split(file, written);
		return;
	}
	if (unlikely(error != 0))
		file_cut(file, written, error);
	file->used = 0;
	file->split = 0;
	file->split_packets = 0;
	file->split_len = 0;
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

/* Add a record. Returns whether it has its place. */
static __rte_always_inline bool
file_add(struct wire_file_sink *file, const struct wire_frame *frame, uint64_t now,
		const enum wire_file_format format)
{
	uint32_t captured = RTE_MIN(frame->len, file->snaplen);
	size_t size = wire_file_record_size(format, captured);

	if (unlikely(file_refuses(file, frame->len)))
		return false;
	if (unlikely(file->size - file->used < size))
		file_write_buffer(file);
	if (unlikely(file->error != 0 || file->size - file->used < size))
		return false;
	wire_file_put_record(format, frame, captured, now, file->buffer + file->used);
	file->used += size;
	return true;
}

/* Operations --------------------------------------------------------------------------------------- */

static __rte_always_inline uint32_t
file_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb,
		const enum wire_file_format format)
{
	struct wire_file_sink *file = file_of(sink);
	uint64_t now = wire_time_of_day();
	uint32_t failed = 0;
	uint32_t i;

	pthread_mutex_lock(&file->lock);
	for (i = 0; i < nb; i++)
		failed |= (uint32_t)!file_add(file, &frames[i], now, format) << i;
	file->counts.received += nb;
	file->counts.dropped += __builtin_popcount(failed);
	pthread_mutex_unlock(&file->lock);
	return failed;
}

static uint32_t
file_write_pcap(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	return file_write(sink, frames, nb, WIRE_FILE_PCAP);
}

static uint32_t
file_write_pcapng(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	return file_write(sink, frames, nb, WIRE_FILE_PCAPNG);
}

static void
file_flush(struct wire_sink *sink)
{
	struct wire_file_sink *file = file_of(sink);

	pthread_mutex_lock(&file->lock);
	file_write_buffer(file);
	pthread_mutex_unlock(&file->lock);
}

static bool
file_ready(struct wire_sink *sink)
{
	struct wire_file_sink *file = file_of(sink);
	bool ready;

	if (!sink->waits)
		return true;
	pthread_mutex_lock(&file->lock);
	if (file->used >= STREAM_WRITES)
		file_write_buffer(file);
	ready = file->used <= STREAM_WAITS;
	pthread_mutex_unlock(&file->lock);
	return ready;
}

static void
file_wait(const struct wire_sink *sink, unsigned int ms)
{
	bytes_output_wait(container_of(sink, const struct wire_file_sink, sink)->output, ms);
}

static void
file_lost(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes)
{
	const struct wire_file_sink *file = container_of(sink, const struct wire_file_sink, sink);

	*packets = __atomic_load_n(&file->lost_packets, __ATOMIC_ACQUIRE);
	*bytes = __atomic_load_n(&file->lost_bytes, __ATOMIC_RELAXED);
}

/* A stream's reader has some time for what it has not taken. */
static void
file_empty_buffer(struct wire_file_sink *file)
{
	const uint64_t until = wire_clock() + WIRE_FILE_CLOSE_MS * WIRE_NS_PER_MS;

	file_write_buffer(file);
	while (file->used > 0 && wire_clock() < until) {
		bytes_output_wait(file->output, 10);
		file_write_buffer(file);
	}
	if (file->used > 0)
		file_cut(file, 0, ETIMEDOUT);
}

static void
file_end(struct wire_file_sink *file)
{
	int error;

	file_empty_buffer(file);
	if (file->error == 0 && !file->is_passed) {
		file->used = wire_file_put_trailer(
				file->format, &file->counts, wire_time_of_day(), file->buffer);
		file->split = file->used;
		file_empty_buffer(file);
	}
	error = bytes_output_finish(file->output);
	if (error != 0 && file->error == 0)
		file_failed(file, error, 0);
}

static void
file_close(struct wire_sink *sink)
{
	struct wire_file_sink *file = file_of(sink);

	if (file->buffer != NULL)
		file_end(file);
	bytes_output_close(file->output);
	pthread_mutex_destroy(&file->lock);
	free(file->buffer);
	free(file);
}

static int
file_pass(struct wire_sink *sink)
{
	struct wire_file_sink *file = file_of(sink);
	int fd = bytes_output_file(file->output);

	if (fd < 0)
		return -ENOTSUP;
	file_flush(sink);
	file->is_passed = true;
	return fd;
}

static const struct wire_sink_ops pcap_ops = {
	.write = file_write_pcap,
	.flush = file_flush,
	.ready = file_ready,
	.wait = file_wait,
	.lost = file_lost,
	.pass = file_pass,
	.close = file_close,
};

static const struct wire_sink_ops pcapng_ops = {
	.write = file_write_pcapng,
	.flush = file_flush,
	.ready = file_ready,
	.wait = file_wait,
	.lost = file_lost,
	.pass = file_pass,
	.close = file_close,
};

/* Opening ------------------------------------------------------------------------------------------ */

/* Before anything is emptied. */
static int
file_check_name(const struct wire_file_sink *file, bool append, struct bytes_reason *reason)
{
	const struct bytes_format *format = bytes_format_of_name(file->path);

	/* one that is compressed is not known in full, and standard output cannot be read */
	if (append &&
			(file->format != WIRE_FILE_PCAP || format != NULL ||
					strcmp(file->path, "-") == 0))
		return bytes_refuse(reason, -EINVAL,
				"tx_append=1 goes on in classic pcap files alone, uncompressed, by their "
				"name");
	return format == NULL ? 0 : bytes_format_check(format, reason);
}

static int
file_check_append(const struct wire_file_sink *file, struct bytes_reason *reason)
{
	return file->output->is_begun ? wire_append_check(file->path, file->snaplen, reason) : 0;
}

static int
file_compress(struct wire_file_sink *file, struct bytes_reason *reason)
{
	const struct bytes_format *format = bytes_format_of_name(file->path);
	struct bytes_output *encoded;
	int ret;

	if (format == NULL)
		return 0;
	if (file->output->is_stream)
		return bytes_refuse(reason, -EINVAL,
				"is a pipe, through which nothing is compressed; a name without %s "
				"is required",
				format->suffix);
	ret = bytes_encoded_output_open(file->output, format, FILE_BUFFER, &encoded, reason);
	if (ret == 0)
		file->output = encoded;
	return ret;
}

static int
file_open_output(struct wire_file_sink *file, bool append)
{
	struct bytes_reason reason;
	int ret = file_check_name(file, append, &reason);

	if (ret == 0)
		ret = bytes_output_open(file->path, append, &file->output, &reason);
	if (ret == 0 && append)
		ret = file_check_append(file, &reason);
	if (ret == 0)
		ret = file_compress(file, &reason);
	if (ret != 0)
		DUALBUF_LOG(ERR, "output %s: %s", file->path, reason.text);
	return ret;
}

/* A file that has its header is whole from the beginning on. */
static int
file_begin(struct wire_file_sink *file, const char *iface)
{
	file->sink.is_stream = file->output->is_stream;
	file->sink.waits = file->sink.is_stream;
	file->size = file->sink.is_stream ? STREAM_BUFFER : FILE_BUFFER;
	file->buffer = malloc(file->size);
	if (file->buffer == NULL) {
		DUALBUF_LOG(ERR, "output %s: out of memory", file->path);
		return -ENOMEM;
	}
	if (file->output->is_begun)
		return 0;
	file->used = wire_file_put_header(file->format, iface, file->snaplen, file->buffer);
	file->split = file->used;
	file_write_buffer(file);
	return file->error;
}

static struct wire_file_sink *
file_alloc(const char *path, const struct wire_sink_choices *choices)
{
	size_t path_size = strlen(path) + 1;
	struct wire_file_sink *file = calloc(1, sizeof(*file) + path_size);

	if (file == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", path);
		return NULL;
	}
	memcpy(file->path, path, path_size);
	file->snaplen = choices->snaplen == 0 ? WIRE_MAX_FRAME : choices->snaplen;
	file->format = wire_file_format_of(path, choices);
	file->sink.ops = file->format == WIRE_FILE_PCAP ? &pcap_ops : &pcapng_ops;
	file->sink.name = file->path;
	pthread_mutex_init(&file->lock, NULL);
	return file;
}

int
wire_file_sink_open(
		const char *path, const struct wire_sink_choices *choices, struct wire_sink **sink)
{
	struct wire_file_sink *file = file_alloc(path, choices);
	int ret;

	*sink = NULL;
	if (file == NULL)
		return -ENOMEM;
	ret = file_open_output(file, choices->append);
	if (ret == 0)
		ret = file_begin(file, choices->iface);
	if (ret != 0) {
		file_close(&file->sink);
		return ret;
	}
	*sink = &file->sink;
	return 0;
}

int
wire_file_sink_adopt(const char *path, int fd, const struct wire_sink_choices *choices,
		struct wire_sink **sink)
{
	struct wire_file_sink *file = file_alloc(path, choices);

	*sink = NULL;
	if (file == NULL || bytes_file_output_open(fd, &file->output) != 0)
		close(fd);
	if (file == NULL)
		return -ENOMEM;
	file->is_passed = true;
	if (file->output != NULL)
		file->output->is_begun = true;
	if (file->output == NULL || file_begin(file, choices->iface) != 0) {
		file_close(&file->sink);
		return -ENOMEM;
	}
	*sink = &file->sink;
	return 0;
}
