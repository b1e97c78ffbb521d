/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include "options.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/*
 * Two queues share a pool and a core that receives; their consumers are on another core, behind a
 * ring each. Packets come at a fixed rate, far below what the cores can do. After a fifth of the
 * time the second queue's consumer stops, and its packets pile up; after four fifths it goes on.
 * How does the first queue fare?
 */

#define SLICES 100
#define STALL_BEGIN (SLICES / 5)
#define STALL_END (4 * SLICES / 5)

#define RATE 500000 /* packets per second and queue */

/* mbufs in the pool besides what the queues need: room for a backlog, which takes a second. */
#define SPARE 32768

#define BACKLOG 65536 /* no ring is ever full */

#define LAG 128 /* packets that the first queue's consumer may be behind */

enum { FIRST, SECOND, QUEUES };

static struct rte_ring *rings[QUEUES];
static bool stalled; /* the second queue's consumer */
static bool stopping;

static void
stall_consume(struct rte_ring *ring)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	unsigned int nb;

	nb = rte_ring_sc_dequeue_burst(ring, (void **)pkts, options.burst, NULL);
	if (nb > 0)
		rte_pktmbuf_free_bulk(pkts, nb);
}

static int
stall_consumers(void *arg __rte_unused)
{
	while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
		stall_consume(rings[FIRST]);
		if (!__atomic_load_n(&stalled, __ATOMIC_ACQUIRE))
			stall_consume(rings[SECOND]);
	}
	while (rte_ring_count(rings[FIRST]) + rte_ring_count(rings[SECOND]) > 0) {
		stall_consume(rings[FIRST]);
		stall_consume(rings[SECOND]);
	}
	return 0;
}

/* Packets that come to a full ring are lost, as with any NIC. */
static uint16_t
stall_receive(struct test_rxq *tq, struct rte_ring *ring, uint32_t nb_due)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint16_t nb;

	wire_fill(&tq->wire, nb_due);
	nb = tq->burst(tq->queue, pkts, (uint16_t)options.burst);
	if (nb > 0)
		rte_ring_sp_enqueue_bulk(ring, (void **)pkts, nb, NULL);
	return nb;
}

/*
 * Time since *last that counts. When this core or that of the consumers was taken away from us, the
 * wire stands still too: it is not that what is measured here.
 */
static uint64_t
stall_elapsed(uint64_t *last)
{
	uint64_t now, elapsed;

	while (rte_ring_count(rings[FIRST]) > LAG)
		*last = rte_rdtsc();
	now = rte_rdtsc();
	elapsed = now - *last;
	*last = now;
	return RTE_MIN(elapsed, rte_get_tsc_hz() / RATE * options.burst);
}

/* Both queues for one slice of time; returns packets per second of the first. */
static double
stall_slice(struct test_rxq **tqs, double seconds)
{
	uint64_t last = rte_rdtsc(), hz = rte_get_tsc_hz(), time = 0;
	uint64_t packets = 0, done = 0, due;

	while (time < (uint64_t)(seconds * hz)) {
		time += stall_elapsed(&last);
		due = (uint64_t)((double)time / hz * RATE);
		packets += stall_receive(tqs[FIRST], rings[FIRST], (uint32_t)(due - done));
		stall_receive(tqs[SECOND], rings[SECOND], (uint32_t)(due - done));
		done = due;
	}
	return (double)packets * hz / time;
}

/* The share of its unstalled rate that the first queue keeps. */
static double
stall_time(struct test_rxq **tqs)
{
	static struct sample free_rate, stalled_rate;
	double seconds = (options.smoke ? 0.02 : options.quick ? 0.5 : 10.0) / SLICES, rate;
	unsigned int i;

	free_rate.nb = 0;
	stalled_rate.nb = 0;
	for (i = 0; i < SLICES; i++) {
		bool stall = i >= STALL_BEGIN && i < STALL_END;

		__atomic_store_n(&stalled, stall, __ATOMIC_RELEASE);
		rate = stall_slice(tqs, seconds);
		result_point("stall", tqs[FIRST]->name, (i + 1) * seconds, rate / 1e6);
		if (stall)
			sample_add(&stalled_rate, rate);
		else if (i > 0 && i < STALL_BEGIN)
			sample_add(&free_rate, rate);
	}
	return sample_median(&stalled_rate) / sample_median(&free_rate);
}

static struct rte_mempool *
stall_pool(const struct test_rxq_shape *shape)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create("stall",
			2 * test_rxq_pool_size(shape) + SPARE / (options.quick ? 4 : 1), 256, 0,
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	if (pool == NULL)
		rte_exit(EXIT_FAILURE, "no memory: %s\n", rte_strerror(rte_errno));
	return pool;
}

static double
stall_run(enum test_rxq_kind kind)
{
	struct test_rxq_shape shape = test_rxq_shape_of(kind);
	struct test_rxq *tqs[QUEUES];
	double share;
	int i;

	shape.pool = stall_pool(&shape);
	for (i = 0; i < QUEUES; i++) {
		tqs[i] = test_rxq_open(&shape);
		rings[i] = rte_ring_create(i == FIRST ? "first" : "second", BACKLOG, SOCKET_ID_ANY,
				RING_F_SP_ENQ | RING_F_SC_DEQ);
		if (rings[i] == NULL)
			rte_exit(EXIT_FAILURE, "no memory\n");
	}
	stopping = false;
	rte_eal_remote_launch(stall_consumers, NULL, rte_get_next_lcore(-1, 1, 0));
	share = stall_time(tqs);
	__atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
	rte_eal_mp_wait_lcore();
	for (i = 0; i < QUEUES; i++) {
		test_rxq_close(tqs[i]);
		rte_ring_free(rings[i]);
	}
	rte_mempool_free(shape.pool);
	return share;
}

void
stall_row(void)
{
	static struct sample ours, theirs;
	struct result result = { .row = "stall",
		.baseline = "b1",
		.unit = "of its rate",
		.ours = &ours,
		.theirs = &theirs,
		.alone = true,
		.sense = RESULT_AT_LEAST,
		.goal = 0.99 };

	if (!options_wants("stall"))
		return;
	sample_add(&ours, stall_run(RIG_OURS));
	sample_add(&theirs, stall_run(RIG_B1));
	result_print(&result);
}
