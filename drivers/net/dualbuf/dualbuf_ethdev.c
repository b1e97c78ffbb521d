/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ether.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_ethdev_filter.h"
#include "dualbuf_ethdev_rss.h"
#include "dualbuf_ethdev_silicon.h"
#include "dualbuf_lengths.h"
#include "dualbuf_loan.h"
#include "dualbuf_logs.h"
#include "dualbuf_ports.h"
#include "dualbuf_queue_states.h"
#include "dualbuf_queues.h"
#include "dualbuf_rx_formats.h"
#include "dualbuf_stats.h"
#include "dualbuf_tx_formats.h"
#include "dualbuf_xstats.h"

/*
 * Who has not said which types it wants is given all, but only from when it asks what there is, or asks for
 * checksums, for which headers are looked at anyway: who never looks at types is not to pay for them. In
 * another process asking changes nothing.
 */
static void
find_ptypes_asked_for(struct rte_eth_dev *dev)
{
	struct dualbuf_port *port = dualbuf_port(dev);

	if (dualbuf_device(dev)->ptypes == NULL || port->ptypes_chosen ||
			rte_eal_process_type() != RTE_PROC_PRIMARY)
		return;
	port->ptypes_chosen = true;
	dualbuf_device(dev)->rx_ptypes(dev, RTE_PTYPE_ALL_MASK);
}

static int
dualbuf_dev_configure(struct rte_eth_dev *dev)
{
	const struct rte_eth_conf *conf = &dev->data->dev_conf;
	struct dualbuf_port *port = dualbuf_port(dev);
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
	if (port->args.deferred) {
		ret = dualbuf_loan_register(&port->loan_flag);
		if (ret != 0) {
			DUALBUF_LOG(ERR, "no dynamic mbuf flag is left to mark loans with");
			return ret;
		}
	}
	ret = dualbuf_rss_configure(
			&port->rss, conf, dualbuf_device(dev)->rss_types, dev->data->nb_rx_queues);
	if (ret != 0)
		return ret;
	port->filter.mtu = dev->data->mtu;
	dualbuf_set_rx_offloads(port, conf->rxmode.offloads);
	if (conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_CHECKSUM)
		find_ptypes_asked_for(dev);
	return dualbuf_device(dev)->configure(dev);
}

/* How often a link that is waited for is looked at. */
#define LINK_POLL_MS 100

static uint32_t
link_patience_ms(const struct rte_eth_dev *dev, const struct rte_eth_link *link)
{
	if (link->link_status == RTE_ETH_LINK_UP || dualbuf_device(dev)->link_patience_ms == NULL)
		return 0;
	return dualbuf_device(dev)->link_patience_ms(dev);
}

static int
dualbuf_link_update(struct rte_eth_dev *dev, int wait_to_complete)
{
	struct rte_eth_link link = { 0 };
	uint32_t waited;

	/* Others see what the primary process, which has the device, saw last. */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	dualbuf_device(dev)->link(dev, &link);
	for (waited = 0; wait_to_complete && waited < link_patience_ms(dev, &link);
			waited += LINK_POLL_MS) {
		rte_delay_us_sleep(LINK_POLL_MS * 1000);
		dualbuf_device(dev)->link(dev, &link);
	}
	return rte_eth_linkstatus_set(dev, &link);
}

static int
dualbuf_set_link_up(struct rte_eth_dev *dev)
{
	return dualbuf_device(dev)->set_link(dev, true);
}

static int
dualbuf_set_link_down(struct rte_eth_dev *dev)
{
	return dualbuf_device(dev)->set_link(dev, false);
}

/* Bring the device to rest. Also after a start that failed half-way. */
static void
port_quiet(struct rte_eth_dev *dev)
{
	dualbuf_device(dev)->halt(dev);
	dualbuf_queues_stop(dev);
	dualbuf_device(dev)->stop(dev);
	dualbuf_queues_empty(dev);
}

static int
dualbuf_dev_start(struct rte_eth_dev *dev)
{
	int ret;

	ret = dualbuf_queues_check(dev);
	if (ret == 0)
		ret = dualbuf_device(dev)->start(dev);
	if (ret != 0)
		return ret;
	dualbuf_lengths_settle(dev);
	ret = dualbuf_queues_start(dev);
	if (ret == 0)
		ret = dualbuf_device(dev)->run(dev);
	if (ret != 0) {
		port_quiet(dev);
		return ret;
	}
	dev->data->dev_started = 1;
	dualbuf_link_update(dev, 0);
	return 0;
}

static int
dualbuf_dev_stop(struct rte_eth_dev *dev)
{
	port_quiet(dev);
	dev->data->dev_started = 0;
	dualbuf_link_update(dev, 0);
	return 0;
}

int
dualbuf_dev_close(struct rte_eth_dev *dev)
{
	uint16_t i;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		dualbuf_device(dev)->leave(dev);
		return 0;
	}
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

/* Of the longest ring's descriptors one is held back, and one may be a packet's context. */
#define DUALBUF_TX_MAX_SEGS (DUALBUF_MAX_DESC - 2)

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

	info->max_mac_addrs = DUALBUF_MAX_MACS;
	info->dev_capa |= RTE_ETH_DEV_CAPA_RUNTIME_RX_QUEUE_SETUP |
			RTE_ETH_DEV_CAPA_RUNTIME_TX_QUEUE_SETUP;
	info->rx_desc_lim = lim;
	info->tx_desc_lim = lim;
	info->tx_desc_lim.nb_seg_max = DUALBUF_TX_MAX_SEGS;
	info->tx_desc_lim.nb_mtu_seg_max = DUALBUF_TX_MAX_SEGS;
	info->default_rxportconf = defaults;
	info->default_txportconf = defaults;
	dualbuf_device(dev)->info(dev, info);
	return 0;
}

/* Types that every packet carries, as the port is configured: an application that finds one here asks no more. */
static const uint32_t *
dualbuf_supported_ptypes_get(struct rte_eth_dev *dev, size_t *no_of_elements)
{
	const struct dualbuf_port *port = dualbuf_port(dev);
	const uint32_t *ptypes = dualbuf_device(dev)->ptypes;

	find_ptypes_asked_for(dev);
	if (ptypes == NULL)
		ptypes = dualbuf_device(dev)->rx_format->ptypes(
				__atomic_load_n(&port->rss.types, __ATOMIC_RELAXED));
	for (*no_of_elements = 0; ptypes[*no_of_elements] != RTE_PTYPE_UNKNOWN;)
		++*no_of_elements;
	return ptypes;
}

/* A device whose write-backs have types gives those, fewer or more than an application wants. */
static int
dualbuf_ptypes_set(struct rte_eth_dev *dev, uint32_t mask)
{
	if (dualbuf_device(dev)->rx_ptypes == NULL)
		return 0;
	dualbuf_port(dev)->ptypes_chosen = true;
	return dualbuf_device(dev)->rx_ptypes(dev, mask);
}

DUALBUF_PTYPES_GET_OP(dualbuf_ptypes_get_op, dualbuf_supported_ptypes_get)

static int
dualbuf_read_clock(struct rte_eth_dev *dev, uint64_t *clock)
{
	if (dualbuf_device(dev)->clock == NULL)
		return -ENOTSUP;
	*clock = dualbuf_device(dev)->clock();
	return 0;
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

static int
dualbuf_rx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id __rte_unused,
		struct rte_eth_burst_mode *mode)
{
	enum dualbuf_burst path = dualbuf_rx_format_path(
			dualbuf_device(dev)->rx_format, dualbuf_port(dev)->args.burst);

	snprintf(mode->info, sizeof(mode->info), "%s", dualbuf_rx_path_info(path));
	return 0;
}

static int
dualbuf_tx_burst_mode_get(struct rte_eth_dev *dev __rte_unused, uint16_t queue_id __rte_unused,
		struct rte_eth_burst_mode *mode)
{
	snprintf(mode->info, sizeof(mode->info), "Scalar");
	return 0;
}

/* ethdev gives the queue alone, which knows its port and its format. */
static int
dualbuf_tx_done_cleanup(void *queue, uint32_t nb_pkts)
{
	const struct dualbuf_txq *txq = queue;
	const struct dualbuf_device *device = dualbuf_device(&rte_eth_devices[txq->port_id]);

	if (device->tx_go_on != NULL && rte_eal_process_type() == RTE_PROC_PRIMARY)
		device->tx_go_on(queue);
	return dualbuf_tx_format_of(queue)->done_cleanup(queue, nb_pkts);
}

DUALBUF_STATS_GET_OP(dualbuf_stats_get_op, dualbuf_stats_get)

static const struct eth_dev_ops dualbuf_ops = {
	.dev_configure = dualbuf_dev_configure,
	.dev_start = dualbuf_dev_start,
	.dev_stop = dualbuf_dev_stop,
	.dev_close = dualbuf_dev_close,
	.dev_infos_get = dualbuf_dev_infos_get,
	.dev_supported_ptypes_get = dualbuf_ptypes_get_op,
	.dev_ptypes_set = dualbuf_ptypes_set,
	.link_update = dualbuf_link_update,
	.dev_set_link_up = dualbuf_set_link_up,
	.dev_set_link_down = dualbuf_set_link_down,
	.flow_ctrl_get = dualbuf_flow_ctrl_get,
	.flow_ctrl_set = dualbuf_flow_ctrl_set,
	.get_reg = dualbuf_get_reg,
	.get_eeprom_length = dualbuf_get_eeprom_length,
	.get_eeprom = dualbuf_get_eeprom,
	.fw_version_get = dualbuf_fw_version_get,
	.is_removed = dualbuf_is_removed,
	.mtu_set = dualbuf_mtu_set,
	.vlan_offload_set = dualbuf_vlan_offload_set,
	.mac_addr_set = dualbuf_mac_addr_set,
	.mac_addr_add = dualbuf_mac_addr_add,
	.mac_addr_remove = dualbuf_mac_addr_remove,
	.set_mc_addr_list = dualbuf_set_mc_addr_list,
	.vlan_filter_set = dualbuf_vlan_filter_set,
	.promiscuous_enable = dualbuf_promiscuous_enable,
	.promiscuous_disable = dualbuf_promiscuous_disable,
	.allmulticast_enable = dualbuf_allmulticast_enable,
	.allmulticast_disable = dualbuf_allmulticast_disable,
	.rss_hash_update = dualbuf_rss_hash_update,
	.rss_hash_conf_get = dualbuf_rss_hash_conf_get,
	.reta_update = dualbuf_reta_update,
	.reta_query = dualbuf_reta_query,
	.rx_queue_setup = dualbuf_rx_queue_setup,
	.rx_queue_release = dualbuf_rx_queue_release,
	.tx_queue_setup = dualbuf_tx_queue_setup,
	.tx_queue_release = dualbuf_tx_queue_release,
	.rx_queue_start = dualbuf_rx_queue_start,
	.rx_queue_stop = dualbuf_rx_queue_stop,
	.tx_queue_start = dualbuf_tx_queue_start,
	.tx_queue_stop = dualbuf_tx_queue_stop,
	.rx_queue_intr_enable = dualbuf_rx_queue_intr_enable,
	.rx_queue_intr_disable = dualbuf_rx_queue_intr_disable,
	.tx_done_cleanup = dualbuf_tx_done_cleanup,
	.rxq_info_get = dualbuf_rxq_info_get,
	.txq_info_get = dualbuf_txq_info_get,
	.read_clock = dualbuf_read_clock,
	.rx_burst_mode_get = dualbuf_rx_burst_mode_get,
	.tx_burst_mode_get = dualbuf_tx_burst_mode_get,
	.stats_get = dualbuf_stats_get_op,
	.stats_reset = dualbuf_stats_reset,
	.xstats_get = dualbuf_xstats_get,
	.xstats_get_names = dualbuf_xstats_get_names,
	.xstats_get_by_id = dualbuf_xstats_get_by_id,
	.xstats_get_names_by_id = dualbuf_xstats_get_names_by_id,
	.xstats_reset = dualbuf_stats_reset,
};

/* A secondary process uses queues and looks at the port; it is the primary that changes it. */
static const struct eth_dev_ops dualbuf_secondary_ops = {
	.dev_close = dualbuf_dev_close,
	.dev_infos_get = dualbuf_dev_infos_get,
	.dev_supported_ptypes_get = dualbuf_ptypes_get_op,
	.link_update = dualbuf_link_update,
	.flow_ctrl_get = dualbuf_flow_ctrl_get,
	.rss_hash_conf_get = dualbuf_rss_hash_conf_get,
	.reta_query = dualbuf_reta_query,
	.tx_done_cleanup = dualbuf_tx_done_cleanup,
	.rxq_info_get = dualbuf_rxq_info_get,
	.txq_info_get = dualbuf_txq_info_get,
	.read_clock = dualbuf_read_clock,
	.rx_burst_mode_get = dualbuf_rx_burst_mode_get,
	.tx_burst_mode_get = dualbuf_tx_burst_mode_get,
	.stats_get = dualbuf_stats_get_op,
	.stats_reset = dualbuf_stats_reset,
	.xstats_get = dualbuf_xstats_get,
	.xstats_get_names = dualbuf_xstats_get_names,
	.xstats_get_by_id = dualbuf_xstats_get_by_id,
	.xstats_get_names_by_id = dualbuf_xstats_get_names_by_id,
	.xstats_reset = dualbuf_stats_reset,
};

bool
dualbuf_is_port(const struct rte_eth_dev *dev)
{
	return dev->dev_ops == &dualbuf_ops || dev->dev_ops == &dualbuf_secondary_ops;
}

/* The operations of each process on its own, of which ethdev keeps copies for the way of packets. */
static void
port_set_device(struct rte_eth_dev *dev, const struct dualbuf_device *device)
{
	dev->process_private = (void *)(uintptr_t)device;
	dev->rx_descriptor_status = device->rx_format->descriptor_status;
	dev->tx_descriptor_status = device->tx_format->descriptor_status;
	DUALBUF_SET_TX_QUEUE_COUNT(dev, device->tx_format->queue_count);
	dev->rx_queue_count = device->rx_format->queue_count;
	dev->tx_pkt_prepare = device->tx_prepare != NULL ? device->tx_prepare :
							   device->tx_format->prepare;
}

/*
 * The arrays of pointers to queues, which ethdev would make when the port is configured: secondary processes
 * remember where they are when they attach, and that may be earlier.
 */
static int
port_make_queue_arrays(struct rte_eth_dev_data *data)
{
	data->rx_queues = rte_zmalloc("dualbuf_rx_queues",
			RTE_MAX_QUEUES_PER_PORT * sizeof(*data->rx_queues), RTE_CACHE_LINE_SIZE);
	data->tx_queues = rte_zmalloc("dualbuf_tx_queues",
			RTE_MAX_QUEUES_PER_PORT * sizeof(*data->tx_queues), RTE_CACHE_LINE_SIZE);
	return data->rx_queues == NULL || data->tx_queues == NULL ? -ENOMEM : 0;
}

int
dualbuf_port_init(struct rte_eth_dev *dev, const struct dualbuf_device *device, void *device_port,
		const struct dualbuf_args *args, const struct rte_ether_addr *mac)
{
	struct dualbuf_port *port = dualbuf_port(dev);

	if (dualbuf_rx_format_check(device->rx_format, args->burst) != 0)
		return -EINVAL;
	dev->data->mac_addrs = rte_zmalloc("dualbuf_macs", DUALBUF_MAX_MACS * sizeof(*mac), 0);
	if (dev->data->mac_addrs == NULL || port_make_queue_arrays(dev->data) != 0)
		return -ENOMEM;
	*dev->data->mac_addrs = *mac;
	*port = (struct dualbuf_port){
		.device_port = device_port,
		.device_id = device->id,
		.args = *args,
		.filter = {
			.macs = { dualbuf_filter_mac(mac) },
			.promiscuous = dev->data->promiscuous,
			.all_multicast = dev->data->all_multicast,
			.mtu = dev->data->mtu,
		},
	};
	port_set_device(dev, device);
	dev->dev_ops = &dualbuf_ops;
	dev->data->dev_flags |= RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS;
	rte_spinlock_init(&port->queues_lock);
	dualbuf_ports_add(dev);
	return 0;
}

void
dualbuf_port_attach(struct rte_eth_dev *dev, const struct dualbuf_device *device)
{
	port_set_device(dev, device);
	dev->dev_ops = &dualbuf_secondary_ops;
	dev->rx_pkt_burst = device->secondary_rx_burst;
	dev->tx_pkt_burst = device->secondary_tx_burst;
}
