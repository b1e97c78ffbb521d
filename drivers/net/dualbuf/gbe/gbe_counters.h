/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_COUNTERS_H_
#define _GBE_COUNTERS_H_

/* A controller's statistics. */

#include "gbe_bar.h"

/* Add what the statistics registers have to the counters, and get those. Any thread. */
void gbe_read_counters(struct gbe_hw *hw, struct gbe_counters *counters);

#endif /* _GBE_COUNTERS_H_ */
