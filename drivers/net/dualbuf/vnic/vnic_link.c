/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_link_watch.h"
#include "vnic_ifaces.h"
#include "vnic_link.h"

bool
vnic_link_can_change(const struct vnic_args *args)
{
	return args->eof || vnic_has_iface(args);
}

/* Is a file read to its end, and has the driver taken the last that was written? */
static bool
queue_at_end(const struct vnic_rx_queue *queue)
{
	uint32_t last;

	/* with this set, the model writes nothing more */
	if (!__atomic_load_n(&queue->ended, __ATOMIC_ACQUIRE))
		return false;
	last = (queue->head == 0 ? queue->nb_desc : queue->head) - 1;
	return !(dualbuf_rx_desc_status(&queue->desc[last]) & DUALBUF_RXD_DD);
}

/*
 * Are all files at their end? Queues that receive from something else do not count. Where the end is to
 * be told, it is where the polls have found it.
 */
static bool
link_at_end(const struct rte_eth_dev *dev)
{
	const struct vnic_args *args = &vnic_of(dev)->args;
	struct dualbuf_port *port = dualbuf_port(dev);
	const struct dualbuf_rxq *rxq;
	const struct vnic_rxq *rx;
	bool at_end = true;
	uint16_t i;

	if (dev->data->dev_conf.intr_conf.lsc)
		return __atomic_load_n(&vnic_of(dev)->nb_lasting, __ATOMIC_ACQUIRE) == 0;
	/* a thread may ask for the link while another sets up the queues anew */
	dualbuf_queues_lock(port);
	for (i = 0; i < vnic_args_rx_queues(args) && at_end; i++) {
		rxq = port->rxqs[i];
		if (rxq == NULL || args->rx[vnic_args_source(args, i)].kind != WIRE_END_FILE)
			continue;
		rx = rxq->device_queue;
		at_end = queue_at_end(&rx->model);
	}
	dualbuf_queues_unlock(port);
	return at_end;
}

static bool
link_is_up(const struct rte_eth_dev *dev)
{
	const struct vnic *vnic = vnic_of(dev);

	return __atomic_load_n(&vnic->running, __ATOMIC_RELAXED) &&
			!__atomic_load_n(&vnic->unplugged, __ATOMIC_RELAXED) &&
			vnic_has_carrier(&vnic->args) && !(vnic->args.eof && link_at_end(dev));
}

void
vnic_link(struct rte_eth_dev *dev, struct rte_eth_link *link)
{
	link->link_speed = RTE_ETH_SPEED_NUM_10G;
	link->link_duplex = RTE_ETH_LINK_FULL_DUPLEX;
	link->link_autoneg = RTE_ETH_LINK_FIXED;
	vnic_iface_link(&vnic_of(dev)->args, link);
	link->link_status = link_is_up(dev) ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN;
}

void
vnic_link_await_ends(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	bool tells_ends = vnic->args.eof && dev->data->dev_conf.intr_conf.lsc;
	uint32_t nb_lasting = 0;
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++) {
		struct vnic_rxq *rx = dualbuf_port(dev)->rxqs[i]->device_queue;

		rx->untouched = true;
		vnic->end_awaited[i] = tells_ends &&
				vnic->args.rx[vnic_args_source(&vnic->args, i)].kind ==
						WIRE_END_FILE;
		nb_lasting += vnic->end_awaited[i];
	}
	__atomic_store_n(&vnic->nb_lasting, nb_lasting, __ATOMIC_RELEASE);
}

/*
 * Who asks for the link while events are configured is told what was set last, so it is set here. The event
 * that follows sets it again, should an older look at the link be written after this.
 */
static void
link_set_down(struct rte_eth_dev *dev)
{
	struct rte_eth_link link;

	rte_eth_linkstatus_get(dev, &link);
	link.link_status = RTE_ETH_LINK_DOWN;
	rte_eth_linkstatus_set(dev, &link);
}

/*
 * The model's thread notes the end and then looks what was taken, the driver takes and then looks for
 * the end: one of the two sees the other. The event comes in EAL's alarm thread, as any other.
 */
void
vnic_link_look_for_end(struct rte_eth_dev *dev, struct vnic_rxq *rxq, bool early)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!queue_at_end(&rxq->model) ||
			!__atomic_exchange_n(rxq->end_awaited, 0, __ATOMIC_RELAXED))
		return;
	if (__atomic_sub_fetch(&vnic_of(dev)->nb_lasting, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	link_set_down(dev);
	dualbuf_link_look_in(dev, early ? DUALBUF_LINK_WATCH_US : 1);
}

static void
plug_queues(struct dualbuf_port *port, bool in)
{
	struct vnic_rxq *rx;
	struct vnic_txq *tx;
	uint16_t i;

	dualbuf_queues_lock(port);
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		rx = port->rxqs[i] == NULL ? NULL : port->rxqs[i]->device_queue;
		tx = port->txqs[i] == NULL ? NULL : port->txqs[i]->device_queue;
		if (rx != NULL)
			__atomic_store_n(&rx->model.wire, in ? VNIC_REPLUGGED : VNIC_UNPLUGGED,
					__ATOMIC_RELEASE);
		if (tx != NULL)
			__atomic_store_n(&tx->model.wire, in ? VNIC_PLUGGED : VNIC_UNPLUGGED,
					__ATOMIC_RELAXED);
	}
	dualbuf_queues_unlock(port);
}

/* The event comes in EAL's alarm thread, as any other. */
int
vnic_link_set(struct rte_eth_dev *dev, bool up)
{
	struct vnic *vnic = vnic_of(dev);

	if (!vnic->running || vnic->unplugged != up)
		return 0;
	__atomic_store_n(&vnic->unplugged, !up, __ATOMIC_RELAXED);
	plug_queues(dualbuf_port(dev), up);
	if (vnic->thread.running)
		vnic_wake_up(&vnic->wake, vnic->wake.fd);
	dualbuf_link_look_in(dev, 1);
	return 0;
}

void
vnic_link_look_elsewhere(struct rte_eth_dev *dev)
{
	uint64_t self = vnic_ends_of[dev->data->port_id]->self, owner;
	struct vnic *vnic = vnic_of(dev);
	struct vnic_rxq *rx;
	uint16_t i;

	rte_ticketlock_lock(&vnic->stepped_lock);
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		rx = vnic->rx_stepped[i];
		if (rx == NULL || !vnic_link_awaits_end(rx))
			continue;
		owner = __atomic_load_n(&rx->owner, __ATOMIC_RELAXED);
		if (owner != self && owner != VNIC_NOBODY)
			vnic_link_look_for_end(dev, rx, false);
	}
	rte_ticketlock_unlock(&vnic->stepped_lock);
}
