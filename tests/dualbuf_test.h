/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TEST_H_
#define _DUALBUF_TEST_H_

/*
 * Shared by the tests of this driver: an EAL without huge pages or devices, mbufs to send and a
 * pool that can be asserted to be full.
 */

#include "cmocka_util.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "log_util.h"
#include "random_util.h"

/* For meson: not the test failed, but what it stands on. */
#define TEST_EXIT_BROKEN 99

#define TEST_MEGABYTES "512"

static inline int
test_first_cpu(const cpu_set_t *cpus)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, cpus))
			return cpu;
	return 0;
}

/*
 * Start EAL with this thread as its only lcore. EAL binds the thread to one CPU, and threads made
 * later would stay on it too: this is undone, so that what may race does.
 */
static inline void
test_eal_start(char *program)
{
	char lcores[32];
	char *args[] = { program, (char[]){ "--no-huge" }, (char[]){ "--no-pci" },
		(char[]){ "--no-shconf" }, (char[]){ "--no-telemetry" }, (char[]){ "-m" },
		(char[]){ TEST_MEGABYTES }, lcores };
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
		exit(TEST_EXIT_BROKEN);
	snprintf(lcores, sizeof(lcores), "--lcores=0@%d", test_first_cpu(&cpus));
	if (rte_eal_init(RTE_DIM(args), args) < 0) {
		fprintf(stderr, "EAL did not start: %s\n", rte_strerror(rte_errno));
		exit(TEST_EXIT_BROKEN);
	}
	if (pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus) != 0)
		exit(TEST_EXIT_BROKEN);
}

/* The exit code of main(): cmocka's number of failures could be read as one of meson's codes. */
static inline int
test_eal_end(int failed)
{
	rte_eal_cleanup();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline struct rte_mempool *
test_pool_make(const char *name, unsigned int size, unsigned int cache_size)
{
	struct rte_mempool *mp = rte_pktmbuf_pool_create(
			name, size, cache_size, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	assert_non_null(mp);
	return mp;
}

static inline struct rte_mbuf *
test_alloc(struct rte_mempool *mp)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(mp);

	assert_non_null(m);
	return m;
}

/* A packet of nb_segs mbufs with len bytes each. */
static inline struct rte_mbuf *
test_alloc_chain(struct rte_mempool *mp, unsigned int nb_segs, uint16_t len)
{
	struct rte_mbuf *first = test_alloc(mp), *last = first;
	unsigned int i;

	for (i = 0; i < nb_segs; i++) {
		if (i > 0) {
			last->next = test_alloc(mp);
			last = last->next;
		}
		last->data_len = len;
	}
	first->nb_segs = (uint16_t)nb_segs;
	first->pkt_len = nb_segs * len;
	return first;
}

/* How many mbufs of a pool are somewhere else. */
static inline unsigned int
test_pool_missing(const struct rte_mempool *mp)
{
	return mp->size - rte_mempool_avail_count(mp);
}

/* An mbuf as it has to lie in a pool. */
static inline void
assert_mbuf_clean(const struct rte_mempool *mp, const struct rte_mbuf *m)
{
	assert_ptr_equal(m->pool, mp);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	assert_null(m->next);
	assert_int_equal(m->nb_segs, 1);
	assert_true(RTE_MBUF_DIRECT(m));
	assert_ptr_equal(m->buf_addr, (const char *)(m + 1) + m->priv_size);
}

static inline int
test_compare_pointers(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;

	return x < y ? -1 : x > y;
}

/* Every mbuf of the pool is in it, once, and in the state in which pools have them. */
static inline void
assert_pool_full(struct rte_mempool *mp)
{
	void **objs = calloc(mp->size + 1, sizeof(*objs));
	unsigned int n = 0, i;

	assert_non_null(objs);
	while (n <= mp->size && rte_mempool_get(mp, &objs[n]) == 0)
		n++;
	assert_int_equal(n, mp->size);
	for (i = 0; i < n; i++)
		assert_mbuf_clean(mp, objs[i]);
	for (i = 0; i < n; i++)
		rte_mempool_put(mp, objs[i]);
	qsort(objs, n, sizeof(*objs), test_compare_pointers);
	for (i = 1; i < n; i++)
		assert_ptr_not_equal(objs[i], objs[i - 1]);
	free(objs);
}

/* Run a function on a thread that EAL does not know, to its end. */
static inline void *
test_on_thread(void *(*function)(void *), void *arg)
{
	pthread_t thread;
	void *result = NULL;

	assert_int_equal(pthread_create(&thread, NULL, function, arg), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	return result;
}

/*
 * TEST_MAIN() for tests that need EAL. When it runs, `ready` is evaluated, which may use argc and
 * argv: the tests run if it is 0, a positive number is exited with, and a negative one stands for
 * TEST_EXIT_BROKEN.
 */
#define TEST_EAL_MAIN(tests, ready) \
	int main(int argc, char **argv) \
	{ \
		int code; \
\
		(void)argc; \
		test_eal_start(argv[0]); \
		code = (ready); \
		if (code != 0) \
			return code > 0 ? code : TEST_EXIT_BROKEN; \
		return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL)); \
	}

#endif /* _DUALBUF_TEST_H_ */
