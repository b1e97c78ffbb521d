/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stddef.h>

#include <rte_common.h>

#include "gbe_devices.h"

#define GBE_DEVICE(id, row) { .device_id = id, .family = &row },

static const struct {
	uint16_t device_id;
	const struct gbe_family *family;
} gbe_devices[] = { GBE_DEVICE_TABLE(GBE_DEVICE) };

const struct gbe_family *
gbe_family_of(uint16_t device_id)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(gbe_devices); i++)
		if (gbe_devices[i].device_id == device_id)
			return gbe_devices[i].family;
	return NULL;
}
