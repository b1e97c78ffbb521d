/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stddef.h>
#include <stdio.h>

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

/* Everything that a receive queue and the device behind it have counted since set-up. */
static struct dualbuf_rx_stats
rx_totals(const struct dualbuf_device *device, const struct dualbuf_rxq *rxq)
{
	uint64_t errors = device->rx_errors == NULL ? 0 : device->rx_errors(rxq);

	return (struct dualbuf_rx_stats){
		.packets = stat_read(&rxq->stats.packets),
		.bytes = stat_read(&rxq->stats.bytes),
		.flips = stat_read(&rxq->stats.flips),
		.copies = stat_read(&rxq->stats.copies),
		.loans = stat_read(&rxq->stats.loans),
		.nombuf = stat_read(&rxq->stats.nombuf),
		.errors = stat_read(&rxq->stats.errors) + errors,
		.too_long = stat_read(&rxq->stats.too_long),
		.missed = device->rx_missed == NULL ? 0 : device->rx_missed(rxq),
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
	stats.too_long -= rxq->reset.too_long;
	stats.missed = stat_less(stats.missed, rxq->reset.missed);
	return stats;
}

/* The losses are read first: what is lost after that was sent before. */
static struct dualbuf_tx_stats
tx_totals(const struct dualbuf_device *device, const struct dualbuf_txq *txq)
{
	struct dualbuf_tx_stats stats = {
		.errors = stat_read(&txq->stats.errors),
		.unsent = stat_read(&txq->stats.unsent),
		.unsent_bytes = stat_read(&txq->stats.unsent_bytes),
	};
	uint64_t packets = 0, bytes = 0;

	if (device->tx_errors != NULL)
		device->tx_errors(txq, &packets, &bytes);
	stats.unsent += packets;
	stats.unsent_bytes += bytes;
	stats.packets = stat_read(&txq->stats.packets);
	stats.bytes = stat_read(&txq->stats.bytes);
	return stats;
}

/* Packets taken and not lost since the last reset; unsent ones are errors. */
static struct dualbuf_tx_stats
tx_stats(const struct dualbuf_device *device, const struct dualbuf_txq *txq)
{
	struct dualbuf_tx_stats stats = tx_totals(device, txq);
	uint64_t unsent = stat_less(stats.unsent, txq->reset.unsent);
	uint64_t unsent_bytes = stat_less(stats.unsent_bytes, txq->reset.unsent_bytes);

	return (struct dualbuf_tx_stats){
		.packets = stat_less(stats.packets - txq->reset.packets, unsent),
		.bytes = stat_less(stats.bytes - txq->reset.bytes, unsent_bytes),
		.errors = stats.errors - txq->reset.errors + unsent,
	};
}

static void
stats_add_rx(struct rte_eth_stats *sum, struct eth_queue_stats *queues,
		const struct dualbuf_rx_stats *stats, uint16_t queue)
{
	sum->ipackets += stats->packets;
	sum->ibytes += stats->bytes;
	sum->imissed += stats->missed;
	sum->ierrors += stats->errors;
	sum->rx_nombuf += stats->nombuf;
	if (queues == NULL || queue >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
		return;
	queues->q_ipackets[queue] = stats->packets;
	queues->q_ibytes[queue] = stats->bytes;
	queues->q_errors[queue] = stats->errors;
}

static void
stats_add_tx(struct rte_eth_stats *sum, struct eth_queue_stats *queues,
		const struct dualbuf_tx_stats *stats, uint16_t queue)
{
	sum->opackets += stats->packets;
	sum->obytes += stats->bytes;
	sum->oerrors += stats->errors;
	if (queues == NULL || queue >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
		return;
	queues->q_opackets[queue] = stats->packets;
	queues->q_obytes[queue] = stats->bytes;
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

static void
stats_add_port(struct rte_eth_stats *sum, const struct rte_eth_dev *dev)
{
	const struct dualbuf_port_stats *reset = &dualbuf_port(dev)->reset;
	struct dualbuf_port_stats stats = port_totals(dev);
	uint64_t unsent = stats.tx_errors - reset->tx_errors;

	sum->imissed += stats.missed - reset->missed;
	sum->ierrors += stats.rx_errors - reset->rx_errors;
	sum->oerrors += unsent;
	/* a queue that took some of them may be gone, with what it had counted */
	sum->opackets = stat_less(sum->opackets, unsent);
}

int
dualbuf_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats,
		struct eth_queue_stats *queues)
{
	const struct dualbuf_device *device = dualbuf_device(dev);
	struct dualbuf_port *port = dualbuf_port(dev);
	struct dualbuf_rx_stats rx;
	struct dualbuf_tx_stats tx;
	uint16_t i;

	dualbuf_queues_lock(port);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++) {
		if (port->rxqs[i] != NULL) {
			rx = rx_stats(device, port->rxqs[i]);
			stats_add_rx(stats, queues, &rx, i);
		}
		if (port->txqs[i] != NULL) {
			tx = tx_stats(device, port->txqs[i]);
			stats_add_tx(stats, queues, &tx, i);
		}
	}
	stats_add_port(stats, dev);
	dualbuf_queues_unlock(port);
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
		if (port->rxqs[i] != NULL) {
			port->rxqs[i]->reset = rx_totals(device, port->rxqs[i]);
			if (device->rx_source_reset != NULL)
				device->rx_source_reset(port->rxqs[i]);
		}
		if (port->txqs[i] != NULL)
			port->txqs[i]->reset = tx_totals(device, port->txqs[i]);
	}
	port->reset = port_totals(dev);
	dualbuf_queues_unlock(port);
	return 0;
}

/* The figures of one receive queue, for extended statistics. All 0 for a queue that is not set up. */
struct rx_figures {
	struct dualbuf_rx_stats stats;
	uint64_t bound;
	uint64_t home;
	uint64_t waiting;
	struct dualbuf_source_stats source;
};

/* A row for each: its name, and where it stands. */
static const struct rx_xstat {
	const char *name;
	size_t offset;
} rx_xstats[] = {
	{ "flips", offsetof(struct rx_figures, stats.flips) },
	{ "copies", offsetof(struct rx_figures, stats.copies) },
	{ "loans", offsetof(struct rx_figures, stats.loans) },
	{ "nombuf", offsetof(struct rx_figures, stats.nombuf) },
	{ "bound", offsetof(struct rx_figures, bound) },
	{ "home", offsetof(struct rx_figures, home) },
	{ "waiting", offsetof(struct rx_figures, waiting) },
	{ "over_mtu", offsetof(struct rx_figures, stats.too_long) },
	/* left out where the device counts it by port, as imissed, and has no sources */
	{ "missed", offsetof(struct rx_figures, stats.missed) },
	{ "foreign", offsetof(struct rx_figures, source.foreign) },
	{ "filtered_mac", offsetof(struct rx_figures, source.not_for_us) },
	{ "filtered_vlan", offsetof(struct rx_figures, source.other_vlan) },
	{ "unscattered", offsetof(struct rx_figures, source.unscattered) },
	{ "late_max_ns", offsetof(struct rx_figures, source.late_max_ns) },
	{ "late_mean_ns", offsetof(struct rx_figures, source.late_mean_ns) },
};

/* The rows that only some devices have; such a device has all of them. */
#define RX_XSTATS_BY_QUEUE 7

static unsigned int
rx_xstats_count(const struct rte_eth_dev *dev)
{
	return RTE_DIM(rx_xstats) -
			(dualbuf_device(dev)->rx_missed == NULL ? RX_XSTATS_BY_QUEUE : 0);
}

static uint64_t
rx_xstat_value(const struct rx_xstat *xstat, const struct rx_figures *figures)
{
	return *(const uint64_t *)RTE_PTR_ADD(figures, xstat->offset);
}

static struct rx_figures
rx_figures(const struct dualbuf_device *device, const struct dualbuf_rxq *rxq)
{
	struct rx_figures figures = { 0 };
	uint32_t bound, home;

	if (rxq == NULL)
		return figures;
	figures.stats = rx_stats(device, rxq);
	dualbuf_ring_count_buffers(rxq->ring, &bound, &home);
	figures.bound = bound;
	figures.home = home;
	figures.waiting = dualbuf_ring_waiting(rxq->ring);
	if (device->rx_source_stats != NULL)
		device->rx_source_stats(rxq, &figures.source);
	figures.stats.too_long += figures.source.over_mtu;
	return figures;
}

/* The application may configure another number of queues meanwhile: it is read once. */
static unsigned int
xstats_nb_queues(const struct rte_eth_dev *dev)
{
	uint16_t nb = __atomic_load_n(&dev->data->nb_rx_queues, __ATOMIC_RELAXED);

	return RTE_MIN(nb, DUALBUF_MAX_QUEUES);
}

int
dualbuf_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n)
{
	unsigned int nb = rx_xstats_count(dev), count = xstats_nb_queues(dev) * nb;
	struct dualbuf_port *port = dualbuf_port(dev);
	struct rx_figures figures = { 0 };
	unsigned int i;

	if (xstats == NULL || n < count)
		return count;
	dualbuf_queues_lock(port);
	for (i = 0; i < count; i++) {
		if (i % nb == 0)
			figures = rx_figures(dualbuf_device(dev), port->rxqs[i / nb]);
		xstats[i].id = i;
		xstats[i].value = rx_xstat_value(&rx_xstats[i % nb], &figures);
	}
	dualbuf_queues_unlock(port);
	return count;
}

int
dualbuf_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n)
{
	unsigned int nb = rx_xstats_count(dev), count = xstats_nb_queues(dev) * nb;
	unsigned int i;

	if (names == NULL || n < count)
		return count;
	for (i = 0; i < count; i++)
		snprintf(names[i].name, sizeof(names[i].name), "rx_q%u_%s", i / nb,
				rx_xstats[i % nb].name);
	return count;
}
