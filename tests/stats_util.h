/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _STATS_UTIL_H_
#define _STATS_UTIL_H_

/* A port with several queues that is nothing but its counters, over devices made for a test. */

#include <string.h>

#include "compat_util.h"
#include "cmocka_util.h"
#include "dualbuf_port.h"
#include "dualbuf_stats.h"

#define NB_QUEUES 2

static struct dualbuf_port_stats counted; /* by the device that counts by port */

static void
port_stats(const struct rte_eth_dev *dev __rte_unused, struct dualbuf_port_stats *stats)
{
	*stats = counted;
}

/* Missed are 10 packets of queue 0 and 11 of queue 1, too long 20 and 21. */
static void
lost_by_queue(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses)
{
	*losses = (struct dualbuf_rx_losses){
		.no_descriptor = 5,
		.kernel = 3 + rxq->queue_id,
		.at_stop = 2,
		.oversize = 20 + rxq->queue_id,
		.foreign = 30,
	};
}

static void
unsent_by_queue(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses)
{
	*losses = (struct dualbuf_tx_losses){
		.packets = 3 + txq->queue_id, .bytes = 300, .over_mtu = 2
	};
}

/* In a process that does not know of what another one knows. */
static void
none_lost(const struct dualbuf_rxq *rxq __rte_unused, struct dualbuf_rx_losses *losses)
{
	*losses = (struct dualbuf_rx_losses){ 0 };
}

static void
none_unsent(const struct dualbuf_txq *txq __rte_unused, struct dualbuf_tx_losses *losses)
{
	*losses = (struct dualbuf_tx_losses){ 0 };
}

static const struct dualbuf_device by_port = { .port_stats = port_stats };
static const struct dualbuf_device by_queue = {
	.rx_losses = lost_by_queue,
	.tx_losses = unsent_by_queue,
};
static const struct dualbuf_device unknowing = {
	.rx_losses = none_lost,
	.tx_losses = none_unsent,
};

static struct dualbuf_pool pool;
static struct dualbuf_ring ring;
static struct dualbuf_rxq rxqs[NB_QUEUES];
static struct dualbuf_txq txqs[NB_QUEUES];
static struct dualbuf_port port;
static struct rte_eth_dev_data data;
static struct rte_eth_dev dev;

static inline void
make_port(const struct dualbuf_device *device)
{
	uint16_t i;

	memset(&port, 0, sizeof(port));
	memset(&counted, 0, sizeof(counted));
	data = (struct rte_eth_dev_data){
		.dev_private = &port,
		.nb_rx_queues = NB_QUEUES,
		.nb_tx_queues = NB_QUEUES,
	};
	dev = (struct rte_eth_dev){
		.data = &data,
		.process_private = (void *)(uintptr_t)device,
	};
	for (i = 0; i < NB_QUEUES; i++) {
		rxqs[i] = (struct dualbuf_rxq){
			.queue_id = i,
			.ring = &ring,
			.pool = &pool,
			.stats = { .packets = 1000, .bytes = 64000, .errors = 1 },
		};
		txqs[i] = (struct dualbuf_txq){
			.queue_id = i,
			.stats = { .packets = 500, .bytes = 32000 },
		};
		port.rxqs[i] = &rxqs[i];
		port.txqs[i] = &txqs[i];
	}
}

#endif /* _STATS_UTIL_H_ */
