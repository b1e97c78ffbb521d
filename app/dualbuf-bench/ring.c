/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_debug.h>

#include "options.h"
#include "ring.h"

/* Packets that wait to be freed outside the timed part. */
#define MAX_FILLING 4096

/* Untimed rounds at the beginning of a turn: caches are full of the other's things. */
#define WARM_UP 8

/* The checks that a packet's mbuf needs before it may be put to any pool. */
static void
ring_look(struct rte_mbuf *const *pkts, uint16_t nb_pkts)
{
	bool odd = false;
	uint16_t i;

	for (i = 0; i < nb_pkts; i++)
		odd |= rte_mbuf_refcnt_read(pkts[i]) != 1 || pkts[i]->next != NULL;
	if (unlikely(odd))
		rte_exit(EXIT_FAILURE, "packets are not as they were received\n");
}

void
ring_free(struct rte_mbuf **pkts, uint16_t nb_pkts, enum ring_free how)
{
	if (how == RING_FREE_LOOK)
		ring_look(pkts, nb_pkts);
	if (how == RING_FREE_FAST || how == RING_FREE_LOOK)
		rte_mempool_put_bulk(pkts[0]->pool, (void **)pkts, nb_pkts);
	else
		rte_pktmbuf_free_bulk(pkts, nb_pkts);
}

/* Receive n packets, and free them at once or keep them. */
static __rte_always_inline void
ring_drain(struct test_rxq *tq, const struct ring_work *work, struct rte_mbuf **pkts, uint32_t n)
{
	uint32_t done = 0;
	uint16_t nb;

	while (done < n) {
		nb = tq->burst(tq->queue, pkts, (uint16_t)options.burst);
		if (unlikely(nb == 0))
			break;
		done += nb;
		if (work->consume != NULL)
			work->consume(pkts, nb);
		if (work->free == RING_FREE_LATER)
			pkts += nb;
		else
			ring_free(pkts, nb, work->free);
	}
	if (unlikely(done != n))
		rte_exit(EXIT_FAILURE, "%s: %u packets received of %u\n", tq->name, done, n);
}

static uint64_t
ring_round(struct test_rxq *tq, const struct ring_work *work, uint32_t n)
{
	struct rte_mbuf *pkts[MAX_FILLING];
	uint64_t begin, end;

	if (wire_fill(&tq->wire, n) != n)
		rte_exit(EXIT_FAILURE, "%s: fewer than %u descriptors are armed\n", tq->name, n);
	begin = rte_rdtsc_precise();
	ring_drain(tq, work, pkts, n);
	end = rte_rdtsc_precise();
	if (work->free == RING_FREE_LATER)
		rte_pktmbuf_free_bulk(pkts, n);
	return end - begin;
}

double
ring_measure(struct test_rxq *tq, const struct ring_work *work, unsigned int nb_rounds)
{
	uint32_t filling = ring_filling(tq->wire.nb_desc), n;
	uint64_t cycles = 0, packets = 0;
	unsigned int i;

	for (i = 0; i < WARM_UP; i++)
		ring_round(tq, work, filling);
	for (i = 0; i < nb_rounds; i++) {
		n = work->drifts ? filling - i * 7 % 32 : filling;
		cycles += ring_round(tq, work, n);
		packets += n;
	}
	return (double)cycles / packets;
}

void
ring_contest(struct ring_contender *contenders, unsigned int nb, unsigned int nb_samples)
{
	/* a measurement is as long for short rings as for others */
	unsigned int nb_rounds =
			RTE_MAX(1u, options.nb_rounds * 512 / contenders[0].tq->wire.nb_desc);
	struct ring_contender *c;
	unsigned int i;

	for (c = contenders; c < contenders + nb; c++) {
		c->cycles.nb = 0;
		ring_measure(c->tq, &c->work, nb_rounds);
	}
	for (i = 0; i < nb_samples; i++)
		for (c = contenders; c < contenders + nb; c++)
			sample_add(&c->cycles, ring_measure(c->tq, &c->work, nb_rounds));
}
