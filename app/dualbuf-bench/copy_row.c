/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_debug.h>
#include <rte_malloc.h>
#include <rte_memcpy.h>

#include "options.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/*
 * The consumer holds all alternates, so that ours has to copy every packet to a temporary. A
 * conventional driver does not; its consumer, who cannot keep mbufs for that long, copies what it
 * wants to keep.
 */

static const uint16_t lengths[] = { 60, 1514 };

/* As many as there are temporaries at a time: the same memory again and again. */
#define SCRATCH_BUFFERS 32
#define SCRATCH_SIZE 2048

static char *scratch;

static void
copy_to_scratch(struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	uint16_t i;

	for (i = 0; i < nb_pkts; i++)
		rte_memcpy(&scratch[i % SCRATCH_BUFFERS * SCRATCH_SIZE],
				rte_pktmbuf_mtod(pkts[i], const void *), pkts[i]->data_len);
}

/* Receive packets for good, until no descriptor has an alternate. */
static void
copy_hold(struct test_rxq *tq, struct rte_mbuf **held, uint32_t nb)
{
	uint32_t done = 0;

	while (done < nb) {
		wire_fill(&tq->wire, RTE_MIN(nb - done, options.burst));
		done += tq->burst(tq->queue, &held[done],
				(uint16_t)RTE_MIN(nb - done, options.burst));
	}
}

static void
copy_of(uint16_t len)
{
	static struct ring_contender contenders[2];
	struct test_rxq_shape ours = test_rxq_shape_of(RIG_OURS), base = test_rxq_shape_of(RIG_B1);
	uint32_t nb_held = ours.nb_desc * (ours.nb_bufs - 1);
	struct rte_mbuf **held = calloc(nb_held, sizeof(*held));
	char row[32];
	struct result result = {
		.row = row,
		.baseline = "b1+rte_memcpy",
		.unit = "cycles/packet",
		.ours = &contenders[0].cycles,
		.theirs = &contenders[1].cycles,
		.sense = RESULT_AT_MOST,
		.goal = 1,
	};

	if (held == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	contenders[0].tq = test_rxq_open(&ours);
	contenders[1].tq = test_rxq_open(&base);
	contenders[0].tq->wire.data_len = len;
	contenders[1].tq->wire.data_len = len;
	contenders[0].work.free = RING_FREE_BULK;
	contenders[1].work = (struct ring_work){ RING_FREE_BULK, copy_to_scratch, false };
	copy_hold(contenders[0].tq, held, nb_held);
	ring_contest(contenders, RTE_DIM(contenders), options.nb_samples);
	snprintf(row, sizeof(row), "copy %u", len);
	result_print(&result);
	rte_pktmbuf_free_bulk(held, nb_held);
	free(held);
	test_rxq_close(contenders[0].tq);
	test_rxq_close(contenders[1].tq);
}

void
copy_row(void)
{
	unsigned int i;

	if (!options_wants("copy"))
		return;
	scratch = rte_malloc(NULL, SCRATCH_BUFFERS * SCRATCH_SIZE, RTE_CACHE_LINE_SIZE);
	if (scratch == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	for (i = 0; i < RTE_DIM(lengths); i++)
		copy_of(lengths[i]);
	rte_free(scratch);
}
