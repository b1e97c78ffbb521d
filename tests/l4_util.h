/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _L4_UTIL_H_
#define _L4_UTIL_H_

/* Frames of TCP and UDP whose checksums are wrong, what asks for right ones, and the right ones. */

#include <stdbool.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#define L4_WRONG RTE_BE16(0xbad1)
#define L4_MAX_HEADERS 256

struct l4_kind {
	bool is_ipv6;
	bool is_tcp;
	uint8_t tag; /* 4: the frame itself has a VLAN tag */
	uint8_t options; /* bytes of options of IPv4, a multiple of 4 */
	uint16_t host; /* the last bytes of the destination's address, which every sum has in it */
	uint32_t payload;
};

/* Every kind, with as much payload as that. */
#define L4_KINDS 12

static inline struct l4_kind
l4_kind_of(unsigned int number, uint32_t payload)
{
	return (struct l4_kind){
		.is_tcp = number % 2 == 0,
		.tag = number / 2 % 2 * RTE_VLAN_HLEN,
		.is_ipv6 = number / 4 == 2,
		.options = number / 4 == 1 ? 12 : 0,
		.payload = payload,
	};
}

static inline uint32_t
l4_l2_len(const struct l4_kind *kind)
{
	return RTE_ETHER_HDR_LEN + kind->tag;
}

static inline uint32_t
l4_l3_len(const struct l4_kind *kind)
{
	return kind->is_ipv6 ? sizeof(struct rte_ipv6_hdr) :
			       sizeof(struct rte_ipv4_hdr) + kind->options;
}

static inline uint32_t
l4_headers_len(const struct l4_kind *kind)
{
	return l4_l2_len(kind) + l4_l3_len(kind) +
			(kind->is_tcp ? sizeof(struct rte_tcp_hdr) : sizeof(struct rte_udp_hdr));
}

static inline void
l4_put_ip(const struct l4_kind *kind, uint8_t *at, uint16_t l4_len)
{
	const uint8_t proto = kind->is_tcp ? IPPROTO_TCP : IPPROTO_UDP;
	const rte_be16_t host = rte_cpu_to_be_16(kind->host);
	const struct rte_ipv4_hdr ip4 = {
		.version_ihl = 0x45 + kind->options / 4,
		.total_length = rte_cpu_to_be_16(l4_l3_len(kind) + l4_len),
		.packet_id = RTE_BE16(0xfffe),
		.time_to_live = 64,
		.next_proto_id = proto,
		.hdr_checksum = L4_WRONG,
		.src_addr = RTE_BE32(0xc0a80117),
		.dst_addr = rte_cpu_to_be_32(0x0a000000 + kind->host),
	};
	struct rte_ipv6_hdr ip6 = {
		.vtc_flow = RTE_BE32(0x60012345),
		.payload_len = rte_cpu_to_be_16(l4_len),
		.proto = proto,
		.hop_limits = 64,
	};

	memset(&ip6.src_addr, 0x26, sizeof(ip6.src_addr));
	memset(&ip6.dst_addr, 0x3f, sizeof(ip6.dst_addr));
	memcpy((uint8_t *)&ip6.dst_addr + 14, &host, sizeof(host));
	/* an option that says nothing is 1 */
	memset(at, 1, l4_l3_len(kind));
	if (kind->is_ipv6)
		memcpy(at, &ip6, sizeof(ip6));
	else
		memcpy(at, &ip4, sizeof(ip4));
}

static inline void
l4_put_l4(const struct l4_kind *kind, uint8_t *at)
{
	const struct rte_tcp_hdr tcp = {
		.src_port = RTE_BE16(443),
		.dst_port = RTE_BE16(40000),
		.sent_seq = RTE_BE32(0xfffff000),
		.recv_ack = RTE_BE32(77),
		.data_off = 5 << 4,
		.tcp_flags = RTE_TCP_ACK_FLAG | RTE_TCP_PSH_FLAG | RTE_TCP_FIN_FLAG,
		.rx_win = RTE_BE16(1000),
		.cksum = L4_WRONG,
	};
	const struct rte_udp_hdr udp = {
		.src_port = RTE_BE16(53),
		.dst_port = RTE_BE16(40000),
		.dgram_len = rte_cpu_to_be_16(sizeof(udp) + kind->payload),
		.dgram_cksum = L4_WRONG,
	};

	if (kind->is_tcp)
		memcpy(at, &tcp, sizeof(tcp));
	else
		memcpy(at, &udp, sizeof(udp));
}

/* Make a frame, with wrong checksums. Returns its length. */
static inline uint32_t
l4_put(const struct l4_kind *kind, uint8_t *frame)
{
	const uint32_t headers = l4_headers_len(kind), len = headers + kind->payload;
	const rte_be16_t type = kind->is_ipv6 ? RTE_BE16(RTE_ETHER_TYPE_IPV6) :
						RTE_BE16(RTE_ETHER_TYPE_IPV4);
	const uint8_t tag[] = { 0x81, 0x00, 0x20, 0x64 };
	const uint32_t l2_len = l4_l2_len(kind);
	uint32_t i;

	memset(frame, 0x02, 12);
	memcpy(frame + 12, tag, kind->tag);
	memcpy(frame + l2_len - 2, &type, sizeof(type));
	l4_put_ip(kind, frame + l2_len, len - l2_len - l4_l3_len(kind));
	l4_put_l4(kind, frame + l2_len + l4_l3_len(kind));
	for (i = 0; i < kind->payload; i++)
		frame[headers + i] = (uint8_t)(i * 13 + i / 256);
	return len;
}

/* Ask for the checksums that a kind of frame has, and say where its headers are. */
static inline void
l4_ask(const struct l4_kind *kind, struct rte_mbuf *m)
{
	m->l2_len = l4_l2_len(kind);
	m->l3_len = l4_l3_len(kind);
	m->l4_len = l4_headers_len(kind) - m->l2_len - m->l3_len;
	m->ol_flags |= kind->is_ipv6 ? RTE_MBUF_F_TX_IPV6 :
				       RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	m->ol_flags |= kind->is_tcp ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM;
}

static inline void
l4_ask_tso(const struct l4_kind *kind, struct rte_mbuf *m, uint16_t mss)
{
	l4_ask(kind, m);
	m->ol_flags |= RTE_MBUF_F_TX_TCP_SEG;
	m->tso_segsz = mss;
}

/* Put the right checksums into a frame, by the library. */
static inline void
l4_put_sums(const struct l4_kind *kind, uint8_t *frame)
{
	uint8_t *l3 = frame + l4_l2_len(kind), *l4 = l3 + l4_l3_len(kind);
	uint8_t *at = l4 +
			(kind->is_tcp ? offsetof(struct rte_tcp_hdr, cksum) :
					offsetof(struct rte_udp_hdr, dgram_cksum));
	struct rte_ipv4_hdr *ip4 = (struct rte_ipv4_hdr *)l3;
	uint16_t sum = 0;

	memcpy(at, &sum, sizeof(sum));
	sum = kind->is_ipv6 ? rte_ipv6_udptcp_cksum((const struct rte_ipv6_hdr *)l3, l4) :
			      rte_ipv4_udptcp_cksum(ip4, l4);
	memcpy(at, &sum, sizeof(sum));
	if (kind->is_ipv6)
		return;
	ip4->hdr_checksum = 0;
	ip4->hdr_checksum = ~rte_raw_cksum(ip4, l4_l3_len(kind));
}

/* Make frame number i of those that a TCP packet is cut into, as a packet of its own. Returns its length. */
static inline uint32_t
l4_put_segment(const struct l4_kind *whole, uint32_t mss, unsigned int i, uint8_t *frame)
{
	static uint8_t all[L4_MAX_HEADERS + 65536];
	const uint32_t headers = l4_headers_len(whole), left = whole->payload - i * mss;
	uint8_t *l3 = frame + l4_l2_len(whole), *l4 = l3 + l4_l3_len(whole);
	const rte_be32_t seq = rte_cpu_to_be_32(0xfffff000 + i * mss);
	const rte_be16_t id = rte_cpu_to_be_16(0xfffe + i);
	struct l4_kind kind = *whole;

	l4_put(whole, all);
	kind.payload = RTE_MIN(left, mss);
	l4_put(&kind, frame);
	memcpy(frame + headers, all + headers + i * mss, kind.payload);
	memcpy(l4 + offsetof(struct rte_tcp_hdr, sent_seq), &seq, sizeof(seq));
	if (left > mss)
		l4[offsetof(struct rte_tcp_hdr, tcp_flags)] = RTE_TCP_ACK_FLAG;
	if (!kind.is_ipv6)
		memcpy(l3 + offsetof(struct rte_ipv4_hdr, packet_id), &id, sizeof(id));
	l4_put_sums(&kind, frame);
	return headers + kind.payload;
}

#endif /* _L4_UTIL_H_ */
