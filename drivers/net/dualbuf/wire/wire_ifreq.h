/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_IFREQ_H_
#define _WIRE_IFREQ_H_

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

/*
 * Questions to the kernel about an interface, by its name, and orders. fd: any socket.
 * Each returns 0 or a negative errno; a name longer than any interface has is -ENODEV.
 */

int wire_ifreq_index(int fd, const char *name, int *index);

/* IFF_UP, IFF_RUNNING and so on. */
int wire_ifreq_flags(int fd, const char *name, unsigned int *flags);

/* sa_family is the interface's link type, ARPHRD_ETHER for example; sa_data begins with the MAC address. */
int wire_ifreq_address(int fd, const char *name, struct sockaddr *address);

/* Another MAC address, its first six bytes those of mac. */
int wire_ifreq_set_mac(int fd, const char *name, const uint8_t *mac);

int wire_ifreq_mtu(int fd, const char *name, uint32_t *mtu);
int wire_ifreq_set_mtu(int fd, const char *name, uint32_t mtu);

/* How many receive queues it has in use: 1 for a driver that does not say. */
int wire_ifreq_queues(int fd, const char *name, uint32_t *nb);

/* What the driver of an interface says of its link. */
struct wire_ifreq_link {
	uint32_t speed; /* Mb/s; UINT32_MAX: not known */
	bool half_duplex;
	bool autoneg;
};

/* -EOPNOTSUPP for an interface that has no such thing, as software may. */
int wire_ifreq_link(int fd, const char *name, struct wire_ifreq_link *link);

/* A socket to ask by, for who has none. Returns a negative errno if there is none. */
int wire_ifreq_socket(void);

#endif /* _WIRE_IFREQ_H_ */
