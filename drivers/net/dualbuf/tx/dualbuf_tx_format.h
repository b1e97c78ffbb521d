/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_FORMAT_H_
#define _DUALBUF_TX_FORMAT_H_

/* A descriptor format's functions: the transmit path, and those that look at a ring or empty it. */

#include <ethdev_driver.h>

#include "dualbuf_desc.h"

struct dualbuf_txq;

/* queue: a struct dualbuf_txq of the format. */
struct dualbuf_tx_format {
	enum dualbuf_desc_id id;

	/* What the path does, RTE_ETH_TX_OFFLOAD_*; and that of it for which it writes context descriptors. */
	uint64_t offloads;
	uint64_t context_offloads;

	/*
	 * Send up to nb_pkts packets; the tx_pkt_burst of every device. Returns how many were taken: those
	 * are the driver's, and are freed when the device has read them. A packet of more segments than the
	 * ring has room for is taken, freed and counted as an error. Packets that ask for checksums or to be
	 * segmented have passed prepare; their bytes are only read.
	 */
	eth_tx_burst_t burst;

	/*
	 * Check packets before they are sent, and put into those that ask for checksums what the device begins
	 * with: their headers are written to. Returns how many from the first on are good; rte_errno is EINVAL
	 * for a packet that cannot be sent or whose lengths the device cannot use, ENOTSUP for one that asks
	 * for an offload we lack, or whose headers are not all in its first segment.
	 */
	eth_tx_prep_t prepare;

	/* Free what the device has read, at most nb_pkts packets (0: all). Returns how many. */
	int (*done_cleanup)(void *queue, uint32_t nb_pkts);

	/* RTE_ETH_TX_DESC_* of the descriptor that is offset further than the next to be filled. */
	eth_tx_descriptor_status_t descriptor_status;

	/* How many descriptors were filled and not reported as read. Of the thread that sends. */
	int (*queue_count)(void *queue);

	/*
	 * Begin at descriptor 0 with an empty ring; frees whatever was still in it, and counts what the device
	 * has not read as unsent. The device is stopped.
	 */
	void (*restart)(struct dualbuf_txq *txq);
};

/* The same functions by name, for who knows the format of its queues: dualbuf_tx_ext_burst(). */
#define DUALBUF_TX_FUNCTIONS(format) \
	uint16_t dualbuf_tx_##format##_burst( \
			void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts); \
	uint16_t dualbuf_tx_##format##_prepare( \
			void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts); \
	int dualbuf_tx_##format##_done_cleanup(void *queue, uint32_t nb_pkts); \
	int dualbuf_tx_##format##_descriptor_status(void *queue, uint16_t offset); \
	int dualbuf_tx_##format##_queue_count(void *queue); \
	void dualbuf_tx_##format##_restart(struct dualbuf_txq *txq)

/* The extended format of the 82574L, dualbuf_desc_ext.h. */
extern const struct dualbuf_tx_format dualbuf_tx_ext;
DUALBUF_TX_FUNCTIONS(ext);

/* The advanced format of the 82576, I350, I210 and I211, dualbuf_desc_adv.h. */
extern const struct dualbuf_tx_format dualbuf_tx_adv;
DUALBUF_TX_FUNCTIONS(adv);

#endif /* _DUALBUF_TX_FORMAT_H_ */
