/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_WORKER_H_
#define _FWD_WORKER_H_

/*
 * A protocol thread: it processes packets in the buffers in which they came, and the free at the
 * end, by itself or by the driver that has sent the packet, is the call that makes the buffer
 * available to its descriptor again (claims 2 and 7).
 *
 * Processing is to swap the MAC addresses and to send the packet to the peer of its port.
 */

#include "spsc_queue.h"
#include "port.h"

enum worker_drop {
	WORKER_DROP_TX_FULL, /* the transmit queue stayed full for half a second */
	WORKER_DROP_LINK_DOWN, /* the same, while the link was down */
	WORKER_DROPS,
};

extern const char *const worker_drop_names[WORKER_DROPS];

struct worker {
	struct port *ports;
	uint16_t nb_ports;
	uint16_t index; /* among the protocol threads */
	struct spsc_queue in;
	struct wakeup wakeup;
	bool unswept; /* packets were sent since transmit queues were last swept */
	bool stuck[PORT_MAX]; /* the port took nothing last time: do not wait for it */
	uint64_t tx[PORT_MAX]; /* packets sent, by the port that sends them */
	uint64_t drops[WORKER_DROPS];
} __rte_cache_aligned;

/* Work until the queue ends. arg: the worker. */
void worker_run(void *arg);

#endif /* _FWD_WORKER_H_ */
