/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <ethdev_driver.h>
#include <rte_malloc.h>

#include "dualbuf_link_watch.h"
#include "dualbuf_logs.h"
#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "xdp_burst.h"
#include "xdp_ethdev.h"
#include "xdp_intr.h"
#include "xdp_queue.h"

/* Frames of this length with a tag still have their buffer. */
#define XDP_MAX_MTU (XDP_AREA_MAX_FRAME - RTE_ETHER_HDR_LEN - RTE_VLAN_HLEN)

static_assert(XDP_MAX_QUEUES <= DUALBUF_MAX_QUEUES, "a port has room for all queues");

/* The speed is the one that the primary process saw last: it is the one that has the interface. */
static void
xdp_info(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct xdp *xdp = xdp_of(dev);
	struct rte_eth_link link;

	rte_eth_linkstatus_get(dev, &link);
	info->if_index = xdp->iface.index;
	info->max_rx_queues = xdp->args.queue_count;
	info->max_tx_queues = xdp->args.queue_count;
	info->min_rx_bufsize = XDP_AREA_MIN_FRAME;
	info->max_rx_pktlen = XDP_AREA_MAX_FRAME;
	info->min_mtu = RTE_ETHER_MIN_MTU;
	info->max_mtu = XDP_MAX_MTU;
	info->speed_capa = rte_eth_speed_bitflag(link.link_speed, link.link_duplex);
	info->tx_offload_capa = RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	info->tx_queue_offload_capa = info->tx_offload_capa;
}

static uint32_t
xdp_rx_buf_size(uint32_t room)
{
	return room < XDP_AREA_MIN_FRAME ? 0 : RTE_MIN(room, (uint32_t)XDP_AREA_MAX_FRAME);
}

static int
xdp_configure(struct rte_eth_dev *dev)
{
	if (dev->data->nb_tx_queues > dev->data->nb_rx_queues) {
		DUALBUF_LOG(ERR,
				"port %u: %u transmit queues and %u receive queues; by AF_XDP each "
				"transmit queue needs the receive queue of its number",
				dev->data->port_id, dev->data->nb_tx_queues,
				dev->data->nb_rx_queues);
		return -EINVAL;
	}
	return xdp_intr_configure(dev);
}

/* No packet takes several buffers: those that the MTU allows have to fit one. */
static int
check_mtu(const struct rte_eth_dev *dev, const struct xdp_iface *iface)
{
	const struct dualbuf_rxq *rxq;
	uint32_t frame;
	uint16_t mtu, i;

	if (xdp_iface_mtu(iface, &mtu) != 0)
		return -ENODEV;
	frame = dualbuf_filter_frame(mtu);
	for (i = 0; i < dev->data->nb_rx_queues; i++) {
		rxq = dev->data->rx_queues[i];
		if (frame > rxq->buf_size)
			DUALBUF_LOG(WARNING,
					"interface %s: an MTU of %u means frames of up to %u bytes; "
					"receive queue %u has room for %u, and the kernel drops what "
					"is longer",
					iface->name, mtu, frame, i, rxq->buf_size);
	}
	return 0;
}

static int
find_program(struct xdp *xdp)
{
	const struct xdp_args *args = &xdp->args;

	if (args->use_pinned_map)
		return xdp_program_use_map(args->iface, args->dp_path, &xdp->program);
	return xdp_program_attach(args->iface, args->mode,
			args->prog[0] == '\0' ? NULL : args->prog, &xdp->program);
}

/* The interface may have been taken away and be another one of its name by now. */
static int
xdp_start(struct rte_eth_dev *dev)
{
	struct xdp *xdp = xdp_of(dev);
	int ret;

	ret = xdp_iface_look(&xdp->iface);
	if (ret == 0)
		ret = check_mtu(dev, &xdp->iface);
	if (ret == 0)
		ret = xdp_iface_set_filter(&xdp->iface, &dualbuf_port(dev)->filter);
	if (ret == 0)
		ret = find_program(xdp);
	__atomic_store_n(&xdp->unplugged, false, __ATOMIC_RELAXED);
	return ret;
}

static void
xdp_say_modes(const struct xdp *xdp)
{
	const struct xdp_socket *sock;
	uint16_t i;

	for (i = 0; i < XDP_MAX_QUEUES; i++) {
		sock = &xdp->sockets[i];
		if (sock->xsk != NULL)
			DUALBUF_LOG(INFO, "interface %s: queue %u by AF_XDP in %s mode, %s",
					xdp->args.iface, xdp->args.start_queue + i,
					xdp_program_mode_name(xdp->program),
					sock->zero_copy ? "zero copy" : "with copies");
	}
}

static int
xdp_run(struct rte_eth_dev *dev)
{
	struct xdp *xdp = xdp_of(dev);
	int ret;

	__atomic_store_n(&xdp->running, true, __ATOMIC_RELAXED);
	ret = dualbuf_link_watch(dev, true);
	if (ret != 0)
		return ret;
	xdp_say_modes(xdp);
	dev->rx_pkt_burst = xdp_rx_burst;
	dev->tx_pkt_burst = xdp_tx_burst;
	return 0;
}

static void
xdp_halt(struct rte_eth_dev *dev)
{
	dualbuf_link_unwatch(dev);
	__atomic_store_n(&xdp_of(dev)->running, false, __ATOMIC_RELAXED);
}

static void
xdp_stop(struct rte_eth_dev *dev)
{
	struct xdp *xdp = xdp_of(dev);

	if (xdp->program != NULL)
		xdp_program_detach(xdp->program);
	xdp->program = NULL;
}

static void
xdp_close(struct rte_eth_dev *dev)
{
	struct xdp *xdp = xdp_of(dev);

	xdp_intr_release(dev);
	xdp_iface_close(&xdp->iface);
	rte_free(xdp);
	dualbuf_port(dev)->device_port = NULL;
}

static void
xdp_leave(struct rte_eth_dev *dev __rte_unused)
{
}

static void
xdp_link(struct rte_eth_dev *dev, struct rte_eth_link *link)
{
	const struct xdp *xdp = xdp_of(dev);

	xdp_iface_link(&xdp->iface, link);
	if (!__atomic_load_n(&xdp->running, __ATOMIC_RELAXED) ||
			__atomic_load_n(&xdp->unplugged, __ATOMIC_RELAXED))
		link->link_status = RTE_ETH_LINK_DOWN;
}

/* Packets of a queue that has no socket go to the kernel. The interface itself stays as it is. */
static int
plug_rxq(const struct xdp *xdp, uint16_t queue_id)
{
	uint32_t queue = xdp->args.start_queue + queue_id;
	const struct xdp_socket *sock = &xdp->sockets[queue_id];

	if (sock->xsk == NULL)
		return 0;
	if (!xdp->unplugged)
		return xdp_program_give(xdp->program, queue, xsk_socket__fd(sock->xsk));
	xdp_program_take(xdp->program, queue);
	return 0;
}

static void
plug_txq(const struct dualbuf_txq *txq, bool unplugged)
{
	if (txq != NULL)
		__atomic_store_n(&((struct xdp_txq *)txq->device_queue)->unplugged, unplugged,
				__ATOMIC_RELAXED);
}

static int
xdp_set_link(struct rte_eth_dev *dev, bool up)
{
	struct dualbuf_port *port = dualbuf_port(dev);
	struct xdp *xdp = xdp_of(dev);
	int ret = 0;
	uint16_t i;

	if (!xdp->running || xdp->unplugged != up)
		return 0;
	__atomic_store_n(&xdp->unplugged, !up, __ATOMIC_RELAXED);
	dualbuf_queues_lock(port);
	for (i = 0; i < XDP_MAX_QUEUES && ret == 0; i++) {
		plug_txq(port->txqs[i], !up);
		ret = plug_rxq(xdp, i);
	}
	dualbuf_queues_unlock(port);
	dualbuf_link_look_in(dev, 1);
	return ret;
}

static int
xdp_rx_filter(struct rte_eth_dev *dev)
{
	return xdp_iface_set_filter(&xdp_of(dev)->iface, &dualbuf_port(dev)->filter);
}

static int
xdp_rx_rss(struct rte_eth_dev *dev __rte_unused)
{
	return 0;
}

static int
xdp_mtu(struct rte_eth_dev *dev, uint16_t mtu)
{
	return xdp_iface_set_mtu(&xdp_of(dev)->iface, mtu);
}

const struct dualbuf_device xdp_device = {
	.id = DUALBUF_DEVICE_XDP,
	.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
	.rx_format = &dualbuf_rx_ext,
	.tx_format = &dualbuf_tx_ext,
	.tx_prepare = xdp_tx_prepare,
	.tx_go_on = xdp_tx_queue_go_on,
	.info = xdp_info,
	.configure = xdp_configure,
	.rx_buf_size = xdp_rx_buf_size,
	.rx_queue_attach = xdp_rx_queue_attach,
	.tx_queue_attach = xdp_tx_queue_attach,
	.rx_queue_detach = xdp_rx_queue_detach,
	.tx_queue_detach = xdp_tx_queue_detach,
	.start = xdp_start,
	.rx_queue_start = xdp_rx_queue_start,
	.tx_queue_start = xdp_tx_queue_start,
	.run = xdp_run,
	.secondary_rx_burst = xdp_no_burst,
	.secondary_tx_burst = xdp_no_burst,
	.halt = xdp_halt,
	.rx_queue_check_stop = xdp_rx_queue_check_stop,
	.rx_queue_stop = xdp_rx_queue_stop,
	.tx_queue_stop = xdp_tx_queue_stop,
	.stop = xdp_stop,
	.close = xdp_close,
	.leave = xdp_leave,
	.rx_intr_enable = xdp_rx_intr_enable,
	.rx_intr_disable = xdp_rx_intr_disable,
	.link = xdp_link,
	.mtu = xdp_mtu,
	.set_link = xdp_set_link,
	.rx_filter = xdp_rx_filter,
	.rx_rss = xdp_rx_rss,
	.rx_losses = xdp_rx_losses,
	.tx_losses = xdp_tx_losses,
};
