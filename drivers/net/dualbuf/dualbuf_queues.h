/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_QUEUES_H_
#define _DUALBUF_QUEUES_H_

/* The queues of a port: set-up, release, and what is asked of them. Control path. */

#include <ethdev_driver.h>

/* The eth_dev_ops of single queues. */
int dualbuf_rx_queue_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, const struct rte_eth_rxconf *eth_conf,
		struct rte_mempool *mp);
int dualbuf_tx_queue_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, const struct rte_eth_txconf *eth_conf);
void dualbuf_rx_queue_release(struct rte_eth_dev *dev, uint16_t queue_id);
void dualbuf_tx_queue_release(struct rte_eth_dev *dev, uint16_t queue_id);
void dualbuf_rxq_info_get(
		struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_rxq_info *info);
void dualbuf_txq_info_get(
		struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_txq_info *info);

/* Offloads of queues that change while they receive. */
int dualbuf_vlan_offload_set(struct rte_eth_dev *dev, int mask);

#endif /* _DUALBUF_QUEUES_H_ */
