/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _PORT_H_
#define _PORT_H_

/* An ethdev port under test: a virtual device that is plugged in while the bench runs. */

#include <stdint.h>

#include <rte_ethdev.h>

struct port {
	const char *driver; /* as results name it */
	char device[RTE_DEV_NAME_MAX_LEN];
	uint16_t id;
	uint16_t nb_rxq;
	uint16_t nb_txq; /* as many, or none */
	struct rte_mempool *pool;
};

/*
 * Plug in a device of a driver, such as "net_pcap", with devargs, and configure it with so many queues
 * each way. The process ends with a message when that fails.
 */
struct port *port_open_queues(const char *driver, const char *devargs, uint16_t nb_queues);

/* The same with one queue each way. */
struct port *port_open(const char *driver, const char *devargs);
void port_close(struct port *port);

void port_start(struct port *port);
void port_stop(struct port *port);

#endif /* _PORT_H_ */
