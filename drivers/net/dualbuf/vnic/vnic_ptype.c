/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include <rte_common.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_net.h>

#include "vnic_ptype.h"

const uint32_t vnic_ptypes[] = {
	RTE_PTYPE_L2_ETHER,
	RTE_PTYPE_L2_ETHER_VLAN,
	RTE_PTYPE_L2_ETHER_QINQ,
	RTE_PTYPE_L2_ETHER_MPLS,
	RTE_PTYPE_L3_IPV4,
	RTE_PTYPE_L3_IPV4_EXT,
	RTE_PTYPE_L3_IPV6,
	RTE_PTYPE_L3_IPV6_EXT,
	RTE_PTYPE_L4_TCP,
	RTE_PTYPE_L4_UDP,
	RTE_PTYPE_L4_SCTP,
	RTE_PTYPE_L4_ICMP,
	RTE_PTYPE_L4_FRAG,
	RTE_PTYPE_UNKNOWN,
};

/* The protocol over IPv6, behind its extensions; -1: it is cut off before. */
static int
ipv6_protocol(const struct rte_mbuf *m, uint32_t at)
{
	const struct rte_ipv6_hdr *ip;
	struct rte_ipv6_hdr copy;
	uint32_t off = at + sizeof(copy);
	int fragment;

	ip = rte_pktmbuf_read(m, at, sizeof(copy), &copy);
	return ip == NULL ? -1 : rte_net_skip_ip6_ext(ip->proto, m, &off, &fragment);
}

/* The library's parser does not know ICMP. */
static bool
is_icmp(const struct rte_mbuf *m, const struct rte_net_hdr_lens *lens, uint32_t ptype)
{
	const uint32_t at = lens->l2_len + offsetof(struct rte_ipv4_hdr, next_proto_id);

	if (RTE_ETH_IS_IPV6_HDR(ptype))
		return ipv6_protocol(m, lens->l2_len) == IPPROTO_ICMPV6;
	return RTE_ETH_IS_IPV4_HDR(ptype) && at < m->data_len &&
			*rte_pktmbuf_mtod_offset(m, const uint8_t *, at) == IPPROTO_ICMP;
}

uint32_t
vnic_ptype(const struct wire_frame *frame, uint32_t layers)
{
	uint32_t len = RTE_MIN(frame->len, (uint32_t)UINT16_MAX), ptype;
	struct rte_net_hdr_lens lens = { 0 };
	const struct rte_mbuf m = {
		.buf_addr = (void *)(uintptr_t)frame->data,
		.data_len = len,
		.pkt_len = len,
		.nb_segs = 1,
	};
	ptype = rte_net_get_ptype(&m, &lens, VNIC_PTYPE_LAYERS);
	if ((layers & RTE_PTYPE_L4_MASK) && (ptype & RTE_PTYPE_L4_MASK) == 0 &&
			is_icmp(&m, &lens, ptype))
		ptype |= RTE_PTYPE_L4_ICMP;
	return ptype & layers;
}
