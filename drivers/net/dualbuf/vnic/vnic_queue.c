/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "dualbuf_rx_format.h"
#include "vnic_link.h"
#include "vnic_ptype.h"
#include "vnic_queue.h"
#include "vnic_stats.h"
#include "wire_clock.h"

/* How long the reader of a stream has for what a queue has still to send when it stops. */
#define VNIC_TX_DRAIN_MS 1000

/* Give a queue's place among those that share a source to this one, or to none. */
static void
rx_join(struct vnic_rxq *rx, uint16_t queue_id, struct vnic_rx_queue *model)
{
	rte_spinlock_lock(&rx->steer->lock);
	rx->steer->queues[queue_id] = model;
	rte_spinlock_unlock(&rx->steer->lock);
}

/* The queue has a source from now on, or none; whoever brings frames on behalf of others. */
static void
rx_connect(struct vnic_rxq *rx, const struct wire_source *source)
{
	rte_spinlock_lock(&rx->source_lock);
	rte_spinlock_lock(&rx->steer->lock);
	rx->model.started = source != NULL;
	rx->counts_source = source != NULL;
	rx->is_stream = source != NULL && source->is_stream;
	rte_spinlock_unlock(&rx->steer->lock);
	rte_spinlock_unlock(&rx->source_lock);
}

void
vnic_rx_queue_detach(struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;

	if (rx == NULL)
		return;
	rx_join(rx, rxq->queue_id, NULL);
	rte_free(rx->model.timestamps);
	rte_free(rx->model.ptypes);
	rte_free(rx->model.scratch);
	rte_free(rx);
	rxq->device_queue = NULL;
}

int
vnic_rx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx;
	uint32_t nb_desc = rxq->ring->nb_desc;
	bool stamped = (rxq->offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0;

	rx = rte_zmalloc("vnic_rx_queue", sizeof(*rx), RTE_CACHE_LINE_SIZE);
	if (rx == NULL)
		return -ENOMEM;
	rxq->device_queue = rx;
	rx->steer = &vnic_of(dev)->steer;
	rx->model.scratch = rte_malloc("vnic_rx_scratch", WIRE_MAX_FRAME, RTE_CACHE_LINE_SIZE);
	rx->model.ptypes = rte_zmalloc("vnic_ptypes", nb_desc * sizeof(*rx->model.ptypes), 0);
	if (stamped)
		rx->model.timestamps = rte_zmalloc(
				"vnic_timestamps", nb_desc * sizeof(*rx->model.timestamps), 0);
	if (rx->model.scratch == NULL || rx->model.ptypes == NULL ||
			(stamped && rx->model.timestamps == NULL)) {
		vnic_rx_queue_detach(rxq);
		return -ENOMEM;
	}
	rx->owner = VNIC_STOPPED;
	rx->model.desc = rxq->desc;
	rx->model.nb_desc = nb_desc;
	rx->model.buf_size = rxq->buf_size;
	rx->wake = &vnic_of(dev)->wake;
	rx->source_id = vnic_args_source(&vnic_of(dev)->args, rxq->queue_id);
	if (rx->source_id == rxq->queue_id)
		rx->counted = &vnic_of(dev)->source_counts[rx->source_id];
	rx->end_awaited = &vnic_of(dev)->end_awaited[rxq->queue_id];
	rx->model.filter = &dualbuf_port(dev)->filter;
	rx->model.offload = &vnic_of(dev)->offload;
	rxq->timestamps = rx->model.timestamps;
	rxq->ptypes = rx->model.ptypes;
	dualbuf_rxq_set_ptypes(rxq, vnic_of(dev)->offload.ptype_layers != 0);
	rxq->tail_reg = &rx->model.tail;
	return 0;
}

/*
 * What is in the ring already has no type, or that of an earlier frame: it is to have none when the receive
 * path begins to look.
 */
static void
rx_set_ptypes(struct dualbuf_rxq *rxq, bool wanted)
{
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t i;

	for (i = 0; i < rx->model.nb_desc && !(rxq->features & RX_PTYPE); i++)
		__atomic_store_n(&rx->model.ptypes[i], RTE_PTYPE_UNKNOWN, __ATOMIC_RELAXED);
	dualbuf_rxq_set_ptypes(rxq, wanted);
}

int
vnic_rx_ptypes(struct rte_eth_dev *dev, uint32_t layers)
{
	const uint32_t found = layers & VNIC_PTYPE_LAYERS;
	struct dualbuf_port *port = dualbuf_port(dev);
	uint16_t i;

	dualbuf_queues_lock(port);
	__atomic_store_n(&vnic_of(dev)->offload.ptype_layers, found, __ATOMIC_RELAXED);
	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		if (port->rxqs[i] != NULL)
			rx_set_ptypes(port->rxqs[i], found != 0);
	dualbuf_queues_unlock(port);
	return 0;
}

void
vnic_tx_queue_detach(struct dualbuf_txq *txq)
{
	struct vnic_txq *tx = txq->device_queue;

	if (tx == NULL)
		return;
	rte_free(tx->model.scratch);
	rte_free(tx);
	txq->device_queue = NULL;
}

int
vnic_tx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct vnic_txq *tx;

	tx = rte_zmalloc("vnic_tx_queue", sizeof(*tx), RTE_CACHE_LINE_SIZE);
	if (tx == NULL)
		return -ENOMEM;
	txq->device_queue = tx;
	tx->model.scratch = rte_malloc("vnic_tx_scratch", VNIC_TX_SCRATCH, RTE_CACHE_LINE_SIZE);
	if (tx->model.scratch == NULL) {
		vnic_tx_queue_detach(txq);
		return -ENOMEM;
	}
	tx->owner = VNIC_STOPPED;
	tx->sink_id = vnic_args_sink(&vnic_of(dev)->args, txq->queue_id);
	tx->counted = &vnic_of(dev)->sink_counts[tx->sink_id];
	tx->txq = txq;
	tx->model.desc = txq->desc;
	tx->model.nb_desc = txq->nb_desc;
	tx->wake = &vnic_of(dev)->wake;
	tx->model.filter = &dualbuf_port(dev)->filter;
	txq->tail_reg = &tx->model.tail;
	return 0;
}

/* Does another queue receive from the same source? */
static bool
rx_source_is_used(const struct vnic_rx_steer *steer)
{
	uint16_t i;

	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		if (steer->queues[i] != NULL && steer->queues[i]->started)
			return true;
	return false;
}

/* Is it this process that goes on with the source, if any has begun? */
static bool
rx_source_is_ours(const struct vnic *vnic, const struct dualbuf_rxq *rxq)
{
	uint64_t user = vnic->rx_user[rxq->queue_id];

	return user == VNIC_NOBODY || user == vnic_ends_of[rxq->port_id]->self;
}

/*
 * Connect a queue to its end, at the beginning of its ring. The end of one that starts alone has waited: a
 * file goes on where it was, and what came through an interface meanwhile is gone.
 */
int
vnic_rx_queue_start(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic *vnic = vnic_of(dev);
	bool spread = vnic_args_spread(&vnic->args);
	struct vnic_rxq *rx = rxq->device_queue;
	struct wire_source *source = vnic_source_of(dev, rx);

	if (vnic->running && source != NULL && rx_source_is_ours(vnic, rxq) &&
			!(spread && rx_source_is_used(rx->steer)))
		wire_source_resume(source);
	rx->model.wire = vnic->unplugged ? VNIC_UNPLUGGED : VNIC_PLUGGED;
	dualbuf_queues_lock(dualbuf_port(dev));
	rx->model.head = 0;
	rx->model.ended = 0;
	dualbuf_queues_unlock(dualbuf_port(dev));
	dualbuf_rx_doorbell(rxq);
	if (spread)
		rx_join(rx, rxq->queue_id, &rx->model);
	rx_connect(rx, source);
	rx->busy = false;
	__atomic_store_n(&rx->owner, VNIC_NOBODY, __ATOMIC_RELEASE);
	if (source == NULL)
		return 0;
	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic->rx_stepped[rxq->queue_id] = rx;
	rte_ticketlock_unlock(&vnic->stepped_lock);
	if (vnic->thread.running)
		vnic_wake_up(&vnic->wake, vnic->wake.fd);
	return 0;
}

static void
tx_set_stepped(struct vnic *vnic, uint16_t queue_id, struct vnic_txq *tx)
{
	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic->tx_stepped[queue_id] = tx;
	rte_ticketlock_unlock(&vnic->stepped_lock);
}

/* Do several transmit queues write to one sink? */
static bool
tx_is_sharing(const struct rte_eth_dev *dev)
{
	return dev->data->nb_tx_queues > 1 && vnic_args_sink(&vnic_of(dev)->args, 1) == 0;
}

static void
tx_set_sharer(struct vnic *vnic, uint16_t queue_id, struct vnic_txq *tx)
{
	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic->sharers[queue_id] = tx;
	rte_ticketlock_unlock(&vnic->stepped_lock);
}

int
vnic_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct vnic *vnic = vnic_of(dev);
	bool is_sharing = tx_is_sharing(dev);
	struct vnic_txq *tx = txq->device_queue;
	const struct wire_sink *sink = vnic_sink_of(dev, tx);

	tx->model.head = 0;
	tx->model.tail = 0;
	tx->is_sharing = is_sharing;
	if (is_sharing)
		tx_set_sharer(vnic, txq->queue_id, tx);
	memset(&tx->model.context, 0, sizeof(tx->model.context));
	tx->model.wire = vnic->unplugged ? VNIC_UNPLUGGED : VNIC_PLUGGED;
	rte_spinlock_lock(&tx->sink_lock);
	tx->counts_sink = true;
	tx->step_lock = is_sharing || sink->waits ? &vnic->sink_locks[tx->sink_id] : NULL;
	rte_spinlock_unlock(&tx->sink_lock);
	if (sink->waits)
		tx_set_stepped(vnic, txq->queue_id, tx);
	tx->busy = false;
	__atomic_store_n(&tx->owner, VNIC_NOBODY, __ATOMIC_RELEASE);
	return 0;
}

/* Packets in the ring that the driver has not taken. */
static uint64_t
rx_untaken(const struct dualbuf_rxq *rxq)
{
	uint64_t nb = 0;
	uint32_t i, status;

	for (i = 0; i < rxq->ring->nb_desc; i++) {
		status = dualbuf_rx_desc_status(&rxq->desc[i]);
		nb += (status & DUALBUF_RXD_DD) != 0 && (status & DUALBUF_RXD_EOP) != 0;
	}
	return nb;
}

/*
 * The kernel's drops are known no more when the source is gone. What is in the ring goes with it. When the
 * port stops, a file begins anew; but where the source goes on, or is a loop, this is lost.
 */
static void
rx_count_source(const struct rte_eth_dev *dev, const struct dualbuf_rxq *rxq)
{
	const struct vnic_source_counts uncounted = vnic_rx_uncounted(rxq);
	struct vnic_rxq *rx = rxq->device_queue;
	struct wire_source *source = vnic_source_of(dev, rx);
	bool goes_on = vnic_of(dev)->running;

	if (!rx->counts_source)
		return;
	rx->dropped += uncounted.dropped;
	rx->foreign += uncounted.foreign;
	if (rx->counted != NULL) {
		rx->counted->dropped += uncounted.dropped;
		rx->counted->foreign += uncounted.foreign;
	}
	if (rx->is_stream || source->ops->left != NULL || goes_on)
		rx->untaken += rx_untaken(rxq);
	if (!goes_on)
		rx->untaken += wire_source_left(source);
}

void
vnic_rx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic *vnic = vnic_of(dev);
	struct vnic_rxq *rx = rxq->device_queue;

	__atomic_store_n(&rx->owner, VNIC_STOPPED, __ATOMIC_RELEASE);
	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic->rx_stepped[rxq->queue_id] = NULL;
	rte_ticketlock_unlock(&vnic->stepped_lock);
	vnic->rx_taken[rxq->queue_id] += rx->model.taken;
	rx->model.taken = 0;
	rte_spinlock_lock(&rx->source_lock);
	rte_spinlock_lock(&rx->steer->lock);
	rx_count_source(dev, rxq);
	rx->model.started = false;
	rx->counts_source = false;
	rte_spinlock_unlock(&rx->steer->lock);
	rte_spinlock_unlock(&rx->source_lock);
}

/*
 * A stream's reader has some time for what is in the ring. The rest is lost, and counted; of a loop all is,
 * since nobody may receive any more.
 */
static void
tx_drain(struct vnic_txq *tx, struct wire_sink *sink)
{
	const uint64_t until = wire_clock() + VNIC_TX_DRAIN_MS * WIRE_NS_PER_MS;

	vnic_tx_step(tx, sink);
	while (sink->is_stream && vnic_tx_waits(&tx->model) && wire_clock() < until) {
		wire_sink_wait(sink, 10);
		vnic_tx_step(tx, sink);
	}
	vnic_tx_discard(&tx->model);
}

/* Nor are the frames that a file did not get. They are all known when nothing is left to be written. */
void
vnic_tx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct vnic *vnic = vnic_of(dev);
	struct vnic_txq *tx = txq->device_queue;
	struct wire_sink *sink = vnic_sink_of(dev, tx);
	struct vnic_sink_counts lost;

	if (!tx->counts_sink)
		return;
	__atomic_store_n(&tx->owner, VNIC_STOPPED, __ATOMIC_RELEASE);
	tx_set_stepped(vnic, txq->queue_id, NULL);
	tx_drain(tx, sink);
	wire_sink_flush(sink);
	rte_spinlock_lock(&tx->sink_lock);
	rte_ticketlock_lock(&vnic->stepped_lock);
	lost = vnic_tx_uncounted(tx);
	tx->model.errors += lost.packets;
	tx->model.error_bytes += lost.bytes;
	tx->counted->packets += lost.packets;
	tx->counted->bytes += lost.bytes;
	vnic->sharers[txq->queue_id] = NULL;
	rte_ticketlock_unlock(&vnic->stepped_lock);
	tx->counts_sink = false;
	rte_spinlock_unlock(&tx->sink_lock);
}
