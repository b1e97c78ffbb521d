/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The silicon's receive half: frames and their descriptors, between fakes. */

#include "model_util.h"

#include <pthread.h>
#include <sched.h>

#define CONCURRENT_FRAMES 200000

static void
nothing_is_written_without_a_doorbell(void **state)
{
	uint32_t pos;

	(void)state;
	rx.tail = 0;
	put_frames(3);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 0);
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
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 3);
	for (pos = 0; pos < NB_DESC; pos++) {
		if (pos < 3)
			assert_frame(pos, pos);
		else
			assert_untouched(pos);
	}
	assert_int_equal(rx.head, 3);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 0);
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
			assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), room);
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
	assert_int_equal(vnic_rx_process(&rx, &wire.source, 0), 0);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, 2), 2);
	assert_int_equal(rx.head, 2);
	assert_untouched(2);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, 10), 3);
	assert_frame(4, 4);
}

static void
a_file_waits_when_no_descriptor_is_armed(void **state)
{
	uint32_t pos;

	(void)state;
	put_frames(10);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), NB_DESC - 1);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 0);
	assert_int_equal(frames_taken(), NB_DESC - 1);
	for (pos = 0; pos < 2; pos++)
		arm(pos);
	rx.tail = 1;
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 2);
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
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(rx.missed, 3);
	assert_int_equal(frames_taken(), 10);
	assert_frame(NB_DESC - 2, NB_DESC - 2);
	assert_untouched(NB_DESC - 1);
	put_frames(1);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(rx.missed, 4);
}

static void
a_long_frame_spans_descriptors(void **state)
{
	(void)state;
	put_frame(2 * BUF_SIZE + 1);
	put_frame(2 * BUF_SIZE);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 2);
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
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 5);
	for (pos = 5; pos < NB_DESC; pos++)
		assert_untouched(pos);
	assert_int_equal(frames_taken(), 5);
	arm(0);
	rx.tail = 0;
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 1);
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
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
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
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 1);
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
		vnic_rx_process(&rx, &wire.source, NO_LIMIT);
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
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
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
		assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 3);
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
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 1);
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
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 2);
	assert_part(0, 0, 0, 0, true);
	assert_part(1, 1, 0, 1, true);
}

static void
nothing_comes_while_the_wire_is_unplugged(void **state)
{
	(void)state;
	put_frames(3);
	rx.wire = VNIC_UNPLUGGED;
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 0);
	assert_untouched(0);
	assert_int_equal(frames_taken(), 0);
	assert_int_equal(wire.nb_resumed, 0);
	rx.wire = VNIC_REPLUGGED;
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 3);
	assert_frame(0, 0);
	assert_frame(2, 2);
	assert_int_equal(rx.wire, VNIC_PLUGGED);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 0);
	assert_int_equal(wire.nb_resumed, 1);
}

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
		got = vnic_rx_process(&rx, &wire.source, RTE_MIN(3u, CONCURRENT_FRAMES - n));
		n += got;
		if (got == 0)
			sched_yield();
	}
	assert_int_equal(pthread_join(driver, NULL), 0);
	assert_int_equal(driver_wrong, 0);
}

/* Transmit */

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
		with_nic(nothing_comes_while_the_wire_is_unplugged),
		with_nic(data_is_there_when_done_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
