/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The tables that received frames are looked up in. */

#include "gbe_util.h"

static struct dualbuf_filter filter;

static uint64_t
mac_of(const char *text)
{
	struct rte_ether_addr addr;

	assert_int_equal(rte_ether_unformat_addr(text, &addr), 0);
	return dualbuf_filter_mac(&addr);
}

static void
set_groups(const char *const *texts, unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		filter.groups[i] = mac_of(texts[i]);
	filter.nb_groups = nb;
}

static int
set_up_tables(void **state)
{
	memset(&filter, 0, sizeof(filter));
	filter.macs[0] = mac_of("52:54:00:12:34:56");
	return set_up(state);
}

/* Addresses ------------------------------------------------------------------------------------ */

static void
each_address_has_an_entry_of_its_own(void **state)
{
	unsigned int i;

	(void)state;
	filter.macs[1] = mac_of("02:00:00:00:00:01");
	filter.macs[14] = mac_of("02:11:22:83:44:95");
	gbe_set_rx_tables(&hw, &filter);
	assert_int_equal(*reg_of(GBE_RAL(0)), MAC_LOW);
	assert_int_equal(*reg_of(GBE_RAH(0)), MAC_HIGH);
	assert_int_equal(*reg_of(GBE_RAL(1)), 0x00000002);
	assert_int_equal(*reg_of(GBE_RAH(1)), 0x80000100);
	assert_int_equal(*reg_of(GBE_RAL(14)), 0x83221102);
	assert_int_equal(*reg_of(GBE_RAH(14)), 0x80009544);
	for (i = 2; i < 14; i++)
		assert_int_equal(*reg_of(GBE_RAH(i)), 0);
}

static void
an_address_that_is_taken_away_leaves_an_invalid_entry(void **state)
{
	(void)state;
	filter.macs[3] = mac_of("02:00:00:00:00:03");
	gbe_set_rx_tables(&hw, &filter);
	filter.macs[3] = 0;
	gbe_set_rx_tables(&hw, &filter);
	assert_int_equal(*reg_of(GBE_RAH(3)), 0);
	assert_int_equal(*reg_of(GBE_RAL(3)), 0);
}

/* Manageability firmware may have put its address there. */
static void
the_last_entry_is_not_touched(void **state)
{
	unsigned int i;

	(void)state;
	*reg_of(GBE_RAL(15)) = 0x12345678;
	*reg_of(GBE_RAH(15)) = 0x80001234;
	for (i = 0; i < DUALBUF_MAX_MACS; i++)
		filter.macs[i] = mac_of("02:00:00:00:00:03") + i;
	gbe_set_rx_tables(&hw, &filter);
	assert_int_equal(*reg_of(GBE_RAL(15)), 0x12345678);
	assert_int_equal(*reg_of(GBE_RAH(15)), 0x80001234);
}

static void
an_address_is_never_valid_when_half_written(void **state)
{
	unsigned int off, low, high;

	(void)state;
	filter.macs[0] = mac_of("02:11:22:83:44:95");
	gbe_set_rx_tables(&hw, &filter);
	off = find_write(0, GBE_RAH(0), GBE_RAH_AV, 0);
	low = find_write(off, GBE_RAL(0), UINT32_MAX, 0x83221102);
	high = find_write(low, GBE_RAH(0), UINT32_MAX, 0x9544 | GBE_RAH_AV);
	assert_true(off < low && low < high);
	/* a read between them brings the halves to the device in this order */
	assert_true(find_read(low, GBE_STATUS) < high);
}

/* Multicast ------------------------------------------------------------------------------------ */

/* 82574 datasheet, 10.2.5.21: bits 11:5 of the hash are the register, 4:0 the bit; MO 00b: bits 47:36 */
static void
a_group_is_found_by_its_upper_twelve_bits(void **state)
{
	static const struct {
		const char *group;
		uint32_t reg, bit;
	} cases[] = {
		{ "01:00:5e:00:00:00", 0, 0 },
		{ "01:00:5e:00:00:0f", 0x0f0 >> 5, 0x0f0 & 31 },
		{ "01:00:5e:00:10:00", 0, 1 },
		{ "01:00:5e:00:f0:00", 0, 15 },
		{ "01:00:5e:00:0f:00", 0, 0 },
		{ "33:33:00:00:00:01", 0x010 >> 5, 0x010 & 31 },
		{ "33:33:ff:12:34:56", 0x563 >> 5, 0x563 & 31 },
		{ "ff:ff:ff:ff:ff:fe", 0xfef >> 5, 0xfef & 31 },
		{ "01:ff:ff:ff:ff:ff", 127, 31 },
	};
	unsigned int i, n;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		set_groups(&cases[i].group, 1);
		gbe_set_rx_tables(&hw, &filter);
		for (n = 0; n < GBE_MTA_ENTRIES; n++)
			assert_int_equal(*reg_of(GBE_MTA(n)),
					n == cases[i].reg ? RTE_BIT32(cases[i].bit) : 0);
	}
}

static void
a_bit_stays_while_one_of_its_groups_does(void **state)
{
	static const char *const groups[] = { "01:00:5e:00:00:05", "01:00:5e:11:00:05",
		"01:00:5e:00:10:05" };

	(void)state;
	set_groups(groups, 3);
	gbe_set_rx_tables(&hw, &filter);
	assert_int_equal(*reg_of(GBE_MTA(0x050 >> 5)), 3u << (0x050 & 31));
	filter.groups[0] = 0;
	gbe_set_rx_tables(&hw, &filter);
	assert_int_equal(*reg_of(GBE_MTA(0x050 >> 5)), 3u << (0x050 & 31));
	filter.nb_groups = 1;
	gbe_set_rx_tables(&hw, &filter);
	assert_int_equal(*reg_of(GBE_MTA(0x050 >> 5)), 0);
}

/* VLAN ----------------------------------------------------------------------------------------- */

static void
each_vlan_has_a_bit(void **state)
{
	static const uint16_t vlans[] = { 0, 1, 31, 32, 63, 64, 2047, 4095 };
	uint32_t expected[GBE_VFTA_ENTRIES] = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(vlans); i++) {
		filter.vlans[vlans[i] / 64] |= RTE_BIT64(vlans[i] % 64);
		expected[vlans[i] / 32] |= RTE_BIT32(vlans[i] % 32);
	}
	gbe_set_rx_tables(&hw, &filter);
	for (i = 0; i < GBE_VFTA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_VFTA(i)), expected[i]);
	memset(filter.vlans, 0, sizeof(filter.vlans));
	gbe_set_rx_tables(&hw, &filter);
	for (i = 0; i < GBE_VFTA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_VFTA(i)), 0);
}

/* All of them -------------------------------------------------------------------------------- */

/* Frames go on passing while something else changes. */
static void
entries_that_stay_are_not_written(void **state)
{
	static const char *const groups[] = { "01:00:5e:00:00:05", "33:33:00:00:00:01" };
	unsigned int i, from;

	(void)state;
	filter.macs[1] = mac_of("02:00:00:00:00:01");
	filter.vlans[1] = 0x8000000000000001;
	set_groups(groups, 2);
	gbe_set_rx_tables(&hw, &filter);
	from = fake.nb_accesses;
	filter.macs[2] = mac_of("02:00:00:00:00:02");
	gbe_set_rx_tables(&hw, &filter);
	for (i = from; i < fake.nb_accesses; i++)
		if (fake.log[i].is_write)
			assert_true(fake.log[i].reg == GBE_RAL(2) || fake.log[i].reg == GBE_RAH(2));
	assert_int_equal(*reg_of(GBE_RAH(2)), 0x80000200);
}

#define tables_test(name) cmocka_unit_test_setup_teardown(name, set_up_tables, tear_down)

static const struct CMUnitTest tests[] = {
	tables_test(each_address_has_an_entry_of_its_own),
	tables_test(an_address_that_is_taken_away_leaves_an_invalid_entry),
	tables_test(the_last_entry_is_not_touched),
	tables_test(an_address_is_never_valid_when_half_written),
	tables_test(a_group_is_found_by_its_upper_twelve_bits),
	tables_test(a_bit_stays_while_one_of_its_groups_does),
	tables_test(each_vlan_has_a_bit),
	tables_test(entries_that_stay_are_not_written),
};

TEST_MAIN(tests)
