/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ETHDEV_H_
#define _DUALBUF_ETHDEV_H_

#include <ethdev_driver.h>

#include "dualbuf_args.h"
#include "dualbuf_device.h"
#include "dualbuf_rxq.h"
#include "dualbuf_txq.h"

/* The default and the largest burst that rings of the default length are made for. */
#define DUALBUF_DEFAULT_DESC 512
#define DUALBUF_DEFAULT_BURST 32

/* The most queues of a direction that a device has. */
#define DUALBUF_MAX_QUEUES 16

/* The private data of a port, in memory that secondary processes share. */
struct dualbuf_port {
	void *device_port; /* the device's own data */
	struct dualbuf_args args;

	/* What the device lets pass; ethdev updates its own copies only after the device agreed. */
	struct rte_ether_addr mac;
	bool promiscuous;
	bool all_multicast;
	uint16_t mtu;

	uint64_t loan_flag; /* mbuf flag of a loan, with deferred copies */
	/* The headers that the device looks for, as configured; RTE_ETH_RSS_*; any thread may ask */
	uint64_t rss_types;

	/*
	 * What others may ask for while queues are set up and released, and the port started and stopped:
	 * under the lock. ethdev's own pointers are for the data and control paths.
	 */
	rte_spinlock_t queues_lock;
	bool scattered;
	struct dualbuf_rxq *rxqs[DUALBUF_MAX_QUEUES];
	struct dualbuf_txq *txqs[DUALBUF_MAX_QUEUES];
	struct dualbuf_port_stats reset; /* what was counted by port at the last reset */
};

static inline struct dualbuf_port *
dualbuf_port(const struct rte_eth_dev *dev)
{
	return dev->data->dev_private;
}

/* The device behind a port. Kept per process, which may have loaded the driver elsewhere. */
static inline const struct dualbuf_device *
dualbuf_device(const struct rte_eth_dev *dev)
{
	return dev->process_private;
}

/* dualbuf_ethdev.c */

/* Make an allocated ethdev a port over a device: operations, MAC address, defaults. */
int dualbuf_port_init(struct rte_eth_dev *dev, const struct dualbuf_device *device,
		void *device_port, const struct dualbuf_args *args,
		const struct rte_ether_addr *mac);

/* Make a port of the primary process visible here: to read, and to free its packets. */
void dualbuf_port_attach(struct rte_eth_dev *dev, const struct dualbuf_device *device);

/*
 * Hold a port's queues: none is released, or brought to the beginning of its ring, before
 * dualbuf_queues_unlock(). Any thread of any process, for microseconds; never on the way of a packet.
 */
void dualbuf_queues_lock(struct dualbuf_port *port);
void dualbuf_queues_unlock(struct dualbuf_port *port);

/* Is this a port of this driver, in this process? */
bool dualbuf_is_port(const struct rte_eth_dev *dev);

/* The dev_close of every port, for the removal of a device; stops the port if need be. */
int dualbuf_dev_close(struct rte_eth_dev *dev);

/* dualbuf_stats.c */
int dualbuf_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats);
int dualbuf_stats_reset(struct rte_eth_dev *dev);
int dualbuf_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n);
int dualbuf_xstats_get_names(
		struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n);

#endif /* _DUALBUF_ETHDEV_H_ */
