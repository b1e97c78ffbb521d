/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_RX_TABLES_H_
#define _GBE_RX_TABLES_H_

/*
 * The tables that a controller's receiver looks frames up in: its own addresses, exactly; multicast
 * addresses by twelve of their bits, so that others pass too; VLAN IDs, exactly. Control path.
 */

#include "dualbuf_filter.h"
#include "gbe_bar.h"

/*
 * Write the tables, also while the receiver runs: an entry that stays as it is is not touched. The device
 * has been initialised.
 */
void gbe_set_rx_tables(const struct gbe_hw *hw, const struct dualbuf_filter *filter);

#endif /* _GBE_RX_TABLES_H_ */
