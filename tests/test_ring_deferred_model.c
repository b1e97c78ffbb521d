/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A ring that lends beside a naive model, through a million random steps. */

#include "random_util.h"
#include "ring_deferred_util.h"

#define NONE UINT32_MAX

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
	uint32_t n = naive->run == 0 ? 0 : test_random_below(&naive->seed, naive->run);
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
	i = test_random_below(&naive->seed, naive->nb_out);
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
	uint32_t dice = test_random_below(&naive->seed, 1000);
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

static const struct CMUnitTest tests[] = {
	with_ring(a_million_steps_leave_every_buffer_in_exactly_one_place),
};

TEST_MAIN(tests)
