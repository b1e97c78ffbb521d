/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_BAR_H_
#define _GBE_BAR_H_

/* A controller's registers, and access to them: no ethdev, no PCI bus. */

#include <stdbool.h>
#include <stdint.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_io.h>
#include <rte_spinlock.h>

#include "dualbuf_causes.h"
#include "gbe_family.h"
#include "gbe_regs.h"

/*
 * A controller, in memory that processes share. family, delay_us and name are the primary's alone; bar is
 * where EAL maps the registers in every process: see gbe_pci.c.
 */
struct gbe_hw {
	const struct gbe_family *family;
	void *bar;
	uint64_t bar_len;
	void (*delay_us)(unsigned int us);
	const char *name; /* for the log */
	rte_spinlock_t counters_lock;
	struct dualbuf_causes counters; /* sums of registers that forget as they are read */
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

/* Writes are posted; a read brings them to the device. */
static inline void
gbe_flush(const struct gbe_hw *hw)
{
	gbe_read(hw, GBE_STATUS);
}

static inline void
gbe_rmw(const struct gbe_hw *hw, uint32_t reg, uint32_t clear, uint32_t set)
{
	gbe_write(hw, reg, (gbe_read(hw, reg) & ~clear) | set);
}

/* A register of a queue's ring, one of GBE_RING_*. */
static inline uint32_t
gbe_rx_ring_reg(const struct gbe_hw *hw, uint16_t queue, uint32_t reg)
{
	return hw->family->rx_rings + queue * hw->family->ring_stride + reg;
}

static inline uint32_t
gbe_tx_ring_reg(const struct gbe_hw *hw, uint16_t queue, uint32_t reg)
{
	return hw->family->tx_rings + queue * hw->family->ring_stride + reg;
}

/* A register's address, for a doorbell that is written on the way of packets. */
static inline volatile uint32_t *
gbe_doorbell(const struct gbe_hw *hw, uint32_t reg)
{
	return RTE_PTR_ADD(hw->bar, reg);
}

/* Is there a device behind the registers? One that was pulled out reads all ones. */
static inline bool
gbe_is_present(const struct gbe_hw *hw)
{
	return gbe_read(hw, GBE_STATUS) != UINT32_MAX;
}

/* Wait until the bits of mask in a register read as value. Returns 0 or -ETIMEDOUT. */
int gbe_await(const struct gbe_hw *hw, uint32_t reg, uint32_t mask, uint32_t value,
		uint32_t timeout_us);

/* Wait until EECD says that the NVM has been read after a reset. 0, or -ETIMEDOUT with a line in the log. */
int gbe_await_auto_read(const struct gbe_hw *hw);

/* The address that the reset loaded into the first receive address. 0; or -EINVAL, if it is not valid there. */
int gbe_read_loaded_mac(const struct gbe_hw *hw, struct rte_ether_addr *mac);

#endif /* _GBE_BAR_H_ */
