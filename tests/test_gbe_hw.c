/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The register code against a device made of memory. The source itself is included, with the two
 * functions that touch registers replaced, so that the device sees every access when it happens.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_io.h>

#include "log_util.h"

static uint32_t fake_read(const volatile void *addr);
static void fake_write(uint32_t value, volatile void *addr);

#define rte_read32(addr) fake_read(addr)
#define rte_write32(value, addr) fake_write(value, addr)

#include "gbe_hw.c"

int dualbuf_logtype = RTE_LOGTYPE_USER1;

#define BAR_LEN 0x20000
#define MAX_ACCESSES 65536
#define NEVER UINT64_MAX
#define MAC_LOW 0x12005452u /* 52:54:00:12:34:56 */
#define MAC_HIGH (0x5634u | GBE_RAH_AV)

struct access {
	uint64_t when; /* us */
	uint32_t reg;
	uint32_t value;
	bool is_write;
};

/* How the device behaves: delays in us from the cause to the effect, and what it holds. */
static struct fake {
	uint32_t *regs;
	uint64_t now;
	uint64_t reset_us; /* CTRL.RST clears itself */
	uint64_t nvm_us; /* from the end of the reset to EECD.AUTO_RD */
	uint64_t quiet_us; /* from GIO_MASTER_DISABLE to STATUS.GIO_MASTER_ENABLE = 0 */
	uint64_t reset_done, nvm_done, quiet_done; /* when; NEVER: nothing is under way */
	uint64_t gone_at; /* pulled out: everything reads all ones */
	uint64_t firmware_until; /* owns the PHY until then */
	struct access log[MAX_ACCESSES];
	unsigned int nb_accesses;
} fake;

static struct gbe_hw hw;
static struct log_capture logged;

static uint32_t *
reg_of(uint32_t reg)
{
	return &fake.regs[reg / sizeof(uint32_t)];
}

static bool
is_counter(uint32_t reg)
{
	return reg >= GBE_CRCERRS && reg < 0x4100;
}

static void
fake_log(uint32_t reg, uint32_t value, bool is_write)
{
	assert_true(fake.nb_accesses < MAX_ACCESSES);
	assert_true(reg < BAR_LEN);
	fake.log[fake.nb_accesses++] = (struct access){ fake.now, reg, value, is_write };
}

static void
fake_reset_end(void)
{
	memset(fake.regs, 0, BAR_LEN);
	*reg_of(GBE_STATUS) = GBE_STATUS_GIO_MASTER_ENABLE;
	*reg_of(GBE_RAL(0)) = MAC_LOW;
	*reg_of(GBE_RAH(0)) = MAC_HIGH;
	*reg_of(GBE_ICR) = 0x10;
	fake.nvm_done = fake.nvm_us == NEVER ? NEVER : fake.now + fake.nvm_us;
}

/* What happened by itself up to now. */
static void
fake_step(void)
{
	if (fake.now >= fake.quiet_done) {
		*reg_of(GBE_STATUS) &= ~GBE_STATUS_GIO_MASTER_ENABLE;
		fake.quiet_done = NEVER;
	}
	if (fake.now >= fake.reset_done) {
		fake.reset_done = NEVER;
		fake_reset_end();
	}
	if (fake.now >= fake.nvm_done) {
		*reg_of(GBE_EECD) |= GBE_EECD_AUTO_RD;
		fake.nvm_done = NEVER;
	}
}

static uint64_t
fake_later(uint64_t us)
{
	return us == NEVER ? NEVER : fake.now + us;
}

static uint32_t
fake_read(const volatile void *addr)
{
	uint32_t reg = (uint32_t)((uintptr_t)addr - (uintptr_t)fake.regs);
	uint32_t value;

	fake_step();
	value = fake.now >= fake.gone_at ? UINT32_MAX : *reg_of(reg);
	fake_log(reg, value, false);
	if (is_counter(reg) || reg == GBE_ICR)
		*reg_of(reg) = 0;
	return value;
}

static void
fake_write_ctrl(uint32_t value)
{
	if ((value & GBE_CTRL_GIO_MASTER_DISABLE) && fake.quiet_done == NEVER)
		fake.quiet_done = fake_later(fake.quiet_us);
	if (value & GBE_CTRL_RST)
		fake.reset_done = fake_later(fake.reset_us);
	*reg_of(GBE_CTRL) = value;
}

static void
fake_write(uint32_t value, volatile void *addr)
{
	uint32_t reg = (uint32_t)((uintptr_t)addr - (uintptr_t)fake.regs);

	fake_step();
	fake_log(reg, value, true);
	if (reg == GBE_CTRL)
		fake_write_ctrl(value);
	else if (reg == GBE_EXTCNF_CTRL && fake.now < fake.firmware_until)
		*reg_of(reg) = value & ~GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP;
	else if (reg != GBE_STATUS && !is_counter(reg))
		*reg_of(reg) = value;
}

static void
fake_delay(unsigned int us)
{
	fake.now += us;
}

/* Where in the log a register was first written from a place on; fails if it was not. */
static unsigned int
find_write(unsigned int from, uint32_t reg, uint32_t mask, uint32_t value)
{
	const struct access *a;

	for (; from < fake.nb_accesses; from++) {
		a = &fake.log[from];
		if (a->is_write && a->reg == reg && (a->value & mask) == value)
			return from;
	}
	fail_msg("register %#x was not written with %#x in %#x when it should have been", reg,
			value, mask);
	return 0;
}

static unsigned int
find_read(unsigned int from, uint32_t reg)
{
	for (; from < fake.nb_accesses; from++)
		if (!fake.log[from].is_write && fake.log[from].reg == reg)
			return from;
	fail_msg("register %#x was not read when it should have been", reg);
	return 0;
}

static unsigned int
count_writes(void)
{
	unsigned int i, nb = 0;

	for (i = 0; i < fake.nb_accesses; i++)
		nb += fake.log[i].is_write;
	return nb;
}

static int
set_up(void **state)
{
	uint32_t *regs = malloc(BAR_LEN);

	(void)state;
	if (regs == NULL)
		return -1;
	memset(&fake, 0, sizeof(fake));
	fake.regs = regs;
	fake.reset_us = 3;
	fake.nvm_us = 1000;
	fake.quiet_us = 150;
	fake.reset_done = NEVER;
	fake.nvm_done = NEVER;
	fake.quiet_done = NEVER;
	fake.gone_at = NEVER;
	fake_reset_end();
	fake_delay(2000);
	fake_step();
	hw = (struct gbe_hw){
		.family = gbe_family_of(0x10d3),
		.bar = fake.regs,
		.bar_len = BAR_LEN,
		.delay_us = fake_delay,
		.name = "fake",
	};
	log_capture_begin(&logged);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_capture_end(&logged);
	free(fake.regs);
	return 0;
}

/* Families ----------------------------------------------------------------------------------- */

static void
both_82574_are_known_and_nothing_else(void **state)
{
	(void)state;
	assert_non_null(gbe_family_of(0x10d3));
	assert_ptr_equal(gbe_family_of(0x10f6), gbe_family_of(0x10d3));
	assert_null(gbe_family_of(0x10d4));
	assert_null(gbe_family_of(0x100e));
	assert_null(gbe_family_of(0));
	assert_null(gbe_family_of(0xffff));
}

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

/* Reset -------------------------------------------------------------------------------------- */

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
	struct gbe_counters counters;

	(void)state;
	*reg_of(GBE_MPC) = 7;
	*reg_of(GBE_CRCERRS) = 5;
	assert_int_equal(gbe_reset(&hw), 0);
	gbe_read_counters(&hw, &counters);
	assert_int_equal(counters.missed, 7);
	assert_int_equal(counters.rx_errors, 5);
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

/* Initialisation ----------------------------------------------------------------------------- */

static const struct {
	uint32_t reg;
	uint32_t set;
	uint32_t clear;
} errata[] = {
	{ GBE_TXDCTL(0), GBE_TXDCTL_COUNT_DESC, 0 },
	{ GBE_TXDCTL(1), GBE_TXDCTL_COUNT_DESC, 0 },
	{ GBE_TARC(0), RTE_BIT32(26), 0xfu << 27 },
	{ GBE_CTRL, GBE_CTRL_SLU,
			RTE_BIT32(29) | GBE_CTRL_FRCSPD | GBE_CTRL_FRCDPX |
					GBE_CTRL_GIO_MASTER_DISABLE },
	{ GBE_CTRL_EXT, RTE_BIT32(22), RTE_BIT32(23) },
	{ GBE_GCR, RTE_BIT32(22), 0 },
	{ GBE_GCR2, RTE_BIT32(0), 0 },
	{ GBE_RFCTL, GBE_RFCTL_EXTEN | RTE_BIT32(12), 0 },
};

/* From all clear and from all set: exactly these bits end up as they have to. */
static void
initialisation_changes_exactly_the_bits_it_has_to(void **state)
{
	static const uint32_t before[] = { 0, ~GBE_CTRL_RST, 0x55555555 & ~GBE_CTRL_RST };
	unsigned int i, k;

	(void)state;
	for (k = 0; k < RTE_DIM(before); k++) {
		for (i = 0; i < RTE_DIM(errata); i++)
			*reg_of(errata[i].reg) = before[k];
		gbe_init(&hw);
		for (i = 0; i < RTE_DIM(errata); i++)
			assert_int_equal(*reg_of(errata[i].reg),
					(before[k] & ~errata[i].clear) | errata[i].set);
	}
	assert_nothing_logged(&logged);
}

static bool
init_writes(uint32_t reg)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(errata); i++)
		if (errata[i].reg == reg)
			return true;
	return reg == GBE_PBA || reg == GBE_VET || (reg >= GBE_MTA(0) && reg < GBE_MTA(128)) ||
			(reg >= GBE_RAL(1) && reg <= GBE_RAH(15)) ||
			(reg >= GBE_VFTA(0) && reg < GBE_VFTA(128));
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
initialisation_empties_all_filters_but_the_address(void **state)
{
	unsigned int i;

	(void)state;
	memset(fake.regs, 0xff, BAR_LEN);
	*reg_of(GBE_CTRL) = 0;
	*reg_of(GBE_RAL(0)) = MAC_LOW;
	*reg_of(GBE_RAH(0)) = MAC_HIGH;
	gbe_init(&hw);
	for (i = 0; i < GBE_MTA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_MTA(i)), 0);
	for (i = 0; i < GBE_VFTA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_VFTA(i)), 0);
	for (i = 1; i < GBE_RA_ENTRIES; i++)
		assert_int_equal(*reg_of(GBE_RAH(i)), 0);
	assert_int_equal(*reg_of(GBE_RAL(0)), MAC_LOW);
	assert_int_equal(*reg_of(GBE_RAH(0)), MAC_HIGH);
	assert_int_equal(*reg_of(GBE_VET), 0x8100);
	assert_int_equal(*reg_of(GBE_PBA) & 0xffff, 20);
}

/* MAC address -------------------------------------------------------------------------------- */

static void
the_mac_address_is_read_from_the_first_entry(void **state)
{
	static const uint8_t expected[] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	struct rte_ether_addr mac;

	(void)state;
	assert_int_equal(gbe_read_mac(&hw, &mac), 0);
	assert_memory_equal(mac.addr_bytes, expected, sizeof(expected));
	assert_nothing_logged(&logged);
}

static void
invalid_mac_addresses_are_refused(void **state)
{
	static const struct {
		uint32_t low, high;
		const char *text;
	} bad[] = {
		{ 0, GBE_RAH_AV, "00:00:00:00:00:00" },
		{ 0xffffffff, 0xffff | GBE_RAH_AV, "FF:FF:FF:FF:FF:FF" },
		{ 0x005e0001, 0x0100 | GBE_RAH_AV, "01:00:5E:00:00:01" },
		{ MAC_LOW, MAC_HIGH & ~GBE_RAH_AV, "not marked as valid" },
		{ 0, 0, "not marked as valid" },
	};
	struct rte_ether_addr mac;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		*reg_of(GBE_RAL(0)) = bad[i].low;
		*reg_of(GBE_RAH(0)) = bad[i].high;
		assert_int_equal(gbe_read_mac(&hw, &mac), -EINVAL);
		assert_logged(&logged, "fake", "no valid MAC address", bad[i].text);
	}
}

static void
a_mac_address_is_never_valid_when_half_written(void **state)
{
	static const struct gbe_rx_mode mode = {
		.mac.addr_bytes = { 0x02, 0x11, 0x22, 0x83, 0x44, 0x95 },
		.max_frame = 1518,
		.buf_size = 2048,
	};
	unsigned int off, low, high;

	(void)state;
	gbe_set_rx_mode(&hw, &mode);
	off = find_write(0, GBE_RAH(0), GBE_RAH_AV, 0);
	low = find_write(off, GBE_RAL(0), UINT32_MAX, 0x83221102);
	high = find_write(low, GBE_RAH(0), UINT32_MAX, 0x9544 | GBE_RAH_AV);
	assert_true(off < low && low < high);
	/* a read between them brings the halves to the device in this order */
	assert_true(find_read(low, GBE_STATUS) < high);
}

/* Receive mode ------------------------------------------------------------------------------- */

static void
the_largest_buffer_that_fits_is_chosen(void **state)
{
	static const struct {
		uint32_t room, size;
	} cases[] = {
		{ 0, 0 },
		{ 255, 0 },
		{ 256, 256 },
		{ 511, 256 },
		{ 512, 512 },
		{ 1023, 512 },
		{ 1024, 1024 },
		{ 2047, 1024 },
		{ 2048, 2048 },
		{ 4095, 2048 },
		{ 4096, 4096 },
		{ 8191, 4096 },
		{ 8192, 8192 },
		{ 16383, 8192 },
		{ 16384, 16384 },
		{ 65535, 16384 },
		{ UINT32_MAX, 16384 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++)
		assert_int_equal(gbe_rx_buf_size(cases[i].room), cases[i].size);
}

static uint32_t
rctl_of(struct gbe_rx_mode mode)
{
	if (mode.buf_size == 0)
		mode.buf_size = 2048;
	if (mode.max_frame == 0)
		mode.max_frame = 1518;
	gbe_enable_rx(&hw, &mode);
	return *reg_of(GBE_RCTL);
}

#define RCTL(...) rctl_of((struct gbe_rx_mode){ __VA_ARGS__ })
#define RCTL_PLAIN (GBE_RCTL_EN | GBE_RCTL_BAM | GBE_RCTL_SECRC)

static void
the_receiver_lets_pass_what_it_is_told(void **state)
{
	(void)state;
	assert_int_equal(RCTL(), RCTL_PLAIN);
	assert_int_equal(RCTL(.promiscuous = true), RCTL_PLAIN | GBE_RCTL_UPE | GBE_RCTL_MPE);
	assert_int_equal(RCTL(.all_multicast = true), RCTL_PLAIN | GBE_RCTL_MPE);
	assert_int_equal(RCTL(.promiscuous = true, .all_multicast = true),
			RCTL_PLAIN | GBE_RCTL_UPE | GBE_RCTL_MPE);
	assert_int_equal(RCTL(), RCTL_PLAIN); /* and nothing stays behind */
}

/* Sizes are without CRC; the device counts 1522 with it and a VLAN tag. */
static void
long_packets_are_for_mtus_above_the_usual(void **state)
{
	(void)state;
	assert_int_equal(RCTL(.max_frame = 64) & GBE_RCTL_LPE, 0);
	assert_int_equal(RCTL(.max_frame = 1514) & GBE_RCTL_LPE, 0);
	assert_int_equal(RCTL(.max_frame = 1518) & GBE_RCTL_LPE, 0);
	assert_int_equal(RCTL(.max_frame = 1519) & GBE_RCTL_LPE, GBE_RCTL_LPE);
	assert_int_equal(RCTL(.max_frame = 9234) & GBE_RCTL_LPE, GBE_RCTL_LPE);
}

/* 82574 datasheet, 10.2.5.1: BSIZE 17:16 and BSEX 25 */
static void
the_buffer_size_is_told_to_the_receiver(void **state)
{
	static const struct {
		uint32_t size, bits;
	} cases[] = {
		{ 256, 0x00030000 },
		{ 512, 0x00020000 },
		{ 1024, 0x00010000 },
		{ 2048, 0x00000000 },
		{ 4096, 0x02030000 },
		{ 8192, 0x02020000 },
		{ 16384, 0x02010000 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++)
		assert_int_equal(RCTL(.buf_size = cases[i].size) & 0x02030000, cases[i].bits);
}

static void
vlan_stripping_and_checksums_are_switched(void **state)
{
	uint32_t others = GBE_CTRL_SLU | GBE_CTRL_FD;

	(void)state;
	*reg_of(GBE_CTRL) = others;
	RCTL(.strip_vlan = true, .check_sums = true);
	assert_int_equal(*reg_of(GBE_CTRL), others | GBE_CTRL_VME);
	assert_int_equal(
			*reg_of(GBE_RXCSUM), GBE_RXCSUM_PCSD | GBE_RXCSUM_IPOFL | GBE_RXCSUM_TUOFL);
	RCTL();
	assert_int_equal(*reg_of(GBE_CTRL), others);
	assert_int_equal(*reg_of(GBE_RXCSUM), GBE_RXCSUM_PCSD);
}

static void
the_receiver_is_switched_on_last(void **state)
{
	unsigned int en;

	(void)state;
	RCTL();
	en = find_write(0, GBE_RCTL, GBE_RCTL_EN, GBE_RCTL_EN);
	for (en++; en < fake.nb_accesses; en++)
		assert_false(fake.log[en].is_write);
}

/* Rings -------------------------------------------------------------------------------------- */

static void
a_receive_ring_is_described(void **state)
{
	static const struct gbe_ring ring = { .iova = 0x123456789ab80, .len = 4096 * 16 };

	(void)state;
	*reg_of(GBE_RDH(0)) = 7;
	*reg_of(GBE_RDT(0)) = 8;
	gbe_set_rx_ring(&hw, &ring);
	assert_int_equal(*reg_of(GBE_RDBAL(0)), 0x6789ab80);
	assert_int_equal(*reg_of(GBE_RDBAH(0)), 0x12345);
	assert_int_equal(*reg_of(GBE_RDLEN(0)), 65536);
	assert_int_equal(*reg_of(GBE_RDH(0)), 0);
	assert_int_equal(*reg_of(GBE_RDT(0)), 0);
	assert_int_equal(*reg_of(GBE_RXDCTL(0)), GBE_RXDCTL_GRAN);
}

static void
a_transmit_ring_is_described(void **state)
{
	static const struct gbe_ring ring = { .iova = 0xfedcba980, .len = 32 * 16 };

	(void)state;
	*reg_of(GBE_TDH(0)) = 7;
	*reg_of(GBE_TDT(0)) = 8;
	gbe_set_tx_ring(&hw, &ring);
	assert_int_equal(*reg_of(GBE_TDBAL(0)), 0xedcba980);
	assert_int_equal(*reg_of(GBE_TDBAH(0)), 0xf);
	assert_int_equal(*reg_of(GBE_TDLEN(0)), 512);
	assert_int_equal(*reg_of(GBE_TDH(0)), 0);
	assert_int_equal(*reg_of(GBE_TDT(0)), 0);
	assert_int_equal(*reg_of(GBE_TXDCTL(0)), GBE_TXDCTL_GRAN | GBE_TXDCTL_COUNT_DESC);
}

static void
the_transmitter_keeps_what_it_was_told_of_collisions(void **state)
{
	(void)state;
	*reg_of(GBE_TCTL) = 0x3ffu << 12 | GBE_TCTL_CT_MASK;
	gbe_enable_tx(&hw);
	assert_int_equal(*reg_of(GBE_TCTL),
			0x3ffu << 12 | GBE_TCTL_CT_15 | GBE_TCTL_EN | GBE_TCTL_PSP | GBE_TCTL_RTLC);
}

static void
a_transmit_ring_that_empties_is_waited_for(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	*reg_of(GBE_TDT(0)) = 40;
	*reg_of(GBE_TDH(0)) = 40;
	gbe_drain_tx(&hw, 0);
	assert_int_equal(fake.now, since);
}

static void
a_transmit_ring_that_stands_still_is_given_up(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	*reg_of(GBE_TDT(0)) = 40;
	gbe_drain_tx(&hw, 0);
	assert_true(fake.now - since >= 1000 && fake.now - since <= 1000000);
	since = fake.now;
	fake.gone_at = 0;
	gbe_drain_tx(&hw, 0);
	assert_int_equal(fake.now, since);
}

/* Link, firmware, counters ------------------------------------------------------------------- */

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

static void
counters_accumulate_over_registers_that_forget(void **state)
{
	static const uint32_t rx[] = { GBE_CRCERRS, GBE_ALGNERRC, GBE_RXERRC, GBE_CEXTERR,
		GBE_RLEC };
	static const uint32_t tx[] = { GBE_ECOL, GBE_LATECOL };
	struct gbe_counters counters;
	unsigned int round, i;

	(void)state;
	for (round = 1; round <= 3; round++) {
		*reg_of(GBE_MPC) = 3;
		for (i = 0; i < RTE_DIM(rx); i++)
			*reg_of(rx[i]) = 10 << i;
		for (i = 0; i < RTE_DIM(tx); i++)
			*reg_of(tx[i]) = 1000 << i;
		gbe_read_counters(&hw, NULL);
		gbe_read_counters(&hw, &counters); /* nothing new */
		assert_int_equal(counters.missed, round * 3);
		assert_int_equal(counters.rx_errors, round * 310);
		assert_int_equal(counters.tx_errors, round * 3000);
	}
}

static void
counters_do_not_wrap_at_32_bits(void **state)
{
	struct gbe_counters counters;

	(void)state;
	*reg_of(GBE_MPC) = UINT32_MAX;
	gbe_read_counters(&hw, NULL);
	*reg_of(GBE_MPC) = UINT32_MAX;
	*reg_of(GBE_CRCERRS) = UINT32_MAX;
	*reg_of(GBE_RLEC) = UINT32_MAX;
	gbe_read_counters(&hw, &counters);
	assert_true(counters.missed == 2 * (uint64_t)UINT32_MAX);
	assert_true(counters.rx_errors == 2 * (uint64_t)UINT32_MAX);
}

static void
a_missing_device_counts_nothing(void **state)
{
	struct gbe_counters counters;

	(void)state;
	*reg_of(GBE_MPC) = 9;
	gbe_read_counters(&hw, NULL);
	fake.gone_at = 0;
	gbe_read_counters(&hw, &counters);
	assert_int_equal(counters.missed, 9);
	assert_int_equal(counters.rx_errors, 0);
	assert_int_equal(counters.tx_errors, 0);
}

#define gbe_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		gbe_test(both_82574_are_known_and_nothing_else),
		gbe_test(access_beyond_the_bar_reads_ones_and_writes_nothing),
		gbe_test(the_last_register_of_the_bar_can_be_used),
		gbe_test(nothing_is_touched_in_a_bar_of_no_length),
		gbe_test(the_smallest_bar_has_every_register),
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
		gbe_test(initialisation_changes_exactly_the_bits_it_has_to),
		gbe_test(initialisation_touches_no_other_register),
		gbe_test(initialisation_empties_all_filters_but_the_address),
		gbe_test(the_mac_address_is_read_from_the_first_entry),
		gbe_test(invalid_mac_addresses_are_refused),
		gbe_test(a_mac_address_is_never_valid_when_half_written),
		gbe_test(the_largest_buffer_that_fits_is_chosen),
		gbe_test(the_receiver_lets_pass_what_it_is_told),
		gbe_test(long_packets_are_for_mtus_above_the_usual),
		gbe_test(the_buffer_size_is_told_to_the_receiver),
		gbe_test(vlan_stripping_and_checksums_are_switched),
		gbe_test(the_receiver_is_switched_on_last),
		gbe_test(a_receive_ring_is_described),
		gbe_test(a_transmit_ring_is_described),
		gbe_test(the_transmitter_keeps_what_it_was_told_of_collisions),
		gbe_test(a_transmit_ring_that_empties_is_waited_for),
		gbe_test(a_transmit_ring_that_stands_still_is_given_up),
		gbe_test(the_link_is_read_from_the_status),
		gbe_test(firmware_is_told_of_the_driver),
		gbe_test(counters_accumulate_over_registers_that_forget),
		gbe_test(counters_do_not_wrap_at_32_bits),
		gbe_test(a_missing_device_counts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
