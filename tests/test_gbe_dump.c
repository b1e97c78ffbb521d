/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* What a controller shows of itself: its registers, and nothing changes by it. */

#include "gbe_util.h"

static uint32_t
value_of(const char *name)
{
	char found[16];
	unsigned int i;

	for (i = 0; i < gbe_dump_count(&hw); i++) {
		gbe_dump_name(&hw, i, found, sizeof(found));
		if (strcmp(found, name) == 0)
			return gbe_dump_value(&hw, i);
	}
	fail_msg("no register %s", name);
	return 0;
}

static void
registers_are_shown_under_their_names(void **state)
{
	(void)state;
	*reg_of(0x00100) = 0x12345678;
	*reg_of(0x02818) = 7;
	*reg_of(0x02918) = 8;
	*reg_of(0x03910) = 9;
	assert_int_equal(value_of("RCTL"), 0x12345678);
	assert_int_equal(value_of("RDT0"), 7);
	assert_int_equal(value_of("RDT1"), 8);
	assert_int_equal(value_of("TDH1"), 9);
}

static void
a_dump_takes_nothing_away(void **state)
{
	unsigned int i, j;
	char one[16], other[16];

	(void)state;
	for (i = 0; i < gbe_dump_count(&hw); i++) {
		gbe_dump_value(&hw, i);
		gbe_dump_name(&hw, i, one, sizeof(one));
		for (j = 0; j < i; j++) {
			gbe_dump_name(&hw, j, other, sizeof(other));
			assert_string_not_equal(one, other);
		}
	}
	assert_int_equal(fake.nb_accesses, gbe_dump_count(&hw));
	for (i = 0; i < fake.nb_accesses; i++) {
		assert_false(fake.log[i].is_write);
		assert_false(is_counter(fake.log[i].reg));
		assert_int_not_equal(fake.log[i].reg, GBE_ICR);
		assert_true(fake.log[i].reg + 4 <= GBE_BAR_MIN_LEN);
	}
}

static const struct CMUnitTest tests[] = {
	gbe_test(registers_are_shown_under_their_names),
	gbe_test(a_dump_takes_nothing_away),
};

TEST_MAIN(tests)
