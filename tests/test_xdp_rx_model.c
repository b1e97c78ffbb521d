/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * Buffers that come back in another order than they were given in, at random over many turns, beside a model of
 * who has what. Packets are in order all the same.
 */

#include "dualbuf_test.h"
#include "xdp_rx_util.h"

#define FRAMES 60000

static uint64_t seed;
static struct rte_mbuf *held[MAX_HELD];
static uint32_t nb_held;

static uint32_t
below(uint32_t limit)
{
	return test_random_below(&seed, limit);
}

static void
free_held(uint32_t which)
{
	rte_pktmbuf_free(held[which]);
	held[which] = held[--nb_held];
}

/* Neither with the kernel, nor handed up before, is a buffer that goes up now. */
static void
assert_ours_alone(const struct rte_mbuf *m)
{
	uint32_t i;

	for (i = 0; i < nb_held; i++)
		assert_ptr_not_equal(held[i], m);
}

/* Each bound buffer is home, or is one of those that the test has. */
static void
assert_all_accounted_for(void)
{
	uint32_t bound = 0, i;

	for (i = 0; i < nb_held; i++)
		bound += test_queue_slot(&queue, held[i]) != UINT32_MAX;
	assert_int_equal(test_queue_out(&queue), bound);
	for (i = 0; i < nb_held; i++)
		assert_true(test_queue_slot(&queue, held[i]) == UINT32_MAX ||
				!test_queue_is_home(&queue, held[i]));
	assert_kernel_has_the_armed();
}

static void
receive_some(void)
{
	struct rte_mbuf *m[64];
	uint32_t max = 1 + below(RTE_DIM(m)), n = burst(m, max), i;

	for (i = 0; i < n; i++) {
		assert_next(m[i]);
		assert_ours_alone(m[i]);
		assert_true(nb_held < RTE_DIM(held));
		held[nb_held++] = m[i];
	}
}

/* window: how far from the order of the fill ring the kernel goes; 1 is in order. */
static void
walk(uint32_t nb_desc, uint32_t nb_bufs, uint32_t window, uint32_t hold)
{
	uint32_t n;

	seed = 0x9e3779b97f4a7c15 + nb_desc * nb_bufs + window;
	nb_held = 0;
	while (sent < FRAMES) {
		kernel_takes();
		n = nb_kernel_has == 0 ? 0 : below(nb_kernel_has + 1);
		for (; n > 0; n--)
			kernel_receives_in(below(RTE_MIN(window, nb_kernel_has)));
		receive_some();
		if (below(64) == 0)
			assert_all_accounted_for();
		while (nb_held > hold || (nb_held > 0 && below(3) == 0))
			free_held(below(nb_held));
	}
	while (received < sent || nb_held > 0) {
		receive_some();
		while (nb_held > 0)
			free_held(0);
	}
	assert_all_accounted_for();
	assert_int_equal(rx.unknown, 0);
	assert_int_equal(rxq.stats.errors, 0);
	assert_true(window == 1 ? rx.exchanged == 0 : rx.exchanged > FRAMES / 4);
}

static void
walk_all(uint32_t walk_features, uint32_t hold)
{
	static const uint32_t windows[] = { 1, 2, 5, UINT32_MAX };
	static const uint32_t lengths[] = { 32, 40 };
	uint32_t i, j, nb_bufs;

	for (i = 0; i < RTE_DIM(lengths); i++) {
		for (j = 0; j < RTE_DIM(windows); j++) {
			nb_bufs = 2 + (i + j) % 3;
			make_xdp(lengths[i], nb_bufs);
			features = walk_features;
			walk(lengths[i], nb_bufs, windows[j], hold);
			end_xdp();
		}
	}
}

static void
any_order_of_buffers_is_packets_in_order(void **state)
{
	(void)state;
	walk_all(0, 20);
}

static void
also_for_a_consumer_that_holds_more_than_there_are_alternates(void **state)
{
	(void)state;
	walk_all(0, 250);
}

static void
also_with_deferred_copies(void **state)
{
	(void)state;
	walk_all(RX_DEFERRED, 250);
}

/* A program takes every third frame away, and its buffer is the next one that is filled. */
static void
buffers_of_frames_that_a_program_drops_are_filled_later(void **state)
{
	uint64_t chunk;

	(void)state;
	while (received < FRAMES) {
		kernel_takes();
		chunk = kernel_loses(2);
		memmove(&kernel_has[1], &kernel_has[0], nb_kernel_has * sizeof(kernel_has[0]));
		kernel_has[0] = chunk;
		nb_kernel_has++;
		kernel_receives_in(0);
		kernel_receives_in(0);
		receive_and_free(2);
	}
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 32);
	assert_int_equal(rx.unknown, 0);
}

/* Whoever wrote over an mbuf's dynamic fields did so before it came home. */
static void
a_buffer_whose_handle_was_overwritten_is_found(void **state)
{
	static const uint32_t handles[] = { 0, 5, 40, 0x7fff, 511u << 15 | 3, 0x80000000,
		0xffffffff };
	uint32_t i, which;
	struct rte_mbuf *m;

	(void)state;
	for (i = 0; i < 10 * RTE_DIM(handles); i++) {
		kernel_takes();
		which = i % 32;
		m = (struct rte_mbuf *)(chunk_data(kernel_has[which]) - queue.pool->data_offset);
		*dualbuf_pool_handle(queue.pool, m) = handles[i % RTE_DIM(handles)];
		kernel_receives_in(which);
		receive_and_free(1);
		assert_int_equal(rx.unknown, 0);
		assert_kernel_has_the_armed();
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(any_order_of_buffers_is_packets_in_order),
	cmocka_unit_test(also_for_a_consumer_that_holds_more_than_there_are_alternates),
	cmocka_unit_test(also_with_deferred_copies),
	with_queue(buffers_of_frames_that_a_program_drops_are_filled_later),
	with_queue(a_buffer_whose_handle_was_overwritten_is_found),
};

XDP_RX_MAIN(tests)
