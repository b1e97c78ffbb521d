/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_OFFLOAD_H_
#define _VNIC_OFFLOAD_H_

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include "dualbuf_rss.h"
#include "wire_frame.h"

/* The headers that the model hashes: those that the 82574L can hash. */
#define VNIC_RSS_TYPES \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_IPV6 | \
			RTE_ETH_RSS_NONFRAG_IPV6_TCP)

/* The receive offloads that an engine has to look at frames for. */
#define VNIC_OFFLOAD_CHECKSUMS \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM | \
			RTE_ETH_RX_OFFLOAD_TCP_CKSUM)
#define VNIC_OFFLOAD_ENGINES (VNIC_OFFLOAD_CHECKSUMS | RTE_ETH_RX_OFFLOAD_VLAN_STRIP)

/* The tasks of the engines in a received frame. */
struct vnic_offload {
	uint64_t rx_offloads; /* RTE_ETH_RX_OFFLOAD_*; the driver may change it at any time */
	const struct dualbuf_rss *rss;
	uint32_t ptype_layers; /* RTE_PTYPE_*_MASK of the packet types to be found; as rx_offloads */
	bool steers; /* frames go to the queues that the hash and the table choose; else all to one */
};

/* The engines' findings, as the write-back of the last descriptor has it; CPU order. */
struct vnic_rx_meta {
	uint16_t queue; /* where the frame goes; 0 unless queues are chosen */
	uint32_t ptype; /* RTE_PTYPE_*, which no write-back has room for */
	uint32_t mrq;
	uint32_t rss;
	uint32_t status_error; /* without DD and EOP */
	uint16_t vlan;
};

/* The headers whose hash somebody wants: the application in its mbufs, or the choice of queues. */
static inline uint64_t
vnic_offload_hashed(const struct vnic_offload *offload)
{
	if (!offload->steers &&
			!(__atomic_load_n(&offload->rx_offloads, __ATOMIC_RELAXED) &
					RTE_ETH_RX_OFFLOAD_RSS_HASH))
		return 0;
	return __atomic_load_n(&offload->rss->types, __ATOMIC_RELAXED);
}

/* Do all engines rest? Then vnic_offload_rx() finds nothing, and leaves every frame as it is. */
static inline bool
vnic_offload_is_idle(const struct vnic_offload *offload)
{
	return vnic_offload_hashed(offload) == 0 &&
			__atomic_load_n(&offload->ptype_layers, __ATOMIC_RELAXED) == 0 &&
			(__atomic_load_n(&offload->rx_offloads, __ATOMIC_RELAXED) &
					VNIC_OFFLOAD_ENGINES) == 0;
}

/*
 * Look at a frame as the device's offload engines do. With VLAN stripping, a tagged frame is
 * copied to scratch (of at least WIRE_MAX_FRAME bytes) without its tag, and *frame points there; one
 * that is longer than WIRE_MAX_FRAME stays as it is.
 */
void vnic_offload_rx(const struct vnic_offload *offload, struct wire_frame *frame, uint8_t *scratch,
		struct vnic_rx_meta *meta);

#endif /* _VNIC_OFFLOAD_H_ */
