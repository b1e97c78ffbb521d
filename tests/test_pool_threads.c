/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Threads that free what one receives, and one that frees in the instant of a release. */

#include "dualbuf_ring_vec.h"
#include "dualbuf_test.h"
#include "handover_util.h"
#include "pool_threads_util.h"

#define PACKETS 200000

/* In the private area of each mbuf, which no one copies: who holds it, and a copy of its data. */
struct holder {
	uint32_t held;
	uint64_t sequence;
};

static int
tear_down(void **state)
{
	(void)state;
	assert_pool_full(app);
	rte_mempool_free(app);
	return 0;
}

struct freer {
	pthread_t thread;
	struct handover queue;
	uint64_t seed;
	uint32_t stop;
	unsigned int nb_freed;
	unsigned int nb_wrong;
};

static unsigned int
hold(struct rte_mbuf *m, uint64_t sequence)
{
	struct holder *holder = rte_mbuf_to_priv(m);

	holder->sequence = sequence;
	*rte_pktmbuf_mtod(m, uint64_t *) = sequence;
	return __atomic_exchange_n(&holder->held, 1, __ATOMIC_RELAXED) != 0;
}

/* The data is still what was received: nobody else was given this buffer in the meantime. */
static unsigned int
let_go(struct rte_mbuf *m)
{
	struct holder *holder = rte_mbuf_to_priv(m);
	unsigned int wrong = *rte_pktmbuf_mtod(m, uint64_t *) != holder->sequence;

	return wrong + (__atomic_exchange_n(&holder->held, 0, __ATOMIC_RELAXED) != 1);
}

static void *
free_what_comes(void *arg)
{
	struct freer *freer = arg;
	struct rte_mbuf *m[16];
	unsigned int n, i;
	bool stop;

	do {
		stop = __atomic_load_n(&freer->stop, __ATOMIC_ACQUIRE);
		n = handover_get(&freer->queue, m, 1 + test_random_below(&freer->seed, RTE_DIM(m)));
		for (i = 0; i < n; i++)
			freer->nb_wrong += let_go(m[i]);
		if (n > 0)
			free_somehow(m, n, test_random_below(&freer->seed, NB_WAYS));
		else
			sched_yield();
		freer->nb_freed += n;
	} while (n > 0 || !stop);
	return NULL;
}

static void
start_freer(struct freer *freer, unsigned int i)
{
	memset(freer, 0, sizeof(*freer));
	freer->seed = 0x9e3779b97f4a7c15 + i;
	assert_int_equal(pthread_create(&freer->thread, NULL, free_what_comes, freer), 0);
}

static void
stop_freer(struct freer *freer)
{
	__atomic_store_n(&freer->stop, 1, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(freer->thread, NULL), 0);
	assert_int_equal(freer->nb_wrong, 0);
}

/* Receive, or yield when there is no temporary. */
static struct rte_mbuf *
receive(struct test_queue *queue)
{
	struct rte_mbuf *m;

	while ((m = test_queue_receive(queue)) == NULL)
		sched_yield();
	return m;
}

static void
buffers_freed_on_other_threads_come_home_and_none_is_given_twice(void **state)
{
	struct freer freers[NB_FREERS];
	unsigned int i, wrong = 0, freed = 0, bound = 0;
	struct test_queue queue;
	struct rte_mbuf *m;

	(void)state;
	test_queue_bind(&queue, app, NB_DESC, 3);
	for (i = 0; i < NB_FREERS; i++)
		start_freer(&freers[i], i);
	for (i = 0; i < PACKETS; i++) {
		m = receive(&queue);
		wrong += m->next != NULL;
		wrong += hold(m, i);
		bound += !(*dualbuf_pool_handle(queue.pool, m) & DUALBUF_HANDLE_TEMPORARY);
		while (!handover_put(&freers[i % NB_FREERS].queue, m))
			sched_yield();
	}
	for (i = 0; i < NB_FREERS; i++) {
		stop_freer(&freers[i]);
		freed += freers[i].nb_freed;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(freed, PACKETS);
	assert_true(bound > 0 && bound < PACKETS);
	assert_int_equal(test_queue_out(&queue), 0);
	test_queue_release(&queue);
}

/* Returns the run of buffers at a slot again and again, as if they went out meanwhile. */
struct returner {
	pthread_t thread;
	const struct dualbuf_slots *slots;
	uint32_t slot;
};

static void *
return_runs(void *arg)
{
	const struct returner *returner = arg;
	unsigned int i;

	for (i = 0; i < PACKETS; i++)
		dualbuf_ring_return_run(returner->slots, returner->slot);
	return NULL;
}

static void
runs_that_share_a_word_come_home_at_the_same_time(void **state)
{
	static uint64_t words[3];
	const struct dualbuf_slots slots = { .returned = (uint8_t *)words };
	struct returner returners[2] = { { .slot = 3 }, { .slot = 3 + DUALBUF_RUN } };
	unsigned int i;

	(void)state;
	memset(words, 0, sizeof(words));
	for (i = 0; i < RTE_DIM(returners); i++) {
		returners[i].slots = &slots;
		assert_int_equal(pthread_create(&returners[i].thread, NULL, return_runs,
						 &returners[i]),
				0);
	}
	for (i = 0; i < RTE_DIM(returners); i++)
		assert_int_equal(pthread_join(returners[i].thread, NULL), 0);
	for (i = 0; i < sizeof(words); i++)
		assert_int_equal(slots.returned[i],
				i < 3 || i >= 3 + 2 * DUALBUF_RUN ? 0 : (uint8_t)PACKETS);
}

/*
 * The narrowest race: one buffer, freed by a thread that looks whether the queue is gone while the
 * queue goes and looks whether the buffer is home. Each must see the other, or the buffer is lost.
 */
#define NARROW_ROUNDS 50000 /* without the barrier, one in 10,000 is lost */

static uint32_t narrow_round;
static struct rte_mbuf *narrow_mbuf;
static uint32_t narrow_done;

static void
spin_until(const uint32_t *count, uint32_t value)
{
	unsigned int i;

	for (i = 0; __atomic_load_n(count, __ATOMIC_ACQUIRE) != value; i++)
		if (i > 1000)
			sched_yield();
}

static void *
free_one_each_round(void *arg)
{
	uint32_t round;

	(void)arg;
	for (round = 1; round <= NARROW_ROUNDS; round++) {
		spin_until(&narrow_round, round);
		rte_pktmbuf_free(narrow_mbuf);
		__atomic_store_n(&narrow_done, round, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void
a_buffer_freed_in_the_instant_of_release_is_not_lost(void **state)
{
	volatile unsigned int delay;
	unsigned int failed = 0;
	struct test_queue queue;
	pthread_t thread;
	uint32_t round;

	(void)state;
	narrow_round = 0;
	narrow_done = 0;
	assert_int_equal(pthread_create(&thread, NULL, free_one_each_round, NULL), 0);
	for (round = 1; round <= NARROW_ROUNDS; round++) {
		failed += test_queue_try(&queue, app, 1, 2, 0) != 0;
		narrow_mbuf = test_queue_receive(&queue);
		__atomic_store_n(&narrow_round, round, __ATOMIC_RELEASE);
		/* about as long as the other thread needs to get there */
		for (delay = 256 + round % 768; delay > 0; delay--)
			;
		test_queue_release(&queue);
		spin_until(&narrow_done, round);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(failed, 0);
	assert_int_equal(test_pool_missing(app), 0);
}

#define with_pool(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_pool(buffers_freed_on_other_threads_come_home_and_none_is_given_twice),
		cmocka_unit_test(runs_that_share_a_word_come_home_at_the_same_time),
		with_pool(a_buffer_freed_in_the_instant_of_release_is_not_lost),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
