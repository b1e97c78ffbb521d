/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stddef.h>

#include <rte_common.h>

#include "gbe_counters.h"

#define GBE_COUNTER(reg, cause) \
	{ \
		reg, offsetof(struct dualbuf_causes, cause) \
	}

/* The registers, and where each one's sum stands. */
static const struct {
	uint32_t reg;
	size_t offset;
} gbe_counters[] = {
	GBE_COUNTER(GBE_MPC, rx_missed_packets),
	GBE_COUNTER(GBE_RNBC, rx_no_buffer_packets),
	GBE_COUNTER(GBE_CRCERRS, rx_crc_errors),
	GBE_COUNTER(GBE_ALGNERRC, rx_align_errors),
	GBE_COUNTER(GBE_SYMERRS, rx_symbol_errors),
	GBE_COUNTER(GBE_RXERRC, rx_phy_errors),
	GBE_COUNTER(GBE_CEXTERR, rx_carrier_ext_errors),
	GBE_COUNTER(GBE_RLEC, rx_length_errors),
	GBE_COUNTER(GBE_RUC, rx_undersize_errors),
	GBE_COUNTER(GBE_RFC, rx_fragment_errors),
	GBE_COUNTER(GBE_ROC, rx_oversize_errors),
	GBE_COUNTER(GBE_RJC, rx_jabber_errors),
	GBE_COUNTER(GBE_XONRXC, rx_xon_packets),
	GBE_COUNTER(GBE_XOFFRXC, rx_xoff_packets),
	GBE_COUNTER(GBE_FCRUC, rx_flow_control_unsupported_packets),
	GBE_COUNTER(GBE_XONTXC, tx_xon_packets),
	GBE_COUNTER(GBE_XOFFTXC, tx_xoff_packets),
	GBE_COUNTER(GBE_DC, tx_deferred_packets),
	GBE_COUNTER(GBE_SCC, tx_single_collision_packets),
	GBE_COUNTER(GBE_MCC, tx_multiple_collision_packets),
	GBE_COUNTER(GBE_ECOL, tx_excessive_collision_packets),
	GBE_COUNTER(GBE_LATECOL, tx_late_collisions),
	GBE_COUNTER(GBE_COLC, tx_total_collisions),
	GBE_COUNTER(GBE_TNCRS, tx_no_carrier_sense_packets),
};

static uint64_t *
counter_of(struct dualbuf_causes *causes, unsigned int i)
{
	return RTE_PTR_ADD(causes, gbe_counters[i].offset);
}

void
gbe_read_counters(struct gbe_hw *hw, struct dualbuf_causes *counters)
{
	uint32_t taken[RTE_DIM(gbe_counters)];
	unsigned int i;
	bool present;

	rte_spinlock_lock(&hw->counters_lock);
	for (i = 0; i < RTE_DIM(gbe_counters); i++)
		taken[i] = gbe_read(hw, gbe_counters[i].reg);
	/* One that was pulled out reads all ones, which counted nothing. */
	present = gbe_is_present(hw);
	for (i = 0; i < RTE_DIM(gbe_counters) && present; i++)
		*counter_of(&hw->counters, i) += taken[i];
	if (counters != NULL)
		*counters = hw->counters;
	rte_spinlock_unlock(&hw->counters_lock);
}
