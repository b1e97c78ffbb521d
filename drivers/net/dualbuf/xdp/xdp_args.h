/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_ARGS_H_
#define _XDP_ARGS_H_

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "dualbuf_args.h"
#include "xdp_program.h"
#include "xdp_socket.h"

/* As many queues a direction as the virtual NIC has. */
#define XDP_MAX_QUEUES 16

/* The devargs of one port of an interface by AF_XDP, checked. Names as net_af_xdp has them, where it has such. */
struct xdp_args {
	char iface[IF_NAMESIZE];
	uint32_t start_queue; /* of the interface: the port's first */
	uint32_t queue_count;
	enum xdp_mode mode;
	enum xdp_zero_copy zero_copy;
	char prog[PATH_MAX]; /* the user's own program; empty: the driver's */
	bool use_pinned_map; /* somebody else has attached a program */
	char dp_path[PATH_MAX]; /* where its map of sockets is pinned */
	struct dualbuf_args common;
};

/* Every devarg that only such a port has, as "name=<value> ", for RTE_PMD_REGISTER_PARAM_STRING. */
#define XDP_PARAM_STRING \
	"start_queue=<int> " \
	"queue_count=<1-16> " \
	"xdp_mode=<auto|native|skb> " \
	"zero_copy=<auto|on|off> " \
	"xdp_prog=<string> " \
	"use_pinned_map=<0|1> " \
	"dp_path=<string> "

/* Parse devargs. 0 or a negative errno, with a line in the log that says what is allowed. */
int xdp_args_parse(const char *text, struct xdp_args *args);

#endif /* _XDP_ARGS_H_ */
