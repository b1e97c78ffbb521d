/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_RSS_H_
#define _GBE_RSS_H_

/* Receive-side scaling of a controller with two receive queues (82574 datasheet, 7.1.11). Control path. */

#include <rte_ethdev.h>

#include "dualbuf_rss.h"
#include "gbe_bar.h"

/* The headers that the 82574 can hash. */
#define GBE_RSS_TYPES \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_IPV6 | \
			RTE_ETH_RSS_NONFRAG_IPV6_TCP)

/* The headers that controllers with advanced descriptors can hash. */
#define GBE_RSS_TYPES_ADV \
	(GBE_RSS_TYPES | RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | \
			RTE_ETH_RSS_IPV6_EX | RTE_ETH_RSS_IPV6_TCP_EX | RTE_ETH_RSS_IPV6_UDP_EX)

/*
 * Write key, table and types. Also while the receiver runs: a packet that comes meanwhile may be hashed
 * with a part of the new key. Without types all packets go to queue 0.
 */
void gbe_set_rss(const struct gbe_hw *hw, const struct dualbuf_rss *rss);

#endif /* _GBE_RSS_H_ */
