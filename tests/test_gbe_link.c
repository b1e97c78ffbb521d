/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which link speeds an application may configure on a controller, and what they mean for its PHY. */

#include <errno.h>

#include "cmocka_util.h"
#include "gbe_link.h"

static void
check(uint32_t speeds, uint32_t offered, bool forced)
{
	struct gbe_phy_mode mode;

	assert_int_equal(gbe_link_mode(speeds, &mode), 0);
	assert_int_equal(mode.offered, offered);
	assert_int_equal(mode.forced, forced);
}

static void
every_speed_is_offered_alone_and_with_others(void **state)
{
	(void)state;
	check(RTE_ETH_LINK_SPEED_AUTONEG, GBE_LINK_ALL, false);
	check(RTE_ETH_LINK_SPEED_10M_HD, GBE_LINK_10_HALF, false);
	check(RTE_ETH_LINK_SPEED_10M, GBE_LINK_10_FULL, false);
	check(RTE_ETH_LINK_SPEED_100M_HD, GBE_LINK_100_HALF, false);
	check(RTE_ETH_LINK_SPEED_100M, GBE_LINK_100_FULL, false);
	check(RTE_ETH_LINK_SPEED_1G, GBE_LINK_1000_FULL, false);
	check(RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_1G,
			GBE_LINK_100_FULL | GBE_LINK_1000_FULL, false);
}

/* 1 Gb/s over copper cannot do without negotiation. */
static void
one_speed_can_be_fixed(void **state)
{
	(void)state;
	check(RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_10M_HD, GBE_LINK_10_HALF, true);
	check(RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_100M, GBE_LINK_100_FULL, true);
	check(RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_1G, GBE_LINK_1000_FULL, false);
}

static void
what_the_phy_cannot_do_is_refused(void **state)
{
	static const uint32_t wrong[] = { RTE_ETH_LINK_SPEED_FIXED, RTE_ETH_LINK_SPEED_10G,
		RTE_ETH_LINK_SPEED_1G | RTE_ETH_LINK_SPEED_2_5G,
		RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_10M | RTE_ETH_LINK_SPEED_100M,
		RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_10G, UINT32_MAX, 1u << 31 };
	struct gbe_phy_mode mode;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(wrong); i++)
		assert_int_equal(gbe_link_mode(wrong[i], &mode), -EINVAL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_speed_is_offered_alone_and_with_others),
	cmocka_unit_test(one_speed_can_be_fixed),
	cmocka_unit_test(what_the_phy_cannot_do_is_refused),
};

TEST_MAIN(tests)
