/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_pool_handle.h"
#include "dualbuf_pool_order.h"

static bool
order_is_armed(const struct dualbuf_ring *ring, uint32_t pos, const struct rte_mbuf *m)
{
	return ring->armed[pos] != DUALBUF_NO_SIDE &&
			ring->slots.buf[dualbuf_ring_armed_slot(ring, pos)] == m;
}

/* Somebody has written over its handle, or it is none of this ring's. */
static bool
order_search(const struct dualbuf_pool *pool, const struct dualbuf_ring *ring,
		const struct rte_mbuf *m, uint32_t *pos)
{
	uint32_t at;

	if (!dualbuf_filter_has(pool, m))
		return false;
	for (at = 0; at < ring->nb_desc; at++) {
		if (order_is_armed(ring, at, m)) {
			*pos = at;
			return true;
		}
	}
	return false;
}

/* What stands there may be no handle: the slot it names has to hold the mbuf, and to be the armed one. */
bool
dualbuf_pool_find_armed(const struct dualbuf_pool *pool, const struct dualbuf_ring *ring,
		const struct rte_mbuf *m, uint32_t *pos)
{
	uint32_t handle, at;

	if ((uintptr_t)m % RTE_CACHE_LINE_MIN_SIZE != 0)
		return false;
	handle = __atomic_load_n(RTE_MBUF_DYNFIELD(m, pool->handle_offset, const uint32_t *),
			__ATOMIC_RELAXED);
	at = dualbuf_handle_slot(handle) % ring->nb_desc;
	if (unlikely(!order_is_armed(ring, at, m)))
		return order_search(pool, ring, m, pos);
	*pos = at;
	return true;
}

/* The buffer that is armed at a descriptor belongs there. */
static void
order_tell(struct dualbuf_pool *pool, struct dualbuf_ring *ring, uint32_t pos)
{
	const struct dualbuf_pool_queue *queue =
			container_of(ring, struct dualbuf_pool_queue, ring);
	uint32_t slot = dualbuf_ring_armed_slot(ring, pos);

	*dualbuf_pool_handle(pool, ring->slots.buf[slot]) = dualbuf_handle_for(pool, queue, slot);
}

void
dualbuf_pool_exchange_armed(struct dualbuf_pool *pool, struct dualbuf_ring *ring, uint32_t pos_a,
		uint32_t pos_b)
{
	dualbuf_ring_exchange(ring, pos_a, pos_b);
	order_tell(pool, ring, pos_a);
	order_tell(pool, ring, pos_b);
}
