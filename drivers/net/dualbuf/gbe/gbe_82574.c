/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "gbe_82574.h"
#include "gbe_bar.h"
#include "gbe_rss.h"
#include "gbe_vectors.h"

#define GBE_82574_RX_PACKET_BUFFER 20
#define GBE_82574_FLASH_WORDS 2048u
#define GBE_82574_MIN_WORDS 64u
#define GBE_OWNERSHIP_TIMEOUT_US 400000
#define GBE_OWNERSHIP_POLL_US 100

static int
own_phy(const struct gbe_hw *hw)
{
	uint32_t waited;

	for (waited = 0; waited < GBE_OWNERSHIP_TIMEOUT_US; waited += GBE_OWNERSHIP_POLL_US) {
		gbe_rmw(hw, GBE_EXTCNF_CTRL, 0, GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP);
		if (gbe_read(hw, GBE_EXTCNF_CTRL) & GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP)
			return 0;
		hw->delay_us(GBE_OWNERSHIP_POLL_US);
	}
	return -ETIMEDOUT;
}

static void
disown_phy(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_EXTCNF_CTRL, GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP, 0);
}

/* 64 words, times a power of two; of a flash, whatever it has more, it is no part of the NVM's image. */
static uint32_t
nvm_words(const struct gbe_hw *hw)
{
	uint32_t eecd = gbe_read(hw, GBE_EECD);

	if ((eecd & GBE_EECD_NVM_TYPE_MASK) == GBE_EECD_NVM_TYPE_MASK)
		return GBE_82574_FLASH_WORDS;
	return GBE_82574_MIN_WORDS << (eecd >> GBE_EECD_SIZE_SHIFT & GBE_EECD_SIZE_MASK);
}

/* Bits that are not as the reset leaves them, by the specification update; and the descriptor format. */
static void
init(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_TXDCTL(0), 0, GBE_TXDCTL_COUNT_DESC);
	gbe_rmw(hw, GBE_TXDCTL(1), 0, GBE_TXDCTL_COUNT_DESC);
	gbe_rmw(hw, GBE_TARC(0), GBE_TARC_RSVD_30_27, GBE_TARC_RSVD_26);
	gbe_rmw(hw, GBE_CTRL, GBE_CTRL_RSVD_29, 0);
	gbe_rmw(hw, GBE_CTRL_EXT, GBE_CTRL_EXT_RSVD_23, GBE_CTRL_EXT_RSVD_22);
	gbe_rmw(hw, GBE_GCR, 0, GBE_GCR_L1_ACT_WITHOUT_L0S_RX);
	gbe_rmw(hw, GBE_GCR2, 0, GBE_GCR2_COMPLETION_FIX);
	gbe_rmw(hw, GBE_RFCTL, 0, GBE_RFCTL_EXTEN | GBE_RFCTL_ACK_DIS);
	gbe_write(hw, GBE_PBA, GBE_82574_RX_PACKET_BUFFER);
}

static void
arbitrate(const struct gbe_hw *hw, uint16_t queue)
{
	gbe_rmw(hw, GBE_TARC(queue), 0, GBE_TARC_ENABLE);
}

static const struct gbe_named_reg dumped[] = {
	/* clang-format off */
	GBE_NAMED_REG(EXTCNF_CTRL)
	GBE_NAMED_REG(PBA)
	GBE_NAMED_REG(GCR)
	GBE_NAMED_REG(GCR2)
	GBE_NAMED_REG(ITR)
	GBE_NAMED_REG(EIAC)
	GBE_NAMED_REG(IVAR)
	GBE_NAMED_REG(RFCTL)
	{ GBE_TARC(0), "TARC0" },
	{ GBE_TARC(1), "TARC1" },
	/* clang-format on */
};

const struct gbe_family gbe_82574 = {
	.format = DUALBUF_DESC_EXT,
	.nb_rx_queues = 2,
	.nb_tx_queues = 2,
	.shares_tx_context = true,
	.max_frame = 9234,
	.rx_packet_buffer = GBE_82574_RX_PACKET_BUFFER,
	.has_msix = true,
	.asked_by_firmware = true,
	.gio_master = true,
	.phy_ready_us = 25000,
	.rss_types = GBE_RSS_TYPES,
	.mrqc_rss = GBE_MRQC_RSS,
	.reta_shift = GBE_RETA_QUEUE_SHIFT,
	.vectors = &gbe_82574_vectors,
	.rxcsum = GBE_RXCSUM_PCSD, /* room for the RSS hash; the packet's raw sum is not used */
	.eerd_done = GBE_EERD_DONE,
	.eerd_addr_shift = GBE_EERD_ADDR_SHIFT,
	.eerd_addr_max = GBE_EERD_ADDR_MAX,
	.nvm_version = GBE_NVM_VERSION,
	.dumped = dumped,
	.nb_dumped = RTE_DIM(dumped),
	.rx_rings = GBE_RX_RINGS,
	.tx_rings = GBE_TX_RINGS,
	.ring_stride = GBE_RING_STRIDE,
	/* all thresholds 0: descriptors are fetched and written back as they come */
	.rx_ring_control = GBE_RXDCTL_GRAN,
	.tx_ring_control = GBE_TXDCTL_GRAN | GBE_TXDCTL_COUNT_DESC,
	.own_phy = own_phy,
	.disown_phy = disown_phy,
	.await_nvm = gbe_await_auto_read,
	.nvm_words = nvm_words,
	.read_mac = gbe_read_loaded_mac,
	.init = init,
	.arbitrate = arbitrate,
};
