/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "dualbuf_port.h"
#include "dualbuf_stats.h"
#include "dualbuf_xstats.h"

/* The figures of one receive queue. Without the queue, what those before it have counted. */
struct rx_figures {
	struct dualbuf_rx_counts counts;
	uint64_t missed;
	uint64_t over_mtu; /* whoever drops them */
	uint64_t bound;
	uint64_t home;
	uint64_t waiting;
	struct dualbuf_lateness late;
};

struct tx_figures {
	struct dualbuf_tx_counts counts;
	uint64_t errors;
};

/* A row: its name, and where its figure stands among those of its kind. */
struct row {
	const char *name;
	size_t offset;
};

#define PORT_ROW(cause) { #cause, offsetof(struct dualbuf_causes, cause) },

static const struct row port_rows[] = { DUALBUF_CAUSES(PORT_ROW) };

static const struct row rx_rows[] = {
	{ "flips", offsetof(struct rx_figures, counts.driver.flips) },
	{ "copies", offsetof(struct rx_figures, counts.driver.copies) },
	{ "loans", offsetof(struct rx_figures, counts.driver.loans) },
	{ "nombuf", offsetof(struct rx_figures, counts.driver.nombuf) },
	{ "bound", offsetof(struct rx_figures, bound) },
	{ "home", offsetof(struct rx_figures, home) },
	{ "waiting", offsetof(struct rx_figures, waiting) },
	{ "missed", offsetof(struct rx_figures, missed) },
	{ "no_descriptor_drops", offsetof(struct rx_figures, counts.device.no_descriptor) },
	{ "kernel_drops", offsetof(struct rx_figures, counts.device.kernel) },
	{ "stop_drops", offsetof(struct rx_figures, counts.device.at_stop) },
	{ "descriptor_errors", offsetof(struct rx_figures, counts.driver.errors) },
	{ "oversize_errors", offsetof(struct rx_figures, counts.device.oversize) },
	{ "over_mtu", offsetof(struct rx_figures, over_mtu) },
	{ "unscattered", offsetof(struct rx_figures, counts.device.unscattered) },
	{ "filtered_mac", offsetof(struct rx_figures, counts.device.not_for_us) },
	{ "filtered_vlan", offsetof(struct rx_figures, counts.device.other_vlan) },
	{ "foreign", offsetof(struct rx_figures, counts.device.foreign) },
	{ "unknown_buffer_errors", offsetof(struct rx_figures, counts.device.unknown_buffer) },
	{ "reordered_buffers", offsetof(struct rx_figures, counts.device.reordered) },
	{ "late_max_ns", offsetof(struct rx_figures, late.max_ns) },
	{ "late_mean_ns", offsetof(struct rx_figures, late.mean_ns) },
};

static const struct row tx_rows[] = {
	{ "errors", offsetof(struct tx_figures, errors) },
	{ "segment_errors", offsetof(struct tx_figures, counts.driver.errors) },
	{ "stop_drops", offsetof(struct tx_figures, counts.driver.unsent) },
	{ "device_errors", offsetof(struct tx_figures, counts.device.packets) },
	{ "over_mtu", offsetof(struct tx_figures, counts.device.over_mtu) },
};

/* What has rows: the port, and each of its queues. */
struct kind {
	const char *prefix; /* of the names of queues' rows; NULL: there is one of the kind */
	const struct row *rows;
	unsigned int nb_rows;
};

enum { KIND_PORT, KIND_RX, KIND_TX, NB_KINDS };

static const struct kind kinds[NB_KINDS] = {
	{ NULL, port_rows, RTE_DIM(port_rows) },
	{ "rx", rx_rows, RTE_DIM(rx_rows) },
	{ "tx", tx_rows, RTE_DIM(tx_rows) },
};

/* How many of a kind there are. The application may configure other numbers meanwhile: read once. */
struct layout {
	unsigned int nb[NB_KINDS];
};

static struct layout
layout_of(const struct rte_eth_dev *dev)
{
	uint16_t nb_rx = __atomic_load_n(&dev->data->nb_rx_queues, __ATOMIC_RELAXED);
	uint16_t nb_tx = __atomic_load_n(&dev->data->nb_tx_queues, __ATOMIC_RELAXED);

	return (struct layout){ {
			[KIND_PORT] = 1,
			[KIND_RX] = RTE_MIN(nb_rx, DUALBUF_MAX_QUEUES),
			[KIND_TX] = RTE_MIN(nb_tx, DUALBUF_MAX_QUEUES),
	} };
}

static unsigned int
layout_rows(const struct layout *layout)
{
	unsigned int rows = 0, kind;

	for (kind = 0; kind < NB_KINDS; kind++)
		rows += layout->nb[kind] * kinds[kind].nb_rows;
	return rows;
}

/* Which row it is that an ID names. */
struct place {
	unsigned int kind;
	uint16_t queue;
	const struct row *row;
};

static bool
find_place(const struct layout *layout, uint64_t id, struct place *place)
{
	unsigned int kind;
	uint64_t rows;

	for (kind = 0; kind < NB_KINDS; kind++, id -= rows) {
		rows = layout->nb[kind] * kinds[kind].nb_rows;
		if (id < rows) {
			place->kind = kind;
			place->queue = id / kinds[kind].nb_rows;
			place->row = &kinds[kind].rows[id % kinds[kind].nb_rows];
			return true;
		}
	}
	return false;
}

/* Devices that count some of the causes by queue have them for the port as well. */
static struct dualbuf_causes
port_figures(const struct rte_eth_dev *dev)
{
	struct dualbuf_causes causes = dualbuf_stats_port(dev).causes;
	struct dualbuf_rx_counts rx;
	uint16_t i;

	for (i = 0; i < DUALBUF_MAX_QUEUES; i++) {
		rx = dualbuf_stats_rxq(dev, i);
		causes.rx_missed_packets += dualbuf_rx_missed(&rx);
		causes.rx_no_buffer_packets += rx.device.no_descriptor;
		causes.rx_oversize_errors += rx.device.oversize;
	}
	return causes;
}

static struct rx_figures
rx_figures(const struct rte_eth_dev *dev, uint16_t queue)
{
	const struct dualbuf_rxq *rxq = dualbuf_port(dev)->rxqs[queue];
	struct rx_figures figures = { .counts = dualbuf_stats_rxq(dev, queue) };
	uint32_t bound, home;

	figures.missed = dualbuf_rx_missed(&figures.counts);
	figures.over_mtu = figures.counts.driver.too_long + figures.counts.device.over_mtu;
	if (rxq == NULL)
		return figures;
	dualbuf_ring_count_buffers(rxq->ring, &bound, &home);
	figures.bound = bound;
	figures.home = home;
	figures.waiting = dualbuf_ring_waiting(rxq->ring);
	if (dualbuf_device(dev)->rx_lateness != NULL)
		dualbuf_device(dev)->rx_lateness(rxq, &figures.late);
	return figures;
}

static struct tx_figures
tx_figures(const struct rte_eth_dev *dev, uint16_t queue)
{
	struct tx_figures figures = { .counts = dualbuf_stats_txq(dev, queue) };

	figures.errors = figures.counts.driver.errors + dualbuf_tx_lost(&figures.counts);
	return figures;
}

/* The figures of whoever was asked for last, since rows are mostly asked for one after the other. */
struct reading {
	const struct rte_eth_dev *dev;
	bool valid;
	unsigned int kind;
	uint16_t queue;
	union {
		struct dualbuf_causes port;
		struct rx_figures rx;
		struct tx_figures tx;
	};
};

static uint64_t
read_row(struct reading *reading, const struct place *place)
{
	if (!reading->valid || reading->kind != place->kind || reading->queue != place->queue) {
		if (place->kind == KIND_PORT)
			reading->port = port_figures(reading->dev);
		else if (place->kind == KIND_RX)
			reading->rx = rx_figures(reading->dev, place->queue);
		else
			reading->tx = tx_figures(reading->dev, place->queue);
		reading->valid = true;
		reading->kind = place->kind;
		reading->queue = place->queue;
	}
	return *(const uint64_t *)RTE_PTR_ADD(&reading->port, place->row->offset);
}

static void
name_row(const struct place *place, struct rte_eth_xstat_name *name)
{
	const char *prefix = kinds[place->kind].prefix;

	if (prefix == NULL)
		snprintf(name->name, sizeof(name->name), "%s", place->row->name);
	else
		snprintf(name->name, sizeof(name->name), "%s_q%u_%s", prefix, place->queue,
				place->row->name);
}

int
dualbuf_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n)
{
	const struct layout layout = layout_of(dev);
	unsigned int count = layout_rows(&layout), i;
	struct reading reading = { .dev = dev };
	struct place place;

	if (xstats == NULL || n < count)
		return count;
	dualbuf_queues_lock(dualbuf_port(dev));
	for (i = 0; i < count && find_place(&layout, i, &place); i++) {
		xstats[i].id = i;
		xstats[i].value = read_row(&reading, &place);
	}
	dualbuf_queues_unlock(dualbuf_port(dev));
	return count;
}

int
dualbuf_xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n)
{
	const struct layout layout = layout_of(dev);
	unsigned int count = layout_rows(&layout), i;
	struct place place;

	if (names == NULL || n < count)
		return count;
	for (i = 0; i < count && find_place(&layout, i, &place); i++)
		name_row(&place, &names[i]);
	return count;
}

/* ethdev does not look whether there are such rows. */
int
dualbuf_xstats_get_by_id(
		struct rte_eth_dev *dev, const uint64_t *ids, uint64_t *values, unsigned int n)
{
	const struct layout layout = layout_of(dev);
	struct reading reading = { .dev = dev };
	struct place place;
	unsigned int i;

	dualbuf_queues_lock(dualbuf_port(dev));
	for (i = 0; i < n && find_place(&layout, ids[i], &place); i++)
		values[i] = read_row(&reading, &place);
	dualbuf_queues_unlock(dualbuf_port(dev));
	return i < n ? -EINVAL : (int)n;
}

int
dualbuf_xstats_get_names_by_id(struct rte_eth_dev *dev, const uint64_t *ids,
		struct rte_eth_xstat_name *names, unsigned int n)
{
	const struct layout layout = layout_of(dev);
	struct place place;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!find_place(&layout, ids[i], &place))
			return -EINVAL;
		name_row(&place, &names[i]);
	}
	return n;
}
