/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_ETHDEV_H_
#define _VNIC_ETHDEV_H_

#include "dualbuf_device.h"

/* A virtual NIC as a device of this driver. */
extern const struct dualbuf_device vnic_device;

#endif /* _VNIC_ETHDEV_H_ */
