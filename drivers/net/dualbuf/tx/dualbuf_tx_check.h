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
#include <rte_sctp.h>
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

/* Bytes of the header that an L4 request is about, as far as it has a length of its own. */
static inline uint32_t
tx_min_l4_len(uint64_t flags)
{
	switch (flags & RTE_MBUF_F_TX_L4_MASK) {
	case RTE_MBUF_F_TX_TCP_CKSUM:
		return sizeof(struct rte_tcp_hdr);
	case RTE_MBUF_F_TX_UDP_CKSUM:
		return sizeof(struct rte_udp_hdr);
	case RTE_MBUF_F_TX_SCTP_CKSUM:
		return sizeof(struct rte_sctp_hdr);
	default:
		return 0;
	}
}

/* How far into a packet the headers reach that a request is about. */
static inline uint32_t
tx_headers_end(const struct rte_mbuf *pkt)
{
	uint32_t l4 = tx_l3_offset(pkt) + pkt->l3_len;

	return pkt->ol_flags & RTE_MBUF_F_TX_TCP_SEG ? l4 + pkt->l4_len :
						       l4 + tx_min_l4_len(pkt->ol_flags);
}

static inline bool
tx_lengths_are_good(const struct rte_mbuf *pkt)
{
	uint32_t min_l3 = pkt->ol_flags & RTE_MBUF_F_TX_IPV4 ? sizeof(struct rte_ipv4_hdr) :
							       sizeof(struct rte_ipv6_hdr);

	return tx_l3_offset(pkt) >= RTE_ETHER_HDR_LEN && pkt->l3_len >= min_l3 &&
			tx_headers_end(pkt) <= pkt->pkt_len &&
			dualbuf_tx_context_fits(tx_l3_offset(pkt), tx_headers_end(pkt),
					(pkt->ol_flags & RTE_MBUF_F_TX_VLAN) != 0);
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
			(!DUALBUF_TXC_HAS_SCTP &&
					(flags & RTE_MBUF_F_TX_L4_MASK) ==
							RTE_MBUF_F_TX_SCTP_CKSUM))
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

	if (error != 0)
		return error;
	if (tx_l4_type(pkt->ol_flags) == DUALBUF_TX_L4_SCTP)
		rte_pktmbuf_mtod_offset(pkt, struct rte_sctp_hdr *, tx_l3_offset(pkt) + pkt->l3_len)
				->cksum = 0;
	return -rte_net_intel_cksum_prepare(pkt);
}

#endif /* _DUALBUF_TX_CHECK_H_ */
