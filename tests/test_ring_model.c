/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The ring beside a naive model, through a million random steps. */

#include "random_util.h"
#include "ring_util.h"

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
	i = test_random_below(&naive->seed, naive->nb_out);
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
	uint32_t dice = test_random_below(&naive->seed, 1000);
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

/* Faults of a ring, each of which the model has to notice. */
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

static const struct CMUnitTest tests[] = {
	with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_2),
	with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_3),
	with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_4),
	with_ring(each_buffer_is_in_one_place_through_a_million_steps_with_8),
	with_ring(the_model_notices_every_wrong_step),
	with_ring(the_model_notices_a_buffer_that_two_hold),
};

TEST_MAIN(tests)
