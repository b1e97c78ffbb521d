/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * A driver for tests of programs: it receives nothing, and its transmit queue takes a few packets
 * and then no more. Device arguments: "down" for a link that is down; "slow" for a queue that does
 * take more, but only one at every other call.
 */

#include <string.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>

#define ROOM 64

struct stuck {
	bool down;
	bool slow;
	unsigned int calls;
	unsigned int room;
	struct rte_ether_addr mac;
};

static uint16_t
stuck_rx(void *queue __rte_unused, struct rte_mbuf **pkts __rte_unused, uint16_t n __rte_unused)
{
	return 0;
}

static uint16_t
stuck_tx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct stuck *stuck = queue;

	if (stuck->slow)
		stuck->room = stuck->calls++ & 1;
	n = RTE_MIN(n, stuck->room);
	stuck->room -= n;
	rte_pktmbuf_free_bulk(pkts, n);
	return n;
}

static int
stuck_configure(struct rte_eth_dev *dev)
{
	dev->rx_pkt_burst = stuck_rx;
	dev->tx_pkt_burst = stuck_tx;
	return 0;
}

static int
stuck_link(struct rte_eth_dev *dev, int wait __rte_unused)
{
	struct stuck *stuck = dev->data->dev_private;
	struct rte_eth_link link = { .link_status = !stuck->down };

	return rte_eth_linkstatus_set(dev, &link);
}

static int
stuck_nothing(struct rte_eth_dev *dev __rte_unused)
{
	return 0;
}

static int
stuck_close(struct rte_eth_dev *dev)
{
	/* lies in dev_private */
	dev->data->mac_addrs = NULL;
	return 0;
}

static int
stuck_info(struct rte_eth_dev *dev __rte_unused, struct rte_eth_dev_info *info)
{
	info->max_rx_queues = 1;
	info->max_tx_queues = 1;
	info->max_rx_pktlen = UINT32_MAX;
	return 0;
}

static int
stuck_rx_setup(struct rte_eth_dev *dev, uint16_t queue, uint16_t nb_desc __rte_unused,
		unsigned int socket __rte_unused, const struct rte_eth_rxconf *conf __rte_unused,
		struct rte_mempool *pool __rte_unused)
{
	dev->data->rx_queues[queue] = dev->data->dev_private;
	return 0;
}

static int
stuck_tx_setup(struct rte_eth_dev *dev, uint16_t queue, uint16_t nb_desc __rte_unused,
		unsigned int socket __rte_unused, const struct rte_eth_txconf *conf __rte_unused)
{
	dev->data->tx_queues[queue] = dev->data->dev_private;
	return 0;
}

static const struct eth_dev_ops stuck_ops = {
	.dev_configure = stuck_configure,
	.dev_start = stuck_nothing,
	.dev_stop = stuck_nothing,
	.dev_close = stuck_close,
	.dev_infos_get = stuck_info,
	.link_update = stuck_link,
	.rx_queue_setup = stuck_rx_setup,
	.tx_queue_setup = stuck_tx_setup,
};

static int
stuck_probe(struct rte_vdev_device *vdev)
{
	const char *args = rte_vdev_device_args(vdev);
	struct rte_eth_dev *dev;
	struct stuck *stuck;

	dev = rte_eth_vdev_allocate(vdev, sizeof(*stuck));
	if (dev == NULL)
		return -ENOMEM;
	stuck = dev->data->dev_private;
	stuck->down = args != NULL && strstr(args, "down") != NULL;
	stuck->slow = args != NULL && strstr(args, "slow") != NULL;
	stuck->room = ROOM;
	dev->data->mac_addrs = &stuck->mac;
	dev->dev_ops = &stuck_ops;
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int
stuck_remove(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	return dev == NULL ? 0 : rte_eth_dev_close(dev->data->port_id);
}

static struct rte_vdev_driver stuck_driver = {
	.probe = stuck_probe,
	.remove = stuck_remove,
};

RTE_PMD_REGISTER_VDEV(net_stuck, stuck_driver);
