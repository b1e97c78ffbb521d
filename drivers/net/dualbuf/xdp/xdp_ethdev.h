/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_ETHDEV_H_
#define _XDP_ETHDEV_H_

#include "dualbuf_device.h"

/* An interface's queues by AF_XDP, for the driver. */
extern const struct dualbuf_device xdp_device;

#endif /* _XDP_ETHDEV_H_ */
