/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_PORT_H_
#define _DUALBUF_PORT_H_

/* A port: the data that all devices have alike, and who may look at its queues while they change. */

#include <ethdev_driver.h>
#include <rte_spinlock.h>

#include "dualbuf_args.h"
#include "dualbuf_counts.h"
#include "dualbuf_device.h"
#include "dualbuf_filter.h"
#include "dualbuf_rss.h"

/* The default and the largest burst that rings of the default length are made for. */
#define DUALBUF_DEFAULT_DESC 512
#define DUALBUF_DEFAULT_BURST 32

/* The most queues of a direction that a device has. */
#define DUALBUF_MAX_QUEUES 16

/* The private data of a port, in memory that secondary processes share. */
struct dualbuf_port {
	void *device_port; /* the device's own data */
	enum dualbuf_device_id device_id;
	struct dualbuf_args args;
	struct dualbuf_filter filter;
	struct dualbuf_rss rss;
	uint64_t rx_offloads; /* RTE_ETH_RX_OFFLOAD_*, as they are now; any thread may read */
	bool ptypes_chosen; /* an application has said which packet types it wants */
	uint64_t loan_flag; /* mbuf flag of a loan, with deferred copies */

	/*
	 * Fields that others may ask for while queues are set up and released and the port starts and stops:
	 * under the lock. ethdev's own pointers are for the data and control paths.
	 */
	rte_spinlock_t queues_lock;
	struct dualbuf_rxq *rxqs[DUALBUF_MAX_QUEUES];
	struct dualbuf_txq *txqs[DUALBUF_MAX_QUEUES];

	/* What queues counted that were there before; what had been counted at the last reset */
	struct dualbuf_rx_counts rx_past[DUALBUF_MAX_QUEUES], rx_reset[DUALBUF_MAX_QUEUES];
	struct dualbuf_tx_counts tx_past[DUALBUF_MAX_QUEUES], tx_reset[DUALBUF_MAX_QUEUES];
	struct dualbuf_port_stats reset;

	uint16_t told_link; /* status of the link in the last event, or at the start */
};

static inline struct dualbuf_port *
dualbuf_port(const struct rte_eth_dev *dev)
{
	return dev->data->dev_private;
}

/*
 * Does a queue of the port run? For other processes, which may come at any time. NULL: it is not set up.
 */
static inline bool
dualbuf_rxq_runs(const struct dualbuf_rxq *rxq)
{
	return rxq != NULL &&
			__atomic_load_n(&rte_eth_devices[rxq->port_id]
							 .data->rx_queue_state[rxq->queue_id],
					__ATOMIC_ACQUIRE) == RTE_ETH_QUEUE_STATE_STARTED;
}

static inline bool
dualbuf_txq_runs(const struct dualbuf_txq *txq)
{
	return txq != NULL &&
			__atomic_load_n(&rte_eth_devices[txq->port_id]
							 .data->tx_queue_state[txq->queue_id],
					__ATOMIC_ACQUIRE) == RTE_ETH_QUEUE_STATE_STARTED;
}

/* The device behind a port. Kept per process, which may have loaded the driver elsewhere. */
static inline const struct dualbuf_device *
dualbuf_device(const struct rte_eth_dev *dev)
{
	return dev->process_private;
}

/* The receive offloads that are to be in force from now on, RTE_ETH_RX_OFFLOAD_*. Control path. */
void dualbuf_set_rx_offloads(struct dualbuf_port *port, uint64_t offloads);

/*
 * Hold a port's queues: none is released, or brought to the beginning of its ring, before
 * dualbuf_queues_unlock(). Any thread of any process, for microseconds; never on the way of a packet.
 */
void dualbuf_queues_lock(struct dualbuf_port *port);
void dualbuf_queues_unlock(struct dualbuf_port *port);

#endif /* _DUALBUF_PORT_H_ */
