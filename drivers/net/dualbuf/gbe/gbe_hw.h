/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_HW_H_
#define _GBE_HW_H_

/*
 * Intel's gigabit controllers, as registers: no ethdev, no PCI bus, so that the tests run this
 * against a register file in memory. Control path only. One thread at a time, except where said.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "gbe_bar.h"

/* One ring, as the registers want it. */
struct gbe_ring {
	uint64_t iova;
	uint32_t len; /* bytes */
	uint16_t queue;
};

/*
 * Make the device quiet and reset it: no DMA, no interrupt. Counters are read first. Returns 0, or
 * -ETIMEDOUT with a line that names what did not happen, or -ENODEV when nothing answers.
 */
int gbe_reset(struct gbe_hw *hw);

/* No cause interrupts any more. */
void gbe_mask_interrupts(const struct gbe_hw *hw);

/* Bring a device that was reset into a known state, with receiver and transmitter off. */
void gbe_init(struct gbe_hw *hw);

/* The device's own address. -EINVAL when there is none or it is invalid, or another negative errno, each logged. */
int gbe_read_mac(const struct gbe_hw *hw, struct rte_ether_addr *mac);

/*
 * Switch the receiver, or the transmitter, off and on again while rings are changed. What the device was
 * writing or reading when it is switched off has ended on return.
 */
void gbe_pause_rx(const struct gbe_hw *hw);
void gbe_pause_tx(const struct gbe_hw *hw);
void gbe_resume_rx(const struct gbe_hw *hw);
void gbe_resume_tx(const struct gbe_hw *hw);

/* Tell the device of a ring, which has nothing for it to do yet; receiver or transmitter is off. */
void gbe_set_rx_ring(const struct gbe_hw *hw, const struct gbe_ring *ring);
void gbe_set_tx_ring(const struct gbe_hw *hw, const struct gbe_ring *ring);

/*
 * Switch a ring on, or off, where rings have a switch, while others go on. When it has been switched off the device
 * touches neither its descriptors nor its buffers. 0, or -ETIMEDOUT with a line in the log.
 */
int gbe_switch_rx_ring(const struct gbe_hw *hw, uint16_t queue, bool on);
int gbe_switch_tx_ring(const struct gbe_hw *hw, uint16_t queue, bool on);

/* Switch the transmitter on; its rings are set. */
void gbe_enable_tx(const struct gbe_hw *hw);

/* Wait, for a bounded time, until the transmitter has sent what is in its ring. */
void gbe_drain_tx(const struct gbe_hw *hw, uint16_t queue);

/* Tell firmware, where it asks, that a driver is, or is not, in charge. */
void gbe_set_driver_loaded(const struct gbe_hw *hw, bool loaded);

/* The link: speed in Mb/s, 0 when it is down. */
uint32_t gbe_link_speed(const struct gbe_hw *hw, bool *full_duplex);

#endif /* _GBE_HW_H_ */
