/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DESC_ADV_H_
#define _DUALBUF_DESC_ADV_H_

#ifdef DUALBUF_DESC_FORMAT
#error "a file is for one descriptor format"
#endif
#define DUALBUF_DESC_FORMAT adv
#define DUALBUF_DESC_ID DUALBUF_DESC_ADV

/*
 * Descriptor format of the 82576, I350, I210 and I211: advanced descriptors (datasheets of the 82576, chapters
 * 7.1.5 and 7.2.2; of the I350 and I210, 7.1.4 and 7.2.2).
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_bitops.h>
#include <rte_byteorder.h>

#include "dualbuf_desc.h"

/*
 * Advanced receive descriptor with one buffer. The device reads the addresses and then writes the status over
 * all 16 bytes, so that the whole descriptor has to be written again to arm it.
 */
union dualbuf_rx_desc {
	struct {
		rte_le64_t addr;
		rte_le64_t reserved; /* address of a header buffer: there is none, and DD is clear */
	} read;
	struct {
		rte_le32_t type; /* RSS type in bits 3:0, packet type in 16:4, of split headers in 31:21 */
		rte_le32_t rss; /* RSS hash */
		rte_le32_t status_error;
		rte_le16_t length;
		rte_le16_t vlan;
	} wb;
	rte_le64_t halves[2]; /* as whoever writes it back stores it */
};

static_assert(sizeof(union dualbuf_rx_desc) == DUALBUF_DESC_SIZE,
		"receive descriptors are 16 bytes");
static_assert(offsetof(union dualbuf_rx_desc, wb.status_error) == 8, "status follows the hash");
static_assert(offsetof(union dualbuf_rx_desc, wb.length) == 12, "length follows the status");

/* Extended status, bits 19:0 of status_error. UDPCS without L4CS: what was summed up is only a fragment. */
#define DUALBUF_RXD_DD RTE_BIT32(0)
#define DUALBUF_RXD_EOP RTE_BIT32(1)
#define DUALBUF_RXD_VP RTE_BIT32(3)
#define DUALBUF_RXD_UDPCS RTE_BIT32(4)
#define DUALBUF_RXD_L4CS RTE_BIT32(5) /* TCP, UDP or SCTP */
#define DUALBUF_RXD_IPCS RTE_BIT32(6)
#define DUALBUF_RXD_LB RTE_BIT32(18) /* from the device itself: another of its functions sent it */

/* Extended errors, bits 31:20 of status_error; 26:24 and 22:20 are reserved */
#define DUALBUF_RXD_HBO RTE_BIT32(23) /* of split headers */
#define DUALBUF_RXD_SECERR (RTE_BIT32(27) | RTE_BIT32(28)) /* 82576: MACsec or IPsec failed */
#define DUALBUF_RXD_L4E RTE_BIT32(29)
#define DUALBUF_RXD_IPE RTE_BIT32(30)
#define DUALBUF_RXD_RXE RTE_BIT32(31)

/*
 * The frame itself is damaged, as opposed to a checksum inside it that does not match. The device hands such
 * frames up only when it is told to store bad packets.
 */
#define DUALBUF_RXD_FRAME_ERRORS (DUALBUF_RXD_SECERR | DUALBUF_RXD_RXE)

/*
 * Where vectors find the checksum bits: shifted to the right by these, L4CS and IPCS are bits 0 and 1 of a
 * status, L4E and IPE bits 2 and 3.
 */
#define DUALBUF_RXD_CKSUM_SEEN_SHIFT 5
#define DUALBUF_RXD_CKSUM_BAD_SHIFT 27

/* RSS type, bits 3:0 of type */
#define DUALBUF_RXD_RSS_MASK 0xfu
#define DUALBUF_RXD_RSS_NONE 0x0u
#define DUALBUF_RXD_RSS_TCP4 0x1u
#define DUALBUF_RXD_RSS_IPV4 0x2u
#define DUALBUF_RXD_RSS_TCP6 0x3u
#define DUALBUF_RXD_RSS_IPV6_EX 0x4u
#define DUALBUF_RXD_RSS_IPV6 0x5u
#define DUALBUF_RXD_RSS_TCP6_EX 0x6u
#define DUALBUF_RXD_RSS_UDP4 0x7u
#define DUALBUF_RXD_RSS_UDP6 0x8u
#define DUALBUF_RXD_RSS_UDP6_EX 0x9u

/*
 * Packet type, bits 16:4 of type: the headers that were found. IPv4 and IPv6 together are IPv6 in IPv4, and
 * the others then those of the inner packet. With ETQF it is a packet of a filter by EtherType, and some of
 * the bits are the number of that filter: which ones differs by controller.
 */
#define DUALBUF_RXD_TYPE_L3_SHIFT 4
#define DUALBUF_RXD_TYPE_L4_SHIFT 8
#define DUALBUF_RXD_TYPE_MASK 0xfu /* of bits of either kind */
#define DUALBUF_RXD_TYPE_IPV4 RTE_BIT32(4)
#define DUALBUF_RXD_TYPE_IPV4_EXT RTE_BIT32(5) /* has options; IPV4 may be set as well */
#define DUALBUF_RXD_TYPE_IPV6 RTE_BIT32(6)
#define DUALBUF_RXD_TYPE_IPV6_EXT RTE_BIT32(7) /* has extension headers; IPV6 may be set as well */
#define DUALBUF_RXD_TYPE_TCP RTE_BIT32(8)
#define DUALBUF_RXD_TYPE_UDP RTE_BIT32(9)
#define DUALBUF_RXD_TYPE_SCTP RTE_BIT32(10)
#define DUALBUF_RXD_TYPE_NFS RTE_BIT32(11)
#define DUALBUF_RXD_TYPE_ETQF RTE_BIT32(15)

/*
 * Arm a receive descriptor. The second half is written first and the address last: a device that
 * looked in between would see DD clear. Volatile, since the device writes the same memory; and DD goes
 * in one piece, for a virtual device that asks from another thread.
 */
static inline void
dualbuf_rx_desc_arm(volatile union dualbuf_rx_desc *desc, uint64_t addr)
{
	__atomic_store_n(&desc->read.reserved, 0, __ATOMIC_RELAXED);
	desc->read.addr = rte_cpu_to_le_64(addr);
}

/*
 * The status and errors of a receive descriptor. The acquire orders this read before those of the
 * other fields and of the packet, which are valid only when DD is set.
 */
static inline uint32_t
dualbuf_rx_desc_status(const volatile union dualbuf_rx_desc *desc)
{
	return rte_le_to_cpu_32(__atomic_load_n(&desc->wb.status_error, __ATOMIC_ACQUIRE));
}

/* A write-back but for its status, in CPU order. */
struct dualbuf_rx_wb {
	uint32_t type; /* DUALBUF_RXD_TYPE_*, among other bits */
	uint32_t rss_type; /* DUALBUF_RXD_RSS_* */
	uint32_t rss; /* RSS hash */
	uint16_t length;
	uint16_t vlan;
};

/* Read the write-back of a descriptor whose status has DD set. */
static inline struct dualbuf_rx_wb
dualbuf_rx_desc_read(const volatile union dualbuf_rx_desc *desc)
{
	uint32_t type = rte_le_to_cpu_32(desc->wb.type);

	return (struct dualbuf_rx_wb){
		.type = type,
		.rss_type = type & DUALBUF_RXD_RSS_MASK,
		.rss = rte_le_to_cpu_32(desc->wb.rss),
		.length = rte_le_to_cpu_16(desc->wb.length),
		.vlan = rte_le_to_cpu_16(desc->wb.vlan),
	};
}

/* Transmit: struct dualbuf_tx_desc, struct dualbuf_tx_context and what belongs to them. */

#endif /* _DUALBUF_DESC_ADV_H_ */
