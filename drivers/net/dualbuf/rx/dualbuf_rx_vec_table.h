/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_VEC_TABLE_H_
#define _DUALBUF_RX_VEC_TABLE_H_

/* The constants of vector receive for a descriptor format: included once for each. */

#include "dualbuf_rx_vec.h"

#define VEC_LANES(value) \
	{ \
		.lane = { value, value, value, value, value, value, value, value } \
	}

/* Tables are looked up in 16 bytes at a time, so each stands there once for every 16. */
#define VEC_TABLE(...) \
	{ \
		.byte = { __VA_ARGS__, __VA_ARGS__ } \
	}

/* Checksum flags, halved: RTE_MBUF_F_RX_L4_CKSUM_GOOD is bit 8. */
#define IP_GOOD (RTE_MBUF_F_RX_IP_CKSUM_GOOD >> 1)
#define IP_BAD (RTE_MBUF_F_RX_IP_CKSUM_BAD >> 1)
#define L4_GOOD (RTE_MBUF_F_RX_L4_CKSUM_GOOD >> 1)
#define L4_BAD (RTE_MBUF_F_RX_L4_CKSUM_BAD >> 1)

#define HASH RTE_MBUF_F_RX_RSS_HASH

/* Bytes of a packet type. */
#define LOW(ptype) ((ptype) % 0x100)
#define HIGH(ptype) ((ptype) / 0x100)

/* Nothing is copied to this byte. */
#define NONE 0x80

const struct rx_vec_constants RX_NAME(vec) = {
	.status_mask = VEC_LANES(DUALBUF_RXD_DD | DUALBUF_RXD_EOP | RX_SCALAR_STATUS),
	.status_good = VEC_LANES(DUALBUF_RXD_DD | DUALBUF_RXD_EOP),
	.len_bits = VEC_LANES(0xffff),
	.type_bits = VEC_LANES(DUALBUF_RXD_RSS_MASK),
	.odd_types = VEC_LANES(RX_ODD_TYPES),
	.other_bytes = VEC_LANES(0x80808000),
	.cksum_seen = VEC_LANES(0x3),
	.cksum_bad = VEC_LANES(0xc),
	.tag_seen = VEC_LANES(DUALBUF_RXD_VP),
	.tag_flags = VEC_LANES(RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED),
	.cksum_flags = VEC_TABLE(0, L4_GOOD, IP_GOOD, IP_GOOD | L4_GOOD, 0, L4_BAD, IP_GOOD,
			IP_GOOD | L4_BAD, 0, L4_GOOD, IP_BAD, IP_BAD | L4_GOOD, 0, L4_BAD, IP_BAD,
			IP_BAD | L4_BAD),
	.hash_flag = VEC_TABLE(0, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH,
			HASH, HASH, HASH, HASH),
	.ptype_low = VEC_TABLE(RX_PTYPES_LOW(LOW)),
	.ptype_high = VEC_TABLE(RX_PTYPES_HIGH(HIGH)),
	.shuffle = VEC_TABLE(0, 1, 2, 3, 12, 13, NONE, NONE, 12, 13, 14, 15, 4, 5, 6, 7),
};

#endif /* _DUALBUF_RX_VEC_TABLE_H_ */
