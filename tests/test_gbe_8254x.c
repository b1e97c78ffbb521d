/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* What the 82540EM and 82545EM have otherwise than the 82574. Numbers are those of the manual, chapter 13.4. */

#define TEST_FAMILY gbe_8254x
#define TEST_FAMILY_SOURCE "gbe_8254x.c"

#include "gbe_util.h"

#define SIZE_256 RTE_BIT32(9) /* EECD.EE_SIZE, where the 82574 says that its NVM has been read */

static int
set_up_8254x(void **state)
{
	int ret = set_up(state);

	fake.nvm_us = NEVER;
	*reg_of(GBE_EECD) = 0;
	fake.nvm_words[0] = 0x5452;
	fake.nvm_words[1] = 0x1200;
	fake.nvm_words[2] = 0x5634;
	return ret;
}

#undef gbe_test
#define gbe_test(name) cmocka_unit_test_setup_teardown(name, set_up_8254x, tear_down)

/* Reset -------------------------------------------------------------------------------------- */

static void
a_reset_is_alone_and_the_nvm_gets_its_time(void **state)
{
	unsigned int at, rst;
	uint64_t since;

	(void)state;
	*reg_of(GBE_RCTL) = GBE_RCTL_EN;
	*reg_of(GBE_TCTL) = GBE_TCTL_EN;
	assert_int_equal(gbe_reset(&hw), 0);

	at = find_write(0, GBE_IMC, UINT32_MAX, UINT32_MAX);
	at = find_write(at, GBE_RCTL, UINT32_MAX, 0);
	at = find_write(at, GBE_TCTL, GBE_TCTL_EN, 0);
	since = fake.log[at].when;
	rst = find_write(at, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST);
	assert_true(fake.log[rst].when - since >= 10000); /* pending DMA gets 10 ms */
	/* a read before it and time behind it: no bridge has anything to put into one transfer with it */
	assert_false(fake.log[rst - 1].is_write);
	assert_true(fake.log[rst + 1].when > fake.log[rst].when);
	at = find_write(rst, GBE_IMC, UINT32_MAX, UINT32_MAX);
	assert_true(fake.log[at].when - fake.log[rst].when >= 5000);
	find_read(at, GBE_ICR);
	assert_nothing_logged(&logged);
}

/* There is no PCIe, and no firmware that shares the PHY or asks for a driver. */
static void
what_they_do_not_have_is_not_written(void **state)
{
	static const struct gbe_phy_mode mode = { .offered = GBE_LINK_100_FULL };
	unsigned int i;

	(void)state;
	assert_int_equal(gbe_reset(&hw), 0);
	gbe_init(&hw);
	gbe_set_driver_loaded(&hw, true);
	assert_int_equal(gbe_phy_set_mode(&hw, &mode), 0);
	assert_int_equal(fake.phy[GBE_PHY_ANA] & 0x01e0, 0x0100);
	for (i = 0; i < fake.nb_accesses; i++) {
		if (!fake.log[i].is_write)
			continue;
		assert_int_not_equal(fake.log[i].reg, GBE_EXTCNF_CTRL);
		assert_int_not_equal(fake.log[i].reg, GBE_CTRL_EXT);
		assert_int_not_equal(fake.log[i].reg, GBE_RFCTL);
		assert_int_not_equal(fake.log[i].reg, GBE_TARC(0));
		assert_false(fake.log[i].reg == GBE_CTRL && (fake.log[i].value & 0x4));
	}
}

static void
a_reset_that_never_ends_times_out(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	fake.reset_us = NEVER;
	assert_int_equal(gbe_reset(&hw), -ETIMEDOUT);
	assert_logged(&logged, "fake", "reset", "CTRL.RST");
	assert_true(fake.now - since < 1000000);
}

/* Initialisation ----------------------------------------------------------------------------- */

static const struct {
	uint32_t reg;
	uint32_t set;
	uint32_t clear;
} initialised[] = {
	{ GBE_CTRL, RTE_BIT32(6), 0x1804 },
	{ 0x00410, 10 | 8 << 10 | 6 << 20, UINT32_MAX },
	{ GBE_TCTL, 0x40 << 12, 0x3ff << 12 },
	{ 0x05820, 0, RTE_BIT32(13) },
	{ GBE_PBA, 48, UINT32_MAX },
	{ GBE_VET, 0x8100, UINT32_MAX },
};

/* From all clear and from all set: exactly these bits end up as they have to. */
static void
initialisation_changes_exactly_the_bits_it_has_to(void **state)
{
	static const uint32_t before[] = { 0, ~GBE_CTRL_RST, 0x55555555 & ~GBE_CTRL_RST };
	unsigned int i, k;

	(void)state;
	for (k = 0; k < RTE_DIM(before); k++) {
		for (i = 0; i < RTE_DIM(initialised); i++)
			*reg_of(initialised[i].reg) = before[k];
		gbe_init(&hw);
		for (i = 0; i < RTE_DIM(initialised); i++)
			assert_int_equal(*reg_of(initialised[i].reg),
					(before[k] & ~initialised[i].clear) | initialised[i].set);
	}
}

static bool
init_writes(uint32_t reg)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(initialised); i++)
		if (initialised[i].reg == reg)
			return true;
	return init_clears(reg);
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
the_transmitter_keeps_its_collision_distance(void **state)
{
	(void)state;
	gbe_init(&hw);
	gbe_enable_tx(&hw);
	assert_int_equal(*reg_of(GBE_TCTL), 0x01000000 | 0x40 << 12 | 15 << 4 | 0x8 | 0x2);
}

/* There is no room in the write-back for a hash to be made: bit 13 is reserved. */
static void
checksums_are_switched(void **state)
{
	const struct gbe_rx_mode on = { .check_sums = true, .buf_size = 2048 };
	const struct gbe_rx_mode off = { .buf_size = 2048 };

	(void)state;
	gbe_enable_rx(&hw, &on);
	assert_int_equal(*reg_of(0x05000), 0x300);
	gbe_enable_rx(&hw, &off);
	assert_int_equal(*reg_of(0x05000), 0);
}

static void
rings_are_described(void **state)
{
	static const struct gbe_ring ring = { .iova = 0x123456789ab80, .len = 4096 * 16 };

	(void)state;
	*reg_of(0x02810) = 7;
	*reg_of(0x03818) = 8;
	gbe_set_rx_ring(&hw, &ring);
	gbe_set_tx_ring(&hw, &ring);
	assert_int_equal(*reg_of(0x02800), 0x6789ab80);
	assert_int_equal(*reg_of(0x02804), 0x12345);
	assert_int_equal(*reg_of(0x02808), 65536);
	assert_int_equal(*reg_of(0x02810), 0);
	assert_int_equal(*reg_of(0x03800), 0x6789ab80);
	assert_int_equal(*reg_of(0x03808), 65536);
	assert_int_equal(*reg_of(0x03818), 0);
	/* each descriptor at once; what is sent whole */
	assert_int_equal(*reg_of(0x02828), 0x01000000);
	assert_int_equal(*reg_of(0x03828), 0x01010000);
}

static void
pauses_are_for_a_packet_buffer_of_48_kb(void **state)
{
	struct gbe_pause pause = { .conf = gbe_pause_default(hw.family) };

	(void)state;
	gbe_pause_start(&hw, &pause);
	assert_int_equal(*reg_of(0x02168), 48 * 1024 - 3072);
	assert_int_equal(*reg_of(0x02160), 0x80000000 | ((48 * 1024 - 3072 - 1500) & ~7));
	assert_int_equal(gbe_pause_max_water(hw.family), 48 * 1024 - 1518);
}

/* NVM ---------------------------------------------------------------------------------------- */

static void
words_of_the_nvm_are_read(void **state)
{
	uint16_t word = 0;
	unsigned int at;

	(void)state;
	fake.nvm_words[0x3f] = 0xbaba;
	assert_int_equal(gbe_read_nvm(&hw, 0x3f, &word), 0);
	assert_int_equal(word, 0xbaba);
	at = find_write(0, 0x00014, UINT32_MAX, 0x3f << 8 | 1);
	assert_int_equal(at, 0);
	assert_int_equal(fake.log[fake.nb_accesses - 2].value & 0x10, 0x10);
	assert_int_equal(gbe_read_nvm(&hw, 0x100, &word), -EINVAL);
}

static void
the_nvm_has_64_or_256_words(void **state)
{
	(void)state;
	*reg_of(0x00010) = 0x3d10;
	assert_int_equal(gbe_nvm_len(&hw), 128);
	*reg_of(0x00010) = 0x3d10 | SIZE_256;
	assert_int_equal(gbe_nvm_len(&hw), 512);
}

/* Whatever stands in the receive addresses: hypervisors' resets do not load them. */
static void
the_mac_address_is_read_from_the_nvm(void **state)
{
	static const uint8_t expected[] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	struct rte_ether_addr mac;

	(void)state;
	*reg_of(GBE_RAL(0)) = 0;
	*reg_of(GBE_RAH(0)) = 0;
	assert_int_equal(gbe_read_mac(&hw, &mac), 0);
	assert_memory_equal(mac.addr_bytes, expected, sizeof(expected));
	assert_nothing_logged(&logged);
}

static void
a_mac_address_that_cannot_be_read_or_is_none_is_refused(void **state)
{
	struct rte_ether_addr mac;

	(void)state;
	fake.nvm_words[0] = 0x0001;
	assert_int_equal(gbe_read_mac(&hw, &mac), -EINVAL);
	assert_logged(&logged, "fake", "no valid MAC address: 01:00:00:12:34:56");
	fake.nvm_read_us = NEVER;
	assert_int_equal(gbe_read_mac(&hw, &mac), -ETIMEDOUT);
	assert_logged(&logged, "fake", "MAC address", "cannot be read");
}

/* Dump --------------------------------------------------------------------------------------- */

static void
a_dump_shows_what_they_have(void **state)
{
	static const char *const own[] = { "TIPG", "MANC", "PBA", "ITR", "RDT0", "TXDCTL0" };
	static const char *const others[] = { "RFCTL", "IVAR", "GCR", "EXTCNF_CTRL", "TARC0",
		"RDT1" };
	unsigned int i, k, nb_own = 0;
	char name[16];

	(void)state;
	for (i = 0; i < gbe_dump_count(&hw); i++) {
		gbe_dump_name(&hw, i, name, sizeof(name));
		gbe_dump_value(&hw, i);
		for (k = 0; k < RTE_DIM(own); k++)
			nb_own += strcmp(name, own[k]) == 0;
		for (k = 0; k < RTE_DIM(others); k++)
			assert_string_not_equal(name, others[k]);
	}
	assert_int_equal(nb_own, RTE_DIM(own));
	assert_int_equal(fake.nb_accesses, gbe_dump_count(&hw));
	for (i = 0; i < fake.nb_accesses; i++) {
		assert_false(is_counter(fake.log[i].reg));
		assert_int_not_equal(fake.log[i].reg, GBE_ICR);
	}
}

static const struct CMUnitTest tests[] = {
	gbe_test(a_reset_is_alone_and_the_nvm_gets_its_time),
	gbe_test(what_they_do_not_have_is_not_written),
	gbe_test(a_reset_that_never_ends_times_out),
	gbe_test(initialisation_changes_exactly_the_bits_it_has_to),
	gbe_test(initialisation_touches_no_other_register),
	gbe_test(the_transmitter_keeps_its_collision_distance),
	gbe_test(checksums_are_switched),
	gbe_test(rings_are_described),
	gbe_test(pauses_are_for_a_packet_buffer_of_48_kb),
	gbe_test(words_of_the_nvm_are_read),
	gbe_test(the_nvm_has_64_or_256_words),
	gbe_test(the_mac_address_is_read_from_the_nvm),
	gbe_test(a_mac_address_that_cannot_be_read_or_is_none_is_refused),
	gbe_test(a_dump_shows_what_they_have),
};

TEST_MAIN(tests)
