/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_VECTORS_H_
#define _GBE_VECTORS_H_

/* How a family interrupts by MSI-X: vector 0 for all but packets, then one for each receive queue. */

#include <stdbool.h>
#include <stdint.h>

struct gbe_hw;

#define GBE_VECTOR_OTHER 0
#define GBE_VECTOR_RXQ(queue) (1 + (queue))

/* Where causes are seen, and cleared by writing ones; set; enabled; and disabled. */
struct gbe_cause_regs {
	uint32_t cause;
	uint32_t set;
	uint32_t enable;
	uint32_t disable;
};

struct gbe_vectors {
	uint16_t nb_rx; /* receive queues that have one */

	/* The causes of receive queues, from that of queue 0 on. */
	struct gbe_cause_regs rx;
	unsigned int rx_shift;

	/* Beside the cause itself, what has to be enabled for the link: in IMS, and where the queues' causes are. */
	uint32_t other;
	uint32_t rx_other;

	/* Have each cause interrupt by its vector. */
	void (*route)(const struct gbe_hw *hw, uint16_t nb_rx_queues);

	/* The shortest time between two interrupts of a vector. */
	bool moderates_all; /* vector 0 is moderated alike when it is for all; else that has ITR */
	void (*moderate)(const struct gbe_hw *hw, unsigned int vector, uint32_t us);
};

/* The 82574's. */
extern const struct gbe_vectors gbe_82574_vectors;

#endif /* _GBE_VECTORS_H_ */
