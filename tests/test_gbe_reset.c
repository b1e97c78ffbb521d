/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A reset in its documented order, and devices that do not keep to it. */

#include "gbe_util.h"

static unsigned int
count_writes(void)
{
	unsigned int i, nb = 0;

	for (i = 0; i < fake.nb_accesses; i++)
		nb += fake.log[i].is_write;
	return nb;
}

/* 82574 datasheet, 4.6.1 and 4.3.1: quiet, master off, reset, NVM, PHY, quiet again. */
static void
a_reset_follows_the_documented_order(void **state)
{
	unsigned int at, rst;
	uint64_t since;

	(void)state;
	*reg_of(GBE_RCTL) = GBE_RCTL_EN;
	*reg_of(GBE_TCTL) = GBE_TCTL_EN | GBE_TCTL_CT_15;
	assert_int_equal(gbe_reset(&hw), 0);

	at = find_write(0, GBE_IMC, UINT32_MAX, UINT32_MAX);
	at = find_write(at, GBE_RCTL, UINT32_MAX, 0);
	at = find_write(at, GBE_TCTL, GBE_TCTL_EN, 0);
	since = fake.log[at].when;
	at = find_write(at, GBE_CTRL, GBE_CTRL_GIO_MASTER_DISABLE, GBE_CTRL_GIO_MASTER_DISABLE);
	assert_true(fake.log[at].when - since >= 10000); /* pending DMA gets 10 ms */
	at = find_write(at, GBE_EXTCNF_CTRL, GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP,
			GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP);
	rst = find_write(at, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST);
	assert_true(rst + 1 < fake.nb_accesses);
	assert_true(fake.log[rst + 1].when > fake.log[rst].when); /* no access for 1 us */
	at = find_write(rst, GBE_EXTCNF_CTRL, GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
	at = find_read(at, GBE_EECD);
	since = fake.log[at].when;
	at = find_write(at, GBE_IMC, UINT32_MAX, UINT32_MAX);
	assert_true(fake.log[at].when - since >= fake.nvm_us - 100 + hw.family->phy_ready_us);
	at = find_read(at, GBE_ICR);
	assert_int_equal(*reg_of(GBE_ICR), 0);
	assert_nothing_logged(&logged);
}

static void
a_reset_is_written_once_and_only_when_the_master_is_quiet(void **state)
{
	unsigned int rst, i;

	(void)state;
	assert_int_equal(gbe_reset(&hw), 0);
	rst = find_write(0, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST);
	for (i = rst + 1; i < fake.nb_accesses; i++)
		assert_false(fake.log[i].is_write && fake.log[i].reg == GBE_CTRL);
	for (i = rst; i > 0; i--)
		if (!fake.log[i].is_write && fake.log[i].reg == GBE_STATUS)
			break;
	assert_int_equal(fake.log[i].value & GBE_STATUS_GIO_MASTER_ENABLE, 0);
	/* and is still told so by the write that resets */
	assert_true(fake.log[rst].value & GBE_CTRL_GIO_MASTER_DISABLE);
}

static void
counters_are_read_before_a_reset_clears_them(void **state)
{
	struct dualbuf_causes counters;

	(void)state;
	*reg_of(GBE_MPC) = 7;
	*reg_of(GBE_CRCERRS) = 5;
	assert_int_equal(gbe_reset(&hw), 0);
	gbe_read_counters(&hw, &counters);
	assert_int_equal(counters.rx_missed_packets, 7);
	assert_int_equal(counters.rx_crc_errors, 5);
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
	/* the PHY is not kept from the firmware */
	assert_int_equal(*reg_of(GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
}

static void
an_nvm_that_is_never_read_times_out(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	fake.nvm_us = NEVER;
	assert_int_equal(gbe_reset(&hw), -ETIMEDOUT);
	assert_logged(&logged, "fake", "NVM", "EECD.AUTO_RD");
	assert_true(fake.now - since < 1000000);
}

static void
a_slow_device_is_waited_for(void **state)
{
	(void)state;
	fake.reset_us = 9000;
	fake.nvm_us = 19000;
	fake.quiet_us = 79000;
	assert_int_equal(gbe_reset(&hw), 0);
	assert_nothing_logged(&logged);
}

static void
a_master_that_is_never_quiet_is_reset_with_a_warning(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	fake.quiet_us = NEVER;
	assert_int_equal(gbe_reset(&hw), 0);
	assert_logged(&logged, "fake", "PCIe requests are still pending");
	find_write(0, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST);
	assert_true(fake.now - since < 1000000);
}

static void
a_phy_that_firmware_keeps_does_not_prevent_a_reset(void **state)
{
	unsigned int rst, i;
	uint64_t since = fake.now;

	(void)state;
	fake.firmware_until = NEVER;
	assert_int_equal(gbe_reset(&hw), 0);
	assert_logged(&logged, "fake", "firmware does not let go of the PHY");
	assert_true(fake.now - since < 1000000);
	/* what was never ours is not given back */
	rst = find_write(0, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST);
	for (i = rst; i < fake.nb_accesses; i++)
		assert_false(fake.log[i].is_write && fake.log[i].reg == GBE_EXTCNF_CTRL);
}

static void
a_phy_that_firmware_gives_up_late_is_waited_for(void **state)
{
	(void)state;
	fake.firmware_until = fake.now + 200000;
	assert_int_equal(gbe_reset(&hw), 0);
	assert_nothing_logged(&logged);
	find_write(find_write(0, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST), GBE_EXTCNF_CTRL,
			GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
}

static void
a_missing_device_is_refused_and_not_written_to(void **state)
{
	(void)state;
	fake.gone_at = 0;
	assert_false(gbe_is_present(&hw));
	assert_int_equal(gbe_reset(&hw), -ENODEV);
	assert_logged(&logged, "fake", "no device answers");
	assert_int_equal(count_writes(), 0);
}

/* Whatever the moment: an end, in bounded time. */
static void
a_device_may_vanish_during_a_reset(void **state)
{
	static const uint64_t moments[] = { 1, 9999, 10001, 10050, 10150, 10350, 11000, 20000 };
	uint64_t start;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(moments); i++) {
		fake.gone_at = NEVER;
		fake_reset_end();
		fake.nb_accesses = 0;
		start = fake.now;
		fake.gone_at = fake.now + moments[i];
		gbe_reset(&hw);
		assert_true(fake.now - start < 1000000);
		log_capture_end(&logged);
		log_capture_begin(&logged);
	}
}

static const struct CMUnitTest tests[] = {
	gbe_test(a_reset_follows_the_documented_order),
	gbe_test(a_reset_is_written_once_and_only_when_the_master_is_quiet),
	gbe_test(counters_are_read_before_a_reset_clears_them),
	gbe_test(a_reset_that_never_ends_times_out),
	gbe_test(an_nvm_that_is_never_read_times_out),
	gbe_test(a_slow_device_is_waited_for),
	gbe_test(a_master_that_is_never_quiet_is_reset_with_a_warning),
	gbe_test(a_phy_that_firmware_keeps_does_not_prevent_a_reset),
	gbe_test(a_phy_that_firmware_gives_up_late_is_waited_for),
	gbe_test(a_missing_device_is_refused_and_not_written_to),
	gbe_test(a_device_may_vanish_during_a_reset),
};

TEST_MAIN(tests)
