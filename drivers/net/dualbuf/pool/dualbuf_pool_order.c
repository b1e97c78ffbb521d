/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_pool_handle.h"
#include "dualbuf_pool_order.h"

/* What stands there may be no handle: the slot it names has to hold the mbuf, and to be the armed one. */
bool
dualbuf_pool_find_armed(const struct dualbuf_pool *pool, const struct dualbuf_ring *ring,
		const struct rte_mbuf *m, uint32_t *pos)
{
	uint32_t handle, slot, at;

	if ((uintptr_t)m % RTE_CACHE_LINE_MIN_SIZE != 0)
		return false;
	handle = __atomic_load_n(RTE_MBUF_DYNFIELD(m, pool->handle_offset, const uint32_t *),
			__ATOMIC_RELAXED);
	slot = dualbuf_handle_slot(handle);
	if (slot >= ring->slots.nb_slots || ring->slots.buf[slot] != m)
		return false;
	at = slot % ring->nb_desc;
	if (dualbuf_ring_armed_slot(ring, at) != slot)
		return false;
	*pos = at;
	return true;
}

/* The buffer that is armed at a descriptor belongs there. */
static void
order_tell(struct dualbuf_pool *pool, const struct dualbuf_ring *ring, uint32_t pos)
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
