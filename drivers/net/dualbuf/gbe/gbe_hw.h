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
#include <rte_io.h>
#include <rte_spinlock.h>

#include "gbe_family.h"
#include "gbe_regs.h"

/* Sums of the statistics registers, since they forget when they are read. */
struct gbe_counters {
	uint64_t missed;
	uint64_t rx_errors;
	uint64_t tx_errors;
};

struct gbe_hw {
	const struct gbe_family *family;
	void *bar;
	uint64_t bar_len;
	void (*delay_us)(unsigned int us);
	const char *name; /* for the log */
	rte_spinlock_t counters_lock;
	struct gbe_counters counters;
};

/* One ring, as the registers want it. */
struct gbe_ring {
	uint64_t iova;
	uint32_t len; /* bytes */
	uint16_t queue;
};

/* The frames that the receiver is to let pass. */
struct gbe_rx_mode {
	struct rte_ether_addr mac;
	bool promiscuous;
	bool all_multicast;
	bool strip_vlan;
	bool check_sums;
	uint32_t max_frame; /* bytes, without CRC */
	uint32_t buf_size; /* one of those gbe_rx_buf_size() returns */
};

/* Register access, checked against the BAR's length; outside of it reads all ones, as a missing device. */
static inline uint32_t
gbe_read(const struct gbe_hw *hw, uint32_t reg)
{
	if (reg + sizeof(uint32_t) > hw->bar_len)
		return UINT32_MAX;
	return rte_le_to_cpu_32(rte_read32(RTE_PTR_ADD(hw->bar, reg)));
}

static inline void
gbe_write(const struct gbe_hw *hw, uint32_t reg, uint32_t value)
{
	if (reg + sizeof(uint32_t) <= hw->bar_len)
		rte_write32(rte_cpu_to_le_32(value), RTE_PTR_ADD(hw->bar, reg));
}

/* A register's address, for a doorbell that is written on the way of packets. */
static inline volatile uint32_t *
gbe_doorbell(const struct gbe_hw *hw, uint32_t reg)
{
	return RTE_PTR_ADD(hw->bar, reg);
}

/* The largest buffer that RCTL can name in room bytes; 0: less than 256. */
uint32_t gbe_rx_buf_size(uint32_t room);

/*
 * Make the device quiet and reset it: no DMA, no interrupt. Counters are read first. Returns 0, or
 * -ETIMEDOUT with a line that names what did not happen, or -ENODEV when nothing answers.
 */
int gbe_reset(struct gbe_hw *hw);

/* Bring a device that was reset into a known state, with receiver and transmitter off. */
void gbe_init(struct gbe_hw *hw);

/* The address that the reset loaded from the NVM. -EINVAL when there is none or it is invalid. */
int gbe_read_mac(const struct gbe_hw *hw, struct rte_ether_addr *mac);

/* Tell the device of a ring; receiver or transmitter is off. */
void gbe_set_rx_ring(const struct gbe_hw *hw, const struct gbe_ring *ring);
void gbe_set_tx_ring(const struct gbe_hw *hw, const struct gbe_ring *ring);

/* Switch on. The rings and the mode are set, descriptors armed; doorbells follow. */
void gbe_enable_rx(const struct gbe_hw *hw, const struct gbe_rx_mode *mode);
void gbe_enable_tx(const struct gbe_hw *hw);

/* Change what passes, also while the receiver runs. */
void gbe_set_rx_mode(const struct gbe_hw *hw, const struct gbe_rx_mode *mode);

/* Wait, for a bounded time, until the transmitter has sent what is in its ring. */
void gbe_drain_tx(const struct gbe_hw *hw, uint16_t queue);

/* Tell firmware that a driver is, or is not, in charge. */
void gbe_set_driver_loaded(const struct gbe_hw *hw, bool loaded);

/* The link: speed in Mb/s, 0 when it is down. */
uint32_t gbe_link_speed(const struct gbe_hw *hw, bool *full_duplex);

/* Is there a device behind the registers? One that was pulled out reads all ones. */
bool gbe_is_present(const struct gbe_hw *hw);

/* Add what the statistics registers have to the counters, and get those. Any thread. */
void gbe_read_counters(struct gbe_hw *hw, struct gbe_counters *counters);

#endif /* _GBE_HW_H_ */
