/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which controllers the driver knows. */

#include "cmocka_util.h"

#include <rte_ethdev.h>

#include "gbe_devices.h"

static void
the_controllers_of_each_family_are_known_and_nothing_else(void **state)
{
	(void)state;
	assert_ptr_equal(gbe_family_of(0x10d3), &gbe_82574);
	assert_ptr_equal(gbe_family_of(0x10f6), &gbe_82574);
	assert_ptr_equal(gbe_family_of(0x100e), &gbe_8254x);
	assert_ptr_equal(gbe_family_of(0x100f), &gbe_8254x);
	assert_ptr_equal(gbe_family_of(0x10c9), &gbe_82576);
	assert_ptr_equal(gbe_family_of(0x1526), &gbe_82576);
	assert_ptr_equal(gbe_family_of(0x1521), &gbe_i350);
	assert_ptr_equal(gbe_family_of(0x1533), &gbe_i210);
	assert_ptr_equal(gbe_family_of(0x1539), &gbe_i211);
	assert_null(gbe_family_of(0x10d4));
	/* a virtual function of the 82576 */
	assert_null(gbe_family_of(0x10ca));
	/* 82544GC, and the 82545EM with fibre */
	assert_null(gbe_family_of(0x100c));
	assert_null(gbe_family_of(0x1011));
	assert_null(gbe_family_of(0));
	assert_null(gbe_family_of(0xffff));
}

/* The silicon may give back what it has not read yet, where it segments. */
static void
only_the_8254x_do_not_segment(void **state)
{
	(void)state;
	assert_int_equal(gbe_8254x.unsafe_offloads, RTE_ETH_TX_OFFLOAD_TCP_TSO);
	assert_int_equal(gbe_82574.unsafe_offloads, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_the_8254x_do_not_segment),
	cmocka_unit_test(the_controllers_of_each_family_are_known_and_nothing_else),
};

TEST_MAIN(tests)
