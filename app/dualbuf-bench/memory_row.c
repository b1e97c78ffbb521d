/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <rte_debug.h>
#include <rte_mempool.h>

#include "base.h"
#include "options.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/* The mbufs that belong to a queue while it runs, with a consumer that holds more and more and lets go. */

/* mbufs that belong to a queue now; bytes of them and of all that tells where they are. */
static double
memory_bytes(const struct test_rxq *tq)
{
	const struct test_rxq_shape *shape = &tq->shape;
	size_t elt = tq->pool->header_size + tq->pool->elt_size + tq->pool->trailer_size;
	size_t desc = shape->nb_desc * sizeof(union dualbuf_rx_desc);
	size_t nb_slots = (size_t)shape->nb_desc * shape->nb_bufs;

	if (shape->kind != RIG_OURS)
		return shape->nb_desc * (elt + sizeof(void *)) + desc;
	/* pointer, address, hand-over and return byte for each slot; the armed side */
	return nb_slots * (elt + sizeof(void *) + sizeof(uint64_t) + 2) + shape->nb_desc + desc;
}

static void
memory_run(struct test_rxq *tq, struct sample *bound)
{
	/* more than there are alternates, so that some packets are copied */
	uint32_t limit = tq->shape.nb_desc * (tq->shape.nb_bufs - 1) + tq->shape.nb_spare / 2;
	struct rte_mbuf **held = calloc(limit + options.burst, sizeof(*held));
	uint32_t nb_held = 0, i;

	if (held == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	for (i = 0; i < SAMPLE_MAX; i++) {
		wire_fill(&tq->wire, options.burst);
		nb_held += tq->burst(tq->queue, &held[nb_held], (uint16_t)options.burst);
		sample_add(bound, test_rxq_bound(tq));
		if (nb_held + options.burst > limit) {
			rte_pktmbuf_free_bulk(held, nb_held);
			nb_held = 0;
		}
	}
	rte_pktmbuf_free_bulk(held, nb_held);
	free(held);
}

/* The largest difference from what was promised counts. */
static void
memory_worst(struct sample *sample, double promised)
{
	double low = sample_quantile(sample, 0), high = sample_quantile(sample, 1);

	sample->nb = 0;
	sample_add(sample, promised - low > high - promised ? low : high);
}

void
memory_row(void)
{
	static struct sample bound, promised, bytes[2];
	struct test_rxq_shape ours = test_rxq_shape_of(RIG_OURS), base = test_rxq_shape_of(RIG_B1);
	struct result mbufs = { .row = "memory",
		.baseline = "N x descriptors",
		.unit = "mbufs",
		.ours = &bound,
		.theirs = &promised,
		.sense = RESULT_EQUAL,
		.goal = 1 };
	struct result size = { .row = "memory-bytes",
		.baseline = "b1",
		.unit = "bytes",
		.ours = &bytes[0],
		.theirs = &bytes[1] };
	struct test_rxq *tqs[2];

	if (!options_wants("memory"))
		return;
	tqs[0] = test_rxq_open(&ours);
	tqs[1] = test_rxq_open(&base);
	sample_add(&promised, ours.nb_desc * ours.nb_bufs);
	memory_run(tqs[0], &bound);
	memory_worst(&bound, promised.values[0]);
	sample_add(&bytes[0], memory_bytes(tqs[0]));
	sample_add(&bytes[1], memory_bytes(tqs[1]));
	result_print(&mbufs);
	result_print(&size);
	test_rxq_close(tqs[0]);
	test_rxq_close(tqs[1]);
}
