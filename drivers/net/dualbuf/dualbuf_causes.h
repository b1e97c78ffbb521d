/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_CAUSES_H_
#define _DUALBUF_CAUSES_H_

/*
 * What a port loses packets to, and what holds them up, by cause: the same list for every device. No
 * ethdev, so that the register code knows it too.
 */

#include <stdint.h>

/*
 * ROW(name) for each cause, under the name that its extended statistic has. A device that cannot have a
 * cause leaves it 0, which is true of it: a file has no collisions.
 */
#define DUALBUF_CAUSES(ROW) \
	ROW(rx_missed_packets) \
	ROW(rx_no_buffer_packets) \
	ROW(rx_crc_errors) \
	ROW(rx_align_errors) \
	ROW(rx_symbol_errors) \
	ROW(rx_phy_errors) \
	ROW(rx_carrier_ext_errors) \
	ROW(rx_length_errors) \
	ROW(rx_undersize_errors) \
	ROW(rx_fragment_errors) \
	ROW(rx_oversize_errors) \
	ROW(rx_jabber_errors) \
	ROW(rx_xon_packets) \
	ROW(rx_xoff_packets) \
	ROW(rx_flow_control_unsupported_packets) \
	ROW(tx_xon_packets) \
	ROW(tx_xoff_packets) \
	ROW(tx_deferred_packets) \
	ROW(tx_single_collision_packets) \
	ROW(tx_multiple_collision_packets) \
	ROW(tx_excessive_collision_packets) \
	ROW(tx_late_collisions) \
	ROW(tx_total_collisions) \
	ROW(tx_no_carrier_sense_packets)

#define DUALBUF_CAUSE_FIELD(name) uint64_t name;

struct dualbuf_causes {
	DUALBUF_CAUSES(DUALBUF_CAUSE_FIELD)
};

#endif /* _DUALBUF_CAUSES_H_ */
