/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which pool the mbufs of sent packets go to, freed one by one or fast. */

#include "dualbuf_test.h"
#include "tx_util.h"

static void
shared_packets_are_freed_when_the_last_holder_is_done(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 2, 60), *clone;

	(void)state;
	make_txq(NB_DESC, 1, 5, false);
	rte_pktmbuf_refcnt_update(m, 1);
	clone = rte_pktmbuf_clone(m, other);
	assert_non_null(clone);
	send_one(m);
	send_one(clone);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 2);
	assert_int_equal(test_pool_missing(other), 0);
	assert_int_equal(test_pool_missing(app), 2);
	assert_int_equal(m->nb_segs, 2);
	rte_pktmbuf_free(m);
}

/* DPDK checks nowhere that fast free gets mbufs of one pool only. It is cheap to see that it holds. */
static void
send_mixed_pools(bool fast_free)
{
	struct rte_mbuf *m[4];

	make_txq(NB_DESC, 1, 8, fast_free);
	m[0] = test_alloc_chain(app, 1, 60);
	m[1] = test_alloc_chain(other, 1, 60);
	m[2] = test_alloc_chain(app, 2, 60);
	m[3] = test_alloc_chain(app, 2, 60);
	rte_pktmbuf_free(m[3]->next);
	m[3]->next = test_alloc(other);
	assert_int_equal(send_all(m, 4), 4);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 4);
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(test_pool_missing(other), 0);
	free_txq();
}

static void
mbufs_of_several_pools_go_to_their_own(void **state)
{
	(void)state;
	send_mixed_pools(false);
	send_mixed_pools(true);
}

static void
the_second_batch_of_another_pool_goes_there_too(void **state)
{
	struct rte_mbuf *m[6];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 3, true);
	for (i = 0; i < 6; i++)
		m[i] = test_alloc_chain(i < 3 ? app : other, 1, 60);
	assert_int_equal(send_all(m, 6), 6);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 6);
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(test_pool_missing(other), 0);
}

static void
segments_that_are_freed_fast_lie_clean_in_their_pool(void **state)
{
	struct rte_mbuf *m[3];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, true);
	for (i = 0; i < 3; i++)
		m[i] = test_alloc_chain(app, 3, 60);
	assert_int_equal(send_all(m, 3), 3);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 3);
	assert_pool_full(app);
}

static void
a_batch_that_wraps_is_freed_fast_in_two_runs(void **state)
{
	struct rte_mbuf *m[2];

	(void)state;
	make_txq(NB_DESC, 1, 8, true);
	send_burst(NB_DESC - 2);
	device_reads(NO_LIMIT);
	format->done_cleanup(&txq, 0);
	m[0] = test_alloc_chain(app, 5, 60);
	m[1] = test_alloc_chain(app, 1, 60);
	assert_int_equal(send_all(m, 2), 2);
	assert_int_equal(doorbell, 4);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 2);
	assert_pool_full(app);
}

static void
a_batch_that_ends_with_the_ring_is_freed_in_one(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 4, true);
	send_burst(NB_DESC - 4);
	device_reads(NO_LIMIT);
	format->done_cleanup(&txq, 0);
	send_burst(4);
	assert_int_equal(doorbell, 0);
	assert_true(asks_for_report(NB_DESC - 1));
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 4);
	assert_int_equal(txq.clean, 0);
}

static void
received_packets_that_are_sent_come_home(void **state)
{
	struct test_queue queue;
	struct rte_mbuf *m[8];
	unsigned int i, fast_free;

	(void)state;
	test_queue_bind(&queue, app, 8, 2);
	for (fast_free = 0; fast_free < 2; fast_free++) {
		make_txq(NB_DESC, 1, 8, fast_free);
		for (i = 0; i < 8; i++)
			m[i] = i < 4 ? test_queue_receive_bound(&queue) :
				       test_queue_temporary(&queue);
		assert_int_equal(send_all(m, 8), 8);
		assert_int_equal(test_queue_out(&queue), 4);
		device_reads(NO_LIMIT);
		assert_int_equal(format->done_cleanup(&txq, 0), 8);
		assert_int_equal(test_queue_out(&queue), 0);
		free_txq();
	}
	test_queue_release(&queue);
}

static const struct CMUnitTest tests[] = {
	with_pools(shared_packets_are_freed_when_the_last_holder_is_done),
	with_pools(mbufs_of_several_pools_go_to_their_own),
	with_pools(the_second_batch_of_another_pool_goes_there_too),
	with_pools(segments_that_are_freed_fast_lie_clean_in_their_pool),
	with_pools(a_batch_that_wraps_is_freed_fast_in_two_runs),
	with_pools(a_batch_that_ends_with_the_ring_is_freed_in_one),
	with_pools(received_packets_that_are_sent_come_home),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
