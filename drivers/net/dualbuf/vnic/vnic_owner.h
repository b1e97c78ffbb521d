/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_OWNER_H_
#define _VNIC_OWNER_H_

#include "vnic.h"

/*
 * Which process uses a queue. A queue's ring is in memory that processes share, but what is at its end of the
 * wire is in one of them: so while the port runs a queue is one process's, the first that polls it, which then
 * opens that end. One that leaves in order gives its queues back; one that was killed loses them to who asks
 * next, if it was not in the middle of a burst.
 */

/*
 * Make a queue this process's, and open what is at its end. Returns false, with rte_errno, where that cannot
 * be; the reason is logged once in a start of the port. Of the thread that polls.
 */
bool vnic_owner_claim_rx(const struct dualbuf_rxq *rxq);
bool vnic_owner_claim_tx(const struct dualbuf_txq *txq);

/* Can this process wake the thread that receives? As above. */
bool vnic_owner_can_wake(const struct dualbuf_rxq *rxq);

/* Give back all queues of a port that are this process's. */
void vnic_owner_leave(struct rte_eth_dev *dev);

#endif /* _VNIC_OWNER_H_ */
