/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_INSTANCE_H_
#define _DUALBUF_RX_INSTANCE_H_

/* For each descriptor format beside the paths: what begins a ring, and what looks at one. */

#include <errno.h>

#include "dualbuf_compat.h"
#include "dualbuf_rx_burst.h"

static void
rx_restart(struct dualbuf_rxq *rxq)
{
	uint32_t pos;

	dualbuf_rx_discard_partial(rxq);
	dualbuf_ring_restart(rxq->ring);
	for (pos = 0; pos < rxq->ring->nb_desc; pos++)
		if (rxq->ring->armed[pos] != DUALBUF_NO_SIDE)
			rx_arm(rxq, pos);
}

static int
rx_descriptor_status(void *queue, uint16_t offset)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct dualbuf_ring *ring = rxq->ring;
	struct dualbuf_cursor at;

	if (offset >= ring->nb_desc)
		return -EINVAL;
	if (offset >= dualbuf_ring_armed_count(ring))
		return RTE_ETH_RX_DESC_UNAVAIL;
	at = dualbuf_cursor_add(ring->next, offset, ring->nb_desc);
	if (dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_DD)
		return RTE_ETH_RX_DESC_DONE;
	/* The last armed descriptor is held back from the device: see dualbuf_ring_tail(). */
	if (offset + 1u == dualbuf_ring_armed_count(ring))
		return RTE_ETH_RX_DESC_UNAVAIL;
	return RTE_ETH_RX_DESC_AVAIL;
}

static dualbuf_rx_count_t
rx_queue_count(void *queue)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct dualbuf_ring *ring = rxq->ring;
	struct dualbuf_cursor at = ring->next;
	uint32_t n;

	for (n = 0; n < dualbuf_ring_armed_count(ring); n++) {
		if (!(dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_DD))
			break;
		at = dualbuf_cursor_add(at, 1, ring->nb_desc);
	}
	return n;
}

#if defined(DUALBUF_RX_VECTOR) && defined(RX_VECTORS)
#define RX_VECTOR_BURSTS [DUALBUF_BURST_SSE] = &RX_NAME(sse), [DUALBUF_BURST_AVX2] = &RX_NAME(avx2),
extern const struct dualbuf_rx_bursts RX_NAME(sse);
extern const struct dualbuf_rx_bursts RX_NAME(avx2);
#else
#define RX_VECTOR_BURSTS
#endif

#if defined(DUALBUF_RX_AVX512) && defined(RX_VECTORS)
#define RX_AVX512_BURSTS [DUALBUF_BURST_AVX512] = &RX_NAME(avx512),
extern const struct dualbuf_rx_bursts RX_NAME(avx512);
#else
#define RX_AVX512_BURSTS
#endif

/* All of a format, when its scalar path was instantiated, with its own ptypes(). */
#define RX_FORMAT(format) \
	const struct dualbuf_rx_format format = { \
		.id = DUALBUF_DESC_ID, \
		.bursts = { [DUALBUF_BURST_SCALAR] = &RX_NAME(scalar), \
				RX_VECTOR_BURSTS RX_AVX512_BURSTS }, \
		.restart = rx_restart, \
		.ptypes = rx_ptypes_announced, \
		.descriptor_status = rx_descriptor_status, \
		.queue_count = rx_queue_count, \
	}

#endif /* _DUALBUF_RX_INSTANCE_H_ */
