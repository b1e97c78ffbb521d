/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Pause frames: what the MAC is told of them, and which are in force with what partner. */

#include "gbe_util.h"

#define RX GBE_PAUSE_RX
#define TX GBE_PAUSE_TX
#define FULL (RX | TX)
#define SYM GBE_OFFER_PAUSE
#define ASYM GBE_OFFER_ASM_DIR
#define BOTH (SYM | ASYM)

static struct gbe_pause pause_of_port;

static struct gbe_pause *
asked(uint32_t directions)
{
	pause_of_port = (struct gbe_pause){ .conf = gbe_pause_default(hw.family) };
	pause_of_port.conf.directions = directions;
	return &pause_of_port;
}

/* What the MAC does: CTRL, bits 27 and 28. */
static uint32_t
mac_directions(void)
{
	uint32_t ctrl = *reg_of(0x00000);

	return (ctrl & 0x08000000 ? RX : 0) | (ctrl & 0x10000000 ? TX : 0);
}

static void
link_comes_up(struct gbe_pause *pause, uint32_t speed, bool full_duplex, bool negotiated)
{
	const struct gbe_pause_link link = { speed, full_duplex, negotiated };

	gbe_pause_follow(&hw, pause, &link);
	assert_int_equal(mac_directions(), pause->directions);
}

static uint16_t
ability(uint32_t offer)
{
	return 0x01e1 | (offer & SYM ? 0x0400 : 0) | (offer & ASYM ? 0x0800 : 0);
}

static void
the_mac_knows_the_frames_and_the_waters(void **state)
{
	struct gbe_pause *pause = asked(FULL);

	(void)state;
	*reg_of(GBE_CTRL) = GBE_CTRL_SLU | GBE_CTRL_VME;
	gbe_pause_start(&hw, pause);
	assert_int_equal(*reg_of(0x00028), 0x00c28001);
	assert_int_equal(*reg_of(0x0002c), 0x00000100);
	assert_int_equal(*reg_of(0x00030), 0x8808);
	assert_int_equal(*reg_of(0x00170), 0x680);
	/* 20 KB without 3 KB, and 1500 bytes below, in multiples of 8 */
	assert_int_equal(*reg_of(0x02168), 17408);
	assert_int_equal(*reg_of(0x02160), 0x80000000 | 15904);
	pause->conf.send_xon = false;
	pause->conf.high_water = 4096;
	pause->conf.low_water = 15;
	pause->conf.pause_time = 0xffff;
	gbe_pause_start(&hw, pause);
	assert_int_equal(*reg_of(0x00170), 0xffff);
	assert_int_equal(*reg_of(0x02168), 4096);
	assert_int_equal(*reg_of(0x02160), 8);
	assert_int_equal(*reg_of(GBE_CTRL), GBE_CTRL_SLU | GBE_CTRL_VME);
}

static void
who_sends_no_pauses_has_no_waters(void **state)
{
	(void)state;
	gbe_pause_start(&hw, asked(FULL));
	gbe_pause_start(&hw, asked(RX));
	assert_int_equal(*reg_of(GBE_FCRTH), 0);
	assert_int_equal(*reg_of(GBE_FCRTL), 0);
}

/* IEEE 802.3, table 28B-3, and what is less than that because no more was asked for */
static void
what_is_in_force_is_what_both_ends_agree_to(void **state)
{
	static const struct {
		uint32_t asked, offer, partner, in_force;
	} cases[] = {
		{ 0, 0, 0, 0 },
		{ 0, 0, SYM, 0 },
		{ 0, 0, ASYM, 0 },
		{ 0, 0, BOTH, 0 },
		{ TX, ASYM, 0, 0 },
		{ TX, ASYM, SYM, 0 },
		{ TX, ASYM, ASYM, 0 },
		{ TX, ASYM, BOTH, TX },
		{ RX, BOTH, 0, 0 },
		{ RX, BOTH, SYM, RX },
		{ RX, BOTH, ASYM, RX },
		{ RX, BOTH, BOTH, RX },
		{ FULL, BOTH, 0, 0 },
		{ FULL, BOTH, SYM, FULL },
		{ FULL, BOTH, ASYM, RX },
		{ FULL, BOTH, BOTH, FULL },
	};
	struct gbe_pause *pause;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		pause = asked(cases[i].asked);
		assert_int_equal(gbe_pause_offer(cases[i].asked), cases[i].offer);
		fake.phy[GBE_PHY_ANA] = ability(cases[i].offer);
		fake.phy[GBE_PHY_LPA] = ability(cases[i].partner);
		gbe_pause_start(&hw, pause);
		assert_int_equal(mac_directions(), 0);
		link_comes_up(pause, 1000, true, true);
		assert_true(pause->settled);
		assert_int_equal(pause->directions, cases[i].in_force);
	}
	assert_nothing_logged(&logged);
}

/* A PHY that offers symmetric pauses alone, as one does that could not be told otherwise. */
static void
the_offer_that_counts_is_the_phys(void **state)
{
	struct gbe_pause *pause = asked(FULL);

	(void)state;
	fake.phy[GBE_PHY_ANA] = ability(SYM);
	fake.phy[GBE_PHY_LPA] = ability(ASYM);
	link_comes_up(pause, 1000, true, true);
	assert_int_equal(pause->directions, 0);
}

/* As QEMU's does, when the PHY has negotiated. */
static void
a_mac_that_decides_by_itself_is_overruled(void **state)
{
	struct gbe_pause *pause = asked(FULL);

	(void)state;
	fake.phy[GBE_PHY_LPA] = ability(0);
	gbe_pause_start(&hw, pause);
	*reg_of(GBE_CTRL) |= GBE_CTRL_RFCE | GBE_CTRL_TFCE;
	link_comes_up(pause, 1000, true, true);
	assert_int_equal(mac_directions(), 0);
}

static void
nothing_is_in_force_with_collisions(void **state)
{
	struct gbe_pause *pause = asked(FULL);

	(void)state;
	link_comes_up(pause, 100, false, true);
	assert_true(pause->settled);
	assert_int_equal(pause->directions, 0);
	link_comes_up(pause, 100, false, false);
	assert_int_equal(pause->directions, 0);
}

static void
what_is_not_negotiated_is_as_it_was_asked_for(void **state)
{
	struct gbe_pause *pause;
	uint32_t directions;

	(void)state;
	fake.phy[GBE_PHY_LPA] = ability(0);
	for (directions = 0; directions <= FULL; directions++) {
		pause = asked(directions);
		link_comes_up(pause, 100, true, false);
		assert_int_equal(pause->directions, directions);
		pause = asked(directions);
		pause->conf.negotiated = false;
		link_comes_up(pause, 1000, true, true);
		assert_int_equal(pause->directions, directions);
	}
}

/* Asking the PHY takes its time, and an application may look at its link all the time. */
static void
a_link_that_stays_is_not_asked_again(void **state)
{
	struct gbe_pause *pause = asked(FULL);
	unsigned int accesses;

	(void)state;
	link_comes_up(pause, 1000, true, true);
	assert_int_equal(pause->directions, FULL);
	accesses = fake.nb_accesses;
	link_comes_up(pause, 1000, true, true);
	assert_int_equal(fake.nb_accesses, accesses);
	link_comes_up(pause, 0, false, true);
	assert_false(pause->settled);
	assert_int_equal(pause->directions, 0);
	/* another partner */
	fake.phy[GBE_PHY_LPA] = ability(0);
	link_comes_up(pause, 1000, true, true);
	assert_true(pause->settled);
	assert_int_equal(pause->directions, 0);
	/* other words of the same one */
	fake.phy[GBE_PHY_LPA] = ability(SYM);
	link_comes_up(pause, 100, true, true);
	assert_int_equal(pause->directions, FULL);
}

static void
ends_that_have_not_agreed_are_asked_again(void **state)
{
	struct gbe_pause *pause = asked(FULL);

	(void)state;
	fake.phy[GBE_PHY_STATUS] = 0x794d;
	link_comes_up(pause, 1000, true, true);
	assert_false(pause->settled);
	assert_int_equal(pause->directions, 0);
	fake.phy[GBE_PHY_STATUS] = 0x796d;
	link_comes_up(pause, 1000, true, true);
	assert_true(pause->settled);
	assert_int_equal(pause->directions, FULL);
	assert_nothing_logged(&logged);
}

/* One line for each link, not for each look at it. */
static void
a_phy_that_cannot_be_asked_has_agreed_to_nothing(void **state)
{
	struct gbe_pause *pause = asked(FULL);
	unsigned int accesses;

	(void)state;
	fake.mdic_flags = 0;
	link_comes_up(pause, 1000, true, true);
	assert_logged(&logged, "fake", "PHY");
	assert_true(pause->settled);
	assert_int_equal(pause->directions, 0);
	accesses = fake.nb_accesses;
	link_comes_up(pause, 1000, true, true);
	assert_int_equal(fake.nb_accesses, accesses);
}

static void
waters_that_the_packet_buffer_does_not_hold_are_refused(void **state)
{
	static const struct {
		uint32_t directions, high, low;
		int ret;
	} cases[] = {
		{ FULL, 18962, 18962, 0 },
		{ FULL, 8, 0, 0 },
		{ FULL, 18963, 0, -EINVAL },
		{ FULL, UINT32_MAX, 0, -EINVAL },
		{ FULL, 8000, 8001, -EINVAL },
		{ TX, 7, 0, -EINVAL },
		{ RX, 0, 0, 0 },
		{ RX, 18963, 0, -EINVAL },
		{ 0, 0, 1, -EINVAL },
	};
	struct gbe_pause_conf conf;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		conf = (struct gbe_pause_conf){
			.directions = cases[i].directions,
			.high_water = cases[i].high,
			.low_water = cases[i].low,
		};
		assert_int_equal(gbe_pause_check(&hw, &conf), cases[i].ret);
		if (cases[i].ret == 0)
			assert_nothing_logged(&logged);
		else
			assert_logged(&logged, "fake", "18962");
	}
	conf = gbe_pause_default(hw.family);
	assert_int_equal(gbe_pause_check(&hw, &conf), 0);
}

static const struct CMUnitTest tests[] = {
	gbe_test(the_mac_knows_the_frames_and_the_waters),
	gbe_test(who_sends_no_pauses_has_no_waters),
	gbe_test(what_is_in_force_is_what_both_ends_agree_to),
	gbe_test(the_offer_that_counts_is_the_phys),
	gbe_test(a_mac_that_decides_by_itself_is_overruled),
	gbe_test(nothing_is_in_force_with_collisions),
	gbe_test(what_is_not_negotiated_is_as_it_was_asked_for),
	gbe_test(a_link_that_stays_is_not_asked_again),
	gbe_test(ends_that_have_not_agreed_are_asked_again),
	gbe_test(a_phy_that_cannot_be_asked_has_agreed_to_nothing),
	gbe_test(waters_that_the_packet_buffer_does_not_hold_are_refused),
};

TEST_MAIN(tests)
