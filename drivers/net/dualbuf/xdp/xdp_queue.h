/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_QUEUE_H_
#define _XDP_QUEUE_H_

/* Queues of an interface by AF_XDP: the device's operations on them, as dualbuf_device.h has them. */

#include "dualbuf_counts.h"
#include "xdp.h"

int xdp_rx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int xdp_tx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_txq *txq);
void xdp_rx_queue_detach(struct dualbuf_rxq *rxq);
void xdp_tx_queue_detach(struct dualbuf_txq *txq);

/*
 * A receive queue is a socket, which the transmit queue of its number sends by: that one runs only while the
 * receive queue does.
 */
int xdp_rx_queue_start(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int xdp_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq);
int xdp_rx_queue_check_stop(const struct rte_eth_dev *dev, const struct dualbuf_rxq *rxq);
void xdp_rx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
void xdp_tx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_txq *txq);

void xdp_rx_losses(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses);
void xdp_tx_losses(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses);

#endif /* _XDP_QUEUE_H_ */
