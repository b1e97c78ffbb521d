/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_DUMP_H_
#define _GBE_DUMP_H_

/* What a controller holds, for whoever looks for a fault. Reading any of it changes nothing. */

#include "gbe_bar.h"

/* How many registers a dump has. */
unsigned int gbe_dump_count(const struct gbe_hw *hw);

/* The value and the name of one of them, below that number. */
uint32_t gbe_dump_value(const struct gbe_hw *hw, unsigned int i);
void gbe_dump_name(const struct gbe_hw *hw, unsigned int i, char *name, size_t size);

#endif /* _GBE_DUMP_H_ */
