/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>
#include <rte_tailq.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_list.h"
#include "dualbuf_pool_queue.h"

/* The return pools of this process, which only the primary makes and frees. */
struct pool_entry {
	TAILQ_ENTRY(pool_entry) next;
	struct dualbuf_pool *pool;
};

static TAILQ_HEAD(, pool_entry) pool_list = TAILQ_HEAD_INITIALIZER(pool_list);
static rte_spinlock_t pool_list_lock = RTE_SPINLOCK_INITIALIZER;
static struct dualbuf_pool
		*pool_spares; /* data of return pools that are gone; under the list's lock */
static struct dualbuf_pool_shared *pool_shared;
static dualbuf_pool_stop_t pool_stop;

void
dualbuf_pool_list_start(struct dualbuf_pool_shared *shared)
{
	pool_shared = shared;
}

struct rte_mempool *
dualbuf_pool_list_application(struct rte_mempool *mp)
{
	const struct dualbuf_pool *pool = mp->pool_data;

	if (!dualbuf_pool_list_made(pool_shared, mp))
		return mp;
	return pool == NULL ? NULL : pool->app;
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

void
dualbuf_pool_list_free(struct rte_mempool *mp)
{
	struct dualbuf_pool *pool = mp->pool_data;
	struct dualbuf_pool_queue *queue;

	if (pool == NULL)
		return;
	rte_spinlock_lock(&pool->lock);
	for (queue = pool->queues; queue < RTE_DIM(pool->queues) + pool->queues; queue++)
		dualbuf_pool_queue_free(queue);
	pool->mp = NULL;
	pool->app = NULL;
	rte_spinlock_unlock(&pool->lock);

	rte_spinlock_lock(&pool_list_lock);
	pool_data_put(pool);
	rte_spinlock_unlock(&pool_list_lock);
}

/* The private area of the application's pool, which detaching an mbuf reads through m->pool. */
static void
pool_copy_private(struct dualbuf_pool *pool)
{
	struct rte_mempool *app = pool->app;

	memcpy(rte_mempool_get_priv(pool->mp), rte_mempool_get_priv(app), app->private_data_size);
	pool->data_offset =
			sizeof(struct rte_mbuf) + rte_pktmbuf_priv_size(app) + RTE_PKTMBUF_HEADROOM;
}

/* The mempool of a return pool: empty, and with no cache so that every free reaches its operations. */
static struct rte_mempool *
pool_create_mempool(const struct rte_mempool *app)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *mp;

	snprintf(name, sizeof(name), "dualbuf_return_%u", pool_shared->nb_created);
	mp = rte_mempool_create_empty(name, app->size, app->elt_size, 0, app->private_data_size,
			app->socket_id, 0);
	if (mp != NULL) {
		mp->ops_index = pool_shared->ops_index;
		mp->pool_config = pool_shared;
	}
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

struct dualbuf_pool *
dualbuf_pool_list_get(struct rte_mempool *app)
{
	struct dualbuf_pool *pool;

	rte_spinlock_lock(&pool_list_lock);
	pool = pool_find_or_create(app);
	if (pool != NULL)
		pool_copy_private(pool);
	rte_spinlock_unlock(&pool_list_lock);
	return pool;
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

void
dualbuf_pool_list_on_event(
		enum rte_mempool_event event, struct rte_mempool *mp, void *arg __rte_unused)
{
	struct dualbuf_pool *pool;
	unsigned int nb_queues;

	if (event != RTE_MEMPOOL_EVENT_DESTROY)
		return;
	pool = pool_forget(mp);
	if (pool == NULL)
		return;
	nb_queues = dualbuf_pool_queues_in_use(pool);
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
	nb_queues = dualbuf_pool_queues_in_use(pool);
	rte_spinlock_unlock(&pool->lock);
	if (nb_queues == 0)
		rte_mempool_free(pool->mp);
}
