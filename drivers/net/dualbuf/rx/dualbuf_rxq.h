/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RXQ_H_
#define _DUALBUF_RXQ_H_

#include <rte_ethdev.h>
#include <rte_io.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "dualbuf_rx_path.h"
#include "dualbuf_desc.h"
#include "dualbuf_pool.h"

/* What a receive queue has counted. The receiver is the only writer; any thread may read. */
struct dualbuf_rx_stats {
	uint64_t packets;
	uint64_t bytes;
	uint64_t flips; /* descriptors whose alternate was armed */
	uint64_t copies; /* descriptors whose bytes went up in a temporary */
	uint64_t loans; /* descriptors whose last buffer went up: deferred copies, or no temporary */
	uint64_t nombuf; /* temporaries that were wanted for a copy, and that there were none of */
	uint64_t errors; /* packets dropped because the write-back made no sense or reports damage */
	uint64_t missed; /* packets that never reached a descriptor; counted by the device */
};

/* A receive queue. One thread at a time may receive from it. */
struct dualbuf_rxq {
	/* What every burst uses */
	volatile union dualbuf_rx_desc *desc;
	volatile uint32_t *tail_reg; /* doorbell; the device's register, or plain memory */
	struct dualbuf_ring *ring;
	struct dualbuf_pool *pool;
	uint64_t rearm; /* data_off, refcnt, nb_segs and port of a fresh mbuf */
	uint32_t buf_size; /* bytes that the device may write to one buffer; buf_room at the most */
	bool dropping; /* the rest of a packet that had to be dropped is still to come */
	struct rte_mbuf *first_seg; /* a packet whose last descriptor has not come yet */
	struct rte_mbuf *last_seg;
	uint64_t loan_flag; /* mbuf flag of a loan, with deferred copies */
	eth_rx_burst_t burst; /* the instance of the receive path that this queue uses */
	const uint64_t *timestamps; /* receive time by descriptor, ns; NULL: the device has none */
	void *device_queue; /* the device's side of this queue */

	struct dualbuf_rx_stats stats __rte_cache_aligned;
	struct dualbuf_rx_stats reset; /* stats at the last reset */

	/* Control path */
	const struct rte_memzone *mz;
	struct rte_mempool *mp; /* as the application gave it */
	uint32_t buf_room; /* the largest buffer size that this pool allows the device */
	uint64_t offloads;
	uint16_t port_id;
	uint16_t queue_id;
};

/*
 * The instance of the receive path for a port, its rx_pkt_burst: receives up to nb_pkts packets, each
 * of which is the caller's. Before it returns, every descriptor read is armed with another buffer
 * (claims 1 and 3); or waits, when its last one went up: on loan (deferred, claim 5), or for want of a
 * temporary to copy to. stamped: each packet gets its receive time in the standard dynamic field.
 */
eth_rx_burst_t dualbuf_rx_burst_of(enum dualbuf_burst burst, bool deferred, bool stamped);

/* Where the receive timestamp stands in an mbuf; registered at configure. 0 or a negative errno. */
int dualbuf_rx_timestamp_register(void);

/*
 * Begin at descriptor 0, forget half a packet, and arm the descriptors up to the first that waits for
 * a buffer. The device is stopped.
 */
void dualbuf_rx_restart(struct dualbuf_rxq *rxq);

/* Give back the segments of a packet that was never completed. The device is stopped. */
void dualbuf_rx_discard_partial(struct dualbuf_rxq *rxq);

/* Tell the device how far it may go. The descriptors are written before it learns of them. */
static inline void
dualbuf_rx_doorbell(const struct dualbuf_rxq *rxq)
{
	rte_io_wmb();
	__atomic_store_n(rxq->tail_reg, rte_cpu_to_le_32(dualbuf_ring_tail(rxq->ring)),
			__ATOMIC_RELEASE);
}

/* RTE_ETH_RX_DESC_* of the descriptor that is offset further than the next to be read. */
int dualbuf_rx_descriptor_status(void *queue, uint16_t offset);

/* How many descriptors the device has filled that are not read yet. */
uint32_t dualbuf_rx_queue_count(void *queue);

/*
 * The burst function of a port with these queues, of which each has its own: that one if they all have the
 * same, else one that calls the queue's.
 */
eth_rx_burst_t dualbuf_rx_burst_for(void *const *rx_queues, uint16_t nb_queues);

/*
 * Packet types that the receive path sets on every packet to which they apply, when the device hashes
 * these headers (RTE_ETH_RSS_*): it says nothing of those that it does not hash. Ends in
 * RTE_PTYPE_UNKNOWN.
 */
const uint32_t *dualbuf_rx_ptypes(uint64_t rss_types);

#endif /* _DUALBUF_RXQ_H_ */
