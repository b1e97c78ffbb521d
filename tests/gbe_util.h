/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_UTIL_H_
#define _GBE_UTIL_H_

/*
 * The register code against a device made of memory. The source itself is included, with the two
 * functions that touch registers replaced, so that the device sees every access when it happens.
 * One source of a program includes this. Which family's device it is: TEST_FAMILY, and TEST_FAMILY_SOURCE, whose
 * names are static; the 82574 if it is not said.
 */

#include <errno.h>

#include "cmocka_util.h"

#include <rte_common.h>
#include <rte_io.h>

#include "log_util.h"

static uint32_t fake_read(const volatile void *addr);
static void fake_write(uint32_t value, volatile void *addr);

#define rte_read32(addr) fake_read(addr)
#define rte_write32(value, addr) fake_write(value, addr)

#ifndef TEST_FAMILY
#define TEST_FAMILY gbe_82574
#define TEST_FAMILY_SOURCE "gbe_82574.c"
#endif
#ifndef TEST_VECTORS_SOURCE
#define TEST_VECTORS_SOURCE "gbe_82574_vectors.c"
#endif

/* The sources themselves, so that they are built with the two functions above. */
#include TEST_FAMILY_SOURCE
#include TEST_VECTORS_SOURCE
#include "gbe_bar.c"
#include "gbe_counters.c"
#include "gbe_dump.c"
#include "gbe_hw.c"
#include "gbe_nvm.c"
#include "gbe_pause.c"
#include "gbe_phy.c"
#include "gbe_rss.c"
#include "gbe_rx_mode.c"
#include "gbe_rx_tables.c"

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
	uint64_t nvm_us; /* from the end of the reset to EECD.AUTO_RD; NEVER with those that do not have it */
	uint64_t quiet_us; /* from GIO_MASTER_DISABLE to STATUS.GIO_MASTER_ENABLE = 0 */
	uint64_t reset_done, nvm_done, quiet_done; /* when; NEVER: nothing is under way */
	uint64_t gone_at; /* pulled out: everything reads all ones */
	uint64_t firmware_until; /* owns the PHY until then */
	uint16_t phy[32]; /* its registers */
	uint32_t mdic_flags; /* what an access to them ends with */
	unsigned int nb_phy_writes;
	uint16_t nvm_words[64];
	uint64_t nvm_read_us; /* from EERD.START to EERD.DONE */
	uint64_t nvm_read_done;
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

/* Events that came by themselves up to now. */
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
	if (fake.now >= fake.nvm_read_done) {
		*reg_of(GBE_EERD) |= TEST_FAMILY.eerd_done;
		fake.nvm_read_done = NEVER;
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
fake_write_mdic(uint32_t value)
{
	uint32_t reg = value >> GBE_MDIC_REG_SHIFT & 0x1f;

	assert_int_equal(value & 0x03e00000, GBE_MDIC_PHY_INTERNAL);
	if (TEST_FAMILY.own_phy != NULL)
		assert_true(*reg_of(GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP);
	if (value & GBE_MDIC_OP_WRITE) {
		fake.phy[reg] = (uint16_t)value;
		fake.nb_phy_writes++;
	}
	*reg_of(GBE_MDIC) = (value & 0xffff0000) | fake.phy[reg] | fake.mdic_flags;
}

static void
fake_write_eerd(uint32_t value)
{
	uint32_t word = value >> TEST_FAMILY.eerd_addr_shift & TEST_FAMILY.eerd_addr_max;

	assert_true(value & GBE_EERD_START);
	assert_true(word < RTE_DIM(fake.nvm_words));
	*reg_of(GBE_EERD) = (uint32_t)fake.nvm_words[word] << GBE_EERD_DATA_SHIFT;
	fake.nvm_read_done = fake_later(fake.nvm_read_us);
}

static void
fake_write(uint32_t value, volatile void *addr)
{
	uint32_t reg = (uint32_t)((uintptr_t)addr - (uintptr_t)fake.regs);

	fake_step();
	fake_log(reg, value, true);
	if (reg == GBE_CTRL)
		fake_write_ctrl(value);
	else if (reg == GBE_EERD)
		fake_write_eerd(value);
	else if (reg == GBE_MDIC)
		fake_write_mdic(value);
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
static inline unsigned int
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

static inline unsigned int
find_read(unsigned int from, uint32_t reg)
{
	for (; from < fake.nb_accesses; from++)
		if (!fake.log[from].is_write && fake.log[from].reg == reg)
			return from;
	fail_msg("register %#x was not read when it should have been", reg);
	return 0;
}

static inline int
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
	fake.nvm_read_us = 40;
	fake.nvm_read_done = NEVER;
	fake.gone_at = NEVER;
	fake.mdic_flags = GBE_MDIC_READY;
	fake.phy[GBE_PHY_CONTROL] = 0x1140;
	fake.phy[GBE_PHY_STATUS] = 0x796d;
	fake.phy[GBE_PHY_ANA] = 0x0de1;
	fake.phy[GBE_PHY_LPA] = 0xc5e1;
	fake.phy[GBE_PHY_GCON] = 0x0300;
	fake_reset_end();
	fake_delay(2000);
	fake_step();
	hw = (struct gbe_hw){
		.family = &TEST_FAMILY,
		.bar = fake.regs,
		.bar_len = BAR_LEN,
		.delay_us = fake_delay,
		.name = "fake",
	};
	log_capture_begin(&logged);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	log_capture_end(&logged);
	free(fake.regs);
	return 0;
}

#define gbe_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Is this one of the registers that an initialisation clears in every family? */
static inline bool
init_clears(uint32_t reg)
{
	return (reg >= GBE_MTA(0) && reg < GBE_MTA(128)) ||
			(reg >= GBE_RAL(1) && reg <= GBE_RAH(15)) ||
			(reg >= GBE_VFTA(0) && reg < GBE_VFTA(128));
}

#endif /* _GBE_UTIL_H_ */
