/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _INFO_UTIL_H_
#define _INFO_UTIL_H_

/* A port that is not configured yet, and what it says of itself. */

#include "packet_util.h"

static inline uint16_t
plug_one(void)
{
	return vdev_plug("rx_pcap=%s,tx_pcap=/dev/null", capture_of("imix"));
}

static inline struct rte_eth_dev_info
info_of(uint16_t port)
{
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	return info;
}

static inline void
configure_one(uint16_t port)
{
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &(struct rte_eth_conf){ 0 }), 0);
}

#endif /* _INFO_UTIL_H_ */
