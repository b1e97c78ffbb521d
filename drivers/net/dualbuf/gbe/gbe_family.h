/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_FAMILY_H_
#define _GBE_FAMILY_H_

/*
 * Differences between families of controllers: values, and operations where it is more than that. Each
 * family has a file of its own with its row and its PCI device IDs; gbe_devices.h has the list of all.
 */

#include <stdbool.h>
#include <stdint.h>

#include "dualbuf_desc.h"

struct gbe_hw;

struct gbe_family {
	enum dualbuf_desc_id format; /* of its descriptors */
	uint16_t nb_rx_queues; /* that the driver uses */
	uint16_t nb_tx_queues;
	bool shares_tx_context; /* of checksums and segmentation: one for all transmit queues */
	uint32_t max_frame; /* bytes, without CRC */
	uint32_t rx_packet_buffer; /* KB of the packet buffer that are for receiving */
	bool gio_master; /* on PCIe: set GIO Master Disable before a reset, so that DMA has ended */
	uint32_t phy_ready_us; /* from the end of a reset until the PHY has been configured */

	/* Registers of the rings of queue 0, and how far those of the next queue are. */
	uint32_t rx_rings;
	uint32_t tx_rings;
	uint32_t ring_stride;

	/*
	 * Own the PHY, which is shared with firmware, and give it back: 0, or -ETIMEDOUT when firmware keeps
	 * it. NULL: it is shared with nobody.
	 */
	int (*own_phy)(const struct gbe_hw *hw);
	void (*disown_phy)(const struct gbe_hw *hw);

	/* Wait, after a reset, until the NVM has been read. 0, or -ETIMEDOUT with a line in the log. */
	int (*await_nvm)(const struct gbe_hw *hw);

	/* Set what the reset leaves otherwise than the driver wants it: formats, packet buffers, errata. */
	void (*init)(const struct gbe_hw *hw);

	/* A queue's ring has its address, length, head and tail: set the rest of it. len 0: it has no ring. */
	void (*set_rx_ring)(const struct gbe_hw *hw, uint16_t queue, uint32_t len);
	void (*set_tx_ring)(const struct gbe_hw *hw, uint16_t queue, uint32_t len);
};

#endif /* _GBE_FAMILY_H_ */
