/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_DEVARGS_H_
#define _GBE_DEVARGS_H_

/*
 * Living beside other drivers of the same controllers. EAL gives a PCI device to the first driver
 * that takes it, and plugins in its folder come in no defined order. So this driver takes none
 * without being asked, by driver=net_dualbuf among the device's arguments; and when it was asked,
 * but another driver came first, it says so.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_devargs.h>

#include "dualbuf_args.h"

#define GBE_DRIVER_ARG "driver"
#define GBE_DRIVER_NAME "net_dualbuf"

#define GBE_PARAM_STRING GBE_DRIVER_ARG "=" GBE_DRIVER_NAME DUALBUF_PARAM_STRING

/* The devargs of one controller, checked. */
struct gbe_devargs {
	bool chosen; /* driver=net_dualbuf was given */
	struct dualbuf_args args;
};

/*
 * Read the arguments of a device. Those of one that is not for this driver are not checked: they
 * may be another's. Returns 0, or -EINVAL with a line that names what is wrong.
 */
int gbe_devargs_parse(const struct rte_devargs *devargs, struct gbe_devargs *parsed);

#endif /* _GBE_DEVARGS_H_ */
