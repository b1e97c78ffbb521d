/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _POOL_THREADS_UTIL_H_
#define _POOL_THREADS_UTIL_H_

/*
 * Threads that free while others receive. A thread asserts nothing; it counts what is wrong, and the test
 * looks at the count. Include after dualbuf_test.h.
 */

#include "pool_util.h"

#define NB_FREERS 2
#define NB_DESC 32

static struct rte_mempool *app;

static inline int
set_up(void **state)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	(void)state;
	snprintf(name, sizeof(name), "threads%u", serial++);
	app = rte_pktmbuf_pool_create(name, 1023, 32, RTE_CACHE_LINE_SIZE,
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return app == NULL ? -1 : 0;
}

/* The last way, fast free, is for mbufs that nobody shares. */
#define NB_WAYS 3

static inline void
free_somehow(struct rte_mbuf **m, unsigned int n, uint32_t way)
{
	unsigned int i;

	switch (way) {
	case 0:
		rte_pktmbuf_free_bulk(m, n);
		break;
	case 1:
		for (i = 0; i < n; i++)
			rte_pktmbuf_free(m[i]);
		break;
	default:
		rte_mempool_put_bulk(m[0]->pool, (void **)m, n);
	}
}

#endif /* _POOL_THREADS_UTIL_H_ */
