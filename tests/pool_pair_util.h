/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _POOL_PAIR_UTIL_H_
#define _POOL_PAIR_UTIL_H_

/*
 * Two queues that receive into one pool of the application, beside a second pool of it; and the kinds of
 * mbufs and the ways of freeing them that there are. Include after dualbuf_test.h.
 */

#include "pool_util.h"

#define NB_DESC 8
#define APP_SIZE 127
#define OTHER_SIZE 63

static struct log_capture logged;
static struct rte_mempool *app; /* what most tests receive into */
static struct rte_mempool *other; /* a second pool of the application */
static struct test_queue queue, sibling; /* of the first pool */
static struct test_queue stranger; /* of the second, in tests that bind it */

/* Two queues that receive into one pool. */
static inline int
set_up(void **state)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	(void)state;
	log_capture_begin(&logged);
	/* names of their own, so that a test that fails does not take the others with it */
	snprintf(name, sizeof(name), "app%u", serial);
	app = test_pool_make(name, APP_SIZE, 16);
	snprintf(name, sizeof(name), "other%u", serial++);
	other = test_pool_make(name, OTHER_SIZE, 0);
	test_queue_bind(&queue, app, NB_DESC, 2);
	test_queue_bind(&sibling, app, NB_DESC, 2);
	assert_nothing_logged(&logged);
	return 0;
}

/* Whatever a test did, nothing may be missing at its end. */
static inline int
tear_down(void **state)
{
	(void)state;
	if (queue.ring != NULL)
		test_queue_release(&queue);
	if (sibling.ring != NULL)
		test_queue_release(&sibling);
	assert_pool_full(app);
	assert_pool_full(other);
	rte_mempool_free(app);
	rte_mempool_free(other);
	assert_nothing_logged(&logged);
	log_capture_end(&logged);
	return 0;
}

/* A log alone, for tests with pools of their own. */
static inline int
set_up_log(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	return 0;
}

static inline int
tear_down_log(void **state)
{
	(void)state;
	assert_nothing_logged(&logged);
	log_capture_end(&logged);
	return 0;
}

static inline void
assert_all_home(void)
{
	assert_int_equal(test_queue_out(&queue), 0);
	assert_int_equal(test_queue_out(&sibling), 0);
	assert_int_equal(test_pool_missing(app),
			test_queue_bound(&queue) + test_queue_bound(&sibling));
	assert_int_equal(test_pool_missing(other), 0);
}

/* Ways in which DPDK and its drivers free mbufs. */
static inline void
free_one_by_one(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		rte_pktmbuf_free(m[i]);
}

static inline void
free_in_bulk(struct rte_mbuf **m, unsigned int n)
{
	rte_pktmbuf_free_bulk(m, n);
}

/* As drivers do it that were promised one pool: the whole batch to that of the first. */
static inline void
free_fast(struct rte_mbuf **m, unsigned int n)
{
	rte_mempool_put_bulk(m[0]->pool, (void **)m, n);
}

typedef void (*free_way)(struct rte_mbuf **m, unsigned int n);

static const free_way free_ways[] = { free_one_by_one, free_in_bulk, free_fast };

static inline void
receive_bound(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		m[i] = test_queue_receive_bound(&queue);
}

/* The mbufs that may lie in one batch. */
enum kind {
	OWN, /* bound to queue */
	OTHER_QUEUE, /* bound to its sibling, which has the same pool */
	TEMPORARY,
	APPLICATION, /* allocated from the queues' pool */
	FOREIGN, /* allocated from another pool */
	STRANGER, /* bound to a queue of that pool */
	NB_KINDS,
};

static inline struct rte_mbuf *
make_kind(enum kind kind)
{
	switch (kind) {
	case OWN:
		return test_queue_receive_bound(&queue);
	case OTHER_QUEUE:
		return test_queue_receive_bound(&sibling);
	case TEMPORARY:
		return test_queue_temporary(&queue);
	case APPLICATION:
		return test_alloc(app);
	case FOREIGN:
		return test_alloc(other);
	default:
		return test_queue_receive_bound(&stranger);
	}
}

/* Handles are copied with the other dynamic fields, between any two mbufs. */
static inline void
overwrite_handle(struct rte_mbuf *to, const struct rte_mbuf *from)
{
	rte_mbuf_dynfield_copy(to, from);
}

static inline void
swap(struct rte_mbuf **a, struct rte_mbuf **b)
{
	struct rte_mbuf *was = *a;

	*a = *b;
	*b = was;
}

static inline void *
free_on_thread(void *m)
{
	rte_pktmbuf_free(m);
	return NULL;
}

#define with_queues(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define with_log(test) cmocka_unit_test_setup_teardown(test, set_up_log, tear_down_log)

#endif /* _POOL_PAIR_UTIL_H_ */
