/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_debug.h>

#include "capture.h"
#include "options.h"
#include "port.h"
#include "result.h"
#include "ring.h"
#include "rows.h"
#include "veth.h"
#include "wire_clock.h"
#include "wire_open.h"

/*
 * Captures whose packets come at a known distance, sent to an interface in their time, by a port of ours and
 * by tcpreplay. The kernel stamps them at its other end, and keeps them until all have been sent. The error of
 * a packet is how far its stamp is from where it belongs, the median of all being where it does.
 */

#define REPEATS 5
#define QUICK_REPEATS 3

/* The kernel keeps as many (WIRE_MAX_DEPTH). */
#define MAX_PACKETS 50000

/* Nothing has come for so long: it was all. */
#define SETTLE_NS (100 * WIRE_NS_PER_MS)

/* tcpreplay's ways to wait: the one that it takes by itself, and others. Debian's has no ioport. */
static const char *const timers[] = { "gtod", "nano", "ioport" };
static const char *const names[] = { "tcpreplay gtod", "tcpreplay nano", "tcpreplay ioport" };

#define CONTENDERS (1 + RTE_DIM(timers))

/* Of one sender at one rate, in ns. */
struct pace_errors {
	struct sample median;
	struct sample p99;
};

struct pace_job {
	char file[PATH_MAX];
	uint32_t nb_pkts;
	uint64_t gap_ns;
	double errors[MAX_PACKETS];
};

static struct wire_source *
pace_listen(void)
{
	const struct wire_choices choices = { .rounds = 1, .depth = WIRE_MAX_DEPTH };
	struct wire_end end = { .kind = WIRE_END_IFACE_IN, .name = VETH_PEER };
	struct wire_source *source;

	if (wire_source_open(&end, &choices, &source) != 0)
		rte_exit(EXIT_FAILURE, "cannot listen to " VETH_PEER "\n");
	return source;
}

static int
pace_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* How far each packet's stamp is behind its due time, from an origin that all share. Returns how many came. */
static uint32_t
pace_offsets(struct pace_job *job, struct wire_source *source)
{
	const uint64_t until = wire_clock() + SETTLE_NS;
	const struct wire_frame *frame;
	uint64_t first = 0;
	uint32_t nb = 0;

	while (nb < job->nb_pkts && wire_clock() < until) {
		frame = wire_source_peek(source);
		if (frame == NULL)
			continue;
		if (nb == 0)
			first = frame->stamp;
		job->errors[nb] = (double)(int64_t)(frame->stamp - first - nb * job->gap_ns);
		wire_source_take(source, 1);
		nb++;
	}
	return nb;
}

/* Of all that came; of a sender that does not work nothing is added. */
static void
pace_add(struct pace_job *job, struct wire_source *source, struct pace_errors *errors)
{
	uint32_t nb = pace_offsets(job, source), i;
	double middle;

	if (nb < job->nb_pkts)
		return;
	qsort(job->errors, nb, sizeof(*job->errors), pace_compare);
	middle = job->errors[nb / 2];
	for (i = 0; i < nb; i++)
		job->errors[i] = fabs(job->errors[i] - middle);
	qsort(job->errors, nb, sizeof(*job->errors), pace_compare);
	sample_add(&errors->median, job->errors[nb / 2]);
	sample_add(&errors->p99, job->errors[nb - 1 - nb / 100]);
}

static void
pace_send_ours(const struct pace_job *job)
{
	char args[PATH_MAX + 64];
	struct rte_mbuf *pkts[RING_MAX_BURST];
	struct port *port;
	uint32_t done = 0;
	uint16_t nb;

	snprintf(args, sizeof(args), "rx_pcap=%s,rate=capture,tx_iface=" VETH_PORT, job->file);
	port = port_open("net_dualbuf", args);
	port_start(port);
	while (done < job->nb_pkts) {
		nb = rte_eth_rx_burst(port->id, 0, pkts, (uint16_t)options.burst);
		done += rte_eth_tx_burst(port->id, 0, pkts, nb);
	}
	port_stop(port);
	port_close(port);
}

/* On the same core as ours. */
static void
pace_send_theirs(const struct pace_job *job, const char *timer)
{
	char option[32];
	pid_t child = fork();
	int null;

	if (child < 0)
		rte_exit(EXIT_FAILURE, "fork failed\n");
	if (child > 0) {
		waitpid(child, NULL, 0);
		return;
	}
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(EXIT_FAILURE);
	snprintf(option, sizeof(option), "--timer=%s", timer);
	execlp("tcpreplay", "tcpreplay", "-q", "-i", VETH_PORT, option, job->file, NULL);
	_exit(EXIT_FAILURE);
}

static void
pace_measure(struct pace_job *job, unsigned int contender, struct pace_errors *errors)
{
	struct wire_source *source = pace_listen();

	if (contender == 0)
		pace_send_ours(job);
	else
		pace_send_theirs(job, timers[contender - 1]);
	pace_add(job, source, errors);
	wire_source_close(source);
}

/* The best of tcpreplay's ways has the goal. */
static void
pace_print(const char *rate, const char *what, const struct sample *samples[CONTENDERS])
{
	struct result result = { .unit = "ns", .ours = samples[0], .goal = 0.5 };
	unsigned int best = 1, k;
	char row[32];

	snprintf(row, sizeof(row), "pace %s %s", rate, what);
	result.row = row;
	for (k = 2; k < CONTENDERS; k++)
		if (samples[k]->nb > 0 &&
				(samples[best]->nb == 0 ||
						sample_median(samples[k]) <
								sample_median(samples[best])))
			best = k;
	for (k = 1; k < CONTENDERS; k++) {
		if (samples[k]->nb == 0)
			continue;
		result.baseline = names[k - 1];
		result.theirs = samples[k];
		result.sense = k == best ? RESULT_AT_MOST : RESULT_NO_GOAL;
		result_print(&result);
	}
}

static void
pace_rate(const char *name, uint32_t rate)
{
	static struct pace_errors errors[CONTENDERS];
	static struct pace_job job;
	const struct sample *medians[CONTENDERS], *p99s[CONTENDERS];
	unsigned int repeats = options.smoke ? 1 : options.quick ? QUICK_REPEATS : REPEATS, i, k;

	memset(errors, 0, sizeof(errors));
	job.gap_ns = WIRE_NS_PER_S / rate;
	job.nb_pkts = RTE_MIN(options.smoke ? rate / 10 : rate, (uint32_t)MAX_PACKETS);
	snprintf(job.file, sizeof(job.file), "%s/bench-pace.pcap", options.dir);
	capture_make_spaced(job.file, job.nb_pkts, job.gap_ns);
	for (i = 0; i < repeats; i++)
		for (k = 0; k < CONTENDERS; k++)
			pace_measure(&job, k, &errors[k]);
	for (k = 0; k < CONTENDERS; k++) {
		medians[k] = &errors[k].median;
		p99s[k] = &errors[k].p99;
		if (errors[k].p99.nb > 0)
			result_point("pace", k == 0 ? "net_dualbuf" : names[k - 1], rate,
					sample_median(p99s[k]));
	}
	pace_print(name, "median", medians);
	pace_print(name, "p99", p99s);
	unlink(job.file);
}

void
pace_row(void)
{
	static const struct {
		const char *name;
		uint32_t rate;
	} rates[] = { { "1k", 1000 }, { "10k", 10000 }, { "100k", 100000 }, { "1M", 1000000 } };
	unsigned int i;

	if (!options_wants("pace"))
		return;
	if (system("command -v tcpreplay >/dev/null") != 0) {
		fprintf(stderr, "dualbuf-bench: no row pace: it needs tcpreplay\n");
		return;
	}
	for (i = 0; i < RTE_DIM(rates); i++)
		pace_rate(rates[i].name, rates[i].rate);
}
