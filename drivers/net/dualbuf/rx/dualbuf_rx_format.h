/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_FORMAT_H_
#define _DUALBUF_RX_FORMAT_H_

/* A descriptor format's functions: instances of the receive path, and those that look at a ring. */

#include <ethdev_driver.h>

#include "dualbuf_desc.h"
#include "dualbuf_rx_path.h"

struct dualbuf_rxq;

/* Features of an instance of the receive path beyond the plain one; constants, one of each instance. */
#define RX_TIMESTAMP RTE_BIT32(0) /* the device gives receive times */
#define RX_DEFERRED RTE_BIT32(1) /* copy=deferred: last buffers go up as loans */
#define RX_PTYPE RTE_BIT32(2) /* the device gives packet types */
#define RX_FEATURES 8 /* combinations of these */

/* The instances of one width, by features. */
struct dualbuf_rx_bursts {
	eth_rx_burst_t burst[RX_FEATURES];
};

struct dualbuf_rx_format {
	enum dualbuf_desc_id id;
	const struct dualbuf_rx_bursts *bursts[DUALBUF_BURST_AUTO]; /* NULL: it has not */

	/*
	 * Begin at descriptor 0, forget half a packet, and arm the descriptors up to the first that waits
	 * for a buffer. The device is stopped.
	 */
	void (*restart)(struct dualbuf_rxq *rxq);

	/*
	 * Packet types that the receive path sets on every packet to which they apply, when the device hashes
	 * these headers (RTE_ETH_RSS_*). Ends in RTE_PTYPE_UNKNOWN.
	 */
	const uint32_t *(*ptypes)(uint64_t rss_types);

	/* RTE_ETH_RX_DESC_* of the descriptor that is offset further than the next to be read. */
	eth_rx_descriptor_status_t descriptor_status;

	/* How many descriptors the device has filled that are not read yet. */
	eth_rx_queue_count_t queue_count;
};

/* The extended format of the 82574L, dualbuf_desc_ext.h. */
extern const struct dualbuf_rx_format dualbuf_rx_ext;

/* The advanced format of the 82576, I350, I210 and I211, dualbuf_desc_adv.h. */
extern const struct dualbuf_rx_format dualbuf_rx_adv;

/* The legacy format of the 82540EM and 82545EM, dualbuf_desc_legacy.h. */
extern const struct dualbuf_rx_format dualbuf_rx_legacy;

/*
 * The instance of the receive path for a queue, by features: receives up to nb_pkts packets, each of which is the
 * caller's. Before it returns, every descriptor read is armed with another buffer (claims 1 and 3); or
 * waits, when its last one went up: on loan (deferred, claim 5), or for want of a temporary to copy to.
 * RX_TIMESTAMP: each packet gets its receive time in the standard dynamic field. RX_PTYPE: it gets its
 * packet type from the queue's ptypes, instead of from its write-back.
 */
static inline eth_rx_burst_t
dualbuf_rx_burst_with(
		const struct dualbuf_rx_format *format, enum dualbuf_burst burst, uint32_t features)
{
	return format->bursts[burst]->burst[features];
}

/*
 * May a port with these descriptors be asked for a path? DUALBUF_BURST_AUTO always may. 0, or -EINVAL with a line
 * in the log.
 */
int dualbuf_rx_format_check(const struct dualbuf_rx_format *format, enum dualbuf_burst wanted);

/*
 * The path to use for queues of a format: dualbuf_rx_path_choose()'s, or, if the format does not have that one,
 * the next narrower one that it has.
 */
enum dualbuf_burst dualbuf_rx_format_path(
		const struct dualbuf_rx_format *format, enum dualbuf_burst wanted);

#endif /* _DUALBUF_RX_FORMAT_H_ */
