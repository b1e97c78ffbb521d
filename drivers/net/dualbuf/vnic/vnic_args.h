/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_ARGS_H_
#define _VNIC_ARGS_H_

#include <stdbool.h>
#include <stdint.h>

#include "dualbuf_args.h"
#include "wire_choices.h"
#include "wire_end.h"
#include "wire_rate.h"

/* As many queues a direction as net_pcap takes. */
#define VNIC_MAX_QUEUES 16

/* The devargs of one virtual NIC, checked. */
struct vnic_args {
	struct wire_end rx[VNIC_MAX_QUEUES];
	struct wire_end tx[VNIC_MAX_QUEUES];
	uint16_t nb_rx;
	uint16_t nb_tx;
	struct dualbuf_args common;
	bool infinite_rx; /* files start again at their end */
	uint32_t loop; /* how many times files are read; 0: it was not said */
	struct wire_choices choices;
	struct wire_sink_choices sink_choices;
	struct wire_rate rate; /* of files */
	uint32_t queues; /* of each direction, for one source and one sink; 0: it was not said */
	bool enforce_mtu; /* frames longer than the MTU are dropped, in both directions */
	bool eof; /* the link goes down at the end of all files */
	bool single_iface; /* iface=: both directions are one interface */
	bool phy_mac; /* take the MAC address of that interface */
};

/* Do several queues of each direction have one source and one sink? Else each has its own. */
static inline bool
vnic_args_spread(const struct vnic_args *args)
{
	return args->queues > 1;
}

static inline uint16_t
vnic_args_rx_queues(const struct vnic_args *args)
{
	return vnic_args_spread(args) ? args->queues : args->nb_rx;
}

static inline uint16_t
vnic_args_tx_queues(const struct vnic_args *args)
{
	return vnic_args_spread(args) ? args->queues : args->nb_tx;
}

/* Of a port's sources, by number, the one of this receive queue. */
static inline uint16_t
vnic_args_source(const struct vnic_args *args, uint16_t queue)
{
	return vnic_args_spread(args) ? 0 : queue;
}

/*
 * Of its sinks the one of this transmit queue. A capture is one file, whatever the number of queues; of
 * others each queue has its own, which end at the same interface or nowhere.
 */
static inline uint16_t
vnic_args_sink(const struct vnic_args *args, uint16_t queue)
{
	return vnic_args_spread(args) && args->tx[0].kind == WIRE_END_FILE ? 0 : queue;
}

/* Every devarg that not all devices have, as "name=<value> ", for RTE_PMD_REGISTER_PARAM_STRING. */
#define VNIC_PARAM_STRING \
	"rx_pcap=<string> " \
	"tx_pcap=<string> " \
	"rx_iface=<ifc> " \
	"rx_iface_in=<ifc> " \
	"tx_iface=<ifc> " \
	"iface=<ifc> " \
	"phy_mac=<0|1> " \
	"infinite_rx=<0|1> " \
	"loop=<int> " \
	"rate=<capture|Nx|Npps|Nbit> " \
	"filter=<expression> " \
	"filter_file=<string> " \
	"snaplen=<1-262144> " \
	"direction=<in|out|inout> " \
	"rx_depth=<64-65536> " \
	"tx_format=<pcap|pcapng> " \
	"tx_append=<0|1> " \
	"queues=<1-16> " \
	"eof=<0|1> " \
	"loopback=<1-16> " \
	"enforce_mtu=<0|1> " \
	"live=<packet|xdp|auto> "

#endif /* _VNIC_ARGS_H_ */
