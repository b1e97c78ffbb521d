/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "bytes_decoded_input.h"
#include "bytes_format.h"
#include "bytes_open.h"
#include "dualbuf_logs.h"
#include "wire_capture.h"
#include "wire_clock.h"
#include "wire_libpcap_reader.h"
#include "wire_link_type.h"
#include "wire_pcap_reader.h"
#include "wire_pcapng_reader.h"
#include "wire_reader.h"
#include "wire_window.h"

struct wire_capture {
	struct wire_source source;
	uint64_t rounds; /* how many times it is read, 0 without end */
	bool damaged; /* this was logged */
	bool foreign; /* this was logged */
	uint64_t nb_read; /* frames shown, since the file's start */
	uint64_t nb_foreign; /* packets that the reader had passed over at the file's start */
	struct bytes_input *input;
	struct wire_window window; /* of the input */
	struct wire_reader *reader; /* of the window */
	char path[];
};

static struct wire_capture *
capture_of(struct wire_source *source)
{
	return container_of(source, struct wire_capture, source);
}

static int
capture_restart(struct wire_capture *capture)
{
	capture->nb_read = 0;
	capture->nb_foreign = capture->reader->nb_foreign;
	return capture->reader->ops->restart(capture->reader);
}

static void
capture_say_foreign(struct wire_capture *capture)
{
	if (capture->foreign || capture->reader->nb_foreign == 0)
		return;
	DUALBUF_LOG(WARNING,
			"capture file %s: has packets of link type %s; only those of Ethernet (EN10MB) "
			"are delivered",
			capture->path, wire_link_type_of_file(capture->reader->foreign_type).text);
	capture->foreign = true;
}

static void
capture_say_damage(struct wire_capture *capture)
{
	uint64_t nb_whole = capture->nb_read + capture->reader->nb_foreign - capture->nb_foreign;

	DUALBUF_LOG(ERR,
			"capture file %s: record %" PRIu64 " is damaged: %s; the %" PRIu64
			" before it%s are delivered",
			capture->path, nb_whole + 1, capture->reader->damage, capture->nb_read,
			nb_whole == capture->nb_read ? "" : " that are of Ethernet");
	capture->damaged = true;
}

/*
 * After there was no record: is there more to read? False at the end, at damage, and when a file that
 * is to begin again cannot.
 */
static bool
capture_goes_on(struct wire_capture *capture, bool is_damaged)
{
	uint64_t round = capture->source.round + 1;

	if (is_damaged && !capture->damaged)
		capture_say_damage(capture);
	else if (capture->rounds != 1 && capture->nb_read == 0)
		DUALBUF_LOG(ERR,
				"capture file %s: has no packets; infinite_rx=1 and loop=<N> require one",
				capture->path);
	if (round == capture->rounds || capture->nb_read == 0 || capture_restart(capture) != 0)
		return false;
	capture->source.round = round;
	return true;
}

static void
capture_fill(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);
	struct wire_reader *reader = capture->reader;
	int ret;

	do {
		reader->gave_up = false;
		ret = reader->ops->next(reader, source->frames, WIRE_SOURCE_FRAMES);
		if (unlikely(reader->nb_foreign > 0))
			capture_say_foreign(capture);
		if (likely(ret > 0)) {
			source->nb = ret;
			capture->nb_read += ret;
			return;
		}
		if (ret == WIRE_READER_LATER)
			return;
	} while (capture_goes_on(capture, ret == WIRE_READER_DAMAGED));
	source->ended = true;
}

static uint64_t
capture_foreign(const struct wire_source *source)
{
	const struct wire_capture *capture =
			container_of(source, const struct wire_capture, source);

	return __atomic_load_n(&capture->reader->nb_foreign, __ATOMIC_RELAXED);
}

static void
capture_close(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);

	if (capture->reader != NULL)
		capture->reader->ops->close(capture->reader);
	wire_window_close(&capture->window);
	bytes_input_close(capture->input);
	free(capture);
}

/* The end of a pipe is there to be read for ever. */
static int
capture_fd(const struct wire_source *source)
{
	const struct wire_capture *capture =
			container_of(source, const struct wire_capture, source);

	return source->ended ? -1 : capture->input->fd;
}

/* Where nothing came because much was passed over, there may be something at once. */
static uint64_t
capture_wait(const struct wire_source *source)
{
	const struct wire_capture *capture =
			container_of(source, const struct wire_capture, source);

	return capture->reader->gave_up && !source->ended ? 0 : UINT64_MAX;
}

static const struct wire_source_ops capture_ops = {
	.wait = capture_wait,
	.fill = capture_fill,
	.foreign = capture_foreign,
	.fd = capture_fd,
	.close = capture_close,
};

/* Opening ------------------------------------------------------------------------------------------ */

/* The first bytes tell whether it is compressed; those of fewer are no capture either. */
static int
capture_decompress(struct wire_capture *capture, struct bytes_reason *reason)
{
	struct wire_window *window = &capture->window;
	struct bytes_input *decoded;
	int ret;

	if (wire_window_need(window, BYTES_MAGIC_SIZE) < 0) {
		if (errno == ETIMEDOUT)
			return bytes_refuse(reason, -ETIMEDOUT,
					"no capture comes through this pipe; its header is required "
					"within %d s",
					BYTES_PATIENCE_S);
		return bytes_refuse(reason, -EIO, "%s", bytes_input_fault(capture->input));
	}
	ret = bytes_decoded_input_open(
			capture->input, window->bytes, window->len, &decoded, reason);
	if (ret != 0)
		return RTE_MIN(ret, 0);
	capture->input = decoded;
	wire_window_exchange(window, decoded);
	return 0;
}

static int
capture_open_input(struct wire_capture *capture)
{
	struct bytes_reason reason;
	int ret = bytes_input_open(capture->path, &capture->input, &reason);

	if (ret == 0 && capture->input->is_stream && capture->rounds != 1)
		ret = bytes_refuse(&reason, -EINVAL,
				"is a pipe, whose bytes come once; a regular file is required to "
				"begin again");
	if (ret == 0 && wire_window_open(&capture->window, capture->input) != 0)
		ret = bytes_refuse(&reason, -ENOMEM, "out of memory");
	if (ret == 0) {
		capture->window.patient_until = wire_clock() + BYTES_PATIENCE_S * WIRE_NS_PER_S;
		ret = capture_decompress(capture, &reason);
	}
	if (ret != 0)
		DUALBUF_LOG(ERR, "capture file %s: %s", capture->path, reason.text);
	return ret;
}

/* By the first bytes. */
static int
capture_choose_reader(struct wire_capture *capture)
{
	int ret = wire_pcap_reader_open(&capture->window, &capture->reader);

	if (ret > 0)
		ret = wire_pcapng_reader_open(&capture->window, capture->path, &capture->reader);
	if (ret > 0)
		ret = wire_libpcap_reader_open(&capture->window, capture->path, &capture->reader);
	if (ret == -ENOMEM)
		DUALBUF_LOG(ERR, "capture file %s: out of memory", capture->path);
	return ret;
}

static int
capture_open(struct wire_capture *capture)
{
	int ret = capture_open_input(capture);

	if (ret == 0)
		ret = capture_choose_reader(capture);
	if (ret != 0)
		return ret;
	capture->window.patient_until = 0;
	capture->source.is_stream = capture->input->is_stream;
	if (capture->rounds == 1)
		return 0;
	while (wire_source_peek(&capture->source) == NULL)
		if (capture->source.ended)
			return -EINVAL;
	return 0;
}

int
wire_capture_open(const char *path, const struct wire_choices *choices, struct wire_source **source)
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
	capture->source.ops = &capture_ops;
	capture->rounds = choices->rounds;
	ret = capture_open(capture);
	if (ret != 0) {
		capture_close(&capture->source);
		return ret;
	}
	*source = &capture->source;
	return 0;
}
