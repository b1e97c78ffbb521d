/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_tailq.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool.h"

#ifdef RTE_LIBRTE_MEMPOOL_DEBUG
#error "RTE_LIBRTE_MEMPOOL_DEBUG panics on every mbuf that is freed to another pool than it came from"
#endif

#define POOL_OPS_NAME "dualbuf"
#define POOL_SHARED_NAME "net_dualbuf"

/* What primary and secondary processes have to agree on; in a memzone. */
struct pool_shared {
	int ops_index;
	int handle_offset;
	uint32_t nb_created; /* names of return pools are numbered */
};

/* The return pools of this process, which only the primary makes and frees. */
struct pool_entry {
	TAILQ_ENTRY(pool_entry) next;
	struct dualbuf_pool *pool;
};

static TAILQ_HEAD(, pool_entry) pool_list = TAILQ_HEAD_INITIALIZER(pool_list);
static rte_spinlock_t pool_list_lock = RTE_SPINLOCK_INITIALIZER;
static struct dualbuf_pool
		*pool_spares; /* data of return pools that are gone; under the list's lock */
static struct pool_shared *pool_shared;
static dualbuf_pool_stop_t pool_stop;

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
 * looked at afterwards.
 */
static void
pool_retire(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue, uint32_t slot)
{
	struct rte_mbuf *m;

	rte_spinlock_lock(&pool->lock);
	m = pool_unbind(pool, queue, slot);
	rte_spinlock_unlock(&pool->lock);
	if (m != NULL)
		rte_mempool_put(m->pool, m);
}

/* For any handle at any time: the acquire pairs with the release in pool_queue_reserve(). */
static bool
pool_slot_holds(const struct dualbuf_pool_queue *queue, uint32_t slot, const struct rte_mbuf *m)
{
	return slot < __atomic_load_n(&queue->slots.nb_slots, __ATOMIC_ACQUIRE) &&
			__atomic_load_n(&queue->slots.buf[slot], __ATOMIC_RELAXED) == m;
}

static uint32_t
pool_handle_for(const struct dualbuf_pool *pool, const struct dualbuf_pool_queue *queue,
		uint32_t slot)
{
	return (uint32_t)(queue - pool->queues) << DUALBUF_HANDLE_SLOT_BITS | slot;
}

/* The other way round, for any handle: the queue is NULL when there cannot be such a one. */
static struct dualbuf_pool_queue *
pool_handle_queue(struct dualbuf_pool *pool, uint32_t handle)
{
	uint32_t index = handle >> DUALBUF_HANDLE_SLOT_BITS;

	return likely(index < DUALBUF_POOL_MAX_QUEUES) ? &pool->queues[index] : NULL;
}

static uint32_t
pool_handle_slot(uint32_t handle)
{
	return handle & ((1u << DUALBUF_HANDLE_SLOT_BITS) - 1);
}

/* An mbuf's bit in ever_bound; mbufs are a constant stride apart, which the factor spreads. */
static uint32_t
pool_filter_bit(const struct rte_mbuf *m)
{
	uint64_t line = (uintptr_t)m / RTE_CACHE_LINE_MIN_SIZE;

	return (line * UINT64_C(0x9e3779b97f4a7c15) >> 45) % DUALBUF_POOL_FILTER_BITS;
}

static void
pool_filter_add(struct dualbuf_pool *pool, const struct rte_mbuf *m)
{
	uint32_t bit = pool_filter_bit(m);

	__atomic_fetch_or(&pool->ever_bound[bit / 64], RTE_BIT64(bit % 64), __ATOMIC_RELAXED);
}

static bool
pool_was_ever_bound(const struct dualbuf_pool *pool, const struct rte_mbuf *m)
{
	uint32_t bit = pool_filter_bit(m);

	return __atomic_load_n(&pool->ever_bound[bit / 64], __ATOMIC_RELAXED) & RTE_BIT64(bit % 64);
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
		*dualbuf_pool_handle(pool, m) = pool_handle_for(pool, found, *slot);
	return found;
}

/* The queue and slot that a freed mbuf is bound to; NULL for one that is a temporary. */
static struct dualbuf_pool_queue *
pool_find(struct dualbuf_pool *pool, struct rte_mbuf *m, uint32_t *slot)
{
	uint32_t handle = *dualbuf_pool_handle(pool, m);
	struct dualbuf_pool_queue *queue = pool_handle_queue(pool, handle);

	if (handle == dualbuf_handle_temporary(m))
		return NULL;
	*slot = pool_handle_slot(handle);
	if (likely(queue != NULL && pool_slot_holds(queue, *slot, m)))
		return queue;
	return pool_was_ever_bound(pool, m) ? pool_search(pool, m, slot) : NULL;
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
		pool_retire(pool, queue, slot);
	return true;
}

/* Buffers that came home to a queue which is gone. */
static __rte_noinline void
pool_retire_all(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue, uint32_t slot,
		uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		pool_retire(pool, queue, slot + i);
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
	struct dualbuf_pool_queue *queue = pool_handle_queue(pool, handle);
	uint32_t slot = pool_handle_slot(handle);
	unsigned int nb, i;

	/* one that is bound here keeps the arrays where they are */
	if (unlikely(queue == NULL || ((struct rte_mbuf *)objs[0])->pool != pool->mp))
		return 0;
	nb = dualbuf_slots_held(&queue->slots, slot, objs, n);
	for (i = 0; i < nb; i += DUALBUF_RUN)
		dualbuf_ring_return_run(&queue->slots, slot + i);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&queue->released, __ATOMIC_RELAXED)))
		pool_retire_all(pool, queue, slot, nb);
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

static int
pool_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
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

static int
pool_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	struct dualbuf_pool *pool = mp->pool_data;

	if (pool->app == NULL)
		return -ENOBUFS;
	return dualbuf_pool_temporaries(pool, (struct rte_mbuf **)objs, n) ? 0 : -ENOBUFS;
}

/*
 * What can be taken from here is what the application's pool has. Whoever lists all pools asks at any
 * time, and the lock keeps that one from being destroyed meanwhile.
 */
static unsigned int
pool_get_count(const struct rte_mempool *mp)
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

/* Return pools are made by dualbuf_pool_bind(), never populated; EAL wants the function. */
static int
pool_alloc(struct rte_mempool *mp)
{
	DUALBUF_LOG(ERR, "mempool %s: ops \"" POOL_OPS_NAME "\" cannot hold objects of their own",
			mp->name);
	return -ENOTSUP;
}

/* The data of a return pool that is gone, or new. Under the list's lock. */
static struct dualbuf_pool *
pool_data_get(int socket_id)
{
	struct dualbuf_pool **at, *pool;

	for (at = &pool_spares; *at != NULL; at = &(*at)->spare) {
		pool = *at;
		if (pool->socket_id != socket_id)
			continue;
		*at = pool->spare;
		return pool;
	}
	pool = rte_zmalloc_socket("dualbuf_pool", sizeof(*pool), RTE_CACHE_LINE_SIZE, socket_id);
	if (pool != NULL) {
		pool->socket_id = socket_id;
		rte_spinlock_init(&pool->lock);
	}
	return pool;
}

static void
pool_data_put(struct dualbuf_pool *pool)
{
	pool->spare = pool_spares;
	pool_spares = pool;
}

/*
 * Take the arrays away. released stays as it is, since somebody may look at it still: who then comes
 * for the lock finds no slots, or those of another life, which are right too.
 */
static void
pool_queue_free(struct dualbuf_pool_queue *queue)
{
	__atomic_store_n(&queue->slots.nb_slots, 0, __ATOMIC_RELAXED);
	rte_free(queue->slots.buf);
	rte_free(queue->slots.returned);
	rte_free(queue->ring.handed);
	rte_free(queue->ring.addr);
	rte_free(queue->ring.armed);
	queue->slots.buf = NULL;
	queue->slots.returned = NULL;
	queue->ring = (struct dualbuf_ring){ .slots.buf = NULL };
	queue->capacity = 0;
	queue->nb_left = 0;
	queue->in_use = 0;
}

/* Its data is kept for the next return pool: see the top of dualbuf_pool.h. */
static void
pool_free(struct rte_mempool *mp)
{
	struct dualbuf_pool *pool = mp->pool_data;
	struct dualbuf_pool_queue *queue;

	if (pool == NULL)
		return;
	rte_spinlock_lock(&pool->lock);
	for (queue = pool->queues; queue < RTE_DIM(pool->queues) + pool->queues; queue++)
		pool_queue_free(queue);
	pool->mp = NULL;
	pool->app = NULL;
	rte_spinlock_unlock(&pool->lock);

	rte_spinlock_lock(&pool_list_lock);
	pool_data_put(pool);
	rte_spinlock_unlock(&pool_list_lock);
}

static const struct rte_mempool_ops pool_ops = {
	.name = POOL_OPS_NAME,
	.alloc = pool_alloc,
	.free = pool_free,
	.enqueue = pool_enqueue,
	.dequeue = pool_dequeue,
	.get_count = pool_get_count,
};

void
dualbuf_pool_route_foreign(struct dualbuf_pool *pool, struct rte_mbuf *m)
{
	void *obj = m;

	pool_enqueue(pool->mp, &obj, 1);
}

bool
dualbuf_pool_replace_foreign(struct dualbuf_pool *pool, struct rte_mbuf **mbufs, uint32_t n)
{
	uint32_t taken = 0;

	/* back through the return pool, which knows what each is; then one by one */
	pool_enqueue(pool->mp, (void **)mbufs, n);
	while (taken < n && (mbufs[taken] = dualbuf_pool_temporary(pool)) != NULL)
		taken++;
	if (taken == n)
		return true;
	pool_enqueue(pool->mp, (void **)mbufs, taken);
	return false;
}

static unsigned int
pool_queues_in_use(const struct dualbuf_pool *pool)
{
	unsigned int i, n = 0;

	for (i = 0; i < DUALBUF_POOL_MAX_QUEUES; i++)
		n += pool->queues[i].in_use && !pool->queues[i].released;
	return n;
}

void
dualbuf_pool_on_destroy(dualbuf_pool_stop_t stop)
{
	pool_stop = stop;
}

/* The return pool of an application's pool, which is no longer known as that one's; NULL if there is none. */
static struct dualbuf_pool *
pool_forget(const struct rte_mempool *app)
{
	struct dualbuf_pool *pool = NULL;
	struct pool_entry *entry;

	rte_spinlock_lock(&pool_list_lock);
	TAILQ_FOREACH(entry, &pool_list, next)
		if (entry->pool->app == app)
			break;
	if (entry != NULL) {
		TAILQ_REMOVE(&pool_list, entry, next);
		pool = entry->pool;
	}
	rte_spinlock_unlock(&pool_list_lock);
	rte_free(entry);
	return pool;
}

/*
 * The application's pool goes, and the return pool with it: now, or with the last queue that was
 * bound to it. Its memory is there until this returns, so whoever may touch it has to stop here.
 */
static void
pool_on_event(enum rte_mempool_event event, struct rte_mempool *mp, void *arg __rte_unused)
{
	struct dualbuf_pool *pool;
	unsigned int nb_queues;

	if (event != RTE_MEMPOOL_EVENT_DESTROY)
		return;
	pool = pool_forget(mp);
	if (pool == NULL)
		return;
	nb_queues = pool_queues_in_use(pool);
	if (nb_queues > 0) {
		DUALBUF_LOG(ERR,
				"mempool %s is freed while %u receive queues still use it: their "
				"ports are stopped; close them, or set these queues up anew",
				mp->name, nb_queues);
		if (pool_stop != NULL)
			pool_stop(pool);
	}
	rte_spinlock_lock(&pool->lock);
	pool->app = NULL;
	nb_queues = pool_queues_in_use(pool);
	rte_spinlock_unlock(&pool->lock);
	if (nb_queues == 0)
		rte_mempool_free(pool->mp);
}

/* The index of our ops in this process's table; registers them if need be. */
static int
pool_ops_index(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < rte_mempool_ops_table.num_ops; i++)
		if (strcmp(rte_mempool_ops_table.ops[i].name, POOL_OPS_NAME) == 0)
			return i;
	ret = rte_mempool_register_ops(&pool_ops);
	if (ret < 0)
		DUALBUF_LOG(ERR,
				"no room for mempool ops: all %d places are taken; load fewer "
				"mempool drivers (-d)",
				RTE_MEMPOOL_MAX_OPS_IDX);
	return ret;
}

static int
pool_handle_offset(void)
{
	static const struct rte_mbuf_dynfield handle = {
		.name = "net_dualbuf_handle",
		.size = sizeof(uint32_t),
		.align = __alignof__(uint32_t),
	};
	int offset = rte_mbuf_dynfield_register(&handle);

	if (offset < 0)
		DUALBUF_LOG(ERR, "no room for a dynamic mbuf field of 4 bytes: %s",
				rte_strerror(rte_errno));
	return offset;
}

static int
pool_register_primary(void)
{
	const struct rte_memzone *mz;
	int ret;

	mz = rte_memzone_reserve(POOL_SHARED_NAME, sizeof(*pool_shared), SOCKET_ID_ANY, 0);
	if (mz == NULL) {
		DUALBUF_LOG(ERR, "cannot reserve memzone " POOL_SHARED_NAME ": %s",
				rte_strerror(rte_errno));
		return -rte_errno;
	}
	pool_shared = mz->addr;
	pool_shared->nb_created = 0;
	pool_shared->ops_index = pool_ops_index();
	pool_shared->handle_offset = pool_handle_offset();
	ret = rte_mempool_event_callback_register(pool_on_event, NULL);
	if (ret == -EEXIST)
		ret = 0;
	if (pool_shared->ops_index < 0 || pool_shared->handle_offset < 0)
		ret = -ENOSPC;
	if (ret != 0) {
		rte_memzone_free(mz);
		pool_shared = NULL;
	}
	return ret;
}

static int
pool_register_secondary(void)
{
	const struct rte_memzone *mz = rte_memzone_lookup(POOL_SHARED_NAME);
	struct pool_shared *shared;
	int index;

	if (mz == NULL) {
		DUALBUF_LOG(ERR, "the primary process has no net_dualbuf port");
		return -ENODEV;
	}
	shared = mz->addr;
	index = pool_ops_index();
	if (index < 0)
		return index;
	if (index != shared->ops_index) {
		DUALBUF_LOG(ERR,
				"mempool ops have index %d here and %d in the primary process; "
				"load the same plugins in the same order (-d) in both",
				index, shared->ops_index);
		return -EINVAL;
	}
	pool_shared = shared;
	return 0;
}

int
dualbuf_pool_register(void)
{
	/* For pool_barrier(); where it fails, pool_barrier() fails too and copes. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0);

	if (pool_shared != NULL)
		return 0;
	return rte_eal_process_type() == RTE_PROC_PRIMARY ? pool_register_primary() :
							    pool_register_secondary();
}

/*
 * The application's pool, also when it was given as the pool of an mbuf that we had handed up;
 * NULL when there is none behind that one any more.
 */
static struct rte_mempool *
pool_application(struct rte_mempool *mp)
{
	const struct dualbuf_pool *pool = mp->pool_data;

	if (mp->ops_index != pool_shared->ops_index)
		return mp;
	return pool == NULL ? NULL : pool->app;
}

/* What the application's pool says of itself, which detaching an mbuf reads through m->pool. */
static void
pool_copy_private(struct dualbuf_pool *pool)
{
	struct rte_mempool *app = pool->app;

	memcpy(rte_mempool_get_priv(pool->mp), rte_mempool_get_priv(app), app->private_data_size);
	pool->data_offset =
			sizeof(struct rte_mbuf) + rte_pktmbuf_priv_size(app) + RTE_PKTMBUF_HEADROOM;
}

/* The mempool of a return pool: empty, and with no cache so that every free reaches pool_enqueue(). */
static struct rte_mempool *
pool_create_mempool(const struct rte_mempool *app)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *mp;

	snprintf(name, sizeof(name), "dualbuf_return_%u", pool_shared->nb_created);
	mp = rte_mempool_create_empty(name, app->size, app->elt_size, 0, app->private_data_size,
			app->socket_id, 0);
	if (mp != NULL)
		mp->ops_index = pool_shared->ops_index;
	return mp;
}

/* A return pool for an application's pool. Under the list's lock. */
static struct dualbuf_pool *
pool_create(struct rte_mempool *app)
{
	struct dualbuf_pool *pool = pool_data_get(app->socket_id);

	if (pool == NULL)
		return NULL;
	pool->mp = pool_create_mempool(app);
	if (pool->mp == NULL) {
		pool_data_put(pool);
		return NULL;
	}
	memset(pool->ever_bound, 0, sizeof(pool->ever_bound));
	pool->handle_offset = pool_shared->handle_offset;
	pool->app = app;
	pool->mp->pool_data = pool;
	pool_shared->nb_created++;
	return pool;
}

/* The return pool of an application's pool; made, with its entry, at first use. Under the list's lock. */
static struct dualbuf_pool *
pool_find_or_create(struct rte_mempool *app)
{
	struct pool_entry *entry;

	TAILQ_FOREACH(entry, &pool_list, next)
		if (entry->pool->app == app)
			return entry->pool;
	entry = rte_zmalloc("dualbuf_pool_entry", sizeof(*entry), 0);
	if (entry == NULL)
		return NULL;
	entry->pool = pool_create(app);
	if (entry->pool == NULL) {
		rte_free(entry);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&pool_list, entry, next);
	return entry->pool;
}

/* The return pool for a queue to be set up; what the application wrote to its pool's private area shows. */
static struct dualbuf_pool *
pool_of(struct rte_mempool *app)
{
	struct dualbuf_pool *pool;

	rte_spinlock_lock(&pool_list_lock);
	pool = pool_find_or_create(app);
	if (pool != NULL)
		pool_copy_private(pool);
	rte_spinlock_unlock(&pool_list_lock);
	return pool;
}

/*
 * Arrays for one more ring. They stay with the entry until the return pool goes, since somebody
 * who frees an mbuf with an old handle may look into them at any time; and an entry is of use only
 * to rings that fit. So there are few sizes, lest rings that grow a little each time use up all
 * entries.
 */
static int
pool_queue_alloc(struct dualbuf_pool_queue *queue, uint32_t nb_slots, int socket)
{
	const size_t line = RTE_CACHE_LINE_SIZE;

	nb_slots = rte_align32pow2(nb_slots);
	queue->slots.buf = rte_zmalloc_socket(NULL, nb_slots * sizeof(void *), line, socket);
	queue->slots.returned = rte_zmalloc_socket(NULL, nb_slots, line, socket);
	queue->ring.handed = rte_zmalloc_socket(NULL, nb_slots, line, socket);
	queue->ring.addr = rte_zmalloc_socket(NULL, nb_slots * sizeof(uint64_t), line, socket);
	queue->ring.armed = rte_zmalloc_socket(NULL, nb_slots, line, socket);
	if (queue->slots.buf != NULL && queue->slots.returned != NULL &&
			queue->ring.handed != NULL && queue->ring.addr != NULL &&
			queue->ring.armed != NULL) {
		queue->capacity = nb_slots;
		return 0;
	}
	pool_queue_free(queue);
	return -ENOMEM;
}

/* Take an entry that has room for the slots, or a new one; under the lock. */
static struct dualbuf_pool_queue *
pool_queue_pick(struct dualbuf_pool *pool, uint32_t nb_slots)
{
	struct dualbuf_pool_queue *queue, *fresh = NULL;

	for (queue = pool->queues; queue < RTE_DIM(pool->queues) + pool->queues; queue++) {
		if (!queue->in_use && queue->capacity >= nb_slots)
			return queue;
		if (!queue->in_use && queue->capacity == 0 && fresh == NULL)
			fresh = queue;
	}
	return fresh;
}

static int
pool_queue_reserve(struct dualbuf_pool *pool, const struct dualbuf_pool_request *request,
		struct dualbuf_pool_queue **out)
{
	uint32_t nb_slots = request->nb_desc * request->nb_bufs;
	struct dualbuf_pool_queue *queue;
	int ret = 0;

	rte_spinlock_lock(&pool->lock);
	queue = pool_queue_pick(pool, nb_slots);
	if (queue == NULL) {
		DUALBUF_LOG(ERR,
				"mempool %s serves %u receive queues, or waits for their buffers; "
				"no more are possible",
				pool->app->name, DUALBUF_POOL_MAX_QUEUES);
		ret = -ENOSPC;
	} else if (queue->capacity == 0) {
		ret = pool_queue_alloc(queue, nb_slots, request->socket_id);
	}
	if (ret == 0) {
		queue->ring.slots = queue->slots;
		dualbuf_ring_init(&queue->ring, request->nb_desc, request->nb_bufs);
		__atomic_store_n(&queue->slots.nb_slots, nb_slots, __ATOMIC_RELEASE);
		queue->nb_left = 0;
		queue->in_use = 1;
		__atomic_store_n(&queue->released, 0, __ATOMIC_RELAXED);
		*out = queue;
	}
	rte_spinlock_unlock(&pool->lock);
	return ret;
}

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
		*dualbuf_pool_handle(pool, m) = pool_handle_for(pool, queue, slot);
		pool_filter_add(pool, m);
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
		ret = pool_queue_reserve(pool, request, queue);
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
	struct rte_mempool *app = pool_application(wanted->mp);
	struct dualbuf_pool_request request = *wanted;
	uint32_t avail, bound, nb_wanted = wanted->nb_desc * wanted->nb_bufs;
	struct dualbuf_pool_queue *queue;
	struct dualbuf_pool *pool;
	int ret;

	ret = pool_check(wanted->mp, app);
	if (ret != 0)
		return ret;
	avail = rte_mempool_avail_count(app);
	pool = pool_of(app);
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

/*
 * A barrier in every thread that may free an mbuf. After it, whoever stored a return byte has
 * either made it visible here, or will see what was stored here before.
 */
static void
pool_barrier(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) != 0) {
		/* Not on this kernel: a store leaves a processor's buffer long before this. */
		rte_atomic_thread_fence(__ATOMIC_SEQ_CST);
		rte_delay_us_sleep(1000);
	}
}

void
dualbuf_pool_release(struct dualbuf_pool *pool, struct dualbuf_ring *ring)
{
	struct dualbuf_pool_queue *queue = container_of(ring, struct dualbuf_pool_queue, ring);
	uint32_t nb_slots, slot;
	bool over;

	__atomic_store_n(&queue->released, 1, __ATOMIC_SEQ_CST);
	pool_barrier();
	rte_spinlock_lock(&pool->lock);
	/* without the application's pool there is nothing to give back, and nobody to wait for */
	nb_slots = pool->app == NULL ? 0 : queue->slots.nb_slots;
	if (queue->nb_left == 0 || pool->app == NULL)
		queue->in_use = 0;
	over = pool->app == NULL && pool_queues_in_use(pool) == 0;
	rte_spinlock_unlock(&pool->lock);
	for (slot = 0; slot < nb_slots; slot++)
		pool_retire(pool, queue, slot);
	if (over)
		rte_mempool_free(pool->mp);
}
