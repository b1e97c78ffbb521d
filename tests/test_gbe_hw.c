/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The registers: how they are reached, and what they tell of link and firmware. */

#include "gbe_util.h"

/* Register access ---------------------------------------------------------------------------- */

static void
access_beyond_the_bar_reads_ones_and_writes_nothing(void **state)
{
	static const uint32_t beyond[] = { BAR_LEN, BAR_LEN + 4, BAR_LEN - 3, BAR_LEN - 1,
		0x7fffffff, 0xfffffffc };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(beyond); i++) {
		assert_int_equal(gbe_read(&hw, beyond[i]), UINT32_MAX);
		gbe_write(&hw, beyond[i], 0x12345678);
	}
	assert_int_equal(fake.nb_accesses, 0);
}

static void
the_last_register_of_the_bar_can_be_used(void **state)
{
	(void)state;
	gbe_write(&hw, BAR_LEN - 4, 0x12345678);
	assert_int_equal(gbe_read(&hw, BAR_LEN - 4), 0x12345678);
	assert_int_equal(fake.nb_accesses, 2);
}

static void
nothing_is_touched_in_a_bar_of_no_length(void **state)
{
	(void)state;
	hw.bar_len = 0;
	assert_int_equal(gbe_read(&hw, 0), UINT32_MAX);
	gbe_write(&hw, 0, 0);
	assert_false(gbe_is_present(&hw));
	assert_int_equal(gbe_reset(&hw), -ENODEV);
	assert_logged(&logged, "fake", "no device answers");
	assert_int_equal(fake.nb_accesses, 0);
}

static void
the_smallest_bar_has_every_register(void **state)
{
	static const struct gbe_ring ring = { .iova = 0x1000, .len = 512 };
	static const struct gbe_rx_mode mode = { .max_frame = 1518, .buf_size = 2048 };
	unsigned int i;
	bool duplex;

	(void)state;
	assert_int_equal(gbe_reset(&hw), 0);
	gbe_init(&hw);
	gbe_set_rx_ring(&hw, &ring);
	gbe_set_tx_ring(&hw, &ring);
	gbe_enable_tx(&hw);
	gbe_enable_rx(&hw, &mode);
	gbe_set_driver_loaded(&hw, true);
	gbe_drain_tx(&hw, 0);
	gbe_link_speed(&hw, &duplex);
	for (i = 0; i < fake.nb_accesses; i++)
		assert_true(fake.log[i].reg + 4 <= GBE_BAR_MIN_LEN);
	assert_nothing_logged(&logged);
}

/* Link, firmware ----------------------------------------------------------------------------- */

static void
the_link_is_read_from_the_status(void **state)
{
	static const struct {
		uint32_t status, speed;
		bool full;
	} cases[] = {
		{ 0x00000000, 0, false },
		{ 0x00000003, 10, true },
		{ 0x00000002, 10, false },
		{ 0x00000043, 100, true },
		{ 0x00000042, 100, false },
		{ 0x00000083, 1000, true },
		{ 0x000000c3, 1000, true },
		{ 0x00000081, 0, true },
	};
	unsigned int i;
	bool full;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		*reg_of(GBE_STATUS) = cases[i].status;
		assert_int_equal(gbe_link_speed(&hw, &full), cases[i].speed);
		assert_int_equal(full, cases[i].full);
	}
	fake.gone_at = 0;
	assert_int_equal(gbe_link_speed(&hw, &full), 0);
}

static void
firmware_is_told_of_the_driver(void **state)
{
	(void)state;
	*reg_of(GBE_CTRL_EXT) = 0x00400c00;
	gbe_set_driver_loaded(&hw, true);
	assert_int_equal(*reg_of(GBE_CTRL_EXT), 0x10400c00);
	gbe_set_driver_loaded(&hw, false);
	assert_int_equal(*reg_of(GBE_CTRL_EXT), 0x00400c00);
}

static const struct CMUnitTest tests[] = {
	gbe_test(access_beyond_the_bar_reads_ones_and_writes_nothing),
	gbe_test(the_last_register_of_the_bar_can_be_used),
	gbe_test(nothing_is_touched_in_a_bar_of_no_length),
	gbe_test(the_smallest_bar_has_every_register),
	gbe_test(the_link_is_read_from_the_status),
	gbe_test(firmware_is_told_of_the_driver),
};

TEST_MAIN(tests)
