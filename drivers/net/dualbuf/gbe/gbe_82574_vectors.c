/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "gbe_bar.h"
#include "gbe_vectors.h"

/* The receive queues have no vector until they are given one. */
static void
route(const struct gbe_hw *hw, uint16_t nb_rx_queues)
{
	uint32_t ivar = GBE_IVAR_OTHER(GBE_VECTOR_OTHER);
	uint32_t auto_clear = 0;
	uint16_t i;

	for (i = 0; i < nb_rx_queues; i++) {
		ivar |= GBE_IVAR_RXQ(i, GBE_VECTOR_RXQ(i));
		auto_clear |= GBE_INT_RXQ(i);
	}
	gbe_write(hw, GBE_IVAR, ivar);
	gbe_write(hw, GBE_EIAC, auto_clear);
	gbe_rmw(hw, GBE_CTRL_EXT, 0, GBE_CTRL_EXT_PBA_CLR);
}

static void
moderate(const struct gbe_hw *hw, unsigned int vector, uint32_t us)
{
	gbe_write(hw, GBE_EITR(vector), us * 1000 / GBE_ITR_NS);
}

const struct gbe_vectors gbe_82574_vectors = {
	.nb_rx = 2,
	.rx = { GBE_ICR, GBE_ICS, GBE_IMS, GBE_IMC },
	.rx_shift = 20,
	.other = GBE_INT_OTHER,
	.route = route,
	.moderate = moderate,
};
