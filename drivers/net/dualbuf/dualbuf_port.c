/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_cycles.h>

#include "dualbuf_logs.h"
#include "dualbuf_port.h"

/* How long the lock of a port's queues is waited for, and between two looks at it. */
#define QUEUES_LOCK_PATIENCE_US 1000000
#define QUEUES_LOCK_PAUSE_US 10

/* It is held for microseconds; but a process that was killed meanwhile holds it for ever. */
void
dualbuf_queues_lock(struct dualbuf_port *port)
{
	uint32_t waited;

	for (waited = 0; waited < QUEUES_LOCK_PATIENCE_US; waited += QUEUES_LOCK_PAUSE_US) {
		if (rte_spinlock_trylock(&port->queues_lock))
			return;
		rte_delay_us_sleep(QUEUES_LOCK_PAUSE_US);
	}
	DUALBUF_LOG(WARNING, "a process that asked for statistics has ended while it read them");
}

void
dualbuf_queues_unlock(struct dualbuf_port *port)
{
	rte_spinlock_unlock(&port->queues_lock);
}

void
dualbuf_set_rx_offloads(struct dualbuf_port *port, uint64_t offloads)
{
	bool by_vlan = (offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER) != 0;

	__atomic_store_n(&port->rx_offloads, offloads, __ATOMIC_RELAXED);
	__atomic_store_n(&port->filter.by_vlan, by_vlan, __ATOMIC_RELAXED);
}
