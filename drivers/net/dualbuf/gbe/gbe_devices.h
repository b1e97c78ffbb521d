/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_DEVICES_H_
#define _GBE_DEVICES_H_

/* The controllers that the driver knows, of all families. */

#include "gbe_8254x.h"
#include "gbe_82574.h"
#include "gbe_igb.h"

/*
 * ROW(id, family) for each PCI device ID of Intel's. A macro, since two tables are made of it: the one
 * here, and the one for the bus, which has to be an array of the file that registers the driver.
 */
#define GBE_DEVICE_TABLE(ROW) \
	GBE_8254X_DEVICES(ROW) \
	GBE_82574_DEVICES(ROW) \
	GBE_IGB_DEVICES(ROW)

#define GBE_VENDOR_ID 0x8086

/* The family of a PCI device ID of Intel's; NULL if the driver does not know it. */
const struct gbe_family *gbe_family_of(uint16_t device_id);

#endif /* _GBE_DEVICES_H_ */
