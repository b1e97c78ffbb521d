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

/* Alone, as test_ring.c: the rules of loans need neither EAL nor mbufs. */
#include "dualbuf_ring.h"

#define SEED 0x9e3779b97f4a7c15
#define STEPS 1000000
#define NB_DESC 8
#define NONE UINT32_MAX

static const uint32_t buffer_counts[] = { 2, 3, 4, 8 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct dualbuf_ring ring;
static char *buffers;

/* What the last call of rearm() did. */
static struct {
	uint32_t gained; /* descriptors that the device may use now and could not before */
	uint32_t pos[NB_DESC]; /* of these, those whose address has to be written, in order */
	uint32_t nb_woken;
} rearmed;

static void *
allocate(size_t size)
{
	void *memory = malloc(size);

	assert_non_null(memory);
	memset(memory, 0xa5, size);
	return memory;
}

static void
make_ring(uint32_t nb_bufs)
{
	uint32_t nb_slots = NB_DESC * nb_bufs, slot;

	ring = (struct dualbuf_ring){
		.slots.buf = allocate(nb_slots * sizeof(void *)),
		.slots.returned = allocate(nb_slots),
		.handed = allocate(nb_slots),
		.addr = allocate(nb_slots * sizeof(uint64_t)),
		.armed = allocate(NB_DESC),
		/* the counts wrap soon */
		.next.count = UINT32_MAX - 100,
	};
	buffers = allocate(nb_slots);
	dualbuf_ring_init(&ring, NB_DESC, nb_bufs);
	for (slot = 0; slot < nb_slots; slot++)
		dualbuf_ring_bind(&ring, slot, &buffers[slot], 0x100000 + slot * 0x800ULL);
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

static uint32_t
slot_of(const void *buffer)
{
	return (uint32_t)((const char *)buffer - buffers);
}

static void
give_back(uint32_t side, uint32_t pos)
{
	dualbuf_ring_return(&ring.slots, side * NB_DESC + pos);
}

/* What the receive path does with a filled descriptor: flip if it can, else lend. */
static void *
hand_up(uint32_t pos)
{
	uint32_t side = dualbuf_ring_alternate(&ring, pos);

	return side == ring.armed[pos] ? dualbuf_ring_lend(&ring, pos) :
					 dualbuf_ring_flip(&ring, pos, side);
}

/* What it does before and after a burst. */
static void
rearm(void)
{
	uint32_t pos;
	bool woken;

	memset(&rearmed, 0, sizeof(rearmed));
	while (dualbuf_ring_armed_count(&ring) < NB_DESC) {
		pos = ring.arm.pos;
		if (!dualbuf_ring_arm_next(&ring, &woken))
			break;
		rearmed.gained++;
		if (woken)
			rearmed.pos[rearmed.nb_woken++] = pos;
	}
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

/* How far the device may go from a head that has caught up with the driver. */
static uint32_t
device_room(void)
{
	return (dualbuf_ring_tail(&ring) + NB_DESC - ring.next.pos) % NB_DESC;
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

/* The rules, one by one, for every number of buffers ------------------------------------------------ */

static void
with_each(void (*rule)(uint32_t nb_bufs))
{
	uint32_t i;

	for (i = 0; i < COUNT(buffer_counts); i++) {
		make_ring(buffer_counts[i]);
		rule(buffer_counts[i]);
		free_ring();
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

/* A million steps beside a naive model ---------------------------------------------------------------- */

enum place {
	HOME,
	ARMED,
	OUT,
};

struct naive {
	enum place place[DUALBUF_MAX_BUFS * NB_DESC];
	uint32_t out[DUALBUF_MAX_BUFS * NB_DESC]; /* slots, in the order they went up */
	uint32_t nb_out;
	uint32_t pos; /* to be read next */
	uint32_t run; /* descriptors from there on that the device may have or that is held back */
	uint64_t flips, loans, woken;
	uint64_t empty_restarts, exhausted;
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
naive_find(const struct naive *naive, uint32_t pos, uint32_t from, enum place place)
{
	uint32_t i, side;

	for (i = 0; i < ring.nb_bufs; i++) {
		side = (from + i) % ring.nb_bufs;
		if (naive->place[side * NB_DESC + pos] == place)
			return side;
	}
	return NONE;
}

/* Extend the run by what is armed and what can be. */
static void
naive_rearm(struct naive *naive)
{
	uint32_t pos, side;

	for (; naive->run < NB_DESC; naive->run++) {
		pos = (naive->pos + naive->run) % NB_DESC;
		if (naive_find(naive, pos, 0, ARMED) != NONE)
			continue;
		side = naive_find(naive, pos, 0, HOME);
		if (side == NONE)
			return;
		naive->place[side * NB_DESC + pos] = ARMED;
		naive->woken++;
	}
}

static bool
step_receive(struct naive *naive)
{
	/* the device never writes to the last one */
	uint32_t n = naive->run == 0 ? 0 : below(naive, naive->run);
	uint32_t i, pos, from, to, slot;

	rearm();
	naive_rearm(naive);
	for (i = 0; i < n; i++) {
		pos = (naive->pos + i) % NB_DESC;
		from = naive_find(naive, pos, 0, ARMED);
		to = naive_find(naive, pos, from + 1, HOME);
		slot = from * NB_DESC + pos;
		if (from == NONE || slot_of(hand_up(pos)) != slot)
			return false;
		naive->place[slot] = OUT;
		naive->out[naive->nb_out++] = slot;
		if (to == NONE)
			naive->loans++;
		else
			naive->place[to * NB_DESC + pos] = ARMED;
		naive->flips += to != NONE;
	}
	dualbuf_ring_take(&ring, n);
	rearm();
	naive->pos = (naive->pos + n) % NB_DESC;
	naive->run -= n;
	naive_rearm(naive);
	naive->exhausted += naive->run == 1;
	/* unless a restart found it so, the ring never has none */
	return n == 0 || naive->run > 0;
}

static void
step_return(struct naive *naive)
{
	uint32_t i;

	if (naive->nb_out == 0)
		return;
	i = below(naive, naive->nb_out);
	naive->place[naive->out[i]] = HOME;
	dualbuf_ring_return(&ring.slots, naive->out[i]);
	naive->out[i] = naive->out[--naive->nb_out];
}

static void
step_restart(struct naive *naive)
{
	dualbuf_ring_restart(&ring);
	naive->pos = 0;
	naive->run = 0;
	naive_rearm(naive);
	naive->empty_restarts += naive->run == 0;
}

/* Is each buffer in exactly one place, and is it the same one for both? */
static bool
agrees(const struct naive *naive)
{
	uint32_t slot, pos, side, nb_out = 0, nb_waiting = 0;
	uint32_t listed[DUALBUF_MAX_BUFS * NB_DESC] = { 0 };

	for (slot = 0; slot < naive->nb_out; slot++)
		listed[naive->out[slot]]++;
	for (slot = 0; slot < ring.slots.nb_slots; slot++) {
		enum place place = naive->place[slot];

		pos = slot % NB_DESC;
		if ((ring.armed[pos] == slot / NB_DESC) != (place == ARMED) ||
				dualbuf_ring_is_home(&ring, slot) != (place != OUT) ||
				listed[slot] != (place == OUT))
			return false;
		nb_out += place == OUT;
	}
	for (pos = 0; pos < NB_DESC; pos++) {
		side = naive_find(naive, pos, 0, ARMED);
		nb_waiting += side == NONE;
		if ((ring.armed[pos] == DUALBUF_NO_SIDE) != (side == NONE))
			return false;
	}
	return nb_out == naive->nb_out && nb_waiting == dualbuf_ring_waiting(&ring) &&
			naive->pos == ring.next.pos &&
			naive->run == dualbuf_ring_armed_count(&ring) &&
			device_room() == (naive->run == 0 ? 0 : naive->run - 1);
}

/* Times of much receiving and of much returning, so that the ring drains and fills again. */
static bool
step(struct naive *naive, uint32_t i)
{
	uint32_t dice = below(naive, 1000);
	uint32_t receiving = i / 512 % 2 == 0 ? 700 : 150;

	if (dice == 0)
		step_restart(naive);
	else if (dice < receiving)
		return step_receive(naive);
	else
		step_return(naive);
	return true;
}

static void
wander(uint32_t nb_bufs)
{
	static struct naive naive;
	uint32_t slot, i;

	memset(&naive, 0, sizeof(naive));
	naive.seed = SEED + nb_bufs;
	naive.run = NB_DESC;
	for (slot = 0; slot < ring.slots.nb_slots; slot++)
		naive.place[slot] = slot < NB_DESC ? ARMED : HOME;
	for (i = 0; i < STEPS; i++)
		if (!step(&naive, i) || !agrees(&naive))
			fail_msg("%u buffers: step %u", nb_bufs, i);
	/* the walk went where it should have gone */
	assert_true(naive.flips > 1000);
	assert_true(naive.loans > 1000);
	assert_true(naive.woken > 1000);
	assert_true(naive.exhausted > 1000);
	assert_true(naive.empty_restarts > 10);
}

static void
a_million_steps_leave_every_buffer_in_exactly_one_place(void **state)
{
	(void)state;
	with_each(wander);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(only_the_last_buffer_of_a_descriptor_is_lent, tear_down),
		cmocka_unit_test_teardown(a_waiting_descriptor_keeps_the_tail_before_it, tear_down),
		cmocka_unit_test_teardown(
				what_is_armed_behind_a_waiting_descriptor_is_kept_for_the_device,
				tear_down),
		cmocka_unit_test_teardown(
				descriptors_are_armed_again_in_ring_order_whatever_comes_home_first,
				tear_down),
		cmocka_unit_test_teardown(
				one_buffer_home_is_one_more_packet_and_never_fewer_than_one_armed,
				tear_down),
		cmocka_unit_test_teardown(
				after_a_restart_the_device_finds_the_ring_empty_while_the_first_descriptor_waits,
				tear_down),
		cmocka_unit_test_teardown(
				a_restart_arms_what_it_can_up_to_the_first_descriptor_that_waits,
				tear_down),
		cmocka_unit_test_teardown(
				a_million_steps_leave_every_buffer_in_exactly_one_place, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
