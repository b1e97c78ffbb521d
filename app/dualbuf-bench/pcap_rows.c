/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_debug.h>

#include "bare.h"
#include "bare_frames.h"
#include "capture.h"
#include "options.h"
#include "port.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/* Files through ethdev ports, ours and others, which take turns. */

#define FILE_BYTES (400u << 20)
#define QUICK_BYTES (64u << 20)
#define SMOKE_BYTES (1u << 20)

/* A measurement is not shorter than that, passes over the file are repeated. */
#define LEAST_SECONDS 1.0
#define QUICK_SECONDS 0.1

#define MAX_REPEATS 9
#define QUICK_REPEATS 3

/* Polls without a packet after which there is something wrong. */
#define PATIENCE 10000000

#define REPLAY_PACKETS 1000

struct pcap_job {
	struct port *port; /* NULL: there is no driver */
	struct bare_frames *frames; /* then: frames go through buffers; NULL: the file is copied */
	const char *in;
	const char *out; /* NULL: nowhere */
	uint64_t nb_pkts;
	bool forward; /* send what was received, to the same port */
	struct sample speed; /* million packets per second */
	struct sample cycles; /* per packet */
};

static void
pcap_send(struct port *port, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t sent = 0;
	uint32_t polls = 0;

	while (sent < nb) {
		sent += rte_eth_tx_burst(port->id, 0, &pkts[sent], nb - sent);
		if (unlikely(polls++ == PATIENCE))
			rte_exit(EXIT_FAILURE, "%s sends no more\n", port->device);
	}
}

/* All packets of the file, in and out. */
static void
pcap_run(const struct pcap_job *job)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint64_t done = 0;
	uint32_t idle = 0;
	uint16_t nb;

	while (done < job->nb_pkts) {
		nb = rte_eth_rx_burst(job->port->id, 0, pkts, (uint16_t)options.burst);
		if (nb == 0 && idle++ == PATIENCE)
			rte_exit(EXIT_FAILURE, "%s: %" PRIu64 " packets received of %" PRIu64 "\n",
					job->port->device, done, job->nb_pkts);
		if (job->forward)
			pcap_send(job->port, pkts, nb);
		else
			rte_pktmbuf_free_bulk(pkts, nb);
		done += nb;
	}
}

/* One pass without a driver. */
static uint64_t
pcap_bare_pass(const struct pcap_job *job)
{
	if (job->frames == NULL)
		return bare_copy(job->in, job->out);
	if (job->out == NULL)
		return bare_frames_replay(job->frames, job->in, job->nb_pkts);
	return bare_frames_copy(job->frames, job->in, job->out);
}

/* One pass. What is sent is out only when the port has stopped, so that counts too. */
static uint64_t
pcap_pass(const struct pcap_job *job)
{
	uint64_t begin, end;

	if (job->port == NULL)
		return pcap_bare_pass(job);
	port_start(job->port);
	begin = rte_rdtsc_precise();
	pcap_run(job);
	if (job->forward)
		port_stop(job->port);
	end = rte_rdtsc_precise();
	if (!job->forward)
		port_stop(job->port);
	return end - begin;
}

static void
pcap_measure(struct pcap_job *job)
{
	double seconds = options.smoke ? 0 : options.quick ? QUICK_SECONDS : LEAST_SECONDS;
	double per_packet;
	uint64_t cycles = 0, least = (uint64_t)(seconds * rte_get_tsc_hz());
	uint64_t packets = 0;

	do {
		cycles += pcap_pass(job);
		packets += job->nb_pkts;
	} while (cycles < least);
	per_packet = (double)cycles / packets;
	sample_add(&job->cycles, per_packet);
	sample_add(&job->speed, rte_get_tsc_hz() / per_packet / 1e6);
}

static void
pcap_contest(struct pcap_job *jobs, unsigned int nb_jobs)
{
	unsigned int repeats = options.quick ? QUICK_REPEATS : MAX_REPEATS;
	unsigned int i, k;

	for (k = 0; k < nb_jobs; k++) {
		jobs[k].cycles.nb = 0;
		jobs[k].speed.nb = 0;
		pcap_pass(&jobs[k]);
	}
	for (i = 0; i < RTE_MIN(repeats, options.nb_samples); i++)
		for (k = 0; k < nb_jobs; k++)
			pcap_measure(&jobs[k]);
}

static uint64_t
pcap_file(char *path, enum capture_format format, enum capture_kind kind)
{
	uint32_t bytes = options.smoke ? SMOKE_BYTES : options.quick ? QUICK_BYTES : FILE_BYTES;
	uint64_t nb = (uint64_t)(bytes / (16 + capture_mean(kind)));

	snprintf(path, PATH_MAX, "%s/bench-%s.pcap", options.dir, capture_name(kind));
	capture_make(path, format, kind, nb);
	return nb;
}

/* Each begins its file anew when it is started. */
static struct port *
pcap_port(const char *driver, const char *in, const char *out)
{
	char args[2 * PATH_MAX + 32];

	if (out == NULL)
		snprintf(args, sizeof(args), "rx_pcap=%s", in);
	else
		snprintf(args, sizeof(args), "rx_pcap=%s,tx_pcap=%s", in, out);
	return port_open(driver, args);
}

/* As many buffers as a receive queue has. */
static struct bare_frames *
pcap_bare_frames(void)
{
	return bare_frames_open(options.nb_desc * 2);
}

/* The goal is against net_pcap, or when packets are sent against the copy without a driver. */
static void
pcap_row(const char *name, enum capture_format format, enum capture_kind kind, bool forward,
		double goal)
{
	static const char *const drivers[] = { "net_dualbuf", "net_pcap" };
	static struct pcap_job jobs[4];
	char in[PATH_MAX], out[PATH_MAX], theirs[PATH_MAX], row[32];
	const char *const outs[] = { out, theirs };
	struct result result = { .row = row,
		.baseline = drivers[1],
		.unit = "Mpps",
		.ours = &jobs[0].speed,
		.theirs = &jobs[1].speed };
	uint64_t nb;
	int i;

	snprintf(row, sizeof(row), "%s %s", name, capture_name(kind));
	nb = pcap_file(in, format, kind);
	/* net_pcap writes pcap alone */
	snprintf(out, sizeof(out), "%s/bench-out.%s", options.dir,
			format == CAPTURE_PCAPNG ? "pcapng" : "pcap");
	snprintf(theirs, sizeof(theirs), "%s/bench-out.pcap", options.dir);
	for (i = 0; i < 2; i++) {
		jobs[i].port = pcap_port(drivers[i], in, forward ? outs[i] : NULL);
		jobs[i].nb_pkts = nb;
		jobs[i].forward = forward;
	}
	jobs[2] = (struct pcap_job){ .in = in, .out = theirs, .nb_pkts = nb };
	jobs[3] = jobs[2];
	jobs[3].frames = pcap_bare_frames();
	/* that loop knows classic pcap alone */
	pcap_contest(jobs, !forward ? 2 : format == CAPTURE_PCAP ? 4 : 3);
	if (forward && format == CAPTURE_PCAP) {
		result.baseline = "bare frames";
		result.theirs = &jobs[3].speed;
		result_print(&result);
		result.baseline = drivers[1];
		result.theirs = &jobs[1].speed;
	}
	if (forward) {
		result_print(&result);
		result.baseline = "no driver";
		result.theirs = &jobs[2].speed;
	}
	result.sense = goal > 0 ? RESULT_AT_LEAST : RESULT_NO_GOAL;
	result.goal = goal;
	result_print(&result);
	bare_frames_close(jobs[3].frames);
	port_close(jobs[0].port);
	port_close(jobs[1].port);
	unlink(in);
	unlink(out);
	unlink(theirs);
}

/* The same short file without end, against packets that come from nowhere but are copied too. */
static void
pcap_replay(void)
{
	static struct pcap_job jobs[3];
	struct result result = { .row = "replay 60",
		.baseline = "net_null copy=1",
		.unit = "cycles/packet",
		.ours = &jobs[0].cycles,
		.theirs = &jobs[1].cycles,
		.sense = RESULT_AT_MOST,
		.goal = 1.5 };
	char path[PATH_MAX], args[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/bench-replay.pcap", options.dir);
	capture_make(path, CAPTURE_PCAP, CAPTURE_60, REPLAY_PACKETS);
	snprintf(args, sizeof(args), "rx_pcap=%s,infinite_rx=1", path);
	jobs[0].port = port_open("net_dualbuf", args);
	jobs[1].port = port_open("net_null", "size=60,copy=1");
	jobs[0].nb_pkts = options.smoke ? 5000 : options.quick ? 500000 : 5000000;
	jobs[1].nb_pkts = jobs[0].nb_pkts;
	jobs[2] = (struct pcap_job){ .in = path, .nb_pkts = jobs[0].nb_pkts };
	jobs[2].frames = pcap_bare_frames();
	pcap_contest(jobs, 3);
	result_print(&result);
	result.baseline = "bare frames";
	result.theirs = &jobs[2].cycles;
	result.sense = RESULT_NO_GOAL;
	result_print(&result);
	bare_frames_close(jobs[2].frames);
	port_close(jobs[0].port);
	port_close(jobs[1].port);
	unlink(path);
}

void
pcap_rows(void)
{
	if (options_wants("pcap-rx")) {
		pcap_row("pcap-rx", CAPTURE_PCAP, CAPTURE_60, false, 5);
		pcap_row("pcap-rx", CAPTURE_PCAP, CAPTURE_IMIX, false, 4);
		pcap_row("pcap-rx", CAPTURE_PCAP, CAPTURE_1514, false, 3.5);
	}
	if (options_wants("pcapng-rx")) {
		pcap_row("pcapng-rx", CAPTURE_PCAPNG, CAPTURE_60, false, 3);
		pcap_row("pcapng-rx", CAPTURE_PCAPNG, CAPTURE_IMIX, false, 3);
		pcap_row("pcapng-rx", CAPTURE_PCAPNG, CAPTURE_1514, false, 2.5);
	}
	if (options_wants("pcap-fwd")) {
		pcap_row("pcap-fwd", CAPTURE_PCAP, CAPTURE_60, true, 0.85);
		pcap_row("pcap-fwd", CAPTURE_PCAP, CAPTURE_1514, true, 0.85);
	}
	if (options_wants("pcapng-fwd")) {
		pcap_row("pcapng-fwd", CAPTURE_PCAPNG, CAPTURE_60, true, 0);
		pcap_row("pcapng-fwd", CAPTURE_PCAPNG, CAPTURE_1514, true, 0);
	}
	if (options_wants("replay"))
		pcap_replay();
}
