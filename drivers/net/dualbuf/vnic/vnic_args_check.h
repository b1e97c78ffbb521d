/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_ARGS_CHECK_H_
#define _VNIC_ARGS_CHECK_H_

#include "vnic_args.h"

#define VNIC_QUEUE_NAMES "rx_pcap, tx_pcap, rx_iface, rx_iface_in, tx_iface"
/* What kinds of devargs were given. */
enum vnic_arg_group {
	VNIC_ARG_RX = 1 << 0,
	VNIC_ARG_TX = 1 << 1,
	VNIC_ARG_IFACE = 1 << 2,
	VNIC_ARG_PHY_MAC = 1 << 3,
	VNIC_ARG_SOURCE = 1 << 4, /* how whatever is received from is read */
	VNIC_ARG_DIRECTION = 1 << 5,
	VNIC_ARG_DEPTH = 1 << 6,
	VNIC_ARG_SINK = 1 << 7, /* how whatever is written is written */
	VNIC_ARG_SNAPLEN = 1 << 8,
	VNIC_ARG_LOOPBACK = 1 << 9,
	VNIC_ARG_LIVE = 1 << 10,
	VNIC_ARG_OTHER = 1 << 11,
};

/*
 * Whether devargs, each of which is allowed, go together. groups: of enum vnic_arg_group, those given.
 * Returns 0, or -EINVAL, when a line that says what is allowed was logged.
 */
int vnic_args_check(const struct vnic_args *args, unsigned int groups);

#endif /* _VNIC_ARGS_CHECK_H_ */
