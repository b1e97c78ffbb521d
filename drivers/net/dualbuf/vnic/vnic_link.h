/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_LINK_H_
#define _VNIC_LINK_H_

/* The link of a virtual NIC, and who is told of its changes. */

#include "vnic.h"

/* The link as it is now: up while the port runs, its interfaces have a carrier, its files last. */
void vnic_link(struct rte_eth_dev *dev, struct rte_eth_link *link);

/*
 * Set the link down, as if the wire were pulled out, and up again. Until the port stops; it starts with the
 * link up. The kernel's interfaces stay as they are. Returns 0.
 */
int vnic_link_set(struct rte_eth_dev *dev, bool up);

/* Is there anything that could make the link go up or down while the port runs? */
bool vnic_link_can_change(const struct vnic_args *args);

/*
 * With link-state interrupts and eof=1 the ends of files are to be told, from the port's start on. Who polls
 * a queue then looks for its end, the driver or the model's thread, as long as end_awaited is set. When all
 * queues were found at their ends the link goes down: at once, or a little later if it is so early that the
 * port's start may not have returned.
 */
void vnic_link_await_ends(struct rte_eth_dev *dev);
void vnic_link_look_for_end(struct rte_eth_dev *dev, struct vnic_rxq *rxq, bool early);

/* The same in the primary, now and then, for queues that other processes poll: these tell nobody. */
void vnic_link_look_elsewhere(struct rte_eth_dev *dev);

static inline bool
vnic_link_awaits_end(const struct vnic_rxq *rxq)
{
	return unlikely(__atomic_load_n(rxq->end_awaited, __ATOMIC_RELAXED));
}

#endif /* _VNIC_LINK_H_ */
