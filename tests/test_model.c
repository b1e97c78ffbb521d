/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The virtual NIC's silicon between a fake wire and descriptors in memory. The source itself is
 * included, and what it calls is here: sources, sinks and offload engines that do as they are told.
 * Every buffer and ring is a block of memory of its own, of exactly its size.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "vnic_model.c"

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

static void
show_frames(struct wire_source *source)
{
	for (; source->nb < FRAMES_SHOWN && wire.shown < wire.nb; wire.shown += !wire.endless)
		source->frames[source->nb++] = wire.frames[wire.shown];
}

static const struct wire_source_ops wire_ops = {
	.fill = show_frames,
};

static unsigned int
frames_taken(void)
{
	return wire.shown - (wire.source.nb - wire.source.next);
}

static uint32_t
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

static uint8_t
byte_of(unsigned int frame, uint32_t at)
{
	return (uint8_t)(frame * 31 + at * 7 + at / 256);
}

/* One more frame on the wire, which ends where its memory ends. */
static void
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

static void
put_frames(unsigned int n)
{
	while (n-- > 0)
		put_frame(60 + wire.nb);
}

static void
set_destination(unsigned int frame, uint64_t mac)
{
	uint8_t *data = (uint8_t *)(uintptr_t)wire.frames[frame].data;
	unsigned int i;

	for (i = 0; i < 6; i++)
		data[i] = (uint8_t)(mac >> 8 * (5 - i));
}

/* The driver arms a descriptor again. */
static void
arm(uint32_t pos)
{
	memset(buffers[pos], GUARD_BYTE, BUF_SIZE + GUARD);
	dualbuf_rx_desc_arm(&rx.desc[pos], (uintptr_t)buffers[pos]);
}

static int
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
	rx = (struct vnic_rx_queue){
		.tail = NB_DESC - 1,
		.desc = aligned_alloc(16, NB_DESC * sizeof(*rx.desc)),
		.nb_desc = NB_DESC,
		.buf_size = BUF_SIZE,
		.source = &wire.source,
		.filter = &filter,
		.offload = &offload,
		.scratch = malloc(WIRE_MAX_FRAME),
	};
	tx = (struct vnic_tx_queue){
		.desc = aligned_alloc(16, NB_DESC * sizeof(*tx.desc)),
		.nb_desc = NB_DESC,
		.sink = &sink.sink,
		.scratch = malloc(WIRE_MAX_FRAME),
	};
	memset((void *)(uintptr_t)tx.desc, 0xa5, NB_DESC * sizeof(*tx.desc));
	for (pos = 0; pos < NB_DESC; pos++) {
		buffers[pos] = malloc(BUF_SIZE + GUARD);
		arm(pos);
	}
	return 0;
}

static int
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

static uint32_t
status_of(uint32_t pos)
{
	return dualbuf_rx_desc_status(&rx.desc[pos]);
}

/* The driver has not been told of this one: it is as it was armed. */
static void
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
static void
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

static void
assert_frame(uint32_t pos, unsigned int frame)
{
	assert_part(pos, frame, 0, wire.frames[frame].len, true);
}

static void
nothing_is_written_without_a_doorbell(void **state)
{
	uint32_t pos;

	(void)state;
	rx.tail = 0;
	put_frames(3);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 0);
	for (pos = 0; pos < NB_DESC; pos++)
		assert_untouched(pos);
	assert_int_equal(frames_taken(), 0);
	assert_int_equal(rx.missed, 0);
}

static void
frames_go_to_armed_descriptors_in_order(void **state)
{
	uint32_t pos;

	(void)state;
	put_frames(3);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 3);
	for (pos = 0; pos < NB_DESC; pos++) {
		if (pos < 3)
			assert_frame(pos, pos);
		else
			assert_untouched(pos);
	}
	assert_int_equal(rx.head, 3);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 0);
}

static void
the_tail_is_never_passed_wherever_it_is(void **state)
{
	uint32_t head, room, pos, i;

	(void)state;
	put_frame(64);
	wire.endless = true;
	for (head = 0; head < NB_DESC; head++) {
		for (room = 0; room < NB_DESC; room++) {
			for (pos = 0; pos < NB_DESC; pos++)
				arm(pos);
			rx.head = head;
			rx.tail = (head + room) % NB_DESC;
			assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), room);
			assert_int_equal(rx.head, rx.tail);
			for (i = 0; i < NB_DESC; i++) {
				pos = (head + i) % NB_DESC;
				if (i < room)
					assert_frame(pos, 0);
				else
					assert_untouched(pos);
			}
		}
	}
}

static void
a_step_brings_no_more_than_asked_for(void **state)
{
	(void)state;
	put_frames(5);
	assert_int_equal(vnic_rx_process(&rx, 0), 0);
	assert_int_equal(vnic_rx_process(&rx, 2), 2);
	assert_int_equal(rx.head, 2);
	assert_untouched(2);
	assert_int_equal(vnic_rx_process(&rx, 10), 3);
	assert_frame(4, 4);
}

static void
a_file_waits_when_no_descriptor_is_armed(void **state)
{
	uint32_t pos;

	(void)state;
	put_frames(10);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), NB_DESC - 1);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 0);
	assert_int_equal(frames_taken(), NB_DESC - 1);
	for (pos = 0; pos < 2; pos++)
		arm(pos);
	rx.tail = 1;
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 2);
	assert_frame(NB_DESC - 1, NB_DESC - 1);
	assert_frame(0, NB_DESC);
	assert_int_equal(rx.missed, 0);
}

static void
an_interface_misses_what_finds_no_descriptor(void **state)
{
	(void)state;
	wire.source.live = true;
	put_frames(10);
	vnic_rx_process(&rx, NO_LIMIT);
	assert_int_equal(rx.missed, 3);
	assert_int_equal(frames_taken(), 10);
	assert_frame(NB_DESC - 2, NB_DESC - 2);
	assert_untouched(NB_DESC - 1);
	put_frames(1);
	vnic_rx_process(&rx, NO_LIMIT);
	assert_int_equal(rx.missed, 4);
}

static void
a_long_frame_spans_descriptors(void **state)
{
	(void)state;
	put_frame(2 * BUF_SIZE + 1);
	put_frame(2 * BUF_SIZE);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 2);
	assert_part(0, 0, 0, BUF_SIZE, false);
	assert_part(1, 0, BUF_SIZE, BUF_SIZE, false);
	assert_part(2, 0, 2 * BUF_SIZE, 1, true);
	assert_part(3, 1, 0, BUF_SIZE, false);
	assert_part(4, 1, BUF_SIZE, BUF_SIZE, true);
	assert_untouched(5);
}

static void
a_long_frame_waits_until_it_fits_as_a_whole(void **state)
{
	uint32_t pos;

	(void)state;
	put_frames(5);
	put_frame(2 * BUF_SIZE + 1);
	put_frame(60);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 5);
	for (pos = 5; pos < NB_DESC; pos++)
		assert_untouched(pos);
	assert_int_equal(frames_taken(), 5);
	arm(0);
	rx.tail = 0;
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 1);
	assert_part(5, 5, 0, BUF_SIZE, false);
	assert_part(7, 5, 2 * BUF_SIZE, 1, true);
	assert_untouched(0);
}

static void
a_long_frame_of_an_interface_is_missed_as_a_whole(void **state)
{
	(void)state;
	wire.source.live = true;
	put_frames(5);
	put_frame(2 * BUF_SIZE + 1);
	put_frame(60);
	vnic_rx_process(&rx, NO_LIMIT);
	assert_int_equal(rx.missed, 1);
	assert_frame(5, 6);
	assert_untouched(6);
}

static void
a_frame_of_a_ring_less_one_descriptor_fits(void **state)
{
	uint32_t pos;

	(void)state;
	put_frame((NB_DESC - 1) * BUF_SIZE);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 1);
	for (pos = 0; pos < NB_DESC - 1; pos++)
		assert_part(pos, 0, pos * BUF_SIZE, BUF_SIZE, pos == NB_DESC - 2);
	assert_untouched(NB_DESC - 1);
	assert_int_equal(rx.too_long, 0);
}

static void
a_frame_longer_than_the_ring_is_counted_and_passed_over(void **state)
{
	unsigned int live;

	(void)state;
	for (live = 0; live < 2; live++) {
		wire.source.live = live;
		rx.head = 0;
		put_frame((NB_DESC - 1) * BUF_SIZE + 1);
		put_frame(WIRE_MAX_FRAME);
		put_frame(60);
		vnic_rx_process(&rx, NO_LIMIT);
		assert_int_equal(rx.too_long, 2 + 2 * live);
		assert_int_equal(rx.missed, 0);
		assert_int_equal(rx.head, 1);
		assert_frame(0, wire.nb - 1);
		arm(0);
	}
}

/* It need not wait for room that there never will be. */
static void
a_frame_longer_than_the_ring_holds_nobody_up(void **state)
{
	(void)state;
	rx.tail = 0;
	put_frame(NB_DESC * BUF_SIZE);
	put_frame(60);
	vnic_rx_process(&rx, NO_LIMIT);
	assert_int_equal(rx.too_long, 1);
	assert_int_equal(frames_taken(), 1);
	assert_untouched(0);
}

/* A ring that has room for any frame: descriptors whose buffers are as large as they may be. */
static void
arm_large(void)
{
	uint32_t pos;

	rx.buf_size = UINT16_MAX;
	for (pos = 0; pos < NB_DESC; pos++) {
		free(buffers[pos]);
		buffers[pos] = malloc(rx.buf_size);
		assert_non_null(buffers[pos]);
		dualbuf_rx_desc_arm(&rx.desc[pos], (uintptr_t)buffers[pos]);
	}
}

/* However much room the ring has: what looks at frames has none for longer ones. */
static void
a_frame_of_more_than_the_greatest_length_is_counted_and_passed_over(void **state)
{
	unsigned int engines;

	(void)state;
	arm_large();
	for (engines = 0; engines < 2; engines++) {
		offload.rx_offloads = engines ? RTE_ETH_RX_OFFLOAD_VLAN_STRIP : 0;
		put_frame(WIRE_MAX_FRAME + 1);
		put_frame(WIRE_MAX_FRAME + 40000);
		put_frame(60);
		assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 3);
		assert_int_equal(rx.too_long, 2 * (engines + 1));
		assert_int_equal(rx.head, engines + 1);
		assert_int_equal(rte_le_to_cpu_16(rx.desc[engines].wb.length), 60);
	}
	offload.rx_offloads = 0;
}

static void
a_frame_of_the_greatest_length_comes_up(void **state)
{
	(void)state;
	arm_large();
	put_frame(WIRE_MAX_FRAME);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 1);
	assert_int_equal(rx.too_long, 0);
	assert_int_equal(rx.head, 5);
	assert_int_equal(rte_le_to_cpu_16(rx.desc[4].wb.length), WIRE_MAX_FRAME - 4 * UINT16_MAX);
	assert_int_equal(buffers[4][0], byte_of(0, 4 * UINT16_MAX));
}

static void
an_empty_frame_takes_a_descriptor(void **state)
{
	(void)state;
	put_frame(0);
	put_frame(1);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 2);
	assert_part(0, 0, 0, 0, true);
	assert_part(1, 1, 0, 1, true);
}

static void
what_the_engines_found_is_in_the_last_descriptor(void **state)
{
	const union dualbuf_rx_desc plain = {
		.wb.status_error = rte_cpu_to_le_32(DUALBUF_RXD_DD),
		.wb.length = rte_cpu_to_le_16(BUF_SIZE),
	};
	const union dualbuf_rx_desc last = {
		.wb.mrq = rte_cpu_to_le_32(DUALBUF_RXD_RSS_TCP4),
		.wb.rss = rte_cpu_to_le_32(0x51ccc178),
		.wb.status_error = rte_cpu_to_le_32(DUALBUF_RXD_DD | DUALBUF_RXD_EOP |
				DUALBUF_RXD_VP | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E),
		.wb.length = rte_cpu_to_le_16(10),
		.wb.vlan = rte_cpu_to_le_16(0xa123),
	};

	(void)state;
	found = (struct vnic_rx_meta){
		.mrq = DUALBUF_RXD_RSS_TCP4,
		.rss = 0x51ccc178,
		.status_error = DUALBUF_RXD_VP | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E,
		.vlan = 0xa123,
	};
	put_frame(BUF_SIZE + 10);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 1);
	assert_memory_equal((const void *)(uintptr_t)&rx.desc[0], &plain, sizeof(plain));
	assert_memory_equal((const void *)(uintptr_t)&rx.desc[1], &last, sizeof(last));
}

static void
the_frame_that_the_engines_leave_is_written(void **state)
{
	(void)state;
	strip = 4;
	put_frame(BUF_SIZE + 4);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 1);
	assert_part(0, 0, 4, BUF_SIZE, true);
	assert_int_equal(rx.head, 1);
	assert_int_equal(wire.frames[0].len, BUF_SIZE + 4);
}

static void
stamps_stand_beside_the_last_descriptor_of_a_frame(void **state)
{
	uint64_t stamps[NB_DESC] = { 0 };

	(void)state;
	rx.timestamps = stamps;
	put_frame(60);
	put_frame(BUF_SIZE + 1);
	assert_int_equal(vnic_rx_process(&rx, NO_LIMIT), 2);
	assert_int_equal(stamps[0], 1000);
	assert_int_equal(stamps[1], 0);
	assert_int_equal(stamps[2], 1001);
}

struct filter_case {
	uint64_t destination;
	bool promiscuous, all_multicast;
	bool passes;
};

#define OUR_MAC 0x021122334455

static const struct filter_case filter_cases[] = {
	{ OUR_MAC, false, false, true },
	{ OUR_MAC + 1, false, false, false },
	{ OUR_MAC ^ 0x020000000000, false, false, false },
	{ OUR_MAC + 1, true, false, true },
	{ OUR_MAC + 1, false, true, false },
	{ 0xffffffffffff, false, false, true },
	{ 0xfffffffffffe, false, false, false },
	{ 0xfffffffffffe, false, true, true },
	{ 0x01005e000001, false, false, false },
	{ 0x01005e000001, false, true, true },
	{ 0x01005e000001, true, false, true },
	{ 0x333300000001, false, true, true },
	{ 0, false, false, false },
};

static void
set_filter(const struct filter_case *t)
{
	static const uint8_t mac[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };

	memset(&filter, 0, sizeof(filter));
	memcpy(&filter.mac, mac, sizeof(mac));
	filter.promiscuous = t->promiscuous;
	filter.all_multicast = t->all_multicast;
}

static void
only_what_is_for_us_passes_the_filter(void **state)
{
	const struct filter_case *t;

	(void)state;
	for (t = filter_cases; t < RTE_DIM(filter_cases) + filter_cases; t++) {
		set_filter(t);
		rx.head = 0;
		arm(0);
		put_frame(60);
		set_destination(wire.nb - 1, t->destination);
		vnic_rx_process(&rx, NO_LIMIT);
		assert_int_equal(frames_taken(), wire.nb);
		assert_int_equal(rx.head, t->passes);
		assert_int_equal(status_of(0) & DUALBUF_RXD_DD, t->passes);
	}
	assert_int_equal(rx.missed, 0);
	assert_int_equal(rx.too_long, 0);
}

static void
a_runt_without_an_address_is_for_nobody(void **state)
{
	const struct filter_case strict = { 0 };
	uint32_t len;

	(void)state;
	set_filter(&strict);
	for (len = 0; len < 6; len++) {
		put_frame(len);
		memset((uint8_t *)(uintptr_t)wire.frames[len].data, 0xff, len);
	}
	vnic_rx_process(&rx, NO_LIMIT);
	assert_int_equal(frames_taken(), 6);
	assert_untouched(0);
	filter.promiscuous = 1;
	put_frame(3);
	vnic_rx_process(&rx, NO_LIMIT);
	assert_frame(0, 6);
}

/* What is not for us never was: it is neither missed nor too long, and it waits for nothing. */
static void
what_the_filter_stops_needs_no_descriptor(void **state)
{
	const struct filter_case strict = { 0 };

	(void)state;
	set_filter(&strict);
	wire.source.live = true;
	rx.tail = 0;
	put_frame(60);
	put_frame(NB_DESC * BUF_SIZE);
	set_destination(0, OUR_MAC + 1);
	set_destination(1, OUR_MAC + 1);
	vnic_rx_process(&rx, NO_LIMIT);
	assert_int_equal(frames_taken(), 2);
	assert_int_equal(rx.missed, 0);
	assert_int_equal(rx.too_long, 0);
}

/* Another thread sees the data of a frame as soon as it sees DD. */
#define CONCURRENT_FRAMES 200000

static uint32_t driver_wrong;

static void *
drive(void *arg)
{
	uint32_t n, pos = 0, status;

	(void)arg;
	for (n = 0; n < CONCURRENT_FRAMES; n++) {
		while (!((status = status_of(pos)) & DUALBUF_RXD_DD))
			sched_yield();
		driver_wrong += !(status & DUALBUF_RXD_EOP);
		driver_wrong += rte_le_to_cpu_16(rx.desc[pos].wb.length) != 64;
		driver_wrong += memcmp(buffers[pos], wire.frames[0].data, 64) != 0;
		memset(buffers[pos], GUARD_BYTE, 64);
		dualbuf_rx_desc_arm(&rx.desc[pos], (uintptr_t)buffers[pos]);
		__atomic_store_n(&rx.tail, pos, __ATOMIC_RELEASE);
		pos = (pos + 1) % NB_DESC;
	}
	return NULL;
}

static void
data_is_there_when_done_is(void **state)
{
	pthread_t driver;
	uint32_t n = 0, got;

	(void)state;
	put_frame(64);
	wire.endless = true;
	driver_wrong = 0;
	assert_int_equal(pthread_create(&driver, NULL, drive, NULL), 0);
	while (n < CONCURRENT_FRAMES) {
		got = vnic_rx_process(&rx, RTE_MIN(3u, CONCURRENT_FRAMES - n));
		n += got;
		if (got == 0)
			sched_yield();
	}
	assert_int_equal(pthread_join(driver, NULL), 0);
	assert_int_equal(driver_wrong, 0);
}

/* Transmit */

static uint8_t packet[WIRE_MAX_FRAME + 65536];

static void
fill_packet(void)
{
	uint32_t i;

	for (i = 0; i < sizeof(packet); i++)
		packet[i] = byte_of(0, i);
}

/* The driver writes one descriptor, and rings. */
static void
send_part(uint32_t from, uint32_t len, uint32_t cmd, uint16_t vlan)
{
	volatile struct dualbuf_tx_desc *desc = &tx.desc[tx.tail];

	desc->addr = rte_cpu_to_le_64((uintptr_t)&packet[from]);
	desc->cmd_len = rte_cpu_to_le_32(
			DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS | cmd | len);
	desc->status = 0;
	desc->popts = 0;
	desc->vlan = rte_cpu_to_le_16(vlan);
	tx.tail = ring_next(tx.tail, NB_DESC);
}

static void
assert_sent(unsigned int i, uint32_t from, uint32_t len)
{
	assert_true(i < sink.nb);
	assert_int_equal(sink.lens[i], len);
	assert_memory_equal(sink.frames[i], &packet[from], len);
}

static void
sent_frames_come_out_in_order(void **state)
{
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < 5; i++)
		send_part(i, 60 + i, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx);
	assert_int_equal(sink.nb, 5);
	for (i = 0; i < 5; i++)
		assert_sent(i, i, 60 + i);
	vnic_tx_process(&tx);
	assert_int_equal(sink.nb, 5);
	assert_int_equal(tx.errors, 0);
}

static void
only_what_asked_for_a_report_gets_one(void **state)
{
	struct dualbuf_tx_desc before[NB_DESC];
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++)
		send_part(0, 60, DUALBUF_TXD_EOP | (i == 1 || i == 4 ? DUALBUF_TXD_RS : 0), 0);
	memcpy(before, (const void *)(uintptr_t)tx.desc, sizeof(before));
	vnic_tx_process(&tx);
	before[1].status = DUALBUF_TXD_STAT_DD;
	before[4].status = DUALBUF_TXD_STAT_DD;
	assert_memory_equal((const void *)(uintptr_t)tx.desc, before, sizeof(before));
}

static void
segments_are_sent_as_one_frame_round_the_ring(void **state)
{
	unsigned int round;

	(void)state;
	fill_packet();
	for (round = 0; round < 10; round++) {
		send_part(0, 100, 0, 0);
		send_part(100, 0, 0, 0);
		send_part(100, 1, DUALBUF_TXD_EOP, 0);
		send_part(7, 30, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
		vnic_tx_process(&tx);
		assert_sent(2 * round, 0, 101);
		assert_sent(2 * round + 1, 7, 30);
	}
	assert_int_equal(sink.nb, 20);
}

static void
nothing_is_sent_beyond_the_tail(void **state)
{
	(void)state;
	send_part(0, 60, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 61, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	tx.tail = 1;
	vnic_tx_process(&tx);
	assert_int_equal(sink.nb, 1);
	assert_int_equal(tx.head, 1);
	assert_int_equal(tx.desc[1].status, 0);
	tx.tail = 2;
	vnic_tx_process(&tx);
	assert_int_equal(sink.lens[1], 61);
}

static void
assert_tagged(unsigned int i, uint32_t len, uint16_t tci)
{
	const uint8_t tag[4] = { 0x81, 0x00, (uint8_t)(tci >> 8), (uint8_t)tci };

	assert_true(i < sink.nb);
	assert_int_equal(sink.lens[i], len + 4);
	assert_memory_equal(sink.frames[i], packet, 12);
	assert_memory_equal(sink.frames[i] + 12, tag, 4);
	assert_memory_equal(sink.frames[i] + 16, packet + 12, len - 12);
}

static void
a_tag_is_put_behind_the_addresses(void **state)
{
	static const uint32_t lens[] = { 12, 13, 60, 1514, 9000 };
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < RTE_DIM(lens); i++) {
		send_part(0, lens[i], DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 0xa100 + i);
		vnic_tx_process(&tx);
		assert_tagged(i, lens[i], 0xa100 + i);
	}
	/* in pieces, the first of which ends within the addresses */
	send_part(0, 5, DUALBUF_TXD_VLE, 0);
	send_part(5, 55, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 0xb123);
	vnic_tx_process(&tx);
	assert_tagged(RTE_DIM(lens), 60, 0xb123);
}

static void
a_frame_that_has_no_place_for_a_tag_is_an_error(void **state)
{
	(void)state;
	send_part(0, 11, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE | DUALBUF_TXD_RS, 1);
	vnic_tx_process(&tx);
	assert_int_equal(sink.nb, 0);
	assert_int_equal(tx.errors, 1);
	/* as they were counted: with the tag */
	assert_int_equal(tx.error_bytes, 11 + 4);
	assert_int_equal(tx.desc[0].status, DUALBUF_TXD_STAT_DD);
}

static void
what_the_wire_refuses_is_counted_and_reported(void **state)
{
	(void)state;
	sink.refuse = true;
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	send_part(0, 100, 0, 0);
	send_part(0, 50, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	vnic_tx_process(&tx);
	assert_int_equal(tx.errors, 2);
	assert_int_equal(tx.error_bytes, 210);
	assert_int_equal(tx.desc[2].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(tx.head, 3);
	send_part(0, 60, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 7);
	vnic_tx_process(&tx);
	assert_int_equal(tx.errors, 3);
	assert_int_equal(tx.error_bytes, 210 + 64);
	sink.refuse = false;
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx);
	assert_int_equal(sink.nb, 1);
}

static void
the_longest_frame_is_sent(void **state)
{
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < 4; i++)
		send_part(i * 65535, 65535, 0, 0);
	send_part(4 * 65535, 4, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx);
	assert_int_equal(tx.errors, 0);
	assert_sent(0, 0, WIRE_MAX_FRAME);
}

static void
a_longer_one_is_dropped_and_all_its_bytes_counted(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++)
		send_part(i * 65535, 65535, 0, 0);
	send_part(4 * 65535, 5, 0, 0);
	send_part(0, 20, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx);
	assert_int_equal(tx.errors, 1);
	assert_int_equal(tx.error_bytes, 4 * 65535 + 25);
	assert_int_equal(tx.desc[5].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(sink.nb, 1);
	assert_sent(0, 0, 60);
}

/* One descriptor can name more than a frame may have. */
static void
a_longer_one_of_one_descriptor_is_dropped_too(void **state)
{
	(void)state;
	send_part(0, WIRE_MAX_FRAME, DUALBUF_TXD_EOP, 0);
	send_part(0, WIRE_MAX_FRAME + 1, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx);
	assert_int_equal(tx.errors, 1);
	assert_int_equal(tx.error_bytes, WIRE_MAX_FRAME + 1);
	assert_int_equal(tx.desc[1].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(sink.nb, 2);
	assert_sent(0, 0, WIRE_MAX_FRAME);
	assert_sent(1, 0, 60);
}

static void
a_tag_on_the_longest_frame_is_one_too_many(void **state)
{
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < 4; i++)
		send_part(i * 65535, 65535, 0, 0);
	send_part(0, 4, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 7);
	vnic_tx_process(&tx);
	assert_int_equal(tx.errors, 1);
	assert_int_equal(tx.error_bytes, WIRE_MAX_FRAME + 4);
	assert_int_equal(sink.nb, 0);
}

#define with_nic(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_nic(nothing_is_written_without_a_doorbell),
		with_nic(frames_go_to_armed_descriptors_in_order),
		with_nic(the_tail_is_never_passed_wherever_it_is),
		with_nic(a_step_brings_no_more_than_asked_for),
		with_nic(a_file_waits_when_no_descriptor_is_armed),
		with_nic(an_interface_misses_what_finds_no_descriptor),
		with_nic(a_long_frame_spans_descriptors),
		with_nic(a_long_frame_waits_until_it_fits_as_a_whole),
		with_nic(a_long_frame_of_an_interface_is_missed_as_a_whole),
		with_nic(a_frame_of_a_ring_less_one_descriptor_fits),
		with_nic(a_frame_longer_than_the_ring_is_counted_and_passed_over),
		with_nic(a_frame_longer_than_the_ring_holds_nobody_up),
		with_nic(a_frame_of_more_than_the_greatest_length_is_counted_and_passed_over),
		with_nic(a_frame_of_the_greatest_length_comes_up),
		with_nic(an_empty_frame_takes_a_descriptor),
		with_nic(what_the_engines_found_is_in_the_last_descriptor),
		with_nic(the_frame_that_the_engines_leave_is_written),
		with_nic(stamps_stand_beside_the_last_descriptor_of_a_frame),
		with_nic(only_what_is_for_us_passes_the_filter),
		with_nic(a_runt_without_an_address_is_for_nobody),
		with_nic(what_the_filter_stops_needs_no_descriptor),
		with_nic(data_is_there_when_done_is),
		with_nic(sent_frames_come_out_in_order),
		with_nic(only_what_asked_for_a_report_gets_one),
		with_nic(segments_are_sent_as_one_frame_round_the_ring),
		with_nic(nothing_is_sent_beyond_the_tail),
		with_nic(a_tag_is_put_behind_the_addresses),
		with_nic(a_frame_that_has_no_place_for_a_tag_is_an_error),
		with_nic(what_the_wire_refuses_is_counted_and_reported),
		with_nic(the_longest_frame_is_sent),
		with_nic(a_longer_one_is_dropped_and_all_its_bytes_counted),
		with_nic(a_longer_one_of_one_descriptor_is_dropped_too),
		with_nic(a_tag_on_the_longest_frame_is_one_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
