/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FLOW_UTIL_H_
#define _FLOW_UTIL_H_

/* Frames of many flows, numbered, and a port that spreads them over its queues. */

#include "offload_util.h"
#include "random_util.h"
#include "rss_util.h"

#define NB_QUEUES 4
#define FLOW_ROOM 96 /* the longest frame */

/* The kinds of frames, in turn. */
enum flow_kind {
	FLOW_TCP4,
	FLOW_UDP4,
	FLOW_TCP6,
	FLOW_UDP6,
	FLOW_FRAGMENT4,
	FLOW_ARP,
	FLOW_KINDS,
};

static inline unsigned int
flow_ipv4(uint8_t *ip, enum flow_kind kind, uint64_t *seed)
{
	unsigned int i;

	ip[0] = 0x45;
	ip[3] = 48;
	ip[6] = kind == FLOW_FRAGMENT4 ? 0x20 : 0;
	ip[8] = 64;
	ip[9] = kind == FLOW_UDP4 ? IPPROTO_UDP : IPPROTO_TCP;
	for (i = 12; i < 24; i++)
		ip[i] = (uint8_t)test_random(seed);
	ip[32] = 5 << 4;
	return 48;
}

static inline unsigned int
flow_ipv6(uint8_t *ip, enum flow_kind kind, uint64_t *seed)
{
	unsigned int i;

	ip[0] = 0x60;
	ip[5] = 28;
	ip[6] = kind == FLOW_UDP6 ? IPPROTO_UDP : IPPROTO_TCP;
	ip[7] = 64;
	for (i = 8; i < 44; i++)
		ip[i] = (uint8_t)test_random(seed);
	ip[52] = 5 << 4;
	return 68;
}

/* One frame; every third with a tag. Its number stands in the source address. Returns its length. */
static inline unsigned int
flow_frame(uint8_t *frame, uint32_t number, uint64_t *seed)
{
	static const uint16_t types[] = {
		[FLOW_TCP4] = RTE_ETHER_TYPE_IPV4,
		[FLOW_UDP4] = RTE_ETHER_TYPE_IPV4,
		[FLOW_TCP6] = RTE_ETHER_TYPE_IPV6,
		[FLOW_UDP6] = RTE_ETHER_TYPE_IPV6,
		[FLOW_FRAGMENT4] = RTE_ETHER_TYPE_IPV4,
		[FLOW_ARP] = RTE_ETHER_TYPE_ARP,
	};
	enum flow_kind kind = number % FLOW_KINDS;
	unsigned int at = 12;

	memset(frame, 0, FLOW_ROOM);
	frame[0] = 0x02;
	memcpy(frame + 6, "\x02\x00", 2);
	memcpy(frame + 8, &number, sizeof(number));
	if (number / FLOW_KINDS % 3 == 2) {
		memcpy(frame + at, "\x81\x00\x00\x05", 4);
		at += 4;
	}
	frame[at++] = types[kind] >> 8;
	frame[at++] = types[kind] & 0xff;
	if (types[kind] == RTE_ETHER_TYPE_IPV4)
		return at + flow_ipv4(frame + at, kind, seed);
	if (types[kind] == RTE_ETHER_TYPE_IPV6)
		return at + flow_ipv6(frame + at, kind, seed);
	return at + 46;
}

static inline uint32_t
flow_number(const struct rte_mbuf *m)
{
	uint32_t number;

	memcpy(&number, rte_pktmbuf_mtod_offset(m, const uint8_t *, 8), sizeof(number));
	return number;
}

static inline struct packets
flow_packets(unsigned int nb)
{
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	struct packets packets = { 0 };
	uint8_t frame[FLOW_ROOM];
	unsigned int i, len;

	for (i = 0; i < nb; i++) {
		len = flow_frame(frame, i, &seed);
		packets_add(&packets, frame, len);
	}
	return packets;
}

#endif /* _FLOW_UTIL_H_ */
