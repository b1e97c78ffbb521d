/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ETHDEV_RSS_H_
#define _DUALBUF_ETHDEV_RSS_H_

/*
 * ethdev operations on receive-side scaling, at any time after the port was configured. Each changes the
 * port's state and lets the device apply it. 0 or a negative errno, with a line in the log where the
 * driver refuses.
 */

#include <ethdev_driver.h>

int dualbuf_rss_hash_update(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf);
int dualbuf_rss_hash_conf_get(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf);

/* -ENOTSUP for a port whose queues have sources of their own: its table would choose nothing. */
int dualbuf_reta_update(
		struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *groups, uint16_t size);
int dualbuf_reta_query(
		struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *groups, uint16_t size);

#endif /* _DUALBUF_ETHDEV_RSS_H_ */
