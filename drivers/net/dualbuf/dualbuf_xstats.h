/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_XSTATS_H_
#define _DUALBUF_XSTATS_H_

/*
 * The eth_dev_ops of extended statistics: the same rows for every device, those of the port first, then
 * those of its receive queues, then of its transmit queues. What ethdev adds by itself (packets, bytes and
 * receive errors of queues) is not among them. Any thread, any process.
 */

#include <ethdev_driver.h>

int dualbuf_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n);
int dualbuf_xstats_get_names(
		struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n);
int dualbuf_xstats_get_by_id(
		struct rte_eth_dev *dev, const uint64_t *ids, uint64_t *values, unsigned int n);
int dualbuf_xstats_get_names_by_id(struct rte_eth_dev *dev, const uint64_t *ids,
		struct rte_eth_xstat_name *names, unsigned int n);

#endif /* _DUALBUF_XSTATS_H_ */
