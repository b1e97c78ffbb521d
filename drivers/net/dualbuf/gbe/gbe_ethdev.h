/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_ETHDEV_H_
#define _GBE_ETHDEV_H_

#include <bus_pci_driver.h>

#include "dualbuf_device.h"
#include "gbe.h"

/* A controller of this family as a device of this driver. */
const struct dualbuf_device *gbe_device_of(const struct gbe_family *family);

/* Leave a controller quiet, with no master on the bus, and unmapped; and free its data. */
void gbe_shut(struct rte_pci_device *pci, struct gbe *gbe);

#endif /* _GBE_ETHDEV_H_ */
