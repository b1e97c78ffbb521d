/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_WRITER_H_
#define _FWD_WRITER_H_

/*
 * Storage: every packet that was received, as it was received, in a pcapng file on disk (claim 11).
 *
 * The protocol driver makes a copy of each packet in pcapng's form and puts it into the writer's
 * queue; the writer, a thread of its own, writes. The disk may be slower than the network, so the
 * queue is bounded, and when it is full
 *  - the protocol driver waits if all ports read files, because then nothing gets lost by that;
 *  - else packets are forwarded and not stored, which is said once and counted.
 * When the disk is full or fails the capture ends at its last whole packet, which is said once, and
 * forwarding goes on.
 */

#include <sys/types.h>

#include <rte_pcapng.h>

#include "spsc_queue.h"
#include "port.h"

struct writer {
	const char *path;
	bool may_wait; /* rather wait for the disk than leave packets out */
	rte_pcapng_t *file;
	int fd; /* of file, which owns it */
	struct spsc_queue queue;
	struct wakeup wakeup;
	uint32_t failed;

	/* The protocol driver's side */
	struct rte_mempool *pool;
	struct rte_mempool *spare_pool;
	struct rte_mbuf *staged[PORT_BURST];
	unsigned int nb_staged;
	bool said_behind;
	uint64_t skipped; /* packets that were not put into the queue */

	/* The writer's side */
	off_t end; /* of the last whole packet in the file */
	uint64_t stored;
	uint64_t lost; /* packets that were, but could not be written */
};

/*
 * Make the file, for all ports that there are; they must have been started. producer: the
 * protocol driver's wakeup. Says what fails. Returns 0 or a negative errno.
 */
int writer_open(struct writer *writer, const char *path, struct wakeup *producer);

/* Protocol driver: have packets stored. They stay the caller's, and may be changed at once. */
void writer_store(struct writer *writer, struct rte_mbuf **pkts, unsigned int n);

/* Write until the queue ends. arg: the writer. */
void writer_run(void *arg);

/* Complete the file with what the ports counted, and close it. Also if it was not opened. */
void writer_close(struct writer *writer, const struct port *ports, uint16_t nb_ports,
		const uint64_t *received);

#endif /* _FWD_WRITER_H_ */
