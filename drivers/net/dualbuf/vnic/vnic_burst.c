/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <ethdev_driver.h>

#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "vnic_burst.h"
#include "vnic_link.h"
#include "vnic_wake.h"

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
	n = rxq->burst(queue, pkts, nb_pkts);
	if (unlikely(n == 0 && rx->model.tail != tail)) {
		vnic_rx_process(&rx->model, nb_pkts);
		n = rxq->burst(queue, pkts, nb_pkts);
	}
	if (n == 0 && vnic_link_awaits_end(rx))
		vnic_link_look_for_end(&rte_eth_devices[rxq->port_id], rx, false);
	return n;
}

static inline void
tx_step(struct vnic_txq *tx)
{
	bool is_shared = tx->model.sink->waits;

	if (unlikely(is_shared))
		rte_spinlock_lock(&tx->step_lock);
	vnic_tx_process(&tx->model);
	if (unlikely(is_shared))
		rte_spinlock_unlock(&tx->step_lock);
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
		tx_step(tx);
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
	uint16_t n = rxq->burst(queue, pkts, nb_pkts);

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
	return kind == WIRE_END_LOOP ? vnic_rx_burst_loop : vnic_rx_burst;
}

eth_tx_burst_t
vnic_tx_burst_of(const struct rte_eth_dev *dev)
{
	bool wakes = dev->intr_handle != NULL && vnic_of(dev)->args.tx[0].kind == WIRE_END_LOOP;

	return wakes ? vnic_tx_burst_loop_threaded : vnic_tx_burst;
}
