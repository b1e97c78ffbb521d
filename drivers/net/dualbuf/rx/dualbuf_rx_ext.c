/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_desc_ext.h"
#include "dualbuf_rx_ext_types.h"

#include "dualbuf_rx_burst.h"
#include "dualbuf_rx_instance.h"

/* The device says nothing of headers that it does not hash. */
static const uint32_t *
rx_ptypes_announced(uint64_t rss_types)
{
	static const uint32_t none[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_UNKNOWN };
	static const uint32_t ipv4[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
		RTE_PTYPE_UNKNOWN };
	static const uint32_t ipv6[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV6_EXT_UNKNOWN,
		RTE_PTYPE_UNKNOWN };
	static const uint32_t ip[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
		RTE_PTYPE_L3_IPV6_EXT_UNKNOWN, RTE_PTYPE_UNKNOWN };
	static const uint32_t tcp[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
		RTE_PTYPE_L3_IPV6_EXT_UNKNOWN, RTE_PTYPE_L4_TCP, RTE_PTYPE_UNKNOWN };
	const uint64_t both_tcp = RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	bool has_ipv4 = (rss_types & RTE_ETH_RSS_IPV4) != 0;
	bool has_ipv6 = (rss_types & RTE_ETH_RSS_IPV6) != 0;

	if (has_ipv4 && has_ipv6)
		return (rss_types & both_tcp) == both_tcp ? tcp : ip;
	return has_ipv4 ? ipv4 : has_ipv6 ? ipv6 : none;
}

RX_INSTANCES(scalar, NULL);
RX_FORMAT(dualbuf_rx_ext);
