/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_port.h"
#include "dualbuf_stats.h"

static uint64_t
stat_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/*
 * Never below zero: some of what was lost since a reset may have counted as sent before it, and the
 * process that did the reset may have known of more losses than this one.
 */
static uint64_t
stat_less(uint64_t total, uint64_t less)
{
	return total > less ? total - less : 0;
}

/* Structures of nothing but counters are added, and what was counted up to a reset is taken away. */
#define STATS_ADD(sum, more) stats_add((uint64_t *)(sum), (const uint64_t *)(more), sizeof(*(sum)))
#define STATS_LESS(sum, less) \
	stats_less((uint64_t *)(sum), (const uint64_t *)(less), sizeof(*(sum)))

static void
stats_add(uint64_t *sum, const uint64_t *more, size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(*sum); i++)
		sum[i] += more[i];
}

static void
stats_less(uint64_t *sum, const uint64_t *less, size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(*sum); i++)
		sum[i] = stat_less(sum[i], less[i]);
}

/* Everything that the receive queues of a number, and the device behind them, have counted. */
static struct dualbuf_rx_counts
rx_totals(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	const struct dualbuf_port *port = dualbuf_port(dev);
	const struct dualbuf_rxq *rxq = port->rxqs[queue_id];
	struct dualbuf_rx_counts counts = { 0 };

	if (rxq != NULL) {
		counts.driver = (struct dualbuf_rx_stats){
			.packets = stat_read(&rxq->stats.packets),
			.bytes = stat_read(&rxq->stats.bytes),
			.flips = stat_read(&rxq->stats.flips),
			.copies = stat_read(&rxq->stats.copies),
			.loans = stat_read(&rxq->stats.loans),
			.nombuf = stat_read(&rxq->stats.nombuf),
			.errors = stat_read(&rxq->stats.errors),
			.too_long = stat_read(&rxq->stats.too_long),
		};
		if (device->rx_losses != NULL)
			device->rx_losses(rxq, &counts.device);
	}
	STATS_ADD(&counts, &port->rx_past[queue_id]);
	return counts;
}

/* The losses are read first: what is lost after that was sent before. */
static struct dualbuf_tx_counts
tx_totals(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	const struct dualbuf_port *port = dualbuf_port(dev);
	const struct dualbuf_txq *txq = port->txqs[queue_id];
	struct dualbuf_tx_counts counts = { 0 };

	if (txq != NULL) {
		counts.driver.errors = stat_read(&txq->stats.errors);
		counts.driver.unsent = stat_read(&txq->stats.unsent);
		counts.driver.unsent_bytes = stat_read(&txq->stats.unsent_bytes);
		if (device->tx_losses != NULL)
			device->tx_losses(txq, &counts.device);
		counts.driver.packets = stat_read(&txq->stats.packets);
		counts.driver.bytes = stat_read(&txq->stats.bytes);
	}
	STATS_ADD(&counts, &port->tx_past[queue_id]);
	return counts;
}

/* The device's counters by port since its probe; all 0 where it counts by queue. */
static struct dualbuf_port_stats
port_totals(const struct rte_eth_dev *dev)
{
	struct dualbuf_port_stats stats = { 0 };

	if (dualbuf_device(dev)->port_stats != NULL)
		dualbuf_device(dev)->port_stats(dev, &stats);
	return stats;
}

/* A reset only moves the base: the receiver, and the sender, are the ones who count. */
struct dualbuf_rx_counts
dualbuf_stats_rxq(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_rx_counts counts = rx_totals(dev, queue_id);

	STATS_LESS(&counts, &dualbuf_port(dev)->rx_reset[queue_id]);
	return counts;
}

struct dualbuf_tx_counts
dualbuf_stats_txq(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct dualbuf_tx_counts counts = tx_totals(dev, queue_id);

	STATS_LESS(&counts, &dualbuf_port(dev)->tx_reset[queue_id]);
	return counts;
}

struct dualbuf_port_stats
dualbuf_stats_port(const struct rte_eth_dev *dev)
{
	struct dualbuf_port_stats stats = port_totals(dev);

	STATS_LESS(&stats, &dualbuf_port(dev)->reset);
	return stats;
}

void
dualbuf_stats_keep_rxq(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	dualbuf_port(dev)->rx_past[queue_id] = rx_totals(dev, queue_id);
}

void
dualbuf_stats_keep_txq(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	dualbuf_port(dev)->tx_past[queue_id] = tx_totals(dev, queue_id);
}

static void
stats_add_rx(struct rte_eth_stats *sum, struct eth_queue_stats *queues,
		const struct dualbuf_rx_counts *counts, uint16_t queue)
{
	sum->ipackets += counts->driver.packets;
	sum->ibytes += counts->driver.bytes;
	sum->imissed += dualbuf_rx_missed(counts);
	sum->ierrors += dualbuf_rx_errors(counts);
	sum->rx_nombuf += counts->driver.nombuf;
	if (queues == NULL || queue >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
		return;
	queues->q_ipackets[queue] = counts->driver.packets;
	queues->q_ibytes[queue] = counts->driver.bytes;
	queues->q_errors[queue] = dualbuf_rx_errors(counts);
}

/* Packets taken and not lost; those that were lost are errors. */
static void
stats_add_tx(struct rte_eth_stats *sum, struct eth_queue_stats *queues,
		const struct dualbuf_tx_counts *counts, uint16_t queue)
{
	uint64_t lost = dualbuf_tx_lost(counts);
	uint64_t lost_bytes = counts->driver.unsent_bytes + counts->device.bytes;
	uint64_t packets = stat_less(counts->driver.packets, lost);
	uint64_t bytes = stat_less(counts->driver.bytes, lost_bytes);

	sum->opackets += packets;
	sum->obytes += bytes;
	sum->oerrors += counts->driver.errors + lost;
	if (queues == NULL || queue >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
		return;
	queues->q_opackets[queue] = packets;
	queues->q_obytes[queue] = bytes;
}

static void
stats_add_port(struct rte_eth_stats *sum, const struct dualbuf_port_stats *stats)
{
	sum->imissed += stats->missed;
	sum->ierrors += stats->rx_errors;
	sum->oerrors += stats->tx_errors;
	sum->opackets = stat_less(sum->opackets, stats->tx_errors);
}

int
dualbuf_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats,
		struct eth_queue_stats *queues)
{
	struct dualbuf_port_stats by_port;
	struct dualbuf_rx_counts rx;
	struct dualbuf_tx_counts tx;
	uint16_t i;

	dualbuf_queues_lock(dualbuf_port(dev));
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++) {
		rx = dualbuf_stats_rxq(dev, i);
		stats_add_rx(stats, queues, &rx, i);
		tx = dualbuf_stats_txq(dev, i);
		stats_add_tx(stats, queues, &tx, i);
	}
	by_port = dualbuf_stats_port(dev);
	stats_add_port(stats, &by_port);
	dualbuf_queues_unlock(dualbuf_port(dev));
	return 0;
}

int
dualbuf_stats_reset(struct rte_eth_dev *dev)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	struct dualbuf_port *port = dualbuf_port(dev);
	uint16_t i;

	dualbuf_queues_lock(port);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++) {
		port->rx_reset[i] = rx_totals(dev, i);
		port->tx_reset[i] = tx_totals(dev, i);
		if (port->rxqs[i] != NULL && device->rx_lateness_reset != NULL)
			device->rx_lateness_reset(port->rxqs[i]);
	}
	port->reset = port_totals(dev);
	dualbuf_queues_unlock(port);
	return 0;
}
