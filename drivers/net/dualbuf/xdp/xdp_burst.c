/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <sys/socket.h>

#include <rte_errno.h>

#include "dualbuf_rx_formats.h"
#include "dualbuf_tx_formats.h"
#include "xdp_burst.h"

/* The driver of an interface that found no buffer waits until it is told of new ones. */
static inline void
rx_wake(const struct xdp_rxq *queue)
{
	if (unlikely(xsk_ring_prod__needs_wakeup(queue->rx.fill)))
		recvfrom(xsk_socket__fd(queue->sock->xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

/* The alternates are on the fill ring before packets go up (claim 1). */
uint16_t
xdp_rx_burst(void *rx_queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_rxq *rxq = rx_queue;
	struct xdp_rxq *queue = rxq->device_queue;
	uint16_t n;

	xdp_rx_step(&queue->rx, nb_pkts);
	n = dualbuf_rx_burst_by_queue(rxq, pkts, nb_pkts);
	xdp_rx_post(&queue->rx);
	rx_wake(queue);
	return n;
}

/*
 * Each call sends a number of frames at the most, and says so when there are more. With copies a call ends also
 * at a frame that was dropped. Returns whether the kernel took what it could.
 */
static bool
tx_wake(struct xdp_txq *queue)
{
	int fd = xsk_socket__fd(queue->sock->xsk);
	uint32_t before, left = xdp_tx_untaken(&queue->tx);

	if (!xdp_tx_needs_wakeup(&queue->tx))
		return true;
	do {
		if (sendto(fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
			return true;
		if (errno == EBUSY && !queue->sock->zero_copy)
			xdp_tx_count_dropped(&queue->tx);
		else if (errno != EAGAIN)
			return errno == EBUSY || errno == ENOBUFS;
		before = left;
		left = xdp_tx_untaken(&queue->tx);
	} while (left > 0 && left < before);
	return true;
}

bool
xdp_tx_go_on(struct xdp_txq *queue)
{
	bool goes_on;

	if (unlikely(__atomic_load_n(&queue->unplugged, __ATOMIC_RELAXED))) {
		xdp_tx_discard(&queue->tx);
		return true;
	}
	xdp_tx_complete(&queue->tx);
	xdp_tx_submit(&queue->tx);
	goes_on = tx_wake(queue);
	xdp_tx_complete(&queue->tx);
	return goes_on;
}

/* With copies the kernel is done with frames when it has been woken: what was sent is freed at once. */
uint16_t
xdp_tx_burst(void *tx_queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_txq *txq = tx_queue;
	struct xdp_txq *queue = txq->device_queue;
	uint16_t total = 0, n;

	do {
		n = dualbuf_tx_ext_burst(txq, pkts + total, nb_pkts - total);
		xdp_tx_go_on(queue);
		dualbuf_tx_ext_done_cleanup(txq, 0);
		total += n;
	} while (n > 0 && total < nb_pkts);
	return total;
}

void
xdp_tx_queue_go_on(struct dualbuf_txq *txq)
{
	struct xdp_txq *queue = txq->device_queue;

	if (queue->started)
		xdp_tx_go_on(queue);
}

uint16_t
xdp_no_burst(void *queue __rte_unused, struct rte_mbuf **pkts __rte_unused,
		uint16_t nb_pkts __rte_unused)
{
	return 0;
}

uint16_t
xdp_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const uint64_t requests = RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM |
			RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG;
	uint16_t n = dualbuf_tx_ext_prepare(queue, pkts, nb_pkts), i;

	for (i = 0; i < n; i++) {
		if (!(pkts[i]->ol_flags & requests))
			continue;
		rte_errno = ENOTSUP;
		return i;
	}
	return n;
}
