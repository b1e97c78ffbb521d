/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <ethdev_driver.h>

#include "dualbuf_rx_formats.h"
#include "dualbuf_tx_formats.h"
#include "vnic_burst.h"
#include "vnic_link.h"
#include "vnic_owner.h"
#include "vnic_wake.h"

/* The first burst of a process, or of a start: the queue has to become this process's. */
static inline bool
rx_is_ours(const struct dualbuf_rxq *rxq, const struct vnic_ends *ends)
{
	const struct vnic_rxq *rx = rxq->device_queue;

	return likely(__atomic_load_n(&rx->owner, __ATOMIC_RELAXED) == ends->self) ||
			vnic_owner_claim_rx(rxq);
}

static inline bool
tx_is_ours(const struct dualbuf_txq *txq, const struct vnic_ends *ends)
{
	const struct vnic_txq *tx = txq->device_queue;

	return likely(__atomic_load_n(&tx->owner, __ATOMIC_RELAXED) == ends->self) ||
			vnic_owner_claim_tx(txq);
}

/*
 * Inline stepping: what has arrived is written before the driver looks. When all descriptors waited for
 * buffers that came home meanwhile, the model finds them only after the driver has looked.
 */
static inline uint16_t
rx_burst_inline(struct dualbuf_rxq *rxq, struct wire_source *source, struct rte_mbuf **pkts,
		uint16_t nb_pkts)
{
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t tail = rx->model.tail;
	uint16_t n;

	vnic_rx_process(&rx->model, source, nb_pkts);
	n = dualbuf_rx_burst_by_queue(rxq, pkts, nb_pkts);
	if (unlikely(n == 0 && rx->model.tail != tail)) {
		vnic_rx_process(&rx->model, source, nb_pkts);
		n = dualbuf_rx_burst_by_queue(rxq, pkts, nb_pkts);
	}
	return n;
}

static uint16_t
vnic_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_rxq *rxq = queue;
	const struct vnic_ends *ends = vnic_ends_of[rxq->port_id];
	struct vnic_rxq *rx = rxq->device_queue;
	uint16_t n;

	if (!rx_is_ours(rxq, ends))
		return 0;
	n = rx_burst_inline(rxq, ends->sources[rx->source_id], pkts, nb_pkts);
	if (n == 0 && vnic_link_awaits_end(rx))
		vnic_link_look_for_end(&rte_eth_devices[rxq->port_id], rx, false);
	return n;
}

/* Who finds nobody at it brings frames to the rings of all queues; the others look at their own. */
static inline void
rx_steer_step(struct vnic_rx_steer *steer, struct wire_source *source, uint16_t nb_frames)
{
	if (rte_spinlock_is_locked(&steer->lock) || !rte_spinlock_trylock(&steer->lock))
		return;
	vnic_rx_steer(steer, source, nb_frames);
	rte_spinlock_unlock(&steer->lock);
}

/* A queue that has nothing left may be one that nobody polls: the end is told on behalf of all. */
static void
rx_look_for_ends(struct rte_eth_dev *dev, struct vnic_rx_steer *steer)
{
	struct vnic_rxq *rx;
	uint16_t i;

	if (likely(__atomic_load_n(&vnic_of(dev)->nb_lasting, __ATOMIC_RELAXED) == 0) ||
			!rte_spinlock_trylock(&steer->lock))
		return;
	for (i = 0; i < steer->nb_queues; i++) {
		if (steer->queues[i] == NULL)
			continue;
		rx = container_of(steer->queues[i], struct vnic_rxq, model);
		if (vnic_link_awaits_end(rx))
			vnic_link_look_for_end(dev, rx, false);
	}
	rte_spinlock_unlock(&steer->lock);
}

/* Inline stepping as above, of a source that several queues share. */
static uint16_t
vnic_rx_burst_steered(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_rxq *rxq = queue;
	const struct vnic_ends *ends = vnic_ends_of[rxq->port_id];
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t tail = rx->model.tail;
	uint16_t n;

	if (!rx_is_ours(rxq, ends))
		return 0;
	rx_steer_step(rx->steer, ends->sources[rx->source_id], nb_pkts);
	n = dualbuf_rx_burst_by_queue(rxq, pkts, nb_pkts);
	if (unlikely(n == 0 && rx->model.tail != tail)) {
		rx_steer_step(rx->steer, ends->sources[rx->source_id], nb_pkts);
		n = dualbuf_rx_burst_by_queue(rxq, pkts, nb_pkts);
	}
	if (n == 0)
		rx_look_for_ends(&rte_eth_devices[rxq->port_id], rx->steer);
	return n;
}

static inline uint16_t
tx_burst_inline(struct dualbuf_txq *txq, struct wire_sink *sink, struct rte_mbuf **pkts,
		uint16_t nb_pkts)
{
	uint16_t total = 0, n;

	do {
		n = dualbuf_tx_ext_burst(txq, pkts + total, nb_pkts - total);
		vnic_tx_step(txq->device_queue, sink);
		dualbuf_tx_ext_done_cleanup(txq, 0);
		total += n;
	} while (n > 0 && total < nb_pkts);
	return total;
}

/*
 * A sink takes what it is given at once, so a ring that is full is empty after a step: no burst is too
 * long for it. The sender itself steps its queue, also where a thread receives. What was sent is freed
 * before this returns, as applications know it of virtual devices: no packet is left in the ring when
 * its pool is freed. Only a stream or a loop may not be ready, and then packets stay in the ring; the alarm that
 * flushes goes on with them, should the sender not come again, or the receiver of a loop.
 */
static uint16_t
vnic_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_txq *txq = queue;
	const struct vnic_ends *ends = vnic_ends_of[txq->port_id];
	const struct vnic_txq *tx = txq->device_queue;

	if (!tx_is_ours(txq, ends))
		return 0;
	return tx_burst_inline(txq, ends->sinks[tx->sink_id], pkts, nb_pkts);
}

/* What waits because the loop was full may have room now. */
static void
loop_go_on(const struct dualbuf_rxq *rxq)
{
	const struct rte_eth_dev *dev = &rte_eth_devices[rxq->port_id];
	struct vnic *vnic = vnic_of(dev);

	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic_txq_go_on(dev, vnic->tx_stepped[rxq->queue_id]);
	rte_ticketlock_unlock(&vnic->stepped_lock);
}

static uint16_t
vnic_rx_burst_loop(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct vnic_rxq *rx = rxq->device_queue;
	const struct wire_source *source = vnic_ends_of[rxq->port_id]->sources[rx->source_id];

	if (source != NULL && unlikely(__atomic_load_n(&source->holds_back, __ATOMIC_RELAXED)))
		loop_go_on(rxq);
	return vnic_rx_burst(queue, pkts, nb_pkts);
}

/* With a thread that receives what comes back. */
static uint16_t
vnic_tx_burst_loop_threaded(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_txq *txq = queue;
	const struct vnic_txq *tx = txq->device_queue;
	uint16_t n = vnic_tx_burst(queue, pkts, nb_pkts);

	vnic_wake_up(tx->wake, tx->wake->fd);
	return n;
}

/* With a thread that receives: the doorbell, when it was rung, may have to wake it. */
static inline uint16_t
rx_burst_beside_thread(
		struct dualbuf_rxq *rxq, int wake_fd, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t tail = rx->model.tail;
	uint16_t n = dualbuf_rx_burst_by_queue(rxq, pkts, nb_pkts);

	if (rx->model.tail != tail)
		vnic_wake_up(rx->wake, wake_fd);
	return n;
}

static uint16_t
vnic_rx_burst_threaded(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_rxq *rxq = queue;
	struct vnic_rxq *rx = rxq->device_queue;
	uint16_t n = rx_burst_beside_thread(rxq, rx->wake->fd, pkts, nb_pkts);

	/* also with packets: who waits for interrupts may poll no more */
	if (vnic_link_awaits_end(rx))
		vnic_link_look_for_end(&rte_eth_devices[rxq->port_id], rx, false);
	return n;
}

/* A direction that was not given has no end at all, in any of its queues. */
eth_rx_burst_t
vnic_rx_burst_of(const struct rte_eth_dev *dev)
{
	enum wire_end_kind kind = vnic_of(dev)->args.rx[0].kind;

	if (kind == WIRE_END_NONE)
		return rte_eth_pkt_burst_dummy;
	if (dev->intr_handle != NULL)
		return vnic_rx_burst_threaded;
	if (vnic_of(dev)->offload.steers)
		return vnic_rx_burst_steered;
	return kind == WIRE_END_LOOP ? vnic_rx_burst_loop : vnic_rx_burst;
}

eth_tx_burst_t
vnic_tx_burst_of(const struct rte_eth_dev *dev)
{
	bool wakes = dev->intr_handle != NULL && vnic_of(dev)->args.tx[0].kind == WIRE_END_LOOP;

	return wakes ? vnic_tx_burst_loop_threaded : vnic_tx_burst;
}

/* Other processes than the primary ---------------------------------------------------------------- */

/*
 * Such a process may be killed at any place. Whoever comes after it has to know whether that was in the middle
 * of a burst, which leaves a ring as nobody can go on with it.
 */
static inline void
set_busy(bool *busy, bool value)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(busy, value, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* The primary reads them there: it does not see this process's source. */
static inline void
tell_count(uint64_t *there, uint64_t *told, uint64_t count)
{
	if (likely(count == *told))
		return;
	__atomic_fetch_add(there, count - *told, __ATOMIC_RELAXED);
	*told = count;
}

static uint16_t
secondary_rx_burst_inline(struct dualbuf_rxq *rxq, struct vnic_ends *ends, struct rte_mbuf **pkts,
		uint16_t nb_pkts)
{
	struct vnic_source_counts *told = &ends->rx_told[rxq->queue_id];
	struct wire_source *source = ends->sources[rxq->queue_id];
	struct vnic_rxq *rx = rxq->device_queue;
	uint16_t n;

	set_busy(&rx->busy, true);
	n = rx_burst_inline(rxq, source, pkts, nb_pkts);
	tell_count(&rx->there.foreign, &told->foreign, wire_source_foreign(source));
	tell_count(&rx->there.dropped, &told->dropped, wire_source_dropped_here(source));
	set_busy(&rx->busy, false);
	return n;
}

uint16_t
vnic_secondary_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_rxq *rxq = queue;
	struct vnic_ends *ends;

	if (!dualbuf_rxq_runs(rxq))
		return 0;
	ends = vnic_ends_of[rxq->port_id];
	if (rte_eth_devices[rxq->port_id].data->dev_conf.intr_conf.rxq)
		return vnic_owner_can_wake(rxq) ?
				rx_burst_beside_thread(rxq, ends->wake_fd, pkts, nb_pkts) :
				0;
	return rx_is_ours(rxq, ends) ? secondary_rx_burst_inline(rxq, ends, pkts, nb_pkts) : 0;
}

/* Nothing stays in this process: it is written at once, and what could not be written is counted. */
static void
secondary_tx_bring_out(struct dualbuf_txq *txq, struct vnic_ends *ends)
{
	struct wire_sink *sink = ends->sinks[txq->queue_id];
	uint64_t *before = ends->tx_lost[txq->queue_id], packets, bytes;
	struct vnic_txq *tx = txq->device_queue;

	wire_sink_flush(sink);
	wire_sink_lost(sink, &packets, &bytes);
	if (likely(packets == before[0]))
		return;
	__atomic_fetch_add(&tx->model.errors, packets - before[0], __ATOMIC_RELAXED);
	__atomic_fetch_add(&tx->model.error_bytes, bytes - before[1], __ATOMIC_RELAXED);
	before[0] = packets;
	before[1] = bytes;
}

uint16_t
vnic_secondary_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_txq *txq = queue;
	struct vnic_ends *ends;
	struct vnic_txq *tx;
	uint16_t n;

	if (!dualbuf_txq_runs(txq) || !tx_is_ours(txq, vnic_ends_of[txq->port_id]))
		return 0;
	ends = vnic_ends_of[txq->port_id];
	tx = txq->device_queue;
	set_busy(&tx->busy, true);
	n = tx_burst_inline(txq, ends->sinks[txq->queue_id], pkts, nb_pkts);
	secondary_tx_bring_out(txq, ends);
	set_busy(&tx->busy, false);
	return n;
}
