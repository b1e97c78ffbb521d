/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_ethdev_filter.h"
#include "dualbuf_lengths.h"
#include "dualbuf_logs.h"
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

static int
mac_store(struct rte_eth_dev *dev, uint32_t index, uint64_t mac)
{
	__atomic_store_n(&dualbuf_port(dev)->filter.macs[index], mac, __ATOMIC_RELAXED);
	return filter_apply(dev);
}

int
dualbuf_mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	return mac_store(dev, 0, dualbuf_filter_mac(mac));
}

int
dualbuf_mac_addr_add(struct rte_eth_dev *dev, struct rte_ether_addr *mac, uint32_t index,
		uint32_t pool __rte_unused)
{
	return mac_store(dev, index, dualbuf_filter_mac(mac));
}

void
dualbuf_mac_addr_remove(struct rte_eth_dev *dev, uint32_t index)
{
	mac_store(dev, index, 0);
}

static bool
list_has(const struct rte_ether_addr *list, uint32_t nb, uint64_t group)
{
	uint32_t i;

	for (i = 0; i < nb; i++)
		if (dualbuf_filter_mac(&list[i]) == group)
			return true;
	return false;
}

/* Take out what is not in the list any more, and look at no more entries than is needed. */
static void
groups_remove(struct dualbuf_filter *filter, const struct rte_ether_addr *list, uint32_t nb)
{
	uint32_t i, used = 0;

	for (i = 0; i < filter->nb_groups; i++) {
		if (list_has(list, nb, filter->groups[i]))
			used = i + 1;
		else
			__atomic_store_n(&filter->groups[i], 0, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&filter->nb_groups, used, __ATOMIC_RELAXED);
}

/* There is room: the list has no more addresses than the table. */
static void
group_add(struct dualbuf_filter *filter, uint64_t group)
{
	uint32_t i;

	for (i = 0; filter->groups[i] != 0; i++)
		;
	__atomic_store_n(&filter->groups[i], group, __ATOMIC_RELAXED);
	if (i >= filter->nb_groups)
		__atomic_store_n(&filter->nb_groups, i + 1, __ATOMIC_RELAXED);
}

static int
check_groups(const struct rte_eth_dev *dev, const struct rte_ether_addr *list, uint32_t nb)
{
	uint32_t i;

	if (nb > DUALBUF_MAX_GROUPS) {
		DUALBUF_LOG(ERR,
				"port %u: %u multicast addresses are too many; at most %u are allowed",
				dev->data->port_id, nb, DUALBUF_MAX_GROUPS);
		return -ENOSPC;
	}
	for (i = 0; i < nb; i++) {
		if (rte_is_multicast_ether_addr(&list[i]))
			continue;
		DUALBUF_LOG(ERR,
				"port %u: " RTE_ETHER_ADDR_PRT_FMT " is no multicast address; only "
				"such are allowed in the list of them",
				dev->data->port_id, RTE_ETHER_ADDR_BYTES(&list[i]));
		return -EINVAL;
	}
	return 0;
}

int
dualbuf_set_mc_addr_list(struct rte_eth_dev *dev, struct rte_ether_addr *list, uint32_t nb)
{
	struct dualbuf_filter *filter = &dualbuf_port(dev)->filter;
	int ret = check_groups(dev, list, nb);
	uint64_t group;
	uint32_t i;

	if (ret != 0)
		return ret;
	groups_remove(filter, list, nb);
	for (i = 0; i < nb; i++) {
		group = dualbuf_filter_mac(&list[i]);
		if (!dualbuf_filter_has_group(filter, group))
			group_add(filter, group);
	}
	return filter_apply(dev);
}

int
dualbuf_vlan_filter_set(struct rte_eth_dev *dev, uint16_t vlan, int on)
{
	uint64_t *word = &dualbuf_port(dev)->filter.vlans[vlan / 64];
	uint64_t bit = RTE_BIT64(vlan % 64);

	__atomic_store_n(word, on ? *word | bit : *word & ~bit, __ATOMIC_RELAXED);
	return filter_apply(dev);
}

/* Whether packets take several buffers is settled when a port starts. */
int
dualbuf_mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	if (dev->data->dev_started && !dev->data->scattered_rx &&
			dualbuf_lengths_need_scatter(dev, mtu)) {
		DUALBUF_LOG(ERR,
				"port %u: with an MTU of %u frames do not fit one buffer, and the port "
				"was started for such as do; RTE_ETH_RX_OFFLOAD_SCATTER, a larger data "
				"room or a stopped port is required",
				dev->data->port_id, mtu);
		return -EINVAL;
	}
	if (dualbuf_device(dev)->mtu != NULL) {
		int ret = dualbuf_device(dev)->mtu(dev, mtu);

		if (ret != 0)
			return ret;
	}
	__atomic_store_n(&dualbuf_port(dev)->filter.mtu, mtu, __ATOMIC_RELAXED);
	if (dev->data->dev_started)
		dualbuf_lengths_apply(dev);
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
