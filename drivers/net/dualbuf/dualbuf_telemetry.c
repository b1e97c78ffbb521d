/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "dualbuf_compat.h"
#include "dualbuf_port.h"
#include "dualbuf_ports.h"
#include "dualbuf_stats.h"

/*
 * The commands of this driver, in the primary process: EAL has no telemetry in others. They run in a
 * thread of their own, beside everything else: a port is held by dualbuf_ports.h while it is looked at, its
 * queues by their lock.
 */

/* Of a queue, in the byte that ethdev has for it. */
static bool
is_stopped(const uint8_t *state)
{
	return __atomic_load_n(state, __ATOMIC_RELAXED) == RTE_ETH_QUEUE_STATE_STOPPED;
}

static void
describe_rxq(const struct rte_eth_dev *dev, uint16_t queue, struct rte_tel_data *d)
{
	const struct dualbuf_rx_counts counts = dualbuf_stats_rxq(dev, queue);
	const struct dualbuf_ring *ring = dualbuf_port(dev)->rxqs[queue]->ring;
	uint32_t bound, home, waiting = dualbuf_ring_waiting(ring);

	bool stopped = is_stopped(&dev->data->rx_queue_state[queue]);

	dualbuf_ring_count_buffers(ring, &bound, &home);
	rte_tel_data_add_dict_string(d, "state", stopped ? "stopped" : "started");
	rte_tel_data_add_dict_uint(d, "descriptors", ring->nb_desc);
	rte_tel_data_add_dict_uint(d, "armed", ring->nb_desc - waiting);
	rte_tel_data_add_dict_uint(d, "waiting", waiting);
	rte_tel_data_add_dict_uint(d, "bound", bound);
	rte_tel_data_add_dict_uint(d, "home", home);
	rte_tel_data_add_dict_uint(d, "out", bound - home);
	rte_tel_data_add_dict_uint(d, "packets", counts.driver.packets);
	rte_tel_data_add_dict_uint(d, "bytes", counts.driver.bytes);
	rte_tel_data_add_dict_uint(d, "flips", counts.driver.flips);
	rte_tel_data_add_dict_uint(d, "copies", counts.driver.copies);
	rte_tel_data_add_dict_uint(d, "loans", counts.driver.loans);
	rte_tel_data_add_dict_uint(d, "nombuf", counts.driver.nombuf);
	rte_tel_data_add_dict_uint(d, "missed", dualbuf_rx_missed(&counts));
	rte_tel_data_add_dict_uint(d, "errors", dualbuf_rx_errors(&counts));
}

static void
describe_txq(const struct rte_eth_dev *dev, uint16_t queue, struct rte_tel_data *d)
{
	const struct dualbuf_tx_counts counts = dualbuf_stats_txq(dev, queue);
	const struct dualbuf_txq *txq = dualbuf_port(dev)->txqs[queue];
	bool stopped = is_stopped(&dev->data->tx_queue_state[queue]);

	rte_tel_data_add_dict_string(d, "state", stopped ? "stopped" : "started");
	rte_tel_data_add_dict_uint(d, "descriptors", txq->nb_desc);
	rte_tel_data_add_dict_uint(d, "used", stopped ? 0 : dualbuf_txq_used(txq));
	rte_tel_data_add_dict_uint(d, "packets", counts.driver.packets);
	rte_tel_data_add_dict_uint(d, "bytes", counts.driver.bytes);
	rte_tel_data_add_dict_uint(d, "errors", counts.driver.errors + dualbuf_tx_lost(&counts));
}

/* One entry: a queue under its name. What there is no memory for is left out. */
static void
add_queue(const struct rte_eth_dev *dev, bool is_rx, uint16_t queue, struct rte_tel_data *d)
{
	struct rte_tel_data *entry = rte_tel_data_alloc();
	char name[16];

	if (entry == NULL)
		return;
	rte_tel_data_start_dict(entry);
	if (is_rx)
		describe_rxq(dev, queue, entry);
	else
		describe_txq(dev, queue, entry);
	snprintf(name, sizeof(name), "%s_q%u", is_rx ? "rx" : "tx", queue);
	if (rte_tel_data_add_dict_container(d, name, entry, 0) != 0)
		rte_tel_data_free(entry);
}

static int
describe_queues(struct rte_eth_dev *dev, void *arg)
{
	struct dualbuf_port *port = dualbuf_port(dev);
	struct rte_tel_data *d = arg;
	uint16_t i;

	rte_tel_data_start_dict(d);
	dualbuf_queues_lock(port);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++)
		if (port->rxqs[i] != NULL)
			add_queue(dev, true, i, d);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++)
		if (port->txqs[i] != NULL)
			add_queue(dev, false, i, d);
	dualbuf_queues_unlock(port);
	return 0;
}

/* Telemetry answers null to whatever is negative. */
static int
handle_queues(const char *cmd __rte_unused, const char *params, struct rte_tel_data *d)
{
	unsigned long port_id;
	char *end;

	if (params == NULL || params[0] < '0' || params[0] > '9')
		return -EINVAL;
	port_id = strtoul(params, &end, 10);
	if (*end != '\0' || port_id >= RTE_MAX_ETHPORTS)
		return -EINVAL;
	return dualbuf_ports_look_at(port_id, describe_queues, d);
}

static int
list_port(struct rte_eth_dev *dev, void *d)
{
	return rte_tel_data_add_array_int(d, dev->data->port_id);
}

static int
handle_list(const char *cmd __rte_unused, const char *params __rte_unused, struct rte_tel_data *d)
{
	uint16_t i;

	rte_tel_data_start_array(d, RTE_TEL_INT_VAL);
	for (i = 0; i < RTE_MAX_ETHPORTS; i++)
		dualbuf_ports_look_at(i, list_port, d);
	return 0;
}

RTE_INIT(dualbuf_telemetry_init)
{
	rte_telemetry_register_cmd("/net_dualbuf/list", handle_list,
			"Returns the ports of net_dualbuf. Takes no parameters");
	rte_telemetry_register_cmd("/net_dualbuf/queues", handle_queues,
			"Returns the state of a net_dualbuf port's queues. Parameters: int port_id");
}
