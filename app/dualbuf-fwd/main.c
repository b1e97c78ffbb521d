/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * dualbuf-fwd: packets from ports to ports, and to disk, as claim 11 has it.
 *
 *   NIC 0   NIC 1                                              NIC 0   NIC 1
 *     |       |   rte_eth_rx_burst()                             ^       ^
 *     v       v   arms descriptors anew                          |       |  rte_eth_tx_burst()
 *   +-----------+     +-----------------+      +-----------------------+ |
 *   |  handler  |====>| protocol driver |=====>|  protocol thread 0    |-+
 *   |           |     |                 |      +-----------------------+ |
 *   |  main     |     |  settles loans  |=====>|  protocol thread 1    |-+
 *   |  lcore    |     |  picks a thread |      +-----------------------+ |
 *   |           |     |  by flow        |=====>|         ...           |-+
 *   +-----------+     +-----------------+      +-----------------------+
 *         ^                |        #                      |
 *         |  wakeup: loans   |        # copies               |  rte_pktmbuf_free(), by the
 *         |  are settled   |        v                      |  driver that has sent them
 *         +----------------+   +----------+                v
 *                              |  writer  |--> disk    buffers are home, to be armed again
 *                              +----------+
 *
 * ====> is a queue: a bounded single-producer, single-consumer ring (spsc_queue.h). Who does what:
 *
 *   handler.c   receives. Nothing else, so that descriptors are armed as soon as can be.
 *   protocol.c  settles: copies the packets for which the handler had no other buffer (claims 5, 6)
 *   worker.c    processes a packet in the buffer in which it came (claim 7)
 *   writer.c    stores (claim 11)
 *   report.c    watches, and ends it
 *
 * Who owns what:
 *
 *  1. A packet belongs to the stage that holds it, and to nobody while it is in a queue. Stages
 *     share no packets; the writer has copies of its own.
 *  2. A bound buffer is the application's from rte_eth_rx_burst() to its free, wherever that is,
 *     and then home. The handler does not care who has it: it arms another one (claim 1).
 *  3. Receive queues are the handler's. A transmit queue is one protocol thread's, or is locked
 *     where there are fewer queues than threads.
 *  4. A counter has one thread that counts (count.h).
 *
 * Nobody drops between receiving and sending but a protocol thread whose transmit queue stays full.
 * Otherwise whoever finds a queue full waits, so that in the end the handler does not receive.
 *
 * Everybody sleeps beside a wakeup (wakeup.h) when there is nothing to do, except that in poll mode the
 * handler polls. So all of it runs on one core, too, and costs nothing while no packets come.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "fwd.h"
#include "report.h"
#include "say.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

#define HANDLER_LANE_SIZE 1024
#define WORKER_LANE_SIZE 256
#define POOL_CACHE 64

static struct fwd fwd;

/* Ports in order, in pairs. */
static int
inspect_ports(void)
{
	uint16_t id, i;
	int ret = 0;

	RTE_ETH_FOREACH_DEV(id) {
		if (ret == 0 && fwd.nb_ports < PORT_MAX)
			ret = port_inspect(
					&fwd.ports[fwd.nb_ports], id, fwd.nb_ports, &fwd.options);
		fwd.nb_ports++;
	}
	if (ret != 0)
		return ret;
	if (fwd.nb_ports == 0 || fwd.nb_ports > PORT_MAX) {
		say("there are %u ports; must be 1-%d (--vdev or -a makes one)", fwd.nb_ports,
				PORT_MAX);
		return -EINVAL;
	}
	for (i = 0; i < fwd.nb_ports; i++)
		fwd.ports[i].peer = (i ^ 1) < fwd.nb_ports ? i ^ 1 : i;
	return 0;
}

/* Mbufs that may lie in caches: each lcore and registered thread keeps up to 1.5 times the size. */
static unsigned int
pool_cached(void)
{
	return (rte_lcore_count() + fwd.options.threads + 3) * POOL_CACHE * 3 / 2;
}

/*
 * One pool for all received packets. It must hold what rings, queues and caches can hold at the same
 * time, and then still enough for one burst to be copied; else the handler would wait for ever.
 */
static int
make_pool(void)
{
	unsigned int threads = fwd.options.threads;
	unsigned int n = HANDLER_LANE_SIZE + threads * WORKER_LANE_SIZE;
	uint16_t i;

	n += pool_cached() + PORT_RX_DESC;
	/* what every stage has in hand */
	n += (threads + 2) * PORT_BURST;
	for (i = 0; i < fwd.nb_ports; i++)
		n += port_mbufs(&fwd.ports[i]);
	fwd.pool = rte_pktmbuf_pool_create("fwd_packets", n, POOL_CACHE, 0,
			RTE_MBUF_DEFAULT_BUF_SIZE, rte_socket_id());
	if (fwd.pool == NULL)
		say("no memory for %u packet buffers of %u bytes: %s; give EAL more (-m)", n,
				RTE_MBUF_DEFAULT_BUF_SIZE, rte_strerror(rte_errno));
	return fwd.pool == NULL ? -rte_errno : 0;
}

static int
start_ports(void)
{
	int ret = 0;
	uint16_t i;

	for (i = 0; i < fwd.nb_ports && ret == 0; i++)
		ret = port_start(&fwd.ports[i], fwd.pool, fwd.options.interrupt);
	return ret;
}

static int
open_writer(void)
{
	uint16_t i;

	if (fwd.options.write == NULL)
		return 0;
	fwd.writer.may_wait = true;
	for (i = 0; i < fwd.nb_ports; i++)
		fwd.writer.may_wait &= fwd.ports[i].may_wait;
	fwd.protocol.writer = &fwd.writer;
	return writer_open(&fwd.writer, fwd.options.write, &fwd.protocol.wakeup);
}

static int
open_bells(void)
{
	unsigned int i;
	int ret;

	ret = wakeup_open(&fwd.handler.wakeup);
	if (ret == 0)
		ret = wakeup_open(&fwd.protocol.wakeup);
	if (ret == 0)
		ret = wakeup_open(&fwd.writer.wakeup);
	for (i = 0; i < fwd.options.threads && ret == 0; i++)
		ret = wakeup_open(&fwd.workers[i].wakeup);
	return ret;
}

static int
open_lanes(void)
{
	char name[RTE_RING_NAMESIZE];
	unsigned int i;
	int ret;

	ret = spsc_queue_open(&fwd.protocol.in, "fwd_protocol", HANDLER_LANE_SIZE,
			&fwd.handler.wakeup, &fwd.protocol.wakeup);
	for (i = 0; i < fwd.options.threads && ret == 0; i++) {
		snprintf(name, sizeof(name), "fwd_worker_%u", i);
		ret = spsc_queue_open(&fwd.workers[i].in, name, WORKER_LANE_SIZE,
				&fwd.protocol.wakeup, &fwd.workers[i].wakeup);
	}
	return ret;
}

/* Tell every stage what it works on. */
static void
connect_stages(void)
{
	unsigned int i;

	for (i = 0; i < fwd.nb_ports; i++)
		fwd.handler.deferred |= fwd.ports[i].is_deferred;
	fwd.handler.ports = fwd.ports;
	fwd.handler.nb_ports = fwd.nb_ports;
	fwd.handler.interrupt = fwd.options.interrupt;
	fwd.handler.limit = fwd.options.count;
	fwd.handler.pool_cached = pool_cached();
	fwd.handler.out = &fwd.protocol.in;
	fwd.protocol.handler_bell = &fwd.handler.wakeup;
	fwd.protocol.deferred = fwd.handler.deferred;
	fwd.protocol.workers = fwd.workers;
	fwd.protocol.nb_workers = fwd.options.threads;
	for (i = 0; i < fwd.options.threads; i++) {
		fwd.workers[i].ports = fwd.ports;
		fwd.workers[i].nb_ports = fwd.nb_ports;
		fwd.workers[i].index = i;
	}
}

/* From the end of the line to its beginning. */
static int
start_threads(void)
{
	char name[32];
	unsigned int i;
	int ret = 0;

	if (fwd.options.write != NULL)
		ret = threads_start(&fwd.writer_thread, "fwd-writer", writer_run, &fwd.writer);
	for (i = 0; i < fwd.options.threads && ret == 0; i++) {
		snprintf(name, sizeof(name), "fwd-thread-%u", i);
		ret = threads_start(&fwd.worker_threads[i], name, worker_run, &fwd.workers[i]);
	}
	if (ret == 0)
		ret = threads_start(
				&fwd.protocol_thread, "fwd-protocol", protocol_run, &fwd.protocol);
	if (ret == 0)
		ret = report_start(&fwd);
	if (ret != 0)
		say("cannot start a thread: %s", strerror(-ret));
	return ret;
}

/* The handler has closed its queue; the others follow one after the other, each when it is done. */
static void
join_threads(void)
{
	unsigned int i;

	/* without a protocol driver nobody else would close these */
	if (!fwd.protocol_thread.running) {
		for (i = 0; i < fwd.options.threads; i++)
			spsc_queue_close(&fwd.workers[i].in);
		if (fwd.options.write != NULL)
			spsc_queue_close(&fwd.writer.queue);
	}
	threads_join(&fwd.protocol_thread);
	for (i = 0; i < fwd.options.threads; i++)
		threads_join(&fwd.worker_threads[i]);
	threads_join(&fwd.writer_thread);
	report_stop();
}

static int
forward(void)
{
	int ret;

	ret = start_threads();
	if (ret == 0)
		ret = handler_run(&fwd.handler);
	else
		spsc_queue_close(&fwd.protocol.in);
	join_threads();
	return ret;
}

static int
set_up(void)
{
	int ret;

	connect_stages();
	ret = make_pool();
	if (ret != 0)
		return ret;
	fwd.handler.pool = fwd.pool;
	fwd.protocol.pool = fwd.pool;
	ret = open_bells();
	if (ret == 0)
		ret = open_lanes();
	if (ret != 0) {
		say("cannot make queues between threads: %s", strerror(-ret));
		return ret;
	}
	ret = start_ports();
	if (ret == 0)
		ret = open_writer();
	return ret;
}

static void
tear_down(void)
{
	unsigned int i;

	writer_close(&fwd.writer, fwd.ports, fwd.nb_ports, fwd.handler.rx);
	for (i = 0; i < fwd.nb_ports; i++)
		rte_eth_dev_close(fwd.ports[i].id);
	spsc_queue_free(&fwd.protocol.in);
	for (i = 0; i < fwd.options.threads; i++) {
		spsc_queue_free(&fwd.workers[i].in);
		wakeup_close(&fwd.workers[i].wakeup);
	}
	wakeup_close(&fwd.handler.wakeup);
	wakeup_close(&fwd.protocol.wakeup);
	wakeup_close(&fwd.writer.wakeup);
	rte_mempool_free(fwd.pool);
}

static int
run(FILE *json)
{
	uint16_t i;
	int ret;

	ret = set_up();
	if (ret == 0)
		ret = forward();
	/* what was sent is out when a port has stopped, or is counted as an error */
	for (i = 0; i < fwd.nb_ports; i++)
		port_stop(&fwd.ports[i]);
	if (ret == 0)
		report_summary(&fwd, json);
	if (fwd.writer.failed != 0)
		ret = -EIO;
	tear_down();
	return ret;
}

/* Whether the summary can be put where it is wanted is better known before than after. */
static int
run_and_note(void)
{
	const char *path = fwd.options.json;
	FILE *json = NULL;
	int ret;

	if (path != NULL) {
		json = fopen(path, "w");
		if (json == NULL) {
			say("--json %s: %s", path, strerror(errno));
			return -errno;
		}
	}
	ret = run(json);
	if (json != NULL && (ferror(json) != 0) + (fclose(json) != 0) > 0) {
		say("--json %s: %s", path, strerror(errno));
		ret = -EIO;
	}
	return ret;
}

int
main(int argc, char **argv)
{
	enum options_result result;
	enum exit_code code;
	sigset_t signals;

	result = options_parse(argc, argv, &fwd.options);
	if (result != OPTIONS_OK)
		return result == OPTIONS_HELP ? EXIT_OK : EXIT_USAGE;
	report_signals(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	rte_set_application_usage_hook(options_help);
	if (rte_eal_init(argc, argv) < 0) {
		say("EAL does not start: %s", rte_strerror(rte_errno));
		return EXIT_FAILED;
	}
	if (inspect_ports() != 0)
		code = EXIT_USAGE;
	else
		code = run_and_note() == 0 ? EXIT_OK : EXIT_FAILED;
	rte_eal_cleanup();
	return code;
}
