/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_PORT_H_
#define _FWD_PORT_H_

/*
 * One ethdev port: what it is made of, its queues, and its counters.
 */

#include <pthread.h>
#include <stdbool.h>

#include <rte_ethdev.h>

#include "options.h"

#define PORT_MAX 32
#define PORT_MAX_QUEUES 16u
#define PORT_RX_DESC 512
#define PORT_TX_DESC 512

/* How many packets are received, sent or handed on at a time. */
#define PORT_BURST 32

struct port {
	uint16_t id;
	uint16_t peer; /* where its packets go: an index into the ports */
	uint16_t nb_rx;
	uint16_t nb_tx;
	uint16_t rx_desc;
	uint16_t tx_desc;
	uint16_t rx_buffers; /* bound to a descriptor, as far as the pool allows */
	bool is_dualbuf;
	bool is_deferred; /* made with copy=deferred: it makes loans */
	bool may_wait; /* reads files, once: what is not taken now can be taken later */
	bool started;
	/* A transmit queue may belong to several protocol threads. */
	pthread_mutex_t tx_lock[OPTIONS_MAX_THREADS];
	uint64_t flips_id[PORT_MAX_QUEUES]; /* of the extended statistics */
	uint64_t copies_id[PORT_MAX_QUEUES];
};

/* One receive queue's counters. All are 0 for ports that have no bound buffers. */
struct port_queue_stats {
	uint64_t flips;
	uint64_t copies;
	uint64_t loans;
	uint32_t home;
	uint32_t out;
	uint32_t waiting;
};

struct port_stats {
	uint64_t missed; /* by the NIC: no descriptor was armed */
	uint64_t nombuf; /* no memory for a copy */
	uint64_t rx_errors;
	uint64_t tx_errors; /* taken by the driver, but could not be sent */
	struct port_queue_stats queues[PORT_MAX_QUEUES];
};

/*
 * Find out what a port is, and check that the options suit it. Says so if not. index: its place
 * among our ports.
 * Returns 0 or a negative errno.
 */
int port_inspect(struct port *port, uint16_t id, uint16_t index, const struct options *options);

/* The index of the port that has this id. */
uint16_t port_index(uint16_t id);

/* Mbufs that the port's rings may hold at the same time. */
unsigned int port_mbufs(const struct port *port);

/* Set up and start a port; says what fails. Returns 0 or a negative errno. */
int port_start(struct port *port, struct rte_mempool *pool, bool interrupt);

/* Stop a port: on return all that was sent is out. Also of one that was not started. */
void port_stop(struct port *port);

/* Any thread. */
void port_read_stats(const struct port *port, struct port_stats *stats);

/* Descriptors that wait for one of their buffers to come home. */
uint32_t port_waiting(const struct port *port);

#endif /* _FWD_PORT_H_ */
