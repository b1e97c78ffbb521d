/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Every way of freeing brings every mbuf where it belongs, and taking gives no bound one. */

#include "dualbuf_test.h"
#include "pool_pair_util.h"

#define SEED 0x2545f4914f6cdd1d

static void
every_way_of_freeing_brings_bound_buffers_home(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int way;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		receive_bound(m, NB_DESC);
		assert_int_equal(test_queue_out(&queue), NB_DESC);
		free_ways[way](m, NB_DESC);
		assert_all_home();
	}
}

static void
a_freed_buffer_is_the_alternate_of_its_own_descriptor(void **state)
{
	struct rte_mbuf *first = test_queue_receive_bound(&queue);
	struct rte_mbuf *second = test_queue_receive_bound(&queue);
	uint32_t i;

	(void)state;
	rte_pktmbuf_free(second);
	rte_pktmbuf_free(first);
	for (i = 2; i < NB_DESC; i++)
		rte_pktmbuf_free(test_queue_receive_bound(&queue));
	for (i = 0; i < NB_DESC; i++)
		rte_pktmbuf_free(test_queue_receive_bound(&queue));
	assert_ptr_equal(test_queue_receive_bound(&queue), first);
	assert_ptr_equal(test_queue_receive_bound(&queue), second);
	rte_pktmbuf_free(first);
	rte_pktmbuf_free(second);
}

static void
every_way_of_freeing_brings_temporaries_back(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int way, i;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		for (i = 0; i < NB_DESC; i++)
			m[i] = test_queue_temporary(&queue);
		assert_int_equal(test_queue_out(&queue), 0);
		free_ways[way](m, NB_DESC);
		assert_all_home();
	}
}

static void
more_temporaries_than_a_batch_come_back_together(void **state)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0;

	(void)state;
	while ((m[n] = dualbuf_pool_temporary(queue.pool)) != NULL)
		n++;
	assert_int_equal(n, APP_SIZE - 4 * NB_DESC);
	free_fast(m, n);
	assert_all_home();
}

static void
taking_more_than_there_is_takes_nothing(void **state)
{
	unsigned int avail = rte_mempool_avail_count(queue.pool->mp);
	void *m[APP_SIZE + 1];

	(void)state;
	assert_int_equal(avail, rte_mempool_avail_count(app));
	assert_int_equal(rte_mempool_get_bulk(queue.pool->mp, m, avail + 1), -ENOBUFS);
	assert_all_home();
	assert_int_equal(rte_mempool_get_bulk(queue.pool->mp, m, avail), 0);
	assert_int_equal(rte_mempool_avail_count(queue.pool->mp), 0);
	assert_null(dualbuf_pool_temporary(queue.pool));
	rte_mempool_put_bulk(queue.pool->mp, m, avail);
	assert_all_home();
}

static void
a_thread_unknown_to_eal_frees(void **state)
{
	(void)state;
	test_on_thread(free_on_thread, test_queue_receive_bound(&queue));
	test_on_thread(free_on_thread, test_queue_temporary(&queue));
	assert_all_home();
}

/* The fast free of another driver has put bound buffers among the application's mbufs. */
static void
many_temporaries_at_once_are_all_temporaries(void **state)
{
	struct rte_mbuf *strays[3], *m[8];
	unsigned int nb_strays, i;

	(void)state;
	for (nb_strays = 0; nb_strays <= RTE_DIM(strays); nb_strays++) {
		receive_bound(strays, nb_strays);
		rte_mempool_put_bulk(app, (void **)strays, nb_strays);
		assert_true(dualbuf_pool_temporaries(queue.pool, m, RTE_DIM(m)));
		for (i = 0; i < RTE_DIM(m); i++)
			assert_int_equal(test_queue_slot(&queue, m[i]), UINT32_MAX);
		assert_int_equal(test_queue_out(&queue), 0);
		rte_pktmbuf_free_bulk(m, RTE_DIM(m));
		assert_all_home();
	}
}

static void
many_temporaries_are_all_or_none(void **state)
{
	struct rte_mbuf *m[8], *stray = test_queue_receive_bound(&queue);
	struct rte_mbuf *taken[APP_SIZE];
	unsigned int n = 0, i;

	(void)state;
	while ((taken[n] = dualbuf_pool_temporary(queue.pool)) != NULL)
		n++;
	rte_pktmbuf_free_bulk(taken, 7);
	assert_false(dualbuf_pool_temporaries(queue.pool, m, 8));
	assert_int_equal(rte_mempool_avail_count(app), 7);
	/* eight are there, of which one is none */
	rte_mempool_put(app, stray);
	assert_false(dualbuf_pool_temporaries(queue.pool, m, 8));
	assert_int_equal(rte_mempool_avail_count(app), 7);
	assert_int_equal(test_queue_out(&queue), 0);
	assert_true(dualbuf_pool_temporaries(queue.pool, m, 7));
	for (i = 0; i < 7; i++)
		taken[i] = m[i];
	rte_pktmbuf_free_bulk(taken, n);
	assert_all_home();
}

/* A consumer that holds everything, then one that frees it all in a random order. */
static void
a_consumer_that_holds_everything_starves_only_itself(void **state)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0, i;
	uint64_t seed = SEED;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)seed);
	while ((m[n] = test_queue_receive(&queue)) != NULL)
		n++;
	assert_int_equal(n, APP_SIZE - 4 * NB_DESC + NB_DESC);
	assert_int_equal(test_queue_out(&queue), NB_DESC);
	for (i = 0; i < n; i++)
		swap(&m[i], &m[i + test_random_below(&seed, n - i)]);
	free_fast(m, n);
	assert_all_home();
}

/* Random receives, clones, chains, copies of handles and frees, for both queues. */
struct holder {
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n;
	uint64_t seed;
};

static void
random_take(struct holder *holder)
{
	struct rte_mbuf *m = NULL, *from;

	switch (test_random_below(&holder->seed, 6)) {
	case 0:
		m = rte_pktmbuf_alloc(app);
		break;
	case 1:
		if (holder->n == 0)
			break;
		from = holder->m[test_random_below(&holder->seed, holder->n)];
		m = rte_pktmbuf_clone(from, from->pool);
		break;
	case 2:
		m = test_queue_receive(&sibling);
		break;
	default:
		m = test_queue_receive(&queue);
	}
	if (m != NULL)
		holder->m[holder->n++] = m;
}

static void
random_free(struct holder *holder)
{
	unsigned int n = 1 + test_random_below(&holder->seed, 8), i, at;
	struct rte_mbuf *m[8];

	n = RTE_MIN(n, holder->n);
	for (i = 0; i < n; i++) {
		at = test_random_below(&holder->seed, holder->n);
		m[i] = holder->m[at];
		holder->m[at] = holder->m[--holder->n];
	}
	free_ways[test_random_below(&holder->seed, 2)](m, n);
}

static void
random_overwrite(struct holder *holder)
{
	struct rte_mbuf *to, *from;

	if (holder->n == 0)
		return;
	to = holder->m[test_random_below(&holder->seed, holder->n)];
	from = holder->m[test_random_below(&holder->seed, holder->n)];
	if (to != from)
		overwrite_handle(to, from);
}

static void
random_restart(struct holder *holder)
{
	(void)holder;
	test_queue_release(&sibling);
	assert_int_equal(test_queue_try(&sibling, app, NB_DESC, 2, 0), 0);
	log_capture_end(&logged); /* a warning, when the pool is low */
	log_capture_begin(&logged);
}

static void
a_hundred_thousand_random_steps_lose_nothing(void **state)
{
	struct holder holder = { .seed = SEED };
	unsigned int i, dice;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)holder.seed);
	for (i = 0; i < 100000; i++) {
		dice = test_random_below(&holder.seed, 1000);
		if (holder.n == APP_SIZE || dice < 200)
			random_free(&holder);
		else if (dice < 900)
			random_take(&holder);
		else if (dice < 999)
			random_overwrite(&holder);
		else if (rte_mempool_avail_count(app) >= NB_DESC)
			random_restart(&holder);
	}
	free_in_bulk(holder.m, holder.n);
	assert_all_home();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_queues(every_way_of_freeing_brings_bound_buffers_home),
		with_queues(a_freed_buffer_is_the_alternate_of_its_own_descriptor),
		with_queues(every_way_of_freeing_brings_temporaries_back),
		with_queues(more_temporaries_than_a_batch_come_back_together),
		with_queues(taking_more_than_there_is_takes_nothing),
		with_queues(a_thread_unknown_to_eal_frees),
		with_queues(many_temporaries_at_once_are_all_temporaries),
		with_queues(many_temporaries_are_all_or_none),
		with_queues(a_consumer_that_holds_everything_starves_only_itself),
		with_queues(a_hundred_thousand_random_steps_lose_nothing),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
