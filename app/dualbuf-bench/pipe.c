/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "options.h"
#include "pipe.h"
#include "spsc.h"

#define WARM_UP 8

/* Has room for all that a filling can have: the receiver never waits for it. */
static struct spsc ring;
static bool stopping;
static enum ring_free free_how;

/* Written by the core that frees, alone on its line. */
static struct {
	uint64_t nb_freed;
} freed __rte_cache_aligned;

static int
pipe_free_all(void *arg __rte_unused)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint64_t nb_freed = 0;
	unsigned int nb;

	while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
		nb = spsc_take(&ring, (void **)pkts, options.burst);
		if (nb == 0) {
			rte_pause();
			continue;
		}
		if (free_how != RING_FREE_LATER)
			ring_free(pkts, nb, free_how);
		nb_freed += nb;
		__atomic_store_n(&freed.nb_freed, nb_freed, __ATOMIC_RELEASE);
	}
	return 0;
}

static struct {
	uint32_t word;
} ball __rte_cache_aligned;

#define THROWS 10000

/* The other core throws back each even number. */
static int
pipe_throw_back(void *arg __rte_unused)
{
	uint32_t i;

	for (i = 1; i <= THROWS; i++) {
		while (__atomic_load_n(&ball.word, __ATOMIC_ACQUIRE) != 2 * i - 1)
			;
		__atomic_store_n(&ball.word, 2 * i, __ATOMIC_RELEASE);
	}
	return 0;
}

double
pipe_distance(void)
{
	uint64_t begin, best = UINT64_MAX;
	uint32_t i;

	ball.word = 0;
	rte_eal_remote_launch(pipe_throw_back, NULL, rte_get_next_lcore(-1, 1, 0));
	for (i = 1; i <= THROWS; i++) {
		begin = rte_rdtsc();
		__atomic_store_n(&ball.word, 2 * i - 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&ball.word, __ATOMIC_ACQUIRE) != 2 * i)
			;
		best = RTE_MIN(best, rte_rdtsc() - begin);
	}
	rte_eal_mp_wait_lcore();
	return best / 2.0;
}

void
pipe_start(void)
{
	unsigned int lcore = rte_get_next_lcore(-1, 1, 0);

	if (lcore == RTE_MAX_LCORE)
		rte_exit(EXIT_FAILURE, "no second lcore for the pipe rows\n");
	stopping = false;
	freed.nb_freed = 0;
	rte_eal_remote_launch(pipe_free_all, NULL, lcore);
}

void
pipe_stop(void)
{
	__atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
	rte_eal_mp_wait_lcore();
}

static void
pipe_receive(struct test_rxq *tq, uint32_t n)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint32_t done = 0;
	uint16_t nb;

	while (done < n) {
		nb = tq->burst(tq->queue, pkts, (uint16_t)options.burst);
		if (unlikely(nb == 0 || spsc_put(&ring, (void **)pkts, nb) != 0))
			rte_exit(EXIT_FAILURE, "%s: %u packets received of %u\n", tq->name, done,
					n);
		done += nb;
	}
}

static void
pipe_wait(uint64_t nb_freed)
{
	while (__atomic_load_n(&freed.nb_freed, __ATOMIC_ACQUIRE) != nb_freed)
		rte_pause();
}

/* Pointers alone, which the other core takes and forgets. */
static void
pipe_put_bare(uint32_t n)
{
	static struct rte_mbuf *pkts[RING_MAX_BURST];
	uint32_t nb;

	for (; n > 0; n -= nb) {
		nb = RTE_MIN(n, options.burst);
		if (unlikely(spsc_put(&ring, (void **)pkts, nb) != 0))
			rte_exit(EXIT_FAILURE, "the ring between the cores is full\n");
	}
}

/* tq is NULL for pointers alone. */
static void
pipe_round(struct test_rxq *tq, uint32_t n, uint64_t *rx, uint64_t *whole)
{
	uint64_t before = __atomic_load_n(&freed.nb_freed, __ATOMIC_ACQUIRE);
	uint64_t begin, received, end;

	if (tq != NULL && wire_fill(&tq->wire, n) != n)
		rte_exit(EXIT_FAILURE, "%s: fewer than %u descriptors are armed\n", tq->name, n);
	begin = rte_rdtsc_precise();
	if (tq == NULL)
		pipe_put_bare(n);
	else
		pipe_receive(tq, n);
	received = rte_rdtsc_precise();
	pipe_wait(before + n);
	end = rte_rdtsc_precise();
	*rx += received - begin;
	*whole += end - begin;
}

static struct pipe_cost
pipe_measure_rounds(struct test_rxq *tq, uint32_t n, unsigned int nb_rounds)
{
	uint64_t rx = 0, whole = 0;
	unsigned int i;

	for (i = 0; i < WARM_UP; i++)
		pipe_round(tq, n, &rx, &whole);
	rx = 0;
	whole = 0;
	for (i = 0; i < nb_rounds; i++)
		pipe_round(tq, n, &rx, &whole);
	return (struct pipe_cost){
		.rx = (double)rx / n / nb_rounds,
		.whole = (double)whole / n / nb_rounds,
	};
}

struct pipe_cost
pipe_measure(struct test_rxq *tq, enum ring_free how, unsigned int nb_rounds)
{
	free_how = how;
	return pipe_measure_rounds(tq, ring_filling(tq->wire.nb_desc), nb_rounds);
}

struct pipe_cost
pipe_measure_bare(unsigned int nb_rounds)
{
	free_how = RING_FREE_LATER;
	return pipe_measure_rounds(NULL, ring_filling(options.nb_desc), nb_rounds);
}
