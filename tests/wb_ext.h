/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WB_EXT_H_
#define _WB_EXT_H_

/* Write-backs of the extended format; wb_util.h includes this. */

static inline union dualbuf_rx_desc
test_wb_desc(const struct test_wb *wb)
{
	return (union dualbuf_rx_desc){
		.wb.mrq = rte_cpu_to_le_32(wb->types),
		.wb.rss = rte_cpu_to_le_32(wb->rss),
		.wb.status_error = rte_cpu_to_le_32(wb->status),
		.wb.length = rte_cpu_to_le_16(wb->length),
		.wb.vlan = rte_cpu_to_le_16(wb->vlan),
	};
}

/* Bits of a damaged frame. */
static const uint32_t test_damages[] = { DUALBUF_RXD_CE, DUALBUF_RXD_SE, DUALBUF_RXD_SEQ,
	DUALBUF_RXD_CXE, DUALBUF_RXD_RXE };

/* Status bits of a packet that is in order; and those of them that only the scalar path takes. */
#define TEST_WB_FLAGS \
	(DUALBUF_RXD_VP | DUALBUF_RXD_UDPCS | DUALBUF_RXD_L4CS | DUALBUF_RXD_IPCS | \
			DUALBUF_RXD_L4E | DUALBUF_RXD_IPE)
#define TEST_WB_SCALAR_FLAGS 0

#define TEST_IPV4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN)
#define TEST_IPV6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN)

/* Bits above the RSS type are none of ours. */
static const struct test_types test_types[] = {
	{ 0, 0, RTE_PTYPE_L2_ETHER },
	{ 0x7ff0, 0, RTE_PTYPE_L2_ETHER },
	{ 1, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV4 | RTE_PTYPE_L4_TCP },
	{ 2, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV4 },
	{ 0x7ff3, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6 | RTE_PTYPE_L4_TCP },
	{ 5, RTE_MBUF_F_RX_RSS_HASH, TEST_IPV6 },
	/* what the 82574L does not define has no packet type */
	{ 4, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 6, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 7, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 8, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 9, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 10, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 11, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 12, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 13, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 14, RTE_MBUF_F_RX_RSS_HASH, 0 },
	{ 0x800f, RTE_MBUF_F_RX_RSS_HASH, 0 },
};

/* Does only the scalar path take packets of these types? */
static inline bool
test_types_are_scalar(uint32_t types)
{
	(void)types;
	return false;
}

/* Is a packet type announced, of a device that hashes these headers (RTE_ETH_RSS_*)? */
static inline bool
test_is_announced(uint64_t hashed, uint32_t ptype)
{
	const uint64_t tcp = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_IPV6 |
			RTE_ETH_RSS_NONFRAG_IPV6_TCP;

	switch (ptype) {
	case RTE_PTYPE_L2_ETHER:
		return true;
	case RTE_PTYPE_L3_IPV4_EXT_UNKNOWN:
		return (hashed & RTE_ETH_RSS_IPV4) != 0;
	case RTE_PTYPE_L3_IPV6_EXT_UNKNOWN:
		return (hashed & RTE_ETH_RSS_IPV6) != 0;
	case RTE_PTYPE_L4_TCP:
		return (hashed & tcp) == tcp;
	default:
		return false;
	}
}

#endif /* _WB_EXT_H_ */
