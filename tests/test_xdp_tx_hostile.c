/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Frames at the area's beginning, completions at random, and completions of what was never sent. */

#include "dualbuf_test.h"
#include "xdp_tx_util.h"

/* All that the pool has now, in the order of their addresses. */
static uint32_t
take_all(struct rte_mbuf **taken)
{
	uint32_t nb = 0;

	while (rte_mempool_get(app, (void **)&taken[nb]) == 0)
		nb++;
	qsort(taken, nb, sizeof(*taken), test_compare_pointers);
	return nb;
}

/* A long ring, and an area that begins with the pool's first mbuf; no queue and no copy has that. */
static int
set_up_long(void **state)
{
	struct rte_mbuf *taken[255];
	uint64_t first;
	uint32_t nb;

	set_up(state);
	nb = take_all(taken);
	rte_mempool_put_bulk(app, (void **)&taken[1], nb - 1);
	make_tx(MAX_DESC);
	first = (uintptr_t)taken[0] - tx.area.base;
	tx.area.base += first;
	tx.area.size -= first;
	rte_mempool_put(app, taken[0]);
	return 0;
}

/* Go on to a position that is larger than the offset of the pool's first mbufs. */
static void
go_to_the_end_of_the_ring(void)
{
	while (tx.tail < MAX_DESC - 40) {
		send_one(make_frame(app, 1, 100));
		assert_int_equal(xdp_tx_submit(&tx), 1);
		kernel_completes_all();
		xdp_tx_complete(&tx);
		dualbuf_tx_ext_done_cleanup(&txq, 0);
	}
	seen = sent;
}

static void
frames_at_the_areas_beginning_are_sent_right(void **state)
{
	struct rte_mbuf *taken[255], *m;
	uint64_t copied;
	uint32_t nb, i;

	(void)state;
	go_to_the_end_of_the_ring();
	copied = tx.copied;
	nb = take_all(taken);
	assert_int_equal((uintptr_t)taken[0], tx.area.base);
	rte_mempool_put_bulk(app, (void **)&taken[10], nb - 10);
	for (i = 0; i < 10; i++) {
		m = taken[i];
		rte_pktmbuf_reset(m);
		m->data_len = 100;
		m->pkt_len = 100;
		send_one(number(m));
		assert_int_equal(xdp_tx_submit(&tx), 1);
		assert_next_frames(1, 100);
	}
	assert_int_equal(tx.copied, copied + 1);
	assert_still_works();
}

/* The pool's first mbuf is the only one that is there for a copy, or one of two. */
static void
copies_do_not_lie_at_the_areas_beginning(void **state)
{
	struct rte_mbuf *taken[255];
	uint32_t nb, i, room;

	(void)state;
	go_to_the_end_of_the_ring();
	nb = take_all(taken);
	for (room = 1; room <= 2; room++) {
		rte_mempool_put_bulk(app, (void **)taken, room);
		for (i = 0; i < 3; i++)
			send_one(make_frame(other, 1, 100));
		/* the spare one, and the second, if it is there */
		assert_int_equal(xdp_tx_submit(&tx), room);
		assert_next_frames(room, 100);
		assert_int_equal(rte_mempool_avail_count(app), 1);
		while (seen < sent) {
			kernel_completes_all();
			xdp_tx_complete(&tx);
			assert_true(xdp_tx_submit(&tx) > 0);
			kernel_takes();
			assert_next_frames(nb_kernel_has, 100);
		}
		kernel_completes_all();
		xdp_tx_complete(&tx);
		assert_int_equal(rte_mempool_avail_count(app), room);
		assert_int_equal(rte_mempool_get_bulk(app, (void **)taken, room), 0);
	}
	rte_mempool_put_bulk(app, (void **)taken, nb);
	assert_still_works();
}

static void
the_spare_mbuf_does_not_lie_there(void **state)
{
	struct rte_mbuf *taken[255];
	uint32_t nb;

	(void)state;
	rte_mempool_put(tx.spare->pool, tx.spare);
	nb = take_all(taken);
	rte_mempool_put(app, taken[0]);
	assert_false(xdp_tx_take_spare(&tx));
	assert_int_equal(rte_mempool_avail_count(app), 1);
	rte_mempool_put_bulk(app, (void **)&taken[1], nb - 1);
	assert_true(xdp_tx_take_spare(&tx));
	assert_still_works();
}

/* A completion that names nothing that was sent changes nothing. */
static void
assert_unknown(uint64_t addr)
{
	uint64_t unknown = tx.unknown;
	uint32_t nb_sent = tx.nb_sent, head = tx.head;

	xdp_test_ring_put_addr(&kernel_completions, addr);
	xdp_tx_complete(&tx);
	assert_int_equal(xdp_test_ring_count(&kernel_completions), 0);
	assert_int_equal(tx.unknown, unknown + 1);
	assert_int_equal(tx.nb_sent, nb_sent);
	assert_int_equal(tx.head, head);
}

static void
completions_of_what_was_not_sent_are_passed_over(void **state)
{
	uint64_t addr, pos;

	(void)state;
	for (pos = 0; pos < 70; pos++)
		assert_unknown(xdp_area_addr(0, pos));
	assert_unknown(UINT64_MAX);
	send_one(make_frame(app, 3, 100));
	send_one(make_frame(app, 1, 5));
	send_one(make_frame(app, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), 2);
	kernel_takes();
	/* the first segments of a frame have no more to wait for */
	xdp_tx_complete(&tx);
	assert_int_equal(tx.head, 2);
	for (pos = 0; pos < 0x10000; pos += pos < 64 ? 1 : 61)
		if (pos != 2 && pos != 4)
			assert_unknown(xdp_area_addr(0, pos));
	addr = kernel_has[0].addr;
	kernel_completes(0);
	xdp_tx_complete(&tx);
	assert_int_equal(tx.head, 4);
	assert_unknown(addr);
	addr = kernel_has[0].addr;
	kernel_completes(0);
	xdp_test_ring_put_addr(&kernel_completions, addr);
	xdp_tx_complete(&tx);
	assert_int_equal(tx.head, 5);
	assert_int_equal(tx.nb_sent, 0);
	assert_unknown(addr);
	assert_still_works();
}

static struct rte_mbuf *
any_frame(uint64_t *seed)
{
	struct rte_mempool *mp = test_random_below(seed, 2) == 0 ? app : other;

	return make_frame(mp, 1 + test_random_below(seed, 3), 20 + test_random_below(seed, 400));
}

/* Frames of all kinds, completions in any order and sometimes twice. */
static void
anything_at_random_leaks_nothing(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15, unknown = 0, addr;
	uint32_t turn, which, expected;
	struct rte_mbuf *m;

	(void)state;
	for (turn = 0; turn < 100000; turn++) {
		if (txq.nb_free > 4 && test_random_below(&seed, 2) == 0) {
			m = any_frame(&seed);
			send_one(m);
		}
		expected = xdp_tx_submit(&tx);
		kernel_takes();
		assert_true(nb_kernel_has >= expected);
		assert_int_equal(tx.nb_sent, nb_kernel_has);
		if (nb_kernel_has > 0 && test_random_below(&seed, 2) == 0) {
			which = test_random_below(&seed, nb_kernel_has);
			addr = kernel_has[which].addr;
			kernel_completes(which);
			if (test_random_below(&seed, 8) == 0) {
				xdp_test_ring_put_addr(&kernel_completions, addr);
				unknown++;
			}
		}
		xdp_tx_complete(&tx);
		assert_int_equal(tx.unknown, unknown);
		if (test_random_below(&seed, 8) == 0)
			dualbuf_tx_ext_done_cleanup(&txq, 0);
	}
	assert_true(tx.copied > 1000);
	assert_int_equal(tx.errors, 0);
	assert_still_works();
}

static void
an_index_beyond_the_ring_is_not_followed(void **state)
{
	static const uint32_t distances[] = { 33, 64, 0x7fffffff, 0x80000000, -32u, -2u, -1u };
	uint32_t i;

	(void)state;
	assert_still_works();
	for (i = 0; i < RTE_DIM(distances); i++) {
		send_one(make_frame(app, 1, 100));
		assert_int_equal(xdp_tx_submit(&tx), 1);
		assert_int_equal(tx.nb_sent, 1);
		kernel_completions.producer += distances[i];
		xdp_tx_complete(&tx);
		xdp_tx_complete(&tx);
		kernel_completions.producer -= distances[i];
		assert_int_equal(kernel_completions.consumer, kernel_completions.producer);
		assert_int_equal(tx.nb_sent, 1);
		assert_int_equal(tx.unknown, 0);
		assert_still_works();
	}
}

static void
the_kernels_index_of_the_transmit_ring_may_jump(void **state)
{
	static const uint32_t distances[] = { 1, 32, 33, 0x7fffffff, 0x80000000, -33u, -32u, -1u };
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(distances); i++) {
		kernel_tx.consumer += distances[i];
		send_one(make_frame(app, 1, 100));
		send_one(make_frame(other, 1, 100));
		xdp_tx_submit(&tx);
		kernel_tx.consumer -= distances[i];
		xdp_tx_submit(&tx);
		kernel_takes();
		assert_int_equal(nb_kernel_has, 2);
		assert_still_works();
	}
}

static void
anything_may_stand_in_the_rings(void **state)
{
	uint64_t seed = 0x2545f4914f6cdd1d;
	uint32_t turn, i;

	(void)state;
	for (turn = 0; turn < 50000; turn++) {
		if (txq.nb_free > 4)
			send_one(any_frame(&seed));
		kernel_tx.consumer = test_random_below(&seed, 8) == 0 ?
				(uint32_t)test_random(&seed) :
				kernel_tx.producer;
		for (i = 0; i < 32; i++)
			((uint64_t *)kernel_completions.entries)[i] =
					xdp_area_addr(xdp_area_start(test_random(&seed)),
							test_random_below(&seed, 100));
		kernel_completions.producer = test_random_below(&seed, 8) == 0 ?
				(uint32_t)test_random(&seed) :
				kernel_completions.consumer + test_random_below(&seed, 33);
		xdp_tx_submit(&tx);
		xdp_tx_complete(&tx);
		assert_true(tx.nb_sent < NB_DESC);
		dualbuf_tx_ext_done_cleanup(&txq, 0);
	}
	assert_true(tx.unknown > 10000);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
			frames_at_the_areas_beginning_are_sent_right, set_up_long, tear_down_tx),
	cmocka_unit_test_setup_teardown(
			copies_do_not_lie_at_the_areas_beginning, set_up_long, tear_down_tx),
	cmocka_unit_test_setup_teardown(
			the_spare_mbuf_does_not_lie_there, set_up_long, tear_down_tx),
	with_tx(completions_of_what_was_not_sent_are_passed_over),
	with_tx(anything_at_random_leaks_nothing),
	with_tx(an_index_beyond_the_ring_is_not_followed),
	with_tx(the_kernels_index_of_the_transmit_ring_may_jump),
	with_tx(anything_may_stand_in_the_rings),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
