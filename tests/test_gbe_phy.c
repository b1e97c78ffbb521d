/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The PHY: which link it makes, and with what MAC. */

#include "gbe_util.h"

static void
set_mode(uint32_t offered, bool forced)
{
	const struct gbe_phy_mode mode = {
		.offered = offered,
		.pause = GBE_OFFER_PAUSE | GBE_OFFER_ASM_DIR,
		.forced = forced,
	};

	assert_int_equal(gbe_phy_set_mode(&hw, &mode), 0);
	assert_nothing_logged(&logged);
	/* firmware may have it again */
	assert_int_equal(*reg_of(GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
}

/* Or every start of a port would take its link away for some seconds. */
static void
a_phy_that_is_in_the_mode_already_is_left_alone(void **state)
{
	(void)state;
	set_mode(GBE_LINK_ALL, false);
	assert_int_equal(fake.nb_phy_writes, 0);
}

static void
a_phy_that_has_agreed_to_nothing_is_told_to_negotiate(void **state)
{
	(void)state;
	fake.phy[GBE_PHY_STATUS] &= ~GBE_PHY_STATUS_AN_COMPLETE;
	set_mode(GBE_LINK_ALL, false);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL], 0x1140 | GBE_PHY_CONTROL_RESTART_AN);
	assert_int_equal(fake.nb_phy_writes, 1);
}

/* A link that is there would be lost for as long as it takes to agree. */
static void
a_phy_with_a_link_is_left_alone(void **state)
{
	(void)state;
	fake.phy[GBE_PHY_STATUS] &= ~GBE_PHY_STATUS_AN_COMPLETE;
	*reg_of(GBE_STATUS) |= GBE_STATUS_LU;
	set_mode(GBE_LINK_ALL, false);
	assert_int_equal(fake.nb_phy_writes, 0);
}

/* IEEE 802.3, clauses 28 and 40: bits 5 to 8 of register 4, and 9 of register 9 */
static void
modes_are_offered_to_the_partner(void **state)
{
	static const struct {
		uint32_t offered;
		uint16_t advertised, gigabit;
	} cases[] = {
		{ GBE_LINK_10_HALF, 0x0020, 0 },
		{ GBE_LINK_10_FULL, 0x0040, 0 },
		{ GBE_LINK_100_HALF, 0x0080, 0 },
		{ GBE_LINK_100_FULL, 0x0100, 0 },
		{ GBE_LINK_1000_FULL, 0, 0x0200 },
		{ GBE_LINK_100_FULL | GBE_LINK_1000_FULL, 0x0100, 0x0200 },
		{ GBE_LINK_ALL, 0x01e0, 0x0200 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		fake.phy[GBE_PHY_CONTROL] = 0x1140;
		set_mode(cases[i].offered, false);
		assert_int_equal(fake.phy[GBE_PHY_ANA] & 0x01e0, cases[i].advertised);
		assert_int_equal(fake.phy[GBE_PHY_GCON] & 0x0200, cases[i].gigabit);
		/* the selector is not ours to change */
		assert_int_equal(fake.phy[GBE_PHY_ANA] & 0x0c01, 0x0c01);
		/* it negotiates anew */
		assert_int_equal(fake.phy[GBE_PHY_CONTROL] & 0x1200, 0x1200);
		assert_int_equal(*reg_of(GBE_CTRL) & (GBE_CTRL_FRCSPD | GBE_CTRL_FRCDPX), 0);
	}
}

/* Bits 10 and 11 of register 4. */
static void
pauses_are_offered_to_the_partner(void **state)
{
	static const struct {
		uint32_t pause;
		uint16_t advertised;
	} cases[] = {
		{ 0, 0x01e1 },
		{ GBE_OFFER_PAUSE, 0x05e1 },
		{ GBE_OFFER_ASM_DIR, 0x09e1 },
		{ GBE_OFFER_PAUSE | GBE_OFFER_ASM_DIR, 0x0de1 },
	};
	struct gbe_phy_mode mode = { .offered = GBE_LINK_ALL };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		fake.phy[GBE_PHY_CONTROL] = 0x1140;
		mode.pause = cases[i].pause;
		assert_int_equal(gbe_phy_set_mode(&hw, &mode), 0);
		assert_int_equal(fake.phy[GBE_PHY_ANA], cases[i].advertised);
		assert_int_equal(fake.phy[GBE_PHY_CONTROL] & 0x1200, 0x1200);
	}
}

static void
what_both_ends_offered_is_read(void **state)
{
	uint32_t here = 0, partner = 0;

	(void)state;
	fake.phy[GBE_PHY_ANA] = 0x09e1;
	fake.phy[GBE_PHY_LPA] = 0x45e1;
	assert_int_equal(gbe_phy_read_pause(&hw, &here, &partner), 0);
	assert_int_equal(here, GBE_OFFER_ASM_DIR);
	assert_int_equal(partner, GBE_OFFER_PAUSE);
	assert_int_equal(fake.nb_phy_writes, 0);
	assert_int_equal(*reg_of(GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
	fake.phy[GBE_PHY_STATUS] = 0x794d;
	assert_int_equal(gbe_phy_read_pause(&hw, &here, &partner), -EAGAIN);
	assert_nothing_logged(&logged);
	assert_int_equal(*reg_of(GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
	fake.mdic_flags = 0;
	assert_int_equal(gbe_phy_read_pause(&hw, &here, &partner), -ETIMEDOUT);
	assert_logged(&logged, "fake", "PHY");
}

static void
a_mode_can_be_forced_on_phy_and_mac(void **state)
{
	static const struct {
		uint32_t mode, ctrl;
		uint16_t control;
	} cases[] = {
		{ GBE_LINK_10_HALF, 0x1800, 0x0000 },
		{ GBE_LINK_10_FULL, 0x1801, 0x0100 },
		{ GBE_LINK_100_HALF, 0x1900, 0x2000 },
		{ GBE_LINK_100_FULL, 0x1901, 0x2100 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		*reg_of(GBE_CTRL) = GBE_CTRL_SLU | 2u << 8;
		set_mode(cases[i].mode, true);
		assert_int_equal(fake.phy[GBE_PHY_CONTROL], cases[i].control);
		assert_int_equal(*reg_of(GBE_CTRL), GBE_CTRL_SLU | cases[i].ctrl);
	}
	/* and back */
	set_mode(GBE_LINK_ALL, false);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL] & 0x1200, 0x1200);
	assert_int_equal(*reg_of(GBE_CTRL) & 0x1800, 0);
}

static void
the_phy_is_switched_off_and_on(void **state)
{
	const struct gbe_phy_mode off = { .offered = GBE_LINK_ALL, .off = true };

	(void)state;
	assert_int_equal(gbe_phy_power(&hw, false), 0);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL], 0x1940);
	assert_int_equal(gbe_phy_power(&hw, false), 0);
	assert_int_equal(fake.nb_phy_writes, 1);
	assert_int_equal(gbe_phy_power(&hw, true), 0);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL], 0x1140);
	/* a mode comes with power, unless it is to wait for it */
	assert_int_equal(gbe_phy_power(&hw, false), 0);
	set_mode(GBE_LINK_ALL, false);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL] & 0x0800, 0);
	fake.phy[GBE_PHY_CONTROL] = 0x1940;
	assert_int_equal(gbe_phy_set_mode(&hw, &off), 0);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL], 0x1940);
	assert_int_equal(fake.phy[GBE_PHY_ANA], 0x01e1);
}

static void
a_phy_that_does_not_answer_is_reported(void **state)
{
	const struct gbe_phy_mode mode = { .offered = GBE_LINK_ALL };
	uint64_t since = fake.now;

	(void)state;
	fake.mdic_flags = 0;
	assert_int_equal(gbe_phy_set_mode(&hw, &mode), -ETIMEDOUT);
	assert_true(fake.now - since < 100000);
	assert_logged(&logged, "fake", "PHY");
	fake.mdic_flags = GBE_MDIC_READY | GBE_MDIC_ERROR;
	assert_int_equal(gbe_phy_power(&hw, false), -EIO);
	assert_int_equal(fake.nb_phy_writes, 0);
	fake.mdic_flags = GBE_MDIC_READY;
	fake.firmware_until = NEVER;
	assert_int_equal(gbe_phy_power(&hw, false), -ETIMEDOUT);
	assert_int_equal(fake.nb_phy_writes, 0);
	assert_int_equal(*reg_of(GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
}

static void
a_device_that_was_pulled_out_has_no_phy(void **state)
{
	(void)state;
	fake.gone_at = 0;
	assert_true(gbe_phy_power(&hw, true) < 0);
}

static const struct CMUnitTest tests[] = {
	gbe_test(a_phy_that_is_in_the_mode_already_is_left_alone),
	gbe_test(a_phy_that_has_agreed_to_nothing_is_told_to_negotiate),
	gbe_test(a_phy_with_a_link_is_left_alone),
	gbe_test(modes_are_offered_to_the_partner),
	gbe_test(pauses_are_offered_to_the_partner),
	gbe_test(what_both_ends_offered_is_read),
	gbe_test(a_mode_can_be_forced_on_phy_and_mac),
	gbe_test(the_phy_is_switched_off_and_on),
	gbe_test(a_phy_that_does_not_answer_is_reported),
	gbe_test(a_device_that_was_pulled_out_has_no_phy),
};

TEST_MAIN(tests)
