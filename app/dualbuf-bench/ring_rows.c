/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_common.h>

#include "options.h"
#include "result.h"
#include "ring.h"
#include "rows.h"

struct ring_row {
	const char *name;
	struct ring_work work;
	double goals[3]; /* by baseline; 0: none */
	enum test_rxq_kind last; /* of the contenders */
};

static const struct ring_row rows[] = {
	{ "ring-rx", { RING_FREE_LATER, NULL, false }, { 0.25, 0.6, 0 }, RIG_BARE },
	{ "ring-free", { RING_FREE_BULK, NULL, false }, { 0.55, 0.95, 0 }, RIG_BARE },
	{ "ring-fastfree", { RING_FREE_FAST, NULL, false }, { 0.40, 0.88, 0 }, RIG_BARE },
	/* as ring-free, but bursts begin anywhere and the last of each filling is a short one */
	{ "ring-drift", { RING_FREE_BULK, NULL, true }, { 0 }, RIG_B2 },
};

static void
ring_row(const struct ring_row *row)
{
	static struct ring_contender contenders[RIG_BARE + 1];
	enum test_rxq_kind kind;

	for (kind = RIG_OURS; kind <= row->last; kind++) {
		struct test_rxq_shape shape = test_rxq_shape_of(kind);

		contenders[kind].tq = test_rxq_open(&shape);
		contenders[kind].work = row->work;
	}
	ring_contest(contenders, row->last + 1, options.nb_samples);
	for (kind = RIG_B1; kind <= row->last; kind++) {
		struct result result = {
			.row = row->name,
			.baseline = contenders[kind].tq->name,
			.unit = "cycles/packet",
			.ours = &contenders[RIG_OURS].cycles,
			.theirs = &contenders[kind].cycles,
			.sense = row->goals[kind - 1] > 0 ? RESULT_AT_MOST : RESULT_NO_GOAL,
			.goal = row->goals[kind - 1],
		};

		result_print(&result);
	}
	for (kind = RIG_OURS; kind <= row->last; kind++)
		test_rxq_close(contenders[kind].tq);
}

void
ring_rows(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(rows); i++)
		if (options_wants(rows[i].name))
			ring_row(&rows[i]);
}
