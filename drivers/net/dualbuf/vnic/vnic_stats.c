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
vnic_rx_uncounted(const struct vnic_rxq *rx)
{
	if (rx->model.source == NULL)
		return (struct vnic_source_counts){ 0 };
	return (struct vnic_source_counts){
		.dropped = wire_source_dropped(rx->model.source) - rx->counted->dropped,
		.foreign = wire_source_foreign(rx->model.source) - rx->counted->foreign,
	};
}

void
vnic_rx_losses(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses)
{
	struct vnic_source_counts uncounted = { 0 };
	struct vnic_rxq *rx = rxq->device_queue;

	if (has_ends()) {
		rte_spinlock_lock(&rx->source_lock);
		uncounted = vnic_rx_uncounted(rx);
	}
	*losses = (struct dualbuf_rx_losses){
		.no_descriptor = __atomic_load_n(&rx->model.missed, __ATOMIC_RELAXED),
		.kernel = rx->dropped + uncounted.dropped,
		.at_stop = rx->untaken,
		.oversize = __atomic_load_n(&rx->model.too_long, __ATOMIC_RELAXED),
		.foreign = rx->foreign + uncounted.foreign,
	};
	if (has_ends())
		rte_spinlock_unlock(&rx->source_lock);
}

void
vnic_tx_losses(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses)
{
	struct vnic_txq *tx = txq->device_queue;
	uint64_t packets = 0, bytes = 0;

	if (has_ends())
		rte_spinlock_lock(&tx->sink_lock);
	if (has_ends() && tx->model.sink != NULL) {
		wire_sink_lost(tx->model.sink, &packets, &bytes);
		packets -= tx->counted->packets;
		bytes -= tx->counted->bytes;
	}
	*losses = (struct dualbuf_tx_losses){
		.packets = __atomic_load_n(&tx->model.errors, __ATOMIC_RELAXED) + packets,
		.bytes = __atomic_load_n(&tx->model.error_bytes, __ATOMIC_RELAXED) + bytes,
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
