/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RESULT_H_
#define _RESULT_H_

/* The result of a row: ours against a baseline, and whether the goal is met. */

#include <stdbool.h>

#include <rte_common.h>

#include "sample.h"

enum result_sense {
	RESULT_NO_GOAL,
	RESULT_AT_MOST,
	RESULT_AT_LEAST,
	RESULT_EQUAL,
};

struct result {
	const char *row;
	const char *baseline; /* NULL: there is none, the ratio is given */
	const char *unit;
	const struct sample *ours;
	const struct sample *theirs;
	bool alone; /* what counts is ours, not how it compares */
	enum result_sense sense;
	double goal;
};

/* As lines of JSON, an object each, instead of a table. */
void result_as_json(bool json);

void result_print(const struct result *result);

/* Something about the machine. */
void result_note(const char *format, ...) __rte_format_printf(1, 2);

/* A point of a plot: series of a row, x and y. Only with JSON. */
void result_point(const char *row, const char *series, double x, double y);

#endif /* _RESULT_H_ */
