/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_INSTANCE_H_
#define _DUALBUF_TX_INSTANCE_H_

/* For each descriptor format beside the path: what checks packets, and what looks at a ring or empties it. */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ether.h>

#include "dualbuf_tx_burst.h"
#include "dualbuf_tx_check.h"

/* Longer on the wire than the MTU asks for, where that is enforced? One that is segmented is its frames. */
static bool
tx_is_too_long(const struct dualbuf_txq *txq, const struct rte_mbuf *m)
{
	uint32_t tag = m->ol_flags & RTE_MBUF_F_TX_VLAN ? RTE_VLAN_HLEN : 0;
	uint64_t len = m->pkt_len;

	if (tx_is_segmented(m))
		len = RTE_MIN(len, (uint64_t)tx_headers_len(m) + m->tso_segsz);
	return len + tag > __atomic_load_n(&txq->max_packet, __ATOMIC_RELAXED);
}

uint16_t
TX_NAME(prepare)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_txq *txq = queue;
	int error = 0;
	uint16_t i;

	for (i = 0; i < nb_pkts; i++) {
		const uint64_t flags = pkts[i]->ol_flags;
		bool has_context = (flags & (TX_REQUESTS_REFUSED | TX_REQUESTS_OF_CONTEXT)) != 0;

		/* a context has a descriptor of its own */
		if (pkts[i]->nb_segs + has_context >= txq->nb_desc || tx_is_too_long(txq, pkts[i]))
			error = EINVAL;
		else if (flags & (TX_REQUESTS_REFUSED | TX_REQUESTS_OF_HEADERS))
			error = tx_prepare_requests(pkts[i]);
		if (error != 0) {
			rte_errno = error;
			break;
		}
	}
	return i;
}

static bool
tx_ends_packet(const struct rte_mbuf *m)
{
	return m != NULL && m->next == NULL;
}

/* Cut the oldest batch in two if it has more packets than that, and is done as a whole. */
static void
tx_cut_batch(struct dualbuf_txq *txq, uint32_t nb_pkts)
{
	struct dualbuf_tx_batch *batch = &txq->batches[txq->clean], *rest;
	uint16_t last = txq->clean, n = 0;

	if (txq->clean == txq->open || batch->packets <= nb_pkts ||
			!dualbuf_tx_desc_done(&txq->desc[batch->last]))
		return;
	for (;; last = tx_wrap(txq, last + 1)) {
		n += tx_ends_packet(txq->mbufs[last]);
		if (n == nb_pkts)
			break;
	}
	rest = &txq->batches[tx_wrap(txq, last + 1)];
	*rest = *batch;
	rest->packets -= n;
	batch->packets = n;
	batch->last = last;
	dualbuf_tx_desc_set_done(&txq->desc[last]);
}

int
TX_NAME(done_cleanup)(void *queue, uint32_t nb_pkts)
{
	struct dualbuf_txq *txq = queue;
	uint32_t total = 0;
	uint16_t n;

	do {
		if (nb_pkts > 0)
			tx_cut_batch(txq, nb_pkts - total);
		n = tx_clean_batch(txq);
		total += n;
	} while (n > 0 && (nb_pkts == 0 || total < nb_pkts));
	return total;
}

int
TX_NAME(descriptor_status)(void *queue, uint16_t offset)
{
	const struct dualbuf_txq *txq = queue;
	uint16_t used = txq->nb_desc - 1 - txq->nb_free;
	uint16_t distance, first;

	if (offset >= txq->nb_desc)
		return -EINVAL;
	/* The batches lie one after the other from clean on; find the one that holds it. */
	distance = tx_wrap(txq, tx_wrap(txq, txq->next + offset) + txq->nb_desc - txq->clean);
	if (distance >= used)
		return RTE_ETH_TX_DESC_DONE;
	for (first = txq->clean; first != txq->open;
			first = tx_wrap(txq, txq->batches[first].last + 1)) {
		uint16_t last = tx_wrap(txq, txq->batches[first].last + txq->nb_desc - txq->clean);

		if (distance <= last)
			return dualbuf_tx_desc_done(&txq->desc[txq->batches[first].last]) ?
					RTE_ETH_TX_DESC_DONE :
					RTE_ETH_TX_DESC_FULL;
	}
	return RTE_ETH_TX_DESC_FULL;
}

int
TX_NAME(queue_count)(void *queue)
{
	const struct dualbuf_txq *txq = queue;
	uint16_t first, last, used = tx_wrap(txq, txq->next + txq->nb_desc - txq->open);

	for (first = txq->clean; first != txq->open; first = tx_wrap(txq, last + 1)) {
		last = txq->batches[first].last;
		if (!dualbuf_tx_desc_done(&txq->desc[last]))
			used += tx_wrap(txq, last + txq->nb_desc - first) + 1;
	}
	return used;
}

/* What the packets of descriptors from one position up to another were counted as when they were taken. */
static struct tx_sent
tx_sent_between(const struct dualbuf_txq *txq, uint16_t first, uint16_t end)
{
	struct tx_sent sent = { 0 };
	const struct rte_mbuf *m;
	bool begins = true;
	uint16_t pos;

	for (pos = first; pos != end; pos = tx_wrap(txq, pos + 1)) {
		m = txq->mbufs[pos];
		if (m == NULL)
			continue;
		sent.bytes += m->data_len;
		if (begins)
			tx_count_frames(m, &sent);
		begins = m->next == NULL;
	}
	return sent;
}

/* Packets not reported as read by the device are not sent, though counted so when they were taken. */
static void
tx_count_unsent(struct dualbuf_txq *txq)
{
	const struct dualbuf_tx_batch *batch;
	uint32_t packets = 0, bytes = 0;
	struct tx_sent sent;
	uint16_t first, end;

	for (first = txq->clean; first != txq->open; first = end) {
		batch = &txq->batches[first];
		end = tx_wrap(txq, batch->last + 1);
		if (dualbuf_tx_desc_done(&txq->desc[batch->last]))
			continue;
		sent = tx_sent_between(txq, first, end);
		packets += sent.frames;
		bytes += sent.bytes;
	}
	tx_count(&txq->stats.unsent, packets);
	tx_count(&txq->stats.unsent_bytes, bytes);
}

void
TX_NAME(restart)(struct dualbuf_txq *txq)
{
	uint16_t pos;

	tx_count_unsent(txq);
	for (pos = txq->clean; pos != txq->next; pos = tx_wrap(txq, pos + 1))
		tx_free_segments(&txq->mbufs[pos], 1, true);
	txq->next = 0;
	txq->open = 0;
	txq->clean = 0;
	txq->nb_free = txq->nb_desc - 1;
	memset(txq->contexts, 0, sizeof(txq->contexts));
	txq->context_used = 0;
}

/* What the path does by context descriptors, and all that it does. */
#define TX_OFFLOADS_BY_CONTEXT \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM | \
			RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO | \
			(DUALBUF_TXC_HAS_SCTP ? RTE_ETH_TX_OFFLOAD_SCTP_CKSUM : 0) | \
			(DUALBUF_TXC_HAS_TAG ? RTE_ETH_TX_OFFLOAD_VLAN_INSERT : 0))
#define TX_OFFLOADS \
	(TX_OFFLOADS_BY_CONTEXT | RTE_ETH_TX_OFFLOAD_MULTI_SEGS | \
			RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE | RTE_ETH_TX_OFFLOAD_VLAN_INSERT)

/* All of a format. */
#define TX_FORMAT(format) \
	const struct dualbuf_tx_format format = { \
		.id = DUALBUF_DESC_ID, \
		.offloads = TX_OFFLOADS, \
		.context_offloads = TX_OFFLOADS_BY_CONTEXT, \
		.burst = TX_NAME(burst), \
		.prepare = TX_NAME(prepare), \
		.done_cleanup = TX_NAME(done_cleanup), \
		.descriptor_status = TX_NAME(descriptor_status), \
		.queue_count = TX_NAME(queue_count), \
		.restart = TX_NAME(restart), \
	}

#endif /* _DUALBUF_TX_INSTANCE_H_ */
