/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_IFACES_H_
#define _VNIC_IFACES_H_

/* The live interfaces among the ends of a virtual NIC, taken together. */

#include <rte_ethdev.h>

#include "vnic_args.h"

/* Is there one? */
bool vnic_has_iface(const struct vnic_args *args);

/* Have all of them a carrier? */
bool vnic_has_carrier(const struct vnic_args *args);

/*
 * Speed, duplex and autonegotiation as the kernel reports them, of the slowest whose speed is known; of
 * none: RTE_ETH_SPEED_NUM_UNKNOWN, and full duplex. Left as it is where there is no interface.
 */
void vnic_iface_link(const struct vnic_args *args, struct rte_eth_link *link);

#endif /* _VNIC_IFACES_H_ */
