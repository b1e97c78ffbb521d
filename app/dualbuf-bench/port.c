/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_bus_vdev.h>
#include <rte_debug.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "options.h"
#include "port.h"

#define POOL_SIZE 8191
#define POOL_CACHE 256

static void
port_check(const struct port *port, const char *what, int ret)
{
	if (ret < 0)
		rte_exit(EXIT_FAILURE, "%s: %s: %s\n", port->device, what, rte_strerror(-ret));
}

static void
port_set_up_queues(const struct port *port)
{
	uint16_t i;

	for (i = 0; i < port->nb_rxq; i++)
		port_check(port, "receive queue",
				rte_eth_rx_queue_setup(port->id, i, (uint16_t)options.nb_desc,
						SOCKET_ID_ANY, NULL, port->pool));
	for (i = 0; i < port->nb_txq; i++)
		port_check(port, "transmit queue",
				rte_eth_tx_queue_setup(port->id, i, (uint16_t)options.nb_desc,
						SOCKET_ID_ANY, NULL));
}

static void
port_configure(struct port *port)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;

	port_check(port, "info", rte_eth_dev_info_get(port->id, &info));
	conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	port->nb_txq = RTE_MIN(info.max_tx_queues, port->nb_rxq);
	port_check(port, "configure",
			rte_eth_dev_configure(port->id, port->nb_rxq, port->nb_txq, &conf));
	port_set_up_queues(port);
}

struct port *
port_open_queues(const char *driver, const char *devargs, uint16_t nb_queues)
{
	static unsigned int number;
	struct port *port = rte_zmalloc(NULL, sizeof(*port), 0);
	char name[RTE_MEMPOOL_NAMESIZE];

	if (port == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	port->driver = driver;
	port->nb_rxq = nb_queues;
	snprintf(port->device, sizeof(port->device), "%s%u", driver, number);
	snprintf(name, sizeof(name), "port_%u", number++);
	port->pool = rte_pktmbuf_pool_create(
			name, POOL_SIZE, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (port->pool == NULL)
		rte_exit(EXIT_FAILURE, "no memory: %s\n", rte_strerror(rte_errno));
	/* rte_eal_hotplug_add() has room for 128 characters of devargs: two paths may take more */
	port_check(port, devargs, rte_vdev_init(port->device, devargs));
	port_check(port, "name", rte_eth_dev_get_port_by_name(port->device, &port->id));
	port_configure(port);
	return port;
}

struct port *
port_open(const char *driver, const char *devargs)
{
	return port_open_queues(driver, devargs, 1);
}

void
port_close(struct port *port)
{
	rte_eth_dev_close(port->id);
	rte_vdev_uninit(port->device);
	rte_mempool_free(port->pool);
	rte_free(port);
}

void
port_start(struct port *port)
{
	port_check(port, "start", rte_eth_dev_start(port->id));
}

void
port_stop(struct port *port)
{
	port_check(port, "stop", rte_eth_dev_stop(port->id));
}
