/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_desc_adv.h"
#include "dualbuf_rx_adv_types.h"

#include "dualbuf_rx_burst.h"
#include "dualbuf_rx_instance.h"

/* Of tunnels the device knows IPv6 in IPv4 only. */
static const uint32_t *
rx_ptypes_announced(uint64_t rss_types)
{
	static const uint32_t ptypes[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4,
		RTE_PTYPE_L3_IPV4_EXT, RTE_PTYPE_L3_IPV6, RTE_PTYPE_L3_IPV6_EXT, RTE_PTYPE_L4_TCP,
		RTE_PTYPE_L4_UDP, RTE_PTYPE_L4_SCTP, RTE_PTYPE_UNKNOWN };

	(void)rss_types;
	return ptypes;
}

RX_INSTANCES(scalar, NULL);
RX_FORMAT(dualbuf_rx_adv);
