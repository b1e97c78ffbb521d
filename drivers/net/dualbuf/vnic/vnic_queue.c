/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "dualbuf_rx_format.h"
#include "vnic_link.h"
#include "vnic_queue.h"
#include "wire_clock.h"

/* How long the reader of a stream has for what a queue has still to send when it stops. */
#define VNIC_TX_DRAIN_MS 1000

void
vnic_rx_queue_detach(struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;

	if (rx == NULL)
		return;
	rte_free(rx->model.timestamps);
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
	rx->model.scratch = rte_malloc("vnic_rx_scratch", WIRE_MAX_FRAME, RTE_CACHE_LINE_SIZE);
	if (stamped)
		rx->model.timestamps = rte_zmalloc(
				"vnic_timestamps", nb_desc * sizeof(*rx->model.timestamps), 0);
	if (rx->model.scratch == NULL || (stamped && rx->model.timestamps == NULL)) {
		vnic_rx_queue_detach(rxq);
		return -ENOMEM;
	}
	rx->owner = VNIC_STOPPED;
	rx->model.desc = rxq->desc;
	rx->model.nb_desc = nb_desc;
	rx->model.buf_size = rxq->buf_size;
	rx->wake = &vnic_of(dev)->wake;
	rx->counted = &vnic_of(dev)->source_counts[rxq->queue_id];
	rx->end_awaited = &vnic_of(dev)->end_awaited[rxq->queue_id];
	rx->model.filter = &dualbuf_port(dev)->filter;
	rx->model.offload = &vnic_of(dev)->offload;
	rxq->timestamps = rx->model.timestamps;
	rxq->tail_reg = &rx->model.tail;
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
	tx->model.scratch = rte_malloc("vnic_tx_scratch", WIRE_MAX_FRAME, RTE_CACHE_LINE_SIZE);
	if (tx->model.scratch == NULL) {
		vnic_tx_queue_detach(txq);
		return -ENOMEM;
	}
	tx->counted = &vnic_of(dev)->sink_counts[txq->queue_id];
	tx->owner = VNIC_STOPPED;
	tx->model.desc = txq->desc;
	tx->model.nb_desc = txq->nb_desc;
	txq->tail_reg = &tx->model.tail;
	return 0;
}

static struct wire_source *
rx_source(const struct dualbuf_rxq *rxq)
{
	return vnic_ends_of[rxq->port_id]->sources[rxq->queue_id];
}

static struct wire_sink *
tx_sink(const struct dualbuf_txq *txq)
{
	return vnic_ends_of[txq->port_id]->sinks[txq->queue_id];
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
	struct wire_source *source = rx_source(rxq);
	struct vnic_rxq *rx = rxq->device_queue;

	if (vnic->running && source != NULL && rx_source_is_ours(vnic, rxq))
		wire_source_resume(source);
	rte_spinlock_lock(&rx->source_lock);
	rx->counts_source = source != NULL;
	rx->is_stream = source != NULL && source->is_stream;
	rte_spinlock_unlock(&rx->source_lock);
	dualbuf_queues_lock(dualbuf_port(dev));
	rx->model.head = 0;
	rx->model.ended = 0;
	dualbuf_queues_unlock(dualbuf_port(dev));
	dualbuf_rx_doorbell(rxq);
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

int
vnic_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct vnic_txq *tx = txq->device_queue;

	tx->model.head = 0;
	tx->model.tail = 0;
	rte_spinlock_lock(&tx->sink_lock);
	tx->counts_sink = true;
	rte_spinlock_unlock(&tx->sink_lock);
	if (tx_sink(txq)->is_stream)
		tx_set_stepped(vnic_of(dev), txq->queue_id, tx);
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

/* Packets that the open source of a queue has dropped or passed over, and that are not counted yet. */
static struct vnic_source_counts
rx_uncounted(const struct dualbuf_rxq *rxq)
{
	const struct vnic_rxq *rx = rxq->device_queue;

	if (!rx->counts_source)
		return (struct vnic_source_counts){ 0 };
	return (struct vnic_source_counts){
		.dropped = wire_source_dropped(rx_source(rxq)) - rx->counted->dropped,
		.foreign = wire_source_foreign(rx_source(rxq)) - rx->counted->foreign,
	};
}

/*
 * The kernel's drops are known no more when the source is gone. What is in the ring goes with it. When the
 * port stops, a file begins anew; but where the source goes on, this is lost.
 */
static void
rx_count_source(const struct vnic *vnic, const struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;
	const struct vnic_source_counts uncounted = rx_uncounted(rxq);

	if (!rx->counts_source)
		return;
	rx->model.missed += uncounted.dropped;
	rx->foreign += uncounted.foreign + rx->foreign_there;
	rx->foreign_there = 0;
	rx->counted->dropped += uncounted.dropped;
	rx->counted->foreign += uncounted.foreign;
	if (rx->is_stream || vnic->running)
		rx->model.missed += rx_untaken(rxq);
}

void
vnic_rx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic *vnic = vnic_of(dev);
	struct vnic_rxq *rx = rxq->device_queue;

	__atomic_store_n(&rx->owner, VNIC_STOPPED, __ATOMIC_RELEASE);
	vnic->rx_taken[rxq->queue_id] += rx->model.taken;
	rx->model.taken = 0;
	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic->rx_stepped[rxq->queue_id] = NULL;
	rte_ticketlock_unlock(&vnic->stepped_lock);
	rte_spinlock_lock(&rx->source_lock);
	rx_count_source(vnic, rxq);
	rx->counts_source = false;
	rte_spinlock_unlock(&rx->source_lock);
}

/* A stream's reader has some time for what is in the ring. The rest is lost, and counted. */
static void
tx_drain(struct vnic_txq *tx, struct wire_sink *sink)
{
	const uint64_t until = wire_clock() + VNIC_TX_DRAIN_MS * WIRE_NS_PER_MS;

	vnic_tx_process(&tx->model, sink);
	while (vnic_tx_waits(&tx->model) && wire_clock() < until) {
		wire_sink_wait(sink, 10);
		vnic_tx_process(&tx->model, sink);
	}
	vnic_tx_discard(&tx->model);
}

/* Nor are the frames that a file did not get. They are all known when nothing is left to be written. */
void
vnic_tx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct vnic_txq *tx = txq->device_queue;
	struct wire_sink *sink = tx_sink(txq);
	uint64_t packets, bytes;

	if (!tx->counts_sink)
		return;
	__atomic_store_n(&tx->owner, VNIC_STOPPED, __ATOMIC_RELEASE);
	tx_set_stepped(vnic_of(dev), txq->queue_id, NULL);
	tx_drain(tx, sink);
	wire_sink_flush(sink);
	rte_spinlock_lock(&tx->sink_lock);
	wire_sink_lost(sink, &packets, &bytes);
	tx->model.errors += packets - tx->counted->packets;
	tx->model.error_bytes += bytes - tx->counted->bytes;
	*tx->counted = (struct vnic_sink_counts){ .packets = packets, .bytes = bytes };
	tx->counts_sink = false;
	rte_spinlock_unlock(&tx->sink_lock);
}

/* The kernel's drops are known to the process that has the source open, while it is open. */
uint64_t
vnic_rx_missed(const struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;
	uint64_t missed;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return __atomic_load_n(&rx->model.missed, __ATOMIC_RELAXED);
	rte_spinlock_lock(&rx->source_lock);
	missed = __atomic_load_n(&rx->model.missed, __ATOMIC_RELAXED) + rx_uncounted(rxq).dropped;
	rte_spinlock_unlock(&rx->source_lock);
	return missed;
}

uint64_t
vnic_rx_errors(const struct dualbuf_rxq *rxq)
{
	const struct vnic_rxq *rx = rxq->device_queue;

	return __atomic_load_n(&rx->model.too_long, __ATOMIC_RELAXED);
}

/* Since the set-up of the queue. Those of an open source are known to the process that has it. */
static uint64_t
rx_foreign(const struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;
	uint64_t foreign;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return rx->foreign + rx->foreign_there;
	rte_spinlock_lock(&rx->source_lock);
	foreign = rx->foreign + rx->foreign_there + rx_uncounted(rxq).foreign;
	rte_spinlock_unlock(&rx->source_lock);
	return foreign;
}

/* The model counts on meanwhile: the mean is one of about now. */
void
vnic_rx_source_stats(const struct dualbuf_rxq *rxq, struct dualbuf_source_stats *stats)
{
	struct vnic_rxq *rx = rxq->device_queue;
	const struct vnic_lateness *late = &rx->model.late;
	uint64_t packets = __atomic_load_n(&late->packets, __ATOMIC_RELAXED);

	*stats = (struct dualbuf_source_stats){ .foreign = rx_foreign(rxq) - rx->foreign_reset };
	if (packets == 0 || __atomic_load_n(&late->reset, __ATOMIC_ACQUIRE))
		return;
	stats->late_max_ns = __atomic_load_n(&late->max_ns, __ATOMIC_RELAXED);
	stats->late_mean_ns = __atomic_load_n(&late->sum_ns, __ATOMIC_RELAXED) / packets;
}

void
vnic_rx_source_reset(struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;

	rx->foreign_reset = rx_foreign(rxq);
	__atomic_store_n(&rx->model.late.reset, 1, __ATOMIC_RELEASE);
}

/* The losses of a file are known to the process that has it open, until it adds them at stop. */
void
vnic_tx_errors(const struct dualbuf_txq *txq, uint64_t *packets, uint64_t *bytes)
{
	struct vnic_txq *tx = txq->device_queue;
	bool has_sink = rte_eal_process_type() == RTE_PROC_PRIMARY;
	uint64_t lost_packets = 0, lost_bytes = 0;

	if (has_sink)
		rte_spinlock_lock(&tx->sink_lock);
	if (has_sink && tx->counts_sink) {
		wire_sink_lost(tx_sink(txq), &lost_packets, &lost_bytes);
		lost_packets -= tx->counted->packets;
		lost_bytes -= tx->counted->bytes;
	}
	*packets = __atomic_load_n(&tx->model.errors, __ATOMIC_RELAXED) + lost_packets;
	*bytes = __atomic_load_n(&tx->model.error_bytes, __ATOMIC_RELAXED) + lost_bytes;
	if (has_sink)
		rte_spinlock_unlock(&tx->sink_lock);
}
