/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_82574_H_
#define _GBE_82574_H_

/* The 82574. */

#include "gbe_family.h"

extern const struct gbe_family gbe_82574;

/* Its PCI device IDs: ROW(id, family) for each of them. */
#define GBE_82574_DEVICES(ROW) \
	ROW(0x10d3, gbe_82574) /* 82574L */ \
	ROW(0x10f6, gbe_82574) /* 82574LA */

#endif /* _GBE_82574_H_ */
