/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* Alone: neither EAL nor ethdev is needed for the rules of the ring. */
#include "dualbuf_ring.h"

#define SEED 0x9e3779b97f4a7c15
#define STEPS 1000000
#define NB_DESC 8

static const uint32_t buffer_counts[] = { 2, 3, 4, 8 };
static const uint32_t lengths[] = { 2, 8, 32, 40, 512, 4096 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A ring whose arrays have exactly the size that they need, and the buffers that it binds. */
static struct dualbuf_ring ring;
static char *buffers;

static void *
allocate(size_t size)
{
	void *memory = malloc(size);

	assert_non_null(memory);
	/* what was there before must not matter */
	memset(memory, 0xa5, size);
	return memory;
}

static void
make_ring(uint32_t nb_desc, uint32_t nb_bufs)
{
	uint32_t nb_slots = nb_desc * nb_bufs;

	ring = (struct dualbuf_ring){
		.slots.buf = allocate(nb_slots * sizeof(void *)),
		.slots.returned = allocate(nb_slots),
		.handed = allocate(nb_slots),
		.addr = allocate(nb_slots * sizeof(uint64_t)),
		.armed = allocate(nb_desc),
	};
	buffers = allocate(nb_slots);
	dualbuf_ring_init(&ring, nb_desc, nb_bufs);
	dualbuf_ring_restart(&ring);
}

static void
free_ring(void)
{
	free(ring.slots.buf);
	free(ring.slots.returned);
	free(ring.handed);
	free(ring.addr);
	free(ring.armed);
	free(buffers);
	memset(&ring, 0, sizeof(ring));
	buffers = NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	free_ring();
	return 0;
}

static uint64_t
address_of(uint32_t slot)
{
	return 0x100000 + slot * 0x800ULL;
}

static void
bind(uint32_t slot)
{
	dualbuf_ring_bind(&ring, slot, &buffers[slot], address_of(slot));
}

static void
make_full_ring(uint32_t nb_desc, uint32_t nb_bufs)
{
	uint32_t slot;

	make_ring(nb_desc, nb_bufs);
	for (slot = 0; slot < nb_desc * nb_bufs; slot++)
		bind(slot);
}

static uint32_t
slot_of(const void *buffer)
{
	return (uint32_t)((const char *)buffer - buffers);
}

static void
return_buffer(const void *buffer)
{
	dualbuf_ring_return(&ring.slots, slot_of(buffer));
}

/* Flip a descriptor to its alternate, which must be another buffer. */
static void *
flip(uint32_t pos)
{
	uint32_t side = dualbuf_ring_alternate(&ring, pos);

	assert_int_not_equal(side, ring.armed[pos]);
	return dualbuf_ring_flip(&ring, pos, side);
}

static void
assert_census(uint32_t bound, uint32_t home)
{
	uint32_t nb_bound = UINT32_MAX, nb_home = UINT32_MAX;

	dualbuf_ring_count_buffers(&ring, &nb_bound, &nb_home);
	assert_int_equal(nb_bound, bound);
	assert_int_equal(nb_home, home);
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

/* The naive model: one word for each buffer, and the list of those that the application holds. */
enum place {
	UNBOUND,
	WAITING,
	ARMED,
	OUT,
};

struct naive {
	enum place place[DUALBUF_MAX_BUFS * NB_DESC];
	void *out[DUALBUF_MAX_BUFS * NB_DESC];
	uint32_t nb_out;
	uint32_t pos; /* to be read next */
	uint64_t flips;
	uint64_t copies;
	uint64_t seed;
};

static uint32_t
below(struct naive *naive, uint32_t limit)
{
	naive->seed ^= naive->seed << 13;
	naive->seed ^= naive->seed >> 7;
	naive->seed ^= naive->seed << 17;
	return (uint32_t)((naive->seed >> 16) % limit);
}

static uint32_t
naive_armed(const struct naive *naive, uint32_t pos)
{
	uint32_t side;

	for (side = 0; side < ring.nb_bufs; side++)
		if (naive->place[side * NB_DESC + pos] == ARMED)
			return side;
	return UINT32_MAX;
}

static uint32_t
naive_alternate(const struct naive *naive, uint32_t pos)
{
	uint32_t armed = naive_armed(naive, pos), i, side;

	for (i = 1; i < ring.nb_bufs; i++) {
		side = (armed + i) % ring.nb_bufs;
		if (naive->place[side * NB_DESC + pos] == WAITING)
			return side;
	}
	return armed;
}

static bool
naive_holds(const struct naive *naive, const void *buffer)
{
	uint32_t i, n = 0;

	for (i = 0; i < naive->nb_out; i++)
		n += naive->out[i] == buffer;
	return n == 1;
}

/* Is each buffer in exactly one place, and the same one for the ring, the model and the holder? */
static bool
agrees(const struct naive *naive)
{
	uint32_t slot, pos, nb_out = 0;
	enum place place;
	bool armed, home;

	for (slot = 0; slot < ring.slots.nb_slots; slot++) {
		pos = slot % NB_DESC;
		place = naive->place[slot];
		armed = dualbuf_ring_armed_slot(&ring, pos) == slot;
		home = dualbuf_ring_is_home(&ring, slot);
		if (armed != (place == ARMED) || home != (place == ARMED || place == WAITING))
			return false;
		nb_out += place == OUT;
		if (place == OUT && !naive_holds(naive, &buffers[slot]))
			return false;
	}
	return nb_out == naive->nb_out && naive->pos == ring.next.pos &&
			dualbuf_ring_armed_count(&ring) == NB_DESC &&
			dualbuf_ring_tail(&ring) == (naive->pos + NB_DESC - 1) % NB_DESC;
}

/* A ring with one descriptor that has few buffers, and the model of it. */
static void
make_naive(struct naive *naive, uint32_t nb_bufs)
{
	uint32_t slot;

	memset(naive, 0, sizeof(*naive));
	naive->seed = SEED + nb_bufs;
	make_ring(NB_DESC, nb_bufs);
	ring.next.count = UINT32_MAX - 1000;
	dualbuf_ring_restart(&ring);
	for (slot = 0; slot < ring.slots.nb_slots; slot++) {
		if (slot == NB_DESC + 3)
			continue;
		bind(slot);
		naive->place[slot] = slot < NB_DESC ? ARMED : WAITING;
	}
}

static bool
step_receive(struct naive *naive)
{
	uint32_t pos = naive->pos;
	uint32_t from = naive_armed(naive, pos);
	uint32_t to = naive_alternate(naive, pos);
	void *buffer;

	if (dualbuf_ring_alternate(&ring, pos) != to)
		return false;
	if (to != from) {
		buffer = dualbuf_ring_flip(&ring, pos, to);
		if (slot_of(buffer) != from * NB_DESC + pos)
			return false;
		naive->place[slot_of(buffer)] = OUT;
		naive->place[to * NB_DESC + pos] = ARMED;
		naive->out[naive->nb_out++] = buffer;
	}
	naive->flips += to != from;
	naive->copies += to == from;
	naive->pos = (pos + 1) % NB_DESC;
	dualbuf_ring_advance(&ring, 1);
	return true;
}

static void
step_return(struct naive *naive)
{
	uint32_t i;

	if (naive->nb_out == 0)
		return;
	i = below(naive, naive->nb_out);
	naive->place[slot_of(naive->out[i])] = WAITING;
	return_buffer(naive->out[i]);
	naive->out[i] = naive->out[--naive->nb_out];
}

static void
step_restart(struct naive *naive)
{
	dualbuf_ring_restart(&ring);
	naive->pos = 0;
}

/* Receive more, then return more, so that the ring drains and fills again. */
static bool
step(struct naive *naive, uint32_t i)
{
	uint32_t dice = below(naive, 1000);
	uint32_t receiving = i / 512 % 2 == 0 ? 700 : 350;

	if (dice == 0)
		step_restart(naive);
	else if (dice <= receiving)
		return step_receive(naive);
	else
		step_return(naive);
	return true;
}

static void
a_million_random_steps(uint32_t nb_bufs)
{
	struct naive naive;
	uint32_t i;

	make_naive(&naive, nb_bufs);
	print_message("seed %#llx, %u buffers\n", (unsigned long long)naive.seed, nb_bufs);
	for (i = 0; i < STEPS; i++) {
		if (!step(&naive, i) || !agrees(&naive))
			fail_msg("the ring and its model differ at step %u", i);
	}
	/* both ways were gone often, or this showed nothing */
	assert_true(naive.flips > STEPS / 10);
	assert_true(naive.copies > STEPS / 100);
	while (naive.nb_out > 0)
		step_return(&naive);
	assert_census(ring.slots.nb_slots - 1, ring.slots.nb_slots - 1);
}

static void
each_buffer_is_in_one_place_through_a_million_steps_with_2(void **state)
{
	(void)state;
	a_million_random_steps(2);
}

static void
each_buffer_is_in_one_place_through_a_million_steps_with_3(void **state)
{
	(void)state;
	a_million_random_steps(3);
}

static void
each_buffer_is_in_one_place_through_a_million_steps_with_4(void **state)
{
	(void)state;
	a_million_random_steps(4);
}

static void
each_buffer_is_in_one_place_through_a_million_steps_with_8(void **state)
{
	(void)state;
	a_million_random_steps(8);
}

/* What must not happen to a ring; each of these the model has to notice. */
static void
hand_up_without_the_byte(void)
{
	ring.armed[0] = 1;
}

static void
arm_a_buffer_that_is_out(void)
{
	ring.armed[0] = 0;
}

static void
return_what_is_still_held(void)
{
	dualbuf_ring_return(&ring.slots, 0);
}

static void
return_what_is_home(void)
{
	dualbuf_ring_return(&ring.slots, NB_DESC + 5);
}

static void
flip_on_its_own(void)
{
	dualbuf_ring_flip(&ring, 1, 1);
}

static void
skip_a_descriptor(void)
{
	dualbuf_ring_advance(&ring, 1);
}

static void
hold_more_than_are_armed(void)
{
	ring.next.count++;
}

static void
lend_an_unbound_side(void)
{
	ring.handed[NB_DESC + 3] = ring.slots.returned[NB_DESC + 3];
}

static void
the_model_notices_every_wrong_step(void **state)
{
	static void (*const wrong_steps[])(void) = {
		arm_a_buffer_that_is_out,
		return_what_is_still_held,
		return_what_is_home,
		flip_on_its_own,
		skip_a_descriptor,
		hold_more_than_are_armed,
		lend_an_unbound_side,
	};
	struct naive naive;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(wrong_steps); i++) {
		make_naive(&naive, 2);
		assert_true(step_receive(&naive)); /* descriptor 0: side 0 is out */
		assert_true(agrees(&naive));
		wrong_steps[i]();
		assert_false(agrees(&naive));
		free_ring();
	}
	make_naive(&naive, 2);
	hand_up_without_the_byte();
	assert_false(agrees(&naive));
}

static void
the_model_notices_a_buffer_that_two_hold(void **state)
{
	struct naive naive;

	(void)state;
	make_naive(&naive, 2);
	assert_true(step_receive(&naive));
	assert_true(step_receive(&naive));
	assert_true(agrees(&naive));
	naive.out[1] = naive.out[0];
	assert_false(agrees(&naive));
}

#define with_ring(test) cmocka_unit_test_teardown(test, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
		with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_2),
		with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_3),
		with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_4),
		with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_8),
		with_ring(the_model_notices_every_wrong_step),
		with_ring(the_model_notices_a_buffer_that_two_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
