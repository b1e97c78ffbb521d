/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_common.h>

#include "gbe_bar.h"
#include "gbe_igb_regs.h"
#include "gbe_igb_vectors.h"

/* Give a queue's byte of IVAR its vector. */
static void
route_queue(const struct gbe_hw *hw, unsigned int reg, unsigned int shift, uint16_t queue)
{
	gbe_rmw(hw, GBE_IGB_IVAR(reg), 0xffu << shift,
			(GBE_IGB_IVAR_VALID | GBE_VECTOR_RXQ(queue)) << shift);
}

/* Cleared as the vector is signalled; not masked, as the driver enables and disables by queue. */
static void
route_all(const struct gbe_hw *hw, uint16_t nb_rx_queues)
{
	gbe_write(hw, GBE_IGB_GPIE,
			GBE_IGB_GPIE_NSICR | GBE_IGB_GPIE_MULTIPLE_MSIX | GBE_IGB_GPIE_PBA_SUPPORT);
	gbe_write(hw, GBE_IGB_IVAR_MISC,
			(GBE_IGB_IVAR_VALID | GBE_VECTOR_OTHER) << GBE_IGB_IVAR_MISC_OTHER_SHIFT);
	gbe_write(hw, GBE_IGB_EIAM, 0);
	gbe_write(hw, GBE_IGB_EIAC, RTE_BIT32(GBE_VECTOR_RXQ(nb_rx_queues)) - 1);
}

/* The 82576: a register for each of queues 0 to 7, of which the upper half is for 8 to 15. */
static void
route_by_eight(const struct gbe_hw *hw, uint16_t nb_rx_queues)
{
	uint16_t i;

	for (i = 0; i < nb_rx_queues; i++)
		route_queue(hw, i % 8, i / 8 * 16, i);
	route_all(hw, nb_rx_queues);
}

/* The others: a register for two queues. */
static void
route_by_two(const struct gbe_hw *hw, uint16_t nb_rx_queues)
{
	uint16_t i;

	for (i = 0; i < nb_rx_queues; i++)
		route_queue(hw, i / 2, i % 2 * 16, i);
	route_all(hw, nb_rx_queues);
}

static void
moderate(const struct gbe_hw *hw, unsigned int vector, uint32_t us)
{
	gbe_write(hw, GBE_IGB_EITR(vector),
			RTE_MIN(us, GBE_IGB_EITR_US_MAX) << GBE_IGB_EITR_US_SHIFT);
}

#define GBE_IGB_VECTORS(nb, by) \
	{ \
		.nb_rx = nb, .rx = { GBE_IGB_EICR, GBE_IGB_EICS, GBE_IGB_EIMS, GBE_IGB_EIMC }, \
		.rx_shift = GBE_VECTOR_RXQ(0), .rx_other = RTE_BIT32(GBE_VECTOR_OTHER), \
		.route = by, .moderates_all = true, .moderate = moderate, \
	}

const struct gbe_vectors gbe_82576_vectors = GBE_IGB_VECTORS(9, route_by_eight);
const struct gbe_vectors gbe_i350_vectors = GBE_IGB_VECTORS(8, route_by_two);
const struct gbe_vectors gbe_i210_vectors = GBE_IGB_VECTORS(4, route_by_two);
