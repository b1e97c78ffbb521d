/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * An application that destroys its pool as soon as it sees it full (rte_mempool_full()), as Open vSwitch
 * does, while the thread that freed the last mbuf is still inside that free.
 *
 * The application's mempool is one of this file. Its last step of a put is to wait at a gate, so that the
 * thread which frees is held right behind the point at which others see the mbuf in its pool.
 */

#include "dualbuf_test.h"
#include "pool_util.h"
#include "scribble_util.h"
#include "stack_util.h"

#define NB_DESC 32
#define POOL_SIZE 255

static struct gate {
	uint32_t closed; /* who puts the last mbuf is to wait */
	uint32_t waiting; /* and does */
} gate;

/* Behind the push the pool may be gone. */
static int
gate_put(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	if (!stack_push(mp, objs, n) || !__atomic_load_n(&gate.closed, __ATOMIC_ACQUIRE))
		return 0;
	__atomic_store_n(&gate.waiting, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&gate.closed, __ATOMIC_ACQUIRE))
		sched_yield();
	return 0;
}

static const struct rte_mempool_ops gate_ops = {
	.name = "test_gate",
	.alloc = stack_alloc,
	.free = stack_free,
	.enqueue = gate_put,
	.dequeue = stack_get,
	.get_count = stack_count,
};

RTE_MEMPOOL_REGISTER_OPS(gate_ops);

static struct rte_mempool *
make_pool(void)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *mp;

	snprintf(name, sizeof(name), "late%u", serial++);
	mp = rte_pktmbuf_pool_create_by_ops(name, POOL_SIZE, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
			SOCKET_ID_ANY, "test_gate");
	assert_non_null(mp);
	return mp;
}

struct packets {
	struct rte_mbuf *m[NB_DESC];
	unsigned int n;
};

static void *
free_one_by_one(void *arg)
{
	struct packets *packets = arg;
	unsigned int i;

	for (i = 0; i < packets->n; i++)
		rte_pktmbuf_free(packets->m[i]);
	return NULL;
}

static void *
free_as_a_batch(void *arg)
{
	struct packets *packets = arg;

	rte_mempool_put_bulk(packets->m[0]->pool, (void **)packets->m, packets->n);
	return NULL;
}

/* Packets that are out, of a queue that is gone. */
static void
receive_and_release(struct rte_mempool *mp, struct packets *packets, unsigned int n)
{
	struct test_queue queue;
	unsigned int i;

	test_queue_bind(&queue, mp, NB_DESC, 2);
	for (i = 0; i < n; i++)
		packets->m[i] = test_queue_receive_bound(&queue);
	packets->n = n;
	test_queue_release(&queue);
}

/*
 * The pool is full, and destroyed, while the freeing thread is in its last put; and all its memory, and
 * the return pool's, is somebody else's when that thread goes on.
 */
static void
assert_nothing_is_touched_after_the_last_put(void *(*free_all)(void *), unsigned int n)
{
	struct rte_mempool *mp = make_pool();
	struct packets packets;
	struct scribble *others;
	pthread_t thread;

	receive_and_release(mp, &packets, n);
	gate = (struct gate){ .closed = 1 };
	assert_int_equal(pthread_create(&thread, NULL, free_all, &packets), 0);
	while (!__atomic_load_n(&gate.waiting, __ATOMIC_ACQUIRE))
		sched_yield();
	assert_true(rte_mempool_full(mp));
	rte_mempool_free(mp);
	others = scribble_take(16);
	__atomic_store_n(&gate.closed, 0, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	assert_true(scribble_intact(others));
}

static void
a_pool_may_be_freed_while_another_thread_is_in_its_last_free(void **state)
{
	(void)state;
	assert_nothing_is_touched_after_the_last_put(free_one_by_one, 1);
	assert_nothing_is_touched_after_the_last_put(free_one_by_one, 5);
	assert_nothing_is_touched_after_the_last_put(free_as_a_batch, 1);
	assert_nothing_is_touched_after_the_last_put(free_as_a_batch, NB_DESC);
}

/* Pools that come and go at once, each freed by whoever sees it full. */
static void
pools_are_freed_in_the_instant_they_are_full(void **state)
{
	unsigned int round;

	(void)state;
	gate.closed = 0;
	for (round = 0; round < 2000; round++) {
		struct rte_mempool *mp = make_pool();
		struct packets packets;
		pthread_t thread;

		receive_and_release(mp, &packets, 1 + round % NB_DESC);
		assert_int_equal(pthread_create(&thread, NULL,
						 round % 2 ? free_one_by_one : free_as_a_batch,
						 &packets),
				0);
		while (!rte_mempool_full(mp))
			;
		rte_mempool_free(mp);
		pthread_join(thread, NULL);
	}
}

/* The memory of a former return pool is used again: the heap does not grow with each. */
static void
return_pools_leave_no_more_behind_than_were_there_at_a_time(void **state)
{
	struct rte_malloc_socket_stats before, after;
	struct packets packets;
	struct rte_mempool *mp;
	unsigned int round;

	(void)state;
	for (round = 0; round < 20; round++) {
		mp = make_pool();
		receive_and_release(mp, &packets, 3);
		free_one_by_one(&packets);
		assert_true(rte_mempool_full(mp));
		rte_mempool_free(mp);
		if (round == 0)
			assert_int_equal(rte_malloc_get_socket_stats(0, &before), 0);
	}
	assert_int_equal(rte_malloc_get_socket_stats(0, &after), 0);
	assert_int_equal(after.alloc_count, before.alloc_count);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pool_may_be_freed_while_another_thread_is_in_its_last_free),
		cmocka_unit_test(pools_are_freed_in_the_instant_they_are_full),
		cmocka_unit_test(return_pools_leave_no_more_behind_than_were_there_at_a_time),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
