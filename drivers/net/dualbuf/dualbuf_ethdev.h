/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ETHDEV_H_
#define _DUALBUF_ETHDEV_H_

#include <ethdev_driver.h>

#include "dualbuf_compat.h"
#include "dualbuf_port.h"

/* Make an allocated ethdev a port over a device: operations, MAC address, defaults. */
int dualbuf_port_init(struct rte_eth_dev *dev, const struct dualbuf_device *device,
		void *device_port, const struct dualbuf_args *args,
		const struct rte_ether_addr *mac);

/* Make a port of the primary process one here: to use its queues, free its packets, and read. */
void dualbuf_port_attach(struct rte_eth_dev *dev, const struct dualbuf_device *device);

/* Is this a port of this driver, in this process? */
bool dualbuf_is_port(const struct rte_eth_dev *dev);

/* The dev_close of every port, for the removal of a device; stops the port if need be. */
int dualbuf_dev_close(struct rte_eth_dev *dev);

#endif /* _DUALBUF_ETHDEV_H_ */
