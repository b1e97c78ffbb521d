/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WB_ADV_H_
#define _WB_ADV_H_

/* Write-backs of the advanced format; wb_util.h includes this. */

static inline union dualbuf_rx_desc
test_wb_desc(const struct test_wb *wb)
{
	return (union dualbuf_rx_desc){
		.wb.type = rte_cpu_to_le_32(wb->types),
		.wb.rss = rte_cpu_to_le_32(wb->rss),
		.wb.status_error = rte_cpu_to_le_32(wb->status),
		.wb.length = rte_cpu_to_le_16(wb->length),
		.wb.vlan = rte_cpu_to_le_16(wb->vlan),
	};
}

/* Bits of a damaged frame: the security error has a number. */
static const uint32_t test_damages[] = { 0x80000000, 0x08000000, 0x10000000, 0x18000000 };

/* Status bits of a packet that is in order; and those of them that only the scalar path takes. */
#define TEST_WB_FLAGS \
	(DUALBUF_RXD_VP | DUALBUF_RXD_UDPCS | DUALBUF_RXD_L4CS | DUALBUF_RXD_IPCS | \
			DUALBUF_RXD_LB | DUALBUF_RXD_HBO | DUALBUF_RXD_L4E | DUALBUF_RXD_IPE)
#define TEST_WB_SCALAR_FLAGS (DUALBUF_RXD_LB | DUALBUF_RXD_L4E)

#define TEST_IPV4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4)
#define TEST_IPV4_EXT (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT)
#define TEST_IPV6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6)
#define TEST_IPV6_EXT (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT)
#define TEST_6IN4 (TEST_IPV4 | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6)

/* As the datasheets and the models of the device have them: the packet type begins at bit 4. */
static const struct test_types test_types[] = {
	{ 0x0000, 0, RTE_PTYPE_L2_ETHER },
	{ 0x0010, 0, TEST_IPV4 },
	{ 0x0110, 0, TEST_IPV4 | RTE_PTYPE_L4_TCP },
	{ 0x0210, 0, TEST_IPV4 | RTE_PTYPE_L4_UDP },
	{ 0x0410, 0, TEST_IPV4 | RTE_PTYPE_L4_SCTP },
	{ 0x0030, 0, TEST_IPV4_EXT },
	{ 0x0020, 0, TEST_IPV4_EXT },
	{ 0x0130, 0, TEST_IPV4_EXT | RTE_PTYPE_L4_TCP },
	{ 0x0430, 0, TEST_IPV4_EXT | RTE_PTYPE_L4_SCTP },
	{ 0x0040, 0, TEST_IPV6 },
	{ 0x0140, 0, TEST_IPV6 | RTE_PTYPE_L4_TCP },
	{ 0x0240, 0, TEST_IPV6 | RTE_PTYPE_L4_UDP },
	{ 0x0440, 0, TEST_IPV6 | RTE_PTYPE_L4_SCTP },
	{ 0x00c0, 0, TEST_IPV6_EXT },
	{ 0x0080, 0, TEST_IPV6_EXT },
	{ 0x0180, 0, TEST_IPV6_EXT | RTE_PTYPE_L4_TCP },
	{ 0x02c0, 0, TEST_IPV6_EXT | RTE_PTYPE_L4_UDP },
	/* NFS is no type of its own */
	{ 0x0910, 0, TEST_IPV4 | RTE_PTYPE_L4_TCP },
	{ 0x0a40, 0, TEST_IPV6 | RTE_PTYPE_L4_UDP },
	/* IPv6 in IPv4 */
	{ 0x0050, 0, TEST_6IN4 },
	{ 0x0150, 0, TEST_6IN4 | RTE_PTYPE_INNER_L4_TCP },
	{ 0x0250, 0, TEST_6IN4 | RTE_PTYPE_INNER_L4_UDP },
	{ 0x0450, 0, TEST_6IN4 | RTE_PTYPE_INNER_L4_SCTP },
	{ 0x00d0, 0, TEST_IPV4 | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6_EXT },
	{ 0x0190, 0,
			TEST_IPV4 | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6_EXT |
					RTE_PTYPE_INNER_L4_TCP },
	{ 0x0170, 0,
			TEST_IPV4_EXT | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6 |
					RTE_PTYPE_INNER_L4_TCP },
	/* several protocols at once make no sense */
	{ 0x0310, 0, TEST_IPV4 },
	{ 0x0740, 0, TEST_IPV6 },
	/* of a filter by EtherType: what else is set may be its number */
	{ 0x8000, 0, RTE_PTYPE_L2_ETHER },
	{ 0x8030, 0, RTE_PTYPE_L2_ETHER },
	{ 0x8150, 0, RTE_PTYPE_L2_ETHER },
	/* IPsec, MACsec, VLAN, and the length of split headers */
	{ 0xffff7110, 0, TEST_IPV4 | RTE_PTYPE_L4_TCP },
	/* RSS types */
	{ 0x0111, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV4 | RTE_PTYPE_L4_TCP },
	{ 0x0012, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV4 },
	{ 0x0143, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6 | RTE_PTYPE_L4_TCP },
	{ 0x00c4, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6_EXT },
	{ 0x0045, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6 },
	{ 0x01c6, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6_EXT | RTE_PTYPE_L4_TCP },
	{ 0x0217, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV4 | RTE_PTYPE_L4_UDP },
	{ 0x0248, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6 | RTE_PTYPE_L4_UDP },
	{ 0x02c9, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6_EXT | RTE_PTYPE_L4_UDP },
	{ 0x001f, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV4 },
	{ 0x8005, RTE_MBUF_F_RX_RSS_HASH, RTE_PTYPE_L2_ETHER },
};

/* Does only the scalar path take packets of these types? */
static inline bool
test_types_are_scalar(uint32_t types)
{
	return (types & 0x8000) != 0 || ((types & 0x30) != 0 && (types & 0xc0) != 0);
}

/* Is a packet type announced? Those are that the device finds in all packets, whatever it hashes. */
static inline bool
test_is_announced(uint64_t hashed, uint32_t ptype)
{
	static const uint32_t ptypes[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4,
		RTE_PTYPE_L3_IPV4_EXT, RTE_PTYPE_L3_IPV6, RTE_PTYPE_L3_IPV6_EXT, RTE_PTYPE_L4_TCP,
		RTE_PTYPE_L4_UDP, RTE_PTYPE_L4_SCTP };
	unsigned int i;

	(void)hashed;
	for (i = 0; i < RTE_DIM(ptypes); i++)
		if (ptypes[i] == ptype)
			return true;
	return false;
}

#endif /* _WB_ADV_H_ */
