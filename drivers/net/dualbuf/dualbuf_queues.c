/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include "dualbuf_lengths.h"
#include "dualbuf_logs.h"
#include "dualbuf_port.h"
#include "dualbuf_ports.h"
#include "dualbuf_queues.h"
#include "dualbuf_rx_formats.h"
#include "dualbuf_stats.h"
#include "dualbuf_tx_formats.h"

/* A queue as others may find it: one that is complete, or none. What one has counted stays. */
static void
port_show_rxq(struct rte_eth_dev *dev, uint16_t queue_id, struct dualbuf_rxq *rxq)
{
	dualbuf_queues_lock(dualbuf_port(dev));
	dualbuf_stats_keep_rxq(dev, queue_id);
	dualbuf_port(dev)->rxqs[queue_id] = rxq;
	dualbuf_queues_unlock(dualbuf_port(dev));
	dev->data->rx_queues[queue_id] = rxq;
}

static void
port_show_txq(struct rte_eth_dev *dev, uint16_t queue_id, struct dualbuf_txq *txq)
{
	dualbuf_queues_lock(dualbuf_port(dev));
	dualbuf_stats_keep_txq(dev, queue_id);
	dualbuf_port(dev)->txqs[queue_id] = txq;
	dualbuf_queues_unlock(dualbuf_port(dev));
	dev->data->tx_queues[queue_id] = txq;
}

void
dualbuf_rx_queue_release(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_rxq *rxq = dev->data->rx_queues[queue_id];

	if (rxq == NULL)
		return;
	port_show_rxq(dev, queue_id, NULL);
	dualbuf_device(dev)->rx_queue_detach(rxq);
	dualbuf_rxq_free(rxq);
}

void
dualbuf_tx_queue_release(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_txq *txq = dev->data->tx_queues[queue_id];

	if (txq == NULL)
		return;
	dualbuf_txq_restart(txq);
	port_show_txq(dev, queue_id, NULL);
	dualbuf_device(dev)->tx_queue_detach(txq);
	dualbuf_txq_free(txq);
}

/* The memory of a ring's descriptors. */
static const struct rte_memzone *
ring_reserve(const struct rte_eth_dev *dev, const char *name, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id)
{
	return rte_eth_dma_zone_reserve(dev, name, queue_id, nb_desc * DUALBUF_DESC_SIZE,
			DUALBUF_RING_BASE_ALIGN, socket_id);
}

/* The largest buffer the device can be told of, in what the pool's mbufs have room for. */
static int
rxq_size_buffer(struct rte_eth_dev *dev, struct rte_mempool *mp, uint32_t *buf_size)
{
	uint16_t room = rte_pktmbuf_data_room_size(mp);
	uint32_t space = room < RTE_PKTMBUF_HEADROOM ? 0 : room - RTE_PKTMBUF_HEADROOM;
	struct rte_eth_dev_info info = { 0 };

	*buf_size = dualbuf_device(dev)->rx_buf_size(space);
	if (*buf_size > 0)
		return 0;
	dualbuf_device(dev)->info(dev, &info);
	DUALBUF_LOG(ERR,
			"mempool %s: a data room of %u bytes leaves %u after the headroom of %u; "
			"at least %u are required",
			mp->name, room, space, RTE_PKTMBUF_HEADROOM, info.min_rx_bufsize);
	return -EINVAL;
}

/* The request to the pool: queues that are to come are thought of as if they were like this one. */
static struct dualbuf_pool_request
rxq_request(const struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, struct rte_mempool *mp)
{
	uint32_t nb_sharing = dualbuf_ports_queues_to_come(dev, queue_id);

	return (struct dualbuf_pool_request){
		.mp = mp,
		.nb_desc = nb_desc,
		.nb_bufs = dualbuf_port(dev)->args.nb_bufs,
		.nb_sharing = nb_sharing,
		.reserve = (nb_sharing + dualbuf_ports_foreign()) * nb_desc,
		.mbuf_addr_offset = dualbuf_device(dev)->mbuf_addr_offset,
		.socket_id = socket_id,
	};
}

/* Make the queue and attach it to the device, which gets its descriptors' memory. */
static int
rxq_make(struct rte_eth_dev *dev, const struct dualbuf_rxq_conf *conf, struct dualbuf_rxq **rxq)
{
	int ret = dualbuf_rxq_make(conf, rxq);

	if (ret != 0) {
		rte_memzone_free(conf->mz);
		return ret;
	}
	ret = dualbuf_device(dev)->rx_queue_attach(dev, *rxq);
	if (ret != 0)
		dualbuf_rxq_free(*rxq);
	return ret;
}

int
dualbuf_rx_queue_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, const struct rte_eth_rxconf *eth_conf,
		struct rte_mempool *mp)
{
	const struct dualbuf_port *port = dualbuf_port(dev);
	struct dualbuf_rxq_conf conf = {
		.format = dualbuf_device(dev)->rx_format,
		.burst = dualbuf_rx_format_path(dualbuf_device(dev)->rx_format, port->args.burst),
		.request = rxq_request(dev, queue_id, nb_desc, socket_id, mp),
		.offloads = eth_conf->offloads | dev->data->dev_conf.rxmode.offloads,
		.loan_flag = port->loan_flag,
		.deferred_start = eth_conf->rx_deferred_start,
		.port_id = dev->data->port_id,
		.queue_id = queue_id,
	};
	struct dualbuf_rxq *rxq;
	int ret;

	ret = rxq_size_buffer(dev, mp, &conf.buf_size);
	if (ret != 0)
		return ret;
	conf.mz = ring_reserve(dev, "dualbuf_rx", queue_id, nb_desc, socket_id);
	if (conf.mz == NULL)
		return -ENOMEM;
	conf.desc = conf.mz->addr;
	ret = rxq_make(dev, &conf, &rxq);
	if (ret != 0)
		return ret;
	port_show_rxq(dev, queue_id, rxq);
	if (dev->data->dev_started)
		dualbuf_lengths_settle(dev);
	return 0;
}

static int
txq_check(const struct rte_eth_txconf *conf, uint16_t nb_desc)
{
	if (conf->tx_rs_thresh >= nb_desc || conf->tx_free_thresh >= nb_desc) {
		DUALBUF_LOG(ERR,
				"tx_rs_thresh %u and tx_free_thresh %u must be below the ring's "
				"length of %u",
				conf->tx_rs_thresh, conf->tx_free_thresh, nb_desc);
		return -EINVAL;
	}
	return 0;
}

static int
txq_make(struct rte_eth_dev *dev, const struct dualbuf_txq_conf *conf, struct dualbuf_txq **txq)
{
	int ret = dualbuf_txq_make(conf, txq);

	if (ret != 0) {
		rte_memzone_free(conf->mz);
		return ret;
	}
	ret = dualbuf_device(dev)->tx_queue_attach(dev, *txq);
	if (ret != 0)
		dualbuf_txq_free(*txq);
	return ret;
}

int
dualbuf_tx_queue_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, const struct rte_eth_txconf *eth_conf)
{
	struct dualbuf_txq_conf conf = {
		.format = dualbuf_device(dev)->tx_format,
		.mbuf_addr_offset = dualbuf_device(dev)->mbuf_addr_offset,
		.offloads = eth_conf->offloads | dev->data->dev_conf.txmode.offloads,
		.nb_desc = nb_desc,
		.rs_thresh = eth_conf->tx_rs_thresh,
		.free_thresh = eth_conf->tx_free_thresh,
		.deferred_start = eth_conf->tx_deferred_start,
		.port_id = dev->data->port_id,
		.queue_id = queue_id,
		.socket_id = socket_id,
	};
	struct dualbuf_txq *txq;
	int ret;

	ret = txq_check(eth_conf, nb_desc);
	if (ret != 0)
		return ret;
	conf.mz = ring_reserve(dev, "dualbuf_tx", queue_id, nb_desc, socket_id);
	if (conf.mz == NULL)
		return -ENOMEM;
	conf.desc = conf.mz->addr;
	ret = txq_make(dev, &conf, &txq);
	if (ret != 0)
		return ret;
	dualbuf_txq_shut(txq);
	port_show_txq(dev, queue_id, txq);
	return 0;
}

/* Offloads of VLAN tags that may be switched at any time. */
#define VLAN_OFFLOADS (RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_VLAN_FILTER)

int
dualbuf_vlan_offload_set(struct rte_eth_dev *dev, int mask)
{
	uint64_t offloads = dev->data->dev_conf.rxmode.offloads;
	struct dualbuf_port *port = dualbuf_port(dev);
	uint16_t i;

	if (!(mask & (RTE_ETH_VLAN_STRIP_MASK | RTE_ETH_VLAN_FILTER_MASK)))
		return 0;
	dualbuf_queues_lock(port);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++) {
		if (port->rxqs[i] == NULL)
			continue;
		port->rxqs[i]->offloads &= ~VLAN_OFFLOADS;
		port->rxqs[i]->offloads |= offloads & VLAN_OFFLOADS;
	}
	dualbuf_queues_unlock(port);
	dualbuf_set_rx_offloads(port, offloads);
	return dualbuf_device(dev)->rx_filter(dev);
}

/* ethdev looks first whether there is the queue; by now it may have been released. */
void
dualbuf_rxq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_rxq_info *info)
{
	struct dualbuf_port *port = dualbuf_port(dev);
	const struct dualbuf_rxq *rxq;

	dualbuf_queues_lock(port);
	rxq = port->rxqs[queue_id];
	if (rxq != NULL) {
		info->mp = rxq->pool->app;
		info->nb_desc = rxq->ring->nb_desc;
		info->rx_buf_size = rxq->buf_size;
		info->scattered_rx = __atomic_load_n(&port->filter.scattered, __ATOMIC_RELAXED);
		info->conf.rx_deferred_start = rxq->deferred_start;
		info->conf.offloads = rxq->offloads;
	}
	dualbuf_queues_unlock(port);
}

void
dualbuf_txq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_txq_info *info)
{
	struct dualbuf_port *port = dualbuf_port(dev);
	const struct dualbuf_txq *txq;

	dualbuf_queues_lock(port);
	txq = port->txqs[queue_id];
	if (txq != NULL) {
		info->nb_desc = txq->nb_desc;
		info->conf.tx_rs_thresh = txq->rs_thresh;
		info->conf.tx_free_thresh = txq->free_thresh;
		info->conf.tx_deferred_start = txq->deferred_start;
		info->conf.offloads = txq->offloads;
	}
	dualbuf_queues_unlock(port);
}
