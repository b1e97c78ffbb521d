/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_ORDER_H_
#define _DUALBUF_POOL_ORDER_H_

/* For devices that give armed buffers back in an order of their own. The receive side alone. */

#include "dualbuf_pool.h"

/*
 * The descriptor at which an mbuf's buffer is armed. m is where a device says that there is one: any address
 * in memory that can be read. Returns false, with *pos untouched, when no such mbuf is armed in this ring.
 */
bool dualbuf_pool_find_armed(const struct dualbuf_pool *pool, const struct dualbuf_ring *ring,
		const struct rte_mbuf *m, uint32_t *pos);

/* Exchange the armed buffers of two descriptors, and let the mbufs know: dualbuf_ring_exchange(). */
void dualbuf_pool_exchange_armed(struct dualbuf_pool *pool, struct dualbuf_ring *ring,
		uint32_t pos_a, uint32_t pos_b);

#endif /* _DUALBUF_POOL_ORDER_H_ */
