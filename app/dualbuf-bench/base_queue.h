/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BASE_QUEUE_H_
#define _BASE_QUEUE_H_

/*
 * The conventional receive path, which ours is measured against: every descriptor has one buffer,
 * and a new mbuf from the application's pool takes the place of each one that goes up.
 *
 *  - scalar: one rte_mbuf_raw_alloc() for each packet, as em and igb do.
 *  - sse, avx2, avx512: descriptors are read in vectors, and armed again in batches that come from
 *    the pool in one piece, as i40e and ixgbe do.
 *
 * All of them carry the whole write-back to the mbuf, put packets of several descriptors together,
 * and drop damaged frames, as ours does. They count no packets or bytes: the NICs of those drivers
 * do that.
 */

#include <stdbool.h>

#include <rte_io.h>
#include <rte_mbuf.h>

#include "dualbuf_desc_ext.h"

/* Descriptors that are armed again in one go, by the vector paths. */
#define BASE_BATCH 32

/*
 * The scalar path tells the device of armed descriptors when it has more than these, or than a
 * quarter of a ring.
 */
#define BASE_HOLD 32u

/* Descriptors and mbufs behind the end of a ring, never written back: a vector may reach there. */
#define BASE_PADDING 16

typedef uint16_t (*base_burst_t)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

struct base_queue {
	volatile union dualbuf_rx_desc *desc;
	volatile uint32_t *tail_reg;
	struct rte_mbuf **mbufs; /* what is armed, by descriptor */
	struct rte_mempool *pool;
	uint64_t rearm; /* data_off, refcnt, nb_segs and port of a fresh mbuf */
	base_burst_t burst;
	uint32_t nb_desc; /* a power of 2 */
	uint32_t next; /* the descriptor to be read next */
	uint32_t nb_bare; /* descriptors that are read and not armed; the device knows */
	uint32_t bare; /* the first of them; vector paths only */
	uint64_t nombuf; /* times that the pool was empty */
	bool dropping; /* the rest of a packet that had to be dropped is still to come */
	struct rte_mbuf *first_seg;
	struct rte_mbuf *last_seg;

	struct rte_mbuf nobody; /* stands where there is no mbuf */
};

uint16_t base_burst_scalar(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t base_burst_sse(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t base_burst_avx2(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t base_burst_avx512(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/*
 * Of nb mbufs, each with what its descriptor says, make packets: those of several descriptors are
 * chained, damaged ones freed. Returns how many packets pkts has then.
 */
uint16_t base_assemble(struct base_queue *queue, struct rte_mbuf **pkts, const uint32_t *status,
		uint16_t nb);

/* Arm a batch of descriptors that were read, if the pool has as many; for the vector paths. */
void base_refill(struct base_queue *queue);

static inline void
base_doorbell(const struct base_queue *queue, uint32_t armed_end)
{
	uint32_t tail = (armed_end == 0 ? queue->nb_desc : armed_end) - 1;

	rte_io_wmb();
	*queue->tail_reg = rte_cpu_to_le_32(tail);
}

#endif /* _BASE_QUEUE_H_ */
