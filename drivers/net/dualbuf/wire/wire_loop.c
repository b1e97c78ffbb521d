/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_clock.h"
#include "wire_loop.h"

/* A slot has room for frames of usual length since its first one, and for a longer one since that. */
#define LOOP_ROOM 2048

#define LOOP_MASK (WIRE_LOOP_FRAMES - 1)

static_assert((WIRE_LOOP_FRAMES & LOOP_MASK) == 0, "positions run on over the end");

struct loop_slot {
	uint8_t *data;
	uint32_t room;
	uint32_t len;
	uint64_t stamp;
};

/* Positions are free-running; each has one writer, and a line of its own. */
struct wire_loop {
	struct wire_source source;
	uint32_t nb_shown; /* of the frames from taken on, those that the source shows */
	uint32_t taken __rte_cache_aligned; /* by the source */
	uint32_t written __rte_cache_aligned; /* by the sink */
	struct loop_slot slots[WIRE_LOOP_FRAMES] __rte_cache_aligned;
};

struct wire_loop_sink {
	struct wire_sink sink;
	struct wire_loop *loop;
};

static struct wire_loop *
loop_of(struct wire_source *source)
{
	return container_of(source, struct wire_loop, source);
}

static struct wire_loop *
loop_of_sink(struct wire_sink *sink)
{
	return container_of(sink, struct wire_loop_sink, sink)->loop;
}

/* The source -------------------------------------------------------------------------------------- */

/* What was shown has been taken; its slots may be written again. */
static void
loop_fill(struct wire_source *source)
{
	struct wire_loop *loop = loop_of(source);
	uint32_t taken = loop->taken + loop->nb_shown;
	uint32_t nb = __atomic_load_n(&loop->written, __ATOMIC_ACQUIRE) - taken;
	const struct loop_slot *slot;
	uint32_t i;

	__atomic_store_n(&loop->taken, taken, __ATOMIC_RELEASE);
	nb = RTE_MIN(nb, (uint32_t)WIRE_SOURCE_FRAMES);
	for (i = 0; i < nb; i++) {
		slot = &loop->slots[(taken + i) & LOOP_MASK];
		source->frames[i] = (struct wire_frame){
			.data = slot->data,
			.len = slot->len,
			.original = slot->len,
			.stamp = slot->stamp,
		};
	}
	loop->nb_shown = nb;
	source->nb = nb;
}

static uint64_t
loop_left(const struct wire_source *source)
{
	const struct wire_loop *loop = container_of(source, const struct wire_loop, source);

	return __atomic_load_n(&loop->written, __ATOMIC_ACQUIRE) - loop->taken - source->next;
}

static void
loop_close(struct wire_source *source)
{
	struct wire_loop *loop = loop_of(source);
	uint32_t i;

	for (i = 0; i < WIRE_LOOP_FRAMES; i++)
		free(loop->slots[i].data);
	free(loop);
}

static const struct wire_source_ops loop_ops = {
	.fill = loop_fill,
	.left = loop_left,
	.close = loop_close,
};

/* The sink ---------------------------------------------------------------------------------------- */

static uint32_t
loop_room(const struct wire_loop *loop)
{
	return WIRE_LOOP_FRAMES - (loop->written - __atomic_load_n(&loop->taken, __ATOMIC_ACQUIRE));
}

static bool
slot_make_room(struct loop_slot *slot, uint32_t len)
{
	uint8_t *data;

	if (likely(len <= slot->room))
		return true;
	if (len > WIRE_MAX_FRAME)
		return false;
	len = RTE_MAX(len, (uint32_t)LOOP_ROOM);
	data = realloc(slot->data, len);
	if (data == NULL)
		return false;
	slot->data = data;
	slot->room = len;
	return true;
}

static uint32_t
loop_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	struct wire_loop *loop = loop_of_sink(sink);
	uint32_t written = loop->written, room = loop_room(loop), failed = 0, i;
	uint64_t now = wire_time_of_day();
	struct loop_slot *slot;

	for (i = 0; i < nb; i++) {
		slot = &loop->slots[written & LOOP_MASK];
		if (unlikely(room == 0 || !slot_make_room(slot, frames[i].len))) {
			failed |= UINT32_C(1) << i;
			continue;
		}
		memcpy(slot->data, frames[i].data, frames[i].len);
		slot->len = frames[i].len;
		slot->stamp = now;
		written++;
		room--;
	}
	__atomic_store_n(&loop->written, written, __ATOMIC_RELEASE);
	return failed;
}

static bool
loop_ready(struct wire_sink *sink)
{
	struct wire_loop *loop = loop_of_sink(sink);
	uint32_t holds_back = loop_room(loop) < WIRE_SINK_FRAMES;

	/* the line is the reader's */
	if (unlikely(holds_back != __atomic_load_n(&loop->source.holds_back, __ATOMIC_RELAXED)))
		__atomic_store_n(&loop->source.holds_back, holds_back, __ATOMIC_RELAXED);
	return !holds_back;
}

static void
loop_sink_close(struct wire_sink *sink)
{
	free(container_of(sink, struct wire_loop_sink, sink));
}

static const struct wire_sink_ops loop_sink_ops = {
	.write = loop_write,
	.ready = loop_ready,
	.close = loop_sink_close,
};

/* Opening ----------------------------------------------------------------------------------------- */

int
wire_loop_open(struct wire_source **source)
{
	struct wire_loop *loop = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*loop));

	*source = NULL;
	if (loop == NULL) {
		DUALBUF_LOG(ERR, "loopback: out of memory");
		return -ENOMEM;
	}
	memset(loop, 0, sizeof(*loop));
	loop->source.ops = &loop_ops;
	loop->source.name = "loopback";
	*source = &loop->source;
	return 0;
}

int
wire_loop_send(struct wire_source *source, struct wire_sink **sink)
{
	struct wire_loop_sink *loop_sink = calloc(1, sizeof(*loop_sink));

	*sink = NULL;
	if (loop_sink == NULL) {
		DUALBUF_LOG(ERR, "loopback: out of memory");
		return -ENOMEM;
	}
	loop_sink->sink.ops = &loop_sink_ops;
	loop_sink->sink.name = source->name;
	loop_sink->sink.waits = true;
	loop_sink->loop = loop_of(source);
	*sink = &loop_sink->sink;
	return 0;
}
