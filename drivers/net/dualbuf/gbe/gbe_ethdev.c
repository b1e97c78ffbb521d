/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <ethdev_pci.h>
#include <rte_bus_pci.h>
#include <rte_cycles.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_logs.h"
#include "dualbuf_rx_formats.h"
#include "dualbuf_tx_formats.h"
#include "gbe.h"
#include "gbe_counters.h"
#include "gbe_devices.h"
#include "gbe_ethdev.h"
#include "gbe_flow.h"
#include "gbe_inspect.h"
#include "gbe_intr.h"
#include "gbe_link.h"
#include "gbe_rings.h"
#include "gbe_rss.h"
#include "gbe_rx_crc.h"
#include "gbe_rx_mode.h"
#include "gbe_rx_tables.h"

#define GBE_MAX_MTU 9216
#define GBE_MIN_RX_BUF 256
#define GBE_MIN_RX_BUF_KB 1024 /* where sizes are in KB */
#define GBE_RX_BUF_BY_QUEUE 2048 /* what RCTL says, which nothing looks at then */

/* A device that does not hash has neither key nor table. */
static void
gbe_info_rss(struct rte_eth_dev_info *info, uint64_t types)
{
	if (types == 0)
		return;
	info->rx_offload_capa |= RTE_ETH_RX_OFFLOAD_RSS_HASH;
	info->flow_type_rss_offloads = types;
	info->hash_key_size = DUALBUF_RSS_KEY_LEN;
	info->reta_size = DUALBUF_RSS_TABLE_SIZE;
}

static void
gbe_info(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	/* By the device, which is this process's own; the hardware's data point into the primary. */
	const struct rte_pci_device *pci = RTE_CLASS_TO_BUS_DEVICE(dev, struct rte_pci_device);
	const struct gbe_family *family = gbe_family_of(pci->id.device_id);
	const struct dualbuf_tx_format *format = dualbuf_device(dev)->tx_format;
	uint64_t tx_offloads = format->offloads & ~family->unsafe_offloads;

	info->max_rx_queues = family->nb_rx_queues;
	info->max_tx_queues = family->nb_tx_queues;
	info->min_rx_bufsize = family->set_rx_buf_size == NULL ? GBE_MIN_RX_BUF : GBE_MIN_RX_BUF_KB;
	info->max_rx_pktlen = family->max_frame;
	info->min_mtu = RTE_ETHER_MIN_MTU;
	info->max_mtu = GBE_MAX_MTU;
	info->speed_capa = RTE_ETH_LINK_SPEED_10M_HD | RTE_ETH_LINK_SPEED_10M |
			RTE_ETH_LINK_SPEED_100M_HD | RTE_ETH_LINK_SPEED_100M |
			RTE_ETH_LINK_SPEED_1G;
	info->rx_offload_capa = RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_VLAN_STRIP |
			RTE_ETH_RX_OFFLOAD_VLAN_FILTER | RTE_ETH_RX_OFFLOAD_CHECKSUM |
			RTE_ETH_RX_OFFLOAD_KEEP_CRC;
	gbe_info_rss(info, dualbuf_device(dev)->rss_types);
	info->tx_offload_capa = tx_offloads;
	info->tx_queue_offload_capa = tx_offloads;
	if (family->shares_tx_context)
		info->tx_queue_offload_capa &= ~format->context_offloads;
}

/* A queue would be given sums by the context of another. */
static int
gbe_check_context(const struct rte_eth_dev *dev)
{
	const struct gbe_family *family = gbe_of(dev)->hw.family;
	const uint64_t by_context = dualbuf_device(dev)->tx_format->context_offloads;

	if (!family->shares_tx_context || dev->data->nb_tx_queues <= 1 ||
			!(dev->data->dev_conf.txmode.offloads & by_context))
		return 0;
	DUALBUF_LOG(ERR,
			"%s: with transmit checksums or TSO 1 transmit queue is allowed, not %u: the "
			"controller's queues share one context",
			dev->device->name, dev->data->nb_tx_queues);
	return -EINVAL;
}

static int
gbe_configure(struct rte_eth_dev *dev)
{
	int ret = gbe_check_context(dev);

	if (dev->data->dev_conf.lpbk_mode != 0)
		DUALBUF_LOG(WARNING, "lpbk_mode %u makes no loop; 0 is supported",
				dev->data->dev_conf.lpbk_mode);
	return ret != 0 ? ret : gbe_link_configure(dev);
}

/* Memory that only virtual addresses name is out of the device's reach. */
static int
gbe_check_zone(const struct rte_eth_dev *dev, const struct rte_memzone *mz)
{
	if (mz->iova != RTE_BAD_IOVA)
		return 0;
	DUALBUF_LOG(ERR, "%s: the memory of its rings has no I/O address", dev->device->name);
	return -EINVAL;
}

static int
gbe_rx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	if (rxq->mp->flags & RTE_MEMPOOL_F_NON_IO) {
		DUALBUF_LOG(ERR, "%s: the memory of mempool %s has no I/O address",
				dev->device->name, rxq->mp->name);
		return -EINVAL;
	}
	rxq->device_queue = gbe_of(dev);
	rxq->tags_swapped = gbe_of(dev)->hw.family->swaps_tags;
	rxq->tail_reg = gbe_doorbell(&gbe_of(dev)->hw,
			gbe_rx_ring_reg(&gbe_of(dev)->hw, rxq->queue_id, GBE_RING_TAIL));
	return gbe_check_zone(dev, rxq->mz);
}

static int
gbe_tx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	txq->device_queue = gbe_of(dev);
	txq->tail_reg = gbe_doorbell(&gbe_of(dev)->hw,
			gbe_tx_ring_reg(&gbe_of(dev)->hw, txq->queue_id, GBE_RING_TAIL));
	return gbe_check_zone(dev, txq->mz);
}

static void
gbe_rx_queue_detach(struct dualbuf_rxq *rxq)
{
	rxq->device_queue = NULL;
}

static void
gbe_tx_queue_detach(struct dualbuf_txq *txq)
{
	txq->device_queue = NULL;
}

/* The receiver's settings, from the port's filter and offloads. */
static struct gbe_rx_mode
gbe_rx_mode_of(const struct rte_eth_dev *dev)
{
	const struct dualbuf_port *port = dualbuf_port(dev);

	return (struct gbe_rx_mode){
		.promiscuous = port->filter.promiscuous,
		.all_multicast = port->filter.all_multicast,
		.by_vlan = port->filter.by_vlan,
		.strip_vlan = (port->rx_offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0,
		.check_sums = (port->rx_offloads & RTE_ETH_RX_OFFLOAD_CHECKSUM) != 0,
		.mac_control = gbe_of(dev)->mac_control,
		.keep_crc = (port->rx_offloads & RTE_ETH_RX_OFFLOAD_KEEP_CRC) != 0,
		.max_frame = dualbuf_filter_max_frame(&port->filter),
		.buf_size = gbe_of(dev)->rx_buf_size,
	};
}

static int
gbe_rx_filter(struct rte_eth_dev *dev)
{
	const struct gbe_rx_mode mode = gbe_rx_mode_of(dev);

	if (!gbe_of(dev)->running)
		return 0;
	gbe_set_rx_tables(&gbe_of(dev)->hw, &dualbuf_port(dev)->filter);
	pthread_mutex_lock(&gbe_of(dev)->link_mutex);
	gbe_set_rx_mode(&gbe_of(dev)->hw, &mode);
	pthread_mutex_unlock(&gbe_of(dev)->link_mutex);
	return 0;
}

static int
gbe_rx_rss(struct rte_eth_dev *dev)
{
	if (gbe_of(dev)->running && dualbuf_device(dev)->rss_types != 0)
		gbe_set_rss(&gbe_of(dev)->hw, &dualbuf_port(dev)->rss);
	return 0;
}

static int
gbe_start(struct rte_eth_dev *dev)
{
	struct gbe *gbe = gbe_of(dev);
	int ret;

	ret = gbe_reset(&gbe->hw);
	if (ret != 0)
		return ret;
	gbe_init(&gbe->hw);
	ret = gbe_link_start(dev);
	if (ret != 0)
		return ret;
	gbe_set_driver_loaded(&gbe->hw, true);
	gbe->rx_buf_size = GBE_RX_BUF_BY_QUEUE;
	if (gbe->hw.family->set_rx_buf_size == NULL)
		gbe->rx_buf_size = gbe_share_buf_size((struct dualbuf_rxq **)dev->data->rx_queues,
				dev->data->nb_rx_queues);
	return 0;
}

/* The receiver has one buffer size for all queues, which does not change while it runs. */
static int
gbe_share_running_size(const struct gbe *gbe, struct dualbuf_rxq *rxq)
{
	if (rxq->buf_room < gbe->rx_buf_size) {
		DUALBUF_LOG(ERR,
				"receive queue %u: its buffers have room for %u bytes; the port runs "
				"with buffers of %u, which are required until it is stopped",
				rxq->queue_id, rxq->buf_room, gbe->rx_buf_size);
		return -EINVAL;
	}
	rxq->buf_size = gbe->rx_buf_size;
	return 0;
}

/* One that starts alone finds the device receiving for the others, which the device must not do meanwhile. */
static int
gbe_rx_queue_start(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct gbe *gbe = gbe_of(dev);
	int ret;

	if (!gbe->running || gbe->hw.family->ring_enable != 0) {
		ret = gbe_start_rx_ring(&gbe->hw, rxq);
		if (ret == 0 && gbe->running)
			dualbuf_rx_doorbell(rxq);
		return ret;
	}
	ret = gbe_share_running_size(gbe, rxq);
	if (ret != 0)
		return ret;
	gbe_pause_rx(&gbe->hw);
	gbe_start_rx_ring(&gbe->hw, rxq);
	dualbuf_rx_doorbell(rxq);
	gbe_resume_rx(&gbe->hw);
	return 0;
}

static int
gbe_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct gbe *gbe = gbe_of(dev);
	bool pauses = gbe->running && gbe->hw.family->ring_enable == 0;
	int ret;

	if (pauses)
		gbe_pause_tx(&gbe->hw);
	ret = gbe_start_tx_ring(&gbe->hw, txq);
	if (pauses)
		gbe_resume_tx(&gbe->hw);
	return ret;
}

/* From or to then on others may look at the link. */
static void
gbe_set_running(struct gbe *gbe, bool running)
{
	pthread_mutex_lock(&gbe->link_mutex);
	gbe->running = running;
	pthread_mutex_unlock(&gbe->link_mutex);
}

static int
gbe_run(struct rte_eth_dev *dev)
{
	const struct gbe_rx_mode mode = gbe_rx_mode_of(dev);
	struct gbe *gbe = gbe_of(dev);
	uint16_t i;
	int ret;

	gbe_enable_tx(&gbe->hw);
	if (dualbuf_device(dev)->rss_types != 0)
		gbe_set_rss(&gbe->hw, &dualbuf_port(dev)->rss);
	gbe_set_rx_tables(&gbe->hw, &dualbuf_port(dev)->filter);
	gbe_enable_rx(&gbe->hw, &mode);
	for (i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			dualbuf_rx_doorbell(dev->data->rx_queues[i]);
	gbe_set_running(gbe, true);
	ret = gbe_intr_start(dev, &gbe->hw, dualbuf_port(dev)->args.intr_us);
	if (ret != 0)
		return ret;
	dev->rx_pkt_burst = mode.keep_crc ?
			gbe_rx_burst_crc :
			dualbuf_rx_burst_for(dev->data->rx_queues, dev->data->nb_rx_queues);
	dev->tx_pkt_burst = dualbuf_device(dev)->tx_format->burst;
	return 0;
}

static uint16_t
gbe_secondary_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;

	if (!dualbuf_rxq_runs(rxq))
		return 0;
	return rxq->crc_len != 0 ? gbe_rx_burst_crc(queue, pkts, nb_pkts) :
				   dualbuf_rx_burst_by_queue(queue, pkts, nb_pkts);
}

static uint16_t
gbe_secondary_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return dualbuf_txq_runs(queue) ? dualbuf_tx_format_of(queue)->burst(queue, pkts, nb_pkts) :
					 0;
}

static void
gbe_halt(struct rte_eth_dev *dev)
{
	gbe_set_running(gbe_of(dev), false);
}

/*
 * When the port stops, DMA ends with the reset in gbe_stop(). A queue that stops alone is switched off, or
 * left without a ring where there is no switch for one.
 */
static void
gbe_rx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct gbe *gbe = gbe_of(dev);

	if (!gbe->running)
		return;
	if (gbe->hw.family->ring_enable != 0) {
		gbe_switch_rx_ring(&gbe->hw, rxq->queue_id, false);
		return;
	}
	gbe_pause_rx(&gbe->hw);
	gbe_end_rx_ring(&gbe->hw, rxq->queue_id);
	gbe_resume_rx(&gbe->hw);
}

static void
gbe_tx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct gbe *gbe = gbe_of(dev);

	gbe_drain_tx(&gbe->hw, txq->queue_id);
	if (!gbe->running)
		return;
	if (gbe->hw.family->ring_enable != 0) {
		gbe_switch_tx_ring(&gbe->hw, txq->queue_id, false);
		return;
	}
	gbe_pause_tx(&gbe->hw);
	gbe_end_tx_ring(&gbe->hw, txq->queue_id);
	gbe_resume_tx(&gbe->hw);
}

/*
 * The reset is what makes sure that no DMA is under way when the buffers are given back, and no
 * interrupt that moderation holds back when the vectors go.
 */
static void
gbe_stop(struct rte_eth_dev *dev)
{
	struct gbe *gbe = gbe_of(dev);
	int ret;

	ret = gbe_reset(&gbe->hw);
	gbe_intr_stop(dev, &gbe->hw);
	if (ret == 0)
		gbe_init(&gbe->hw);
}

void
gbe_shut(struct rte_pci_device *pci, struct gbe *gbe)
{
	if (gbe->hw.bar != NULL && gbe_reset(&gbe->hw) == 0)
		gbe_set_driver_loaded(&gbe->hw, false);
	rte_pci_set_bus_master(pci, false);
	rte_pci_unmap_device(pci);
	rte_free(gbe);
}

static void
gbe_close(struct rte_eth_dev *dev)
{
	gbe_shut(RTE_CLASS_TO_BUS_DEVICE(dev, struct rte_pci_device), gbe_of(dev));
	dualbuf_port(dev)->device_port = NULL;
}

static void
gbe_leave(struct rte_eth_dev *dev)
{
	rte_pci_unmap_device(RTE_CLASS_TO_BUS_DEVICE(dev, struct rte_pci_device));
}

/*
 * The registers count by port, whatever the number of queues. They are mapped in the primary process;
 * others see what that one read last.
 */
static void
gbe_port_stats(const struct rte_eth_dev *dev, struct dualbuf_port_stats *stats)
{
	struct gbe_hw *hw = &gbe_of(dev)->hw;
	struct dualbuf_causes causes = hw->counters;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		gbe_read_counters(hw, &causes);
	*stats = (struct dualbuf_port_stats){
		.missed = causes.rx_missed_packets,
		.rx_errors = gbe_rx_errors(&causes),
		.tx_errors = gbe_tx_errors(&causes),
		.causes = causes,
	};
}

static int
gbe_flow_ctrl_set(struct rte_eth_dev *dev, const struct rte_eth_fc_conf *conf)
{
	int ret = gbe_flow_set(dev, conf);

	return ret != 0 ? ret : gbe_rx_filter(dev);
}

static bool
gbe_is_removed(const struct rte_eth_dev *dev)
{
	return !gbe_is_present(&gbe_of(dev)->hw);
}

/* Without addresses in mbufs I/O addresses are virtual ones. */
#if DUALBUF_IOVA_IN_MBUF
#define GBE_MBUF_ADDR offsetof(struct rte_mbuf, buf_iova)
#else
#define GBE_MBUF_ADDR offsetof(struct rte_mbuf, buf_addr)
#endif

/*
 * A device for each format of receive descriptors, and what goes with it: what else families differ in, they
 * say themselves.
 */
#define GBE_DEVICE(rx_desc, tx_desc, buf_size, types) \
	{ \
		.id = DUALBUF_DEVICE_GBE, .mbuf_addr_offset = GBE_MBUF_ADDR, \
		.rx_format = &dualbuf_rx_##rx_desc, .tx_format = &dualbuf_tx_##tx_desc, \
		.rss_types = types, .mtu_by_driver = true, .info = gbe_info, \
		.configure = gbe_configure, .rx_buf_size = buf_size, \
		.rx_queue_attach = gbe_rx_queue_attach, .tx_queue_attach = gbe_tx_queue_attach, \
		.rx_queue_detach = gbe_rx_queue_detach, .tx_queue_detach = gbe_tx_queue_detach, \
		.start = gbe_start, .rx_queue_start = gbe_rx_queue_start, \
		.tx_queue_start = gbe_tx_queue_start, .run = gbe_run, \
		.secondary_rx_burst = gbe_secondary_rx_burst, \
		.secondary_tx_burst = gbe_secondary_tx_burst, .halt = gbe_halt, \
		.rx_queue_stop = gbe_rx_queue_stop, .tx_queue_stop = gbe_tx_queue_stop, \
		.stop = gbe_stop, .close = gbe_close, .leave = gbe_leave, \
		.rx_intr_enable = gbe_rx_intr_enable, .rx_intr_disable = gbe_rx_intr_disable, \
		.link = gbe_link, .link_patience_ms = gbe_link_patience_ms, \
		.set_link = gbe_link_set, .flow_ctrl_get = gbe_flow_get, \
		.flow_ctrl_set = gbe_flow_ctrl_set, .get_reg = gbe_get_reg, \
		.eeprom_length = gbe_eeprom_length, .get_eeprom = gbe_get_eeprom, \
		.fw_version = gbe_fw_version, .is_removed = gbe_is_removed, \
		.rx_filter = gbe_rx_filter, .rx_rss = gbe_rx_rss, .port_stats = gbe_port_stats, \
	}

static const struct dualbuf_device gbe_devices[] = {
	[DUALBUF_DESC_EXT] = GBE_DEVICE(ext, ext, gbe_rx_buf_size, GBE_RSS_TYPES),
	[DUALBUF_DESC_ADV] = GBE_DEVICE(adv, adv, gbe_rx_buf_size_kb, GBE_RSS_TYPES_ADV),
	[DUALBUF_DESC_LEGACY] = GBE_DEVICE(legacy, ext, gbe_rx_buf_size, 0),
};

const struct dualbuf_device *
gbe_device_of(const struct gbe_family *family)
{
	return &gbe_devices[family->format];
}
