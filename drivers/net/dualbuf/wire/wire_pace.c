/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_clock.h"
#include "wire_pace.h"

/* A gap after which an application may seem to hang. */
#define LONG_GAP (60 * WIRE_NS_PER_S)

/* One pass through the file; times in ns, those that are due counted from the schedule's start. */
struct pace_round {
	uint64_t number; /* the inner source's */
	uint64_t base; /* when its first frame is due */
	uint64_t first_stamp;
	uint64_t nb; /* frames of which it is known when they are due */
};

struct wire_pace {
	struct wire_source source;
	struct wire_source *inner;
	struct wire_rate rate;
	bool started;
	bool next_known; /* next_due is that of the inner source's next frame */
	bool disorder_told;
	uint64_t start; /* of the schedule, by the monotonic clock */
	uint64_t next_due;
	uint64_t last_due;
	struct pace_round round;
	uint64_t nb_frames; /* of which it is known when they are due */
	uint64_t nb_bits; /* of these frames */
	uint64_t due[WIRE_SOURCE_FRAMES]; /* of the frames that are shown, by the monotonic clock */
};

static struct wire_pace *
pace_of(struct wire_source *source)
{
	return container_of(source, struct wire_pace, source);
}

/* A round of one frame has no gap, and that of the next is none. */
static uint64_t
pace_mean_gap(const struct wire_pace *pace)
{
	const struct pace_round *round = &pace->round;

	return round->nb < 2 ? 0 : (pace->last_due - round->base) / (round->nb - 1);
}

static void
pace_begin_round(struct wire_pace *pace, const struct wire_frame *frame)
{
	uint64_t base = pace->nb_frames == 0 ? 0 : pace->last_due + pace_mean_gap(pace);

	pace->round = (struct pace_round){
		.number = pace->inner->round,
		.base = base,
		.first_stamp = frame->stamp,
	};
}

static void
pace_tell_disorder(struct wire_pace *pace)
{
	if (pace->disorder_told)
		return;
	DUALBUF_LOG(WARNING,
			"capture file %s: packet %" PRIu64
			" was captured before its predecessor; such "
			"packets come with those before them",
			pace->source.name, pace->round.nb + 1);
	pace->disorder_told = true;
}

static uint64_t
pace_due_by_stamp(struct wire_pace *pace, const struct wire_frame *frame)
{
	struct pace_round *round = &pace->round;
	uint64_t due;

	if (pace->nb_frames == 0 || round->number != pace->inner->round)
		pace_begin_round(pace, frame);
	due = round->base;
	if (frame->stamp > round->first_stamp)
		due += (uint64_t)((double)(frame->stamp - round->first_stamp) / pace->rate.value);
	if (due < pace->last_due || frame->stamp < round->first_stamp) {
		pace_tell_disorder(pace);
		due = RTE_MAX(pace->last_due, round->base);
	}
	round->nb++;
	return due;
}

/* A frame is due when the bits of all before it have passed. */
static uint64_t
pace_due_by_bits(struct wire_pace *pace, const struct wire_frame *frame)
{
	uint64_t due = (uint64_t)((double)pace->nb_bits * WIRE_NS_PER_S / pace->rate.value);

	pace->nb_bits += 8 * (RTE_MAX(frame->len, WIRE_RATE_MIN_FRAME) + WIRE_RATE_OVERHEAD);
	return due;
}

/* When the frame is due; asked once for each, in order. */
static uint64_t
pace_due(struct wire_pace *pace, const struct wire_frame *frame)
{
	uint64_t due;

	if (pace->rate.kind == WIRE_RATE_CAPTURE)
		due = pace_due_by_stamp(pace, frame);
	else if (pace->rate.kind == WIRE_RATE_BITS)
		due = pace_due_by_bits(pace, frame);
	else
		due = (uint64_t)((double)pace->nb_frames * WIRE_NS_PER_S / pace->rate.value);
	if (unlikely(due - pace->last_due > LONG_GAP))
		DUALBUF_LOG(NOTICE, "capture file %s: the next packet is due in %" PRIu64 " s",
				pace->source.name, (due - pace->last_due) / WIRE_NS_PER_S);
	pace->nb_frames++;
	pace->last_due = due;
	return due;
}

/* The first of the frames that the inner source shows; NULL: there is none now. */
static const struct wire_frame *
pace_peek(struct wire_pace *pace)
{
	const struct wire_frame *frame = wire_source_peek(pace->inner);

	if (frame != NULL && !pace->next_known) {
		pace->next_due = pace_due(pace, frame);
		pace->next_known = true;
	}
	return frame;
}

/* Show the inner source's frames that are due. Taken from it at once, they stay until the next call. */
static void
pace_fill(struct wire_source *source)
{
	struct wire_pace *pace = pace_of(source);
	const struct wire_frame *frames = pace_peek(pace);
	uint64_t now = wire_clock();
	uint32_t shown, n = 0;

	if (frames == NULL) {
		source->ended = pace->inner->ended;
		return;
	}
	if (!pace->started) {
		pace->start = now;
		pace->started = true;
	}
	shown = wire_source_shown(pace->inner);
	while (n < shown && pace->start + pace->next_due <= now) {
		source->frames[n] = frames[n];
		pace->due[n] = pace->start + pace->next_due;
		n++;
		pace->next_known = n < shown;
		if (pace->next_known)
			pace->next_due = pace_due(pace, &frames[n]);
	}
	source->nb = n;
	wire_source_take(pace->inner, n);
}

/* Frames that are shown wait for descriptors, and not for a time. */
static uint64_t
pace_wait(const struct wire_source *source)
{
	const struct wire_pace *pace = container_of(source, const struct wire_pace, source);
	uint64_t due = pace->start + pace->next_due, now;

	if (wire_source_shown(source) > 0)
		return UINT64_MAX;
	if (!pace->next_known)
		return wire_source_wait(pace->inner);
	now = wire_clock();
	return due > now ? due - now : 0;
}

/* A stream's next frame that waits for its time is told by the clock, all others by its descriptor. */
static int
pace_fd(const struct wire_source *source)
{
	const struct wire_pace *pace = container_of(source, const struct wire_pace, source);

	return pace->next_known ? -1 : wire_source_fd(pace->inner);
}

/* The schedule goes on with the next frame now, as if no time had passed. */
static void
pace_resume(struct wire_source *source)
{
	struct wire_pace *pace = pace_of(source);
	uint64_t now = wire_clock();
	uint32_t i;

	pace->start = now - (pace->next_known ? pace->next_due : pace->last_due);
	for (i = source->next; i < source->nb; i++)
		pace->due[i] = now;
}

static uint64_t
pace_foreign(const struct wire_source *source)
{
	return wire_source_foreign(container_of(source, const struct wire_pace, source)->inner);
}

static void
pace_close(struct wire_source *source)
{
	struct wire_pace *pace = pace_of(source);

	wire_source_close(pace->inner);
	free(pace);
}

static const struct wire_source_ops pace_ops = {
	.fill = pace_fill,
	.foreign = pace_foreign,
	.fd = pace_fd,
	.wait = pace_wait,
	.resume = pace_resume,
	.close = pace_close,
};

int
wire_pace_open(struct wire_source *inner, const struct wire_rate *rate, struct wire_source **source)
{
	struct wire_pace *pace = calloc(1, sizeof(*pace));

	*source = NULL;
	if (pace == NULL) {
		DUALBUF_LOG(ERR, "capture file %s: out of memory", inner->name);
		wire_source_close(inner);
		return -ENOMEM;
	}
	pace->source.ops = &pace_ops;
	pace->source.name = inner->name;
	pace->source.is_stream = inner->is_stream;
	pace->source.due = pace->due;
	pace->inner = inner;
	pace->rate = *rate;
	*source = &pace->source;
	return 0;
}
