/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <net/if.h>
#include <string.h>

#include <ethdev_driver.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_link_watch.h"
#include "dualbuf_logs.h"
#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "vnic_burst.h"
#include "vnic_ends.h"
#include "vnic_ethdev.h"
#include "vnic_ifaces.h"
#include "vnic_intr.h"
#include "vnic_link.h"
#include "vnic_owner.h"
#include "vnic_ptype.h"
#include "vnic_queue.h"
#include "vnic_stats.h"
#include "vnic_thread.h"
#include "wire_clock.h"

/* Applications are told this; a capture's frames may be longer (WIRE_MAX_FRAME), and come up all the same. */
#define VNIC_MAX_PKTLEN UINT16_MAX

static_assert(VNIC_MAX_QUEUES <= DUALBUF_MAX_QUEUES, "a port has room for all queues");

#define VNIC_MIN_BUF_SIZE 256
/* The write-back has 16 bits for a length. */
#define VNIC_MAX_BUF_SIZE UINT16_MAX

/* An interface can do what it does: the kernel is not asked for more. 0: it is not known. */
static uint32_t
vnic_speed_capa(const struct vnic_args *args)
{
	struct rte_eth_link link = {
		.link_speed = RTE_ETH_SPEED_NUM_10G,
		.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
	};

	vnic_iface_link(args, &link);
	return rte_eth_speed_bitflag(link.link_speed, link.link_duplex);
}

/* Packets that are cut are no longer than that; but less than ethdev's least MTU needs cannot be configured. */
static uint32_t
vnic_max_pktlen(const struct vnic_args *args)
{
	const uint32_t least = RTE_ETHER_MIN_MTU + RTE_ETHER_HDR_LEN;

	if (args->choices.snaplen == 0)
		return VNIC_MAX_PKTLEN;
	return RTE_MIN(RTE_MAX(args->choices.snaplen, least), (uint32_t)VNIC_MAX_PKTLEN);
}

static void
vnic_info(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct vnic_args *args = &vnic_of(dev)->args;

	info->max_rx_queues = vnic_args_rx_queues(args);
	info->max_tx_queues = vnic_args_tx_queues(args);
	info->min_rx_bufsize = VNIC_MIN_BUF_SIZE;
	info->max_rx_pktlen = vnic_max_pktlen(args);
	info->min_mtu = RTE_ETHER_MIN_LEN - RTE_ETHER_HDR_LEN;
	info->max_mtu = RTE_MIN(info->max_rx_pktlen - RTE_ETHER_HDR_LEN, (uint32_t)UINT16_MAX);
	info->speed_capa = vnic_speed_capa(args);
	info->rx_offload_capa = RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_VLAN_STRIP |
			RTE_ETH_RX_OFFLOAD_VLAN_FILTER | RTE_ETH_RX_OFFLOAD_CHECKSUM |
			RTE_ETH_RX_OFFLOAD_RSS_HASH | RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	info->tx_offload_capa = dualbuf_tx_ext.offloads;
	info->tx_queue_offload_capa = dualbuf_tx_ext.offloads;
	info->flow_type_rss_offloads = VNIC_RSS_TYPES;
	info->hash_key_size = DUALBUF_RSS_KEY_LEN;
	if (args->nb_rx == 1)
		info->reta_size = DUALBUF_RSS_TABLE_SIZE;
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

/* Nor is anything to be done here: types, key and table are looked up with each frame. */
static int
vnic_rx_rss(struct rte_eth_dev *dev __rte_unused)
{
	return 0;
}

static int
vnic_configure(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	if (dev->data->dev_conf.lpbk_mode != 0 && vnic->args.rx[0].kind != WIRE_END_LOOP)
		DUALBUF_LOG(WARNING,
				"lpbk_mode %u makes no loop; a device with loopback=<N> is one",
				dev->data->dev_conf.lpbk_mode);
	vnic->offload.rss = &dualbuf_port(dev)->rss;
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
		ret = dualbuf_link_watch(dev, vnic_has_iface(&vnic_of(dev)->args));
	if (ret == 0 && dev->intr_handle != NULL)
		ret = vnic_thread_start(dev);
	return ret;
}

/* Interfaces stamp what they receive by it; a capture's stamps are of the past. */
static uint64_t
vnic_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * WIRE_NS_PER_S + now.tv_nsec;
}

static int
vnic_start(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	__atomic_store_n(&vnic->unplugged, false, __ATOMIC_RELAXED);
	vnic_link_await_ends(dev);
	vnic->steer.nb_queues = dev->data->nb_rx_queues;
	vnic->offload.steers = vnic_args_spread(&vnic->args) && vnic->steer.nb_queues > 1;
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
	dev->tx_pkt_burst = vnic_tx_burst_of(dev);
	return 0;
}

static void
vnic_halt(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	vnic_thread_stop(dev);
	dualbuf_link_unwatch(dev);
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
	.id = DUALBUF_DEVICE_VNIC,
	.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
	.rx_format = &dualbuf_rx_ext,
	.tx_format = &dualbuf_tx_ext,
	.rss_types = VNIC_RSS_TYPES,
	.ptypes = vnic_ptypes,
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
	.clock = vnic_clock,
	.link = vnic_link,
	.set_link = vnic_link_set,
	.rx_filter = vnic_rx_filter,
	.rx_rss = vnic_rx_rss,
	.rx_ptypes = vnic_rx_ptypes,
	.rx_losses = vnic_rx_losses,
	.tx_losses = vnic_tx_losses,
	.rx_lateness = vnic_rx_lateness,
	.rx_lateness_reset = vnic_rx_lateness_reset,
};
