/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* All that a reset leaves is initialised: errata, filters, the MAC address. */

#include "gbe_util.h"

/* Initialisation ----------------------------------------------------------------------------- */

static const struct {
	uint32_t reg;
	uint32_t set;
	uint32_t clear;
} errata[] = {
	{ GBE_TXDCTL(0), GBE_TXDCTL_COUNT_DESC, 0 },
	{ GBE_TXDCTL(1), GBE_TXDCTL_COUNT_DESC, 0 },
	{ GBE_TARC(0), RTE_BIT32(26), 0xfu << 27 },
	{ GBE_CTRL, GBE_CTRL_SLU,
			RTE_BIT32(29) | GBE_CTRL_FRCSPD | GBE_CTRL_FRCDPX |
					GBE_CTRL_GIO_MASTER_DISABLE },
	{ GBE_CTRL_EXT, RTE_BIT32(22), RTE_BIT32(23) },
	{ GBE_GCR, RTE_BIT32(22), 0 },
	{ GBE_GCR2, RTE_BIT32(0), 0 },
	{ GBE_RFCTL, GBE_RFCTL_EXTEN | RTE_BIT32(12), 0 },
};

/* From all clear and from all set: exactly these bits end up as they have to. */
static void
initialisation_changes_exactly_the_bits_it_has_to(void **state)
{
	static const uint32_t before[] = { 0, ~GBE_CTRL_RST, 0x55555555 & ~GBE_CTRL_RST };
	unsigned int i, k;

	(void)state;
	for (k = 0; k < RTE_DIM(before); k++) {
		for (i = 0; i < RTE_DIM(errata); i++)
			*reg_of(errata[i].reg) = before[k];
		gbe_init(&hw);
		for (i = 0; i < RTE_DIM(errata); i++)
			assert_int_equal(*reg_of(errata[i].reg),
					(before[k] & ~errata[i].clear) | errata[i].set);
	}
	assert_nothing_logged(&logged);
}

static bool
init_writes(uint32_t reg)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(errata); i++)
		if (errata[i].reg == reg)
			return true;
	return reg == GBE_PBA || reg == GBE_VET || init_clears(reg);
}

static void
initialisation_touches_no_other_register(void **state)
{
	uint32_t reg;

	(void)state;
	memset(fake.regs, 0x5a, BAR_LEN);
	gbe_init(&hw);
	for (reg = 0; reg < BAR_LEN; reg += 4)
		if (!init_writes(reg))
			assert_int_equal(*reg_of(reg), 0x5a5a5a5a);
}

static void
initialisation_empties_all_filters_but_the_address(void **state)
{
	unsigned int i;

	(void)state;
	memset(fake.regs, 0xff, BAR_LEN);
	*reg_of(GBE_CTRL) = 0;
	*reg_of(GBE_RAL(0)) = MAC_LOW;
	*reg_of(GBE_RAH(0)) = MAC_HIGH;
	gbe_init(&hw);
	for (i = 0; i < GBE_MTA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_MTA(i)), 0);
	for (i = 0; i < GBE_VFTA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_VFTA(i)), 0);
	for (i = 1; i < GBE_RA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_RAH(i)), 0);
	assert_int_equal(*reg_of(GBE_RAL(0)), MAC_LOW);
	assert_int_equal(*reg_of(GBE_RAH(0)), MAC_HIGH);
	assert_int_equal(*reg_of(GBE_VET), 0x8100);
	assert_int_equal(*reg_of(GBE_PBA) & 0xffff, 20);
}

/* MAC address -------------------------------------------------------------------------------- */

static void
the_mac_address_is_read_from_the_first_entry(void **state)
{
	static const uint8_t expected[] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	struct rte_ether_addr mac;

	(void)state;
	assert_int_equal(gbe_read_mac(&hw, &mac), 0);
	assert_memory_equal(mac.addr_bytes, expected, sizeof(expected));
	assert_nothing_logged(&logged);
}

static void
invalid_mac_addresses_are_refused(void **state)
{
	static const struct {
		uint32_t low, high;
		const char *text;
	} bad[] = {
		{ 0, GBE_RAH_AV, "00:00:00:00:00:00" },
		{ 0xffffffff, 0xffff | GBE_RAH_AV, "FF:FF:FF:FF:FF:FF" },
		{ 0x005e0001, 0x0100 | GBE_RAH_AV, "01:00:5E:00:00:01" },
		{ MAC_LOW, MAC_HIGH & ~GBE_RAH_AV, "not marked as valid" },
		{ 0, 0, "not marked as valid" },
	};
	struct rte_ether_addr mac;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		*reg_of(GBE_RAL(0)) = bad[i].low;
		*reg_of(GBE_RAH(0)) = bad[i].high;
		assert_int_equal(gbe_read_mac(&hw, &mac), -EINVAL);
		assert_logged(&logged, "fake", "no valid MAC address", bad[i].text);
	}
}

static const struct CMUnitTest tests[] = {
	gbe_test(initialisation_changes_exactly_the_bits_it_has_to),
	gbe_test(initialisation_touches_no_other_register),
	gbe_test(initialisation_empties_all_filters_but_the_address),
	gbe_test(the_mac_address_is_read_from_the_first_entry),
	gbe_test(invalid_mac_addresses_are_refused),
};

TEST_MAIN(tests)
