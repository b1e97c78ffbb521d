/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_lengths.h"
#include "dualbuf_logs.h"
#include "dualbuf_port.h"
#include "dualbuf_queue_states.h"
#include "dualbuf_rx_formats.h"
#include "dualbuf_tx_formats.h"

/* Is there a queue, and the memory it receives into? */
static int
check_rxq(const struct rte_eth_dev *dev, uint16_t queue_id)
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

static int
check_txq(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	if (dev->data->tx_queues[queue_id] != NULL)
		return 0;
	DUALBUF_LOG(ERR, "port %u: transmit queue %u of %u is not set up", dev->data->port_id,
			queue_id, dev->data->nb_tx_queues);
	return -EINVAL;
}

int
dualbuf_queues_check(const struct rte_eth_dev *dev)
{
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++)
		if (check_rxq(dev, i) != 0)
			return -EINVAL;
	for (i = 0; i < dev->data->nb_tx_queues; i++)
		if (check_txq(dev, i) != 0)
			return -EINVAL;
	return 0;
}

/* The ring at its beginning: those who ask for its state see it there whole. */
static void
rxq_restart(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	dualbuf_queues_lock(dualbuf_port(dev));
	dualbuf_rxq_restart(rxq);
	dualbuf_queues_unlock(dualbuf_port(dev));
}

int
dualbuf_rx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_rxq *rxq = dev->data->rx_queues[queue_id];
	int ret;

	ret = check_rxq(dev, queue_id);
	if (ret != 0)
		return ret;
	rxq_restart(dev, rxq);
	ret = dualbuf_device(dev)->rx_queue_start(dev, rxq);
	/* the size of its buffers is settled now */
	dualbuf_rxq_limit(rxq, dualbuf_lengths_rx(dev));
	if (ret == 0)
		dev->data->rx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STARTED;
	return ret;
}

/* What had come and was not received is not there any more, nor is half a packet. */
int
dualbuf_rx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	struct dualbuf_rxq *rxq = dev->data->rx_queues[queue_id];
	int ret = 0;

	if (device->rx_queue_check_stop != NULL)
		ret = device->rx_queue_check_stop(dev, rxq);
	if (ret != 0)
		return ret;
	device->rx_queue_stop(dev, rxq);
	dev->data->rx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STOPPED;
	if (!dualbuf_pool_is_gone(rxq->pool))
		rxq_restart(dev, rxq);
	return 0;
}

static void
txq_empty(struct dualbuf_txq *txq)
{
	dualbuf_txq_restart(txq);
	dualbuf_txq_shut(txq);
}

int
dualbuf_tx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_txq *txq = dev->data->tx_queues[queue_id];
	int ret;

	dualbuf_txq_restart(txq);
	dualbuf_txq_limit(txq, dualbuf_lengths_tx(dev));
	ret = dualbuf_device(dev)->tx_queue_start(dev, txq);
	if (ret == 0)
		dev->data->tx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STARTED;
	else
		dualbuf_txq_shut(txq);
	return ret;
}

int
dualbuf_tx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_txq *txq = dev->data->tx_queues[queue_id];

	dualbuf_device(dev)->tx_queue_stop(dev, txq);
	dev->data->tx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STOPPED;
	txq_empty(txq);
	return 0;
}

int
dualbuf_queues_start(struct rte_eth_dev *dev)
{
	int ret = 0;
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues && ret == 0; i++)
		if (!dualbuf_port(dev)->rxqs[i]->deferred_start)
			ret = dualbuf_rx_queue_start(dev, i);
	for (i = 0; i < dev->data->nb_tx_queues && ret == 0; i++)
		if (!dualbuf_port(dev)->txqs[i]->deferred_start)
			ret = dualbuf_tx_queue_start(dev, i);
	return ret;
}

/* One whose set-up failed while the port ran is missing. */
void
dualbuf_queues_stop(struct rte_eth_dev *dev)
{
	uint16_t i;

	for (i = 0; i < dev->data->nb_tx_queues; i++) {
		if (dev->data->tx_queues[i] != NULL)
			dualbuf_device(dev)->tx_queue_stop(dev, dev->data->tx_queues[i]);
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
	for (i = 0; i < dev->data->nb_rx_queues; i++) {
		if (dev->data->rx_queues[i] != NULL)
			dualbuf_device(dev)->rx_queue_stop(dev, dev->data->rx_queues[i]);
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
}

void
dualbuf_queues_empty(struct rte_eth_dev *dev)
{
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queues[i] != NULL)
			dualbuf_rx_discard_partial(dev->data->rx_queues[i]);
	for (i = 0; i < dev->data->nb_tx_queues; i++)
		if (dev->data->tx_queues[i] != NULL)
			txq_empty(dev->data->tx_queues[i]);
}
