/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_CHECK_H_
#define _DUALBUF_TX_CHECK_H_

/* Whether the device can do what a packet asks for. */

#include <errno.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_net.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "dualbuf_tx_offload.h"

/* Flags that say what a packet is, for requests that name a header; alone they ask for nothing. */
#define TX_FLAGS_NO_REQUEST \
	(RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_OUTER_IPV4 | \
			RTE_MBUF_F_TX_OUTER_IPV6 | RTE_MBUF_F_TX_TUNNEL_MASK)

/* Requests that the burst would pass over. */
#define TX_REQUESTS_REFUSED (RTE_MBUF_F_TX_OFFLOAD_MASK & ~(TX_REQUESTS | TX_FLAGS_NO_REQUEST))

/* Flags of a packet within another. */
#define TX_FLAGS_OF_TUNNELS \
	(RTE_MBUF_F_TX_OUTER_IPV4 | RTE_MBUF_F_TX_OUTER_IPV6 | RTE_MBUF_F_TX_TUNNEL_MASK)

/* How far into a packet the headers reach that a request is about; no more than a context can say. */
static inline uint32_t
tx_headers_end(const struct rte_mbuf *pkt)
{
	uint32_t l4 = tx_l3_offset(pkt) + pkt->l3_len;
	uint64_t request = pkt->ol_flags & RTE_MBUF_F_TX_L4_MASK;

	if (pkt->ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		return l4 + pkt->l4_len;
	if (request == RTE_MBUF_F_TX_TCP_CKSUM)
		return l4 + sizeof(struct rte_tcp_hdr);
	return request == RTE_MBUF_F_TX_UDP_CKSUM ? l4 + sizeof(struct rte_udp_hdr) : l4;
}

static inline bool
tx_lengths_are_good(const struct rte_mbuf *pkt)
{
	uint32_t min_l3 = pkt->ol_flags & RTE_MBUF_F_TX_IPV4 ? sizeof(struct rte_ipv4_hdr) :
							       sizeof(struct rte_ipv6_hdr);

	return tx_l3_offset(pkt) >= RTE_ETHER_HDR_LEN && pkt->l3_len >= min_l3 &&
			tx_headers_end(pkt) <=
			RTE_MIN(pkt->pkt_len, (uint32_t)DUALBUF_TXC_MAX_OFFSET);
}

/* 0 or an errno, for a packet that is to be segmented. */
static inline int
tx_check_segmented(const struct rte_mbuf *pkt)
{
	uint32_t headers = tx_headers_len(pkt), payload = tx_payload_len(pkt);

	if (pkt->ol_flags & TX_FLAGS_OF_TUNNELS)
		return ENOTSUP;
	if (pkt->l4_len < sizeof(struct rte_tcp_hdr) || payload == 0 ||
			payload > DUALBUF_TXC_MAX_PAYLOAD || pkt->tso_segsz < DUALBUF_TXC_MIN_MSS ||
			headers + pkt->tso_segsz > DUALBUF_TXC_MAX_FRAME)
		return EINVAL;
	return 0;
}

/* 0 or an errno, for a packet that asks for something. */
static inline int
tx_check_requests(const struct rte_mbuf *pkt)
{
	const uint64_t flags = pkt->ol_flags;

	if ((flags & TX_REQUESTS_REFUSED) ||
			(flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_SCTP_CKSUM)
		return ENOTSUP;
	if (rte_validate_tx_offload(pkt) != 0 ||
			!(flags & (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)) ||
			!tx_lengths_are_good(pkt))
		return EINVAL;
	/* below, headers are written to */
	if (tx_headers_end(pkt) > pkt->data_len)
		return ENOTSUP;
	return flags & RTE_MBUF_F_TX_TCP_SEG ? tx_check_segmented(pkt) : 0;
}

/*
 * Check a packet that asks for something, and put into it what the device's sums begin with. 0 or an
 * errno.
 */
static inline int
tx_prepare_requests(struct rte_mbuf *pkt)
{
	int error = tx_check_requests(pkt);

	return error != 0 ? error : -rte_net_intel_cksum_prepare(pkt);
}

#endif /* _DUALBUF_TX_CHECK_H_ */
