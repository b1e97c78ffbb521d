/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_BURST_H_
#define _DUALBUF_TX_BURST_H_

/* The transmit path, to be instantiated for a descriptor format. */

#include <rte_ethdev.h>
#include <rte_io.h>

#include "dualbuf_tx_format.h"
#include "dualbuf_tx_free.h"
#include "dualbuf_tx_offload.h"
#include "dualbuf_txq.h"

/* The names of what is instantiated: TX_NAME(burst) is dualbuf_tx_ext_burst for the format ext. */
#define TX_PASTE(format, name) dualbuf_tx_##format##_##name
#define TX_EXPAND(format, name) TX_PASTE(format, name)
#define TX_NAME(name) TX_EXPAND(DUALBUF_DESC_FORMAT, name)

static inline uint16_t
tx_wrap(const struct dualbuf_txq *txq, uint32_t pos)
{
	return pos >= txq->nb_desc ? pos - txq->nb_desc : pos;
}

static void
tx_free_run(const struct dualbuf_txq *txq, uint16_t first, uint16_t n,
		const struct dualbuf_tx_batch *batch)
{
	if (n == 0)
		return;
	if (batch->mixed)
		tx_free_segments(&txq->mbufs[first], n, true);
	else if (txq->fast_free)
		tx_fast_free_segments(&txq->mbufs[first], n, batch->chained);
	else
		tx_free_segments(&txq->mbufs[first], n, false);
}

/* Free the oldest batch if the device has read it. Returns its packets, 0 if there is none. */
static uint16_t
tx_clean_batch(struct dualbuf_txq *txq)
{
	const struct dualbuf_tx_batch *batch = &txq->batches[txq->clean];
	uint16_t first = txq->clean, end, n;

	if (first == txq->open || !dualbuf_tx_desc_done(&txq->desc[batch->last]))
		return 0;
	end = batch->last + 1;
	if (end > first) {
		n = end - first;
		tx_free_run(txq, first, n, batch);
	} else {
		n = txq->nb_desc - first + end;
		tx_free_run(txq, first, txq->nb_desc - first, batch);
		tx_free_run(txq, 0, end, batch);
	}
	txq->nb_free += n;
	txq->clean = tx_wrap(txq, end);
	return batch->packets;
}

/* Free batches until so many descriptors are free, or no more are done. */
static void
tx_clean(struct dualbuf_txq *txq, uint16_t wanted)
{
	while (txq->nb_free < wanted && tx_clean_batch(txq) != 0)
		;
}

/* End the batch that is being filled: its last descriptor asks for a report. */
static inline void
tx_close_batch(struct dualbuf_txq *txq)
{
	struct dualbuf_tx_batch *batch = &txq->batches[txq->open];
	uint16_t last = txq->next == 0 ? txq->nb_desc - 1 : txq->next - 1;

	txq->desc[last].cmd_len |= rte_cpu_to_le_32(DUALBUF_TXD_RS);
	batch->last = last;
	txq->open = txq->next;
}

/* Write the descriptor of one segment: two stores. order: as dualbuf_tx_order_of(), with EOP if it is the last. */
static inline void
tx_fill(struct dualbuf_txq *txq, uint16_t pos, struct rte_mbuf *m, uint64_t order)
{
	uint64_t addr = *(uint64_t *)RTE_PTR_ADD(m, txq->mbuf_addr_offset) + m->data_off;

	txq->desc[pos].halves[0] = rte_cpu_to_le_64(addr);
	txq->desc[pos].halves[1] = rte_cpu_to_le_64(order | m->data_len);
	txq->mbufs[pos] = m;
}

/* The batch that is being filled; a new one if the last was closed. */
static inline struct dualbuf_tx_batch *
tx_open_batch(struct dualbuf_txq *txq, const struct rte_mbuf *pkt)
{
	struct dualbuf_tx_batch *batch = &txq->batches[txq->open];

	if (txq->next == txq->open)
		*batch = (struct dualbuf_tx_batch){ .pool = pkt->pool };
	return batch;
}

/* Tell the device what the packets behind ask for. */
static void
tx_fill_context(struct dualbuf_txq *txq, const struct dualbuf_tx_context *context, uint8_t slot)
{
	txq->desc[txq->next].halves[0] = context->halves[0];
	txq->desc[txq->next].halves[1] =
			context->halves[1] | rte_cpu_to_le_64(dualbuf_tx_context_slot(slot));
	txq->contexts[slot][0] = context->halves[0];
	txq->contexts[slot][1] = context->halves[1];
	txq->mbufs[txq->next] = NULL;
	txq->next = tx_wrap(txq, txq->next + 1);
}

/* Write the descriptors of a packet that has several segments or asks for something; there are enough. */
static void
tx_map_packet(struct dualbuf_txq *txq, struct rte_mbuf *pkt, const struct tx_plan *plan,
		struct tx_sent *sent)
{
	struct dualbuf_tx_batch *batch = tx_open_batch(txq, pkt);
	uint64_t order = plan->order;
	struct rte_mbuf *m, *next;

	tx_count_frames(pkt, sent);
	batch->chained |= pkt->nb_segs > 1;
	batch->mixed |= plan->has_context;
	if (plan->has_context)
		tx_fill_context(txq, &plan->context, plan->slot);
	if (DUALBUF_TXC_SLOTS > 1)
		txq->context_used = plan->slot;
	for (m = pkt; m != NULL; m = next) {
		next = m->next;
		if (next == NULL)
			order |= DUALBUF_TXD_EOP;
		batch->mixed |= m->pool != batch->pool;
		sent->bytes += m->data_len;
		tx_fill(txq, txq->next, m, order);
		txq->next = tx_wrap(txq, txq->next + 1);
	}
	batch->packets++;
	txq->nb_free -= plan->nb_desc;
}

/*
 * Write the descriptors of packets of one segment each that ask for nothing that a context tells: as many as
 * come first, fit into the ring and into the batch. Returns how many.
 */
static inline uint16_t
tx_map_singles(struct dualbuf_txq *txq, struct rte_mbuf **pkts, uint16_t nb_pkts,
		struct tx_sent *sent)
{
	const uint32_t plain = DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS |
			DUALBUF_TXD_EOP;
	struct dualbuf_tx_batch *batch = tx_open_batch(txq, pkts[0]);
	uint16_t most = RTE_MIN(txq->nb_free, txq->rs_thresh - batch->packets);
	uint16_t pos = txq->next, n;
	bool mixed = batch->mixed;
	uint32_t bytes = 0;

	for (n = 0; n < RTE_MIN(nb_pkts, most) && likely(pkts[n]->nb_segs == 1); n++) {
		uint64_t order =
				dualbuf_tx_order_of(plain, 0, pkts[n]->vlan_tci, pkts[n]->data_len);

		if (unlikely(pkts[n]->ol_flags & TX_REQUESTS)) {
			if (pkts[n]->ol_flags & TX_REQUESTS_OF_CONTEXT)
				break;
			order |= DUALBUF_TXD_VLE;
			bytes += RTE_VLAN_HLEN;
		}
		tx_fill(txq, pos, pkts[n], order);
		mixed |= pkts[n]->pool != batch->pool;
		bytes += pkts[n]->data_len;
		pos = tx_wrap(txq, pos + 1);
	}
	batch->mixed = mixed;
	batch->packets += n;
	sent->frames += n;
	sent->bytes += bytes;
	txq->nb_free -= n;
	txq->next = pos;
	return n;
}

/* Another thread may read a counter at any time. */
static inline void
tx_count(uint64_t *counter, uint32_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* The descriptors, and the packets they name, are written before the device learns of them. */
static inline void
tx_doorbell(const struct dualbuf_txq *txq)
{
	rte_io_wmb();
	__atomic_store_n(txq->tail_reg, rte_cpu_to_le_32(txq->next), __ATOMIC_RELEASE);
}

/*
 * Make room for a packet of so many descriptors. Returns false when it has to wait; *too_long when no ring
 * of this length has room for it.
 */
static bool
tx_has_room(struct dualbuf_txq *txq, uint32_t nb_desc, bool *too_long)
{
	*too_long = nb_desc >= txq->nb_desc;
	if (nb_desc > txq->nb_free && !*too_long)
		tx_clean(txq, nb_desc);
	return nb_desc <= txq->nb_free;
}

/* Take one packet of any kind; the ring's last resort is to drop it. Returns false when it has to wait. */
static bool
tx_take_packet(struct dualbuf_txq *txq, struct rte_mbuf *pkt, struct tx_sent *sent)
{
	const struct tx_plan plan = tx_plan_of(pkt, txq);
	bool too_long;

	if (tx_has_room(txq, plan.nb_desc, &too_long)) {
		tx_map_packet(txq, pkt, &plan, sent);
		return true;
	}
	if (!too_long)
		return false;
	rte_pktmbuf_free(pkt);
	tx_count(&txq->stats.errors, 1);
	return true;
}

uint16_t
TX_NAME(burst)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_txq *txq = queue;
	uint16_t start = txq->next;
	struct tx_sent sent = { 0 };
	uint16_t i = 0, n;

	if (txq->nb_free < txq->free_thresh)
		tx_clean(txq, txq->nb_desc - 1);
	while (i < nb_pkts) {
		n = tx_map_singles(txq, &pkts[i], nb_pkts - i, &sent);
		if (unlikely(n == 0)) {
			if (!tx_take_packet(txq, pkts[i], &sent))
				break;
			n = 1;
		}
		i += n;
		if (txq->batches[txq->open].packets >= txq->rs_thresh)
			tx_close_batch(txq);
	}
	if (txq->next != txq->open)
		tx_close_batch(txq);
	if (txq->next != start)
		tx_doorbell(txq);
	tx_count(&txq->stats.packets, sent.frames);
	tx_count(&txq->stats.bytes, sent.bytes);
	return i;
}

#endif /* _DUALBUF_TX_BURST_H_ */
