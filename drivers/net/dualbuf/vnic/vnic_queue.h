/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_QUEUE_H_
#define _VNIC_QUEUE_H_

/* A virtual NIC's side of a queue, as struct dualbuf_device asks for it. */

#include "vnic.h"

int vnic_rx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int vnic_tx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_txq *txq);
void vnic_rx_queue_detach(struct dualbuf_rxq *rxq);
void vnic_tx_queue_detach(struct dualbuf_txq *txq);

int vnic_rx_queue_start(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int vnic_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq);
void vnic_rx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
void vnic_tx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_txq *txq);

/* Find packet types of these layers in what comes to any queue from now on. */
int vnic_rx_ptypes(struct rte_eth_dev *dev, uint32_t layers);

#endif /* _VNIC_QUEUE_H_ */
