/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_PROGRAM_H_
#define _XDP_PROGRAM_H_

/*
 * The XDP program of an interface, which sends the packets of a queue to the queue's socket, and those of queues
 * that have none on to the kernel. It is attached by a link that this process holds: whatever becomes of the
 * process, the kernel takes the program away with it.
 *
 * There is one for each interface, for all ports of this process that use it. Control path, any thread.
 */

#include <limits.h>
#include <net/if.h>
#include <stdint.h>

/* Queues of an interface that the map of sockets has room for. */
#define XDP_PROGRAM_QUEUES 1024

/* The map's name in a program of the user's own, as libxdp and DPDK's net_af_xdp have it. */
#define XDP_PROGRAM_MAP "xsks_map"

/* Where the program runs: in the interface's driver, or in the kernel's part that all drivers share. */
enum xdp_mode {
	XDP_MODE_AUTO, /* in the driver, if it can */
	XDP_MODE_NATIVE,
	XDP_MODE_SKB,
	XDP_MODE_OTHERS, /* somebody else has attached it, and knows */
};

struct xdp_program;

/*
 * Attach the program, or use the one that this process has attached there already, which must be the same, in
 * the same mode. path: a program of the user's own, which has a map of sockets; or NULL. Returns 0 and the
 * program, or a negative errno with a line in the log: what is attached there is named.
 */
int xdp_program_attach(const char *iface, enum xdp_mode mode, const char *path,
		struct xdp_program **program);

/*
 * Use a program that somebody else has attached, and whose map of sockets is pinned at path in a BPF file system. It
 * stays as it is. 0 or a negative errno, as above.
 */
int xdp_program_use_map(const char *iface, const char *path, struct xdp_program **program);

/* The last one that lets go detaches it. */
void xdp_program_detach(struct xdp_program *program);

/*
 * Have a queue's packets go to a socket, or on to the kernel: when the second returns none comes to the socket any
 * more. 0 or a negative errno.
 */
int xdp_program_give(struct xdp_program *program, uint32_t queue, int socket);
void xdp_program_take(struct xdp_program *program, uint32_t queue);

/* Where it runs, for messages: "native", "skb", or "somebody else's". */
const char *xdp_program_mode_name(const struct xdp_program *program);

#endif /* _XDP_PROGRAM_H_ */
