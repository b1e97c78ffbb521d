/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ARGS_H_
#define _DUALBUF_ARGS_H_

/* Device arguments that every device of this driver takes. */

#include <stdbool.h>
#include <stdint.h>

#include "dualbuf_rx_path.h"

/*
 * A row for each argument: its name, and the values that are allowed. dualbuf_args.c has a parser by
 * the name parse_<name> for each; what lists the arguments anywhere else is made of these rows.
 */
#define DUALBUF_ARG_TABLE(ROW) \
	ROW(buffers, "<2-8>") \
	ROW(copy, "<inline|deferred>") \
	ROW(intr_us, "<0-16000>") \
	ROW(burst, "<scalar|sse|avx2|avx512>")

/* Every argument as " name=<values>", for RTE_PMD_REGISTER_PARAM_STRING. */
#define DUALBUF_ARG_PARAM(name, values) " " #name "=" values
#define DUALBUF_PARAM_STRING DUALBUF_ARG_TABLE(DUALBUF_ARG_PARAM)

/* Every name with ", " before it, for messages. */
#define DUALBUF_ARG_LISTED(name, values) ", " #name
#define DUALBUF_ARG_NAMES DUALBUF_ARG_TABLE(DUALBUF_ARG_LISTED)

/* The largest moderation interval that the 82574L's registers hold: 16 bits of 256 ns. */
#define DUALBUF_MAX_INTR_US 16000

struct dualbuf_args {
	uint32_t nb_bufs; /* bound buffers wanted per descriptor */
	bool deferred; /* last buffers go up as loans, instead of being copied */
	uint32_t intr_us; /* shortest time between two receive interrupts of a queue */
	enum dualbuf_burst burst;
};

extern const struct dualbuf_args dualbuf_default_args;

/* Parse a number in decimal. Returns 0, or -EINVAL, when a line that says what is allowed was logged. */
int dualbuf_args_number(
		const char *name, const char *value, uint32_t min, uint32_t max, uint32_t *number);

/*
 * Parse the value of one argument into args. Returns 0; -EINVAL with a line in the log that says what
 * is allowed; -ENOENT, with nothing logged, for a name that is not in the table.
 */
int dualbuf_args_parse(const char *name, const char *value, struct dualbuf_args *args);

#endif /* _DUALBUF_ARGS_H_ */
