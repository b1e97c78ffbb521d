/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_BURST_H_
#define _XDP_BURST_H_

#include "xdp.h"

/* The burst functions: the driver's, with the steps to and from the kernel's rings around them. */
uint16_t xdp_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t xdp_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/* Those of a secondary process, which has no sockets: nothing comes, and nothing is taken. */
uint16_t xdp_no_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/* Check packets, as the driver's own function does, and refuse what the kernel does not do for AF_XDP. */
uint16_t xdp_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/* Have the kernel go on, and look what it is done with. Of the thread that sends. */
void xdp_tx_queue_go_on(struct dualbuf_txq *txq);

/* One step to and from the kernel. Returns whether it took the frames, or may yet take them. */
bool xdp_tx_go_on(struct xdp_txq *queue);

#endif /* _XDP_BURST_H_ */
