/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_H_
#define _XDP_H_

/* An interface's queues by AF_XDP, as a device behind the driver's rings: its data. */

#include "dualbuf_port.h"
#include "xdp_args.h"
#include "xdp_iface.h"
#include "xdp_rx.h"
#include "xdp_socket.h"
#include "xdp_tx.h"

/* The receive interrupt of a queue, where such were configured. */
struct xdp_intr {
	int fd; /* an epoll instance, readable while there is reason to interrupt */
	int timer; /* in it; for descriptors that wait for their loans */
	bool enabled; /* the socket is in it, while there is one */
};

/* The device's side of a queue. What the step uses comes first. */
struct xdp_rxq {
	struct xdp_rx rx;
	struct xdp_socket *sock; /* open while the queue is started */
	struct xdp_socket_counts before; /* of sockets that were closed */
	uint64_t untaken; /* packets that had come and were not received when the queue stopped */
};

struct xdp_txq {
	struct xdp_tx tx;
	struct xdp_socket *sock; /* of the receive queue of its number */
	bool started;
	bool unplugged; /* the application has set the link down: what is sent is lost */
};

/* In memory that processes share; sockets, program and file descriptors are the primary's. */
struct xdp {
	struct xdp_args args;
	struct xdp_iface iface;
	struct xdp_program *program; /* while the port runs */
	struct xdp_socket sockets[XDP_MAX_QUEUES];
	struct xdp_intr intrs[XDP_MAX_QUEUES];
	uint16_t nb_intrs;
	bool running;
	bool unplugged;
};

static inline struct xdp *
xdp_of(const struct rte_eth_dev *dev)
{
	return dualbuf_port(dev)->device_port;
}

#endif /* _XDP_H_ */
