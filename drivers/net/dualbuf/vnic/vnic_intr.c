/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <rte_interrupts.h>

#include "dualbuf_logs.h"
#include "vnic.h"

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

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

uint64_t
vnic_intr_settle(struct vnic_intr *intr)
{
	uint64_t now;

	if (!intr->due)
		return UINT64_MAX;
	if (intr->gap_ns > 0) {
		now = now_ns();
		if (now < intr->not_before)
			return intr->not_before - now;
		intr->not_before = now + intr->gap_ns;
	}
	/* If it is not armed, vnic_rx_intr_enable() will find the packets. */
	intr_fire(intr);
	intr->due = false;
	return UINT64_MAX;
}

void
vnic_intr_raise(struct vnic_intr *intr)
{
	/* The write-back before the look at armed; the other side does it the other way round. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	intr->due = true;
	vnic_intr_settle(intr);
}

int
vnic_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic_intr *intr = &vnic_of(dev)->intrs[rxq->queue_id];

	if (dev->intr_handle == NULL)
		return -ENOTSUP;
	__atomic_store_n(&intr->armed, 1, __ATOMIC_SEQ_CST);
	if (dualbuf_rx_descriptor_status(rxq, 0) == RTE_ETH_RX_DESC_DONE)
		intr_fire(intr);
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
	rte_intr_vec_list_free(dev->intr_handle);
	rte_intr_instance_free(dev->intr_handle);
	dev->intr_handle = NULL;
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
	if (rte_intr_efds_index_set(dev->intr_handle, queue, fd) != 0 ||
			rte_intr_vec_list_index_set(dev->intr_handle, queue,
					RTE_INTR_VEC_RXTX_OFFSET + queue) != 0)
		return -EINVAL;
	return 0;
}

int
vnic_intr_configure(struct rte_eth_dev *dev)
{
	uint16_t nb = dev->data->nb_rx_queues;
	uint16_t i;
	int ret = 0;

	vnic_intr_release(dev);
	if (!dev->data->dev_conf.intr_conf.rxq)
		return 0;
	dev->intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (dev->intr_handle == NULL)
		return -ENOMEM;
	if (rte_intr_type_set(dev->intr_handle, RTE_INTR_HANDLE_VDEV) != 0 ||
			rte_intr_efd_counter_size_set(dev->intr_handle, sizeof(uint64_t)) != 0 ||
			rte_intr_nb_efd_set(dev->intr_handle, nb) != 0 ||
			rte_intr_max_intr_set(dev->intr_handle, nb + 1) != 0 ||
			rte_intr_vec_list_alloc(dev->intr_handle, NULL, nb) != 0)
		ret = -ENOMEM;
	for (i = 0; i < nb && ret == 0; i++)
		ret = intr_add_vector(dev, i);
	if (ret != 0) {
		DUALBUF_LOG(ERR, "cannot make receive interrupts: %s", strerror(-ret));
		vnic_intr_release(dev);
	}
	return ret;
}
