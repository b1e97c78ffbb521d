/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "dualbuf_logs.h"
#include "gbe_phy.h"

#define GBE_MDIC_TIMEOUT_US 10000
#define GBE_MDIC_POLL_US 50

int
gbe_own_phy(const struct gbe_hw *hw)
{
	return hw->family->own_phy == NULL ? 0 : hw->family->own_phy(hw);
}

void
gbe_disown_phy(const struct gbe_hw *hw)
{
	if (hw->family->disown_phy != NULL)
		hw->family->disown_phy(hw);
}

/* One access; returns what the register has after it, in the lower 16 bits. */
static int
mdic_access(const struct gbe_hw *hw, uint32_t command, uint16_t *value)
{
	uint32_t waited, mdic = 0;

	gbe_write(hw, GBE_MDIC, command | GBE_MDIC_PHY_INTERNAL);
	for (waited = 0; waited < GBE_MDIC_TIMEOUT_US; waited += GBE_MDIC_POLL_US) {
		hw->delay_us(GBE_MDIC_POLL_US);
		mdic = gbe_read(hw, GBE_MDIC);
		if (mdic & GBE_MDIC_READY)
			break;
	}
	if (!gbe_is_present(hw))
		return -ENODEV;
	if (!(mdic & GBE_MDIC_READY))
		return -ETIMEDOUT;
	*value = mdic & GBE_MDIC_DATA_MASK;
	return mdic & GBE_MDIC_ERROR ? -EIO : 0;
}

static int
phy_read(const struct gbe_hw *hw, uint32_t reg, uint16_t *value)
{
	return mdic_access(hw, GBE_MDIC_OP_READ | reg << GBE_MDIC_REG_SHIFT, value);
}

/* Write what is another value than the register has. */
static int
phy_change(const struct gbe_hw *hw, uint32_t reg, uint16_t old, uint16_t new)
{
	uint16_t written;

	if (new == old)
		return 0;
	return mdic_access(hw, GBE_MDIC_OP_WRITE | reg << GBE_MDIC_REG_SHIFT | new, &written);
}

/* The registers that make up a mode. */
struct phy_regs {
	uint16_t control;
	uint16_t advertised;
	uint16_t gigabit;
};

static int
phy_read_regs(const struct gbe_hw *hw, struct phy_regs *regs)
{
	int ret = phy_read(hw, GBE_PHY_CONTROL, &regs->control);

	if (ret == 0)
		ret = phy_read(hw, GBE_PHY_ANA, &regs->advertised);
	if (ret == 0)
		ret = phy_read(hw, GBE_PHY_GCON, &regs->gigabit);
	return ret;
}

/* What is offered; and what else stands in these registers stays. */
static void
advertise(struct phy_regs *regs, uint32_t offered)
{
	static const struct {
		uint32_t mode;
		uint16_t bit;
	} bits[] = {
		{ GBE_LINK_10_HALF, GBE_PHY_ANA_10_HALF },
		{ GBE_LINK_10_FULL, GBE_PHY_ANA_10_FULL },
		{ GBE_LINK_100_HALF, GBE_PHY_ANA_100_HALF },
		{ GBE_LINK_100_FULL, GBE_PHY_ANA_100_FULL },
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(bits); i++) {
		regs->advertised &= ~bits[i].bit;
		if (offered & bits[i].mode)
			regs->advertised |= bits[i].bit;
	}
	if (offered & GBE_LINK_1000_FULL)
		regs->gigabit |= GBE_PHY_GCON_1000_FULL;
	else
		regs->gigabit &= ~(GBE_PHY_GCON_1000_FULL | GBE_PHY_GCON_1000_HALF);
}

static void
advertise_pause(struct phy_regs *regs, uint32_t pause)
{
	regs->advertised &= ~(GBE_PHY_ANA_PAUSE | GBE_PHY_ANA_ASM_DIR);
	if (pause & GBE_OFFER_PAUSE)
		regs->advertised |= GBE_PHY_ANA_PAUSE;
	if (pause & GBE_OFFER_ASM_DIR)
		regs->advertised |= GBE_PHY_ANA_ASM_DIR;
}

static struct phy_regs
regs_of_mode(const struct phy_regs *old, const struct gbe_phy_mode *mode)
{
	struct phy_regs regs = *old;

	regs.control &= ~GBE_PHY_CONTROL_POWER_DOWN;
	if (mode->off)
		regs.control |= GBE_PHY_CONTROL_POWER_DOWN;
	if (!mode->forced) {
		advertise(&regs, mode->offered);
		advertise_pause(&regs, mode->pause);
		regs.control |= GBE_PHY_CONTROL_AN_ENABLE;
		return regs;
	}
	regs.control &= ~(GBE_PHY_CONTROL_AN_ENABLE | GBE_PHY_CONTROL_SPEED_1000 |
			GBE_PHY_CONTROL_SPEED_100 | GBE_PHY_CONTROL_FULL);
	if (mode->offered & (GBE_LINK_100_HALF | GBE_LINK_100_FULL))
		regs.control |= GBE_PHY_CONTROL_SPEED_100;
	if (mode->offered & (GBE_LINK_10_FULL | GBE_LINK_100_FULL))
		regs.control |= GBE_PHY_CONTROL_FULL;
	return regs;
}

/* Has it agreed with its partner, or has it a link without? Else it is to negotiate. */
static int
phy_read_settled(const struct gbe_hw *hw, bool *settled)
{
	uint16_t status = 0;
	int ret = phy_read(hw, GBE_PHY_STATUS, &status);

	*settled = (status & GBE_PHY_STATUS_AN_COMPLETE) != 0 ||
			(gbe_read(hw, GBE_STATUS) & GBE_STATUS_LU) != 0;
	return ret;
}

/*
 * The PHY is looked at first: to negotiate takes seconds without a link. One without a link that has not agreed to
 * anything is told to, since it may be waiting for that: QEMU's igb does.
 */
static int
phy_write_mode(const struct gbe_hw *hw, const struct gbe_phy_mode *mode)
{
	struct phy_regs old, new;
	bool settled = false;
	int ret = phy_read_regs(hw, &old);

	if (ret == 0)
		ret = phy_read_settled(hw, &settled);
	if (ret != 0)
		return ret;
	new = regs_of_mode(&old, mode);
	if (!mode->forced && !mode->off && (!settled || memcmp(&new, &old, sizeof(new)) != 0))
		new.control |= GBE_PHY_CONTROL_RESTART_AN;
	ret = phy_change(hw, GBE_PHY_ANA, old.advertised, new.advertised);
	if (ret == 0)
		ret = phy_change(hw, GBE_PHY_GCON, old.gigabit, new.gigabit);
	if (ret == 0)
		ret = phy_change(hw, GBE_PHY_CONTROL, old.control, new.control);
	return ret;
}

/* The MAC takes speed and duplex from what the PHY negotiated; else it is told. */
static void
mac_write_mode(const struct gbe_hw *hw, const struct gbe_phy_mode *mode)
{
	uint32_t set = GBE_CTRL_FRCSPD | GBE_CTRL_FRCDPX;

	if (!mode->forced) {
		gbe_rmw(hw, GBE_CTRL, GBE_CTRL_FRCSPD | GBE_CTRL_FRCDPX, 0);
		return;
	}
	if (mode->offered & (GBE_LINK_100_HALF | GBE_LINK_100_FULL))
		set |= GBE_CTRL_SPEED_100;
	if (mode->offered & (GBE_LINK_10_FULL | GBE_LINK_100_FULL))
		set |= GBE_CTRL_FD;
	gbe_rmw(hw, GBE_CTRL, GBE_CTRL_SPEED_MASK | GBE_CTRL_FD, set);
}

static int
phy_log_failure(const struct gbe_hw *hw, int ret)
{
	if (ret != 0)
		DUALBUF_LOG(ERR, "%s: the PHY cannot be reached: %s", hw->name, strerror(-ret));
	return ret;
}

int
gbe_phy_set_mode(const struct gbe_hw *hw, const struct gbe_phy_mode *mode)
{
	int ret = gbe_own_phy(hw);

	if (ret == 0) {
		ret = phy_write_mode(hw, mode);
		gbe_disown_phy(hw);
	}
	if (ret == 0)
		mac_write_mode(hw, mode);
	return phy_log_failure(hw, ret);
}

int
gbe_phy_power(const struct gbe_hw *hw, bool on)
{
	int ret = gbe_own_phy(hw);
	uint16_t old;

	if (ret == 0) {
		ret = phy_read(hw, GBE_PHY_CONTROL, &old);
		if (ret == 0)
			ret = phy_change(hw, GBE_PHY_CONTROL, old,
					on ? old & ~GBE_PHY_CONTROL_POWER_DOWN :
					     old | GBE_PHY_CONTROL_POWER_DOWN);
		gbe_disown_phy(hw);
	}
	return phy_log_failure(hw, ret);
}

static uint32_t
pause_of(uint16_t ability)
{
	return (ability & GBE_PHY_ANA_PAUSE ? GBE_OFFER_PAUSE : 0) |
			(ability & GBE_PHY_ANA_ASM_DIR ? GBE_OFFER_ASM_DIR : 0);
}

static int
phy_read_agreement(const struct gbe_hw *hw, uint16_t *here, uint16_t *partner)
{
	uint16_t status;
	int ret = phy_read(hw, GBE_PHY_STATUS, &status);

	if (ret == 0 && !(status & GBE_PHY_STATUS_AN_COMPLETE))
		ret = -EAGAIN;
	if (ret == 0)
		ret = phy_read(hw, GBE_PHY_ANA, here);
	if (ret == 0)
		ret = phy_read(hw, GBE_PHY_LPA, partner);
	return ret;
}

int
gbe_phy_read_pause(const struct gbe_hw *hw, uint32_t *here, uint32_t *partner)
{
	uint16_t local, remote;
	int ret = gbe_own_phy(hw);

	if (ret == 0) {
		ret = phy_read_agreement(hw, &local, &remote);
		gbe_disown_phy(hw);
	}
	if (ret != 0)
		return ret == -EAGAIN ? ret : phy_log_failure(hw, ret);
	*here = pause_of(local);
	*partner = pause_of(remote);
	return 0;
}
