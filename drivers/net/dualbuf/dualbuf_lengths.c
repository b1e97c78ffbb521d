/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_lengths.h"
#include "dualbuf_port.h"

/* The longest packet that an MTU asks for, as the device counts it. */
static uint32_t
port_max_packet(const struct rte_eth_dev *dev, uint16_t mtu)
{
	bool keep_crc = (dualbuf_port(dev)->rx_offloads & RTE_ETH_RX_OFFLOAD_KEEP_CRC) != 0;

	return dualbuf_filter_frame(mtu) + (keep_crc ? RTE_ETHER_CRC_LEN : 0);
}

uint32_t
dualbuf_lengths_rx(const struct rte_eth_dev *dev)
{
	return dualbuf_device(dev)->mtu_by_driver ?
			port_max_packet(dev, dualbuf_port(dev)->filter.mtu) :
			UINT32_MAX;
}

uint32_t
dualbuf_lengths_tx(const struct rte_eth_dev *dev)
{
	const struct dualbuf_filter *filter = &dualbuf_port(dev)->filter;

	return dualbuf_device(dev)->mtu_by_driver || filter->enforce_mtu ?
			dualbuf_filter_max_frame(filter) :
			UINT32_MAX;
}

bool
dualbuf_lengths_need_scatter(const struct rte_eth_dev *dev, uint16_t mtu)
{
	uint32_t len = port_max_packet(dev, mtu);
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queues[i] != NULL &&
				len > ((struct dualbuf_rxq *)dev->data->rx_queues[i])->buf_size)
			return true;
	return false;
}

void
dualbuf_lengths_settle(struct rte_eth_dev *dev)
{
	struct dualbuf_filter *filter = &dualbuf_port(dev)->filter;
	bool scattered = (dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0 ||
			dualbuf_lengths_need_scatter(dev, filter->mtu);

	dev->data->scattered_rx = scattered;
	__atomic_store_n(&filter->scattered, scattered, __ATOMIC_RELAXED);
}

void
dualbuf_lengths_apply(struct rte_eth_dev *dev)
{
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queues[i] != NULL)
			dualbuf_rxq_limit(dev->data->rx_queues[i], dualbuf_lengths_rx(dev));
	for (i = 0; i < dev->data->nb_tx_queues; i++)
		if (dev->data->tx_queues[i] != NULL)
			dualbuf_txq_limit(dev->data->tx_queues[i], dualbuf_lengths_tx(dev));
}
