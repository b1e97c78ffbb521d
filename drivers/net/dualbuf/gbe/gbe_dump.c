/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <assert.h>
#include <stdio.h>

#include <rte_common.h>

#include "gbe_dump.h"

/*
 * A dump has the registers that all families have, those that one has beside them, and those of the rings.
 * Statistics are left out, and causes of interrupts: they forget when they are read.
 */
static const struct gbe_named_reg dump_common[] = {
	/* clang-format off */
	GBE_NAMED_REG(CTRL)
	GBE_NAMED_REG(STATUS)
	GBE_NAMED_REG(EECD)
	GBE_NAMED_REG(CTRL_EXT)
	GBE_NAMED_REG(FCAL)
	GBE_NAMED_REG(FCAH)
	GBE_NAMED_REG(FCT)
	GBE_NAMED_REG(FCTTV)
	GBE_NAMED_REG(FCRTL)
	GBE_NAMED_REG(FCRTH)
	GBE_NAMED_REG(VET)
	GBE_NAMED_REG(IMS)
	GBE_NAMED_REG(RCTL)
	GBE_NAMED_REG(RXCSUM)
	GBE_NAMED_REG(TCTL)
	/* clang-format on */
};

/* Of each queue. */
static const struct gbe_named_reg dump_rx_ring[] = {
	{ GBE_RING_BAL, "RDBAL" },
	{ GBE_RING_BAH, "RDBAH" },
	{ GBE_RING_LEN, "RDLEN" },
	{ GBE_RING_HEAD, "RDH" },
	{ GBE_RING_TAIL, "RDT" },
	{ GBE_RING_CONTROL, "RXDCTL" },
};

static const struct gbe_named_reg dump_tx_ring[] = {
	{ GBE_RING_BAL, "TDBAL" },
	{ GBE_RING_BAH, "TDBAH" },
	{ GBE_RING_LEN, "TDLEN" },
	{ GBE_RING_HEAD, "TDH" },
	{ GBE_RING_TAIL, "TDT" },
	{ GBE_RING_CONTROL, "TXDCTL" },
};

static_assert(RTE_DIM(dump_rx_ring) == RTE_DIM(dump_tx_ring), "rings are alike");

/* One of them. */
struct dump_place {
	uint32_t reg;
	const char *name;
	int queue; /* -1: it is of no queue */
};

static struct dump_place
dump_ring_place(const struct gbe_hw *hw, unsigned int i)
{
	uint16_t queue = i / RTE_DIM(dump_rx_ring);
	unsigned int row = i % RTE_DIM(dump_rx_ring);

	if (queue < hw->family->nb_rx_queues)
		return (struct dump_place){ gbe_rx_ring_reg(hw, queue, dump_rx_ring[row].reg),
			dump_rx_ring[row].name, queue };
	queue -= hw->family->nb_rx_queues;
	return (struct dump_place){ gbe_tx_ring_reg(hw, queue, dump_tx_ring[row].reg),
		dump_tx_ring[row].name, queue };
}

static struct dump_place
dump_place(const struct gbe_hw *hw, unsigned int i)
{
	const struct gbe_named_reg *row = hw->family->dumped;

	if (i >= RTE_DIM(dump_common) + hw->family->nb_dumped)
		return dump_ring_place(hw, i - RTE_DIM(dump_common) - hw->family->nb_dumped);
	row = i < RTE_DIM(dump_common) ? &dump_common[i] : &row[i - RTE_DIM(dump_common)];
	return (struct dump_place){ row->reg, row->name, -1 };
}

unsigned int
gbe_dump_count(const struct gbe_hw *hw)
{
	return RTE_DIM(dump_common) + hw->family->nb_dumped +
			(hw->family->nb_rx_queues + hw->family->nb_tx_queues) *
			RTE_DIM(dump_rx_ring);
}

uint32_t
gbe_dump_value(const struct gbe_hw *hw, unsigned int i)
{
	return gbe_read(hw, dump_place(hw, i).reg);
}

void
gbe_dump_name(const struct gbe_hw *hw, unsigned int i, char *name, size_t size)
{
	const struct dump_place place = dump_place(hw, i);

	if (place.queue < 0)
		snprintf(name, size, "%s", place.name);
	else
		snprintf(name, size, "%s%d", place.name, place.queue);
}
