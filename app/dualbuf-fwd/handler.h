/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_HANDLER_H_
#define _FWD_HANDLER_H_

/*
 * The handler: the one thread that receives. It owns all receive queues; in each burst the driver
 * arms every descriptor anew before the packet is handed up (claim 1), and here that is all that is
 * done to it before it goes into the queue to the protocol driver.
 *
 * It receives only when the queue and the pool have room for a burst. What it does not receive stays
 * in a file, or with the NIC, which counts what it then has to miss.
 */

#include "spsc_queue.h"
#include "port.h"

struct handler {
	struct port *ports;
	uint16_t nb_ports;
	bool interrupt;
	bool deferred; /* some port makes loans */
	uint64_t limit; /* receive no more packets than this; 0: no limit */
	struct rte_mempool *pool;
	unsigned int pool_cached; /* of its free mbufs, as many may lie in other threads' caches */
	unsigned int pool_credit; /* mbufs that are free for us, at least */
	struct spsc_queue *out;
	struct wakeup wakeup;
	uint32_t quit;
	uint64_t rx[PORT_MAX]; /* packets received */
	uint64_t total;
};

/*
 * Receive until told to quit or until the limit, then close the queue. Runs on an lcore. Returns 0,
 * or a negative errno if interrupts are not to be had, which it says.
 */
int handler_run(struct handler *handler);

/* Any thread: tell the handler to quit. */
void handler_quit(struct handler *handler);

#endif /* _FWD_HANDLER_H_ */
