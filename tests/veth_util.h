/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VETH_UTIL_H_
#define _VETH_UTIL_H_

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>

/*
 * Live interfaces for tests: a network namespace of the process's own with a veth pair, and a
 * packet socket to its other end. Needs the right to make both, and ip of iproute2.
 */

static inline bool __attribute__((format(printf, 1, 2))) veth_ip(const char *format, ...)
{
	char arguments[256], command[320];
	va_list ap;

	va_start(ap, format);
	vsnprintf(arguments, sizeof(arguments), format, ap);
	va_end(ap);
	snprintf(command, sizeof(command), "PATH=$PATH:/usr/sbin:/sbin ip %s 2>/dev/null",
			arguments);
	return system(command) == 0;
}

/* This thread's network is then empty but for a and b, which are up and silent. */
static inline bool
veth_make(const char *a, const char *b)
{
	int fd;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	/* the kernel would greet its neighbours */
	fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);
	if (fd >= 0) {
		(void)!write(fd, "1", 1);
		close(fd);
	}
	return veth_ip("link add %s type veth peer name %s", a, b) &&
			veth_ip("link set %s up", a) && veth_ip("link set %s up", b);
}

static inline int
veth_socket(const char *name)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Returns the length of the next frame that comes within a second, or -1. */
static inline ssize_t
veth_receive(int fd, void *data, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 1000) == 1 ? recv(fd, data, size, MSG_DONTWAIT) : -1;
}

#endif /* _VETH_UTIL_H_ */
