/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dualbuf_intr_handle.h"
#include "dualbuf_logs.h"
#include "dualbuf_rx_formats.h"
#include "vnic_intr.h"
#include "vnic_wake.h"
#include "wire_clock.h"

/* How long a handler sleeps at most while descriptors wait for their loans. */
#define VNIC_STARVED_NS 1000000

/* Interrupts are armed one at a time, so each enable is answered by one event at the most. */
static bool
intr_fire(struct vnic_intr *intr)
{
	const uint64_t one = 1;

	if (!__atomic_exchange_n(&intr->armed, 0, __ATOMIC_SEQ_CST))
		return false;
	/* Full is as good as written: somebody is about to be woken. */
	if (write(intr->fd, &one, sizeof(one)) != sizeof(one) && errno != EAGAIN)
		DUALBUF_LOG(ERR, "cannot signal a receive interrupt: %s", strerror(errno));
	return true;
}

/* Take over a request that vnic_rx_intr_enable() made when it had looked at the ring. */
static void
intr_take_request(struct vnic_intr *intr)
{
	uint32_t asked = 0;

	if (__atomic_load_n(&intr->asked, __ATOMIC_RELAXED) != 0)
		asked = __atomic_exchange_n(&intr->asked, 0, __ATOMIC_SEQ_CST);
	if (asked & VNIC_INTR_PACKETS)
		intr->due = true;
	if (asked & VNIC_INTR_STARVED)
		intr->starved_until = wire_clock() + VNIC_STARVED_NS;
}

uint64_t
vnic_intr_fire_due(struct vnic_intr *intr)
{
	uint64_t now;

	intr_take_request(intr);
	if (!intr->due && intr->starved_until == 0)
		return UINT64_MAX;
	now = wire_clock();
	if (!intr->due && now < intr->starved_until)
		return intr->starved_until - now;
	if (now < intr->not_before)
		return intr->not_before - now;
	intr->due = false;
	intr->starved_until = 0;
	/* If it is not armed, vnic_rx_intr_enable() will find the packets. */
	if (intr_fire(intr))
		intr->not_before = now + intr->gap_ns;
	return UINT64_MAX;
}

void
vnic_intr_raise(struct vnic_intr *intr)
{
	/* The write-back before the look at armed; the other side does it the other way round. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	intr->due = true;
	vnic_intr_fire_due(intr);
}

/*
 * Packets that are there already interrupt at once, or when moderation lets them.
 *
 * While descriptors wait for their loans the device may have no room for a packet, and only a burst
 * can give it some: a handler that sleeps meanwhile is woken to try now and then.
 */
int
vnic_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic *vnic = vnic_of(dev);
	struct vnic_intr *intr = &vnic->intrs[rxq->queue_id];
	uint32_t ask = 0;

	if (dev->intr_handle == NULL)
		return -ENOTSUP;
	__atomic_store_n(&intr->armed, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (dualbuf_rx_format_of(rxq)->descriptor_status(rxq, 0) == RTE_ETH_RX_DESC_DONE)
		ask |= VNIC_INTR_PACKETS;
	if (dualbuf_ring_armed_count(rxq->ring) < rxq->ring->nb_desc)
		ask |= VNIC_INTR_STARVED;
	if (ask & VNIC_INTR_PACKETS && intr->gap_ns == 0) {
		intr_fire(intr);
	} else if (ask != 0) {
		__atomic_fetch_or(&intr->asked, ask, __ATOMIC_SEQ_CST);
		vnic_wake_up(&vnic->wake, vnic->wake.fd);
	}
	return 0;
}

int
vnic_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	if (dev->intr_handle == NULL)
		return -ENOTSUP;
	__atomic_store_n(&vnic_of(dev)->intrs[rxq->queue_id].armed, 0, __ATOMIC_SEQ_CST);
	return 0;
}

void
vnic_intr_release(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	uint16_t i;

	if (dev->intr_handle == NULL)
		return;
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		if (vnic->intrs[i].fd > 0)
			close(vnic->intrs[i].fd);
		vnic->intrs[i].fd = 0;
	}
	dualbuf_intr_handle_free(dev);
}

/* One eventfd for a queue, as a vector of the port's interrupt handle. */
static int
intr_add_vector(struct rte_eth_dev *dev, uint16_t queue)
{
	struct vnic_intr *intr = &vnic_of(dev)->intrs[queue];
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	*intr = (struct vnic_intr){
		.fd = fd,
		.gap_ns = (uint64_t)vnic_of(dev)->args.common.intr_us * 1000,
	};
	return dualbuf_intr_handle_set(dev, queue, fd);
}

int
vnic_intr_configure(struct rte_eth_dev *dev)
{
	uint16_t nb = dev->data->nb_rx_queues;
	uint16_t i;
	int ret;

	vnic_intr_release(dev);
	if (!dev->data->dev_conf.intr_conf.rxq)
		return 0;
	ret = dualbuf_intr_handle_make(dev, sizeof(uint64_t));
	for (i = 0; i < nb && ret == 0; i++)
		ret = intr_add_vector(dev, i);
	if (ret != 0) {
		DUALBUF_LOG(ERR, "cannot make receive interrupts: %s", strerror(-ret));
		vnic_intr_release(dev);
	}
	return ret;
}
