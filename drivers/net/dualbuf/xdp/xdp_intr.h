/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_INTR_H_
#define _XDP_INTR_H_

/*
 * Receive interrupts: what the application waits for is an epoll instance of each queue, with the queue's
 * socket in it while the interrupt is enabled. Operations as dualbuf_device.h has them.
 */

#include "xdp.h"

/* Make them if the port's configuration asks for them; those of an earlier one are gone. 0 or a negative errno. */
int xdp_intr_configure(struct rte_eth_dev *dev);
void xdp_intr_release(struct rte_eth_dev *dev);

/* A queue's socket is open; or is about to be closed. */
void xdp_intr_watch(const struct rte_eth_dev *dev, uint16_t queue_id);
void xdp_intr_unwatch(const struct rte_eth_dev *dev, uint16_t queue_id);

int xdp_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int xdp_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);

#endif /* _XDP_INTR_H_ */
