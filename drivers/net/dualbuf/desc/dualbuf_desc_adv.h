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
 * Advanced transmit data descriptor. All but the length, EOP and RS count in the first descriptor of a packet:
 * so all of a packet have the same.
 */
struct dualbuf_tx_desc {
	union {
		struct {
			rte_le64_t addr;
			rte_le32_t cmd_len;
			rte_le32_t olinfo_status;
		};
		rte_le64_t halves[2]; /* as the driver stores it */
	};
};

static_assert(sizeof(struct dualbuf_tx_desc) == DUALBUF_DESC_SIZE,
		"transmit descriptors are 16 bytes");
static_assert(offsetof(struct dualbuf_tx_desc, olinfo_status) == 12, "status is last");

#define DUALBUF_TXD_LEN_MASK 0xffffu
#define DUALBUF_TXD_DTYP_MASK (0xfu << 20)
#define DUALBUF_TXD_DTYP_CONTEXT (2u << 20)
#define DUALBUF_TXD_DTYP_DATA (3u << 20)
#define DUALBUF_TXD_EOP RTE_BIT32(24)
#define DUALBUF_TXD_IFCS RTE_BIT32(25)
#define DUALBUF_TXD_RS RTE_BIT32(27)
#define DUALBUF_TXD_DEXT RTE_BIT32(29)
#define DUALBUF_TXD_VLE RTE_BIT32(30)
#define DUALBUF_TXD_TSE RTE_BIT32(31)

/* olinfo_status: the status in bits 3:0, and what the packet asks for above it */
#define DUALBUF_TXD_STAT_DD 0x1u
#define DUALBUF_TXD_IDX_SHIFT 4 /* the number of its context */
#define DUALBUF_TXD_POPTS_SHIFT 8
#define DUALBUF_TXD_PAYLEN_SHIFT 14
#define DUALBUF_TXD_PAYLEN_MASK 0x3ffffu

/* What the device is to insert, in popts */
#define DUALBUF_TXD_IXSM 0x1u /* the IPv4 header's checksum */
#define DUALBUF_TXD_TXSM 0x2u /* the TCP, UDP or SCTP checksum */

/*
 * Advanced context descriptor: what headers packets have that refer to it, how they are segmented, and the VLAN
 * tag that they get. It has the place of a data descriptor in the ring, and names no packet.
 */
struct dualbuf_tx_context {
	union {
		struct {
			rte_le32_t lens_vlan; /* IPLEN in bits 8:0, MACLEN in 15:9, the tag above */
			rte_le32_t reserved;
			rte_le32_t cmd_len; /* no length: DUALBUF_TXC_* */
			rte_le32_t idx_l4len_mss; /* IDX in bits 6:4, L4LEN in 15:8, MSS above */
		};
		rte_le64_t halves[2]; /* as the driver stores it */
	};
};

static_assert(sizeof(struct dualbuf_tx_context) == DUALBUF_DESC_SIZE,
		"transmit descriptors are 16 bytes");
static_assert(offsetof(struct dualbuf_tx_context, idx_l4len_mss) == 12, "MSS is last");

#define DUALBUF_TXC_IPV4 RTE_BIT32(10)
#define DUALBUF_TXC_UDP (0u << 11)
#define DUALBUF_TXC_TCP (1u << 11)
#define DUALBUF_TXC_SCTP (2u << 11)

#define DUALBUF_TXC_L3_MASK 0x1ffu
#define DUALBUF_TXC_L2_MASK 0x7fu
#define DUALBUF_TXC_L2_SHIFT 9
#define DUALBUF_TXC_TAG_SHIFT 16
#define DUALBUF_TXC_L4_MASK 0xffu
#define DUALBUF_TXC_L4_SHIFT 8
#define DUALBUF_TXC_MSS_SHIFT 16

/* Two for each queue, which the device only reads. */
#define DUALBUF_TXC_SLOTS 2
#define DUALBUF_TXC_HAS_TAG true
#define DUALBUF_TXC_HAS_SCTP true
#define DUALBUF_TXC_COUNTS false

/* What the devices demand of a context to segment by (I210 datasheet 7.2.2.2.9 and 7.2.2.3.9). */
#define DUALBUF_TXC_MAX_PAYLOAD DUALBUF_TXD_PAYLEN_MASK
#define DUALBUF_TXC_MIN_MSS 1
/* The longest frame that the driver lets pass, without tag and CRC. The devices' own limit is above that. */
#define DUALBUF_TXC_MAX_FRAME 9230

/* Headers that a context may tell of, with a tag that is inserted. */
#define DUALBUF_TXC_MAX_HEADERS 512

#include "dualbuf_desc_rx.h"

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

/* Has the device finished with a transmit descriptor that asked for a report (RS)? */
static inline bool
dualbuf_tx_desc_done(const volatile struct dualbuf_tx_desc *desc)
{
	return (__atomic_load_n(&desc->olinfo_status, __ATOMIC_ACQUIRE) &
			       rte_cpu_to_le_32(DUALBUF_TXD_STAT_DD)) != 0;
}

/* Have a transmit descriptor look as if the device had reported it. Of a ring that has passed it. */
static inline void
dualbuf_tx_desc_set_done(volatile struct dualbuf_tx_desc *desc)
{
	desc->olinfo_status = rte_cpu_to_le_32(DUALBUF_TXD_STAT_DD);
}

/*
 * The second half of a packet's data descriptors in CPU order, but for EOP and the length of each. len: bytes
 * of the packet, or of its payload if it is segmented. tag: not told here.
 */
static inline uint64_t
dualbuf_tx_order_of(uint32_t cmd, uint8_t popts, uint16_t tag, uint32_t len)
{
	(void)tag;
	return cmd | (uint64_t)popts << (32 + DUALBUF_TXD_POPTS_SHIFT) |
			(uint64_t)len << (32 + DUALBUF_TXD_PAYLEN_SHIFT);
}

/* Does a command, in CPU order, stand in a context descriptor? */
static inline bool
dualbuf_tx_is_context(uint32_t cmd)
{
	return (cmd & (DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_MASK)) ==
			(DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_CONTEXT);
}

static inline uint32_t
dualbuf_txc_l4_type(enum dualbuf_tx_l4 type)
{
	if (type == DUALBUF_TX_L4_SCTP)
		return DUALBUF_TXC_SCTP;
	return type == DUALBUF_TX_L4_TCP ? DUALBUF_TXC_TCP : DUALBUF_TXC_UDP;
}

/* The context descriptor for what is asked of a packet, of number 0. */
static inline struct dualbuf_tx_context
dualbuf_tx_context_of(const struct dualbuf_tx_asked *asked)
{
	uint32_t cmd = DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_CONTEXT;
	uint32_t lens = (uint32_t)asked->tag << DUALBUF_TXC_TAG_SHIFT;
	uint32_t cut = (uint32_t)asked->mss << DUALBUF_TXC_MSS_SHIFT;

	lens |= (asked->l3 & DUALBUF_TXC_L2_MASK) << DUALBUF_TXC_L2_SHIFT;
	lens |= (asked->l4 - asked->l3) & DUALBUF_TXC_L3_MASK;
	cmd |= asked->is_ipv4 ? DUALBUF_TXC_IPV4 : 0;
	cmd |= dualbuf_txc_l4_type(asked->l4_type);
	if (asked->mss != 0)
		cut |= ((asked->payload_at - asked->l4) & DUALBUF_TXC_L4_MASK)
				<< DUALBUF_TXC_L4_SHIFT;
	return (struct dualbuf_tx_context){
		.lens_vlan = rte_cpu_to_le_32(lens),
		.cmd_len = rte_cpu_to_le_32(cmd),
		.idx_l4len_mss = rte_cpu_to_le_32(cut),
	};
}

/* Can a context say where these headers are? l3: where the IP header begins; end: where the last ends. */
static inline bool
dualbuf_tx_context_fits(uint32_t l3, uint32_t end, bool tagged)
{
	return l3 <= DUALBUF_TXC_L2_MASK && end + (tagged ? 4 : 0) <= DUALBUF_TXC_MAX_HEADERS;
}

/* The number of a context, to be set in the second half of one and of the descriptors that refer to it. */
static inline uint64_t
dualbuf_tx_context_slot(uint32_t slot)
{
	return (uint64_t)slot << (32 + DUALBUF_TXD_IDX_SHIFT);
}

#endif /* _DUALBUF_DESC_ADV_H_ */
