/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_INTR_H_
#define _VNIC_INTR_H_

/* Receive interrupts of a virtual NIC. */

#include "vnic.h"

/*
 * Make what rte_eth_dev_rx_intr_ctl_q() needs, an eventfd for each receive queue, if receive
 * interrupts are configured; undo what an earlier configuration had made. 0 or a negative errno.
 */
int vnic_intr_configure(struct rte_eth_dev *dev);
void vnic_intr_release(struct rte_eth_dev *dev);

int vnic_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int vnic_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);

/* The model has written packets to a queue: interrupt, now or as soon as moderation lets it. */
void vnic_intr_raise(struct vnic_intr *intr);

/*
 * Send the interrupts that moderation held back, if it is time. Returns the time until the next
 * one, in ns; UINT64_MAX when none is due.
 */
uint64_t vnic_intr_fire_due(struct vnic_intr *intr);

#endif /* _VNIC_INTR_H_ */
