/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_errno.h>
#include <rte_lcore.h>

#include "lane.h"

int
lane_open(struct lane *lane, const char *name, unsigned int size, struct bell *producer,
		struct bell *consumer)
{
	lane->ring = rte_ring_create(name, size, rte_socket_id(), RING_F_SP_ENQ | RING_F_SC_DEQ);
	if (lane->ring == NULL)
		return -rte_errno;
	lane->producer = producer;
	lane->consumer = consumer;
	lane->closed = 0;
	return 0;
}

void
lane_free(struct lane *lane)
{
	struct rte_mbuf *pkt;

	if (lane->ring == NULL)
		return;
	while (rte_ring_sc_dequeue(lane->ring, (void **)&pkt) == 0)
		rte_pktmbuf_free(pkt);
	rte_ring_free(lane->ring);
	lane->ring = NULL;
}

unsigned int
lane_room(const struct lane *lane)
{
	return rte_ring_free_count(lane->ring);
}

void
lane_wait_room(struct lane *lane, unsigned int n)
{
	while (lane_room(lane) < n) {
		bell_lie_down(lane->producer);
		if (lane_room(lane) < n)
			bell_sleep(lane->producer, LANE_SLEEP_MS);
		bell_get_up(lane->producer);
	}
}

void
lane_put(struct lane *lane, struct rte_mbuf **pkts, unsigned int n)
{
	rte_ring_sp_enqueue_bulk(lane->ring, (void **)pkts, n, NULL);
	bell_ring(lane->consumer);
}

void
lane_close(struct lane *lane)
{
	__atomic_store_n(&lane->closed, 1, __ATOMIC_RELEASE);
	bell_ring(lane->consumer);
}

unsigned int
lane_take(struct lane *lane, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int left;

	n = rte_ring_sc_dequeue_burst(lane->ring, (void **)pkts, n, &left);
	/* A producer that waits is woken when half is empty, and has something to do then. */
	if (n > 0 && left <= rte_ring_get_capacity(lane->ring) / 2)
		bell_ring(lane->producer);
	return n;
}

bool
lane_ended(const struct lane *lane)
{
	/* in this order: what was put was put before the lane was closed */
	return __atomic_load_n(&lane->closed, __ATOMIC_ACQUIRE) && rte_ring_empty(lane->ring);
}

void
lane_wait_packets(struct lane *lane, int timeout_ms)
{
	bell_lie_down(lane->consumer);
	if (rte_ring_empty(lane->ring) && !__atomic_load_n(&lane->closed, __ATOMIC_ACQUIRE))
		bell_sleep(lane->consumer, timeout_ms);
	bell_get_up(lane->consumer);
}

unsigned int
lane_next(struct lane *lane, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int taken;

	for (;;) {
		taken = lane_take(lane, pkts, n);
		if (taken > 0 || lane_ended(lane))
			return taken;
		lane_wait_packets(lane, LANE_SLEEP_MS);
	}
}
