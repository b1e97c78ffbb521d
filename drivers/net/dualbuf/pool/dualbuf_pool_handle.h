/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_HANDLE_H_
#define _DUALBUF_POOL_HANDLE_H_

/*
 * How an mbuf that comes back is known again: what its handle says, and whether it was ever bound.
 */

#include "dualbuf_pool.h"

static inline uint32_t
dualbuf_handle_for(const struct dualbuf_pool *pool, const struct dualbuf_pool_queue *queue,
		uint32_t slot)
{
	return (uint32_t)(queue - pool->queues) << DUALBUF_HANDLE_SLOT_BITS | slot;
}

/* The other way round, for any handle: the queue is NULL when there cannot be such a one. */
static inline struct dualbuf_pool_queue *
dualbuf_handle_queue(struct dualbuf_pool *pool, uint32_t handle)
{
	uint32_t index = handle >> DUALBUF_HANDLE_SLOT_BITS;

	return likely(index < DUALBUF_POOL_MAX_QUEUES) ? &pool->queues[index] : NULL;
}

static inline uint32_t
dualbuf_handle_slot(uint32_t handle)
{
	return handle & ((1u << DUALBUF_HANDLE_SLOT_BITS) - 1);
}

/* An mbuf's bit in ever_bound; mbufs are a constant stride apart, which the factor spreads. */
static inline uint32_t
dualbuf_filter_bit(const struct rte_mbuf *m)
{
	uint64_t line = (uintptr_t)m / RTE_CACHE_LINE_MIN_SIZE;

	return (line * UINT64_C(0x9e3779b97f4a7c15) >> 45) % DUALBUF_POOL_FILTER_BITS;
}

static inline void
dualbuf_filter_add(struct dualbuf_pool *pool, const struct rte_mbuf *m)
{
	uint32_t bit = dualbuf_filter_bit(m);

	__atomic_fetch_or(&pool->ever_bound[bit / 64], RTE_BIT64(bit % 64), __ATOMIC_RELAXED);
}

static inline bool
dualbuf_filter_has(const struct dualbuf_pool *pool, const struct rte_mbuf *m)
{
	uint32_t bit = dualbuf_filter_bit(m);

	return __atomic_load_n(&pool->ever_bound[bit / 64], __ATOMIC_RELAXED) & RTE_BIT64(bit % 64);
}

#endif /* _DUALBUF_POOL_HANDLE_H_ */
