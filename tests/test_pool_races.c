/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Rounds in which threads free while queues are bound and released. */

#include "dualbuf_test.h"
#include "pool_threads_util.h"

#define ROUNDS 20000

/* A round: each thread frees its share, all of them and the main thread at the same time. */
struct racer {
	pthread_t thread;
	struct rte_mbuf *m[2 * NB_DESC];
	unsigned int n;
	unsigned int nb_ways;
	uint64_t seed;
};

static struct racer racers[NB_FREERS];
static bool racing;
static uint32_t race_round;
static uint32_t race_done;
static uint32_t race_stop;

static void
dawdle(uint64_t *seed)
{
	unsigned int i, n = test_random_below(seed, 300);

	for (i = 0; i < n; i++)
		rte_pause();
}

static void
race_free(struct racer *racer)
{
	unsigned int at = 0, n;

	dawdle(&racer->seed);
	while (at < racer->n) {
		n = RTE_MIN(1 + test_random_below(&racer->seed, 8), racer->n - at);
		free_somehow(&racer->m[at], n, test_random_below(&racer->seed, racer->nb_ways));
		at += n;
	}
	racer->n = 0;
}

static void *
race(void *arg)
{
	struct racer *racer = arg;
	uint32_t round = 0;

	while (!__atomic_load_n(&race_stop, __ATOMIC_ACQUIRE)) {
		if (__atomic_load_n(&race_round, __ATOMIC_ACQUIRE) == round) {
			sched_yield();
			continue;
		}
		round++;
		race_free(racer);
		__atomic_fetch_add(&race_done, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void
start_racers(unsigned int nb_ways)
{
	unsigned int i;

	race_round = 0;
	race_done = 0;
	race_stop = 0;
	racing = true;
	for (i = 0; i < NB_FREERS; i++) {
		racers[i].n = 0;
		racers[i].nb_ways = nb_ways;
		racers[i].seed = 0x2545f4914f6cdd1d + i;
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
}

static void
begin_round(void)
{
	__atomic_store_n(&race_done, 0, __ATOMIC_RELAXED);
	__atomic_fetch_add(&race_round, 1, __ATOMIC_RELEASE);
}

static void
end_round(void)
{
	while (__atomic_load_n(&race_done, __ATOMIC_ACQUIRE) < NB_FREERS)
		sched_yield();
}

static void
stop_racers(void)
{
	unsigned int i;

	__atomic_store_n(&race_stop, 1, __ATOMIC_RELEASE);
	for (i = 0; racing && i < NB_FREERS; i++)
		assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
	racing = false;
}

static int
tear_down(void **state)
{
	(void)state;
	stop_racers();
	assert_pool_full(app);
	rte_mempool_free(app);
	return 0;
}

static void
give(unsigned int racer, struct rte_mbuf *m)
{
	assert_non_null(m);
	racers[racer].m[racers[racer].n++] = m;
}

static void
buffers_freed_while_their_queue_is_released_all_come_back(void **state)
{
	uint64_t seed = 0x853c49e6748fea9b;
	struct dualbuf_ring *first = NULL;
	struct test_queue queue;
	unsigned int round, i;

	(void)state;
	start_racers(NB_WAYS);
	for (round = 0; round < ROUNDS; round++) {
		test_queue_bind(&queue, app, NB_DESC, 2);
		/* an entry whose buffers are all back is used again */
		first = first == NULL ? queue.ring : first;
		assert_ptr_equal(queue.ring, first);
		for (i = 0; i < NB_DESC; i++)
			give(i % NB_FREERS, test_queue_receive(&queue));
		begin_round();
		dawdle(&seed);
		test_queue_release(&queue);
		end_round();
		assert_int_equal(test_pool_missing(app), 0);
	}
	stop_racers();
}

/* The parent is on one thread, its clone on another; both handles are copies of each other. */
static void
clones_freed_while_the_queue_is_released_all_come_back(void **state)
{
	uint64_t seed = 0x853c49e6748fea9b;
	struct test_queue queue;
	unsigned int round, i;
	struct rte_mbuf *m;

	(void)state;
	start_racers(NB_WAYS - 1);
	for (round = 0; round < ROUNDS; round++) {
		test_queue_bind(&queue, app, NB_DESC, 2);
		for (i = 0; i < NB_DESC; i++) {
			m = test_queue_receive(&queue);
			give(0, m);
			give(1, rte_pktmbuf_clone(m, i % 2 == 0 ? m->pool : app));
		}
		begin_round();
		dawdle(&seed);
		test_queue_release(&queue);
		end_round();
		assert_int_equal(test_pool_missing(app), 0);
	}
	stop_racers();
}

static void
bind_beside(struct test_queue *queue, uint32_t nb_desc)
{
	test_queue_bind(queue, app, nb_desc, 2);
	rte_pktmbuf_free(test_queue_receive(queue));
	test_queue_release(queue);
}

/* Queues of the same pool come and go, and take over entries, while others free. */
static void
other_queues_may_be_bound_and_released_meanwhile(void **state)
{
	const uint32_t sibling_handle = 1u << DUALBUF_HANDLE_SLOT_BITS;
	struct test_queue queue, sibling;
	unsigned int round, i;
	struct rte_mbuf *m;

	(void)state;
	test_queue_bind(&queue, app, NB_DESC, 3);
	start_racers(NB_WAYS);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < NB_DESC; i++) {
			m = test_queue_receive(&queue);
			give(i % NB_FREERS, m);
			/* some have to be looked for, and seem to belong to the other queue */
			if (i % 8 == 0)
				*dualbuf_pool_handle(queue.pool, m) = sibling_handle + i;
		}
		begin_round();
		bind_beside(&sibling, 8 + round % 40);
		end_round();
		assert_int_equal(test_queue_out(&queue), 0);
	}
	stop_racers();
	test_queue_release(&queue);
}

static void *
free_all_of(void *arg)
{
	struct racer *racer = arg;

	race_free(racer);
	return NULL;
}

static void
buffers_of_a_queue_that_is_gone_are_freed_by_any_thread(void **state)
{
	struct test_queue queue;
	unsigned int i;

	(void)state;
	test_queue_bind(&queue, app, NB_DESC, 2);
	racers[0] = (struct racer){ .nb_ways = NB_WAYS, .seed = 1 };
	for (i = 0; i < NB_DESC; i++)
		give(0, test_queue_receive(&queue));
	test_queue_release(&queue);
	assert_int_equal(test_pool_missing(app), NB_DESC);
	test_on_thread(free_all_of, &racers[0]);
	assert_int_equal(test_pool_missing(app), 0);
}

#define with_pool(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_pool(buffers_freed_while_their_queue_is_released_all_come_back),
		with_pool(clones_freed_while_the_queue_is_released_all_come_back),
		with_pool(other_queues_may_be_bound_and_released_meanwhile),
		with_pool(buffers_of_a_queue_that_is_gone_are_freed_by_any_thread),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
