/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_PORTS_H_
#define _DUALBUF_PORTS_H_

/* The ports of this driver in the primary process: those that may share a mempool, and answer telemetry. */

#include <ethdev_driver.h>

/* A port is there from its probe until it is closed. */
void dualbuf_ports_add(struct rte_eth_dev *dev);
void dualbuf_ports_remove(const struct rte_eth_dev *dev);

/*
 * How many receive queues are still to be set up beside this one: the rest of this port's, and those of
 * the driver's other ports, one for a port that is not configured yet.
 */
uint32_t dualbuf_ports_queues_to_come(const struct rte_eth_dev *dev, uint16_t queue_id);

/* How many ports are there of other drivers? What they want of a mempool is not known. */
uint32_t dualbuf_ports_foreign(void);

/*
 * Call look for a port of this driver, which is not closed meanwhile. Any thread. Returns what look does;
 * -ENODEV if there is no such port.
 */
int dualbuf_ports_look_at(
		uint16_t port_id, int (*look)(struct rte_eth_dev *dev, void *arg), void *arg);

#endif /* _DUALBUF_PORTS_H_ */
