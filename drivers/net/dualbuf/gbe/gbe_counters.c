/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_common.h>

#include "gbe_counters.h"

/* Read all counters of a list, whose registers forget as they are read. */
static uint64_t
sum_counters(const struct gbe_hw *hw, const uint32_t *regs, unsigned int n)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		sum += gbe_read(hw, regs[i]);
	return sum;
}

/* One reading of all counters. */
static struct gbe_counters
take_counters(const struct gbe_hw *hw)
{
	static const uint32_t rx_errors[] = {
		GBE_CRCERRS,
		GBE_ALGNERRC,
		GBE_RXERRC,
		GBE_CEXTERR,
		GBE_RLEC,
	};
	static const uint32_t tx_errors[] = {
		GBE_ECOL,
		GBE_LATECOL,
	};

	return (struct gbe_counters){
		.missed = gbe_read(hw, GBE_MPC),
		.rx_errors = sum_counters(hw, rx_errors, RTE_DIM(rx_errors)),
		.tx_errors = sum_counters(hw, tx_errors, RTE_DIM(tx_errors)),
	};
}

void
gbe_read_counters(struct gbe_hw *hw, struct gbe_counters *counters)
{
	struct gbe_counters taken;

	rte_spinlock_lock(&hw->counters_lock);
	taken = take_counters(hw);
	/* One that was pulled out reads all ones, which counted nothing. */
	if (gbe_is_present(hw)) {
		hw->counters.missed += taken.missed;
		hw->counters.rx_errors += taken.rx_errors;
		hw->counters.tx_errors += taken.tx_errors;
	}
	if (counters != NULL)
		*counters = hw->counters;
	rte_spinlock_unlock(&hw->counters_lock);
}
