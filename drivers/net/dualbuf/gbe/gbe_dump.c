/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>

#include <rte_common.h>

#include "gbe_dump.h"

/* Statistics are left out, and causes of interrupts: they forget when they are read. */
#define GBE_DUMPED(ROW, QUEUE_ROW) \
	ROW(CTRL) \
	ROW(STATUS) \
	ROW(EECD) \
	ROW(CTRL_EXT) \
	ROW(FCAL) \
	ROW(FCAH) \
	ROW(FCT) \
	ROW(FCTTV) \
	ROW(FCRTL) \
	ROW(FCRTH) \
	ROW(VET) \
	ROW(EXTCNF_CTRL) \
	ROW(PBA) \
	ROW(GCR) \
	ROW(GCR2) \
	ROW(ITR) \
	ROW(IMS) \
	ROW(EIAC) \
	ROW(IVAR) \
	ROW(RCTL) \
	ROW(RXCSUM) \
	ROW(RFCTL) \
	ROW(TCTL) \
	QUEUE_ROW(RDBAL) \
	QUEUE_ROW(RDBAH) \
	QUEUE_ROW(RDLEN) \
	QUEUE_ROW(RDH) \
	QUEUE_ROW(RDT) \
	QUEUE_ROW(RXDCTL) \
	QUEUE_ROW(TDBAL) \
	QUEUE_ROW(TDBAH) \
	QUEUE_ROW(TDLEN) \
	QUEUE_ROW(TDH) \
	QUEUE_ROW(TDT) \
	QUEUE_ROW(TXDCTL) \
	QUEUE_ROW(TARC)

#define GBE_DUMP_ROW(name) { GBE_##name, #name },
#define GBE_DUMP_QUEUE_ROW(name) { GBE_##name(0), #name "0" }, { GBE_##name(1), #name "1" },

static const struct {
	uint32_t reg;
	const char *name;
} gbe_dumped[] = { GBE_DUMPED(GBE_DUMP_ROW, GBE_DUMP_QUEUE_ROW) };

unsigned int
gbe_dump_count(void)
{
	return RTE_DIM(gbe_dumped);
}

uint32_t
gbe_dump_value(const struct gbe_hw *hw, unsigned int i)
{
	return gbe_read(hw, gbe_dumped[i].reg);
}

void
gbe_dump_name(unsigned int i, char *name, size_t size)
{
	snprintf(name, size, "%s", gbe_dumped[i].name);
}
