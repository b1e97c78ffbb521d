/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Queues and pools that come and go, in any order. */

#include "dualbuf_test.h"
#include "pool_pair_util.h"

static void
what_is_home_goes_back_at_release_and_the_rest_when_freed(void **state)
{
	struct rte_mbuf *m[5];

	(void)state;
	receive_bound(m, 5);
	test_queue_release(&queue);
	assert_int_equal(test_pool_missing(app), 5 + 2 * NB_DESC);
	rte_pktmbuf_free(m[0]);
	assert_int_equal(test_pool_missing(app), 4 + 2 * NB_DESC);
	free_fast(m + 1, 2);
	assert_int_equal(test_pool_missing(app), 2 + 2 * NB_DESC);
	test_on_thread(free_on_thread, m[3]);
	assert_int_equal(test_pool_missing(app), 1 + 2 * NB_DESC);
	assert_ptr_equal(m[4]->pool, sibling.pool->mp);
	free_in_bulk(m + 4, 1);
	assert_int_equal(test_pool_missing(app), 2 * NB_DESC);
	assert_ptr_equal(m[4]->pool, app);
}

static void
buffers_that_come_back_in_a_row_after_release_go_to_the_applications_pool(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int way, i;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		receive_bound(m, NB_DESC);
		test_queue_release(&queue);
		assert_int_equal(test_pool_missing(app), NB_DESC + 2 * NB_DESC);
		free_ways[way](m, NB_DESC);
		assert_int_equal(test_pool_missing(app), 2 * NB_DESC);
		for (i = 0; i < NB_DESC; i++)
			assert_ptr_equal(m[i]->pool, app);
		test_queue_bind(&queue, app, NB_DESC, 2);
	}
}

static void
an_entry_is_used_again_only_when_all_its_buffers_are_back(void **state)
{
	struct dualbuf_ring *ring = queue.ring;
	struct rte_mbuf *m = test_queue_receive_bound(&queue);

	(void)state;
	test_queue_release(&queue);
	test_queue_bind(&queue, app, NB_DESC, 2);
	assert_ptr_not_equal(queue.ring, ring);
	rte_pktmbuf_free(m);
	test_queue_release(&queue);
	test_queue_bind(&queue, app, NB_DESC, 2);
	assert_ptr_equal(queue.ring, ring);
}

/* Sizes that only grow leave an entry behind each time, too small for the next. */
static void
rounds_of_any_size_do_not_exhaust_the_entries(void **state)
{
	struct rte_mempool *mp = test_pool_make("rounds", 4095, 0);
	struct test_queue q;
	uint32_t round;

	(void)state;
	for (round = 0; round < 640; round++) {
		test_queue_bind(&q, mp, 32 + round, 2);
		test_queue_release(&q);
	}
	for (round = 0; round < 640; round++) {
		test_queue_bind(&q, mp, 8 + round * 37 % 500, 2 + round % 3);
		test_queue_release(&q);
	}
	assert_nothing_logged(&logged);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
too_many_queues_of_one_pool_are_refused(void **state)
{
	static struct test_queue queues[DUALBUF_POOL_MAX_QUEUES];
	struct rte_mempool *mp = test_pool_make("many", 2 * DUALBUF_POOL_MAX_QUEUES + 9, 0);
	struct test_queue one_more;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(queues); i++)
		test_queue_bind(&queues[i], mp, 1, 2);
	assert_int_equal(test_queue_try(&one_more, mp, 1, 2, 0), -ENOSPC);
	assert_logged(&logged, "mempool many", "512");
	test_queue_release(&queues[77]);
	test_queue_bind(&queues[77], mp, 1, 2);
	for (i = 0; i < RTE_DIM(queues); i++)
		test_queue_release(&queues[i]);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
destroying_the_applications_pool_frees_the_return_pool(void **state)
{
	struct rte_mempool *mp = test_pool_make("short-lived", 63, 0);
	char name[RTE_MEMPOOL_NAMESIZE];
	struct test_queue q;

	(void)state;
	test_queue_bind(&q, mp, NB_DESC, 2);
	strcpy(name, q.pool->mp->name);
	assert_ptr_equal(rte_mempool_lookup(name), q.pool->mp);
	test_queue_release(&q);
	assert_non_null(rte_mempool_lookup(name));
	rte_mempool_free(mp);
	assert_null(rte_mempool_lookup(name));
}

/* Hundreds of pools that come and go: names and memzones must not run out. */
static void
return_pools_come_and_go_with_their_pools(void **state)
{
	struct rte_mempool *mp;
	struct test_queue q;
	unsigned int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		mp = test_pool_make("round", 63, 0);
		test_queue_bind(&q, mp, NB_DESC, 2);
		rte_pktmbuf_free(test_queue_receive_bound(&q));
		test_queue_release(&q);
		assert_pool_full(mp);
		rte_mempool_free(mp);
	}
}

static void
a_pool_that_goes_before_its_queue_is_reported_and_survived(void **state)
{
	struct rte_mempool *mp = test_pool_make("hasty", 63, 0);
	struct rte_mempool *return_pool;
	struct test_queue q, late;

	(void)state;
	test_queue_bind(&q, mp, NB_DESC, 2);
	return_pool = q.pool->mp;
	rte_mempool_free(mp);
	assert_logged(&logged, "mempool hasty", "1 receive queue");
	assert_int_equal(rte_mempool_avail_count(return_pool), 0);
	assert_int_equal(test_queue_try(&late, return_pool, NB_DESC, 2, 0), -EINVAL);
	assert_logged(&logged, return_pool->name);
	test_queue_release(&q);
}

static void
a_pool_of_the_same_name_and_place_starts_afresh(void **state)
{
	struct rte_mempool *mp;
	struct test_queue q;
	unsigned int round;

	(void)state;
	for (round = 0; round < 3; round++) {
		mp = test_pool_make("again", 63, 0);
		test_queue_bind(&q, mp, NB_DESC, 2);
		assert_ptr_equal(q.pool->app, mp);
		rte_mempool_free(mp);
		assert_logged(&logged, "mempool again");
		test_queue_release(&q);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_queues(what_is_home_goes_back_at_release_and_the_rest_when_freed),
		with_queues(buffers_that_come_back_in_a_row_after_release_go_to_the_applications_pool),
		with_queues(an_entry_is_used_again_only_when_all_its_buffers_are_back),
		with_log(rounds_of_any_size_do_not_exhaust_the_entries),
		with_log(too_many_queues_of_one_pool_are_refused),
		with_log(destroying_the_applications_pool_frees_the_return_pool),
		with_log(return_pools_come_and_go_with_their_pools),
		with_log(a_pool_that_goes_before_its_queue_is_reported_and_survived),
		with_log(a_pool_of_the_same_name_and_place_starts_afresh),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
