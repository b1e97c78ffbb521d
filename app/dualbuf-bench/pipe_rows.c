/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_common.h>

#include "options.h"
#include "pipe.h"
#include "result.h"
#include "rows.h"

#define CONTENDERS 3

struct pipe_samples {
	struct sample rx;
	struct sample whole;
};

/* What the receiving core cannot do without: pointers go on the ring, and packets are received. */
static struct sample rx_parts;

/* The bound of all contenders: no packets at all. */
static struct pipe_samples bare;

static void
pipe_contest(struct test_rxq **tqs, enum ring_free how, struct pipe_samples *samples)
{
	const struct ring_work receive = { RING_FREE_LATER, NULL, false };
	struct pipe_cost cost;
	unsigned int i, k;

	rx_parts.nb = 0;
	bare.rx.nb = 0;
	bare.whole.nb = 0;
	for (k = 0; k < CONTENDERS; k++) {
		samples[k].rx.nb = 0;
		samples[k].whole.nb = 0;
		pipe_measure(tqs[k], how, options.nb_rounds);
	}
	for (i = 0; i < options.nb_samples; i++) {
		for (k = 0; k < CONTENDERS; k++) {
			cost = pipe_measure(tqs[k], how, options.nb_rounds);
			sample_add(&samples[k].rx, cost.rx);
			sample_add(&samples[k].whole, cost.whole);
		}
		cost = pipe_measure_bare(options.nb_rounds);
		sample_add(&bare.rx, cost.rx);
		sample_add(&bare.whole, cost.whole);
		sample_add(&rx_parts,
				cost.rx + ring_measure(tqs[RIG_OURS], &receive, options.nb_rounds));
	}
}

static void
pipe_result(const char *row, const char *baseline, const struct sample *ours,
		const struct sample *theirs, double goal)
{
	struct result result = {
		.row = row,
		.baseline = baseline,
		.unit = "cycles/packet",
		.ours = ours,
		.theirs = theirs,
		.sense = goal > 0 ? RESULT_AT_MOST : RESULT_NO_GOAL,
		.goal = goal,
	};

	if (options_wants(row))
		result_print(&result);
}

/* The second core's work, and the rows that this gives. Goals by baseline; 0: none. */
struct pipe_kind {
	enum ring_free how;
	const char *row_rx;
	const char *row;
	double goal_rx; /* against rx_parts */
	double goals[CONTENDERS];
};

static const struct pipe_kind kinds[] = {
	{ RING_FREE_BULK, "pipe-rx", "pipe", 1.15, { 0, 0.85, 0.85 } },
	{ RING_FREE_FAST, "pipe-fast-rx", "pipe-fast", 0, { 0, 0.6, 0.7 } },
	{ RING_FREE_LOOK, "pipe-look-rx", "pipe-look", 0, { 0 } },
};

static void
pipe_row(struct test_rxq **tqs, const struct pipe_kind *pipe)
{
	static struct pipe_samples samples[CONTENDERS];
	enum test_rxq_kind kind;

	pipe_contest(tqs, pipe->how, samples);
	for (kind = RIG_B1; kind <= RIG_B2; kind++) {
		pipe_result(pipe->row_rx, tqs[kind]->name, &samples[RIG_OURS].rx, &samples[kind].rx,
				0);
		pipe_result(pipe->row, tqs[kind]->name, &samples[RIG_OURS].whole,
				&samples[kind].whole, pipe->goals[kind]);
	}
	pipe_result(pipe->row_rx, "ring alone", &samples[RIG_OURS].rx, &bare.rx, 0);
	pipe_result(pipe->row_rx, "ring+ring-rx", &samples[RIG_OURS].rx, &rx_parts, pipe->goal_rx);
	pipe_result(pipe->row, "ring alone", &samples[RIG_OURS].whole, &bare.whole, 0);
}

static bool
pipe_is_wanted(const struct pipe_kind *pipe)
{
	return options_wants(pipe->row_rx) || options_wants(pipe->row);
}

void
pipe_rows(void)
{
	struct test_rxq *tqs[CONTENDERS];
	enum test_rxq_kind kind;
	unsigned int i, nb = 0;

	for (i = 0; i < RTE_DIM(kinds); i++)
		nb += pipe_is_wanted(&kinds[i]);
	if (nb == 0)
		return;
	for (kind = RIG_OURS; kind <= RIG_B2; kind++) {
		struct test_rxq_shape shape = test_rxq_shape_of(kind);

		tqs[kind] = test_rxq_open(&shape);
	}
	result_note("from one core to the other: %.0f cycles", pipe_distance());
	pipe_start();
	for (i = 0; i < RTE_DIM(kinds); i++)
		if (pipe_is_wanted(&kinds[i]))
			pipe_row(tqs, &kinds[i]);
	pipe_stop();
	for (kind = RIG_OURS; kind <= RIG_B2; kind++)
		test_rxq_close(tqs[kind]);
}
