/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_IFACE_H_
#define _XDP_IFACE_H_

/*
 * The interface behind a port, as the kernel has it: what is asked of it, and set. Control path. Each
 * function returns 0 or a negative errno, with a line in the log where it changes something.
 */

#include <net/if.h>
#include <stdbool.h>

#include <ethdev_driver.h>

#include "dualbuf_filter.h"

struct xdp_iface {
	char name[IF_NAMESIZE];
	int index;
	uint32_t nb_queues; /* of each direction */
	int fd; /* to ask by, from any thread */
	int wishes; /* a packet socket, which holds the filter's wishes for as long as it is open */
	uint64_t given_mac; /* the address that it was given, as filters have it; 0: none was */
	uint64_t own_mac; /* the one that it had before */
};

/* Find an interface, which must be one of Ethernet. */
int xdp_iface_open(struct xdp_iface *iface, const char *name);

/* What it was told to receive is undone, and it has its own address again, if it still has the one it was given. */
void xdp_iface_close(struct xdp_iface *iface);

/* Look it up again: it may be another one of that name. */
int xdp_iface_look(struct xdp_iface *iface);

/* The interface's own address. */
int xdp_iface_mac(const struct xdp_iface *iface, struct rte_ether_addr *mac);

/* Speed, duplex, and whether it has a carrier. */
void xdp_iface_link(const struct xdp_iface *iface, struct rte_eth_link *link);

/* Its MTU. */
int xdp_iface_mtu(const struct xdp_iface *iface, uint16_t *mtu);
int xdp_iface_set_mtu(const struct xdp_iface *iface, uint16_t mtu);

/*
 * Have it receive what a filter lets pass: its own address, which it takes from the filter, further ones, groups,
 * or all. Other users of the interface receive that too.
 */
int xdp_iface_set_filter(struct xdp_iface *iface, const struct dualbuf_filter *filter);

#endif /* _XDP_IFACE_H_ */
