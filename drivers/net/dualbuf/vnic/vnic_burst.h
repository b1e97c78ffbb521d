/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_BURST_H_
#define _VNIC_BURST_H_

#include <ethdev_driver.h>

/* The burst functions of a virtual NIC: the driver's, with the model stepped around them. */

/* Which ones depends on the port's ends, and on who steps the model. */
eth_rx_burst_t vnic_rx_burst_of(const struct rte_eth_dev *dev);

eth_tx_burst_t vnic_tx_burst_of(const struct rte_eth_dev *dev);

/* Those of a secondary process, at any time. */
uint16_t vnic_secondary_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t vnic_secondary_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

#endif /* _VNIC_BURST_H_ */
