/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_ether.h>
#include <rte_hash_crc.h>
#include <rte_ip.h>
#include <rte_net.h>

#include "flow.h"

#define HEADERS (RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK)

/* The key of a flow; unused bytes are 0. */
struct flow_key {
	uint8_t addresses[2 * 16];
	uint32_t ports;
	uint32_t l4;
};

static void
key_read(const struct rte_mbuf *m, uint32_t offset, uint32_t len, void *to)
{
	const void *data = rte_pktmbuf_read(m, offset, len, to);

	if (data != NULL && data != to)
		memcpy(to, data, len);
}

static void
key_of(const struct rte_mbuf *m, struct flow_key *key)
{
	struct rte_net_hdr_lens lens;
	uint32_t ptype = rte_net_get_ptype(m, &lens, HEADERS);
	uint32_t l4 = ptype & RTE_PTYPE_L4_MASK;

	if (RTE_ETH_IS_IPV4_HDR(ptype))
		key_read(m, lens.l2_len + offsetof(struct rte_ipv4_hdr, src_addr),
				2 * sizeof(rte_be32_t), key->addresses);
	else if (RTE_ETH_IS_IPV6_HDR(ptype))
		key_read(m, lens.l2_len + offsetof(struct rte_ipv6_hdr, src_addr),
				sizeof(key->addresses), key->addresses);
	else
		key_read(m, 0, 2 * RTE_ETHER_ADDR_LEN, key->addresses);
	/* both ports are at the beginning of all three */
	if (l4 == RTE_PTYPE_L4_TCP || l4 == RTE_PTYPE_L4_UDP || l4 == RTE_PTYPE_L4_SCTP)
		key_read(m, lens.l2_len + lens.l3_len, sizeof(key->ports), &key->ports);
	key->l4 = l4;
}

uint32_t
flow_hash(const struct rte_mbuf *m)
{
	struct flow_key key = { .ports = 0 };

	if (m->ol_flags & RTE_MBUF_F_RX_RSS_HASH)
		return m->hash.rss;
	key_of(m, &key);
	return rte_hash_crc(&key, sizeof(key), 0);
}
