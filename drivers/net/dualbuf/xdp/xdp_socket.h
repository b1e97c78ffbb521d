/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_SOCKET_H_
#define _XDP_SOCKET_H_

/*
 * An AF_XDP socket: one queue of an interface, in both directions. Receive queue and transmit queue of a
 * number share it, and each uses rings of its own. Control path.
 */

#include <net/if.h>

#include "xdp_umem.h"

/* Zero copy: between the interface's memory and the pool's nothing is copied, where its driver can do that. */
enum xdp_zero_copy {
	XDP_ZERO_COPY_AUTO,
	XDP_ZERO_COPY_ON,
	XDP_ZERO_COPY_OFF,
};

/* What a socket is made from. */
struct xdp_socket_conf {
	const char *iface;
	uint32_t queue; /* of the interface */
	enum xdp_zero_copy zero_copy;
	const char *pool_name;
	struct xdp_area area;
	uint32_t nb_rx; /* descriptors of the rings that it serves */
	uint32_t nb_tx;
};

struct xdp_socket {
	struct xsk_umem *umem;
	struct xsk_socket *xsk; /* NULL: it is not open */
	struct xdp_umem_rings shared; /* fill and completion ring */
	struct xsk_ring_cons rx;
	struct xsk_ring_prod tx;
	bool zero_copy; /* is in force */
};

/* What the kernel counts of a socket: packets that did not come. */
struct xdp_socket_counts {
	uint64_t rx_dropped;
	uint64_t rx_ring_full;
};

/* One that is not open: its rings have nothing, and no room. */
void xdp_socket_init(struct xdp_socket *sock);

/*
 * Open a socket, at first with nothing on its rings, and with no packets coming. 0 or a negative errno, with a
 * line in the log.
 */
int xdp_socket_open(struct xdp_socket *sock, const struct xdp_socket_conf *conf);

/* Close it, if it is open: the kernel touches no buffer any more. */
void xdp_socket_close(struct xdp_socket *sock);

/* Its counts, or zeros if it is not open. Any thread, but not while it is closed. */
void xdp_socket_counts(const struct xdp_socket *sock, struct xdp_socket_counts *counts);

#endif /* _XDP_SOCKET_H_ */
