/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_errno.h>

#include "options.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/*
 * One core polls some queues in turn, a burst of each, and frees what it gets. All queues of a contender
 * have one pool, as those of a port mostly have. What grows with them is the memory that is gone through
 * before the core comes to a queue again.
 */

static const unsigned int counts[] = { 1, 2, 4, 8, 16 };

#define MAX_QUEUES 16
#define CONTENDERS 3
#define CACHE_SIZE 256

struct queues_contender {
	struct rte_mempool *pool;
	struct test_rxq *tqs[MAX_QUEUES];
	struct sample cycles[RTE_DIM(counts)]; /* per packet */
};

static void
queues_open(struct queues_contender *c, enum test_rxq_kind kind)
{
	struct test_rxq_shape shape = test_rxq_shape_of(kind);
	char name[RTE_MEMPOOL_NAMESIZE];
	unsigned int i;

	snprintf(name, sizeof(name), "queues_%u", (unsigned int)kind);
	c->pool = rte_pktmbuf_pool_create(name, MAX_QUEUES * test_rxq_pool_size(&shape), CACHE_SIZE,
			0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (c->pool == NULL)
		rte_exit(EXIT_FAILURE, "no memory: %s\n", rte_strerror(rte_errno));
	shape.pool = c->pool;
	for (i = 0; i < MAX_QUEUES; i++)
		c->tqs[i] = test_rxq_open(&shape);
	for (i = 0; i < RTE_DIM(counts); i++)
		c->cycles[i].nb = 0;
}

static void
queues_close(struct queues_contender *c)
{
	unsigned int i;

	for (i = 0; i < MAX_QUEUES; i++)
		test_rxq_close(c->tqs[i]);
	rte_mempool_free(c->pool);
}

/* Poll the queues in turn until none has a packet. Returns how many came. */
static uint32_t
queues_drain(struct test_rxq *const *tqs, unsigned int nb_queues)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint32_t done = 0, before;
	unsigned int i;
	uint16_t nb;

	do {
		before = done;
		for (i = 0; i < nb_queues; i++) {
			nb = tqs[i]->burst(tqs[i]->queue, pkts, (uint16_t)options.burst);
			rte_pktmbuf_free_bulk(pkts, nb);
			done += nb;
		}
	} while (done > before);
	return done;
}

static uint64_t
queues_round(struct test_rxq *const *tqs, unsigned int nb_queues)
{
	uint32_t filling = ring_filling(options.nb_desc);
	uint64_t begin, cycles;
	unsigned int i;

	for (i = 0; i < nb_queues; i++)
		if (wire_fill(&tqs[i]->wire, filling) != filling)
			rte_exit(EXIT_FAILURE, "%s: fewer than %u descriptors are armed\n",
					tqs[i]->name, filling);
	begin = rte_rdtsc_precise();
	if (queues_drain(tqs, nb_queues) != nb_queues * filling)
		rte_exit(EXIT_FAILURE, "%s: packets are missing\n", tqs[0]->name);
	cycles = rte_rdtsc_precise() - begin;
	return cycles;
}

static double
queues_measure(struct test_rxq *const *tqs, unsigned int nb_queues)
{
	unsigned int nb_rounds = RTE_MAX(1u, options.nb_rounds / nb_queues), i;
	uint64_t cycles = 0;

	/* the caches are full of the others' things */
	for (i = 0; i < 4; i++)
		queues_round(tqs, nb_queues);
	for (i = 0; i < nb_rounds; i++)
		cycles += queues_round(tqs, nb_queues);
	return (double)cycles / nb_rounds / nb_queues / ring_filling(options.nb_desc);
}

/* Against the baselines with as many queues, and against ourselves with one: how cost grows. */
static void
queues_print(const struct queues_contender *contenders, unsigned int at)
{
	char row[32];
	struct result result = {
		.row = row,
		.unit = "cycles/packet",
		.ours = &contenders[RIG_OURS].cycles[at],
	};
	enum test_rxq_kind kind;

	snprintf(row, sizeof(row), "queues %u", counts[at]);
	for (kind = RIG_OURS; kind <= RIG_B2; kind++) {
		const struct queues_contender *c = &contenders[kind];

		result_point("queues", c->tqs[0]->name, counts[at], sample_median(&c->cycles[at]));
		result.baseline = kind == RIG_OURS ? "one queue" : c->tqs[0]->name;
		result.theirs = &c->cycles[kind == RIG_OURS ? 0 : at];
		if (kind != RIG_OURS || at > 0)
			result_print(&result);
	}
}

void
queues_row(void)
{
	static struct queues_contender contenders[CONTENDERS];
	enum test_rxq_kind kind;
	unsigned int i, at;

	if (!options_wants("queues"))
		return;
	for (kind = RIG_OURS; kind <= RIG_B2; kind++)
		queues_open(&contenders[kind], kind);
	for (i = 0; i < RTE_MIN(options.nb_samples, 31u); i++)
		for (at = 0; at < RTE_DIM(counts); at++)
			for (kind = RIG_OURS; kind <= RIG_B2; kind++)
				sample_add(&contenders[kind].cycles[at],
						queues_measure(contenders[kind].tqs, counts[at]));
	for (at = 0; at < RTE_DIM(counts); at++)
		queues_print(contenders, at);
	for (kind = RIG_OURS; kind <= RIG_B2; kind++)
		queues_close(&contenders[kind]);
}
