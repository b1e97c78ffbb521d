/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "gbe_82574.h"
#include "gbe_regs.h"

const struct gbe_family gbe_82574 = {
	.nb_queues = 2,
	.shares_tx_context = true,
	.max_frame = 9234,
	.rx_packet_buffer = 20,
	.gio_master = true,
	.mdio_ownership = true,
	.phy_ready_us = 25000,
	.tarc_set = GBE_TARC_RSVD_26,
	.tarc_clear = GBE_TARC_RSVD_30_27,
	.ctrl_clear = GBE_CTRL_RSVD_29,
	.ctrl_ext_set = GBE_CTRL_EXT_RSVD_22,
	.ctrl_ext_clear = GBE_CTRL_EXT_RSVD_23,
	.gcr_set = GBE_GCR_L1_ACT_WITHOUT_L0S_RX,
	.gcr2_set = GBE_GCR2_COMPLETION_FIX,
	.rfctl_set = GBE_RFCTL_EXTEN | GBE_RFCTL_ACK_DIS,
};
