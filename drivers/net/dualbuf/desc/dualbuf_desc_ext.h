/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DESC_EXT_H_
#define _DUALBUF_DESC_EXT_H_

#ifdef DUALBUF_DESC_FORMAT
#error "a file is for one descriptor format"
#endif
#define DUALBUF_DESC_FORMAT ext
#define DUALBUF_DESC_ID DUALBUF_DESC_EXT

/*
 * Descriptor format of the 82574L: the extended receive descriptor (82574L datasheet, chapter 7.1), the
 * extended transmit data descriptor and the TCP/IP context descriptor (the same, chapter 7.2; PCI/PCI-X
 * Family of Gigabit Ethernet Controllers Software Developer's Manual, sections 3.3.6 and 3.3.7).
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_bitops.h>
#include <rte_byteorder.h>

#include "dualbuf_desc.h"

/*
 * Extended receive descriptor. The device reads the address and then writes the status
 * over all 16 bytes, so that the whole descriptor has to be written again to arm it.
 */
union dualbuf_rx_desc {
	struct {
		rte_le64_t addr;
		rte_le64_t reserved; /* 0, so that DD is clear */
	} read;
	struct {
		rte_le32_t mrq; /* RSS type in bits 3:0 */
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

/* Extended status, bits 19:0 of status_error */
#define DUALBUF_RXD_DD RTE_BIT32(0)
#define DUALBUF_RXD_EOP RTE_BIT32(1)
#define DUALBUF_RXD_VP RTE_BIT32(3)
#define DUALBUF_RXD_UDPCS RTE_BIT32(4)
#define DUALBUF_RXD_L4CS RTE_BIT32(5)
#define DUALBUF_RXD_IPCS RTE_BIT32(6)

/* Extended errors, bits 31:20 of status_error */
#define DUALBUF_RXD_CE RTE_BIT32(24)
#define DUALBUF_RXD_SE RTE_BIT32(25)
#define DUALBUF_RXD_SEQ RTE_BIT32(26)
#define DUALBUF_RXD_CXE RTE_BIT32(28)
#define DUALBUF_RXD_L4E RTE_BIT32(29)
#define DUALBUF_RXD_IPE RTE_BIT32(30)
#define DUALBUF_RXD_RXE RTE_BIT32(31)

/* The frame itself is damaged, as opposed to a checksum inside it that does not match. */
#define DUALBUF_RXD_FRAME_ERRORS \
	(DUALBUF_RXD_CE | DUALBUF_RXD_SE | DUALBUF_RXD_SEQ | DUALBUF_RXD_CXE | DUALBUF_RXD_RXE)

/*
 * Where vectors find the checksum bits: shifted to the right by these, L4CS and IPCS are bits 0 and 1 of a
 * status, L4E and IPE bits 2 and 3.
 */
#define DUALBUF_RXD_CKSUM_SEEN_SHIFT 5
#define DUALBUF_RXD_CKSUM_BAD_SHIFT 27

/* RSS type, bits 3:0 of mrq */
#define DUALBUF_RXD_RSS_MASK 0xfu
#define DUALBUF_RXD_RSS_NONE 0x0u
#define DUALBUF_RXD_RSS_TCP4 0x1u
#define DUALBUF_RXD_RSS_IPV4 0x2u
#define DUALBUF_RXD_RSS_TCP6 0x3u
#define DUALBUF_RXD_RSS_IPV6 0x5u

/*
 * Extended transmit data descriptor. VLE and the tag count in the last descriptor of a packet, and popts and
 * TSE, which refer to the context that was read last, in its first: so all of a packet have the same.
 */
struct dualbuf_tx_desc {
	union {
		struct {
			rte_le64_t addr;
			rte_le32_t cmd_len;
			uint8_t status;
			uint8_t popts;
			rte_le16_t vlan;
		};
		rte_le64_t halves[2]; /* as the driver stores it */
	};
};

static_assert(sizeof(struct dualbuf_tx_desc) == DUALBUF_DESC_SIZE,
		"transmit descriptors are 16 bytes");
static_assert(offsetof(struct dualbuf_tx_desc, status) == 12, "status follows the command");

#define DUALBUF_TXD_LEN_MASK 0xfffffu
#define DUALBUF_TXD_DTYP_DATA RTE_BIT32(20)
#define DUALBUF_TXD_EOP RTE_BIT32(24)
#define DUALBUF_TXD_IFCS RTE_BIT32(25)
#define DUALBUF_TXD_TSE RTE_BIT32(26)
#define DUALBUF_TXD_RS RTE_BIT32(27)
#define DUALBUF_TXD_DEXT RTE_BIT32(29)
#define DUALBUF_TXD_VLE RTE_BIT32(30)

#define DUALBUF_TXD_STAT_DD 0x1u

/* What the device is to insert, in popts */
#define DUALBUF_TXD_IXSM 0x1u /* the IPv4 header's checksum */
#define DUALBUF_TXD_TXSM 0x2u /* the TCP or UDP checksum */

/*
 * TCP/IP context descriptor: where checksums go in the packets behind it, and how they are segmented.
 * It has the place of a data descriptor in the ring, and names no packet. Offsets from a packet's first byte;
 * an end is the last byte of a sum, 0 the packet's.
 */
struct dualbuf_tx_context {
	union {
		struct {
			uint8_t ip_start;
			uint8_t ip_sum;
			rte_le16_t ip_end;
			uint8_t l4_start;
			uint8_t l4_sum;
			rte_le16_t l4_end;
			rte_le32_t cmd_len; /* bits 19:0: bytes behind the headers, of a packet to segment */
			uint8_t status;
			uint8_t headers_len; /* of a packet to segment */
			rte_le16_t mss;
		};
		rte_le64_t halves[2]; /* as the driver stores it */
	};
};

static_assert(sizeof(struct dualbuf_tx_context) == DUALBUF_DESC_SIZE,
		"transmit descriptors are 16 bytes");
static_assert(offsetof(struct dualbuf_tx_context, mss) == 14, "MSS is last");

#define DUALBUF_TXC_TCP RTE_BIT32(24)
#define DUALBUF_TXC_IPV4 RTE_BIT32(25)
#define DUALBUF_TXC_TSE RTE_BIT32(26)

/* One, which a tag is no part of. */
#define DUALBUF_TXC_SLOTS 1
#define DUALBUF_TXC_HAS_TAG false
#define DUALBUF_TXC_HAS_SCTP false
#define DUALBUF_TXC_COUNTS true

/* What the 82574L demands of a context to segment by (datasheet 7.2.9). */
#define DUALBUF_TXC_MAX_PAYLOAD DUALBUF_TXD_LEN_MASK
#define DUALBUF_TXC_MIN_MSS 17
/* The longest frame of the 82574L, without tag and CRC; a frame has to fit into its transmit FIFO. */
#define DUALBUF_TXC_MAX_FRAME 9230

#include "dualbuf_desc_rx.h"

/* A write-back but for its status, in CPU order. */
struct dualbuf_rx_wb {
	uint32_t rss_type; /* DUALBUF_RXD_RSS_* */
	uint32_t rss; /* RSS hash */
	uint16_t length;
	uint16_t vlan;
};

/* Read the write-back of a descriptor whose status has DD set. */
static inline struct dualbuf_rx_wb
dualbuf_rx_desc_read(const volatile union dualbuf_rx_desc *desc)
{
	return (struct dualbuf_rx_wb){
		.rss_type = rte_le_to_cpu_32(desc->wb.mrq) & DUALBUF_RXD_RSS_MASK,
		.rss = rte_le_to_cpu_32(desc->wb.rss),
		.length = rte_le_to_cpu_16(desc->wb.length),
		.vlan = rte_le_to_cpu_16(desc->wb.vlan),
	};
}

/* Has the device finished with a transmit descriptor that asked for a report (RS)? */
static inline bool
dualbuf_tx_desc_done(const volatile struct dualbuf_tx_desc *desc)
{
	return (__atomic_load_n(&desc->status, __ATOMIC_ACQUIRE) & DUALBUF_TXD_STAT_DD) != 0;
}

/* Have a transmit descriptor look as if the device had reported it. Of a ring that has passed it. */
static inline void
dualbuf_tx_desc_set_done(volatile struct dualbuf_tx_desc *desc)
{
	desc->status = DUALBUF_TXD_STAT_DD;
}

/*
 * The second half of a packet's data descriptors in CPU order, but for EOP and the length of each. len: bytes
 * of the packet, or of its payload if it is segmented; not told here.
 */
static inline uint64_t
dualbuf_tx_order_of(uint32_t cmd, uint8_t popts, uint16_t tag, uint32_t len)
{
	(void)len;
	return cmd | (uint64_t)popts << 40 | (uint64_t)tag << 48;
}

/* Does a command, in CPU order, stand in a context descriptor? */
static inline bool
dualbuf_tx_is_context(uint32_t cmd)
{
	return (cmd & (DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA)) == DUALBUF_TXD_DEXT;
}

/* The context descriptor for what is asked of a packet. */
static inline struct dualbuf_tx_context
dualbuf_tx_context_of(const struct dualbuf_tx_asked *asked)
{
	uint32_t cmd = DUALBUF_TXD_DEXT | asked->payload;

	cmd |= asked->is_ipv4 ? DUALBUF_TXC_IPV4 : 0;
	cmd |= asked->l4_type == DUALBUF_TX_L4_TCP ? DUALBUF_TXC_TCP : 0;
	cmd |= asked->mss != 0 ? DUALBUF_TXC_TSE : 0;
	return (struct dualbuf_tx_context){
		.ip_start = asked->l3,
		.ip_sum = asked->l3 + 10,
		.ip_end = rte_cpu_to_le_16(asked->is_ipv4 ? asked->l4 - 1 : 0),
		.l4_start = asked->l4,
		.l4_sum = asked->l4 + (asked->l4_type == DUALBUF_TX_L4_TCP ? 16 : 6),
		.cmd_len = rte_cpu_to_le_32(cmd),
		.headers_len = asked->payload_at,
		.mss = rte_cpu_to_le_16(asked->mss),
	};
}

/* Can a context say where these headers are? l3: where the IP header begins; end: where the last ends. */
static inline bool
dualbuf_tx_context_fits(uint32_t l3, uint32_t end, bool tagged)
{
	(void)l3;
	(void)tagged;
	return end <= UINT8_MAX;
}

/* The number of a context, to be set in the second half of one and of the descriptors that refer to it. */
static inline uint64_t
dualbuf_tx_context_slot(uint32_t slot)
{
	(void)slot;
	return 0;
}

#endif /* _DUALBUF_DESC_EXT_H_ */
