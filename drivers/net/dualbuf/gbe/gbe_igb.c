/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_logs.h"
#include "gbe_bar.h"
#include "gbe_igb.h"
#include "gbe_igb_regs.h"
#include "gbe_igb_vectors.h"
#include "gbe_rss.h"

#define GBE_IGB_MIN_WORDS 64u
#define GBE_IGB_MAX_WORDS_SHIFT 9u
#define GBE_IGB_FLASH_WORDS 2048u /* that are the NVM's image, whatever the flash has more */
#define GBE_IGB_NVM_TIMEOUT_US 20000
#define GBE_IGB_CONFIG_TIMEOUT_US 100000
#define GBE_IGB_SEMAPHORE_TIMEOUT_US 100000
#define GBE_IGB_OWNERSHIP_TIMEOUT_US 400000
#define GBE_IGB_POLL_US 100

static unsigned int
lan_id(const struct gbe_hw *hw)
{
	return gbe_read(hw, GBE_STATUS) >> GBE_IGB_STATUS_LAN_ID_SHIFT & GBE_IGB_STATUS_LAN_ID_MASK;
}

/* The semaphore that guards SW_FW_SYNC: first against other drivers, then against firmware. */
static int
take_semaphore(const struct gbe_hw *hw)
{
	uint32_t waited;

	if (gbe_await(hw, GBE_IGB_SWSM, GBE_IGB_SWSM_SMBI, 0, GBE_IGB_SEMAPHORE_TIMEOUT_US) != 0)
		return -ETIMEDOUT;
	for (waited = 0; waited < GBE_IGB_SEMAPHORE_TIMEOUT_US; waited += GBE_IGB_POLL_US) {
		gbe_rmw(hw, GBE_IGB_SWSM, 0, GBE_IGB_SWSM_SWESMBI);
		if (gbe_read(hw, GBE_IGB_SWSM) & GBE_IGB_SWSM_SWESMBI)
			return 0;
		hw->delay_us(GBE_IGB_POLL_US);
	}
	return -ETIMEDOUT;
}

static void
give_semaphore(const struct gbe_hw *hw)
{
	gbe_rmw(hw, GBE_IGB_SWSM, GBE_IGB_SWSM_SMBI | GBE_IGB_SWSM_SWESMBI, 0);
}

/* Software's bit of this port's PHY in SW_FW_SYNC. */
static uint32_t
phy_bit(const struct gbe_hw *hw)
{
	static const uint32_t bits[] = { RTE_BIT32(1), RTE_BIT32(2), RTE_BIT32(5), RTE_BIT32(6) };

	return bits[lan_id(hw)];
}

/* -EBUSY: somebody else has it. */
static int
try_phy(const struct gbe_hw *hw, uint32_t bit)
{
	int ret = take_semaphore(hw);
	uint32_t sync;

	if (ret == 0) {
		sync = gbe_read(hw, GBE_IGB_SW_FW_SYNC);
		if (sync & (bit | bit << GBE_IGB_SYNC_FW_SHIFT))
			ret = -EBUSY;
		else
			gbe_write(hw, GBE_IGB_SW_FW_SYNC, sync | bit);
	}
	/* also one that was not to be had: who held it for so long has died with it */
	give_semaphore(hw);
	return ret;
}

static int
own_phy(const struct gbe_hw *hw)
{
	uint32_t waited, bit = phy_bit(hw);
	int ret;

	for (waited = 0; waited < GBE_IGB_OWNERSHIP_TIMEOUT_US; waited += GBE_IGB_POLL_US) {
		ret = try_phy(hw, bit);
		if (ret != -EBUSY)
			return ret;
		hw->delay_us(GBE_IGB_POLL_US);
	}
	return -ETIMEDOUT;
}

static void
disown_phy(const struct gbe_hw *hw)
{
	bool guarded = take_semaphore(hw) == 0;

	gbe_rmw(hw, GBE_IGB_SW_FW_SYNC, phy_bit(hw), 0);
	if (guarded)
		give_semaphore(hw);
}

/* An NVM without an image for the PHY never says that this is done. */
static void
await_config(const struct gbe_hw *hw)
{
	uint32_t done = GBE_IGB_EEMNGCTL_CFG_DONE(lan_id(hw));

	if (gbe_await(hw, GBE_IGB_EEMNGCTL, done, done, GBE_IGB_CONFIG_TIMEOUT_US) != 0)
		DUALBUF_LOG(WARNING,
				"%s: the PHY is not said to be configured: EEMNGCTL.CFG_DONE is clear "
				"after %u us",
				hw->name, GBE_IGB_CONFIG_TIMEOUT_US);
}

/*
 * A device without an image in its NVM (an I210 without flash) never says that it has been read, and neither does
 * QEMU's. What is missing then shows in the MAC address.
 */
static int
await_nvm(const struct gbe_hw *hw)
{
	if (gbe_await(hw, GBE_EECD, GBE_EECD_AUTO_RD, GBE_EECD_AUTO_RD, GBE_IGB_NVM_TIMEOUT_US) !=
			0)
		DUALBUF_LOG(WARNING,
				"%s: the NVM is not said to have been read: EECD.AUTO_RD is clear after "
				"%u us",
				hw->name, GBE_IGB_NVM_TIMEOUT_US);
	await_config(hw);
	return 0;
}

static uint32_t
nvm_words(const struct gbe_hw *hw)
{
	uint32_t size = gbe_read(hw, GBE_EECD) >> GBE_EECD_SIZE_SHIFT & GBE_EECD_SIZE_MASK;

	return GBE_IGB_MIN_WORDS << RTE_MIN(size, GBE_IGB_MAX_WORDS_SHIFT);
}

static uint32_t
flash_words(const struct gbe_hw *hw)
{
	RTE_SET_USED(hw);
	return GBE_IGB_FLASH_WORDS;
}

/* The I211 has its settings in memory inside, which EERD does not read. */
static uint32_t
no_words(const struct gbe_hw *hw)
{
	RTE_SET_USED(hw);
	return 0;
}

static int
check(const struct gbe_hw *hw)
{
	uint32_t mode = gbe_read(hw, GBE_CTRL_EXT) & GBE_IGB_CTRL_EXT_LINK_MODE_MASK;

	if (mode == 0)
		return 0;
	DUALBUF_LOG(ERR,
			"%s: its link is of mode %u (1 is 1000BASE-KX, 2 is SGMII, 3 is SerDes and "
			"fibre); only copper, which is 0, is supported",
			hw->name, mode >> 22);
	return -ENOTSUP;
}

/* The reset leaves the rings of queue 0 switched on, and what addresses a hash lets pass. */
static void
init(const struct gbe_hw *hw)
{
	unsigned int i;

	gbe_write(hw, gbe_rx_ring_reg(hw, 0, GBE_RING_CONTROL), 0);
	gbe_write(hw, gbe_tx_ring_reg(hw, 0, GBE_RING_CONTROL), 0);
	for (i = 0; i < GBE_IGB_UTA_ENTRIES; i++)
		gbe_write(hw, GBE_IGB_UTA(i), 0);
}

static void
set_rx_buf_size(const struct gbe_hw *hw, uint16_t queue, uint32_t size)
{
	gbe_write(hw, GBE_IGB_SRRCTL(queue),
			GBE_IGB_SRRCTL_ADV_ONE_BUFFER | size / GBE_IGB_SRRCTL_KB);
}

static const struct gbe_named_reg dumped[] = {
	{ GBE_IGB_EEMNGCTL, "EEMNGCTL" },
	{ GBE_IGB_SW_FW_SYNC, "SW_FW_SYNC" },
	{ GBE_IGB_GPIE, "GPIE" },
	{ GBE_IGB_EIMS, "EIMS" },
	{ GBE_IGB_EIAC, "EIAC" },
	{ GBE_IGB_EIAM, "EIAM" },
	{ GBE_IGB_IVAR(0), "IVAR0" },
	{ GBE_IGB_IVAR(1), "IVAR1" },
	{ GBE_IGB_IVAR_MISC, "IVAR_MISC" },
	{ GBE_IGB_EITR(0), "EITR0" },
	{ GBE_IGB_EITR(1), "EITR1" },
	{ GBE_RLPML, "RLPML" },
	{ GBE_MRQC, "MRQC" },
	{ GBE_IGB_RXPBS, "RXPBS" },
	{ GBE_IGB_TXPBS, "TXPBS" },
	{ GBE_IGB_SRRCTL(0), "SRRCTL0" },
	{ GBE_IGB_SRRCTL(1), "SRRCTL1" },
};

/* What all of them have; a row names the rest. Rings have all thresholds 0: written back as they come. */
#define GBE_IGB_COMMON \
	.format = DUALBUF_DESC_ADV, .max_frame = 9234, .has_msix = true, \
	.asked_by_firmware = true, .gio_master = true, .phy_ready_us = 0, \
	.rxcsum = GBE_RXCSUM_PCSD, .eerd_done = GBE_EERD_DONE, \
	.eerd_addr_shift = GBE_EERD_ADDR_SHIFT, .eerd_addr_max = GBE_EERD_ADDR_MAX, \
	.dumped = dumped, .nb_dumped = RTE_DIM(dumped), .rx_rings = GBE_IGB_RX_RINGS, \
	.tx_rings = GBE_IGB_TX_RINGS, .ring_stride = GBE_IGB_RING_STRIDE, \
	.ring_enable = GBE_IGB_RING_ENABLE, .water_reserved = RTE_BIT32(3), .limits_frames = true, \
	.rss_types = GBE_RSS_TYPES_ADV, .mrqc_rss = GBE_IGB_MRQC_RSS, .own_phy = own_phy, \
	.disown_phy = disown_phy, .await_nvm = await_nvm, .read_mac = gbe_read_loaded_mac, \
	.init = init, .check = check, .set_rx_buf_size = set_rx_buf_size

const struct gbe_family gbe_82576 = {
	GBE_IGB_COMMON,
	.nb_rx_queues = 16,
	.nb_tx_queues = 16,
	.rx_packet_buffer = 64,
	.nvm_version = GBE_NVM_VERSION,
	.vectors = &gbe_82576_vectors,
	.nvm_words = nvm_words,
};

const struct gbe_family gbe_i350 = {
	GBE_IGB_COMMON,
	.untried = "I350",
	.nb_rx_queues = 8,
	.nb_tx_queues = 8,
	.rx_packet_buffer = 36,
	.swaps_tags = true,
	.vfta_writes = 10,
	.vectors = &gbe_i350_vectors,
	.nvm_words = nvm_words,
};

const struct gbe_family gbe_i210 = {
	GBE_IGB_COMMON,
	.untried = "I210",
	.nb_rx_queues = 4,
	.nb_tx_queues = 4,
	.rx_packet_buffer = 34,
	.swaps_tags = true,
	.vectors = &gbe_i210_vectors,
	.nvm_words = flash_words,
};

const struct gbe_family gbe_i211 = {
	GBE_IGB_COMMON,
	.untried = "I211",
	.nb_rx_queues = 2,
	.nb_tx_queues = 2,
	.rx_packet_buffer = 34,
	.swaps_tags = true,
	.vectors = &gbe_i210_vectors,
	.nvm_words = no_words,
};
