/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/sockios.h>

#include <rte_string_fns.h>

#include "wire_ifreq.h"

/* With what is asked, or ordered, in the rest of the request. */
static int
ifreq_call(int fd, const char *name, unsigned long request, struct ifreq *req)
{
	if (strlcpy(req->ifr_name, name, sizeof(req->ifr_name)) >= sizeof(req->ifr_name))
		return -ENODEV;
	return ioctl(fd, request, req) == 0 ? 0 : -errno;
}

static int
ifreq_ask(int fd, const char *name, unsigned long request, struct ifreq *req)
{
	memset(req, 0, sizeof(*req));
	return ifreq_call(fd, name, request, req);
}

int
wire_ifreq_index(int fd, const char *name, int *index)
{
	struct ifreq req;
	int ret = ifreq_ask(fd, name, SIOCGIFINDEX, &req);

	if (ret == 0)
		*index = req.ifr_ifindex;
	return ret;
}

int
wire_ifreq_flags(int fd, const char *name, unsigned int *flags)
{
	struct ifreq req;
	int ret = ifreq_ask(fd, name, SIOCGIFFLAGS, &req);

	if (ret == 0)
		*flags = (unsigned short)req.ifr_flags;
	return ret;
}

int
wire_ifreq_address(int fd, const char *name, struct sockaddr *address)
{
	struct ifreq req;
	int ret = ifreq_ask(fd, name, SIOCGIFHWADDR, &req);

	if (ret == 0)
		*address = req.ifr_hwaddr;
	return ret;
}

int
wire_ifreq_set_mac(int fd, const char *name, const uint8_t *mac)
{
	struct ifreq req = { .ifr_hwaddr.sa_family = ARPHRD_ETHER };

	memcpy(req.ifr_hwaddr.sa_data, mac, ETH_ALEN);
	return ifreq_call(fd, name, SIOCSIFHWADDR, &req);
}

int
wire_ifreq_mtu(int fd, const char *name, uint32_t *mtu)
{
	struct ifreq req;
	int ret = ifreq_ask(fd, name, SIOCGIFMTU, &req);

	if (ret == 0)
		*mtu = req.ifr_mtu;
	return ret;
}

int
wire_ifreq_set_mtu(int fd, const char *name, uint32_t mtu)
{
	struct ifreq req = { .ifr_mtu = (int)mtu };

	return ifreq_call(fd, name, SIOCSIFMTU, &req);
}

int
wire_ifreq_queues(int fd, const char *name, uint32_t *nb)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq req = { .ifr_data = (char *)&channels };
	int ret = ifreq_call(fd, name, SIOCETHTOOL, &req);

	*nb = 1;
	if (ret == 0 && channels.combined_count + channels.rx_count > 0)
		*nb = channels.combined_count + channels.rx_count;
	return ret == -EOPNOTSUPP ? 0 : ret;
}

/* With room for the longest masks of modes, which are not looked at. */
union ifreq_settings {
	struct ethtool_link_settings link;
	uint32_t room[sizeof(struct ethtool_link_settings) / sizeof(uint32_t) + 3 * INT8_MAX];
};

/* Asked for masks of no length, the kernel answers with minus the length that it wants. */
int
wire_ifreq_link(int fd, const char *name, struct wire_ifreq_link *link)
{
	union ifreq_settings settings = { .link.cmd = ETHTOOL_GLINKSETTINGS };
	struct ifreq req = { .ifr_data = (char *)&settings };
	int ret = ifreq_call(fd, name, SIOCETHTOOL, &req);
	int8_t nb_words;

	if (ret != 0)
		return ret;
	nb_words = settings.link.link_mode_masks_nwords;
	if (nb_words >= 0 || settings.link.cmd != ETHTOOL_GLINKSETTINGS)
		return -EOPNOTSUPP;
	settings.link.link_mode_masks_nwords = -nb_words;
	if (ioctl(fd, SIOCETHTOOL, &req) != 0)
		return -errno;
	link->speed = settings.link.speed;
	link->half_duplex = settings.link.duplex == DUPLEX_HALF;
	link->autoneg = settings.link.autoneg == AUTONEG_ENABLE;
	return 0;
}

int
wire_ifreq_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}
