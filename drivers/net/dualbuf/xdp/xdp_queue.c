/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool.h"
#include "xdp_burst.h"
#include "xdp_intr.h"
#include "xdp_queue.h"

/* How long the kernel has for what a queue has still to send when it stops. */
#define XDP_TX_DRAIN_MS 1000

/* The rings of a socket whose transmit queue is set up later. */
#define XDP_DEFAULT_TX_DESC 512

int
xdp_rx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct xdp_rxq *queue = rte_zmalloc("xdp_rxq", sizeof(*queue), RTE_CACHE_LINE_SIZE);

	if (queue == NULL)
		return -ENOMEM;
	queue->sock = &xdp_of(dev)->sockets[rxq->queue_id];
	queue->rx = (struct xdp_rx){
		.desc = rxq->desc,
		.nb_desc = rxq->ring->nb_desc,
		.buf_size = rxq->buf_size,
		.rxq = rxq,
		.ring = &queue->sock->rx,
		.fill = &queue->sock->shared.fill,
	};
	rxq->device_queue = queue;
	rxq->tail_reg = &queue->rx.tail;
	return 0;
}

void
xdp_rx_queue_detach(struct dualbuf_rxq *rxq)
{
	rte_free(rxq->device_queue);
	rxq->device_queue = NULL;
}

int
xdp_tx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct xdp_txq *queue = rte_zmalloc("xdp_txq", sizeof(*queue), RTE_CACHE_LINE_SIZE);

	if (queue == NULL)
		return -ENOMEM;
	txq->device_queue = queue;
	queue->sock = &xdp_of(dev)->sockets[txq->queue_id];
	queue->tx = (struct xdp_tx){
		.desc = txq->desc,
		.nb_desc = txq->nb_desc,
		.ring = &queue->sock->tx,
		.completions = &queue->sock->shared.completions,
		.states = rte_zmalloc("xdp_tx_states", txq->nb_desc, 0),
		.copies = rte_calloc("xdp_tx_copies", txq->nb_desc, sizeof(*queue->tx.copies), 0),
	};
	txq->tail_reg = &queue->tx.tail;
	if (queue->tx.states != NULL && queue->tx.copies != NULL)
		return 0;
	xdp_tx_queue_detach(txq);
	return -ENOMEM;
}

void
xdp_tx_queue_detach(struct dualbuf_txq *txq)
{
	struct xdp_txq *queue = txq->device_queue;

	if (queue == NULL)
		return;
	rte_free(queue->tx.states);
	rte_free(queue->tx.copies);
	rte_free(queue);
	txq->device_queue = NULL;
}

static uint32_t
iface_queue(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	return xdp_of(dev)->args.start_queue + queue_id;
}

static int
rx_open_socket(const struct rte_eth_dev *dev, const struct dualbuf_rxq *rxq)
{
	const struct dualbuf_txq *txq = dualbuf_port(dev)->txqs[rxq->queue_id];
	struct xdp_rxq *queue = rxq->device_queue;
	struct xdp_socket_conf conf = {
		.iface = xdp_of(dev)->args.iface,
		.queue = iface_queue(dev, rxq->queue_id),
		.zero_copy = xdp_of(dev)->args.zero_copy,
		.pool_name = rxq->pool->app->name,
		.nb_rx = rxq->ring->nb_desc,
		.nb_tx = txq == NULL ? XDP_DEFAULT_TX_DESC : txq->nb_desc,
	};
	int ret = xdp_umem_area(rxq->pool->app, rxq->buf_size, &conf.area);

	if (ret != 0)
		return ret;
	queue->rx.area = conf.area;
	return xdp_socket_open(queue->sock, &conf);
}

int
xdp_rx_queue_start(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct xdp_rxq *queue = rxq->device_queue;
	struct xdp *xdp = xdp_of(dev);
	int ret = rx_open_socket(dev, rxq);

	if (ret != 0)
		return ret;
	xdp_rx_begin(&queue->rx);
	xdp_rx_post(&queue->rx);
	if (!xdp->unplugged)
		ret = xdp_program_give(xdp->program, iface_queue(dev, rxq->queue_id),
				xsk_socket__fd(queue->sock->xsk));
	if (ret != 0)
		xdp_rx_queue_stop(dev, rxq);
	else
		xdp_intr_watch(dev, rxq->queue_id);
	return ret;
}

/* What has come by now, in the kernel's ring and in ours. */
static uint64_t
rx_untaken(const struct dualbuf_rxq *rxq)
{
	const struct xdp_rxq *queue = rxq->device_queue;
	const struct xsk_ring_cons *ring = &queue->sock->rx;
	/* the library's own count of them would be that of the last look */
	uint32_t nb = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - ring->cached_cons;
	struct dualbuf_cursor at;

	nb = RTE_MIN(nb, ring->size);
	for (at = rxq->ring->next; at.count != queue->rx.head.count;
			at = dualbuf_cursor_add(at, 1, queue->rx.nb_desc))
		nb += (dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_EOP) != 0;
	return nb;
}

/* The counts of a socket that is closed now. */
static void
rx_keep_counts(struct xdp_rxq *queue)
{
	struct xdp_socket_counts now;

	xdp_socket_counts(queue->sock, &now);
	queue->before.rx_dropped += now.rx_dropped;
	queue->before.rx_ring_full += now.rx_ring_full;
}

/* Before the socket goes no packet comes any more: what has come is known. */
void
xdp_rx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct xdp_rxq *queue = rxq->device_queue;

	if (queue->sock->xsk == NULL)
		return;
	xdp_intr_unwatch(dev, rxq->queue_id);
	xdp_program_take(xdp_of(dev)->program, iface_queue(dev, rxq->queue_id));
	dualbuf_queues_lock(dualbuf_port(dev));
	rx_keep_counts(queue);
	queue->untaken += rx_untaken(rxq);
	xdp_socket_close(queue->sock);
	dualbuf_queues_unlock(dualbuf_port(dev));
}

int
xdp_rx_queue_check_stop(const struct rte_eth_dev *dev, const struct dualbuf_rxq *rxq)
{
	const struct dualbuf_txq *txq = dualbuf_port(dev)->txqs[rxq->queue_id];

	if (txq == NULL || !((const struct xdp_txq *)txq->device_queue)->started)
		return 0;
	DUALBUF_LOG(ERR,
			"port %u: transmit queue %u sends by the socket of receive queue %u; it has to "
			"be stopped first",
			dev->data->port_id, rxq->queue_id, rxq->queue_id);
	return -EBUSY;
}

static int
tx_find_socket(const struct rte_eth_dev *dev, const struct dualbuf_txq *txq)
{
	const struct xdp_txq *queue = txq->device_queue;

	if (queue->sock->xsk != NULL)
		return 0;
	DUALBUF_LOG(ERR,
			"port %u: transmit queue %u sends by the socket of receive queue %u, which has "
			"to be started first",
			dev->data->port_id, txq->queue_id, txq->queue_id);
	return -EINVAL;
}

int
xdp_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct xdp_txq *queue = txq->device_queue;
	struct xdp_tx *tx = &queue->tx;
	const struct dualbuf_rxq *rxq;
	int ret = tx_find_socket(dev, txq);

	if (ret != 0)
		return ret;
	rxq = dualbuf_port(dev)->rxqs[txq->queue_id];
	tx->pool = rxq->pool;
	tx->area = ((const struct xdp_rxq *)rxq->device_queue)->rx.area;
	tx->max_frame = rxq->buf_size;
	if (!xdp_tx_take_spare(tx)) {
		DUALBUF_LOG(ERR,
				"mempool %s: is empty; transmit queue %u needs 1 mbuf to copy frames to",
				tx->pool->app->name, txq->queue_id);
		return -ENOMEM;
	}
	tx->head = tx->next = tx->tail = 0;
	tx->nb_sent = 0;
	memset(tx->states, XDP_TX_IDLE, tx->nb_desc);
	queue->unplugged = xdp_of(dev)->unplugged;
	queue->started = true;
	return 0;
}

/* What the kernel cannot send now is not waited for. */
static void
tx_drain(struct xdp_txq *queue)
{
	uint32_t waited;

	for (waited = 0; waited < XDP_TX_DRAIN_MS; waited++) {
		if (!xdp_tx_go_on(queue) ||
				(queue->tx.nb_sent == 0 && queue->tx.next == queue->tx.tail))
			break;
		rte_delay_us_sleep(1000);
	}
	xdp_tx_give_up(&queue->tx);
}

void
xdp_tx_queue_stop(struct rte_eth_dev *dev __rte_unused, struct dualbuf_txq *txq)
{
	struct xdp_txq *queue = txq->device_queue;

	if (!queue->started)
		return;
	tx_drain(queue);
	rte_mempool_put(queue->tx.spare->pool, queue->tx.spare);
	queue->tx.spare = NULL;
	queue->started = false;
}

/* A socket is the primary process's: others know what it had counted when the queue stopped last. */
void
xdp_rx_losses(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses)
{
	const struct xdp_rxq *queue = rxq->device_queue;
	struct xdp_socket_counts now = { 0 };

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		xdp_socket_counts(queue->sock, &now);
	*losses = (struct dualbuf_rx_losses){
		.kernel = queue->before.rx_dropped + queue->before.rx_ring_full + now.rx_dropped +
				now.rx_ring_full,
		.at_stop = queue->untaken,
		.unknown_buffer = __atomic_load_n(&queue->rx.unknown, __ATOMIC_RELAXED),
		.reordered = __atomic_load_n(&queue->rx.exchanged, __ATOMIC_RELAXED),
	};
}

void
xdp_tx_losses(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses)
{
	const struct xdp_txq *queue = txq->device_queue;

	*losses = (struct dualbuf_tx_losses){
		.packets = __atomic_load_n(&queue->tx.errors, __ATOMIC_RELAXED),
		.bytes = __atomic_load_n(&queue->tx.error_bytes, __ATOMIC_RELAXED),
	};
}
