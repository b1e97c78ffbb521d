/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_FORMATS_H_
#define _DUALBUF_RX_FORMATS_H_

/*
 * The functions of all descriptor formats, as this process has them: a queue is in memory that processes share,
 * and names them.
 */

#include "dualbuf_rx_format.h"
#include "dualbuf_rxq.h"

/* The functions of a queue's format. */
const struct dualbuf_rx_format *dualbuf_rx_format_of(const struct dualbuf_rxq *rxq);

/* Begin at descriptor 0, with half a packet forgotten. The device is stopped. */
void dualbuf_rxq_restart(struct dualbuf_rxq *rxq);

/* Receive with the instance that the queue names: for queues of one port that differ, and other processes. */
uint16_t dualbuf_rx_burst_by_queue(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/*
 * The burst function of a port with these queues, of which each has its own: that one if they all have the
 * same, else one that calls the queue's.
 */
eth_rx_burst_t dualbuf_rx_burst_for(void *const *rx_queues, uint16_t nb_queues);

#endif /* _DUALBUF_RX_FORMATS_H_ */
