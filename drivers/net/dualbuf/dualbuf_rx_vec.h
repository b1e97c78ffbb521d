/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_VEC_H_
#define _DUALBUF_RX_VEC_H_

/*
 * What the receive steps with vectors of x86 have in common: where they rely on the mbuf's layout, and
 * the tables by which they turn write-backs into mbuf flags and packet types.
 *
 * A descriptor is read with one aligned load of 16 bytes, DD among them. Processors do such a load
 * at once, as vector receive everywhere relies on; so when DD is set, the rest is what the device
 * had written before it.
 */

#include <rte_prefetch.h>
#include <rte_vect.h>

#include "dualbuf_rx_path.h"

/* The fields of the mbuf that one store each covers, where the step writes them. */
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

static_assert(DUALBUF_RXD_L4CS == 1 << 5 && DUALBUF_RXD_IPCS == 1 << 6 &&
				DUALBUF_RXD_L4E == 1 << 29 && DUALBUF_RXD_IPE == 1 << 30,
		"the checksum index is made of these bits");
static_assert(RTE_MBUF_F_RX_L4_CKSUM_GOOD == 1 << 8 && RTE_PTYPE_L4_TCP == 0x100,
		"one byte holds a looked-up value, halved or without its low byte");

/* mbuf flags by L4CS, IPCS, L4E, IPE in bits 0 to 3; halved, so that L4_CKSUM_GOOD fits into a byte. */
static inline __m128i
rx_vec_checksum_flags(void)
{
	enum {
		IP_GOOD = RTE_MBUF_F_RX_IP_CKSUM_GOOD >> 1,
		IP_BAD = RTE_MBUF_F_RX_IP_CKSUM_BAD >> 1,
		L4_GOOD = RTE_MBUF_F_RX_L4_CKSUM_GOOD >> 1,
		L4_BAD = RTE_MBUF_F_RX_L4_CKSUM_BAD >> 1,
	};

	return _mm_setr_epi8(0, (char)L4_GOOD, IP_GOOD, (char)(IP_GOOD | L4_GOOD), 0, L4_BAD,
			IP_GOOD, IP_GOOD | L4_BAD, 0, (char)L4_GOOD, IP_BAD,
			(char)(IP_BAD | L4_GOOD), 0, L4_BAD, IP_BAD, IP_BAD | L4_BAD);
}

/* Packet type by RSS type: its low byte, and the byte above. */
static inline __m128i
rx_vec_ptype_low(void)
{
	const char ip4 = (char)(RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN);
	const char ip6 = (char)(RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN);

	return _mm_setr_epi8(
			RTE_PTYPE_L2_ETHER, ip4, ip4, ip6, 0, ip6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

static inline __m128i
rx_vec_ptype_high(void)
{
	const char tcp = (char)(RTE_PTYPE_L4_TCP >> 8);

	return _mm_setr_epi8(0, tcp, 0, tcp, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

/*
 * Where the bytes of a write-back, with the packet type in place of mrq, go in an mbuf from
 * packet_type on: that, pkt_len of which 16 bits can be other than 0, data_len, vlan_tci, hash.
 */
static inline __m128i
rx_vec_places(void)
{
	return _mm_setr_epi8(0, 1, 2, 3, 12, 13, -1, -1, 12, 13, 14, 15, 4, 5, 6, 7);
}

/* Only the lowest byte of a 32-bit lane looks something up: shuffle indexes with bit 7 give 0. */
#define RX_VEC_OTHER_BYTES ((int)0x80808000)

/* The mbufs of the next step, most likely, were written last by whoever freed them. */
static inline void
rx_vec_prefetch(struct rte_mbuf *const *mbufs)
{
	unsigned int i;

	for (i = 0; i < RX_STEP; i++)
		rte_prefetch0_write(&mbufs[i]->rearm_data);
}

#endif /* _DUALBUF_RX_VEC_H_ */
