/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ETHDEV_FILTER_H_
#define _DUALBUF_ETHDEV_FILTER_H_

/* The eth_dev_ops that change which frames a port lets pass. Control path; 0 or a negative errno. */

#include <stdint.h>

struct rte_eth_dev;
struct rte_ether_addr;

int dualbuf_mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac);
int dualbuf_mac_addr_add(
		struct rte_eth_dev *dev, struct rte_ether_addr *mac, uint32_t index, uint32_t pool);
void dualbuf_mac_addr_remove(struct rte_eth_dev *dev, uint32_t index);
int dualbuf_set_mc_addr_list(struct rte_eth_dev *dev, struct rte_ether_addr *list, uint32_t nb);
int dualbuf_vlan_filter_set(struct rte_eth_dev *dev, uint16_t vlan, int on);
int dualbuf_mtu_set(struct rte_eth_dev *dev, uint16_t mtu);
int dualbuf_promiscuous_enable(struct rte_eth_dev *dev);
int dualbuf_promiscuous_disable(struct rte_eth_dev *dev);
int dualbuf_allmulticast_enable(struct rte_eth_dev *dev);
int dualbuf_allmulticast_disable(struct rte_eth_dev *dev);

#endif /* _DUALBUF_ETHDEV_FILTER_H_ */
