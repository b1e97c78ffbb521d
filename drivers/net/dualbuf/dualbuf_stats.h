/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_STATS_H_
#define _DUALBUF_STATS_H_

/* The eth_dev_ops of statistics. Any thread, any process. */

#include <ethdev_driver.h>

#include "dualbuf_compat.h"

/* queues: NULL when they are not asked for. */
int dualbuf_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats,
		struct eth_queue_stats *queues);
int dualbuf_stats_reset(struct rte_eth_dev *dev);
int dualbuf_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n);
int dualbuf_xstats_get_names(
		struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n);

#endif /* _DUALBUF_STATS_H_ */
