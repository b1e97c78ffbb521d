/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RXQ_H_
#define _DUALBUF_RXQ_H_

#include <ethdev_driver.h>
#include <rte_io.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "dualbuf_rx_path.h"
#include "dualbuf_desc.h"
#include "dualbuf_pool.h"

union dualbuf_rx_desc;
struct dualbuf_rx_format;

/* Counts of a receive queue. The receiver is the only writer; any thread may read. */
struct dualbuf_rx_stats {
	uint64_t packets;
	uint64_t bytes;
	uint64_t flips; /* descriptors whose alternate was armed */
	uint64_t copies; /* descriptors whose bytes went up in a temporary */
	uint64_t loans; /* descriptors whose last buffer went up: deferred copies, or no temporary */
	uint64_t nombuf; /* temporaries that were wanted for a copy, and that there were none of */
	uint64_t errors; /* packets dropped because the write-back made no sense or reports damage */
	uint64_t too_long; /* of the errors: longer than the MTU asks for */
};

/*
 * A receive queue. One thread at a time may receive from it, of whichever process: this is memory that they
 * share, at the same addresses. Functions are not there: they are named, and each process has its own.
 */
struct dualbuf_rxq {
	/* Used by every burst */
	volatile union dualbuf_rx_desc *desc;
	volatile uint32_t *tail_reg; /* doorbell; the device's register, or plain memory */
	struct dualbuf_ring *ring;
	struct dualbuf_pool *pool;
	uint64_t rearm; /* data_off, refcnt, nb_segs and port of a fresh mbuf */
	uint32_t max_len; /* bytes that one write-back may have; may change at any time */
	uint32_t max_packet; /* bytes of the longest packet; the same */
	uint32_t crc_len; /* bytes of each packet that statistics leave out */
	bool tags_swapped; /* the device swaps bytes of tags of packets from itself; it sets this at attach */
	bool dropping; /* the rest of a packet that had to be dropped is still to come */
	struct rte_mbuf *first_seg; /* a packet whose last descriptor has not come yet */
	struct rte_mbuf *last_seg;
	uint64_t loan_flag; /* mbuf flag of a loan, with deferred copies */
	uint8_t format; /* enum dualbuf_desc_id; with it and the next two each process finds the */
	uint8_t path; /* enum dualbuf_burst; instance of the receive path that this queue uses */
	uint8_t features; /* RX_*, of that instance; may change at any time */
	const uint64_t *timestamps; /* receive time by descriptor, ns; NULL: the device has none */
	const uint32_t *ptypes; /* packet type by descriptor; NULL: the device has none */
	void *device_queue; /* the device's side of this queue */

	struct dualbuf_rx_stats stats __rte_cache_aligned;

	/* Control path */
	const struct rte_memzone *mz;
	struct rte_mempool *mp; /* as the application gave it */
	uint32_t buf_size; /* bytes that the device may write to one buffer; buf_room at the most */
	uint32_t buf_room; /* the largest buffer size that this pool allows the device */
	uint64_t offloads;
	bool deferred_start; /* it does not start with the port */
	uint16_t port_id;
	uint16_t queue_id;
};

/* All that a receive queue is made from. */
struct dualbuf_rxq_conf {
	const struct dualbuf_rx_format *format; /* of its descriptors */
	enum dualbuf_burst burst; /* a path that is possible here; not DUALBUF_BURST_AUTO */
	void *desc; /* memory of request.nb_desc descriptors */
	const struct rte_memzone *mz; /* that memory, if it is to go with the queue; or NULL */
	struct dualbuf_pool_request request;
	uint32_t buf_size; /* the largest buffer size that this pool allows the device */
	uint64_t offloads; /* RTE_ETH_RX_OFFLOAD_* */
	uint64_t loan_flag; /* 0: copies are inline */
	bool deferred_start; /* it is not to start with the port */
	uint16_t port_id;
	uint16_t queue_id;
};

/*
 * Make a receive queue, with buffers bound to its descriptors, and at the beginning of its ring. Control
 * path. Returns 0 and the queue; a negative errno with a line in the log where dualbuf_pool_bind() says
 * so, and with the memory zone still the caller's.
 */
int dualbuf_rxq_make(const struct dualbuf_rxq_conf *conf, struct dualbuf_rxq **rxq);

/* Free a queue; its buffers go to the application's pool. The device knows nothing of it any more. */
void dualbuf_rxq_free(struct dualbuf_rxq *rxq);

/*
 * Packets of more bytes are dropped from now on, and counted as errors: UINT32_MAX for no limit but the
 * buffers and the ring. Control path, also while the queue receives.
 */
void dualbuf_rxq_limit(struct dualbuf_rxq *rxq, uint32_t max_packet);

/*
 * From now on packets have the types that the device gives, in ptypes; or those of their write-backs. Also
 * while somebody receives, who reads features anew each time.
 */
void dualbuf_rxq_set_ptypes(struct dualbuf_rxq *rxq, bool given);

/* Register the place of the receive time in mbufs. 0 or a negative errno. */
int dualbuf_rx_timestamp_register(void);

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

/* Where the receive time stands in an mbuf, and the flag that says so; once registered. */
extern int dualbuf_rx_timestamp_offset;
extern uint64_t dualbuf_rx_timestamp_flag;

#endif /* _DUALBUF_RXQ_H_ */
