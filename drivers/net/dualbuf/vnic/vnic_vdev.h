/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_VDEV_H_
#define _VNIC_VDEV_H_

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>

/* Make the port of a virtual device that is a virtual NIC. 0 or a negative errno, with a line in the log. */
int vnic_vdev_probe(struct rte_vdev_device *vdev);

/* In a secondary process: make such a port of the primary's this process's too. 0 or a negative errno. */
int vnic_vdev_attach(struct rte_eth_dev *dev);

#endif /* _VNIC_VDEV_H_ */
