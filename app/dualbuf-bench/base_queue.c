/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_io.h>
#include <rte_mempool.h>
#include <rte_vect.h>

#include "base_queue.h"

/*
 * No batch to be had. When the receive point may come to bare descriptors, whose old write-backs
 * say that they are done, they are made to say otherwise; a step may fill in their mbufs.
 */
static void
base_starve(struct base_queue *queue)
{
	uint32_t i;

	queue->nombuf++;
	if (queue->nb_bare + BASE_BATCH + BASE_PADDING < queue->nb_desc)
		return;
	for (i = 0; i < BASE_PADDING; i++) {
		queue->mbufs[queue->bare + i] = &queue->nobody;
		dualbuf_rx_desc_arm(&queue->desc[queue->bare + i], 0);
	}
}

/*
 * Arm a batch of bare descriptors with mbufs that come from the pool in one piece. Their addresses
 * are the first thing read of them, and the next burst writes to them.
 */
void
base_refill(struct base_queue *queue)
{
	const __m128i headroom = _mm_set_epi64x(0, RTE_PKTMBUF_HEADROOM);
	struct rte_mbuf **mbufs = &queue->mbufs[queue->bare];
	__m128i *desc = (__m128i *)(uintptr_t)&queue->desc[queue->bare];
	uint32_t i;

	if (unlikely(rte_mempool_get_bulk(queue->pool, (void **)mbufs, BASE_BATCH) != 0)) {
		base_starve(queue);
		return;
	}
	for (i = 0; i < BASE_BATCH; i++) {
		/* buf_addr and buf_iova; the second is what the device is told, DD is cleared */
		__m128i both = _mm_load_si128((const __m128i *)&mbufs[i]->buf_addr);

		_mm_store_si128(&desc[i], _mm_add_epi64(_mm_srli_si128(both, 8), headroom));
	}
	queue->bare = (queue->bare + BASE_BATCH) & (queue->nb_desc - 1);
	queue->nb_bare -= BASE_BATCH;
	base_doorbell(queue, queue->bare);
}

/* Add a segment to the packet that is being put together; returns it when this was the last. */
static struct rte_mbuf *
base_chain(struct base_queue *queue, struct rte_mbuf *m, bool last)
{
	struct rte_mbuf *first = queue->first_seg;

	if (first == NULL) {
		first = m;
	} else {
		first->pkt_len += m->data_len;
		first->nb_segs++;
		queue->last_seg->next = m;
		/* what the write-back of the last descriptor says holds for the packet */
		first->ol_flags = m->ol_flags;
		first->packet_type = m->packet_type;
		first->vlan_tci = m->vlan_tci;
		first->hash = m->hash;
	}
	queue->first_seg = last ? NULL : first;
	queue->last_seg = m;
	return last ? first : NULL;
}

/* A damaged frame is dropped whole. */
static void
base_drop(struct base_queue *queue, struct rte_mbuf *m, bool last)
{
	rte_pktmbuf_free(queue->first_seg);
	rte_pktmbuf_free(m);
	queue->first_seg = NULL;
	queue->dropping = !last;
}

uint16_t
base_assemble(struct base_queue *queue, struct rte_mbuf **pkts, const uint32_t *status, uint16_t nb)
{
	uint16_t i, nb_pkts = 0;
	struct rte_mbuf *m;
	bool last;

	for (i = 0; i < nb; i++) {
		last = (status[i] & DUALBUF_RXD_EOP) != 0;
		if (queue->dropping || (status[i] & DUALBUF_RXD_FRAME_ERRORS) != 0) {
			base_drop(queue, pkts[i], last);
			continue;
		}
		m = base_chain(queue, pkts[i], last);
		if (m != NULL)
			pkts[nb_pkts++] = m;
	}
	return nb_pkts;
}
