/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_PASSING_H_
#define _VNIC_PASSING_H_

#include "vnic.h"

/*
 * Descriptors that the primary process passes to others, on request: those of sources and sinks whose queues
 * they use, and of the eventfd that wakes the thread.
 */
enum vnic_passing {
	VNIC_PASS_SOURCE, /* of a live interface */
	VNIC_PASS_SINK,
	VNIC_PASS_WAKE,
};

/* Answer such requests from here on, in the primary. Called at each probe. 0 or a negative errno. */
int vnic_passing_start(void);

/*
 * In another process: ask for one. Returns the descriptor, which is the caller's, or a negative errno: -ENOTSUP
 * if it is of no use to another process, -ENOTCONN if the primary does not answer.
 */
int vnic_passing_ask(const struct rte_eth_dev *dev, uint16_t queue_id, enum vnic_passing what);

#endif /* _VNIC_PASSING_H_ */
