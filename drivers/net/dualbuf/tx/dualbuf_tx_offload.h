/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_OFFLOAD_H_
#define _DUALBUF_TX_OFFLOAD_H_

/* What packets ask for beyond being sent as they are, and how a format's descriptors say it. */

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "dualbuf_txq.h"

#ifndef DUALBUF_DESC_FORMAT
#error "include the header of a descriptor format first"
#endif

/* Requests for which the device has to know where headers are. */
#define TX_REQUESTS_OF_HEADERS \
	(RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG)

/* Requests that a context tells the device. */
#define TX_REQUESTS_OF_CONTEXT \
	(TX_REQUESTS_OF_HEADERS | (DUALBUF_TXC_HAS_TAG ? RTE_MBUF_F_TX_VLAN : 0))

/* All that the burst looks for. */
#define TX_REQUESTS (TX_REQUESTS_OF_HEADERS | RTE_MBUF_F_TX_VLAN)

/* Frames and bytes that were handed to the device, as they will be on the wire. */
struct tx_sent {
	uint32_t frames;
	uint32_t bytes;
};

/* How a packet goes into the ring. */
struct tx_plan {
	struct dualbuf_tx_context
			context; /* to be written first, if has_context; without its number */
	bool has_context;
	uint8_t slot; /* number of the context that it refers to */
	uint64_t order; /* for each of its descriptors, but for EOP and the length: see dualbuf_tx_order_of() */
	uint32_t nb_desc; /* with the context's */
};

/* Where the IP header begins; of a packet in a tunnel, the one inside. */
static inline uint32_t
tx_l3_offset(const struct rte_mbuf *pkt)
{
	const uint64_t outer = RTE_MBUF_F_TX_OUTER_IPV4 | RTE_MBUF_F_TX_OUTER_IPV6;

	return pkt->l2_len + (pkt->ol_flags & outer ? pkt->outer_l2_len + pkt->outer_l3_len : 0);
}

/* Bytes of the headers that each frame of a packet that is segmented begins with. */
static inline uint32_t
tx_headers_len(const struct rte_mbuf *pkt)
{
	return tx_l3_offset(pkt) + pkt->l3_len + pkt->l4_len;
}

static inline uint32_t
tx_payload_len(const struct rte_mbuf *pkt)
{
	uint32_t headers = tx_headers_len(pkt);

	return pkt->pkt_len > headers ? pkt->pkt_len - headers : 0;
}

/* A size of 0 would never come to an end: no request. */
static inline bool
tx_is_segmented(const struct rte_mbuf *pkt)
{
	return (pkt->ol_flags & RTE_MBUF_F_TX_TCP_SEG) != 0 && pkt->tso_segsz != 0;
}

/* Count the frames that the device makes of a packet, and the bytes that are not the packet's own. */
static inline void
tx_count_frames(const struct rte_mbuf *pkt, struct tx_sent *sent)
{
	uint32_t payload, frames = 1;

	if (tx_is_segmented(pkt)) {
		payload = tx_payload_len(pkt);
		frames = payload == 0 ? 1 : (payload - 1) / pkt->tso_segsz + 1;
		sent->bytes += (frames - 1) * tx_headers_len(pkt);
	}
	if (pkt->ol_flags & RTE_MBUF_F_TX_VLAN)
		sent->bytes += frames * RTE_VLAN_HLEN;
	sent->frames += frames;
}

/* The checksums that the device is to insert. */
static inline uint8_t
tx_popts(uint64_t flags)
{
	const uint64_t l4 = flags & RTE_MBUF_F_TX_L4_MASK;
	uint8_t popts = flags & RTE_MBUF_F_TX_IP_CKSUM ? DUALBUF_TXD_IXSM : 0;

	if (l4 == RTE_MBUF_F_TX_TCP_CKSUM || l4 == RTE_MBUF_F_TX_UDP_CKSUM ||
			(DUALBUF_TXC_HAS_SCTP && l4 == RTE_MBUF_F_TX_SCTP_CKSUM) ||
			(flags & RTE_MBUF_F_TX_TCP_SEG))
		popts |= DUALBUF_TXD_TXSM;
	return popts;
}

static inline enum dualbuf_tx_l4
tx_l4_type(uint64_t flags)
{
	const uint64_t l4 = flags & RTE_MBUF_F_TX_L4_MASK;

	if ((flags & RTE_MBUF_F_TX_TCP_SEG) || l4 == RTE_MBUF_F_TX_TCP_CKSUM)
		return DUALBUF_TX_L4_TCP;
	return l4 == RTE_MBUF_F_TX_SCTP_CKSUM ? DUALBUF_TX_L4_SCTP : DUALBUF_TX_L4_UDP;
}

/*
 * What a packet asks for by a context; a tag alone needs no headers. What does not fit is cut, so that nothing
 * else of a descriptor changes; prepare refuses such packets.
 */
static inline struct dualbuf_tx_asked
tx_asked_of(const struct rte_mbuf *pkt, uint8_t popts)
{
	const uint64_t flags = pkt->ol_flags;
	struct dualbuf_tx_asked asked = {
		.tag = DUALBUF_TXC_HAS_TAG && (flags & RTE_MBUF_F_TX_VLAN) ? pkt->vlan_tci : 0,
	};

	if (popts == 0)
		return asked;
	asked.l3 = tx_l3_offset(pkt);
	asked.l4 = tx_l3_offset(pkt) + pkt->l3_len;
	asked.is_ipv4 = (flags & (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM)) != 0;
	asked.l4_type = tx_l4_type(flags);
	if (tx_is_segmented(pkt)) {
		asked.payload_at = tx_headers_len(pkt);
		asked.mss = pkt->tso_segsz;
		asked.payload = tx_payload_len(pkt) & DUALBUF_TXC_MAX_PAYLOAD;
	}
	return asked;
}

/* The number of a context that the device has been told, DUALBUF_TXC_SLOTS if it has not. */
static inline uint8_t
tx_find_context(const struct dualbuf_txq *txq, const struct dualbuf_tx_context *context)
{
	uint8_t slot;

	for (slot = 0; slot < DUALBUF_TXC_SLOTS; slot++)
		if (txq->contexts[slot][0] == context->halves[0] &&
				txq->contexts[slot][1] == context->halves[1])
			break;
	return slot;
}

/* Have a plan refer to a context; one that the device has to be told takes the place of the one not used last. */
static inline void
tx_plan_context(struct tx_plan *plan, const struct dualbuf_txq *txq, bool serves_once)
{
	plan->slot = tx_find_context(txq, &plan->context);
	plan->has_context = serves_once || plan->slot == DUALBUF_TXC_SLOTS;
	if (plan->has_context)
		plan->slot = (txq->context_used + 1) % DUALBUF_TXC_SLOTS;
	plan->order |= dualbuf_tx_context_slot(plan->slot);
	plan->nb_desc += plan->has_context;
}

static inline struct tx_plan
tx_plan_of(const struct rte_mbuf *pkt, const struct dualbuf_txq *txq)
{
	const uint8_t popts = tx_popts(pkt->ol_flags);
	const uint32_t cmd = DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS |
			(pkt->ol_flags & RTE_MBUF_F_TX_VLAN ? DUALBUF_TXD_VLE : 0);
	struct tx_plan plan = {
		.slot = DUALBUF_TXC_SLOTS > 1 ? txq->context_used : 0,
		.order = dualbuf_tx_order_of(cmd, popts, pkt->vlan_tci, pkt->pkt_len),
		.nb_desc = pkt->nb_segs,
	};
	struct dualbuf_tx_asked asked;

	if (popts == 0 && !(DUALBUF_TXC_HAS_TAG && (cmd & DUALBUF_TXD_VLE)))
		return plan;
	asked = tx_asked_of(pkt, popts);
	if (asked.mss != 0)
		plan.order = dualbuf_tx_order_of(
				cmd | DUALBUF_TXD_TSE, popts, pkt->vlan_tci, asked.payload);
	plan.context = dualbuf_tx_context_of(&asked);
	tx_plan_context(&plan, txq, DUALBUF_TXC_COUNTS && asked.mss != 0);
	return plan;
}

#endif /* _DUALBUF_TX_OFFLOAD_H_ */
