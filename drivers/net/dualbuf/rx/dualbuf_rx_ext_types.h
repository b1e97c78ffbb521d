/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_EXT_TYPES_H_
#define _DUALBUF_RX_EXT_TYPES_H_

/* Packet types by write-backs of the extended format: RSS types are all that they say of a packet's headers. */

#include <rte_mbuf_ptype.h>

#define RX_ETHER RTE_PTYPE_L2_ETHER
#define RX_IPV4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN)
#define RX_IPV6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN)
#define RX_TCP RTE_PTYPE_L4_TCP

/* By RSS type, each through a macro. */
#define RX_RSS_PTYPES(of) \
	of(RX_ETHER), of(RX_IPV4 | RX_TCP), of(RX_IPV4), of(RX_IPV6 | RX_TCP), of(0), of(RX_IPV6), \
			of(0), of(0), of(0), of(0), of(0), of(0), of(0), of(0), of(0), of(0)

#define RX_WHOLE(ptype) (ptype)
static const uint32_t rx_ptypes[][DUALBUF_RXD_RSS_MASK + 1] = { { RX_RSS_PTYPES(RX_WHOLE) } };

static_assert(DUALBUF_RXD_RSS_TCP4 == 1 && DUALBUF_RXD_RSS_IPV4 == 2 && DUALBUF_RXD_RSS_TCP6 == 3 &&
				DUALBUF_RXD_RSS_IPV6 == 5,
		"the list has them in this order");

static inline uint32_t
rx_ptype(const struct dualbuf_rx_wb *wb)
{
	return rx_ptypes[0][wb->rss_type];
}

/* The status, with the checksum bits that count. */
static inline uint32_t
rx_checksum_status(const struct dualbuf_rx_wb *wb, uint32_t status)
{
	(void)wb;
	return status;
}

/* No packet comes with the bytes of its tag swapped. */
#define RX_SWAPPED_TAG 0

/*
 * Vectors: a packet type's low byte is looked up by four bits of the first dword, and the byte above by as many.
 * The scalar path takes what has damage.
 */
#define RX_VECTORS
#define RX_PTYPE_LOW_SHIFT 0
#define RX_PTYPE_HIGH_SHIFT 0
#define RX_PTYPES_LOW(of) RX_RSS_PTYPES(of)
#define RX_PTYPES_HIGH(of) RX_RSS_PTYPES(of)
#define RX_SCALAR_STATUS DUALBUF_RXD_FRAME_ERRORS
#define RX_ODD_TYPES 0

#endif /* _DUALBUF_RX_EXT_TYPES_H_ */
