/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <assert.h>

#include "gbe_rx_tables.h"

/* The last entry is the one that firmware writes its address to, where it filters for itself. */
static_assert(DUALBUF_MAX_MACS == GBE_RA_ENTRIES - 1, "all entries but the last are the driver's");
static_assert(DUALBUF_VLAN_IDS == GBE_VFTA_ENTRIES * 32, "the VLAN filter has a bit for each ID");

static void
write_changed(const struct gbe_hw *hw, uint32_t reg, uint32_t value)
{
	if (gbe_read(hw, reg) != value)
		gbe_write(hw, reg, value);
}

static void
write_vlans(const struct gbe_hw *hw, unsigned int entry, uint32_t value)
{
	unsigned int i;

	if (gbe_read(hw, GBE_VFTA(entry)) == value)
		return;
	for (i = 0; i < RTE_MAX(hw->family->vfta_writes, 1u); i++)
		gbe_write(hw, GBE_VFTA(entry), value);
}

/* An entry is invalid until its second half has been written. */
static void
write_mac(const struct gbe_hw *hw, unsigned int entry, uint64_t mac)
{
	const struct rte_ether_addr addr = dualbuf_filter_addr(mac);
	const uint8_t *b = addr.addr_bytes;
	uint32_t low = b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
	uint32_t high = mac == 0 ? 0 : b[4] | b[5] << 8 | GBE_RAH_AV;

	if (gbe_read(hw, GBE_RAL(entry)) == low && gbe_read(hw, GBE_RAH(entry)) == high)
		return;
	gbe_write(hw, GBE_RAH(entry), 0);
	gbe_write(hw, GBE_RAL(entry), low);
	gbe_flush(hw);
	gbe_write(hw, GBE_RAH(entry), high);
}

/* With RCTL.MO as the reset leaves it, bits 47 to 36 of an address are its place in the table. */
static uint32_t
group_hash(uint64_t group)
{
	const struct rte_ether_addr addr = dualbuf_filter_addr(group);

	return addr.addr_bytes[5] << 4 | addr.addr_bytes[4] >> 4;
}

static void
write_groups(const struct gbe_hw *hw, const struct dualbuf_filter *filter)
{
	uint32_t table[GBE_MTA_ENTRIES] = { 0 };
	uint32_t i, hash;

	for (i = 0; i < filter->nb_groups; i++) {
		if (filter->groups[i] == 0)
			continue;
		hash = group_hash(filter->groups[i]);
		table[hash / 32] |= RTE_BIT32(hash % 32);
	}
	for (i = 0; i < GBE_MTA_ENTRIES; i++)
		write_changed(hw, GBE_MTA(i), table[i]);
}

void
gbe_set_rx_tables(const struct gbe_hw *hw, const struct dualbuf_filter *filter)
{
	unsigned int i;

	for (i = 0; i < DUALBUF_MAX_MACS; i++)
		write_mac(hw, i, filter->macs[i]);
	write_groups(hw, filter);
	for (i = 0; i < GBE_VFTA_ENTRIES; i++)
		write_vlans(hw, i, (uint32_t)(filter->vlans[i / 2] >> i % 2 * 32));
	gbe_flush(hw);
}
