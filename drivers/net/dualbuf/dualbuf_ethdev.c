/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_cycles.h>
#include <rte_ether.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_loan.h"
#include "dualbuf_logs.h"
#include "dualbuf_ports.h"

RTE_LOG_REGISTER_DEFAULT(dualbuf_logtype, NOTICE)

/* How long the lock of a port's queues is waited for, and between two looks at it. */
#define QUEUES_LOCK_PATIENCE_US 1000000
#define QUEUES_LOCK_PAUSE_US 10

/* It is held for microseconds; but a process that was killed meanwhile holds it for ever. */
void
dualbuf_queues_lock(struct dualbuf_port *port)
{
	uint32_t waited;

	for (waited = 0; waited < QUEUES_LOCK_PATIENCE_US; waited += QUEUES_LOCK_PAUSE_US) {
		if (rte_spinlock_trylock(&port->queues_lock))
			return;
		rte_delay_us_sleep(QUEUES_LOCK_PAUSE_US);
	}
	DUALBUF_LOG(WARNING, "a process that asked for statistics has ended while it read them");
}

void
dualbuf_queues_unlock(struct dualbuf_port *port)
{
	rte_spinlock_unlock(&port->queues_lock);
}

/* What others may find as a queue: one that is complete, or none. */
static void
port_show_rxq(struct rte_eth_dev *dev, uint16_t queue_id, struct dualbuf_rxq *rxq)
{
	dualbuf_queues_lock(dualbuf_port(dev));
	dualbuf_port(dev)->rxqs[queue_id] = rxq;
	dualbuf_queues_unlock(dualbuf_port(dev));
	dev->data->rx_queues[queue_id] = rxq;
}

static void
port_show_txq(struct rte_eth_dev *dev, uint16_t queue_id, struct dualbuf_txq *txq)
{
	dualbuf_queues_lock(dualbuf_port(dev));
	dualbuf_port(dev)->txqs[queue_id] = txq;
	dualbuf_queues_unlock(dualbuf_port(dev));
	dev->data->tx_queues[queue_id] = txq;
}

static void
rxq_free(struct dualbuf_rxq *rxq)
{
	if (rxq->pool != NULL) {
		dualbuf_rx_discard_partial(rxq);
		dualbuf_pool_release(rxq->pool, rxq->ring);
	}
	rte_memzone_free(rxq->mz);
	rte_free(rxq);
}

static void
dualbuf_rx_queue_release(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_rxq *rxq = dev->data->rx_queues[queue_id];

	if (rxq == NULL)
		return;
	port_show_rxq(dev, queue_id, NULL);
	dualbuf_device(dev)->rx_queue_detach(rxq);
	rxq_free(rxq);
}

static void
txq_free(struct dualbuf_txq *txq)
{
	rte_free(txq->mbufs);
	rte_free(txq->batches);
	rte_memzone_free(txq->mz);
	rte_free(txq);
}

static void
dualbuf_tx_queue_release(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_txq *txq = dev->data->tx_queues[queue_id];

	if (txq == NULL)
		return;
	port_show_txq(dev, queue_id, NULL);
	dualbuf_tx_restart(txq);
	dualbuf_device(dev)->tx_queue_detach(txq);
	txq_free(txq);
}

static int
rxq_bind(const struct rte_eth_dev *dev, struct dualbuf_rxq *rxq, uint16_t nb_desc,
		unsigned int socket_id)
{
	const struct dualbuf_port *port = dualbuf_port(dev);
	/* they are thought of as if they were like this one */
	uint32_t nb_sharing = dualbuf_ports_queues_to_come(dev, rxq->queue_id);
	const struct dualbuf_pool_request request = {
		.mp = rxq->mp,
		.nb_desc = nb_desc,
		.nb_bufs = port->args.nb_bufs,
		.nb_sharing = nb_sharing,
		.reserve = (nb_sharing + dualbuf_ports_foreign()) * nb_desc,
		.mbuf_addr_offset = dualbuf_device(dev)->mbuf_addr_offset,
		.socket_id = socket_id,
	};

	return dualbuf_pool_bind(&request, &rxq->pool, &rxq->ring);
}

/* The largest buffer the device can be told of, in what the pool's mbufs have room for. */
static int
rxq_size_buffer(const struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	uint16_t room = rte_pktmbuf_data_room_size(rxq->mp);
	uint32_t space = room < RTE_PKTMBUF_HEADROOM ? 0 : room - RTE_PKTMBUF_HEADROOM;

	rxq->buf_room = dualbuf_device(dev)->rx_buf_size(space);
	rxq->buf_size = rxq->buf_room;
	if (rxq->buf_size > 0)
		return 0;
	DUALBUF_LOG(ERR,
			"mempool %s: a data room of %u bytes leaves %u after the headroom of %u; "
			"at least 256 are required",
			rxq->mp->name, room, space, RTE_PKTMBUF_HEADROOM);
	return -EINVAL;
}

/* What a freshly received mbuf has in the eight bytes of rearm_data. */
static uint64_t
rxq_rearm(uint16_t port_id)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
		.port = port_id,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return *(uint64_t *)&m.rearm_data;
}

static int
dualbuf_rx_queue_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, const struct rte_eth_rxconf *conf, struct rte_mempool *mp)
{
	struct dualbuf_rxq *rxq;
	int ret;

	if (conf->rx_deferred_start) {
		DUALBUF_LOG(ERR, "rx_deferred_start is not supported; queues start with the port");
		return -ENOTSUP;
	}
	rxq = rte_zmalloc_socket("dualbuf_rxq", sizeof(*rxq), RTE_CACHE_LINE_SIZE, socket_id);
	if (rxq == NULL)
		return -ENOMEM;
	rxq->mp = mp;
	rxq->port_id = dev->data->port_id;
	rxq->queue_id = queue_id;
	rxq->offloads = conf->offloads | dev->data->dev_conf.rxmode.offloads;
	rxq->rearm = rxq_rearm(rxq->port_id);
	rxq->loan_flag = dualbuf_port(dev)->loan_flag;
	rxq->burst = dualbuf_rx_burst_of(dualbuf_rx_path_choose(dualbuf_port(dev)->args.burst),
			dualbuf_port(dev)->args.deferred,
			(rxq->offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0);

	rxq->mz = rte_eth_dma_zone_reserve(dev, "dualbuf_rx", queue_id,
			nb_desc * sizeof(union dualbuf_rx_desc), DUALBUF_RING_BASE_ALIGN,
			socket_id);
	ret = rxq->mz == NULL ? -ENOMEM : rxq_size_buffer(dev, rxq);
	if (ret == 0)
		ret = rxq_bind(dev, rxq, nb_desc, socket_id);
	if (ret == 0) {
		rxq->desc = rxq->mz->addr;
		dualbuf_rx_restart(rxq);
		ret = dualbuf_device(dev)->rx_queue_attach(dev, rxq);
	}
	if (ret != 0) {
		rxq_free(rxq);
		return ret;
	}
	port_show_rxq(dev, queue_id, rxq);
	return 0;
}

static int
txq_check(const struct rte_eth_txconf *conf, uint16_t nb_desc)
{
	if (conf->tx_deferred_start) {
		DUALBUF_LOG(ERR, "tx_deferred_start is not supported; queues start with the port");
		return -ENOTSUP;
	}
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
txq_alloc(struct rte_eth_dev *dev, struct dualbuf_txq *txq, uint16_t nb_desc,
		unsigned int socket_id)
{
	txq->mz = rte_eth_dma_zone_reserve(dev, "dualbuf_tx", txq->queue_id,
			nb_desc * sizeof(struct dualbuf_tx_desc), DUALBUF_RING_BASE_ALIGN,
			socket_id);
	txq->mbufs = rte_zmalloc_socket("dualbuf_tx_mbufs", nb_desc * sizeof(*txq->mbufs),
			RTE_CACHE_LINE_SIZE, socket_id);
	txq->batches = rte_zmalloc_socket("dualbuf_tx_batches", nb_desc * sizeof(*txq->batches),
			RTE_CACHE_LINE_SIZE, socket_id);
	if (txq->mz == NULL || txq->mbufs == NULL || txq->batches == NULL)
		return -ENOMEM;
	txq->desc = txq->mz->addr;
	return 0;
}

static int
dualbuf_tx_queue_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		unsigned int socket_id, const struct rte_eth_txconf *conf)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	struct dualbuf_txq *txq;
	int ret;

	ret = txq_check(conf, nb_desc);
	if (ret != 0)
		return ret;
	txq = rte_zmalloc_socket("dualbuf_txq", sizeof(*txq), RTE_CACHE_LINE_SIZE, socket_id);
	if (txq == NULL)
		return -ENOMEM;
	txq->port_id = dev->data->port_id;
	txq->queue_id = queue_id;
	txq->offloads = conf->offloads | dev->data->dev_conf.txmode.offloads;
	txq->fast_free = (txq->offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0;
	txq->nb_desc = nb_desc;
	txq->rs_thresh = conf->tx_rs_thresh != 0 ? conf->tx_rs_thresh :
						   RTE_MIN(DUALBUF_TX_RS_THRESH, nb_desc - 1);
	txq->free_thresh = conf->tx_free_thresh != 0 ?
			conf->tx_free_thresh :
			nb_desc - RTE_MIN(DUALBUF_TX_MAX_PENDING, nb_desc / 4);
	txq->mbuf_addr_offset = device->mbuf_addr_offset;
	ret = txq_alloc(dev, txq, nb_desc, socket_id);
	if (ret == 0) {
		dualbuf_tx_restart(txq);
		ret = device->tx_queue_attach(dev, txq);
	}
	if (ret != 0) {
		txq_free(txq);
		return ret;
	}
	port_show_txq(dev, queue_id, txq);
	return 0;
}

static int
dualbuf_dev_configure(struct rte_eth_dev *dev)
{
	const struct rte_eth_conf *conf = &dev->data->dev_conf;
	int ret;

	if (conf->rxmode.mq_mode & ~RTE_ETH_MQ_RX_RSS) {
		DUALBUF_LOG(ERR, "receive mode %#x is not supported; none and RSS are",
				conf->rxmode.mq_mode);
		return -ENOTSUP;
	}
	if (conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) {
		ret = dualbuf_rx_timestamp_register();
		if (ret != 0) {
			DUALBUF_LOG(ERR, "no room for the timestamp in mbufs: %s", strerror(-ret));
			return ret;
		}
	}
	if (dualbuf_port(dev)->args.deferred) {
		ret = dualbuf_loan_register(&dualbuf_port(dev)->loan_flag);
		if (ret != 0) {
			DUALBUF_LOG(ERR, "no dynamic mbuf flag is left to mark loans with");
			return ret;
		}
	}
	dualbuf_port(dev)->mtu = dev->data->mtu;
	return dualbuf_device(dev)->configure(dev);
}

/* Is there a queue, and the memory it receives into? */
static int
port_check_rxq(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct dualbuf_rxq *rxq = dev->data->rx_queues[queue_id];

	if (rxq != NULL && !dualbuf_pool_is_gone(rxq->pool))
		return 0;
	DUALBUF_LOG(ERR, "port %u: receive queue %u of %u %s", dev->data->port_id, queue_id,
			dev->data->nb_rx_queues,
			rxq == NULL ? "is not set up" :
				      "has no mempool any more; it has to be set up anew");
	return -EINVAL;
}

/* Bring all rings to their beginning. Fails when a queue that was configured is not set up. */
static int
port_restart_rings(struct rte_eth_dev *dev)
{
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++) {
		if (port_check_rxq(dev, i) != 0)
			return -EINVAL;
		dualbuf_queues_lock(dualbuf_port(dev));
		dualbuf_rx_restart(dev->data->rx_queues[i]);
		dualbuf_queues_unlock(dualbuf_port(dev));
	}
	for (i = 0; i < dev->data->nb_tx_queues; i++) {
		if (dev->data->tx_queues[i] == NULL) {
			DUALBUF_LOG(ERR, "port %u: transmit queue %u of %u is not set up",
					dev->data->port_id, i, dev->data->nb_tx_queues);
			return -EINVAL;
		}
		dualbuf_tx_restart(dev->data->tx_queues[i]);
	}
	return 0;
}

static void
port_set_queue_states(struct rte_eth_dev *dev, uint8_t state)
{
	memset(dev->data->rx_queue_state, state, dev->data->nb_rx_queues);
	memset(dev->data->tx_queue_state, state, dev->data->nb_tx_queues);
}

/* Will a frame of the MTU's size need more than one buffer, in some queue? */
static bool
port_is_scattered(const struct rte_eth_dev *dev)
{
	uint32_t frame = dev->data->mtu + RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN;
	uint16_t i;

	if (dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER)
		return true;
	for (i = 0; i < dev->data->nb_rx_queues; i++)
		if (frame > ((struct dualbuf_rxq *)dev->data->rx_queues[i])->buf_size)
			return true;
	return false;
}

static void
port_set_scattered(struct rte_eth_dev *dev)
{
	bool scattered = port_is_scattered(dev);

	dev->data->scattered_rx = scattered;
	dualbuf_queues_lock(dualbuf_port(dev));
	dualbuf_port(dev)->scattered = scattered;
	dualbuf_queues_unlock(dualbuf_port(dev));
}

static int
dualbuf_link_update(struct rte_eth_dev *dev, int wait_to_complete __rte_unused)
{
	struct rte_eth_link link = { 0 };

	/* Others see what the primary process, which has the device, saw last. */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	dualbuf_device(dev)->link(dev, &link);
	return rte_eth_linkstatus_set(dev, &link);
}

static int
dualbuf_dev_start(struct rte_eth_dev *dev)
{
	int ret;

	ret = port_restart_rings(dev);
	if (ret == 0)
		ret = dualbuf_device(dev)->start(dev);
	if (ret != 0)
		return ret;
	port_set_scattered(dev);
	port_set_queue_states(dev, RTE_ETH_QUEUE_STATE_STARTED);
	dev->data->dev_started = 1;
	dualbuf_link_update(dev, 0);
	return 0;
}

static int
dualbuf_dev_stop(struct rte_eth_dev *dev)
{
	uint16_t i;

	dualbuf_device(dev)->stop(dev);
	for (i = 0; i < dev->data->nb_rx_queues; i++)
		dualbuf_rx_discard_partial(dev->data->rx_queues[i]);
	for (i = 0; i < dev->data->nb_tx_queues; i++)
		dualbuf_tx_restart(dev->data->tx_queues[i]);
	port_set_queue_states(dev, RTE_ETH_QUEUE_STATE_STOPPED);
	dev->data->dev_started = 0;
	dualbuf_link_update(dev, 0);
	return 0;
}

int
dualbuf_dev_close(struct rte_eth_dev *dev)
{
	uint16_t i;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	dualbuf_ports_remove(dev);
	if (dev->data->dev_started)
		dualbuf_dev_stop(dev);
	for (i = 0; i < dev->data->nb_rx_queues; i++)
		dualbuf_rx_queue_release(dev, i);
	for (i = 0; i < dev->data->nb_tx_queues; i++)
		dualbuf_tx_queue_release(dev, i);
	dualbuf_device(dev)->close(dev);
	return 0;
}

static int
dualbuf_dev_infos_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct rte_eth_desc_lim lim = {
		.nb_max = DUALBUF_MAX_DESC,
		.nb_min = DUALBUF_MIN_DESC,
		.nb_align = DUALBUF_DESC_ALIGN,
		.nb_seg_max = UINT16_MAX,
		.nb_mtu_seg_max = UINT16_MAX,
	};
	const struct rte_eth_dev_portconf defaults = {
		.burst_size = DUALBUF_DEFAULT_BURST,
		.ring_size = DUALBUF_DEFAULT_DESC,
		.nb_queues = 1,
	};

	info->max_mac_addrs = 1;
	info->rx_desc_lim = lim;
	info->tx_desc_lim = lim;
	info->default_rxportconf = defaults;
	info->default_txportconf = defaults;
	dualbuf_device(dev)->info(dev, info);
	return 0;
}

/* Types that every packet carries, as the port is configured: an application that finds one here asks no more. */
static const uint32_t *
dualbuf_supported_ptypes_get(struct rte_eth_dev *dev)
{
	const struct dualbuf_port *port = dualbuf_port(dev);

	return dualbuf_rx_ptypes(__atomic_load_n(&port->rss_types, __ATOMIC_RELAXED));
}

/* Every frame that ethdev lets through fits: in one buffer, or in several. */
static int
dualbuf_mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	dualbuf_port(dev)->mtu = mtu;
	return dualbuf_device(dev)->rx_filter(dev);
}

/* Of all that ethdev can ask for, the devices can only strip. */
static int
dualbuf_vlan_offload_set(struct rte_eth_dev *dev, int mask)
{
	uint64_t strip = dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	struct dualbuf_port *port = dualbuf_port(dev);
	uint16_t i;

	if (!(mask & RTE_ETH_VLAN_STRIP_MASK))
		return 0;
	dualbuf_queues_lock(port);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++) {
		if (port->rxqs[i] == NULL)
			continue;
		port->rxqs[i]->offloads &= ~RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
		port->rxqs[i]->offloads |= strip;
	}
	dualbuf_queues_unlock(port);
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
dualbuf_is_removed(struct rte_eth_dev *dev)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->is_removed != NULL && device->is_removed(dev);
}

static int
dualbuf_mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	dualbuf_port(dev)->mac = *mac;
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
dualbuf_promiscuous_enable(struct rte_eth_dev *dev)
{
	dualbuf_port(dev)->promiscuous = true;
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
dualbuf_promiscuous_disable(struct rte_eth_dev *dev)
{
	dualbuf_port(dev)->promiscuous = false;
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
dualbuf_allmulticast_enable(struct rte_eth_dev *dev)
{
	dualbuf_port(dev)->all_multicast = true;
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
dualbuf_allmulticast_disable(struct rte_eth_dev *dev)
{
	dualbuf_port(dev)->all_multicast = false;
	return dualbuf_device(dev)->rx_filter(dev);
}

static int
dualbuf_rx_queue_intr_enable(struct rte_eth_dev *dev, uint16_t queue_id)
{
	return dualbuf_device(dev)->rx_intr_enable(dev, dev->data->rx_queues[queue_id]);
}

static int
dualbuf_rx_queue_intr_disable(struct rte_eth_dev *dev, uint16_t queue_id)
{
	return dualbuf_device(dev)->rx_intr_disable(dev, dev->data->rx_queues[queue_id]);
}

/* ethdev looks first whether there is the queue; by now it may have been released. */
static void
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
		info->scattered_rx = port->scattered;
		info->conf.offloads = rxq->offloads;
	}
	dualbuf_queues_unlock(port);
}

static void
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
		info->conf.offloads = txq->offloads;
	}
	dualbuf_queues_unlock(port);
}

static int
dualbuf_rx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id __rte_unused,
		struct rte_eth_burst_mode *mode)
{
	snprintf(mode->info, sizeof(mode->info), "%s",
			dualbuf_rx_path_info(
					dualbuf_rx_path_choose(dualbuf_port(dev)->args.burst)));
	return 0;
}

static int
dualbuf_tx_burst_mode_get(struct rte_eth_dev *dev __rte_unused, uint16_t queue_id __rte_unused,
		struct rte_eth_burst_mode *mode)
{
	snprintf(mode->info, sizeof(mode->info), "Scalar");
	return 0;
}

static const struct eth_dev_ops dualbuf_ops = {
	.dev_configure = dualbuf_dev_configure,
	.dev_start = dualbuf_dev_start,
	.dev_stop = dualbuf_dev_stop,
	.dev_close = dualbuf_dev_close,
	.dev_infos_get = dualbuf_dev_infos_get,
	.dev_supported_ptypes_get = dualbuf_supported_ptypes_get,
	.link_update = dualbuf_link_update,
	.is_removed = dualbuf_is_removed,
	.mtu_set = dualbuf_mtu_set,
	.vlan_offload_set = dualbuf_vlan_offload_set,
	.mac_addr_set = dualbuf_mac_addr_set,
	.promiscuous_enable = dualbuf_promiscuous_enable,
	.promiscuous_disable = dualbuf_promiscuous_disable,
	.allmulticast_enable = dualbuf_allmulticast_enable,
	.allmulticast_disable = dualbuf_allmulticast_disable,
	.rx_queue_setup = dualbuf_rx_queue_setup,
	.rx_queue_release = dualbuf_rx_queue_release,
	.tx_queue_setup = dualbuf_tx_queue_setup,
	.tx_queue_release = dualbuf_tx_queue_release,
	.rx_queue_intr_enable = dualbuf_rx_queue_intr_enable,
	.rx_queue_intr_disable = dualbuf_rx_queue_intr_disable,
	.tx_done_cleanup = dualbuf_tx_done_cleanup,
	.rxq_info_get = dualbuf_rxq_info_get,
	.txq_info_get = dualbuf_txq_info_get,
	.rx_burst_mode_get = dualbuf_rx_burst_mode_get,
	.tx_burst_mode_get = dualbuf_tx_burst_mode_get,
	.stats_get = dualbuf_stats_get,
	.stats_reset = dualbuf_stats_reset,
	.xstats_get = dualbuf_xstats_get,
	.xstats_get_names = dualbuf_xstats_get_names,
	.xstats_reset = dualbuf_stats_reset,
};

/* In a secondary process a port can be looked at; the rings are the primary's. */
static const struct eth_dev_ops dualbuf_secondary_ops = {
	.dev_close = dualbuf_dev_close,
	.dev_infos_get = dualbuf_dev_infos_get,
	.dev_supported_ptypes_get = dualbuf_supported_ptypes_get,
	.link_update = dualbuf_link_update,
	.rxq_info_get = dualbuf_rxq_info_get,
	.txq_info_get = dualbuf_txq_info_get,
	.rx_burst_mode_get = dualbuf_rx_burst_mode_get,
	.tx_burst_mode_get = dualbuf_tx_burst_mode_get,
	.stats_get = dualbuf_stats_get,
	.stats_reset = dualbuf_stats_reset,
	.xstats_get = dualbuf_xstats_get,
	.xstats_get_names = dualbuf_xstats_get_names,
	.xstats_reset = dualbuf_stats_reset,
};

bool
dualbuf_is_port(const struct rte_eth_dev *dev)
{
	return dev->dev_ops == &dualbuf_ops || dev->dev_ops == &dualbuf_secondary_ops;
}

int
dualbuf_port_init(struct rte_eth_dev *dev, const struct dualbuf_device *device, void *device_port,
		const struct dualbuf_args *args, const struct rte_ether_addr *mac)
{
	struct dualbuf_port *port = dualbuf_port(dev);

	dev->data->mac_addrs = rte_zmalloc("dualbuf_mac", sizeof(*mac), 0);
	if (dev->data->mac_addrs == NULL)
		return -ENOMEM;
	*dev->data->mac_addrs = *mac;
	*port = (struct dualbuf_port){
		.device_port = device_port,
		.args = *args,
		.mac = *mac,
		.promiscuous = dev->data->promiscuous,
		.all_multicast = dev->data->all_multicast,
		.mtu = dev->data->mtu,
	};
	dev->process_private = (void *)(uintptr_t)device;
	dev->dev_ops = &dualbuf_ops;
	dev->rx_descriptor_status = dualbuf_rx_descriptor_status;
	dev->tx_descriptor_status = dualbuf_tx_descriptor_status;
	dev->rx_queue_count = dualbuf_rx_queue_count;
	dev->tx_pkt_prepare = dualbuf_tx_prepare;
	dev->data->dev_flags |= RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS;
	rte_spinlock_init(&port->queues_lock);
	dualbuf_ports_add(dev);
	return 0;
}

void
dualbuf_port_attach(struct rte_eth_dev *dev, const struct dualbuf_device *device)
{
	dev->process_private = (void *)(uintptr_t)device;
	dev->dev_ops = &dualbuf_secondary_ops;
	dev->rx_pkt_burst = rte_eth_pkt_burst_dummy;
	dev->tx_pkt_burst = rte_eth_pkt_burst_dummy;
}
