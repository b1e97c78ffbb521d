/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <ethdev_driver.h>

#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "vnic_burst.h"
#include "vnic_link.h"
#include "vnic_wake.h"

/* The receive path; which instance of it may change while the port runs. */
static inline uint16_t
rx_burst(const struct dualbuf_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return __atomic_load_n(&rxq->burst, __ATOMIC_ACQUIRE)(
			(void *)(uintptr_t)rxq, pkts, nb_pkts);
}

/*
 * Inline stepping: what has arrived is written before the driver looks. When all descriptors waited for
 * buffers that came home meanwhile, the model finds them only after the driver has looked.
 */
static uint16_t
vnic_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t tail = rx->model.tail;
	uint16_t n;

	if (unlikely(rx->model.source == NULL)) /* it is stopped alone */
		return 0;
	vnic_rx_process(&rx->model, nb_pkts);
	n = rx_burst(rxq, pkts, nb_pkts);
	if (unlikely(n == 0 && rx->model.tail != tail)) {
		vnic_rx_process(&rx->model, nb_pkts);
		n = rx_burst(rxq, pkts, nb_pkts);
	}
	if (n == 0 && vnic_link_awaits_end(rx))
		vnic_link_look_for_end(&rte_eth_devices[rxq->port_id], rx, false);
	return n;
}

/* Who finds nobody at it brings frames to the rings of all queues; the others look at their own. */
static inline void
rx_steer_step(struct vnic_rx_steer *steer, uint16_t nb_frames)
{
	if (rte_spinlock_is_locked(&steer->lock) || !rte_spinlock_trylock(&steer->lock))
		return;
	vnic_rx_steer(steer, nb_frames);
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
	const struct dualbuf_rxq *rxq = queue;
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t tail = rx->model.tail;
	uint16_t n;

	if (unlikely(rx->model.source == NULL)) /* it is stopped alone */
		return 0;
	rx_steer_step(rx->steer, nb_pkts);
	n = rx_burst(rxq, pkts, nb_pkts);
	if (unlikely(n == 0 && rx->model.tail != tail)) {
		rx_steer_step(rx->steer, nb_pkts);
		n = rx_burst(rxq, pkts, nb_pkts);
	}
	if (n == 0)
		rx_look_for_ends(&rte_eth_devices[rxq->port_id], rx->steer);
	return n;
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
	struct vnic_txq *tx = txq->device_queue;
	uint16_t total = 0, n;

	if (unlikely(tx->model.sink == NULL)) /* it is stopped alone */
		return 0;
	do {
		n = dualbuf_tx_ext_burst(queue, pkts + total, nb_pkts - total);
		vnic_tx_step(tx);
		dualbuf_tx_ext_done_cleanup(txq, 0);
		total += n;
	} while (n > 0 && total < nb_pkts);
	return total;
}

/* What waits because the loop was full may have room now. */
static void
loop_go_on(const struct dualbuf_rxq *rxq)
{
	struct vnic *vnic = vnic_of(&rte_eth_devices[rxq->port_id]);

	rte_ticketlock_lock(&vnic->stepped_lock);
	vnic_txq_go_on(vnic->tx_stepped[rxq->queue_id]);
	rte_ticketlock_unlock(&vnic->stepped_lock);
}

static uint16_t
vnic_rx_burst_loop(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct vnic_rxq *rx = rxq->device_queue;
	const struct wire_source *source = rx->model.source;

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

	vnic_wake_up(tx->wake);
	return n;
}

/* With a thread that receives: the doorbell, when it was rung, may have to wake it. */
static uint16_t
vnic_rx_burst_threaded(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;
	struct vnic_rxq *rx = rxq->device_queue;
	uint32_t tail = rx->model.tail;
	uint16_t n = rx_burst(rxq, pkts, nb_pkts);

	if (rx->model.tail != tail)
		vnic_wake_up(rx->wake);
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
