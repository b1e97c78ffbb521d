/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_INTR_HANDLE_H_
#define _DUALBUF_INTR_HANDLE_H_

/*
 * The interrupt handle of a port without interrupts of its own: a file descriptor for each receive queue, which
 * is the device's to make and to close. Control path.
 */

#include <ethdev_driver.h>

/*
 * Make a handle with room for the port's receive queues. counter_size: bytes that EAL is to read of a descriptor
 * that is ready. 0 or a negative errno, with what was made still there.
 */
int dualbuf_intr_handle_make(struct rte_eth_dev *dev, uint8_t counter_size);

/* The descriptor of a queue. 0 or a negative errno. */
int dualbuf_intr_handle_set(struct rte_eth_dev *dev, uint16_t queue_id, int fd);

/* The port has no handle any more; it had one. */
void dualbuf_intr_handle_free(struct rte_eth_dev *dev);

#endif /* _DUALBUF_INTR_HANDLE_H_ */
