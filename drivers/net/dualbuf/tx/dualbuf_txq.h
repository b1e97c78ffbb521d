/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TXQ_H_
#define _DUALBUF_TXQ_H_

#include <stdbool.h>

#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "dualbuf_desc.h"

/* How many packets a report (RS) covers at the most. */
#define DUALBUF_TX_RS_THRESH 32

/*
 * How many descriptors, or a quarter of the ring if that is less, may hold mbufs before a burst
 * looks for those that are done. Few: what lies in a transmit ring is not home, and a receive ring
 * that finds no alternate home has to copy.
 */
#define DUALBUF_TX_MAX_PENDING 32

/* What a transmit queue has counted. The sender is the only writer; any thread may read. */
struct dualbuf_tx_stats {
	uint64_t packets; /* handed to the device */
	uint64_t bytes; /* with the VLAN tags that the device inserts */
	uint64_t errors; /* dropped here, since no ring of this length can hold them */
	uint64_t unsent; /* of the packets: still in the ring when the device was stopped */
	uint64_t unsent_bytes;
};

/*
 * Descriptors are reported and freed in batches: the last descriptor of a batch carries RS, so
 * that the device writes one completion for all of it.
 */
struct dualbuf_tx_batch {
	const struct rte_mempool *pool; /* of its first mbuf */
	uint16_t last; /* position of the descriptor that carries RS */
	uint16_t packets;
	bool chained; /* has packets of several segments */
	bool mixed; /* has mbufs of several pools, or descriptors without one */
};

/* A transmit queue. One thread at a time may send on it. */
struct dualbuf_txq {
	/* What every burst uses */
	volatile struct dualbuf_tx_desc *desc;
	volatile uint32_t *tail_reg; /* doorbell; the device's register, or plain memory */
	struct rte_mbuf **mbufs; /* the segment behind each descriptor; NULL: it names none */
	struct dualbuf_tx_batch *batches; /* by the position of a batch's first descriptor */
	size_t mbuf_addr_offset; /* of the field of an mbuf that holds the device's address of it */
	uint16_t nb_desc;
	uint16_t nb_free;
	uint16_t next; /* descriptor to be filled next */
	uint16_t open; /* first descriptor of the batch that is being filled */
	uint16_t clean; /* first descriptor of the oldest batch that is not freed */
	uint16_t free_thresh;
	uint16_t rs_thresh;
	bool fast_free;
	void *device_queue; /* the device's side of this queue */

	struct dualbuf_tx_stats stats __rte_cache_aligned;
	struct dualbuf_tx_stats reset; /* stats at the last reset */

	/* Control path */
	const struct rte_memzone *mz;
	uint64_t offloads;
	uint16_t port_id;
	uint16_t queue_id;
};

/*
 * Send up to nb_pkts packets; the tx_pkt_burst of every device. Returns how many were taken: those
 * are the driver's, and are freed when the device has read them. A packet of more segments than the
 * ring has room for is taken, freed and counted as an error.
 */
uint16_t dualbuf_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/*
 * Check packets before they are sent. Returns how many from the first on are good; rte_errno is
 * EINVAL for a packet that cannot be sent, ENOTSUP for one that asks for an offload we lack.
 */
uint16_t dualbuf_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/* Free what the device has read, at most nb_pkts packets (0: all). Returns how many. */
int dualbuf_tx_done_cleanup(void *queue, uint32_t nb_pkts);

/* RTE_ETH_TX_DESC_* of the descriptor that is offset further than the next to be filled. */
int dualbuf_tx_descriptor_status(void *queue, uint16_t offset);

/*
 * Begin at descriptor 0 with an empty ring; frees whatever was still in it, and counts what the device has
 * not read as unsent. The device is stopped.
 */
void dualbuf_tx_restart(struct dualbuf_txq *txq);

#endif /* _DUALBUF_TXQ_H_ */
