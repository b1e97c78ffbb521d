/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_LANE_H_
#define _FWD_LANE_H_

/*
 * The way of packets from one thread to another: a single-producer, single-consumer rte_ring, and
 * the bells of the two. Packets in a lane belong to nobody else, and keep their order.
 *
 * A lane never drops. Its producer looks for room first, and waits if it must; so a slow stage is
 * felt by the one before it, up to the handler, who then leaves packets with the NIC.
 */

#include <stdbool.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "bell.h"

/* How long anybody sleeps at most, should all else fail. */
#define LANE_SLEEP_MS 1000

struct lane {
	struct rte_ring *ring;
	struct bell *producer;
	struct bell *consumer;
	uint32_t closed;
};

/* size: a power of two, of which one place stays empty. Returns 0 or a negative errno. */
int lane_open(struct lane *lane, const char *name, unsigned int size, struct bell *producer,
		struct bell *consumer);

/* Also of a lane that was never opened but zeroed. Frees what is left in it. */
void lane_free(struct lane *lane);

/* Producer: how many packets fit now. */
unsigned int lane_room(const struct lane *lane);

/* Producer: sleep until there is room for n packets. */
void lane_wait_room(struct lane *lane, unsigned int n);

/* Producer: put n packets, for which there is room. */
void lane_put(struct lane *lane, struct rte_mbuf **pkts, unsigned int n);

/* Producer: there will be no more packets. */
void lane_close(struct lane *lane);

/* Consumer: up to n packets that are there now. */
unsigned int lane_take(struct lane *lane, struct rte_mbuf **pkts, unsigned int n);

/* Consumer: sleep until there are packets, or the lane ends, or time is up. */
void lane_wait_packets(struct lane *lane, int timeout_ms);

/* Consumer: is the lane closed and empty? */
bool lane_ended(const struct lane *lane);

/* Consumer: up to n packets; sleeps until there are some. 0: the lane has ended. */
unsigned int lane_next(struct lane *lane, struct rte_mbuf **pkts, unsigned int n);

#endif /* _FWD_LANE_H_ */
