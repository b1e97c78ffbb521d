/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_malloc.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_queue.h"

unsigned int
dualbuf_pool_queues_in_use(const struct dualbuf_pool *pool)
{
	unsigned int i, n = 0;

	for (i = 0; i < DUALBUF_POOL_MAX_QUEUES; i++)
		n += pool->queues[i].in_use && !pool->queues[i].released;
	return n;
}

void
dualbuf_pool_queue_free(struct dualbuf_pool_queue *queue)
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
	dualbuf_pool_queue_free(queue);
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

int
dualbuf_pool_queue_reserve(struct dualbuf_pool *pool, const struct dualbuf_pool_request *request,
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
