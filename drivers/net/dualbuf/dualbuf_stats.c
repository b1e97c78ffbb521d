/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>

#include "dualbuf_ethdev.h"

static uint64_t
stat_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* Everything that a receive queue and the device behind it have counted since set-up. */
static struct dualbuf_rx_stats
rx_totals(const struct dualbuf_device *device, const struct dualbuf_rxq *rxq)
{
	return (struct dualbuf_rx_stats){
		.packets = stat_read(&rxq->stats.packets),
		.bytes = stat_read(&rxq->stats.bytes),
		.flips = stat_read(&rxq->stats.flips),
		.copies = stat_read(&rxq->stats.copies),
		.loans = stat_read(&rxq->stats.loans),
		.nombuf = stat_read(&rxq->stats.nombuf),
		.errors = stat_read(&rxq->stats.errors) + device->rx_errors(rxq),
		.missed = device->rx_missed(rxq),
	};
}

/* The same since the last reset, which only moves the base: the receiver is the one who counts. */
static struct dualbuf_rx_stats
rx_stats(const struct dualbuf_device *device, const struct dualbuf_rxq *rxq)
{
	struct dualbuf_rx_stats stats = rx_totals(device, rxq);

	stats.packets -= rxq->reset.packets;
	stats.bytes -= rxq->reset.bytes;
	stats.flips -= rxq->reset.flips;
	stats.copies -= rxq->reset.copies;
	stats.loans -= rxq->reset.loans;
	stats.nombuf -= rxq->reset.nombuf;
	stats.errors -= rxq->reset.errors;
	stats.missed -= rxq->reset.missed;
	return stats;
}

static struct dualbuf_tx_stats
tx_totals(const struct dualbuf_device *device, const struct dualbuf_txq *txq)
{
	uint64_t packets, bytes;

	device->tx_errors(txq, &packets, &bytes);
	return (struct dualbuf_tx_stats){
		.packets = stat_read(&txq->stats.packets) - packets,
		.bytes = stat_read(&txq->stats.bytes) - bytes,
		.errors = stat_read(&txq->stats.errors) + packets,
	};
}

static struct dualbuf_tx_stats
tx_stats(const struct dualbuf_device *device, const struct dualbuf_txq *txq)
{
	struct dualbuf_tx_stats stats = tx_totals(device, txq);

	stats.packets -= txq->reset.packets;
	stats.bytes -= txq->reset.bytes;
	stats.errors -= txq->reset.errors;
	return stats;
}

static void
stats_add_rx(struct rte_eth_stats *sum, const struct dualbuf_rx_stats *stats, uint16_t queue)
{
	sum->ipackets += stats->packets;
	sum->ibytes += stats->bytes;
	sum->imissed += stats->missed;
	sum->ierrors += stats->errors;
	sum->rx_nombuf += stats->nombuf;
	if (queue >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
		return;
	sum->q_ipackets[queue] = stats->packets;
	sum->q_ibytes[queue] = stats->bytes;
	sum->q_errors[queue] = stats->errors;
}

static void
stats_add_tx(struct rte_eth_stats *sum, const struct dualbuf_tx_stats *stats, uint16_t queue)
{
	sum->opackets += stats->packets;
	sum->obytes += stats->bytes;
	sum->oerrors += stats->errors;
	if (queue >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
		return;
	sum->q_opackets[queue] = stats->packets;
	sum->q_obytes[queue] = stats->bytes;
}

int
dualbuf_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	struct dualbuf_rx_stats rx;
	struct dualbuf_tx_stats tx;
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++) {
		if (dev->data->rx_queues[i] == NULL)
			continue;
		rx = rx_stats(device, dev->data->rx_queues[i]);
		stats_add_rx(stats, &rx, i);
	}
	for (i = 0; i < dev->data->nb_tx_queues; i++) {
		if (dev->data->tx_queues[i] == NULL)
			continue;
		tx = tx_stats(device, dev->data->tx_queues[i]);
		stats_add_tx(stats, &tx, i);
	}
	return 0;
}

int
dualbuf_stats_reset(struct rte_eth_dev *dev)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	struct dualbuf_rxq *rxq;
	struct dualbuf_txq *txq;
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++) {
		rxq = dev->data->rx_queues[i];
		if (rxq != NULL)
			rxq->reset = rx_totals(device, rxq);
	}
	for (i = 0; i < dev->data->nb_tx_queues; i++) {
		txq = dev->data->tx_queues[i];
		if (txq != NULL)
			txq->reset = tx_totals(device, txq);
	}
	return 0;
}

/* The extended statistics of one receive queue, in the order of their names. */
static const char *const rx_xstat_names[] = {
	"flips",
	"copies",
	"loans",
	"nombuf",
	"missed",
	"bound",
	"home",
	"waiting",
};

static void
rx_xstats(const struct dualbuf_device *device, const struct dualbuf_rxq *rxq,
		uint64_t values[RTE_DIM(rx_xstat_names)])
{
	struct dualbuf_rx_stats stats = { 0 };
	uint32_t bound = 0, home = 0, waiting = 0;

	if (rxq != NULL) {
		stats = rx_stats(device, rxq);
		dualbuf_ring_census(rxq->ring, &bound, &home);
		waiting = dualbuf_ring_waiting(rxq->ring);
	}
	values[0] = stats.flips;
	values[1] = stats.copies;
	values[2] = stats.loans;
	values[3] = stats.nombuf;
	values[4] = stats.missed;
	values[5] = bound;
	values[6] = home;
	values[7] = waiting;
}

static unsigned int
xstats_count(const struct rte_eth_dev *dev)
{
	return dev->data->nb_rx_queues * RTE_DIM(rx_xstat_names);
}

int
dualbuf_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	uint64_t values[RTE_DIM(rx_xstat_names)];
	unsigned int count = xstats_count(dev);
	unsigned int i;

	if (xstats == NULL || n < count)
		return count;
	for (i = 0; i < count; i++) {
		if (i % RTE_DIM(values) == 0)
			rx_xstats(device, dev->data->rx_queues[i / RTE_DIM(values)], values);
		xstats[i].id = i;
		xstats[i].value = values[i % RTE_DIM(values)];
	}
	return count;
}

int
dualbuf_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n)
{
	unsigned int count = xstats_count(dev);
	unsigned int i;

	if (names == NULL || n < count)
		return count;
	for (i = 0; i < count; i++)
		snprintf(names[i].name, sizeof(names[i].name), "rx_q%u_%s",
				(unsigned int)(i / RTE_DIM(rx_xstat_names)),
				rx_xstat_names[i % RTE_DIM(rx_xstat_names)]);
	return count;
}
