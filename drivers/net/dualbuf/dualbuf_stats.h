/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_STATS_H_
#define _DUALBUF_STATS_H_

/* What a port counts. Any thread, any process. */

#include <ethdev_driver.h>

#include "dualbuf_compat.h"
#include "dualbuf_counts.h"

/* The eth_dev_ops of basic statistics. queues: NULL when they are not asked for. */
int dualbuf_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats,
		struct eth_queue_stats *queues);
int dualbuf_stats_reset(struct rte_eth_dev *dev);

/*
 * What the queues of a number, below DUALBUF_MAX_QUEUES, have counted since the last reset: the one that
 * is there, if one is, and those that were there before it. Between dualbuf_queues_lock() and
 * dualbuf_queues_unlock().
 */
struct dualbuf_rx_counts dualbuf_stats_rxq(const struct rte_eth_dev *dev, uint16_t queue_id);
struct dualbuf_tx_counts dualbuf_stats_txq(const struct rte_eth_dev *dev, uint16_t queue_id);

/* What the device has counted by port since then. As above. */
struct dualbuf_port_stats dualbuf_stats_port(const struct rte_eth_dev *dev);

/* Keep what a queue has counted, which goes now. As above; in the primary process. */
void dualbuf_stats_keep_rxq(const struct rte_eth_dev *dev, uint16_t queue_id);
void dualbuf_stats_keep_txq(const struct rte_eth_dev *dev, uint16_t queue_id);

#endif /* _DUALBUF_STATS_H_ */
