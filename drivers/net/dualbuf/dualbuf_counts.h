/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_COUNTS_H_
#define _DUALBUF_COUNTS_H_

/* What is counted of a queue, by the driver and by the device behind it. Every field is 64 bits that grow. */

#include "dualbuf_causes.h"
#include "dualbuf_rxq.h"
#include "dualbuf_txq.h"

/* Packets of a receive queue that only the device knows of. */
struct dualbuf_rx_losses {
	uint64_t no_descriptor; /* found none armed */
	uint64_t kernel; /* the kernel had no room for them */
	uint64_t at_stop; /* left in the ring, of a source that has them once */
	uint64_t oversize; /* longer than a ring, or than any frame, may be */
	uint64_t over_mtu; /* longer than the MTU asks for, where the device drops them */
	uint64_t unscattered; /* of more than one buffer, where each may take one */
	uint64_t foreign; /* not of Ethernet: passed over, and no loss */
	uint64_t not_for_us; /* to addresses that do not pass; as above */
	uint64_t other_vlan; /* of VLANs that do not pass; as above */
	uint64_t unknown_buffer; /* in a buffer that the device did not have */
	uint64_t reordered; /* in another buffer than the ring's order has; no loss */
};

/* Packets taken from a transmit queue that the device could not send, and their bytes. */
struct dualbuf_tx_losses {
	uint64_t packets;
	uint64_t bytes;
	uint64_t over_mtu; /* of the packets: longer than the MTU allows, where the device drops them */
};

struct dualbuf_rx_counts {
	struct dualbuf_rx_stats driver;
	struct dualbuf_rx_losses device;
};

struct dualbuf_tx_counts {
	struct dualbuf_tx_stats driver;
	struct dualbuf_tx_losses device;
};

/* Packets that never reached a descriptor. */
static inline uint64_t
dualbuf_rx_missed(const struct dualbuf_rx_counts *counts)
{
	return counts->device.no_descriptor + counts->device.kernel + counts->device.at_stop;
}

/* Packets that were dropped as bad. */
static inline uint64_t
dualbuf_rx_errors(const struct dualbuf_rx_counts *counts)
{
	return counts->driver.errors + counts->device.oversize + counts->device.over_mtu +
			counts->device.unscattered + counts->device.unknown_buffer;
}

/* Packets that were taken, and went nowhere. */
static inline uint64_t
dualbuf_tx_lost(const struct dualbuf_tx_counts *counts)
{
	return counts->driver.unsent + counts->device.packets;
}

#endif /* _DUALBUF_COUNTS_H_ */
