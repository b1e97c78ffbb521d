/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <rte_string_fns.h>

#include "dualbuf_logs.h"
#include "wire_ifreq.h"
#include "xdp_iface.h"

static int
iface_failed(const char *name, const char *what, int error)
{
	DUALBUF_LOG(ERR, "interface %s: %s: %s%s", name, what, strerror(-error),
			error == -EPERM ? "; needs CAP_NET_ADMIN and CAP_NET_RAW" : "");
	return error;
}

/* It is bound to nothing: no packet comes by it. */
static int
iface_socket(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	return fd < 0 ? iface_failed(name, "no packet socket", -errno) : fd;
}

int
xdp_iface_look(struct xdp_iface *iface)
{
	struct sockaddr address;
	int ret = wire_ifreq_index(iface->fd, iface->name, &iface->index);

	if (ret == 0)
		ret = wire_ifreq_address(iface->fd, iface->name, &address);
	if (ret == 0)
		ret = wire_ifreq_queues(iface->fd, iface->name, &iface->nb_queues);
	if (ret != 0)
		return iface_failed(iface->name, "cannot be used", ret);
	if (address.sa_family == ARPHRD_ETHER)
		return 0;
	DUALBUF_LOG(ERR, "interface %s: has link type %u; Ethernet (%d) is required", iface->name,
			address.sa_family, ARPHRD_ETHER);
	return -EINVAL;
}

int
xdp_iface_open(struct xdp_iface *iface, const char *name)
{
	int ret;

	if (rte_strscpy(iface->name, name, sizeof(iface->name)) < 0) {
		DUALBUF_LOG(ERR, "interface %s: no such interface", name);
		return -ENODEV;
	}
	iface->fd = wire_ifreq_socket();
	if (iface->fd < 0)
		return iface_failed(name, "no socket", iface->fd);
	iface->wishes = iface_socket(name);
	ret = iface->wishes < 0 ? iface->wishes : xdp_iface_look(iface);
	if (ret == 0)
		return 0;
	close(iface->fd);
	if (iface->wishes >= 0)
		close(iface->wishes);
	return ret;
}

int
xdp_iface_mac(const struct xdp_iface *iface, struct rte_ether_addr *mac)
{
	struct sockaddr address;
	int ret = wire_ifreq_address(iface->fd, iface->name, &address);

	if (ret != 0)
		return iface_failed(iface->name, "no MAC address", ret);
	memcpy(mac, address.sa_data, sizeof(*mac));
	return 0;
}

static void
link_take_speed(const struct wire_ifreq_link *found, struct rte_eth_link *link)
{
	link->link_speed = found->speed;
	link->link_duplex =
			found->half_duplex ? RTE_ETH_LINK_HALF_DUPLEX : RTE_ETH_LINK_FULL_DUPLEX;
	link->link_autoneg = found->autoneg ? RTE_ETH_LINK_AUTONEG : RTE_ETH_LINK_FIXED;
}

void
xdp_iface_link(const struct xdp_iface *iface, struct rte_eth_link *link)
{
	struct wire_ifreq_link found;
	unsigned int flags;

	*link = (struct rte_eth_link){
		.link_speed = RTE_ETH_SPEED_NUM_UNKNOWN,
		.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
	};
	if (wire_ifreq_flags(iface->fd, iface->name, &flags) == 0 && (flags & IFF_RUNNING))
		link->link_status = RTE_ETH_LINK_UP;
	if (wire_ifreq_link(iface->fd, iface->name, &found) == 0)
		link_take_speed(&found, link);
}

int
xdp_iface_mtu(const struct xdp_iface *iface, uint16_t *mtu)
{
	uint32_t found;
	int ret = wire_ifreq_mtu(iface->fd, iface->name, &found);

	if (ret == 0)
		*mtu = RTE_MIN(found, (uint32_t)UINT16_MAX);
	return ret;
}

int
xdp_iface_set_mtu(const struct xdp_iface *iface, uint16_t mtu)
{
	uint16_t now;
	int ret;

	if (xdp_iface_mtu(iface, &now) == 0 && now == mtu)
		return 0;
	ret = wire_ifreq_set_mtu(iface->fd, iface->name, mtu);
	return ret == 0 ? 0 : iface_failed(iface->name, "does not take that MTU", ret);
}

static int
iface_write_mac(const struct xdp_iface *iface, uint64_t wanted)
{
	const struct rte_ether_addr mac = dualbuf_filter_addr(wanted);
	int ret = wire_ifreq_set_mac(iface->fd, iface->name, mac.addr_bytes);

	return ret == 0 ? 0 : iface_failed(iface->name, "does not take another MAC address", ret);
}

/* An address that it was not given from here is its own. */
static int
iface_set_mac(struct xdp_iface *iface, uint64_t wanted)
{
	struct rte_ether_addr mac;
	uint64_t now;
	int ret = xdp_iface_mac(iface, &mac);

	if (ret != 0)
		return ret;
	now = dualbuf_filter_mac(&mac);
	if (now == wanted)
		return 0;
	if (now != iface->given_mac)
		iface->own_mac = now;
	iface->given_mac = wanted;
	return iface_write_mac(iface, wanted);
}

void
xdp_iface_close(struct xdp_iface *iface)
{
	struct sockaddr address;

	if (iface->given_mac != 0 && wire_ifreq_address(iface->fd, iface->name, &address) == 0 &&
			dualbuf_filter_mac((const struct rte_ether_addr *)address.sa_data) ==
					iface->given_mac)
		iface_write_mac(iface, iface->own_mac);
	close(iface->wishes);
	close(iface->fd);
}

/* A wish that the kernel grants as long as the socket is open. mac: 0 for one that is about none. */
static int
iface_join(const struct xdp_iface *iface, int fd, uint16_t type, uint64_t mac)
{
	const struct rte_ether_addr addr = dualbuf_filter_addr(mac);
	struct packet_mreq wish = {
		.mr_ifindex = iface->index,
		.mr_type = type,
		.mr_alen = mac == 0 ? 0 : ETH_ALEN,
	};

	memcpy(wish.mr_address, &addr, ETH_ALEN);
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &wish, sizeof(wish)) == 0)
		return 0;
	return iface_failed(iface->name, "cannot be told what to receive", -errno);
}

static int
iface_join_all(const struct xdp_iface *iface, int fd, const struct dualbuf_filter *filter)
{
	int ret = 0;
	uint32_t i;

	if (filter->promiscuous)
		ret = iface_join(iface, fd, PACKET_MR_PROMISC, 0);
	if (ret == 0 && filter->all_multicast)
		ret = iface_join(iface, fd, PACKET_MR_ALLMULTI, 0);
	for (i = 1; i < DUALBUF_MAX_MACS && ret == 0; i++)
		if (filter->macs[i] != 0)
			ret = iface_join(iface, fd, PACKET_MR_UNICAST, filter->macs[i]);
	for (i = 0; i < filter->nb_groups && ret == 0; i++)
		if (filter->groups[i] != 0)
			ret = iface_join(iface, fd, PACKET_MR_MULTICAST, filter->groups[i]);
	return ret;
}

/* The new socket has its wishes before the old one is closed: what stays allowed comes meanwhile. */
int
xdp_iface_set_filter(struct xdp_iface *iface, const struct dualbuf_filter *filter)
{
	int fd, ret = iface_set_mac(iface, filter->macs[0]);

	if (ret != 0)
		return ret;
	fd = iface_socket(iface->name);
	if (fd < 0)
		return fd;
	ret = iface_join_all(iface, fd, filter);
	if (ret != 0) {
		close(fd);
		return ret;
	}
	close(iface->wishes);
	iface->wishes = fd;
	return 0;
}
