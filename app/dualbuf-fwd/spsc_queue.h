/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_SPSC_QUEUE_H_
#define _FWD_SPSC_QUEUE_H_

/*
 * The way of packets from one thread to another: a single-producer, single-consumer rte_ring, and
 * the wakeups of the two. Packets in a queue belong to nobody else, and keep their order.
 *
 * A queue never drops. Its producer looks for room first, and waits if it must; so a slow stage is
 * felt by the one before it, up to the handler, who then leaves packets with the NIC.
 */

#include <stdbool.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "wakeup.h"

/* How long anybody sleeps at most, should all else fail. */
#define LANE_SLEEP_MS 1000

struct spsc_queue {
	struct rte_ring *ring;
	struct wakeup *producer;
	struct wakeup *consumer;
	uint32_t closed;
};

/* size: a power of two, of which one place stays empty. Returns 0 or a negative errno. */
int spsc_queue_open(struct spsc_queue *queue, const char *name, unsigned int size,
		struct wakeup *producer, struct wakeup *consumer);

/* Also of a queue that was never opened but zeroed. Frees what is left in it. */
void spsc_queue_free(struct spsc_queue *queue);

/* Producer: how many packets fit now. */
unsigned int spsc_queue_room(const struct spsc_queue *queue);

/* Producer: sleep until there is room for n packets. */
void spsc_queue_wait_room(struct spsc_queue *queue, unsigned int n);

/* Producer: put n packets, for which there is room. */
void spsc_queue_put(struct spsc_queue *queue, struct rte_mbuf **pkts, unsigned int n);

/* Producer: there will be no more packets. */
void spsc_queue_close(struct spsc_queue *queue);

/* Consumer: up to n packets that are there now. */
unsigned int spsc_queue_take(struct spsc_queue *queue, struct rte_mbuf **pkts, unsigned int n);

/* Consumer: sleep until there are packets, or the queue ends, or time is up. */
void spsc_queue_wait_packets(struct spsc_queue *queue, int timeout_ms);

/* Consumer: is the queue closed and empty? */
bool spsc_queue_ended(const struct spsc_queue *queue);

/* Consumer: up to n packets; sleeps until there are some. 0: the queue has ended. */
unsigned int spsc_queue_next(struct spsc_queue *queue, struct rte_mbuf **pkts, unsigned int n);

#endif /* _FWD_SPSC_QUEUE_H_ */
