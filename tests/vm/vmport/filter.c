/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* What a port lets pass, and what it does to that. */

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "commands.h"

int
do_mac(const struct words *words)
{
	struct rte_ether_addr mac;
	int ret;

	if (words->nb < 3 || rte_ether_unformat_addr(words->word[2], &mac) != 0)
		return say_error("no address");
	ret = rte_eth_dev_default_mac_addr_set(argument(words, 1), &mac);
	return ret != 0 ? say_failed("mac", ret) : say_ok(" ");
}

int
do_promisc(const struct words *words)
{
	uint16_t port = argument(words, 1);
	int ret = argument(words, 2) ? rte_eth_promiscuous_enable(port) :
				       rte_eth_promiscuous_disable(port);

	return ret != 0 ? say_failed("promisc", ret) : say_ok(" ");
}

/* One of the VLAN offloads, with the others as they are. */
static int
switch_vlan_offload(uint16_t port, int offload, bool on)
{
	int now = rte_eth_dev_get_vlan_offload(port);

	return now < 0 ? now :
			 rte_eth_dev_set_vlan_offload(port, on ? now | offload : now & ~offload);
}

int
do_strip(const struct words *words)
{
	int ret = switch_vlan_offload(
			argument(words, 1), RTE_ETH_VLAN_STRIP_OFFLOAD, argument(words, 2) != 0);

	return ret != 0 ? say_failed("strip", ret) : say_ok(" ");
}

int
do_allmulti(const struct words *words)
{
	uint16_t port = argument(words, 1);
	int ret = argument(words, 2) ? rte_eth_allmulticast_enable(port) :
				       rte_eth_allmulticast_disable(port);

	return ret != 0 ? say_failed("allmulti", ret) : say_ok(" ");
}

int
do_vlans(const struct words *words)
{
	int ret = switch_vlan_offload(
			argument(words, 1), RTE_ETH_VLAN_FILTER_OFFLOAD, argument(words, 2) != 0);

	return ret != 0 ? say_failed("vlans", ret) : say_ok(" ");
}

int
do_vlan(const struct words *words)
{
	int ret = rte_eth_dev_vlan_filter(
			argument(words, 1), argument(words, 2), argument(words, 3) != 0);

	return ret != 0 ? say_failed("vlan", ret) : say_ok(" ");
}

int
do_address(const struct words *words)
{
	struct rte_ether_addr mac;
	int ret;

	if (words->nb < 4 || rte_ether_unformat_addr(words->word[3], &mac) != 0)
		return say_error("no address");
	if (strcmp(words->word[2], "add") == 0)
		ret = rte_eth_dev_mac_addr_add(argument(words, 1), &mac, 0);
	else
		ret = rte_eth_dev_mac_addr_remove(argument(words, 1), &mac);
	return ret != 0 ? say_failed("address", ret) : say_ok(" ");
}

int
do_groups(const struct words *words)
{
	struct rte_ether_addr list[MAX_WORDS];
	unsigned int i;
	int ret;

	for (i = 2; i < words->nb; i++)
		if (rte_ether_unformat_addr(words->word[i], &list[i - 2]) != 0)
			return say_error("no address");
	ret = rte_eth_dev_set_mc_addr_list(argument(words, 1), list, words->nb - 2);
	return ret != 0 ? say_failed("groups", ret) : say_ok(" ");
}

int
do_mtu(const struct words *words)
{
	int ret = rte_eth_dev_set_mtu(argument(words, 1), argument(words, 2));

	return ret != 0 ? say_failed("mtu", ret) : say_ok(" ");
}
