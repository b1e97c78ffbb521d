/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The rules of loans, one by one, for every number of buffers. */

#include "ring_deferred_util.h"

static void
give_back(uint32_t side, uint32_t pos)
{
	dualbuf_ring_return(&ring.slots, side * NB_DESC + pos);
}

/* A burst of so many descriptors, whose buffers stay out. */
static void
burst(uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		hand_up((ring.next.pos + i) % NB_DESC);
	dualbuf_ring_take(&ring, n);
	rearm();
}

static void
assert_armed(uint32_t armed, uint32_t waiting)
{
	assert_int_equal(dualbuf_ring_armed_count(&ring), armed);
	assert_int_equal(dualbuf_ring_waiting(&ring), waiting);
	assert_int_equal(device_room(), armed == 0 ? 0 : armed - 1);
}

/* Descriptor 0 waits, all others are armed, and 1 is to be read next. */
static void
make_first_wait(uint32_t nb_bufs)
{
	uint32_t round, pos;

	burst(1);
	for (round = 1; round < nb_bufs; round++) {
		for (pos = 1; pos < NB_DESC; pos++)
			give_back(slot_of(hand_up(pos)) / NB_DESC, pos);
		dualbuf_ring_take(&ring, NB_DESC - 1);
		rearm();
		burst(1);
	}
}

static void
lend_all(uint32_t nb_bufs)
{
	uint32_t pos = ring.next.pos, i;
	bool gone[DUALBUF_MAX_BUFS] = { false };
	void *buffer;

	for (i = 0; i < nb_bufs; i++) {
		assert_int_not_equal(ring.armed[pos], DUALBUF_NO_SIDE);
		buffer = hand_up(pos);
		assert_int_equal(slot_of(buffer) % NB_DESC, pos);
		assert_false(gone[slot_of(buffer) / NB_DESC]);
		gone[slot_of(buffer) / NB_DESC] = true;
	}
	assert_int_equal(ring.armed[pos], DUALBUF_NO_SIDE);
	assert_int_equal(dualbuf_ring_any_home(&ring, pos), DUALBUF_NO_SIDE);
	assert_int_equal(dualbuf_ring_waiting(&ring), 1);
}

static void
only_the_last_buffer_of_a_descriptor_is_lent(void **state)
{
	(void)state;
	with_each(lend_all);
}

static void
blocks(uint32_t nb_bufs)
{
	make_first_wait(nb_bufs);
	assert_int_equal(ring.next.pos, 1);
	assert_int_equal(ring.armed[0], DUALBUF_NO_SIDE);
	assert_armed(NB_DESC - 1, 1);
	assert_int_equal(dualbuf_ring_tail(&ring), NB_DESC - 1);

	/* the device writes all that it may: the tail stays where it is */
	burst(device_room());
	assert_armed(1, 1);
	assert_int_equal(dualbuf_ring_tail(&ring), NB_DESC - 1);
	assert_int_equal(rearmed.gained, 0);
}

static void
a_waiting_descriptor_keeps_the_tail_before_it(void **state)
{
	(void)state;
	with_each(blocks);
}

static void
keeps(uint32_t nb_bufs)
{
	uint8_t armed[NB_DESC];
	uint32_t pos;

	make_first_wait(nb_bufs);
	burst(device_room());
	memcpy(armed, ring.armed, sizeof(armed));
	give_back(nb_bufs - 1, 0);
	rearm();
	/* only the one that waited gets another address; those behind it have theirs */
	assert_int_equal(rearmed.nb_woken, 1);
	assert_int_equal(rearmed.pos[0], 0);
	assert_int_equal(rearmed.gained, NB_DESC - 1);
	assert_int_equal(ring.armed[0], nb_bufs - 1);
	for (pos = 1; pos < NB_DESC; pos++)
		assert_int_equal(ring.armed[pos], armed[pos]);
	assert_armed(NB_DESC, 0);
}

static void
what_is_armed_behind_a_waiting_descriptor_is_kept_for_the_device(void **state)
{
	(void)state;
	with_each(keeps);
}

/* All but the held-back descriptor wait. */
static void
exhaust(uint32_t nb_bufs)
{
	uint32_t round;

	for (round = 0; round < nb_bufs * NB_DESC && device_room() > 0; round++)
		burst(device_room());
	assert_armed(1, NB_DESC - 1);
}

static void
orders(uint32_t nb_bufs)
{
	uint32_t first, i;

	exhaust(nb_bufs);
	first = ring.arm.pos;
	/* home in the wrong order: nothing can be armed until the first one's turn */
	for (i = NB_DESC - 2; i >= 1; i--) {
		give_back(0, (first + i) % NB_DESC);
		rearm();
		assert_int_equal(rearmed.gained, 0);
		assert_armed(1, NB_DESC - 1);
	}
	give_back(0, first);
	rearm();
	assert_int_equal(rearmed.nb_woken, NB_DESC - 1);
	for (i = 0; i < NB_DESC - 1; i++)
		assert_int_equal(rearmed.pos[i], (first + i) % NB_DESC);
	assert_armed(NB_DESC, 0);
}

static void
descriptors_are_armed_again_in_ring_order_whatever_comes_home_first(void **state)
{
	(void)state;
	with_each(orders);
}

static void
arms_one(uint32_t nb_bufs)
{
	uint32_t side, i, first;

	exhaust(nb_bufs);
	for (i = 0; i < 3 * NB_DESC; i++) {
		first = ring.arm.pos;
		side = i % nb_bufs;
		give_back(side, first);
		rearm();
		assert_int_equal(rearmed.gained, 1);
		assert_int_equal(ring.armed[first], side);
		assert_armed(2, NB_DESC - 2);
		/* the one that was held back is the device's now, and the new one is held back */
		assert_int_equal(dualbuf_ring_tail(&ring), first);
		burst(device_room());
		assert_armed(1, NB_DESC - 1);
	}
}

static void
one_buffer_home_is_one_more_packet_and_never_fewer_than_one_armed(void **state)
{
	(void)state;
	with_each(arms_one);
}

static void
restarts_empty(uint32_t nb_bufs)
{
	make_first_wait(nb_bufs);
	dualbuf_ring_restart(&ring);
	assert_int_equal(ring.next.pos, 0);
	assert_armed(0, 1);
	assert_int_equal(dualbuf_ring_tail(&ring), 0);
	rearm();
	assert_int_equal(rearmed.gained, 0);

	give_back(0, 0);
	rearm();
	assert_int_equal(rearmed.nb_woken, 1);
	assert_armed(NB_DESC, 0);
	assert_int_equal(dualbuf_ring_tail(&ring), NB_DESC - 1);
}

static void
after_a_restart_the_device_finds_the_ring_empty_while_the_first_descriptor_waits(void **state)
{
	(void)state;
	with_each(restarts_empty);
}

static void
restarts_half(uint32_t nb_bufs)
{
	uint32_t side;

	exhaust(nb_bufs);
	for (side = 0; side < nb_bufs; side++) {
		give_back(side, 0);
		give_back(side, 1);
		give_back(side, 4);
	}
	dualbuf_ring_restart(&ring);
	assert_int_equal(ring.next.pos, 0);
	/* 0 and 1 were armed, 4 will be when those before it are */
	assert_int_equal(dualbuf_ring_armed_count(&ring), 2);
	assert_int_equal(dualbuf_ring_tail(&ring), 1);
	give_back(0, 2);
	rearm();
	assert_int_equal(dualbuf_ring_armed_count(&ring), 3);
	give_back(0, 3);
	rearm();
	assert_int_equal(dualbuf_ring_armed_count(&ring), 5);
	assert_int_equal(rearmed.pos[0], 3);
	assert_int_equal(rearmed.pos[1], 4);
}

static void
a_restart_arms_what_it_can_up_to_the_first_descriptor_that_waits(void **state)
{
	(void)state;
	with_each(restarts_half);
}

static const struct CMUnitTest tests[] = {
	with_ring(only_the_last_buffer_of_a_descriptor_is_lent),
	with_ring(a_waiting_descriptor_keeps_the_tail_before_it),
	with_ring(what_is_armed_behind_a_waiting_descriptor_is_kept_for_the_device),
	with_ring(descriptors_are_armed_again_in_ring_order_whatever_comes_home_first),
	with_ring(one_buffer_home_is_one_more_packet_and_never_fewer_than_one_armed),
	with_ring(after_a_restart_the_device_finds_the_ring_empty_while_the_first_descriptor_waits),
	with_ring(a_restart_arms_what_it_can_up_to_the_first_descriptor_that_waits),
};

TEST_MAIN(tests)
