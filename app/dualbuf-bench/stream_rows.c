/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_debug.h>

#include "capture.h"
#include "options.h"
#include "port.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/*
 * Captures that another program writes to a pipe. That program has the second core; each pass opens a port
 * anew, since a pipe comes once.
 */

#define FILE_BYTES (200u << 20)
#define QUICK_BYTES (64u << 20)
#define SMOKE_BYTES (1u << 20)

#define MAX_REPEATS 9
#define QUICK_REPEATS 3

/* Polls without a packet after which there is something wrong. */
#define PATIENCE 1000000000

struct stream_job {
	const char *driver;
	const char *program; /* it writes what is in the file to the pipe; NULL: the port reads the file */
	char file[PATH_MAX];
	char pipe[PATH_MAX];
	uint64_t nb_pkts;
	struct sample speed; /* million packets per second */
};

/* EAL has bound this thread to the first core. */
static pid_t
stream_spawn(const struct stream_job *job)
{
	cpu_set_t cpus;
	pid_t child = fork();
	int fd;

	if (child < 0)
		rte_exit(EXIT_FAILURE, "fork failed\n");
	if (child > 0)
		return child;
	CPU_ZERO(&cpus);
	CPU_SET(options.cpus[1], &cpus);
	(void)sched_setaffinity(0, sizeof(cpus), &cpus);
	fd = open(job->pipe, O_WRONLY);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		_exit(EXIT_FAILURE);
	execlp(job->program, job->program, job->file, NULL);
	_exit(EXIT_FAILURE);
}

static uint64_t
stream_receive(const struct port *port, uint64_t nb_pkts)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint64_t begin = rte_rdtsc_precise(), done = 0;
	uint32_t idle = 0;
	uint16_t nb;

	while (done < nb_pkts) {
		nb = rte_eth_rx_burst(port->id, 0, pkts, (uint16_t)options.burst);
		if (nb == 0 && idle++ == PATIENCE)
			rte_exit(EXIT_FAILURE, "%s: %" PRIu64 " packets received of %" PRIu64 "\n",
					port->device, done, nb_pkts);
		rte_pktmbuf_free_bulk(pkts, nb);
		done += nb;
	}
	return rte_rdtsc_precise() - begin;
}

static void
stream_pass(struct stream_job *job)
{
	char args[PATH_MAX + 32];
	struct port *port;
	pid_t child = -1;
	uint64_t cycles;

	if (job->program != NULL)
		child = stream_spawn(job);
	snprintf(args, sizeof(args), "rx_pcap=%s", job->program != NULL ? job->pipe : job->file);
	port = port_open(job->driver, args);
	port_start(port);
	cycles = stream_receive(port, job->nb_pkts);
	port_stop(port);
	port_close(port);
	if (child > 0) {
		/* net_pcap keeps the pipe open */
		kill(child, SIGTERM);
		waitpid(child, NULL, 0);
	}
	sample_add(&job->speed, (double)job->nb_pkts * rte_get_tsc_hz() / cycles / 1e6);
}

static void
stream_run(const char *command)
{
	if (system(command) != 0)
		rte_exit(EXIT_FAILURE, "'%s' failed\n", command);
}

/* Of a file that is packed or not, and the programs that bring it to the two ports. */
static void
stream_row(const char *name, enum capture_kind kind, const char *packer, const char *ours,
		const char *theirs, double goal)
{
	static struct stream_job jobs[2];
	unsigned int repeats = options.quick ? QUICK_REPEATS : MAX_REPEATS;
	uint32_t bytes = options.smoke ? SMOKE_BYTES : options.quick ? QUICK_BYTES : FILE_BYTES;
	char path[PATH_MAX], command[PATH_MAX + 64], row[32], baseline[64];
	struct result result = { .row = row,
		.baseline = baseline,
		.unit = "Mpps",
		.ours = &jobs[0].speed,
		.theirs = &jobs[1].speed,
		.sense = RESULT_AT_LEAST,
		.goal = goal };
	unsigned int i, k;

	snprintf(row, sizeof(row), "%s %s", name, capture_name(kind));
	snprintf(baseline, sizeof(baseline), "%s | net_pcap", theirs);
	snprintf(path, sizeof(path), "%s/bench-stream.pcap", options.dir);
	for (i = 0; i < RTE_DIM(jobs); i++) {
		jobs[i] = (struct stream_job){ .nb_pkts = (uint64_t)(bytes /
							       (16 + capture_mean(kind))) };
		snprintf(jobs[i].pipe, PATH_MAX, "%s/bench-pipe", options.dir);
		snprintf(jobs[i].file, PATH_MAX, "%s/bench-stream.pcap%s", options.dir,
				packer == NULL ? "" : ".gz");
	}
	jobs[0].driver = "net_dualbuf";
	jobs[0].program = ours;
	jobs[1].driver = "net_pcap";
	jobs[1].program = theirs;
	capture_make(path, CAPTURE_PCAP, kind, jobs[0].nb_pkts);
	snprintf(command, sizeof(command), "%s '%s'", packer, path);
	if (packer != NULL)
		stream_run(command);
	unlink(jobs[0].pipe);
	if (mkfifo(jobs[0].pipe, 0600) != 0)
		rte_exit(EXIT_FAILURE, "%s: no pipe can be made there\n", jobs[0].pipe);
	for (i = 0; i < RTE_MIN(repeats, options.nb_samples); i++)
		for (k = 0; k < RTE_DIM(jobs); k++)
			stream_pass(&jobs[k]);
	result_print(&result);
	unlink(jobs[0].pipe);
	unlink(jobs[0].file);
	unlink(path);
}

void
stream_rows(void)
{
	static const enum capture_kind kinds[] = { CAPTURE_60, CAPTURE_IMIX, CAPTURE_1514 };
	unsigned int i;

	for (i = 0; i < RTE_DIM(kinds) && options_wants("stream-rx"); i++)
		stream_row("stream-rx", kinds[i], NULL, "cat", "cat", 1.5);
	for (i = 0; i < RTE_DIM(kinds) && options_wants("gz-rx"); i++)
		stream_row("gz-rx", kinds[i], "gzip -kf", NULL, "zcat", 1.5);
}
