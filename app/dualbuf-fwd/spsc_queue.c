/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_errno.h>
#include <rte_lcore.h>

#include "spsc_queue.h"

int
spsc_queue_open(struct spsc_queue *queue, const char *name, unsigned int size,
		struct wakeup *producer, struct wakeup *consumer)
{
	queue->ring = rte_ring_create(name, size, rte_socket_id(), RING_F_SP_ENQ | RING_F_SC_DEQ);
	if (queue->ring == NULL)
		return -rte_errno;
	queue->producer = producer;
	queue->consumer = consumer;
	queue->closed = 0;
	return 0;
}

void
spsc_queue_free(struct spsc_queue *queue)
{
	struct rte_mbuf *pkt;

	if (queue->ring == NULL)
		return;
	while (rte_ring_sc_dequeue(queue->ring, (void **)&pkt) == 0)
		rte_pktmbuf_free(pkt);
	rte_ring_free(queue->ring);
	queue->ring = NULL;
}

unsigned int
spsc_queue_room(const struct spsc_queue *queue)
{
	return rte_ring_free_count(queue->ring);
}

void
spsc_queue_wait_room(struct spsc_queue *queue, unsigned int n)
{
	while (spsc_queue_room(queue) < n) {
		wakeup_lie_down(queue->producer);
		if (spsc_queue_room(queue) < n)
			wakeup_sleep(queue->producer, LANE_SLEEP_MS);
		wakeup_get_up(queue->producer);
	}
}

void
spsc_queue_put(struct spsc_queue *queue, struct rte_mbuf **pkts, unsigned int n)
{
	rte_ring_sp_enqueue_bulk(queue->ring, (void **)pkts, n, NULL);
	wakeup_ring(queue->consumer);
}

void
spsc_queue_close(struct spsc_queue *queue)
{
	__atomic_store_n(&queue->closed, 1, __ATOMIC_RELEASE);
	wakeup_ring(queue->consumer);
}

unsigned int
spsc_queue_take(struct spsc_queue *queue, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int left;

	n = rte_ring_sc_dequeue_burst(queue->ring, (void **)pkts, n, &left);
	/* A producer that waits is woken when half is empty, and has something to do then. */
	if (n > 0 && left <= rte_ring_get_capacity(queue->ring) / 2)
		wakeup_ring(queue->producer);
	return n;
}

bool
spsc_queue_ended(const struct spsc_queue *queue)
{
	/* in this order: what was put was put before the queue was closed */
	return __atomic_load_n(&queue->closed, __ATOMIC_ACQUIRE) && rte_ring_empty(queue->ring);
}

void
spsc_queue_wait_packets(struct spsc_queue *queue, int timeout_ms)
{
	wakeup_lie_down(queue->consumer);
	if (rte_ring_empty(queue->ring) && !__atomic_load_n(&queue->closed, __ATOMIC_ACQUIRE))
		wakeup_sleep(queue->consumer, timeout_ms);
	wakeup_get_up(queue->consumer);
}

unsigned int
spsc_queue_next(struct spsc_queue *queue, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int taken;

	for (;;) {
		taken = spsc_queue_take(queue, pkts, n);
		if (taken > 0 || spsc_queue_ended(queue))
			return taken;
		spsc_queue_wait_packets(queue, LANE_SLEEP_MS);
	}
}
