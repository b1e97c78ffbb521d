/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <net/if.h>
#include <string.h>

#include <ethdev_driver.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "vnic_burst.h"
#include "vnic_ends.h"
#include "vnic_ethdev.h"
#include "vnic_intr.h"
#include "vnic_link.h"
#include "vnic_owner.h"
#include "vnic_queue.h"
#include "vnic_thread.h"

/* Applications are told this; a capture's frames may be longer (WIRE_MAX_FRAME), and come up all the same. */
#define VNIC_MAX_PKTLEN UINT16_MAX

static_assert(VNIC_MAX_QUEUES <= DUALBUF_MAX_QUEUES, "a port has room for all queues");

#define VNIC_MIN_BUF_SIZE 256
/* The write-back has 16 bits for a length. */
#define VNIC_MAX_BUF_SIZE UINT16_MAX

static void
vnic_info(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct vnic_args *args = &vnic_of(dev)->args;

	info->max_rx_queues = args->nb_rx;
	info->max_tx_queues = args->nb_tx;
	info->min_rx_bufsize = VNIC_MIN_BUF_SIZE;
	info->max_rx_pktlen = VNIC_MAX_PKTLEN;
	info->max_mtu = VNIC_MAX_PKTLEN - RTE_ETHER_HDR_LEN - RTE_VLAN_HLEN;
	info->speed_capa = RTE_ETH_LINK_SPEED_10G;
	info->rx_offload_capa = RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_VLAN_STRIP |
			RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH |
			RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	info->tx_offload_capa = RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE |
			RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
	info->flow_type_rss_offloads = VNIC_RSS_TYPES;
	info->hash_key_size = DUALBUF_RSS_KEY_LEN;
	if (args->single_iface)
		info->if_index = if_nametoindex(args->rx[0].name);
}

static uint32_t
vnic_rx_buf_size(uint32_t room)
{
	return room < VNIC_MIN_BUF_SIZE ? 0 : RTE_MIN(room, (uint32_t)VNIC_MAX_BUF_SIZE);
}

/* The model reads the port's filter itself, frame by frame; the engines have their offloads. */
static int
vnic_rx_filter(struct rte_eth_dev *dev)
{
	__atomic_store_n(&vnic_of(dev)->offload.rx_offloads, dualbuf_port(dev)->rx_offloads,
			__ATOMIC_RELAXED);
	return 0;
}

static int
vnic_configure(struct rte_eth_dev *dev)
{
	vnic_of(dev)->offload.rss = &dualbuf_port(dev)->rss;
	vnic_rx_filter(dev);
	return vnic_intr_configure(dev);
}

/* Start the alarms, and the thread, that run beside the burst functions. */
static int
vnic_start_helpers(struct rte_eth_dev *dev)
{
	int ret;

	ret = vnic_ends_flush_often(dev);
	if (ret == 0)
		ret = vnic_link_watch(dev);
	if (ret == 0 && dev->intr_handle != NULL)
		ret = vnic_thread_start(dev);
	return ret;
}

static int
vnic_start(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	vnic_link_await_ends(dev);
	memset(vnic->rx_user, 0, sizeof(vnic->rx_user));
	memset(vnic->rx_taken, 0, sizeof(vnic->rx_taken));
	__atomic_add_fetch(&vnic->nb_starts, 1, __ATOMIC_RELEASE);
	return vnic_ends_open(vnic_ends_of[dev->data->port_id], vnic);
}

static int
vnic_run(struct rte_eth_dev *dev)
{
	int ret;

	__atomic_store_n(&vnic_of(dev)->running, true, __ATOMIC_RELAXED);
	ret = vnic_start_helpers(dev);
	if (ret != 0)
		return ret;
	dev->rx_pkt_burst = vnic_rx_burst_of(dev);
	dev->tx_pkt_burst = vnic_tx_burst;
	return 0;
}

static void
vnic_halt(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	vnic_thread_stop(dev);
	vnic_link_unwatch(dev);
	__atomic_store_n(&vnic->running, false, __ATOMIC_RELAXED);
	vnic_ends_flush_no_more(dev);
}

static void
vnic_stop(struct rte_eth_dev *dev)
{
	vnic_ends_stop(vnic_ends_of[dev->data->port_id]);
}

static void
vnic_close(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	vnic_ends_close(vnic_ends_take(dev->data->port_id));
	vnic_intr_release(dev);
	rte_free(vnic);
	dualbuf_port(dev)->device_port = NULL;
}

static void
vnic_leave(struct rte_eth_dev *dev)
{
	vnic_owner_leave(dev);
	vnic_ends_close(vnic_ends_take(dev->data->port_id));
}

const struct dualbuf_device vnic_device = {
	.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
	.rx_format = &dualbuf_rx_ext,
	.tx_format = &dualbuf_tx_ext,
	.rss_types = VNIC_RSS_TYPES,
	.info = vnic_info,
	.configure = vnic_configure,
	.rx_buf_size = vnic_rx_buf_size,
	.rx_queue_attach = vnic_rx_queue_attach,
	.tx_queue_attach = vnic_tx_queue_attach,
	.rx_queue_detach = vnic_rx_queue_detach,
	.tx_queue_detach = vnic_tx_queue_detach,
	.start = vnic_start,
	.rx_queue_start = vnic_rx_queue_start,
	.tx_queue_start = vnic_tx_queue_start,
	.run = vnic_run,
	.secondary_rx_burst = vnic_secondary_rx_burst,
	.secondary_tx_burst = vnic_secondary_tx_burst,
	.halt = vnic_halt,
	.rx_queue_stop = vnic_rx_queue_stop,
	.tx_queue_stop = vnic_tx_queue_stop,
	.stop = vnic_stop,
	.close = vnic_close,
	.leave = vnic_leave,
	.rx_intr_enable = vnic_rx_intr_enable,
	.rx_intr_disable = vnic_rx_intr_disable,
	.link = vnic_link,
	.rx_filter = vnic_rx_filter,
	.rx_missed = vnic_rx_missed,
	.rx_errors = vnic_rx_errors,
	.rx_source_stats = vnic_rx_source_stats,
	.rx_source_reset = vnic_rx_source_reset,
	.tx_errors = vnic_tx_errors,
};
