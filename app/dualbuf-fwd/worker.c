/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_cycles.h>
#include <rte_ether.h>

#include "count.h"
#include "worker.h"

/* How long a full transmit queue is waited for, and how often it is tried meanwhile. */
#define TX_PATIENCE_MS 500
#define TX_RETRY_US 50

/* How long after the last packet the transmit queues are swept. */
#define SWEEP_MS 20

const char *const worker_drop_names[WORKER_DROPS] = {
	[WORKER_DROP_TX_FULL] = "tx_full",
	[WORKER_DROP_LINK_DOWN] = "link_down",
};

/* Each thread has a transmit queue of its own if there are enough; else they share. */
static uint16_t
queue_of(const struct worker *worker, const struct port *port)
{
	return worker->index % port->nb_tx;
}

static void
swap_macs(struct rte_mbuf *pkt)
{
	struct rte_ether_hdr *header = rte_pktmbuf_mtod(pkt, struct rte_ether_hdr *);
	struct rte_ether_addr dst;

	if (rte_pktmbuf_data_len(pkt) < 2 * RTE_ETHER_ADDR_LEN)
		return;
	dst = header->dst_addr;
	header->dst_addr = header->src_addr;
	header->src_addr = dst;
}

static uint16_t
send_some(const struct worker *worker, struct port *port, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t queue = queue_of(worker, port);

	pthread_mutex_lock(&port->tx_lock[queue]);
	n = rte_eth_tx_burst(port->id, queue, pkts, n);
	pthread_mutex_unlock(&port->tx_lock[queue]);
	return n;
}

static void
drop(struct worker *worker, const struct port *port, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_eth_link link;
	bool is_down = rte_eth_link_get_nowait(port->id, &link) == 0 &&
			link.link_status == RTE_ETH_LINK_DOWN;

	count_add(&worker->drops[is_down ? WORKER_DROP_LINK_DOWN : WORKER_DROP_TX_FULL], n);
	rte_pktmbuf_free_bulk(pkts, n);
}

/*
 * Send packets in order. A queue that is full is waited for, which the stages before us will feel;
 * but one that takes nothing for long, as without a link, must not hold up the other ports.
 */
static void
send_all(struct worker *worker, uint16_t index, struct rte_mbuf **pkts, uint16_t n)
{
	const unsigned int patience =
			worker->stuck[index] ? 0 : TX_PATIENCE_MS * 1000 / TX_RETRY_US;
	struct port *port = &worker->ports[index];
	unsigned int tries = 0;
	uint16_t sent = 0, k;

	while (sent < n) {
		k = send_some(worker, port, pkts + sent, n - sent);
		sent += k;
		if (k > 0) {
			tries = 0;
			worker->stuck[index] = false;
		} else if (tries++ >= patience) {
			drop(worker, port, pkts + sent, n - sent);
			worker->stuck[index] = true;
			break;
		} else {
			rte_delay_us_sleep(TX_RETRY_US);
		}
	}
	count_add(&worker->tx[index], sent);
	worker->unswept = true;
}

/* Have what was sent freed: drivers do that only when they need room; buffers would stay out. */
static void
sweep(struct worker *worker)
{
	struct port *port;
	uint16_t i, queue;

	for (i = 0; i < worker->nb_ports; i++) {
		port = &worker->ports[i];
		queue = queue_of(worker, port);
		pthread_mutex_lock(&port->tx_lock[queue]);
		/* not every driver can */
		(void)rte_eth_tx_done_cleanup(port->id, queue, 0);
		pthread_mutex_unlock(&port->tx_lock[queue]);
	}
	worker->unswept = false;
}

static void
process(struct worker *worker, struct rte_mbuf **pkts, unsigned int n)
{
	struct rte_mbuf *run[PORT_BURST];
	uint16_t peer, run_peer = 0;
	unsigned int i, len = 0;

	/* runs of packets that leave through the same port */
	for (i = 0; i < n; i++) {
		peer = worker->ports[port_index(pkts[i]->port)].peer;
		if (len > 0 && peer != run_peer) {
			send_all(worker, run_peer, run, len);
			len = 0;
		}
		swap_macs(pkts[i]);
		run_peer = peer;
		run[len++] = pkts[i];
	}
	if (len > 0)
		send_all(worker, run_peer, run, len);
}

void
worker_run(void *arg)
{
	struct worker *worker = arg;
	struct rte_mbuf *pkts[PORT_BURST];
	unsigned int n;

	while (!spsc_queue_ended(&worker->in)) {
		n = spsc_queue_take(&worker->in, pkts, PORT_BURST);
		if (n > 0) {
			process(worker, pkts, n);
		} else if (worker->unswept) {
			spsc_queue_wait_packets(&worker->in, SWEEP_MS);
			if (rte_ring_empty(worker->in.ring))
				sweep(worker);
		} else {
			spsc_queue_wait_packets(&worker->in, LANE_SLEEP_MS);
		}
	}
}
