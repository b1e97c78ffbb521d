/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_TOTALS_H_
#define _FWD_TOTALS_H_

/*
 * The counts of all threads, added up. rx = tx + dropped once all queues are empty.
 */

#include "fwd.h"

struct totals_port {
	uint64_t rx;
	uint64_t tx;
	struct port_stats stats;
};

struct totals {
	double seconds; /* since the handler began */
	double cpu_seconds; /* of all threads since then */
	uint64_t voluntary_switches; /* how often a thread went to sleep */
	uint64_t rx;
	uint64_t tx;
	uint64_t drops[WORKER_DROPS];
	uint64_t tx_error; /* given to a port that could not send it */
	uint64_t dropped; /* all of these */
	uint64_t missed; /* not received, see struct port_stats */
	uint64_t nombuf;
	uint64_t rx_errors;
	uint64_t flips;
	uint64_t copies;
	uint64_t loans;
	uint64_t settled;
	uint64_t unsettled;
	uint64_t stored;
	uint64_t not_stored;
	struct totals_port ports[PORT_MAX];
};

/* The clocks start. */
void totals_begin(void);

/* Any thread. */
void totals_read(const struct fwd *fwd, struct totals *totals);

#endif /* _FWD_TOTALS_H_ */
