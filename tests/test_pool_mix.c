/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Mbufs of all kinds in one batch, in every order. */

#include "dualbuf_test.h"
#include "pool_pair_util.h"

#define LONGEST_MIX 4

/* The kinds of mix number i, in order: its digits. Returns the first. */
static enum kind
make_mix(struct rte_mbuf **m, unsigned int len, unsigned int i)
{
	enum kind first = i % NB_KINDS;
	unsigned int at;

	for (at = 0; at < len; at++, i /= NB_KINDS)
		m[at] = make_kind(i % NB_KINDS);
	return first;
}

static void
assert_mix_is_home(void)
{
	assert_int_equal(test_queue_out(&queue), 0);
	assert_int_equal(test_queue_out(&sibling), 0);
	assert_int_equal(test_queue_out(&stranger), 0);
	assert_int_equal(test_pool_missing(app),
			test_queue_bound(&queue) + test_queue_bound(&sibling));
	assert_int_equal(test_pool_missing(other), test_queue_bound(&stranger));
}

/* Ways for mbufs to leave a pool that they do not belong to. */
static void
settle_by_alloc_and_free(struct rte_mempool *mp, struct dualbuf_pool *pool)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0;

	(void)pool;
	while ((m[n] = rte_pktmbuf_alloc(mp)) != NULL)
		n++;
	free_one_by_one(m, n);
}

static void
settle_by_copying(struct rte_mempool *mp, struct dualbuf_pool *pool)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0;

	(void)mp;
	while ((m[n] = dualbuf_pool_temporary(pool)) != NULL)
		n++;
	free_one_by_one(m, n);
}

static void
settle_by_binding(struct rte_mempool *mp, struct dualbuf_pool *pool)
{
	uint32_t nb_desc = rte_mempool_avail_count(mp);
	struct test_queue third;

	/* one that comes home here leaves too few, and then all is given back */
	(void)pool;
	if (test_queue_try(&third, mp, nb_desc, 2, 0) == 0)
		test_queue_release(&third);
	fflush(logged.stream);
	log_capture_end(&logged);
	log_capture_begin(&logged);
}

typedef void (*settle_way)(struct rte_mempool *mp, struct dualbuf_pool *pool);

static const settle_way settle_ways[] = {
	settle_by_alloc_and_free,
	settle_by_copying,
	settle_by_binding,
};

static void
free_and_settle(unsigned int len, unsigned int i, free_way way, settle_way settle)
{
	struct rte_mbuf *m[LONGEST_MIX];
	enum kind first = make_mix(m, len, i);

	way(m, len);
	/* One of the application's own that is first takes all where we do not see it. */
	if (way == free_fast && (first == APPLICATION || first == FOREIGN)) {
		settle(app, queue.pool);
		settle(other, stranger.pool);
	}
	assert_mix_is_home();
}

static void
free_every_mix(free_way way, settle_way settle)
{
	unsigned int len, i, nb_mixes = 1;

	test_queue_bind(&stranger, other, NB_DESC, 2);
	for (len = 1; len <= LONGEST_MIX; len++) {
		nb_mixes *= NB_KINDS;
		for (i = 0; i < nb_mixes; i++)
			free_and_settle(len, i, way, settle);
	}
	test_queue_release(&stranger);
}

static void
every_mix_in_every_order_is_freed_one_by_one(void **state)
{
	(void)state;
	free_every_mix(free_one_by_one, settle_by_alloc_and_free);
}

static void
every_mix_in_every_order_is_freed_in_bulk(void **state)
{
	(void)state;
	free_every_mix(free_in_bulk, settle_by_alloc_and_free);
}

static void
every_mix_in_every_order_is_freed_fast_and_found_by_alloc(void **state)
{
	(void)state;
	free_every_mix(free_fast, settle_ways[0]);
}

static void
every_mix_in_every_order_is_freed_fast_and_found_by_copies(void **state)
{
	(void)state;
	free_every_mix(free_fast, settle_ways[1]);
}

static void
every_mix_in_every_order_is_freed_fast_and_found_by_bind(void **state)
{
	(void)state;
	free_every_mix(free_fast, settle_ways[2]);
}

static void
bound_buffers_in_the_applications_pool_outlive_their_queue(void **state)
{
	struct rte_mbuf *m[1 + NB_DESC];

	(void)state;
	m[0] = test_alloc(app);
	receive_bound(&m[1], NB_DESC);
	free_fast(m, RTE_DIM(m));
	assert_int_equal(test_queue_out(&queue), NB_DESC);
	test_queue_release(&queue);
	test_queue_release(&sibling);
	assert_int_equal(test_pool_missing(app), 0);
	settle_by_alloc_and_free(app, NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_queues(every_mix_in_every_order_is_freed_one_by_one),
		with_queues(every_mix_in_every_order_is_freed_in_bulk),
		with_queues(every_mix_in_every_order_is_freed_fast_and_found_by_alloc),
		with_queues(every_mix_in_every_order_is_freed_fast_and_found_by_copies),
		with_queues(every_mix_in_every_order_is_freed_fast_and_found_by_bind),
		with_queues(bound_buffers_in_the_applications_pool_outlive_their_queue),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
