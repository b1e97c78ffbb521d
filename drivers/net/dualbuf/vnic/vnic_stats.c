/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "vnic_stats.h"

/* What an open source, or sink, knows is known to the process that has it open, while it is. */
static bool
has_ends(void)
{
	return rte_eal_process_type() == RTE_PROC_PRIMARY;
}

struct vnic_source_counts
vnic_rx_uncounted(const struct dualbuf_rxq *rxq)
{
	const struct vnic_rxq *rx = rxq->device_queue;
	struct wire_source *source;

	if (!rx->counts_source || rx->counted == NULL)
		return (struct vnic_source_counts){ 0 };
	source = vnic_source_of(&rte_eth_devices[rxq->port_id], rx);
	return (struct vnic_source_counts){
		.dropped = wire_source_dropped(source) - rx->counted->dropped,
		.foreign = wire_source_foreign(source) - rx->counted->foreign,
	};
}

void
vnic_rx_losses(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses)
{
	struct vnic_source_counts uncounted = { 0 };
	struct vnic_rxq *rx = rxq->device_queue;

	if (has_ends()) {
		rte_spinlock_lock(&rx->source_lock);
		uncounted = vnic_rx_uncounted(rxq);
	}
	*losses = (struct dualbuf_rx_losses){
		.no_descriptor = __atomic_load_n(&rx->model.missed, __ATOMIC_RELAXED),
		.kernel = rx->dropped + uncounted.dropped +
				__atomic_load_n(&rx->there.dropped, __ATOMIC_RELAXED),
		.at_stop = rx->untaken,
		.oversize = __atomic_load_n(&rx->model.too_long, __ATOMIC_RELAXED),
		.over_mtu = __atomic_load_n(&rx->model.drops.over_mtu, __ATOMIC_RELAXED),
		.unscattered = __atomic_load_n(&rx->model.drops.unscattered, __ATOMIC_RELAXED),
		.not_for_us = __atomic_load_n(&rx->model.drops.not_for_us, __ATOMIC_RELAXED),
		.other_vlan = __atomic_load_n(&rx->model.drops.other_vlan, __ATOMIC_RELAXED),
		.foreign = rx->foreign + uncounted.foreign +
				__atomic_load_n(&rx->there.foreign, __ATOMIC_RELAXED),
	};
	if (has_ends())
		rte_spinlock_unlock(&rx->source_lock);
}

/*
 * A queue's part of what a shared sink has lost, packets or bytes. Whose they were is not known: the last
 * queues have them, each no more than it has sent. Takes that away from lost.
 */
static struct vnic_sink_counts
tx_take_part(const struct vnic_txq *tx, struct vnic_sink_counts *lost)
{
	const struct dualbuf_tx_stats *stats = &tx->txq->stats;
	uint64_t packets = __atomic_load_n(&stats->packets, __ATOMIC_RELAXED) -
			__atomic_load_n(&tx->model.errors, __ATOMIC_RELAXED);
	uint64_t bytes = __atomic_load_n(&stats->bytes, __ATOMIC_RELAXED) -
			__atomic_load_n(&tx->model.error_bytes, __ATOMIC_RELAXED);
	struct vnic_sink_counts part = {
		.packets = RTE_MIN(lost->packets, packets),
		.bytes = RTE_MIN(lost->bytes, bytes),
	};

	lost->packets -= part.packets;
	lost->bytes -= part.bytes;
	return part;
}

struct vnic_sink_counts
vnic_tx_uncounted(const struct vnic_txq *tx)
{
	const struct rte_eth_dev *dev = &rte_eth_devices[tx->txq->port_id];
	const struct vnic *vnic = vnic_of(dev);
	struct vnic_sink_counts lost, part = { 0 };
	uint16_t i;

	wire_sink_lost(vnic_sink_of(dev, tx), &lost.packets, &lost.bytes);
	lost.packets -= tx->counted->packets;
	lost.bytes -= tx->counted->bytes;
	if (!tx->is_sharing)
		return lost;
	for (i = VNIC_MAX_QUEUES; i-- > tx->txq->queue_id;)
		if (vnic->sharers[i] != NULL)
			part = tx_take_part(vnic->sharers[i], &lost);
	return part;
}

void
vnic_tx_losses(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses)
{
	struct vnic *vnic = vnic_of(&rte_eth_devices[txq->port_id]);
	struct vnic_txq *tx = txq->device_queue;
	struct vnic_sink_counts lost = { 0 };

	if (has_ends())
		rte_spinlock_lock(&tx->sink_lock);
	if (has_ends() && tx->counts_sink) {
		rte_ticketlock_lock(&vnic->stepped_lock);
		lost = vnic_tx_uncounted(tx);
		rte_ticketlock_unlock(&vnic->stepped_lock);
	}
	*losses = (struct dualbuf_tx_losses){
		.packets = __atomic_load_n(&tx->model.errors, __ATOMIC_RELAXED) + lost.packets,
		.bytes = __atomic_load_n(&tx->model.error_bytes, __ATOMIC_RELAXED) + lost.bytes,
		.over_mtu = __atomic_load_n(&tx->model.over_mtu, __ATOMIC_RELAXED),
	};
	if (has_ends())
		rte_spinlock_unlock(&tx->sink_lock);
}

/* The model counts on meanwhile: the mean is one of about now. */
void
vnic_rx_lateness(const struct dualbuf_rxq *rxq, struct dualbuf_lateness *late)
{
	const struct vnic_rxq *rx = rxq->device_queue;
	const struct vnic_lateness *counted = &rx->model.late;
	uint64_t packets = __atomic_load_n(&counted->packets, __ATOMIC_RELAXED);

	*late = (struct dualbuf_lateness){ 0 };
	if (packets == 0 || __atomic_load_n(&counted->reset, __ATOMIC_ACQUIRE))
		return;
	late->max_ns = __atomic_load_n(&counted->max_ns, __ATOMIC_RELAXED);
	late->mean_ns = __atomic_load_n(&counted->sum_ns, __ATOMIC_RELAXED) / packets;
}

void
vnic_rx_lateness_reset(struct dualbuf_rxq *rxq)
{
	struct vnic_rxq *rx = rxq->device_queue;

	__atomic_store_n(&rx->model.late.reset, 1, __ATOMIC_RELEASE);
}
