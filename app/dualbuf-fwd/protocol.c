/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "count.h"
#include "flow.h"
#include "protocol.h"
#include "rte_pmd_dualbuf.h"

static void
settle(struct protocol *protocol, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int i, loans = 0, left;

	for (i = 0; i < n; i++)
		loans += rte_pmd_dualbuf_is_loan(pkts[i]);
	if (loans == 0)
		return;
	left = rte_pmd_dualbuf_copy_loans(pkts, n, protocol->pool);
	count_add(&protocol->settled, loans - left);
	count_add(&protocol->unsettled, left);
	/* buffers are home: the handler may arm their descriptors (claim 6) */
	wakeup_ring(protocol->handler_bell);
}

static void
flush(struct protocol *protocol, unsigned int worker)
{
	struct spsc_queue *queue = &protocol->workers[worker].in;
	unsigned int n = protocol->nb_staged[worker];

	spsc_queue_wait_room(queue, n);
	spsc_queue_put(queue, protocol->staged[worker], n);
	protocol->nb_staged[worker] = 0;
}

static void
spread(struct protocol *protocol, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int i, worker;

	for (i = 0; i < n; i++) {
		worker = 0;
		if (protocol->nb_workers > 1)
			worker = flow_hash(pkts[i]) % protocol->nb_workers;
		protocol->staged[worker][protocol->nb_staged[worker]++] = pkts[i];
	}
	for (worker = 0; worker < protocol->nb_workers; worker++)
		if (protocol->nb_staged[worker] > 0)
			flush(protocol, worker);
}

void
protocol_run(void *arg)
{
	struct protocol *protocol = arg;
	struct rte_mbuf *pkts[PORT_BURST];
	unsigned int n, worker;

	while ((n = spsc_queue_next(&protocol->in, pkts, PORT_BURST)) > 0) {
		if (protocol->deferred)
			settle(protocol, pkts, n);
		if (protocol->writer != NULL)
			writer_store(protocol->writer, pkts, n);
		spread(protocol, pkts, n);
	}
	for (worker = 0; worker < protocol->nb_workers; worker++)
		spsc_queue_close(&protocol->workers[worker].in);
	if (protocol->writer != NULL)
		spsc_queue_close(&protocol->writer->queue);
}
