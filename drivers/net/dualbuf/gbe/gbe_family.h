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
struct gbe_vectors;
struct rte_ether_addr;

/* A register under its name, for a dump. */
struct gbe_named_reg {
	uint32_t reg;
	const char *name;
};

#define GBE_NAMED_REG(name) { GBE_##name, #name },

struct gbe_family {
	enum dualbuf_desc_id format; /* of its receive descriptors; gbe_ethdev.c has the rest */
	uint16_t nb_rx_queues; /* that the driver uses */
	uint16_t nb_tx_queues;
	bool shares_tx_context; /* of checksums and segmentation: one for all transmit queues */
	uint64_t unsafe_offloads; /* RTE_ETH_TX_OFFLOAD_* of its format that its flaws forbid */
	uint32_t max_frame; /* bytes, without CRC */
	uint32_t rx_packet_buffer; /* KB of the packet buffer that are for receiving */
	uint32_t water_reserved; /* bits of water marks that are not set */
	bool has_msix; /* and MSI */
	bool asked_by_firmware; /* whether a driver is in charge: CTRL_EXT.DRV_LOAD */
	bool gio_master; /* on PCIe: set GIO Master Disable before a reset, so that DMA has ended */
	uint32_t phy_ready_us; /* from the end of a reset until the PHY has been configured */

	/* Its name, if the driver has never run on one; else NULL. */
	const char *untried;

	bool swaps_tags; /* of packets that one of the device's functions sent to another */
	bool limits_frames; /* to a length by its register, RLPML */
	unsigned int vfta_writes; /* how often the table of VLAN IDs has to be written; 0 is once */

	uint64_t rss_types; /* the headers that it can hash, RTE_ETH_RSS_* */
	uint32_t mrqc_rss; /* what has MRQC spread packets by their hash */
	unsigned int reta_shift; /* from where in an entry of the table the queue stands */

	const struct gbe_vectors *vectors; /* where it has MSI-X */

	uint32_t rxcsum; /* bits of RXCSUM that are always set */

	/* EERD: its bit that says that a word has been read, and where the word's number stands. */
	uint32_t eerd_done;
	uint32_t eerd_addr_shift;
	uint32_t eerd_addr_max;

	uint16_t nvm_version; /* the NVM's word with the version of its image; 0: it has none */

	/* What a dump shows beside the registers that all families have. */
	const struct gbe_named_reg *dumped;
	unsigned int nb_dumped;

	/* Registers of the rings of queue 0, and how far those of the next queue are. */
	uint32_t rx_rings;
	uint32_t tx_rings;
	uint32_t ring_stride;

	/* Control registers of rings that are set: thresholds of fetching and writing back. */
	uint32_t rx_ring_control;
	uint32_t tx_ring_control;

	/*
	 * The bit of a ring's control register by which it is switched on and off, and the device says that it
	 * is. 0: rings have no switch, and receiver or transmitter has to be off while one is changed.
	 */
	uint32_t ring_enable;

	/* Can the driver handle this one? 0, or a negative errno with a line in the log. NULL: any. */
	int (*check)(const struct gbe_hw *hw);

	/*
	 * Own the PHY, which is shared with firmware, and give it back: 0, or -ETIMEDOUT when firmware keeps
	 * it. NULL: it is shared with nobody.
	 */
	int (*own_phy)(const struct gbe_hw *hw);
	void (*disown_phy)(const struct gbe_hw *hw);

	/* Wait, after a reset, until the NVM has been read. 0, or -ETIMEDOUT with a line in the log. */
	int (*await_nvm)(const struct gbe_hw *hw);

	/* How many words the NVM has, as the device found it when it was reset. */
	uint32_t (*nvm_words)(const struct gbe_hw *hw);

	/*
	 * The device's own MAC address. 0 or a negative errno with nothing logged; -EINVAL: there is one, not
	 * marked as valid.
	 */
	int (*read_mac)(const struct gbe_hw *hw, struct rte_ether_addr *mac);

	/* Set what the reset leaves otherwise than the driver wants it: formats, packet buffers, errata. */
	void (*init)(const struct gbe_hw *hw);

	/* Set the size of a queue's buffers. NULL: RCTL has one for all queues. */
	void (*set_rx_buf_size)(const struct gbe_hw *hw, uint16_t queue, uint32_t size);

	/* A transmit ring is set: let the queue take part in arbitration. NULL: it does by itself. */
	void (*arbitrate)(const struct gbe_hw *hw, uint16_t queue);
};

#endif /* _GBE_FAMILY_H_ */
