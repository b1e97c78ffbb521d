/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_ENDS_H_
#define _VNIC_ENDS_H_

/* The ends of a virtual NIC's wire: a source or sink for each of its queues, in each process that uses it. */

#include "vnic.h"

/*
 * Open all that is not open. Sources first: an output file is overwritten only when all that is to be
 * read is there. Streams that are open go on. Returns 0, or a negative errno, and then nothing is open but
 * streams that were.
 */
int vnic_ends_open(struct vnic_ends *ends, struct vnic *vnic);

/* Close what can be opened again: streams stay. */
void vnic_ends_stop(struct vnic_ends *ends);

/* This process's ends of a NIC, with none open. NULL: no memory. */
struct vnic_ends *vnic_ends_make(struct vnic *vnic);

/* Close all of them, and free their memory; NULL is allowed. */
void vnic_ends_close(struct vnic_ends *ends);

/* Make them those of a port, which has none, and take them from it. */
void vnic_ends_give(uint16_t port_id, struct vnic_ends *ends);
struct vnic_ends *vnic_ends_take(uint16_t port_id);

/* Open the source of a receive queue, by its name. 0 or a negative errno. */
int vnic_ends_open_source(const struct vnic_args *args, uint16_t queue_id, uint64_t skip,
		struct wire_source **source);

/* Put another end, or none, where one is, under the lock. Returns that one, which is the caller's to close. */
struct wire_source *vnic_ends_swap_source(
		struct vnic_ends *ends, uint16_t number, struct wire_source *source);
struct wire_sink *vnic_ends_swap_sink(
		struct vnic_ends *ends, uint16_t number, struct wire_sink *sink);

/*
 * For those who ask for the ends of a port from another thread, while it starts and stops: none is taken away
 * until vnic_ends_unlock().
 */
void vnic_ends_lock(void);
void vnic_ends_unlock(void);

/* Begin to flush output twice a second, and cease to. 0 or a negative errno. */
int vnic_ends_flush_often(struct rte_eth_dev *dev);
void vnic_ends_flush_no_more(struct rte_eth_dev *dev);

#endif /* _VNIC_ENDS_H_ */
