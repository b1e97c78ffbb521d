/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _OFFLOAD_UTIL_H_
#define _OFFLOAD_UTIL_H_

/* A file that is received with offloads. */

#include "packet_util.h"

#define VLAN_FLAGS (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)
#define CKSUM_FLAGS (RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK)
#define ALL_RSS_TYPES \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_IPV6 | \
			RTE_ETH_RSS_NONFRAG_IPV6_TCP)

static inline struct batch
receive_file(const char *path, const struct vdev_config *config)
{
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct batch batch = { 0 };

	vdev_start_with(port, config);
	receive_all(port, 0, &batch);
	return batch;
}

#endif /* _OFFLOAD_UTIL_H_ */
