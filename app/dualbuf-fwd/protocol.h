/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_PROTOCOL_H_
#define _FWD_PROTOCOL_H_

/*
 * The protocol driver: it stands between the handler and the protocol threads. It settles loans,
 * that is, it makes the copies that the handler did not make, and returns the buffers to it (claims
 * 5 and 6); it has every packet stored, if that is wanted; and it spreads packets over the protocol
 * threads so that a flow stays with one of them, and in order.
 */

#include "spsc_queue.h"
#include "options.h"
#include "port.h"
#include "worker.h"
#include "writer.h"

struct protocol {
	struct spsc_queue in;
	struct wakeup wakeup;
	struct wakeup *handler_bell;
	struct rte_mempool *pool; /* for the copies of loans */
	bool deferred; /* some port makes loans */
	struct writer *writer; /* NULL: nothing is stored */
	struct worker *workers;
	unsigned int nb_workers;
	uint64_t settled; /* packets with loans in them that were copied */
	uint64_t unsettled; /* those that had to be passed on as they were: no memory */
	/* Packets on their way into each worker's queue. */
	struct rte_mbuf *staged[OPTIONS_MAX_THREADS][PORT_BURST];
	unsigned int nb_staged[OPTIONS_MAX_THREADS];
};

/* Work until the handler closes the queue, then close those to the workers and the writer. */
void protocol_run(void *arg);

#endif /* _FWD_PROTOCOL_H_ */
