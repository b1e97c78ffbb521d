/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "dualbuf_pool_free.h"
#include "dualbuf_pool_handle.h"
#include "dualbuf_ring_vec.h"

#ifdef RTE_LIBRTE_MEMPOOL_DEBUG
#error "RTE_LIBRTE_MEMPOOL_DEBUG panics on every mbuf that is freed to another pool than it came from"
#endif

/* Bring an mbuf into the state of one in a pool; fast free leaves it as the last user did. */
static void
pool_clean(struct rte_mbuf *m)
{
	if (unlikely(!RTE_MBUF_DIRECT(m)))
		rte_pktmbuf_detach(m);
	if (m->next != NULL)
		m->next = NULL;
	if (m->nb_segs != 1)
		m->nb_segs = 1;
}

/* The buffer of a slot, if it is home to a queue which is gone; it is no slot's any more. Under the lock. */
static struct rte_mbuf *
pool_unbind(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue, uint32_t slot)
{
	struct rte_mbuf *m;

	if (pool->app == NULL || slot >= queue->slots.nb_slots ||
			!__atomic_load_n(&queue->released, __ATOMIC_RELAXED))
		return NULL;
	m = queue->slots.buf[slot];
	if (m == NULL || !dualbuf_ring_is_home(&queue->ring, slot))
		return NULL;
	__atomic_store_n(&queue->slots.buf[slot], NULL, __ATOMIC_RELAXED);
	if (--queue->nb_left == 0)
		queue->in_use = 0;
	pool_clean(m);
	m->pool = pool->app;
	return m;
}

/*
 * A buffer that came home to a queue which is gone goes on to the application's pool. Whoever finds
 * it first sends it, the one who freed it or the one who releases the queue, and only if it is still
 * there to be sent. With the last one the application may destroy both pools: nothing of them is
 * looked at afterwards. Rare, so it is kept out of the functions that free.
 */
static __rte_noinline void
pool_retire_one(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue, uint32_t slot)
{
	struct rte_mbuf *m;

	rte_spinlock_lock(&pool->lock);
	m = pool_unbind(pool, queue, slot);
	rte_spinlock_unlock(&pool->lock);
	if (m != NULL)
		rte_mempool_put(m->pool, m);
}

/* For any handle at any time: the acquire pairs with the release in dualbuf_pool_queue_reserve(). */
static bool
pool_slot_holds(const struct dualbuf_pool_queue *queue, uint32_t slot, const struct rte_mbuf *m)
{
	return slot < __atomic_load_n(&queue->slots.nb_slots, __ATOMIC_ACQUIRE) &&
			__atomic_load_n(&queue->slots.buf[slot], __ATOMIC_RELAXED) == m;
}

/*
 * Look for an mbuf in every slot: only for one whose handle somebody has written over. That is
 * repaired, or every later free of this mbuf would have to look again.
 */
static struct dualbuf_pool_queue *
pool_search(struct dualbuf_pool *pool, struct rte_mbuf *m, uint32_t *slot)
{
	struct dualbuf_pool_queue *queue, *found = NULL;
	uint32_t i;

	rte_spinlock_lock(&pool->lock);
	for (queue = pool->queues; queue < RTE_DIM(pool->queues) + pool->queues; queue++) {
		if (!queue->in_use)
			continue;
		for (i = 0; i < queue->slots.nb_slots && found == NULL; i++) {
			if (pool_slot_holds(queue, i, m)) {
				found = queue;
				*slot = i;
			}
		}
	}
	rte_spinlock_unlock(&pool->lock);
	if (found != NULL)
		*dualbuf_pool_handle(pool, m) = dualbuf_handle_for(pool, found, *slot);
	return found;
}

/* The queue and slot that a freed mbuf is bound to; NULL for one that is a temporary. */
static struct dualbuf_pool_queue *
pool_find(struct dualbuf_pool *pool, struct rte_mbuf *m, uint32_t *slot)
{
	uint32_t handle = *dualbuf_pool_handle(pool, m);
	struct dualbuf_pool_queue *queue = dualbuf_handle_queue(pool, handle);

	if (handle == dualbuf_handle_temporary(m))
		return NULL;
	*slot = dualbuf_handle_slot(handle);
	if (likely(queue != NULL && pool_slot_holds(queue, *slot, m)))
		return queue;
	return dualbuf_filter_has(pool, m) ? pool_search(pool, m, slot) : NULL;
}

/*
 * Bring home an mbuf that names the return pool. Returns false when it is a temporary.
 *
 * The order of the last two steps, store the return byte and then look whether the queue is gone,
 * is what dualbuf_pool_release() relies on; it pays for the barrier between them.
 */
static bool
pool_bring_home(struct dualbuf_pool *pool, struct rte_mbuf *m)
{
	struct dualbuf_pool_queue *queue;
	uint32_t slot;

	queue = pool_find(pool, m, &slot);
	if (queue == NULL)
		return false;
	dualbuf_ring_return(&queue->slots, slot);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&queue->released, __ATOMIC_RELAXED)))
		pool_retire_one(pool, queue, slot);
	return true;
}

void
dualbuf_pool_retire(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue, uint32_t slot,
		uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		pool_retire_one(pool, queue, slot + i);
}

/*
 * Bring mbufs home in runs of DUALBUF_RUN, as long as they are neighbours in the order they went out,
 * which is how most come back. That their slots hold them proves that they are bound ones, and no mbuf
 * but the first is looked at: links that somebody left in them are seen when they go up. Returns how many
 * came home.
 */
static __rte_noinline unsigned int
pool_bring_runs_home(struct dualbuf_pool *pool, void *const *objs, unsigned int n)
{
	uint32_t handle = *dualbuf_pool_handle(pool, objs[0]);
	struct dualbuf_pool_queue *queue = dualbuf_handle_queue(pool, handle);
	uint32_t slot = dualbuf_handle_slot(handle);
	unsigned int nb, i;

	/* one that is bound here keeps the arrays where they are */
	if (unlikely(queue == NULL || ((struct rte_mbuf *)objs[0])->pool != pool->mp))
		return 0;
	nb = dualbuf_slots_held(&queue->slots, slot, objs, n);
	for (i = 0; i < nb; i += DUALBUF_RUN)
		dualbuf_ring_return_run(&queue->slots, slot + i);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&queue->released, __ATOMIC_RELAXED)))
		dualbuf_pool_retire(pool, queue, slot, nb);
	return nb;
}

/*
 * Give temporaries back to the application's pool, as many as follow each other. Returns how many; those
 * whose handle somebody has written over are not among them.
 */
static __rte_noinline unsigned int
pool_give_back(struct dualbuf_pool *pool, void *const *objs, unsigned int n)
{
	struct rte_mbuf *m;
	unsigned int i;

	for (i = 0; i < n; i++) {
		m = objs[i];
		if (*dualbuf_pool_handle(pool, m) != dualbuf_handle_temporary(m) ||
				unlikely(m->pool != pool->mp))
			break;
		pool_clean(m);
		m->pool = pool->app;
	}
	if (i > 0)
		rte_mempool_put_bulk(pool->app, objs, i);
	return i;
}

/* Send an mbuf of any kind where it belongs. */
static __rte_noinline void
pool_put_one(struct dualbuf_pool *pool, struct rte_mbuf *m)
{
	pool_clean(m);
	if (unlikely(m->pool != pool->mp)) {
		rte_mempool_put(m->pool, m);
	} else if (unlikely(!pool_bring_home(pool, m))) {
		m->pool = pool->app;
		rte_mempool_put(pool->app, m);
	}
}

int
dualbuf_pool_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	struct dualbuf_pool *pool = mp->pool_data;
	unsigned int i, done;

	for (i = 0; i < n; i += done) {
		done = n - i < DUALBUF_RUN ? 0 : pool_bring_runs_home(pool, &objs[i], n - i);
		if (done == 0)
			done = pool_give_back(pool, &objs[i], n - i);
		if (done == 0) {
			pool_put_one(pool, objs[i]);
			done = 1;
		}
	}
	return 0;
}

int
dualbuf_pool_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	struct dualbuf_pool *pool = mp->pool_data;

	if (pool->app == NULL)
		return -ENOBUFS;
	return dualbuf_pool_temporaries(pool, (struct rte_mbuf **)objs, n) ? 0 : -ENOBUFS;
}

/*
 * As many can be taken from here as the application's pool has. Whoever lists all pools asks at any
 * time, and the lock keeps that one from being destroyed meanwhile.
 */
unsigned int
dualbuf_pool_get_count(const struct rte_mempool *mp)
{
	struct dualbuf_pool *pool = mp->pool_data;
	unsigned int count;

	if (pool == NULL)
		return 0;
	rte_spinlock_lock(&pool->lock);
	count = pool->app == NULL ? 0 : rte_mempool_avail_count(pool->app);
	rte_spinlock_unlock(&pool->lock);
	return count;
}

void
dualbuf_pool_route_foreign(struct dualbuf_pool *pool, struct rte_mbuf *m)
{
	void *obj = m;

	dualbuf_pool_enqueue(pool->mp, &obj, 1);
}

bool
dualbuf_pool_replace_foreign(struct dualbuf_pool *pool, struct rte_mbuf **mbufs, uint32_t n)
{
	uint32_t taken = 0;

	/* back through the return pool, which knows what each is; then one by one */
	dualbuf_pool_enqueue(pool->mp, (void **)mbufs, n);
	while (taken < n && (mbufs[taken] = dualbuf_pool_temporary(pool)) != NULL)
		taken++;
	if (taken == n)
		return true;
	dualbuf_pool_enqueue(pool->mp, (void **)mbufs, taken);
	return false;
}

void
dualbuf_pool_barrier(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) != 0) {
		/* Not on this kernel: a store leaves a processor's buffer long before this. */
		rte_atomic_thread_fence(__ATOMIC_SEQ_CST);
		rte_delay_us_sleep(1000);
	}
}
