/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_free.h"
#include "dualbuf_pool_handle.h"
#include "dualbuf_pool_list.h"
#include "dualbuf_pool_queue.h"

/* Bind buffers to all positions of the sides from first on, as long as the budget lasts. */
static uint32_t
pool_bind_sides(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue,
		const struct dualbuf_pool_request *request, uint32_t first, uint32_t budget)
{
	uint32_t slot = first, bound;
	struct rte_mbuf *m;
	uint64_t addr;

	for (bound = 0; bound < budget; bound++, slot++) {
		m = dualbuf_pool_temporary(pool);
		if (m == NULL)
			break;
		rte_pktmbuf_reset(m);
		*dualbuf_pool_handle(pool, m) = dualbuf_handle_for(pool, queue, slot);
		dualbuf_filter_add(pool, m);
		addr = *(uint64_t *)RTE_PTR_ADD(m, request->mbuf_addr_offset);
		dualbuf_ring_bind(&queue->ring, slot, m, addr + RTE_PKTMBUF_HEADROOM);
	}
	queue->nb_left += bound;
	return bound;
}

/*
 * How many alternates a pool can spare: half of what is left when each descriptor has a buffer and
 * the queues to come have been thought of. The other half is the application's, to transmit,
 * clone and be copied into.
 */
static uint32_t
pool_alternates(const struct dualbuf_pool *pool, const struct dualbuf_pool_request *request)
{
	uint32_t wanted = request->nb_desc * (request->nb_bufs - 1);
	uint32_t left = rte_mempool_avail_count(pool->app);

	if (left <= request->reserve)
		return 0;
	return RTE_MIN(wanted, (left - request->reserve) / 2);
}

static int
pool_check(const struct rte_mempool *mp, const struct rte_mempool *app)
{
	if (app == NULL) {
		DUALBUF_LOG(ERR,
				"mempool %s has no application's pool behind it any more; one that "
				"the application made is required",
				mp->name);
		return -EINVAL;
	}
	if (rte_pktmbuf_priv_flags((struct rte_mempool *)(uintptr_t)app) &
			RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) {
		DUALBUF_LOG(ERR,
				"mempool %s has pinned external buffers; a pool whose mbufs have "
				"buffers of their own is required",
				app->name);
		return -EINVAL;
	}
	return 0;
}

/*
 * How long a ring can be: as wanted, or, when the pool has not that many mbufs for each queue to come, a
 * fair share of what it has, of which a quarter stays the application's. 0: not even the shortest.
 */
static uint32_t
pool_ring_length(uint32_t wanted, uint32_t nb_queues, uint32_t avail)
{
	uint32_t share = avail / nb_queues;

	if (share >= wanted)
		return wanted;
	if (avail < DUALBUF_MIN_DESC)
		return 0;
	share = RTE_ALIGN_FLOOR(share * 3 / 4, DUALBUF_DESC_ALIGN);
	return RTE_MIN(RTE_MAX(share, (uint32_t)DUALBUF_MIN_DESC), wanted);
}

/* Bind a buffer to each descriptor. Shortens the ring if the pool has too few mbufs. */
static int
pool_bind_first(struct dualbuf_pool *pool, struct dualbuf_pool_request *request, uint32_t avail,
		struct dualbuf_pool_queue **queue)
{
	uint32_t wanted = request->nb_desc, bound;
	int ret;

	for (;;) {
		request->nb_desc = pool_ring_length(wanted, request->nb_sharing + 1, avail);
		if (request->nb_desc == 0)
			break;
		ret = dualbuf_pool_queue_reserve(pool, request, queue);
		if (ret != 0)
			return ret;
		bound = pool_bind_sides(pool, *queue, request, 0, request->nb_desc);
		if (bound == request->nb_desc)
			return 0;
		/* the others are in caches of other lcores */
		dualbuf_pool_release(pool, &(*queue)->ring);
		avail = bound;
	}
	DUALBUF_LOG(ERR,
			"mempool %s has %u mbufs free; a ring of %u descriptors needs at least "
			"one each, and the shortest has %u",
			pool->app->name, avail, wanted, DUALBUF_MIN_DESC);
	return -ENOMEM;
}

int
dualbuf_pool_bind(const struct dualbuf_pool_request *wanted, struct dualbuf_pool **out_pool,
		struct dualbuf_ring **ring)
{
	struct rte_mempool *app = dualbuf_pool_list_application(wanted->mp);
	struct dualbuf_pool_request request = *wanted;
	uint32_t avail, bound, nb_wanted = wanted->nb_desc * wanted->nb_bufs;
	struct dualbuf_pool_queue *queue;
	struct dualbuf_pool *pool;
	int ret;

	ret = pool_check(wanted->mp, app);
	if (ret != 0)
		return ret;
	avail = rte_mempool_avail_count(app);
	pool = dualbuf_pool_list_get(app);
	if (pool == NULL) {
		DUALBUF_LOG(ERR, "no memory for the return pool of mempool %s", app->name);
		return -ENOMEM;
	}
	ret = pool_bind_first(pool, &request, avail, &queue);
	if (ret != 0)
		return ret;
	bound = request.nb_desc;
	bound += pool_bind_sides(pool, queue, &request, bound, pool_alternates(pool, &request));
	if (bound < nb_wanted)
		DUALBUF_LOG(WARNING,
				"mempool %s has %u of its %u mbufs free: bound %u buffers of "
				"%u (%u descriptors of %u, %u each); packets that find no alternate "
				"are copied, or go up in the last buffer",
				app->name, avail, app->size, bound, nb_wanted, request.nb_desc,
				wanted->nb_desc, wanted->nb_bufs);
	*out_pool = pool;
	*ring = &queue->ring;
	return 0;
}

void
dualbuf_pool_release(struct dualbuf_pool *pool, struct dualbuf_ring *ring)
{
	struct dualbuf_pool_queue *queue = container_of(ring, struct dualbuf_pool_queue, ring);
	uint32_t nb_slots;
	bool over;

	__atomic_store_n(&queue->released, 1, __ATOMIC_SEQ_CST);
	dualbuf_pool_barrier();
	rte_spinlock_lock(&pool->lock);
	/* without the application's pool there is nothing to give back, and nobody to wait for */
	nb_slots = pool->app == NULL ? 0 : queue->slots.nb_slots;
	if (queue->nb_left == 0 || pool->app == NULL)
		queue->in_use = 0;
	over = pool->app == NULL && dualbuf_pool_queues_in_use(pool) == 0;
	rte_spinlock_unlock(&pool->lock);
	dualbuf_pool_retire(pool, queue, 0, nb_slots);
	if (over)
		rte_mempool_free(pool->mp);
}
