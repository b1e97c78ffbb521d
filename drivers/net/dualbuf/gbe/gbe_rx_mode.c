/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_common.h>

#include "gbe_rx_mode.h"

/* Buffer sizes that RCTL can name, largest first. */
static const struct {
	uint32_t size;
	uint32_t rctl;
} gbe_buf_sizes[] = {
	{ 16384, GBE_RCTL_BSEX | 1u << GBE_RCTL_BSIZE_SHIFT },
	{ 8192, GBE_RCTL_BSEX | 2u << GBE_RCTL_BSIZE_SHIFT },
	{ 4096, GBE_RCTL_BSEX | 3u << GBE_RCTL_BSIZE_SHIFT },
	{ 2048, 0u << GBE_RCTL_BSIZE_SHIFT },
	{ 1024, 1u << GBE_RCTL_BSIZE_SHIFT },
	{ 512, 2u << GBE_RCTL_BSIZE_SHIFT },
	{ 256, 3u << GBE_RCTL_BSIZE_SHIFT },
};

uint32_t
gbe_rx_buf_size(uint32_t room)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(gbe_buf_sizes); i++)
		if (gbe_buf_sizes[i].size <= room)
			return gbe_buf_sizes[i].size;
	return 0;
}

uint32_t
gbe_rx_buf_size_kb(uint32_t room)
{
	return RTE_ALIGN_FLOOR(RTE_MIN(room, gbe_buf_sizes[0].size), 1024u);
}

static uint32_t
buf_size_rctl(uint32_t size)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(gbe_buf_sizes) - 1; i++)
		if (gbe_buf_sizes[i].size == size)
			break;
	return gbe_buf_sizes[i].rctl;
}

/* RCTL for a mode. Bad frames are not stored; without LPE frames end at 1522 bytes with CRC. */
static uint32_t
rx_mode_rctl(const struct gbe_rx_mode *mode)
{
	uint32_t rctl = GBE_RCTL_EN | GBE_RCTL_BAM;

	rctl |= buf_size_rctl(mode->buf_size);
	if (mode->promiscuous)
		rctl |= GBE_RCTL_UPE | GBE_RCTL_MPE;
	if (mode->all_multicast)
		rctl |= GBE_RCTL_MPE;
	if (mode->by_vlan)
		rctl |= GBE_RCTL_VFE;
	if (mode->mac_control)
		rctl |= GBE_RCTL_PMCF;
	if (!mode->keep_crc)
		rctl |= GBE_RCTL_SECRC;
	if (mode->max_frame > RTE_ETHER_MAX_LEN - RTE_ETHER_CRC_LEN + RTE_VLAN_HLEN)
		rctl |= GBE_RCTL_LPE;
	return rctl;
}

void
gbe_set_rx_mode(const struct gbe_hw *hw, const struct gbe_rx_mode *mode)
{
	gbe_rmw(hw, GBE_CTRL, GBE_CTRL_VME, mode->strip_vlan ? GBE_CTRL_VME : 0);
	if (hw->family->limits_frames)
		gbe_write(hw, GBE_RLPML, mode->max_frame + RTE_ETHER_CRC_LEN);
	gbe_write(hw, GBE_RCTL, rx_mode_rctl(mode));
}

void
gbe_enable_rx(const struct gbe_hw *hw, const struct gbe_rx_mode *mode)
{
	gbe_write(hw, GBE_RXCSUM,
			hw->family->rxcsum |
					(mode->check_sums ? GBE_RXCSUM_IPOFL | GBE_RXCSUM_TUOFL :
							    0));
	gbe_set_rx_mode(hw, mode);
	gbe_flush(hw);
}
