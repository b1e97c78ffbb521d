/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <rte_bus_pci.h>
#include <rte_interrupts.h>

#include "dualbuf_logs.h"
#include "dualbuf_ethdev.h"
#include "dualbuf_rx_formats.h"
#include "gbe_devices.h"
#include "gbe_intr.h"
#include "gbe_vectors.h"

/* The causes of a device that has one vector for all. */
static const struct gbe_cause_regs intr_one_vector = { GBE_ICR, GBE_ICS, GBE_IMS, GBE_IMC };

static struct rte_intr_handle *
intr_handle_of(const struct rte_eth_dev *dev)
{
	return RTE_CLASS_TO_BUS_DEVICE(dev, struct rte_pci_device)->intr_handle;
}

/* NULL: it has none. By the device, which is this process's own; the hardware's data point into the primary. */
static const struct gbe_vectors *
intr_vectors_of(const struct rte_eth_dev *dev)
{
	return gbe_family_of(RTE_CLASS_TO_BUS_DEVICE(dev, struct rte_pci_device)->id.device_id)
			->vectors;
}

/* Does each receive queue have a vector of its own? Else there is one for all causes. */
static bool
intr_has_vectors(const struct rte_eth_dev *dev)
{
	return rte_intr_type_get(intr_handle_of(dev)) == RTE_INTR_HANDLE_VFIO_MSIX &&
			intr_vectors_of(dev) != NULL;
}

/* The cause by which the device interrupts for packets: its queue's cause, or the one for all queues. */
static uint32_t
intr_rx_cause(const struct rte_eth_dev *dev, uint16_t queue)
{
	return intr_has_vectors(dev) ? RTE_BIT32(intr_vectors_of(dev)->rx_shift + queue) :
				       GBE_INT_RXT0;
}

/* Where it stands. */
static const struct gbe_cause_regs *
intr_rx_regs(const struct rte_eth_dev *dev)
{
	return intr_has_vectors(dev) ? &intr_vectors_of(dev)->rx : &intr_one_vector;
}

static uint32_t
intr_link_causes(const struct rte_eth_dev *dev)
{
	return intr_has_vectors(dev) ? GBE_INT_LSC | intr_vectors_of(dev)->other : GBE_INT_LSC;
}

static void
intr_enable_link(const struct rte_eth_dev *dev, const struct gbe_hw *hw)
{
	gbe_write(hw, GBE_IMS, intr_link_causes(dev));
	if (intr_has_vectors(dev) && intr_vectors_of(dev)->rx_other != 0)
		gbe_write(hw, intr_vectors_of(dev)->rx.enable, intr_vectors_of(dev)->rx_other);
}

/* A link that is up may have gone, and come back with another partner. */
static void
intr_forget_partner(struct gbe *gbe)
{
	pthread_mutex_lock(&gbe->link_mutex);
	gbe->pause.settled = false;
	pthread_mutex_unlock(&gbe->link_mutex);
}

/*
 * Runs in EAL's interrupt thread. Reading the causes clears them, but not with MSI-X. The application
 * is called last: it may stop the port and close it, after which there is nothing left to touch. EAL
 * still calls a handler that was taken away in another's callback, so this may be of a port that is gone.
 */
static void
intr_on_link(void *arg)
{
	struct rte_eth_dev *dev = arg;
	bool changed = false;
	struct gbe_hw *hw;
	uint32_t causes;

	if (!dualbuf_is_port(dev) || !gbe_of(dev)->running)
		return;
	hw = &gbe_of(dev)->hw;
	causes = gbe_read(hw, GBE_ICR) & intr_link_causes(dev);
	gbe_write(hw, GBE_ICR, causes);
	if (causes & GBE_INT_LSC) {
		intr_forget_partner(gbe_of(dev));
		changed = dev->dev_ops->link_update(dev, 0) == 0;
	}
	intr_enable_link(dev, hw);
	rte_intr_ack(intr_handle_of(dev));
	if (changed)
		rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_INTR_LSC, NULL);
}

/*
 * No handler runs when this returns, but for the one that it was called from: EAL removes that as soon
 * as it has returned, and waiting for it would last for ever.
 */
static void
intr_unregister(const struct rte_intr_handle *handle, struct rte_eth_dev *dev)
{
	if (!rte_thread_is_intr())
		rte_intr_callback_unregister_sync(handle, intr_on_link, dev);
	else if (rte_intr_callback_unregister(handle, intr_on_link, dev) == -EAGAIN)
		rte_intr_callback_unregister_pending(handle, intr_on_link, dev, NULL);
}

/* With one vector for all, EAL's thread and the application cannot both wait for it. */
static bool
intr_wants_link(const struct rte_eth_dev *dev)
{
	const struct rte_eth_intr_conf *conf = &dev->data->dev_conf.intr_conf;

	return conf->lsc && (!conf->rxq || intr_has_vectors(dev));
}

bool
gbe_intr_is_possible(const struct gbe_family *family, enum rte_intr_handle_type type)
{
	return family->has_msix ||
			(type != RTE_INTR_HANDLE_VFIO_MSIX && type != RTE_INTR_HANDLE_VFIO_MSI);
}

/* A controller may have more queues than vectors. */
static int
intr_check_vectors(const struct rte_eth_dev *dev)
{
	uint16_t nb = intr_vectors_of(dev)->nb_rx;

	if (dev->data->nb_rx_queues <= nb)
		return 0;
	DUALBUF_LOG(ERR,
			"%s: has interrupt vectors for %u receive queues, not for %u; receive interrupts "
			"require no more queues than that",
			dev->device->name, nb, dev->data->nb_rx_queues);
	return -ENOTSUP;
}

/* One cause for all queues says not whose packet it was, and clearing it for one would lose another's. */
static int
intr_check(const struct rte_eth_dev *dev)
{
	if (!gbe_intr_is_possible(gbe_of(dev)->hw.family, rte_intr_type_get(intr_handle_of(dev)))) {
		DUALBUF_LOG(ERR,
				"%s: has neither MSI-X nor MSI, one of which EAL chose for its "
				"interrupts; EAL's --vfio-intr=legacy is required",
				dev->device->name);
		return -ENOTSUP;
	}
	if (!dev->data->dev_conf.intr_conf.rxq)
		return 0;
	if (intr_has_vectors(dev))
		return intr_check_vectors(dev);
	if (dev->data->nb_rx_queues <= 1)
		return 0;
	DUALBUF_LOG(ERR,
			"%s: has one interrupt vector for all of %u receive queues; receive "
			"interrupts require MSI-X, or one receive queue",
			dev->device->name, dev->data->nb_rx_queues);
	return -ENOTSUP;
}

/* The eventfds that the receive queues' vectors signal. */
static int
intr_make_rx_vectors(struct rte_eth_dev *dev)
{
	struct rte_intr_handle *handle = intr_handle_of(dev);
	uint16_t nb = dev->data->nb_rx_queues;
	uint32_t base;
	uint16_t i;

	if (rte_intr_efd_enable(handle, nb) != 0 ||
			rte_intr_vec_list_alloc(handle, "dualbuf_intr_vec", nb) != 0) {
		DUALBUF_LOG(ERR, "%s: no memory for receive interrupts", dev->device->name);
		return -ENOMEM;
	}
	base = rte_intr_allow_others(handle) ? RTE_INTR_VEC_RXTX_OFFSET : RTE_INTR_VEC_ZERO_OFFSET;
	for (i = 0; i < nb; i++)
		if (rte_intr_vec_list_index_set(
				    handle, i, intr_has_vectors(dev) ? base + i : base) != 0)
			return -EINVAL;
	return 0;
}

static void
intr_moderate_one(const struct rte_eth_dev *dev, const struct gbe_hw *hw, uint32_t intr_us)
{
	const struct gbe_vectors *vectors = intr_vectors_of(dev);

	if (vectors != NULL && vectors->moderates_all)
		vectors->moderate(hw, GBE_VECTOR_OTHER, intr_us);
	else
		gbe_write(hw, GBE_ITR, intr_us * 1000 / GBE_ITR_NS);
}

/* What interrupts by vectors has a moderation for each; else there is one for all. */
static void
intr_moderate(const struct rte_eth_dev *dev, const struct gbe_hw *hw, uint32_t intr_us)
{
	uint16_t i;

	if (!intr_has_vectors(dev)) {
		intr_moderate_one(dev, hw, intr_us);
		return;
	}
	for (i = 0; i < dev->data->nb_rx_queues; i++)
		intr_vectors_of(dev)->moderate(hw, GBE_VECTOR_RXQ(i), intr_us);
}

int
gbe_intr_start(struct rte_eth_dev *dev, struct gbe_hw *hw, uint32_t intr_us)
{
	const struct rte_eth_intr_conf *conf = &dev->data->dev_conf.intr_conf;
	struct rte_intr_handle *handle = intr_handle_of(dev);
	int ret;

	if (!conf->lsc && !conf->rxq)
		return 0;
	ret = intr_check(dev);
	if (ret != 0)
		return ret;
	if (conf->rxq)
		ret = intr_make_rx_vectors(dev);
	if (ret == 0 && intr_wants_link(dev))
		ret = rte_intr_callback_register(handle, intr_on_link, dev);
	else if (ret == 0 && conf->lsc)
		DUALBUF_LOG(WARNING,
				"%s: has one interrupt vector, which is for receiving; ask for "
				"the link instead of waiting for its interrupt",
				dev->device->name);
	if (ret == 0)
		ret = rte_intr_enable(handle);
	if (ret != 0) {
		DUALBUF_LOG(ERR, "%s: cannot enable interrupts: %s", dev->device->name,
				strerror(-ret));
		gbe_intr_stop(dev, hw);
		return ret;
	}
	if (intr_has_vectors(dev))
		intr_vectors_of(dev)->route(hw, conf->rxq ? dev->data->nb_rx_queues : 0);
	intr_moderate(dev, hw, intr_us);
	if (intr_wants_link(dev))
		intr_enable_link(dev, hw);
	return 0;
}

void
gbe_intr_stop(struct rte_eth_dev *dev, struct gbe_hw *hw)
{
	const struct rte_eth_intr_conf *conf = &dev->data->dev_conf.intr_conf;
	struct rte_intr_handle *handle = intr_handle_of(dev);

	/* the handler goes first: it enables causes */
	if (conf->lsc || conf->rxq)
		intr_unregister(handle, dev);
	gbe_mask_interrupts(hw);
	if (!conf->lsc && !conf->rxq)
		return;
	rte_intr_disable(handle);
	rte_intr_efd_disable(handle);
	rte_intr_vec_list_free(handle);
}

void
gbe_intr_ask_link(const struct rte_eth_dev *dev, const struct gbe_hw *hw)
{
	if (intr_wants_link(dev))
		gbe_write(hw, GBE_ICS, intr_link_causes(dev));
}

/*
 * Is there something for a burst to do? Packets that have come; or, with all descriptors but the one
 * that is held back waiting for their loans, buffers that come home: the device has no room for a
 * packet then, could not interrupt, and only a burst can give it some.
 */
static bool
intr_has_work(struct dualbuf_rxq *rxq)
{
	return dualbuf_rx_format_of(rxq)->descriptor_status(rxq, 0) == RTE_ETH_RX_DESC_DONE ||
			dualbuf_ring_armed_count(rxq->ring) <= 1;
}

/*
 * Causes of packets that were received already are cleared first, then the ring is looked at: what
 * arrives after the clearing raises the cause again, what had arrived before it is in the ring.
 */
int
gbe_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	const struct gbe_hw *hw = &gbe_of(dev)->hw;
	const struct gbe_cause_regs *regs = intr_rx_regs(dev);
	uint32_t cause = intr_rx_cause(dev, rxq->queue_id);

	if (!dev->data->dev_conf.intr_conf.rxq)
		return -ENOTSUP;
	gbe_write(hw, regs->cause, cause);
	gbe_read(hw, GBE_STATUS);
	if (intr_has_work(rxq))
		gbe_write(hw, regs->set, cause);
	gbe_write(hw, regs->enable, cause);
	/* INTx stays masked in the host after each interrupt until it is acknowledged. */
	return rte_intr_ack(intr_handle_of(dev));
}

int
gbe_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	const struct gbe_hw *hw = &gbe_of(dev)->hw;

	if (!dev->data->dev_conf.intr_conf.rxq)
		return -ENOTSUP;
	gbe_write(hw, intr_rx_regs(dev)->disable, intr_rx_cause(dev, rxq->queue_id));
	return 0;
}
