/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The rules of the ring, one by one. */

#include "ring_util.h"

static const uint32_t lengths[] = { 2, 8, 32, 40, 512, 4096 };

/* Flip a descriptor to its alternate, which must be another buffer. */
static void *
flip(uint32_t pos)
{
	uint32_t side = dualbuf_ring_alternate(&ring, pos);

	assert_int_not_equal(side, ring.armed[pos]);
	return dualbuf_ring_flip(&ring, pos, side);
}

static void
nothing_is_home_before_it_is_bound(void **state)
{
	uint32_t slot;

	(void)state;
	make_ring(NB_DESC, 3);
	for (slot = 0; slot < NB_DESC * 3; slot++) {
		assert_false(dualbuf_ring_is_home(&ring, slot));
		assert_null(ring.slots.buf[slot]);
	}
	assert_census(0, 0);
}

static void
a_bound_buffer_is_home_with_its_address(void **state)
{
	uint32_t slot;

	(void)state;
	make_ring(NB_DESC, 2);
	for (slot = 0; slot < NB_DESC * 2; slot++) {
		bind(slot);
		assert_true(dualbuf_ring_is_home(&ring, slot));
		assert_ptr_equal(ring.slots.buf[slot], &buffers[slot]);
		assert_int_equal(ring.addr[slot], address_of(slot));
		assert_census(slot + 1, slot + 1);
	}
}

static void
every_descriptor_and_side_has_a_slot_of_its_own(void **state)
{
	uint32_t side, pos, next = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(lengths); i++) {
		make_ring(lengths[i], 8);
		next = 0;
		for (side = 0; side < 8; side++)
			for (pos = 0; pos < lengths[i]; pos++)
				assert_int_equal(dualbuf_ring_slot(&ring, side, pos), next++);
		assert_int_equal(next, ring.slots.nb_slots);
		free_ring();
	}
}

static void
a_side_without_a_buffer_is_never_chosen(void **state)
{
	uint32_t round;
	void *buffer;

	(void)state;
	make_ring(NB_DESC, 3);
	bind(dualbuf_ring_slot(&ring, 0, 5));
	bind(dualbuf_ring_slot(&ring, 2, 5));
	for (round = 0; round < 1000; round++) {
		buffer = flip(5);
		assert_int_equal(ring.armed[5], round % 2 == 0 ? 2 : 0);
		return_buffer(buffer);
		assert_false(dualbuf_ring_is_home(&ring, dualbuf_ring_slot(&ring, 1, 5)));
	}
}

static void
a_descriptor_with_one_buffer_always_copies(void **state)
{
	(void)state;
	make_ring(NB_DESC, 8);
	bind(dualbuf_ring_slot(&ring, 0, 3));
	assert_int_equal(dualbuf_ring_alternate(&ring, 3), 0);
}

static void
sides_are_armed_in_rotation(void **state)
{
	uint32_t nb_bufs, round;
	unsigned int i;
	void *buffer;

	(void)state;
	for (i = 0; i < COUNT(buffer_counts); i++) {
		nb_bufs = buffer_counts[i];
		make_full_ring(NB_DESC, nb_bufs);
		for (round = 0; round < 5 * nb_bufs; round++) {
			assert_int_equal(ring.armed[4], round % nb_bufs);
			buffer = flip(4);
			assert_int_equal(slot_of(buffer), round % nb_bufs * NB_DESC + 4);
			return_buffer(buffer);
		}
		free_ring();
	}
}

static void
rotation_skips_buffers_that_are_out(void **state)
{
	void *out[3];

	(void)state;
	make_full_ring(NB_DESC, 4);
	out[0] = flip(0); /* side 0 out, 1 armed */
	out[1] = flip(0); /* 0 and 1 out, 2 armed */
	return_buffer(out[0]);
	assert_int_equal(dualbuf_ring_alternate(&ring, 0), 3);
	out[2] = flip(0); /* 1 and 2 out, 3 armed */
	assert_int_equal(dualbuf_ring_alternate(&ring, 0), 0);
	return_buffer(out[1]);
	assert_int_equal(dualbuf_ring_alternate(&ring, 0), 0);
	flip(0); /* 2 and 3 out, 0 armed */
	assert_int_equal(dualbuf_ring_alternate(&ring, 0), 1);
	return_buffer(out[2]);
	assert_int_equal(dualbuf_ring_alternate(&ring, 0), 1);
}

static void
the_armed_buffer_stays_when_all_others_are_out(void **state)
{
	uint32_t nb_bufs, n;
	unsigned int i;
	void *last = NULL;

	(void)state;
	for (i = 0; i < COUNT(buffer_counts); i++) {
		nb_bufs = buffer_counts[i];
		make_full_ring(NB_DESC, nb_bufs);
		for (n = 0; n < nb_bufs - 1; n++)
			last = flip(2);
		assert_int_equal(ring.armed[2], nb_bufs - 1);
		assert_int_equal(dualbuf_ring_alternate(&ring, 2), nb_bufs - 1);
		assert_true(dualbuf_ring_is_home(&ring, dualbuf_ring_armed_slot(&ring, 2)));
		return_buffer(last);
		assert_int_equal(dualbuf_ring_alternate(&ring, 2), nb_bufs - 2);
		free_ring();
	}
}

static void
a_flip_leaves_other_descriptors_alone(void **state)
{
	uint8_t armed[NB_DESC] = { 0 };
	uint32_t slot;

	(void)state;
	make_full_ring(NB_DESC, 2);
	flip(6);
	armed[6] = 1;
	assert_memory_equal(ring.armed, armed, sizeof(armed));
	for (slot = 0; slot < ring.slots.nb_slots; slot++)
		assert_int_equal(dualbuf_ring_is_home(&ring, slot), slot != 6);
}

static void
each_side_writes_its_own_arrays(void **state)
{
	uint8_t handed[2 * NB_DESC], returned[2 * NB_DESC], armed[NB_DESC];
	void *buffer;

	(void)state;
	make_full_ring(NB_DESC, 2);
	memcpy(returned, ring.slots.returned, sizeof(returned));
	buffer = flip(1);
	assert_memory_equal(ring.slots.returned, returned, sizeof(returned));
	memcpy(handed, ring.handed, sizeof(handed));
	memcpy(armed, ring.armed, sizeof(armed));
	return_buffer(buffer);
	assert_memory_equal(ring.handed, handed, sizeof(handed));
	assert_memory_equal(ring.armed, armed, sizeof(armed));
}

static void
home_and_out_are_told_apart_when_their_bytes_wrap(void **state)
{
	uint32_t round, slot;
	void *buffer;

	(void)state;
	make_full_ring(NB_DESC, 2);
	for (round = 0; round < 3 * 512; round++) {
		slot = dualbuf_ring_armed_slot(&ring, 7);
		buffer = flip(7);
		assert_int_equal(slot_of(buffer), slot);
		assert_false(dualbuf_ring_is_home(&ring, slot));
		assert_int_equal(ring.handed[slot], (uint8_t)(1 + round / 2));
		return_buffer(buffer);
		assert_true(dualbuf_ring_is_home(&ring, slot));
	}
	assert_census(2 * NB_DESC, 2 * NB_DESC);
}

static void
a_buffer_stays_out_through_the_wraps_of_others(void **state)
{
	uint32_t round;
	void *held;

	(void)state;
	make_full_ring(NB_DESC, 3);
	held = flip(0);
	for (round = 0; round < 1024; round++) {
		return_buffer(flip(0));
		assert_false(dualbuf_ring_is_home(&ring, slot_of(held)));
	}
	return_buffer(held);
	assert_true(dualbuf_ring_is_home(&ring, slot_of(held)));
}

static void
a_rebound_slot_is_home_whatever_its_bytes_were(void **state)
{
	uint32_t before, round;

	(void)state;
	for (before = 0; before < 256; before++) {
		make_full_ring(NB_DESC, 2);
		for (round = 0; round < before; round++)
			return_buffer(flip(0));
		flip(0);
		dualbuf_ring_init(&ring, NB_DESC, 2);
		assert_false(dualbuf_ring_is_home(&ring, 0));
		assert_int_equal(ring.armed[0], 0);
		bind(0);
		assert_true(dualbuf_ring_is_home(&ring, 0));
		free_ring();
	}
}

static void
assert_cursor_moves(uint32_t pos, uint32_t n, uint32_t nb_desc)
{
	struct dualbuf_cursor at = { .count = 1000 + pos, .pos = pos };

	at = dualbuf_cursor_add(at, n, nb_desc);
	assert_int_equal(at.pos, (pos + n) % nb_desc);
	assert_int_equal(at.count, 1000 + pos + n);
}

static void
cursors_wrap_at_the_end_of_the_ring(void **state)
{
	uint32_t nb_desc, pos;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(lengths); i++) {
		nb_desc = lengths[i];
		for (pos = 0; pos < nb_desc; pos++) {
			assert_cursor_moves(pos, 0, nb_desc);
			assert_cursor_moves(pos, 1, nb_desc);
			assert_cursor_moves(pos, nb_desc / 2, nb_desc);
			assert_cursor_moves(pos, nb_desc - 1, nb_desc);
			assert_cursor_moves(pos, nb_desc, nb_desc);
		}
	}
}

static void
counts_run_through_the_wrap_of_32_bits(void **state)
{
	uint32_t nb_desc, before, read;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(lengths); i++) {
		nb_desc = lengths[i];
		make_full_ring(nb_desc, 2);
		ring.next.count = UINT32_MAX - nb_desc - 3;
		dualbuf_ring_restart(&ring);
		for (read = 0; read < 4 * nb_desc; read++) {
			before = ring.next.count;
			assert_int_equal(dualbuf_ring_armed_count(&ring), nb_desc);
			assert_int_equal(ring.next.pos, read % nb_desc);
			dualbuf_ring_advance(&ring, 1);
			assert_int_equal(ring.next.count, (uint32_t)(before + 1));
		}
		assert_true(ring.next.count < 4 * nb_desc);
		free_ring();
	}
}

/* The device owns [head, tail): all but one descriptor, whatever was read. */
static void
the_tail_is_the_last_armed_and_never_the_next_to_be_read(void **state)
{
	uint32_t nb_desc, tail, burst;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(lengths); i++) {
		nb_desc = lengths[i];
		make_full_ring(nb_desc, 2);
		assert_int_equal(dualbuf_ring_tail(&ring), nb_desc - 1);
		for (burst = 0; burst < 3 * nb_desc; burst++) {
			dualbuf_ring_advance(&ring, 1 + burst % nb_desc);
			tail = dualbuf_ring_tail(&ring);
			assert_true(tail < nb_desc);
			assert_int_not_equal(tail, ring.next.pos);
			assert_int_equal((tail + 1) % nb_desc, ring.arm.pos);
			assert_int_equal((tail + nb_desc - ring.next.pos) % nb_desc, nb_desc - 1);
		}
		free_ring();
	}
}

static void
restart_begins_at_descriptor_0_and_keeps_what_is_armed(void **state)
{
	uint8_t armed[NB_DESC];
	uint32_t pos, count;

	(void)state;
	make_full_ring(NB_DESC, 2);
	for (pos = 0; pos < 5; pos++)
		flip(pos);
	dualbuf_ring_advance(&ring, 5);
	memcpy(armed, ring.armed, sizeof(armed));
	count = ring.next.count;
	dualbuf_ring_restart(&ring);
	assert_memory_equal(ring.armed, armed, sizeof(armed));
	assert_int_equal(ring.next.pos, 0);
	assert_int_equal(ring.next.count, count);
	assert_int_equal(ring.arm.pos, 0);
	assert_int_equal(dualbuf_ring_armed_count(&ring), NB_DESC);
	assert_int_equal(dualbuf_ring_tail(&ring), NB_DESC - 1);
	for (pos = 0; pos < NB_DESC; pos++)
		assert_true(dualbuf_ring_is_home(&ring, dualbuf_ring_armed_slot(&ring, pos)));
}

/* How many of nb buffers, which are those of slots from first on, are held from slot on? */
static uint32_t
held(uint32_t slot, uint32_t first, uint32_t nb)
{
	void *bufs[4 * DUALBUF_RUN];
	uint32_t i;

	assert_true(nb <= COUNT(bufs));
	for (i = 0; i < nb; i++)
		bufs[i] = &buffers[first + i];
	return dualbuf_slots_held(&ring.slots, slot, bufs, nb);
}

static void
runs_of_returns_are_recognised_whole_and_within_the_slots(void **state)
{
	const uint32_t nb_slots = 2 * NB_DESC;
	void *bufs[DUALBUF_RUN];
	uint32_t i;

	(void)state;
	make_full_ring(NB_DESC, 2);
	assert_int_equal(held(0, 0, DUALBUF_RUN - 1), 0);
	assert_int_equal(held(0, 0, DUALBUF_RUN), DUALBUF_RUN);
	assert_int_equal(held(0, 0, nb_slots - 1), nb_slots - DUALBUF_RUN);
	assert_int_equal(held(0, 0, nb_slots), nb_slots);
	assert_int_equal(held(3, 3, nb_slots - 3), DUALBUF_RUN);
	/* others than those of these slots */
	assert_int_equal(held(0, 1, DUALBUF_RUN), 0);
	for (i = 0; i < DUALBUF_RUN; i++)
		bufs[i] = &buffers[i];
	for (i = 0; i < DUALBUF_RUN; i++) {
		bufs[i] = &buffers[DUALBUF_RUN];
		assert_int_equal(dualbuf_slots_held(&ring.slots, 0, bufs, DUALBUF_RUN), 0);
		bufs[i] = &buffers[i];
	}
	/* the slots end before the memory does */
	ring.slots.nb_slots = DUALBUF_RUN;
	assert_int_equal(held(0, 0, nb_slots), DUALBUF_RUN);
	assert_int_equal(held(1, 1, DUALBUF_RUN), 0);
	assert_int_equal(held(DUALBUF_RUN, DUALBUF_RUN, DUALBUF_RUN), 0);
	assert_int_equal(held(UINT16_MAX, 0, DUALBUF_RUN), 0);
}

static void
the_census_counts_what_is_bound_and_what_is_home(void **state)
{
	void *first, *second;
	uint32_t slot;

	(void)state;
	make_ring(NB_DESC, 4);
	for (slot = 0; slot < 2 * NB_DESC + 3; slot++)
		bind(slot);
	assert_census(2 * NB_DESC + 3, 2 * NB_DESC + 3);
	first = flip(0);
	second = flip(0);
	assert_census(2 * NB_DESC + 3, 2 * NB_DESC + 1);
	return_buffer(second);
	assert_census(2 * NB_DESC + 3, 2 * NB_DESC + 2);
	return_buffer(first);
	assert_census(2 * NB_DESC + 3, 2 * NB_DESC + 3);
}

static const struct CMUnitTest tests[] = {
	with_ring(nothing_is_home_before_it_is_bound),
	with_ring(a_bound_buffer_is_home_with_its_address),
	with_ring(every_descriptor_and_side_has_a_slot_of_its_own),
	with_ring(a_side_without_a_buffer_is_never_chosen),
	with_ring(a_descriptor_with_one_buffer_always_copies),
	with_ring(sides_are_armed_in_rotation),
	with_ring(rotation_skips_buffers_that_are_out),
	with_ring(the_armed_buffer_stays_when_all_others_are_out),
	with_ring(a_flip_leaves_other_descriptors_alone),
	with_ring(each_side_writes_its_own_arrays),
	with_ring(home_and_out_are_told_apart_when_their_bytes_wrap),
	with_ring(a_buffer_stays_out_through_the_wraps_of_others),
	with_ring(a_rebound_slot_is_home_whatever_its_bytes_were),
	with_ring(cursors_wrap_at_the_end_of_the_ring),
	with_ring(counts_run_through_the_wrap_of_32_bits),
	with_ring(the_tail_is_the_last_armed_and_never_the_next_to_be_read),
	with_ring(restart_begins_at_descriptor_0_and_keeps_what_is_armed),
	with_ring(runs_of_returns_are_recognised_whole_and_within_the_slots),
	with_ring(the_census_counts_what_is_bound_and_what_is_home),
};

TEST_MAIN(tests)
