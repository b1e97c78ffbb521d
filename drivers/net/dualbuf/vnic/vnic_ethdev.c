/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_alarm.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_logs.h"
#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "vnic.h"
#include "wire_open.h"

/* How often output files are flushed, in us; users are promised a second. */
#define VNIC_FLUSH_US 500000

/* What applications are told; a capture's frames may be longer (WIRE_MAX_FRAME), and come up all the same. */
#define VNIC_MAX_PKTLEN UINT16_MAX

static_assert(VNIC_MAX_QUEUES <= DUALBUF_MAX_QUEUES, "a port has room for all queues");

#define VNIC_MIN_BUF_SIZE 256
/* The write-back has 16 bits for a length. */
#define VNIC_MAX_BUF_SIZE UINT16_MAX

static uint8_t vnic_next_index;

/*
 * Inline stepping: what has arrived is written before the driver looks. When all descriptors waited for
 * buffers that came home meanwhile, the model finds them only after the driver has looked.
 */
static uint16_t
vnic_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;
	struct vnic_rx_queue *device_queue = rxq->device_queue;
	uint32_t tail = device_queue->tail;
	uint16_t n;

	vnic_rx_process(device_queue, nb_pkts);
	n = rxq->burst(queue, pkts, nb_pkts);
	if (unlikely(n == 0 && device_queue->tail != tail)) {
		vnic_rx_process(device_queue, nb_pkts);
		n = rxq->burst(queue, pkts, nb_pkts);
	}
	if (n == 0 && vnic_link_awaits_end(device_queue))
		vnic_link_look_for_end(&rte_eth_devices[rxq->port_id], device_queue, false);
	return n;
}

/*
 * A sink takes what it is given at once, so a ring that is full is empty after a step: no burst is too
 * long for it. The sender itself steps its queue, also where a thread receives. What was sent is freed
 * before this returns, as applications know it of virtual devices: no packet is left in the ring when
 * its pool is freed.
 */
static uint16_t
vnic_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct dualbuf_txq *txq = queue;
	uint16_t total = 0, n;

	do {
		n = dualbuf_tx_ext_burst(queue, pkts + total, nb_pkts - total);
		vnic_tx_process(txq->device_queue);
		dualbuf_tx_ext_done_cleanup(txq, 0);
		total += n;
	} while (n > 0 && total < nb_pkts);
	return total;
}

/* With a thread that receives: the doorbell, when it was rung, may have to wake it. */
static uint16_t
vnic_rx_burst_threaded(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;
	struct vnic_rx_queue *device_queue = rxq->device_queue;
	uint32_t tail = device_queue->tail;
	uint16_t n = rxq->burst(queue, pkts, nb_pkts);

	if (device_queue->tail != tail)
		vnic_thread_wake(device_queue->thread);
	/* also with packets: who waits for interrupts may poll no more */
	if (vnic_link_awaits_end(device_queue))
		vnic_link_look_for_end(&rte_eth_devices[rxq->port_id], device_queue, false);
	return n;
}

static void
vnic_close_ends(struct vnic *vnic)
{
	uint16_t i;

	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		wire_sink_close(vnic->sinks[i]);
		vnic->sinks[i] = NULL;
	}
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		wire_source_close(vnic->sources[i]);
		vnic->sources[i] = NULL;
	}
}

static int
vnic_open_sink(struct vnic *vnic, uint16_t queue)
{
	if (vnic->args.single_iface)
		return wire_sink_share(vnic->sources[queue], &vnic->sinks[queue]);
	return wire_sink_open(&vnic->args.tx[queue], &vnic->sinks[queue]);
}

/*
 * Open whatever is not open. Sources first: an output file is overwritten only when all that is
 * to be read is there.
 */
static int
vnic_open_ends(struct vnic *vnic)
{
	int ret = 0;
	uint16_t i;

	for (i = 0; i < vnic->args.nb_rx && ret == 0; i++)
		if (vnic->sources[i] == NULL && vnic->args.rx[i].kind != WIRE_END_NONE)
			ret = wire_source_open(&vnic->args.rx[i], vnic->args.infinite_rx,
					&vnic->sources[i]);
	for (i = 0; i < vnic->args.nb_tx && ret == 0; i++)
		if (vnic->sinks[i] == NULL)
			ret = vnic_open_sink(vnic, i);
	if (ret != 0)
		vnic_close_ends(vnic);
	return ret;
}

/* Runs in EAL's alarm thread, twice a second while the port runs. */
static void
vnic_flush(void *arg)
{
	struct vnic *vnic = arg;
	uint16_t i;

	for (i = 0; i < vnic->args.nb_tx; i++)
		wire_sink_flush(vnic->sinks[i]);
	if (rte_eal_alarm_set(VNIC_FLUSH_US, vnic_flush, vnic) != 0)
		DUALBUF_LOG(ERR, "no alarm to flush output with; it is written when buffers fill");
}

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

static void
vnic_rx_queue_detach(struct dualbuf_rxq *rxq)
{
	struct vnic_rx_queue *queue = rxq->device_queue;

	if (queue == NULL)
		return;
	rte_free(queue->timestamps);
	rte_free(queue->scratch);
	rte_free(queue);
	rxq->device_queue = NULL;
}

static int
vnic_rx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic_rx_queue *queue;
	uint32_t nb_desc = rxq->ring->nb_desc;
	bool stamped = (rxq->offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0;

	queue = rte_zmalloc("vnic_rx_queue", sizeof(*queue), RTE_CACHE_LINE_SIZE);
	if (queue == NULL)
		return -ENOMEM;
	rxq->device_queue = queue;
	queue->scratch = rte_malloc("vnic_rx_scratch", WIRE_MAX_FRAME, RTE_CACHE_LINE_SIZE);
	if (stamped)
		queue->timestamps = rte_zmalloc(
				"vnic_timestamps", nb_desc * sizeof(*queue->timestamps), 0);
	if (queue->scratch == NULL || (stamped && queue->timestamps == NULL)) {
		vnic_rx_queue_detach(rxq);
		return -ENOMEM;
	}
	queue->desc = rxq->desc;
	queue->nb_desc = nb_desc;
	queue->buf_size = rxq->buf_size;
	queue->thread = &vnic_of(dev)->thread;
	queue->filter = &dualbuf_port(dev)->filter;
	queue->offload = &vnic_of(dev)->offload;
	rxq->timestamps = queue->timestamps;
	rxq->tail_reg = &queue->tail;
	return 0;
}

static void
vnic_tx_queue_detach(struct dualbuf_txq *txq)
{
	struct vnic_tx_queue *queue = txq->device_queue;

	if (queue == NULL)
		return;
	rte_free(queue->scratch);
	rte_free(queue);
	txq->device_queue = NULL;
}

static int
vnic_tx_queue_attach(struct rte_eth_dev *dev __rte_unused, struct dualbuf_txq *txq)
{
	struct vnic_tx_queue *queue;

	queue = rte_zmalloc("vnic_tx_queue", sizeof(*queue), RTE_CACHE_LINE_SIZE);
	if (queue == NULL)
		return -ENOMEM;
	txq->device_queue = queue;
	queue->scratch = rte_malloc("vnic_tx_scratch", WIRE_MAX_FRAME, RTE_CACHE_LINE_SIZE);
	if (queue->scratch == NULL) {
		vnic_tx_queue_detach(txq);
		return -ENOMEM;
	}
	queue->desc = txq->desc;
	queue->nb_desc = txq->nb_desc;
	txq->tail_reg = &queue->tail;
	return 0;
}

/* Connect a queue to its end, at the beginning of its ring. */
static int
vnic_rx_queue_start(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	struct vnic *vnic = vnic_of(dev);
	bool tells_end = vnic->args.eof && dev->data->dev_conf.intr_conf.lsc;
	struct vnic_rx_queue *rx = rxq->device_queue;

	rte_spinlock_lock(&rx->source_lock);
	rx->source = vnic->sources[rxq->queue_id];
	rte_spinlock_unlock(&rx->source_lock);
	dualbuf_queues_lock(dualbuf_port(dev));
	rx->head = 0;
	rx->ended = 0;
	dualbuf_queues_unlock(dualbuf_port(dev));
	rx->end_awaited = 0;
	if (tells_end && vnic->args.rx[rxq->queue_id].kind == WIRE_END_FILE)
		vnic_link_await_end(vnic, rx);
	dualbuf_rx_doorbell(rxq);
	return 0;
}

static int
vnic_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	struct vnic_tx_queue *tx = txq->device_queue;

	rte_spinlock_lock(&tx->sink_lock);
	tx->sink = vnic_of(dev)->sinks[txq->queue_id];
	rte_spinlock_unlock(&tx->sink_lock);
	tx->head = 0;
	tx->tail = 0;
	return 0;
}

/* What the kernel dropped is known no more when its source is gone. */
static void
vnic_rx_queue_stop(struct rte_eth_dev *dev __rte_unused, struct dualbuf_rxq *rxq)
{
	struct vnic_rx_queue *rx = rxq->device_queue;

	rte_spinlock_lock(&rx->source_lock);
	if (rx->source != NULL)
		rx->missed += wire_source_dropped(rx->source);
	rx->source = NULL;
	rte_spinlock_unlock(&rx->source_lock);
}

/* Nor is what its file did not get, which is all known when nothing is left to be written. */
static void
vnic_tx_queue_stop(struct rte_eth_dev *dev __rte_unused, struct dualbuf_txq *txq)
{
	struct vnic_tx_queue *tx = txq->device_queue;
	uint64_t packets, bytes;

	if (tx->sink == NULL)
		return;
	wire_sink_flush(tx->sink);
	rte_spinlock_lock(&tx->sink_lock);
	wire_sink_lost(tx->sink, &packets, &bytes);
	tx->errors += packets;
	tx->error_bytes += bytes;
	tx->sink = NULL;
	rte_spinlock_unlock(&tx->sink_lock);
}

/* A direction that was not given has no end at all, in any of its queues. */
static eth_rx_burst_t
vnic_rx_burst_of(const struct rte_eth_dev *dev)
{
	if (vnic_of(dev)->args.rx[0].kind == WIRE_END_NONE)
		return rte_eth_pkt_burst_dummy;
	return dev->intr_handle == NULL ? vnic_rx_burst : vnic_rx_burst_threaded;
}

/* Start what runs beside the burst functions. */
static int
vnic_start_helpers(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	int ret;

	ret = rte_eal_alarm_set(VNIC_FLUSH_US, vnic_flush, vnic);
	if (ret != 0)
		DUALBUF_LOG(ERR, "no alarm to flush output with: %s", strerror(-ret));
	if (ret == 0)
		ret = vnic_link_watch(dev);
	if (ret == 0 && dev->intr_handle != NULL)
		ret = vnic_thread_start(dev);
	return ret;
}

static int
vnic_start(struct rte_eth_dev *dev)
{
	vnic_of(dev)->nb_lasting = 0;
	return vnic_open_ends(vnic_of(dev));
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
	rte_eal_alarm_cancel(vnic_flush, vnic);
}

static void
vnic_stop(struct rte_eth_dev *dev)
{
	vnic_close_ends(vnic_of(dev));
}

static void
vnic_close(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);

	vnic_close_ends(vnic);
	vnic_intr_release(dev);
	rte_free(vnic);
	dualbuf_port(dev)->device_port = NULL;
}

/* What the kernel dropped is known to the process that has the source open, while it is open. */
static uint64_t
vnic_rx_missed(const struct dualbuf_rxq *rxq)
{
	struct vnic_rx_queue *queue = rxq->device_queue;
	uint64_t missed;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return __atomic_load_n(&queue->missed, __ATOMIC_RELAXED);
	rte_spinlock_lock(&queue->source_lock);
	missed = __atomic_load_n(&queue->missed, __ATOMIC_RELAXED);
	if (queue->source != NULL)
		missed += wire_source_dropped(queue->source);
	rte_spinlock_unlock(&queue->source_lock);
	return missed;
}

static uint64_t
vnic_rx_errors(const struct dualbuf_rxq *rxq)
{
	const struct vnic_rx_queue *queue = rxq->device_queue;

	return __atomic_load_n(&queue->too_long, __ATOMIC_RELAXED);
}

/* What a file did not get is known to the process that has it open, until it adds that at stop. */
static void
vnic_tx_errors(const struct dualbuf_txq *txq, uint64_t *packets, uint64_t *bytes)
{
	struct vnic_tx_queue *queue = txq->device_queue;
	bool has_sink = rte_eal_process_type() == RTE_PROC_PRIMARY;
	uint64_t lost_packets = 0, lost_bytes = 0;

	if (has_sink)
		rte_spinlock_lock(&queue->sink_lock);
	if (has_sink && queue->sink != NULL)
		wire_sink_lost(queue->sink, &lost_packets, &lost_bytes);
	*packets = __atomic_load_n(&queue->errors, __ATOMIC_RELAXED) + lost_packets;
	*bytes = __atomic_load_n(&queue->error_bytes, __ATOMIC_RELAXED) + lost_bytes;
	if (has_sink)
		rte_spinlock_unlock(&queue->sink_lock);
}

static const struct dualbuf_device vnic_device = {
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
	.halt = vnic_halt,
	.rx_queue_stop = vnic_rx_queue_stop,
	.tx_queue_stop = vnic_tx_queue_stop,
	.stop = vnic_stop,
	.close = vnic_close,
	.rx_intr_enable = vnic_rx_intr_enable,
	.rx_intr_disable = vnic_rx_intr_disable,
	.link = vnic_link,
	.rx_filter = vnic_rx_filter,
	.rx_missed = vnic_rx_missed,
	.rx_errors = vnic_rx_errors,
	.tx_errors = vnic_tx_errors,
};

/* The MAC address of an interface. */
static int
wire_iface_mac(const char *name, struct rte_ether_addr *mac)
{
	struct ifreq req = { 0 };
	int fd, ret = 0;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	strlcpy(req.ifr_name, name, sizeof(req.ifr_name));
	if (ioctl(fd, SIOCGIFHWADDR, &req) != 0)
		ret = -errno;
	close(fd);
	if (ret == 0)
		memcpy(mac, req.ifr_hwaddr.sa_data, sizeof(*mac));
	else
		DUALBUF_LOG(ERR, "phy_mac=1: no MAC address of interface %s: %s", name,
				strerror(-ret));
	return ret;
}

/* The port's address: the interface's when asked for, else a locally administered one. */
static int
vnic_choose_mac(const struct vnic_args *args, struct rte_ether_addr *mac)
{
	if (args->phy_mac)
		return wire_iface_mac(args->rx[0].name, mac);
	*mac = (struct rte_ether_addr){
		.addr_bytes = { 0x02, 'd', 'u', 'a', 'l', vnic_next_index++ },
	};
	return 0;
}

/* Make the port of a virtual NIC whose ends are open. */
static int
vnic_create_port(struct rte_vdev_device *vdev, struct vnic *vnic)
{
	struct rte_ether_addr mac;
	struct rte_eth_dev *dev;
	int ret;

	ret = vnic_choose_mac(&vnic->args, &mac);
	if (ret != 0)
		return ret;
	dev = rte_eth_vdev_allocate(vdev, sizeof(struct dualbuf_port));
	if (dev == NULL)
		return -ENOMEM;
	dev->data->promiscuous = 1;
	dev->data->all_multicast = 1;
	ret = dualbuf_port_init(dev, &vnic_device, vnic, &vnic->args.common, &mac);
	if (ret != 0) {
		rte_eth_dev_release_port(dev);
		return ret;
	}
	if (vnic_link_can_change(&vnic->args))
		dev->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	vnic_rx_filter(dev);
	dualbuf_device(dev)->link(dev, &dev->data->dev_link);
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int
vnic_probe_primary(struct rte_vdev_device *vdev)
{
	struct vnic *vnic;
	int ret;

	vnic = rte_zmalloc("vnic", sizeof(*vnic), RTE_CACHE_LINE_SIZE);
	if (vnic == NULL)
		return -ENOMEM;
	ret = vnic_args_parse(rte_vdev_device_args(vdev), &vnic->args);
	if (ret == 0)
		ret = vnic_open_ends(vnic);
	if (ret == 0)
		ret = vnic_create_port(vdev, vnic);
	if (ret != 0) {
		vnic_close_ends(vnic);
		rte_free(vnic);
	}
	return ret;
}

static int
vnic_probe_secondary(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_attach_secondary(rte_vdev_device_name(vdev));

	if (dev == NULL) {
		DUALBUF_LOG(ERR, "%s: no such port in the primary process",
				rte_vdev_device_name(vdev));
		return -ENODEV;
	}
	dev->device = &vdev->device;
	dualbuf_port_attach(dev, &vnic_device);
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int
vnic_probe(struct rte_vdev_device *vdev)
{
	int ret = dualbuf_pool_register();

	if (ret != 0)
		return ret;
	return rte_eal_process_type() == RTE_PROC_PRIMARY ? vnic_probe_primary(vdev) :
							    vnic_probe_secondary(vdev);
}

static int
vnic_remove(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	if (dev == NULL)
		return 0;
	dualbuf_dev_close(dev);
	return rte_eth_dev_release_port(dev);
}

static struct rte_vdev_driver vnic_driver = {
	.probe = vnic_probe,
	.remove = vnic_remove,
};

RTE_PMD_REGISTER_VDEV(net_dualbuf, vnic_driver);
RTE_PMD_REGISTER_PARAM_STRING(net_dualbuf, VNIC_PARAM_STRING);
