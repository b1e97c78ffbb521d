/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _MODEL_UTIL_H_
#define _MODEL_UTIL_H_

/*
 * The virtual NIC's silicon between a fake wire and descriptors in memory. The source itself is
 * included, and the functions that it calls are here: sources, sinks and offload engines that do as they
 * are told. Every buffer and ring is a block of memory of its own, of exactly its size.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "vnic_model_rx.c"
#include "vnic_model_tx.c"
#include "vnic_tx_offload.c"

#define NB_DESC 8
#define BUF_SIZE 256
#define MAX_FRAMES 64
#define GUARD 16
#define GUARD_BYTE 0x5a
#define NO_LIMIT UINT32_MAX
#define FRAMES_SHOWN 3 /* by the wire at a time */

/* The wire before the NIC. */
static struct {
	struct wire_source source;
	struct wire_frame frames[MAX_FRAMES];
	unsigned int nb;
	unsigned int shown;
	bool endless; /* the last frame comes again and again */
	unsigned int nb_resumed;
} wire;

/* The wire behind it. */
struct fake_sink {
	struct wire_sink sink;
	uint8_t *frames[MAX_FRAMES];
	uint32_t lens[MAX_FRAMES];
	unsigned int nb;
	bool refuse;
};

static struct fake_sink sink;
static struct vnic_rx_meta found; /* by the offload engines, in every frame */
static uint32_t strip; /* bytes they take off its front */

static struct vnic_rx_queue rx;
static struct vnic_tx_queue tx;
static struct dualbuf_filter filter;
static struct dualbuf_rss rss;
static struct vnic_offload offload = { .rss = &rss };
static uint8_t *buffers[NB_DESC];

static inline void
show_frames(struct wire_source *source)
{
	for (; source->nb < FRAMES_SHOWN && wire.shown < wire.nb; wire.shown += !wire.endless)
		source->frames[source->nb++] = wire.frames[wire.shown];
}

static const struct wire_source_ops wire_ops = {
	.fill = show_frames,
};

void
wire_source_resume(struct wire_source *source)
{
	assert_ptr_equal(source, &wire.source);
	wire.nb_resumed++;
}

static inline unsigned int
frames_taken(void)
{
	return wire.shown - (wire.source.nb - wire.source.next);
}

static inline uint32_t
keep_frames(struct wire_sink *to, const struct wire_frame *frames, uint32_t nb)
{
	struct fake_sink *s = container_of(to, struct fake_sink, sink);
	uint32_t i;

	if (s->refuse)
		return (1u << nb) - 1;
	for (i = 0; i < nb; i++) {
		assert_true(s->nb < MAX_FRAMES);
		s->frames[s->nb] = malloc((size_t)frames[i].len + 1);
		assert_non_null(s->frames[s->nb]);
		memcpy(s->frames[s->nb], frames[i].data, frames[i].len);
		s->lens[s->nb++] = frames[i].len;
	}
	return 0;
}

static const struct wire_sink_ops sink_ops = {
	.write = keep_frames,
};

void
vnic_offload_rx(const struct vnic_offload *o, struct wire_frame *frame, uint8_t *scratch,
		struct vnic_rx_meta *meta)
{
	assert_ptr_equal(o, &offload);
	assert_ptr_equal(scratch, rx.scratch);
	*meta = found;
	frame->data += strip;
	frame->len -= strip;
}

static inline uint8_t
byte_of(unsigned int frame, uint32_t at)
{
	return (uint8_t)(frame * 31 + at * 7 + at / 256);
}

/* One more frame on the wire, which ends where its memory ends. */
static inline void
put_frame(uint32_t len)
{
	unsigned int frame = wire.nb;
	uint8_t *data = malloc((size_t)len + 1);
	uint32_t i;

	assert_non_null(data);
	for (i = 0; i < len; i++)
		data[i + 1] = byte_of(frame, i);
	wire.frames[wire.nb++] = (struct wire_frame){
		.data = data + 1,
		.len = len,
		.stamp = 1000 + frame,
	};
}

static inline void
put_frames(unsigned int n)
{
	while (n-- > 0)
		put_frame(60 + wire.nb);
}

static inline void
set_destination(unsigned int frame, uint64_t mac)
{
	uint8_t *data = (uint8_t *)(uintptr_t)wire.frames[frame].data;
	unsigned int i;

	for (i = 0; i < 6; i++)
		data[i] = (uint8_t)(mac >> 8 * (5 - i));
}

/* The driver arms a descriptor again. */
static inline void
arm(uint32_t pos)
{
	memset(buffers[pos], GUARD_BYTE, BUF_SIZE + GUARD);
	dualbuf_rx_desc_arm(&rx.desc[pos], (uintptr_t)buffers[pos]);
}

static inline int
set_up(void **state)
{
	uint32_t pos;

	(void)state;
	memset(&wire, 0, sizeof(wire));
	wire.source.ops = &wire_ops;
	memset(&sink, 0, sizeof(sink));
	sink.sink.ops = &sink_ops;
	memset(&found, 0, sizeof(found));
	memset(&filter, 0, sizeof(filter));
	strip = 0;
	filter.promiscuous = 1;
	filter.scattered = 1;
	rx = (struct vnic_rx_queue){
		.tail = NB_DESC - 1,
		.desc = aligned_alloc(16, NB_DESC * sizeof(*rx.desc)),
		.nb_desc = NB_DESC,
		.buf_size = BUF_SIZE,
		.filter = &filter,
		.offload = &offload,
		.scratch = malloc(WIRE_MAX_FRAME),
	};
	tx = (struct vnic_tx_queue){
		.desc = aligned_alloc(16, NB_DESC * sizeof(*tx.desc)),
		.nb_desc = NB_DESC,
		.scratch = malloc(VNIC_TX_SCRATCH),
		.filter = &filter,
	};
	memset((void *)(uintptr_t)tx.desc, 0xa5, NB_DESC * sizeof(*tx.desc));
	for (pos = 0; pos < NB_DESC; pos++) {
		buffers[pos] = malloc(BUF_SIZE + GUARD);
		arm(pos);
	}
	return 0;
}

static inline int
tear_down(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < NB_DESC; i++)
		free(buffers[i]);
	for (i = 0; i < wire.nb; i++)
		free((uint8_t *)(uintptr_t)wire.frames[i].data - 1);
	for (i = 0; i < sink.nb; i++)
		free(sink.frames[i]);
	free((void *)(uintptr_t)rx.desc);
	free((void *)(uintptr_t)tx.desc);
	free(rx.scratch);
	free(tx.scratch);
	return 0;
}

static inline uint32_t
status_of(uint32_t pos)
{
	return dualbuf_rx_desc_status(&rx.desc[pos]);
}

/* The driver has not been told of this one: it is as it was armed. */
static inline void
assert_untouched(uint32_t pos)
{
	const union dualbuf_rx_desc armed = {
		.read.addr = rte_cpu_to_le_64((uintptr_t)buffers[pos]),
	};
	uint32_t i;

	assert_memory_equal((const void *)(uintptr_t)&rx.desc[pos], &armed, sizeof(armed));
	for (i = 0; i < BUF_SIZE + GUARD; i++)
		assert_int_equal(buffers[pos][i], GUARD_BYTE);
}

/* Part of a frame is in a descriptor, and nothing behind it in the buffer. */
static inline void
assert_part(uint32_t pos, unsigned int frame, uint32_t from, uint32_t len, bool last)
{
	uint32_t i;

	assert_int_equal(status_of(pos) & (DUALBUF_RXD_DD | DUALBUF_RXD_EOP),
			last ? DUALBUF_RXD_DD | DUALBUF_RXD_EOP : DUALBUF_RXD_DD);
	assert_int_equal(rte_le_to_cpu_16(rx.desc[pos].wb.length), len);
	for (i = 0; i < len; i++)
		assert_int_equal(buffers[pos][i], byte_of(frame, from + i));
	for (; i < BUF_SIZE + GUARD; i++)
		assert_int_equal(buffers[pos][i], GUARD_BYTE);
}

static inline void
assert_frame(uint32_t pos, unsigned int frame)
{
	assert_part(pos, frame, 0, wire.frames[frame].len, true);
}

#define with_nic(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif /* _MODEL_UTIL_H_ */
