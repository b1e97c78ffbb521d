/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_VDEV_H_
#define _XDP_VDEV_H_

#include <stdbool.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>

/*
 * Make the port of a virtual device whose devargs ask for an interface by AF_XDP. 0 or a negative errno, with a line
 * in the log.
 */
int xdp_vdev_probe(struct rte_vdev_device *vdev);

/* In a secondary process: make such a port of the primary's this process's too. 0 or a negative errno. */
int xdp_vdev_attach(struct rte_eth_dev *dev);

/*
 * Can AF_XDP have all that an interface receives, as far as can be told before? Otherwise *reason says why not;
 * size: of its memory.
 */
bool xdp_vdev_is_possible(struct rte_vdev_device *vdev, char *reason, size_t size);

#endif /* _XDP_VDEV_H_ */
