/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_ethdev.h>
#include <rte_spinlock.h>

#include "dualbuf_pool.h"
#include "dualbuf_port.h"
#include "dualbuf_ports.h"

static struct rte_eth_dev *ports[RTE_MAX_ETHPORTS]; /* by port ID; NULL: not ours */
static rte_spinlock_t ports_lock = RTE_SPINLOCK_INITIALIZER;

/* Another thread may set up or release queues of a port meanwhile. */
static bool
port_uses(const struct rte_eth_dev *dev, const struct dualbuf_pool *pool)
{
	struct dualbuf_port *port = dualbuf_port(dev);
	bool uses = false;
	uint16_t i;

	dualbuf_queues_lock(port);
	for (i = 0; i < DUALBUF_MAX_QUEUES; i++)
		uses |= port->rxqs[i] != NULL && port->rxqs[i]->pool == pool;
	dualbuf_queues_unlock(port);
	return uses;
}

/* Stop those that receive into a pool whose memory is about to go. */
static void
ports_stop_users(const struct dualbuf_pool *pool)
{
	uint16_t users[RTE_MAX_ETHPORTS], nb = 0, i;

	rte_spinlock_lock(&ports_lock);
	for (i = 0; i < RTE_MAX_ETHPORTS; i++)
		if (ports[i] != NULL && ports[i]->data->dev_started && port_uses(ports[i], pool))
			users[nb++] = i;
	rte_spinlock_unlock(&ports_lock);
	for (i = 0; i < nb; i++)
		rte_eth_dev_stop(users[i]);
}

void
dualbuf_ports_add(struct rte_eth_dev *dev)
{
	rte_spinlock_lock(&ports_lock);
	ports[dev->data->port_id] = dev;
	rte_spinlock_unlock(&ports_lock);
	dualbuf_pool_on_destroy(ports_stop_users);
}

void
dualbuf_ports_remove(const struct rte_eth_dev *dev)
{
	rte_spinlock_lock(&ports_lock);
	ports[dev->data->port_id] = NULL;
	rte_spinlock_unlock(&ports_lock);
}

static uint32_t
port_queues_to_come(const struct rte_eth_dev *dev)
{
	struct dualbuf_port *port = dualbuf_port(dev);
	uint32_t nb = 0;
	uint16_t i;

	dualbuf_queues_lock(port);
	for (i = 0; i < dev->data->nb_rx_queues; i++)
		nb += port->rxqs[i] == NULL;
	dualbuf_queues_unlock(port);
	return nb;
}

uint32_t
dualbuf_ports_queues_to_come(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	uint32_t nb = 0;
	uint16_t i;

	rte_spinlock_lock(&ports_lock);
	for (i = 0; i < RTE_MAX_ETHPORTS; i++) {
		if (ports[i] == NULL)
			continue;
		nb += ports[i]->data->nb_rx_queues == 0 ? 1 : port_queues_to_come(ports[i]);
	}
	rte_spinlock_unlock(&ports_lock);
	return nb - (dualbuf_port(dev)->rxqs[queue_id] == NULL);
}

uint32_t
dualbuf_ports_foreign(void)
{
	uint32_t nb_all = rte_eth_dev_count_avail(), nb_ours = 0;
	uint16_t i;

	rte_spinlock_lock(&ports_lock);
	for (i = 0; i < RTE_MAX_ETHPORTS; i++)
		nb_ours += ports[i] != NULL;
	rte_spinlock_unlock(&ports_lock);
	return nb_all > nb_ours ? nb_all - nb_ours : 0;
}

int
dualbuf_ports_look_at(uint16_t port_id, int (*look)(struct rte_eth_dev *dev, void *arg), void *arg)
{
	struct rte_eth_dev *dev;
	int ret = -ENODEV;

	rte_spinlock_lock(&ports_lock);
	dev = port_id < RTE_MAX_ETHPORTS ? ports[port_id] : NULL;
	if (dev != NULL)
		ret = look(dev, arg);
	rte_spinlock_unlock(&ports_lock);
	return ret;
}
