/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_net.h>
#include <rte_thash.h>
#include <rte_udp.h>

#include "dualbuf_desc_ext.h"
#include "vnic_offload.h"
#include "vnic_ptype.h"

/*
 * The headers of a frame: where they are, and how much of it there is to look at. A frame may lie at an
 * odd address and the library's structures of IP headers may not, so headers are copied to be looked at.
 */
struct headers {
	uint32_t ptype;
	const void *l3;
	const void *l4;
	uint32_t l2_len;
	uint32_t l3_room; /* bytes from l3 to the end of the frame */
	uint32_t l3_len;
};

/* The library's parser reads mbufs, so it gets one that stands over the frame's bytes. */
static void
parse_headers(const struct wire_frame *frame, struct headers *h)
{
	struct rte_net_hdr_lens lens = { 0 };
	uint32_t len = RTE_MIN(frame->len, (uint32_t)UINT16_MAX);
	const struct rte_mbuf m = {
		.buf_addr = (void *)(uintptr_t)frame->data,
		.data_len = len,
		.pkt_len = len,
		.nb_segs = 1,
	};
	h->ptype = rte_net_get_ptype(
			&m, &lens, RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK);
	h->l2_len = lens.l2_len;
	h->l3 = frame->data + lens.l2_len;
	h->l3_room = len - lens.l2_len;
	h->l3_len = lens.l3_len;
	h->l4 = frame->data + lens.l2_len + lens.l3_len;
}

/* Does the frame hold all that its IP header says, and at least that header and min_l4 bytes? */
static bool
ip_is_whole(const struct headers *h, uint32_t total, uint32_t min_l4)
{
	return total <= h->l3_room && total >= h->l3_len + min_l4;
}

/*
 * Is there a UDP checksum over all that the IP packet holds? A datagram may be shorter than that,
 * and then the library would sum up too much.
 */
static bool
udp_has_sum(const struct headers *h, uint32_t len)
{
	struct rte_udp_hdr udp;

	memcpy(&udp, h->l4, sizeof(udp));
	return rte_be_to_cpu_16(udp.dgram_len) == len &&
			!(RTE_ETH_IS_IPV4_HDR(h->ptype) && udp.dgram_cksum == 0);
}

/* The verdict on TCP or UDP over IPv4 or IPv6; 0 when there is nothing to check. */
static uint32_t
check_l4(const struct headers *h)
{
	bool tcp = (h->ptype & RTE_PTYPE_L4_MASK) == RTE_PTYPE_L4_TCP;
	uint32_t min_l4 = tcp ? sizeof(struct rte_tcp_hdr) : sizeof(struct rte_udp_hdr);
	uint32_t found = tcp ? DUALBUF_RXD_L4CS : DUALBUF_RXD_L4CS | DUALBUF_RXD_UDPCS;
	struct rte_ipv4_hdr ip4 = { 0 };
	struct rte_ipv6_hdr ip6 = { 0 };
	bool ipv4 = RTE_ETH_IS_IPV4_HDR(h->ptype);
	uint32_t total;
	bool ok;

	/*
	 * The library's parser goes on behind an IPv4 header of another version. With extension
	 * headers its sum over IPv6 would start at the wrong place.
	 */
	if (!ipv4 && !(RTE_ETH_IS_IPV6_HDR(h->ptype) && h->l3_len == sizeof(ip6)))
		return 0;
	if (ipv4) {
		memcpy(&ip4, h->l3, sizeof(ip4));
		total = rte_be_to_cpu_16(ip4.total_length);
	} else {
		memcpy(&ip6, h->l3, sizeof(ip6));
		total = sizeof(ip6) + rte_be_to_cpu_16(ip6.payload_len);
	}
	if (!ip_is_whole(h, total, min_l4) || (!tcp && !udp_has_sum(h, total - h->l3_len)))
		return 0;
	ok = ipv4 ? rte_ipv4_udptcp_cksum_verify(&ip4, h->l4) == 0 :
		    rte_ipv6_udptcp_cksum_verify(&ip6, h->l4) == 0;
	return ok ? found : found | DUALBUF_RXD_L4E;
}

static uint32_t
check_ipv4_header(const struct headers *h)
{
	if (h->l3_len > h->l3_room)
		return 0;
	return rte_raw_cksum(h->l3, h->l3_len) == 0xffff ? DUALBUF_RXD_IPCS :
							   DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE;
}

static uint32_t
check_sums(uint64_t offloads, const struct headers *h)
{
	uint32_t l4 = h->ptype & RTE_PTYPE_L4_MASK;
	uint32_t status = 0;

	if (RTE_ETH_IS_IPV4_HDR(h->ptype) && (offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM))
		status |= check_ipv4_header(h);
	if ((l4 == RTE_PTYPE_L4_TCP && (offloads & RTE_ETH_RX_OFFLOAD_TCP_CKSUM)) ||
			(l4 == RTE_PTYPE_L4_UDP && (offloads & RTE_ETH_RX_OFFLOAD_UDP_CKSUM)))
		status |= check_l4(h);
	return status;
}

/* Hash the addresses, and with TCP the ports too; *mrq tells which. */
static uint32_t
hash_ipv4(const struct dualbuf_rss *rss, uint64_t types, const struct headers *h, bool tcp,
		uint32_t *mrq)
{
	struct rte_ipv4_tuple tuple = { 0 };
	struct rte_ipv4_hdr ip4;
	struct rte_tcp_hdr l4;

	memcpy(&ip4, h->l3, sizeof(ip4));
	tuple.src_addr = rte_be_to_cpu_32(ip4.src_addr);
	tuple.dst_addr = rte_be_to_cpu_32(ip4.dst_addr);
	if (tcp && (types & RTE_ETH_RSS_NONFRAG_IPV4_TCP)) {
		memcpy(&l4, h->l4, sizeof(l4));
		tuple.sport = rte_be_to_cpu_16(l4.src_port);
		tuple.dport = rte_be_to_cpu_16(l4.dst_port);
		*mrq = DUALBUF_RXD_RSS_TCP4;
		return rte_softrss((uint32_t *)&tuple, RTE_THASH_V4_L4_LEN, dualbuf_rss_key(rss));
	}
	if (!(types & RTE_ETH_RSS_IPV4))
		return 0;
	*mrq = DUALBUF_RXD_RSS_IPV4;
	return rte_softrss((uint32_t *)&tuple, RTE_THASH_V4_L3_LEN, dualbuf_rss_key(rss));
}

static uint32_t
hash_ipv6(const struct dualbuf_rss *rss, uint64_t types, const struct headers *h, bool tcp,
		uint32_t *mrq)
{
	union rte_thash_tuple tuple;
	struct rte_ipv6_hdr ip6;
	struct rte_tcp_hdr l4;

	memcpy(&ip6, h->l3, sizeof(ip6));
	rte_thash_load_v6_addrs(&ip6, &tuple);
	if (tcp && (types & RTE_ETH_RSS_NONFRAG_IPV6_TCP)) {
		memcpy(&l4, h->l4, sizeof(l4));
		tuple.v6.sport = rte_be_to_cpu_16(l4.src_port);
		tuple.v6.dport = rte_be_to_cpu_16(l4.dst_port);
		*mrq = DUALBUF_RXD_RSS_TCP6;
		return rte_softrss((uint32_t *)&tuple, RTE_THASH_V6_L4_LEN, dualbuf_rss_key(rss));
	}
	if (!(types & RTE_ETH_RSS_IPV6))
		return 0;
	*mrq = DUALBUF_RXD_RSS_IPV6;
	return rte_softrss((uint32_t *)&tuple, RTE_THASH_V6_L3_LEN, dualbuf_rss_key(rss));
}

/* The 82574L finds IP behind one tag at the most, and so does this. */
static void
hash_frame(const struct dualbuf_rss *rss, uint64_t types, const struct headers *h,
		struct vnic_rx_meta *meta)
{
	bool tcp = (h->ptype & RTE_PTYPE_L4_MASK) == RTE_PTYPE_L4_TCP &&
			h->l3_len + sizeof(struct rte_tcp_hdr) <= h->l3_room;

	if (h->l2_len > RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN)
		return;
	if (RTE_ETH_IS_IPV4_HDR(h->ptype) && h->l3_room >= sizeof(struct rte_ipv4_hdr))
		meta->rss = hash_ipv4(rss, types, h, tcp, &meta->mrq);
	else if (RTE_ETH_IS_IPV6_HDR(h->ptype) && h->l3_room >= sizeof(struct rte_ipv6_hdr))
		meta->rss = hash_ipv6(rss, types, h, tcp, &meta->mrq);
}

/* What the hash is for: a queue, where there are several, and the mbuf, if its application wants it. */
static void
use_hash(const struct vnic_offload *offload, uint64_t offloads, struct vnic_rx_meta *meta)
{
	if (offload->steers && meta->mrq != DUALBUF_RXD_RSS_NONE)
		meta->queue = dualbuf_rss_queue(offload->rss, meta->rss);
	if (offloads & RTE_ETH_RX_OFFLOAD_RSS_HASH)
		return;
	meta->mrq = DUALBUF_RXD_RSS_NONE;
	meta->rss = 0;
}

/* Take the tag out of the frame and into the write-back. What scratch has no room for keeps its tag. */
static void
strip_tag(struct wire_frame *frame, uint8_t *scratch, struct vnic_rx_meta *meta)
{
	const uint32_t at = 2 * RTE_ETHER_ADDR_LEN;
	rte_be16_t tpid, tci;

	if (frame->len < at + RTE_VLAN_HLEN || frame->len > WIRE_MAX_FRAME)
		return;
	memcpy(&tpid, frame->data + at, sizeof(tpid));
	if (tpid != RTE_BE16(RTE_ETHER_TYPE_VLAN))
		return;
	memcpy(&tci, frame->data + at + sizeof(tpid), sizeof(tci));
	meta->vlan = rte_be_to_cpu_16(tci);
	meta->status_error |= DUALBUF_RXD_VP;
	memcpy(scratch, frame->data, at);
	memcpy(scratch + at, frame->data + at + RTE_VLAN_HLEN, frame->len - at - RTE_VLAN_HLEN);
	frame->data = scratch;
	frame->len -= RTE_VLAN_HLEN;
}

void
vnic_offload_rx(const struct vnic_offload *offload, struct wire_frame *frame, uint8_t *scratch,
		struct vnic_rx_meta *meta)
{
	uint64_t offloads = __atomic_load_n(&offload->rx_offloads, __ATOMIC_RELAXED);
	uint64_t hashed = vnic_offload_hashed(offload);
	uint32_t layers = __atomic_load_n(&offload->ptype_layers, __ATOMIC_RELAXED);
	struct headers h;

	*meta = (struct vnic_rx_meta){ 0 };
	if (hashed != 0 || (offloads & VNIC_OFFLOAD_CHECKSUMS) != 0) {
		parse_headers(frame, &h);
		meta->status_error = check_sums(offloads, &h);
	}
	if (hashed != 0) {
		hash_frame(offload->rss, hashed, &h, meta);
		use_hash(offload, offloads, meta);
	}
	if (offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP)
		strip_tag(frame, scratch, meta);
	if (layers != 0)
		meta->ptype = vnic_ptype(frame, layers);
}
