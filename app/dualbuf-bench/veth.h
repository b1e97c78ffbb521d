/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VETH_H_
#define _VETH_H_

/* Pairs of virtual Ethernet interfaces in a network namespace of the bench's own. */

#include <stdbool.h>
#include <stdint.h>

#define VETH_PORT "bench0" /* for the port under test */
#define VETH_PEER "bench1"

/* A pair of its own for net_af_xdp, whose socket stays when the port is closed (seen with DPDK 22.11). */
#define VETH_KEPT_PORT "bench2"
#define VETH_KEPT_PEER "bench3"

/* Pairs with two queues each way, for ours, and for net_af_xdp again. */
#define VETH_PORT_2 "bench4"
#define VETH_PEER_2 "bench5"
#define VETH_KEPT_PORT_2 "bench6"
#define VETH_KEPT_PEER_2 "bench7"

/*
 * Move this process to a new network namespace, which goes when it ends, and make the pairs there.
 * Before EAL starts any thread. Returns false when that is not allowed, or ip is missing.
 */
bool veth_make(void);

enum veth_end {
	VETH_AT_PORT,
	VETH_AT_PEER,
	VETH_AT_KEPT_PEER,
	VETH_AT_PEER_2,
	VETH_AT_KEPT_PEER_2,
	VETH_ENDS,
};

/* Packets that have come to that end since it was made. */
uint64_t veth_packets(enum veth_end end);

/*
 * Send nb packets of that length from that end, with as little work as this kernel allows: the same
 * bytes again and again, many with each system call. Where there are two queues they are of many flows, which
 * spread over both, at least 42 bytes long. Returns how many were sent.
 */
unsigned int veth_send(enum veth_end end, unsigned int nb, uint16_t length);

#endif /* _VETH_H_ */
