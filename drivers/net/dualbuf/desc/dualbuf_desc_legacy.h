/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DESC_LEGACY_H_
#define _DUALBUF_DESC_LEGACY_H_

#ifdef DUALBUF_DESC_FORMAT
#error "a file is for one descriptor format"
#endif
#define DUALBUF_DESC_FORMAT legacy
#define DUALBUF_DESC_ID DUALBUF_DESC_LEGACY

/*
 * Descriptor format of the 82540EM and 82545EM: the receive descriptor (PCI/PCI-X Family of Gigabit Ethernet
 * Controllers Software Developer's Manual, section 3.2.3). They send by the extended format.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_bitops.h>
#include <rte_byteorder.h>

#include "dualbuf_desc.h"

/* Legacy receive descriptor. The device leaves the address, and writes the status behind it. */
union dualbuf_rx_desc {
	struct {
		rte_le64_t addr;
		rte_le64_t reserved; /* 0, so that DD is clear */
	} read;
	struct {
		rte_le64_t addr;
		rte_le16_t length;
		rte_le16_t sum; /* of the packet's bytes */
		rte_le32_t status_error; /* status, errors, and the tag in the upper half */
	} wb;
	rte_le64_t halves[2]; /* as whoever writes it back stores it */
};

static_assert(sizeof(union dualbuf_rx_desc) == DUALBUF_DESC_SIZE,
		"receive descriptors are 16 bytes");
static_assert(offsetof(union dualbuf_rx_desc, wb.length) == 8, "length follows the address");
static_assert(offsetof(union dualbuf_rx_desc, wb.status_error) == 12, "status is last");

/* Status, bits 7:0 of status_error */
#define DUALBUF_RXD_DD RTE_BIT32(0)
#define DUALBUF_RXD_EOP RTE_BIT32(1)
#define DUALBUF_RXD_IXSM RTE_BIT32(2) /* no checksum was looked at, whatever the other bits say */
#define DUALBUF_RXD_VP RTE_BIT32(3)
#define DUALBUF_RXD_L4CS RTE_BIT32(5)
#define DUALBUF_RXD_IPCS RTE_BIT32(6)

/* Errors, bits 15:8 of status_error */
#define DUALBUF_RXD_CE RTE_BIT32(8)
#define DUALBUF_RXD_SE RTE_BIT32(9)
#define DUALBUF_RXD_SEQ RTE_BIT32(10)
#define DUALBUF_RXD_CXE RTE_BIT32(12)
#define DUALBUF_RXD_L4E RTE_BIT32(13)
#define DUALBUF_RXD_IPE RTE_BIT32(14)
#define DUALBUF_RXD_RXE RTE_BIT32(15)

#define DUALBUF_RXD_TAG_SHIFT 16

/* The frame itself is damaged, as opposed to a checksum inside it that does not match. */
#define DUALBUF_RXD_FRAME_ERRORS \
	(DUALBUF_RXD_CE | DUALBUF_RXD_SE | DUALBUF_RXD_SEQ | DUALBUF_RXD_CXE | DUALBUF_RXD_RXE)

/* The device does not hash. */
#define DUALBUF_RXD_RSS_NONE 0x0u

#include "dualbuf_desc_rx.h"

/* A write-back but for its status, in CPU order. */
struct dualbuf_rx_wb {
	uint32_t rss_type; /* DUALBUF_RXD_RSS_NONE */
	uint32_t rss;
	uint16_t length;
	uint16_t vlan;
};

/* Read the write-back of a descriptor whose status has DD set. */
static inline struct dualbuf_rx_wb
dualbuf_rx_desc_read(const volatile union dualbuf_rx_desc *desc)
{
	return (struct dualbuf_rx_wb){
		.rss_type = DUALBUF_RXD_RSS_NONE,
		.length = rte_le_to_cpu_16(desc->wb.length),
		.vlan = rte_le_to_cpu_32(desc->wb.status_error) >> DUALBUF_RXD_TAG_SHIFT,
	};
}

#endif /* _DUALBUF_DESC_LEGACY_H_ */
