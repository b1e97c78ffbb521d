/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_ethdev_filter.h"
#include "dualbuf_port.h"

/* ethdev changes its own copies only when the device has agreed. */
static int
filter_apply(struct rte_eth_dev *dev)
{
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
filter_set(struct rte_eth_dev *dev, bool *field, bool value)
{
	__atomic_store_n(field, value, __ATOMIC_RELAXED);
	return filter_apply(dev);
}

int
dualbuf_mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	__atomic_store_n(&dualbuf_port(dev)->filter.mac, dualbuf_filter_mac(mac), __ATOMIC_RELAXED);
	return filter_apply(dev);
}

/* Every frame that ethdev lets through fits: in one buffer, or in several. */
int
dualbuf_mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	__atomic_store_n(&dualbuf_port(dev)->filter.mtu, mtu, __ATOMIC_RELAXED);
	return filter_apply(dev);
}

int
dualbuf_promiscuous_enable(struct rte_eth_dev *dev)
{
	return filter_set(dev, &dualbuf_port(dev)->filter.promiscuous, true);
}

int
dualbuf_promiscuous_disable(struct rte_eth_dev *dev)
{
	return filter_set(dev, &dualbuf_port(dev)->filter.promiscuous, false);
}

int
dualbuf_allmulticast_enable(struct rte_eth_dev *dev)
{
	return filter_set(dev, &dualbuf_port(dev)->filter.all_multicast, true);
}

int
dualbuf_allmulticast_disable(struct rte_eth_dev *dev)
{
	return filter_set(dev, &dualbuf_port(dev)->filter.all_multicast, false);
}
