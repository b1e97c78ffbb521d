/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_ADV_TYPES_H_
#define _DUALBUF_RX_ADV_TYPES_H_

/* Packet types by write-backs of the advanced format, and what else its write-backs mean. */

#include <rte_branch_prediction.h>
#include <rte_mbuf_ptype.h>

#define RX_ETHER RTE_PTYPE_L2_ETHER
#define RX_IPV4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4)
#define RX_IPV4_EXT (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT)
#define RX_IPV6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6)
#define RX_IPV6_EXT (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT)

/*
 * By the four bits of L3 (IPv4, with options, IPv6, with extensions), each through a macro. 0: the packet is
 * IPv6 in IPv4, whose types take more than the two lists have.
 */
#define RX_L3_PTYPES(of) \
	of(RX_ETHER), of(RX_IPV4), of(RX_IPV4_EXT), of(RX_IPV4_EXT), of(RX_IPV6), of(0), of(0), \
			of(0), of(RX_IPV6_EXT), of(0), of(0), of(0), of(RX_IPV6_EXT), of(0), \
			of(0), of(0)

/* By the four bits of L4 (TCP, UDP, SCTP, NFS, which stands beside one of the others). One at a time makes sense. */
#define RX_L4_PTYPES(of) \
	of(0), of(RTE_PTYPE_L4_TCP), of(RTE_PTYPE_L4_UDP), of(0), of(RTE_PTYPE_L4_SCTP), of(0), \
			of(0), of(0), of(0), of(RTE_PTYPE_L4_TCP), of(RTE_PTYPE_L4_UDP), of(0), \
			of(RTE_PTYPE_L4_SCTP), of(0), of(0), of(0)

#define RX_WHOLE(ptype) (ptype)
static const uint32_t rx_ptypes[][DUALBUF_RXD_TYPE_MASK + 1] = { { RX_L3_PTYPES(RX_WHOLE) },
	{ RX_L4_PTYPES(RX_WHOLE) } };

/* Inside a tunnel the headers of L4 have the same numbers, further up. */
#define RX_INNER(l4_ptype) ((l4_ptype) * (RTE_PTYPE_INNER_L4_MASK / RTE_PTYPE_L4_MASK))

static_assert(RX_INNER(RTE_PTYPE_L4_TCP) == RTE_PTYPE_INNER_L4_TCP &&
				RX_INNER(RTE_PTYPE_L4_UDP) == RTE_PTYPE_INNER_L4_UDP &&
				RX_INNER(RTE_PTYPE_L4_SCTP) == RTE_PTYPE_INNER_L4_SCTP,
		"they have the same numbers");

/* IPv6 in IPv4, with what follows. */
static inline uint32_t
rx_tunnel_ptype(uint32_t type, uint32_t l4_ptype)
{
	uint32_t outer = type & DUALBUF_RXD_TYPE_IPV4_EXT ? RX_IPV4_EXT : RX_IPV4;
	uint32_t inner = type & DUALBUF_RXD_TYPE_IPV6_EXT ? RTE_PTYPE_INNER_L3_IPV6_EXT :
							    RTE_PTYPE_INNER_L3_IPV6;

	return outer | RTE_PTYPE_TUNNEL_IP | inner | RX_INNER(l4_ptype);
}

static inline uint32_t
rx_ptype(const struct dualbuf_rx_wb *wb)
{
	uint32_t l3 = rx_ptypes[0][wb->type >> DUALBUF_RXD_TYPE_L3_SHIFT & DUALBUF_RXD_TYPE_MASK];
	uint32_t l4 = rx_ptypes[1][wb->type >> DUALBUF_RXD_TYPE_L4_SHIFT & DUALBUF_RXD_TYPE_MASK];

	if (unlikely((wb->type & DUALBUF_RXD_TYPE_ETQF) != 0))
		return RX_ETHER;
	if (unlikely(l3 == 0))
		return rx_tunnel_ptype(wb->type, l4);
	return l3 | l4;
}

/*
 * The status, with the checksum bits that count: of SCTP in a frame of 64 bytes, CRC and all, these controllers
 * may report a wrong checksum that is right. They have no datasheet's number for it; Linux' igb has the
 * same rule.
 */
static inline uint32_t
rx_checksum_status(const struct dualbuf_rx_wb *wb, uint32_t status)
{
	if (unlikely((status & DUALBUF_RXD_L4E) != 0) && (wb->type & DUALBUF_RXD_TYPE_SCTP) != 0 &&
			wb->length <= 64)
		status &= ~DUALBUF_RXD_L4CS;
	return status;
}

/* Packets with this status may come with the bytes of their tag swapped. */
#define RX_SWAPPED_TAG DUALBUF_RXD_LB

/*
 * Vectors: a packet type's low byte is looked up by the bits of L3, and the byte above by those of L4. The scalar
 * path takes what that does not say, tunnels and packets of filters by EtherType; and what has damage, a tag
 * that may be swapped, or a wrong checksum that may be right.
 */
#define RX_VECTORS
#define RX_PTYPE_LOW_SHIFT DUALBUF_RXD_TYPE_L3_SHIFT
#define RX_PTYPE_HIGH_SHIFT DUALBUF_RXD_TYPE_L4_SHIFT
#define RX_PTYPES_LOW(of) RX_L3_PTYPES(of)
#define RX_PTYPES_HIGH(of) RX_L4_PTYPES(of)
#define RX_SCALAR_STATUS (DUALBUF_RXD_FRAME_ERRORS | RX_SWAPPED_TAG | DUALBUF_RXD_L4E)
#define RX_ODD_TYPES DUALBUF_RXD_TYPE_ETQF

#endif /* _DUALBUF_RX_ADV_TYPES_H_ */
