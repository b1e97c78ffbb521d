/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_VEC_H_
#define _DUALBUF_RX_VEC_H_

/*
 * Common to the receive paths with vectors of x86: where they rely on the mbuf's layout, and
 * the tables by which they turn write-backs into mbuf flags and packet types.
 *
 * A descriptor is read with one load, of its 16 bytes or of several descriptors, DD among them. It lies
 * within a cache line, and of that processors read aligned 16 bytes at once, as vector receive
 * everywhere relies on; so when DD is set, the rest is what the device had written before it.
 */

#include <rte_vect.h>

#include "dualbuf_rx_burst.h"

#ifndef RX_VECTORS
#error "this descriptor format has no vector paths"
#endif

/* The fields of the mbuf that one store each covers, where a batch writes them. */
static_assert(offsetof(struct rte_mbuf, ol_flags) == offsetof(struct rte_mbuf, rearm_data) + 8,
		"rearm_data and ol_flags are one vector");
static_assert(offsetof(struct rte_mbuf, pkt_len) == offsetof(struct rte_mbuf, packet_type) + 4 &&
				offsetof(struct rte_mbuf, data_len) ==
						offsetof(struct rte_mbuf, packet_type) + 8 &&
				offsetof(struct rte_mbuf, vlan_tci) ==
						offsetof(struct rte_mbuf, packet_type) + 10 &&
				offsetof(struct rte_mbuf, hash.rss) ==
						offsetof(struct rte_mbuf, packet_type) + 12,
		"packet_type to hash.rss are one vector");

static_assert(DUALBUF_RXD_L4CS >> DUALBUF_RXD_CKSUM_SEEN_SHIFT == 1 &&
				DUALBUF_RXD_IPCS >> DUALBUF_RXD_CKSUM_SEEN_SHIFT == 2 &&
				DUALBUF_RXD_L4E >> DUALBUF_RXD_CKSUM_BAD_SHIFT == 4 &&
				DUALBUF_RXD_IPE >> DUALBUF_RXD_CKSUM_BAD_SHIFT == 8,
		"the checksum index is made of these bits");
static_assert(RTE_MBUF_F_RX_L4_CKSUM_GOOD == 1 << 8 && RTE_PTYPE_L4_TCP == 0x100,
		"one byte holds a looked-up value, halved or without its low byte");

/*
 * Constants that batches compare, mask and look up with: declared, for a compiler would make such constants anew in
 * every batch from several instructions each. As often as the widest vector takes it; narrower ones use
 * the first bytes.
 */
#define RX_VEC_SIZE 32

struct rx_vec_lanes {
	uint32_t lane[RX_VEC_SIZE / 4];
} __rte_aligned(RX_VEC_SIZE);

/* A table of 16 bytes by the lowest byte of a lane. Indexes from 0x80 on look up 0. */
struct rx_vec_table {
	uint8_t byte[RX_VEC_SIZE];
} __rte_aligned(RX_VEC_SIZE);

struct rx_vec_constants {
	struct rx_vec_lanes status_mask; /* status bits that decide whether a batch can be taken */
	struct rx_vec_lanes status_good; /* and what they have to be */
	struct rx_vec_lanes len_bits;
	struct rx_vec_lanes type_bits; /* four bits, by which types are looked up */
	struct rx_vec_lanes odd_types; /* bits of the first dword that no batch has */
	struct rx_vec_lanes other_bytes; /* put into an index, they look up 0 */
	struct rx_vec_lanes cksum_seen; /* L4CS and IPCS, shifted to bits 0 and 1 */
	struct rx_vec_lanes cksum_bad; /* L4E and IPE, shifted to bits 2 and 3 */
	struct rx_vec_lanes tag_seen;
	struct rx_vec_lanes tag_flags;
	struct rx_vec_table
			cksum_flags; /* by those four bits; halved, so that they fit into bytes */
	struct rx_vec_table hash_flag; /* by RSS type */
	struct rx_vec_table ptype_low; /* the low byte of the packet type by its four bits */
	struct rx_vec_table ptype_high; /* and the byte above by its own */
	/*
	 * Where the bytes of a write-back, with the packet type in place of its first dword, go in an mbuf from
	 * packet_type on: that, pkt_len of which 16 bits can be other than 0, data_len, vlan_tci, hash.
	 */
	struct rx_vec_table shuffle;
};

/* Those of the format; dualbuf_rx_vec_table.h has them. */
extern const struct rx_vec_constants RX_NAME(vec);

#endif /* _DUALBUF_RX_VEC_H_ */
