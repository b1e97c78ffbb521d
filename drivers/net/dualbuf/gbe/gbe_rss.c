/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <assert.h>

#include <rte_common.h>

#include "gbe_rss.h"

static_assert(GBE_RETA_ENTRIES == DUALBUF_RSS_TABLE_SIZE, "the table fills the registers");
static_assert(GBE_RSSRK_ENTRIES * sizeof(uint32_t) == DUALBUF_RSS_KEY_LEN,
		"the key fills the registers");

static uint32_t
mrqc_of(const struct gbe_family *family, uint64_t types)
{
	static const struct {
		uint64_t type;
		uint32_t mrqc;
	} bits[] = {
		{ RTE_ETH_RSS_IPV4, GBE_MRQC_IPV4 },
		{ RTE_ETH_RSS_NONFRAG_IPV4_TCP, GBE_MRQC_TCP_IPV4 },
		{ RTE_ETH_RSS_IPV6, GBE_MRQC_IPV6 },
		{ RTE_ETH_RSS_NONFRAG_IPV6_TCP, GBE_MRQC_TCP_IPV6 },
		{ RTE_ETH_RSS_NONFRAG_IPV4_UDP, GBE_MRQC_UDP_IPV4 },
		{ RTE_ETH_RSS_NONFRAG_IPV6_UDP, GBE_MRQC_UDP_IPV6 },
		{ RTE_ETH_RSS_IPV6_EX, GBE_MRQC_IPV6_EX },
		{ RTE_ETH_RSS_IPV6_TCP_EX, GBE_MRQC_TCP_IPV6_EX },
		{ RTE_ETH_RSS_IPV6_UDP_EX, GBE_MRQC_UDP_IPV6_EX },
	};
	uint32_t mrqc = 0;
	unsigned int i;

	for (i = 0; i < RTE_DIM(bits); i++)
		mrqc |= types & family->rss_types & bits[i].type ? bits[i].mrqc : 0;
	return mrqc == 0 ? 0 : mrqc | family->mrqc_rss;
}

/* Four bytes as a register has them, the first one lowest. */
static uint32_t
reg_of_bytes(const uint8_t *b)
{
	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static void
write_table(const struct gbe_hw *hw, const uint8_t *table)
{
	unsigned int i;

	for (i = 0; i < GBE_RETA_ENTRIES; i += sizeof(uint32_t))
		gbe_write(hw, GBE_RETA(i / sizeof(uint32_t)),
				reg_of_bytes(&table[i]) << hw->family->reta_shift);
}

void
gbe_set_rss(const struct gbe_hw *hw, const struct dualbuf_rss *rss)
{
	const uint8_t *key = dualbuf_rss_key(rss);
	unsigned int i;

	for (i = 0; i < GBE_RSSRK_ENTRIES; i++)
		gbe_write(hw, GBE_RSSRK(i), reg_of_bytes(&key[i * sizeof(uint32_t)]));
	write_table(hw, rss->table);
	gbe_write(hw, GBE_MRQC, mrqc_of(hw->family, rss->types));
	gbe_flush(hw);
}
