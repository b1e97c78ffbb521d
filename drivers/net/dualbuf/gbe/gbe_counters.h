/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_COUNTERS_H_
#define _GBE_COUNTERS_H_

/* A controller's statistics. */

#include "gbe_bar.h"

/* Packets dropped as bad, and packets that could not be sent, of all causes. */
static inline uint64_t
gbe_rx_errors(const struct dualbuf_causes *causes)
{
	return causes->rx_crc_errors + causes->rx_align_errors + causes->rx_phy_errors +
			causes->rx_carrier_ext_errors + causes->rx_length_errors;
}

static inline uint64_t
gbe_tx_errors(const struct dualbuf_causes *causes)
{
	return causes->tx_excessive_collision_packets + causes->tx_late_collisions;
}

/* Add what the statistics registers have to the counters, and get those. Any thread. */
void gbe_read_counters(struct gbe_hw *hw, struct dualbuf_causes *counters);

#endif /* _GBE_COUNTERS_H_ */
