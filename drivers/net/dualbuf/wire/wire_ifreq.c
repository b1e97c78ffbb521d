/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include <rte_string_fns.h>

#include "wire_ifreq.h"

static int
ifreq_ask(int fd, const char *name, unsigned long request, struct ifreq *req)
{
	memset(req, 0, sizeof(*req));
	if (strlcpy(req->ifr_name, name, sizeof(req->ifr_name)) >= sizeof(req->ifr_name))
		return -ENODEV;
	return ioctl(fd, request, req) == 0 ? 0 : -errno;
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
wire_ifreq_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}
