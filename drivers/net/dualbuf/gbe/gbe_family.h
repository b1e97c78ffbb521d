/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_FAMILY_H_
#define _GBE_FAMILY_H_

/*
 * Differences between families of controllers. Each family has a file of its own with its row and
 * its PCI device IDs; gbe_devices.h has the list of all of them.
 */

#include <stdbool.h>
#include <stdint.h>

struct gbe_family {
	uint16_t nb_queues; /* of each direction, that the driver uses */
	bool shares_tx_context; /* of checksums and segmentation: one for all transmit queues */
	uint32_t max_frame; /* bytes, without CRC */
	uint32_t rx_packet_buffer; /* KB of the packet buffer that are for receiving */
	bool gio_master; /* on PCIe: set GIO Master Disable before a reset, so that DMA has ended */
	bool mdio_ownership; /* shares the PHY with firmware, and must own it to be reset */
	uint32_t phy_ready_us; /* from the end of a reset until the PHY has been configured */
	uint32_t tarc_set; /* bits that errata want set and clear after a reset */
	uint32_t tarc_clear;
	uint32_t ctrl_clear;
	uint32_t ctrl_ext_set;
	uint32_t ctrl_ext_clear;
	uint32_t gcr_set;
	uint32_t gcr2_set;
	uint32_t rfctl_set; /* selects the descriptor format, and errata */
};

#endif /* _GBE_FAMILY_H_ */
