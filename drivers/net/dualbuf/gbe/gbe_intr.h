/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_INTR_H_
#define _GBE_INTR_H_

#include "gbe.h"

/*
 * Has the controller the kind of interrupts that EAL chose? Unless it is told to take another, EAL chooses MSI-X
 * where the kernel can signal it, and never mind whether there is a vector.
 */
bool gbe_intr_is_possible(const struct gbe_family *family, enum rte_intr_handle_type type);

/*
 * Set up the interrupts that the port's configuration asks for, on a device that has been started;
 * and end all of them. 0 or a negative errno, with a line in the log.
 */
int gbe_intr_start(struct rte_eth_dev *dev, struct gbe_hw *hw, uint32_t intr_us);
void gbe_intr_stop(struct rte_eth_dev *dev, struct gbe_hw *hw);

/* Have the link looked at as its interrupt would, where that is wanted. */
void gbe_intr_ask_link(const struct rte_eth_dev *dev, const struct gbe_hw *hw);

int gbe_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int gbe_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);

#endif /* _GBE_INTR_H_ */
