/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <net/if.h>
#include <unistd.h>

#include "vnic_ifaces.h"
#include "wire_ifreq.h"

static bool
end_is_live(const struct wire_end *end)
{
	return end->kind == WIRE_END_IFACE || end->kind == WIRE_END_IFACE_IN;
}

/* Call visit for the name of each; as long as it returns true. fd: a socket to ask by. */
static bool
for_each_iface(const struct vnic_args *args, int fd,
		bool (*visit)(int fd, const char *name, void *arg), void *arg)
{
	bool goes_on = true;
	uint16_t i;

	for (i = 0; i < args->nb_rx && goes_on; i++)
		if (end_is_live(&args->rx[i]))
			goes_on = visit(fd, args->rx[i].name, arg);
	for (i = 0; i < args->nb_tx && goes_on; i++)
		if (end_is_live(&args->tx[i]))
			goes_on = visit(fd, args->tx[i].name, arg);
	return goes_on;
}

static bool
is_none(int fd __rte_unused, const char *name __rte_unused, void *arg __rte_unused)
{
	return false;
}

bool
vnic_has_iface(const struct vnic_args *args)
{
	return !for_each_iface(args, -1, is_none, NULL);
}

static bool
has_carrier(int fd, const char *name, void *arg __rte_unused)
{
	unsigned int flags;

	return wire_ifreq_flags(fd, name, &flags) == 0 && (flags & IFF_RUNNING) != 0;
}

bool
vnic_has_carrier(const struct vnic_args *args)
{
	int fd = wire_ifreq_socket();
	bool carrier;

	if (fd < 0)
		return false;
	carrier = for_each_iface(args, fd, has_carrier, NULL);
	close(fd);
	return carrier;
}

static bool
take_slowest(int fd, const char *name, void *arg)
{
	struct wire_ifreq_link found;
	struct rte_eth_link *link = arg;

	if (wire_ifreq_link(fd, name, &found) != 0 || found.speed >= link->link_speed)
		return true;
	link->link_speed = found.speed;
	link->link_duplex = found.half_duplex ? RTE_ETH_LINK_HALF_DUPLEX : RTE_ETH_LINK_FULL_DUPLEX;
	link->link_autoneg = found.autoneg ? RTE_ETH_LINK_AUTONEG : RTE_ETH_LINK_FIXED;
	return true;
}

void
vnic_iface_link(const struct vnic_args *args, struct rte_eth_link *link)
{
	int fd;

	if (!vnic_has_iface(args))
		return;
	link->link_speed = RTE_ETH_SPEED_NUM_UNKNOWN;
	link->link_duplex = RTE_ETH_LINK_FULL_DUPLEX;
	fd = wire_ifreq_socket();
	if (fd < 0)
		return;
	for_each_iface(args, fd, take_slowest, link);
	close(fd);
}
