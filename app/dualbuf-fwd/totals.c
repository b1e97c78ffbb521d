/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "count.h"
#include "totals.h"

struct clocks {
	double now;
	double cpu;
	uint64_t switches;
};

static struct clocks begin;

static struct clocks
read_clocks(void)
{
	struct timespec now;
	struct rusage usage;

	clock_gettime(CLOCK_MONOTONIC, &now);
	getrusage(RUSAGE_SELF, &usage);
	return (struct clocks){
		.now = now.tv_sec + now.tv_nsec * 1e-9,
		.cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
				(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
		.switches = usage.ru_nvcsw,
	};
}

void
totals_begin(void)
{
	begin = read_clocks();
}

static void
add_port(const struct fwd *fwd, uint16_t i, struct totals *totals)
{
	struct totals_port *port = &totals->ports[i];
	unsigned int k;

	port->rx = count_read(&fwd->handler.rx[i]);
	port_read_stats(&fwd->ports[i], &port->stats);
	for (k = 0; k < fwd->options.threads; k++)
		port->tx += count_read(&fwd->workers[k].tx[i]);
	port->tx -= RTE_MIN(port->tx, port->stats.tx_errors);
	totals->rx += port->rx;
	totals->tx += port->tx;
	totals->tx_error += port->stats.tx_errors;
	totals->missed += port->stats.missed;
	totals->nombuf += port->stats.nombuf;
	totals->rx_errors += port->stats.rx_errors;
	for (k = 0; k < fwd->ports[i].nb_rx; k++) {
		totals->flips += port->stats.queues[k].flips;
		totals->copies += port->stats.queues[k].copies;
		totals->loans += port->stats.queues[k].loans;
	}
}

void
totals_read(const struct fwd *fwd, struct totals *totals)
{
	struct clocks end = read_clocks();
	unsigned int i, reason;

	memset(totals, 0, sizeof(*totals));
	totals->seconds = end.now - begin.now;
	totals->cpu_seconds = end.cpu - begin.cpu;
	totals->voluntary_switches = end.switches - begin.switches;
	for (i = 0; i < fwd->nb_ports; i++)
		add_port(fwd, i, totals);
	totals->dropped = totals->tx_error;
	for (reason = 0; reason < WORKER_DROPS; reason++) {
		for (i = 0; i < fwd->options.threads; i++)
			totals->drops[reason] += count_read(&fwd->workers[i].drops[reason]);
		totals->dropped += totals->drops[reason];
	}
	totals->settled = count_read(&fwd->protocol.settled);
	totals->unsettled = count_read(&fwd->protocol.unsettled);
	totals->stored = count_read(&fwd->writer.stored);
	totals->not_stored = count_read(&fwd->writer.skipped) + count_read(&fwd->writer.lost);
}
