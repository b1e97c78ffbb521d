/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TXQ_H_
#define _DUALBUF_TXQ_H_

#include <stdbool.h>

#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "dualbuf_desc.h"

struct dualbuf_tx_desc;
struct dualbuf_tx_format;

/* How many packets a report (RS) covers at the most. */
#define DUALBUF_TX_RS_THRESH 32

/*
 * How many descriptors, or a quarter of the ring if that is less, may hold mbufs before a burst
 * looks for those that are done. Few: what lies in a transmit ring is not home, and a receive ring
 * that finds no alternate home has to copy.
 */
#define DUALBUF_TX_MAX_PENDING 32

/* Counts of a transmit queue. The sender is the only writer; any thread may read. */
struct dualbuf_tx_stats {
	uint64_t packets; /* handed to the device; frames on the wire, where it segments them */
	uint64_t bytes; /* with the tags and headers that the device inserts */
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

/* A transmit queue. One thread at a time may send on it, of whichever process: see struct dualbuf_rxq. */
struct dualbuf_txq {
	/* Used by every burst */
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
	/* The contexts that the device has been told, without their numbers; 0: none in this ring's life. */
	uint64_t contexts[DUALBUF_TX_CONTEXTS][2];
	uint32_t max_packet; /* bytes of the longest that prepare lets pass; may change at any time */
	uint8_t format; /* enum dualbuf_desc_id; each process has its functions elsewhere */
	uint8_t context_used; /* number of the context that was used last */
	void *device_queue; /* the device's side of this queue */

	struct dualbuf_tx_stats stats __rte_cache_aligned;

	/* Control path */
	const struct rte_memzone *mz;
	uint64_t offloads;
	bool deferred_start; /* it does not start with the port */
	uint16_t port_id;
	uint16_t queue_id;
};

/* All that a transmit queue is made from. */
struct dualbuf_txq_conf {
	const struct dualbuf_tx_format *format; /* of its descriptors */
	void *desc; /* memory of nb_desc descriptors */
	const struct rte_memzone *mz; /* that memory, if it is to go with the queue; or NULL */
	size_t mbuf_addr_offset; /* of the field of an mbuf that holds the device's address of it */
	uint64_t offloads; /* RTE_ETH_TX_OFFLOAD_* */
	uint16_t nb_desc;
	uint16_t rs_thresh; /* 0: the default */
	uint16_t free_thresh; /* 0: the default */
	bool deferred_start; /* it is not to start with the port */
	uint16_t port_id;
	uint16_t queue_id;
	int socket_id;
};

/*
 * Make a transmit queue, at the beginning of its ring. Control path. Returns 0 and the queue; -ENOMEM, with
 * the memory zone still the caller's.
 */
int dualbuf_txq_make(const struct dualbuf_txq_conf *conf, struct dualbuf_txq **txq);

/* Free a queue whose ring is empty: dualbuf_txq_restart(). The device knows nothing of it any more. */
void dualbuf_txq_free(struct dualbuf_txq *txq);

/*
 * Preparing refuses packets of more bytes on the wire from now on; UINT32_MAX for no limit. Control path, also
 * while the queue sends.
 */
void dualbuf_txq_limit(struct dualbuf_txq *txq, uint32_t max_packet);

/* Have an empty ring take no packet, as if it were full, until it is restarted. */
void dualbuf_txq_shut(struct dualbuf_txq *txq);

/* How many descriptors of a queue that was not shut hold mbufs, as of about now. Any thread. */
uint16_t dualbuf_txq_used(const struct dualbuf_txq *txq);

#endif /* _DUALBUF_TXQ_H_ */
