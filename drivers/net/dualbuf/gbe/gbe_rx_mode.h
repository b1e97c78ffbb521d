/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_RX_MODE_H_
#define _GBE_RX_MODE_H_

/* What a controller's receiver lets pass beside its tables, and what it does to that. Control path. */

#include <rte_ether.h>

#include "gbe_bar.h"

/* The frames that the receiver is to let pass. */
struct gbe_rx_mode {
	bool promiscuous;
	bool all_multicast;
	bool by_vlan; /* tagged frames are looked up in the table of VLAN IDs */
	bool strip_vlan;
	bool check_sums;
	bool mac_control; /* frames of MAC control pass, but for those of pauses */
	bool keep_crc; /* which a packet's length counts then */
	uint32_t max_frame; /* bytes, without CRC */
	uint32_t buf_size; /* one of those gbe_rx_buf_size() returns */
};

/* The largest buffer that RCTL can name in room bytes; 0: less than 256. */
uint32_t gbe_rx_buf_size(uint32_t room);

/* The largest buffer of whole KB in room bytes, where each queue has a size of its own; 0: less than 1024. */
uint32_t gbe_rx_buf_size_kb(uint32_t room);

/* Switch on. The rings and the tables are set, descriptors armed; doorbells follow. */
void gbe_enable_rx(const struct gbe_hw *hw, const struct gbe_rx_mode *mode);

/* Change what passes, also while the receiver runs. */
void gbe_set_rx_mode(const struct gbe_hw *hw, const struct gbe_rx_mode *mode);

#endif /* _GBE_RX_MODE_H_ */
