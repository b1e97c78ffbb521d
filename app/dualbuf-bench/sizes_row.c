/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>

#include <rte_common.h>

#include "options.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

/* ring-free for short and long rings, and more buffers: how cost grows. */

static const unsigned int lengths[] = { 64, 128, 256, 512, 1024, 2048, 4096 };
static const unsigned int buffers[] = { 2, 3, 4, 8 };

#define NB_OURS RTE_DIM(buffers)

static void
sizes_result(const struct ring_contender *ours, const struct ring_contender *theirs)
{
	const struct test_rxq_shape *shape = &ours->tq->shape;
	char row[32], series[32];
	struct result result = {
		.row = row,
		.baseline = theirs->tq->name,
		.unit = "cycles/packet",
		.ours = &ours->cycles,
		.theirs = &theirs->cycles,
		.sense = RESULT_AT_MOST,
		.goal = 1,
	};

	snprintf(row, sizeof(row), "sizes %ux%u", shape->nb_desc, shape->nb_bufs);
	snprintf(series, sizeof(series), "N = %u", shape->nb_bufs);
	result_print(&result);
	result_point("sizes", series, shape->nb_desc, sample_median(&ours->cycles));
}

static void
sizes_of(unsigned int nb_desc)
{
	static struct ring_contender contenders[NB_OURS + 1];
	struct ring_contender *base = &contenders[NB_OURS];
	unsigned int i;

	for (i = 0; i < RTE_DIM(contenders); i++) {
		struct test_rxq_shape shape = {
			.kind = i < NB_OURS ? RIG_OURS : RIG_B1,
			.nb_desc = nb_desc,
			.nb_bufs = i < NB_OURS ? buffers[i] : 1,
			.nb_spare = nb_desc,
		};

		contenders[i].tq = test_rxq_open(&shape);
		contenders[i].work.free = RING_FREE_BULK;
	}
	ring_contest(contenders, RTE_DIM(contenders), RTE_MIN(options.nb_samples, 31u));
	for (i = 0; i < NB_OURS; i++)
		sizes_result(&contenders[i], base);
	result_point("sizes", base->tq->name, nb_desc, sample_median(&base->cycles));
	for (i = 0; i < RTE_DIM(contenders); i++)
		test_rxq_close(contenders[i].tq);
}

void
sizes_row(void)
{
	unsigned int i;

	if (!options_wants("sizes"))
		return;
	for (i = 0; i < RTE_DIM(lengths); i++)
		sizes_of(lengths[i]);
}
