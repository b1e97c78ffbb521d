/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "dualbuf_logs.h"
#include "gbe_counters.h"
#include "gbe_hw.h"
#include "gbe_phy.h"
#include "gbe_vectors.h"

/* How long the device may take, in us, and how often it is asked. */
#define GBE_MASTER_TIMEOUT_US 80000
#define GBE_RESET_TIMEOUT_US 10000
#define GBE_DRAIN_TIMEOUT_US 10000
#define GBE_QUIESCE_US 10000
#define GBE_RING_TIMEOUT_US 10000
#define GBE_POLL_US 100

void
gbe_mask_interrupts(const struct gbe_hw *hw)
{
	const struct gbe_vectors *vectors = hw->family->vectors;

	gbe_write(hw, GBE_IMC, UINT32_MAX);
	if (vectors != NULL && vectors->rx.disable != GBE_IMC)
		gbe_write(hw, vectors->rx.disable, UINT32_MAX);
}

/* No interrupt, no new DMA; what has begun gets time to end. */
static void
quiesce(const struct gbe_hw *hw)
{
	gbe_mask_interrupts(hw);
	gbe_write(hw, GBE_RCTL, 0);
	gbe_rmw(hw, GBE_TCTL, GBE_TCTL_EN, GBE_TCTL_PSP);
	gbe_flush(hw);
	hw->delay_us(GBE_QUIESCE_US);
	if (!hw->family->gio_master)
		return;
	gbe_rmw(hw, GBE_CTRL, 0, GBE_CTRL_GIO_MASTER_DISABLE);
	/* The reset that follows ends what does not end by itself. */
	if (gbe_await(hw, GBE_STATUS, GBE_STATUS_GIO_MASTER_ENABLE, 0, GBE_MASTER_TIMEOUT_US) != 0)
		DUALBUF_LOG(WARNING, "%s: PCIe requests are still pending after %u us", hw->name,
				GBE_MASTER_TIMEOUT_US);
}

/* The reset itself, with the PHY ours if we may have it. */
static int
reset_mac(const struct gbe_hw *hw)
{
	bool owned = gbe_own_phy(hw) == 0;
	int ret;

	if (!owned)
		DUALBUF_LOG(WARNING, "%s: firmware does not let go of the PHY", hw->name);
	gbe_rmw(hw, GBE_CTRL, 0, GBE_CTRL_RST);
	/* No access within the first microsecond. */
	hw->delay_us(GBE_POLL_US);
	ret = gbe_await(hw, GBE_CTRL, GBE_CTRL_RST, 0, GBE_RESET_TIMEOUT_US);
	if (owned)
		gbe_disown_phy(hw);
	if (ret != 0)
		DUALBUF_LOG(ERR, "%s: the reset does not end: CTRL.RST is set after %u us",
				hw->name, GBE_RESET_TIMEOUT_US);
	return ret;
}

int
gbe_reset(struct gbe_hw *hw)
{
	int ret;

	if (!gbe_is_present(hw)) {
		DUALBUF_LOG(ERR, "%s: no device answers at its registers", hw->name);
		return -ENODEV;
	}
	quiesce(hw);
	gbe_read_counters(hw, NULL);
	ret = reset_mac(hw);
	if (ret != 0)
		return ret;
	ret = hw->family->await_nvm(hw);
	if (ret != 0)
		return ret;
	hw->delay_us(hw->family->phy_ready_us);
	gbe_mask_interrupts(hw);
	gbe_read(hw, GBE_ICR);
	return 0;
}

void
gbe_init(struct gbe_hw *hw)
{
	unsigned int i;

	hw->family->init(hw);
	gbe_write(hw, GBE_VET, RTE_ETHER_TYPE_VLAN);
	for (i = 1; i < GBE_RA_ENTRIES; i++) {
		gbe_write(hw, GBE_RAH(i), 0);
		gbe_write(hw, GBE_RAL(i), 0);
	}
	for (i = 0; i < GBE_MTA_ENTRIES; i++)
		gbe_write(hw, GBE_MTA(i), 0);
	for (i = 0; i < GBE_VFTA_ENTRIES; i++)
		gbe_write(hw, GBE_VFTA(i), 0);
	/* The PHY negotiates speed and duplex, and the MAC takes them from it. */
	gbe_rmw(hw, GBE_CTRL, GBE_CTRL_FRCSPD | GBE_CTRL_FRCDPX | GBE_CTRL_GIO_MASTER_DISABLE,
			GBE_CTRL_SLU);
	gbe_flush(hw);
}

int
gbe_read_mac(const struct gbe_hw *hw, struct rte_ether_addr *mac)
{
	struct rte_ether_addr found = { 0 };
	int ret = hw->family->read_mac(hw, &found);

	if (ret == 0 && rte_is_valid_assigned_ether_addr(&found)) {
		*mac = found;
		return 0;
	}
	if (ret != 0 && ret != -EINVAL) {
		DUALBUF_LOG(ERR, "%s: the NVM, which has the MAC address, cannot be read: %s",
				hw->name, strerror(-ret));
		return ret;
	}
	DUALBUF_LOG(ERR, "%s: the NVM has no valid MAC address: " RTE_ETHER_ADDR_PRT_FMT "%s",
			hw->name, RTE_ETHER_ADDR_BYTES(&found),
			ret == 0 ? "" : " (not marked as valid)");
	return -EINVAL;
}

void
gbe_pause_rx(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_RCTL, GBE_RCTL_EN, 0);
	gbe_flush(hw);
	hw->delay_us(GBE_QUIESCE_US);
}

void
gbe_pause_tx(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_TCTL, GBE_TCTL_EN, 0);
	gbe_flush(hw);
	hw->delay_us(GBE_QUIESCE_US);
}

void
gbe_resume_rx(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_RCTL, 0, GBE_RCTL_EN);
	gbe_flush(hw);
}

void
gbe_resume_tx(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_TCTL, 0, GBE_TCTL_EN);
	gbe_flush(hw);
}

/* The registers of a ring from this one on. */
static void
set_ring(const struct gbe_hw *hw, uint32_t regs, const struct gbe_ring *ring, uint32_t control)
{
	gbe_write(hw, regs + GBE_RING_BAL, (uint32_t)ring->iova);
	gbe_write(hw, regs + GBE_RING_BAH, (uint32_t)(ring->iova >> 32));
	gbe_write(hw, regs + GBE_RING_LEN, ring->len);
	gbe_write(hw, regs + GBE_RING_HEAD, 0);
	gbe_write(hw, regs + GBE_RING_TAIL, 0);
	gbe_write(hw, regs + GBE_RING_CONTROL, control);
}

void
gbe_set_rx_ring(const struct gbe_hw *hw, const struct gbe_ring *ring)
{
	set_ring(hw, gbe_rx_ring_reg(hw, ring->queue, 0), ring, hw->family->rx_ring_control);
}

void
gbe_set_tx_ring(const struct gbe_hw *hw, const struct gbe_ring *ring)
{
	set_ring(hw, gbe_tx_ring_reg(hw, ring->queue, 0), ring, hw->family->tx_ring_control);
	if (hw->family->arbitrate != NULL)
		hw->family->arbitrate(hw, ring->queue);
}

/* The device may be in the midst of a descriptor when a ring is switched off, and says when it is through. */
static int
switch_ring(const struct gbe_hw *hw, uint32_t control, bool on)
{
	uint32_t bit = hw->family->ring_enable;
	int ret;

	gbe_rmw(hw, control, bit, on ? bit : 0);
	ret = gbe_await(hw, control, bit, on ? bit : 0, GBE_RING_TIMEOUT_US);
	if (!on)
		hw->delay_us(GBE_POLL_US);
	if (ret != 0)
		DUALBUF_LOG(ERR, "%s: a ring is not switched %s: register %#x says so after %u us",
				hw->name, on ? "on" : "off", control, GBE_RING_TIMEOUT_US);
	return ret;
}

int
gbe_switch_rx_ring(const struct gbe_hw *hw, uint16_t queue, bool on)
{
	return switch_ring(hw, gbe_rx_ring_reg(hw, queue, GBE_RING_CONTROL), on);
}

int
gbe_switch_tx_ring(const struct gbe_hw *hw, uint16_t queue, bool on)
{
	return switch_ring(hw, gbe_tx_ring_reg(hw, queue, GBE_RING_CONTROL), on);
}

void
gbe_enable_tx(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_TCTL, GBE_TCTL_CT_MASK,
			GBE_TCTL_EN | GBE_TCTL_PSP | GBE_TCTL_RTLC | GBE_TCTL_CT_15);
	gbe_flush(hw);
}

void
gbe_drain_tx(const struct gbe_hw *hw, uint16_t queue)
{
	uint32_t head = gbe_tx_ring_reg(hw, queue, GBE_RING_HEAD);
	uint32_t tail = gbe_tx_ring_reg(hw, queue, GBE_RING_TAIL);
	uint32_t waited = 0;

	while (gbe_is_present(hw) && waited < GBE_DRAIN_TIMEOUT_US &&
			gbe_read(hw, head) != gbe_read(hw, tail)) {
		hw->delay_us(GBE_POLL_US);
		waited += GBE_POLL_US;
	}
}

void
gbe_set_driver_loaded(const struct gbe_hw *hw, bool loaded)
{
	if (hw->family->asked_by_firmware)
		gbe_rmw(hw, GBE_CTRL_EXT, GBE_CTRL_EXT_DRV_LOAD,
				loaded ? GBE_CTRL_EXT_DRV_LOAD : 0);
}

uint32_t
gbe_link_speed(const struct gbe_hw *hw, bool *full_duplex)
{
	static const uint32_t speeds[] = { 10, 100, 1000, 1000 };
	uint32_t status = gbe_read(hw, GBE_STATUS);

	*full_duplex = (status & GBE_STATUS_FD) != 0;
	if (status == UINT32_MAX || !(status & GBE_STATUS_LU))
		return 0;
	return speeds[status >> GBE_STATUS_SPEED_SHIFT & GBE_STATUS_SPEED_MASK];
}
