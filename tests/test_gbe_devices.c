/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which controllers the driver knows. */

#include "cmocka_util.h"

#include "gbe_devices.h"

static void
the_controllers_of_each_family_are_known_and_nothing_else(void **state)
{
	(void)state;
	assert_ptr_equal(gbe_family_of(0x10d3), &gbe_82574);
	assert_ptr_equal(gbe_family_of(0x10f6), &gbe_82574);
	assert_ptr_equal(gbe_family_of(0x100e), &gbe_8254x);
	assert_ptr_equal(gbe_family_of(0x100f), &gbe_8254x);
	assert_null(gbe_family_of(0x10d4));
	/* 82544GC, and the 82545EM with fibre */
	assert_null(gbe_family_of(0x100c));
	assert_null(gbe_family_of(0x1011));
	assert_null(gbe_family_of(0));
	assert_null(gbe_family_of(0xffff));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_controllers_of_each_family_are_known_and_nothing_else),
};

TEST_MAIN(tests)
