/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_OPTIONS_H_
#define _FWD_OPTIONS_H_

#include <stdbool.h>
#include <stdint.h>

#define OPTIONS_MAX_THREADS 64

/* The program's options, those after the "--". */
struct options {
	bool interrupt; /* the handler sleeps until the NIC has packets; else it polls */
	const char *copy; /* "inline", "deferred", or NULL: as the ports were made */
	unsigned int threads; /* protocol threads */
	const char *write; /* where to store every packet; NULL: nowhere */
	double duration; /* s; 0: no limit */
	uint64_t count; /* packets; 0: no limit */
	const char *json; /* where to put the summary; NULL: nowhere */
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP, /* help was asked for, and given */
	OPTIONS_WRONG, /* one line on stderr said what is wrong and what is allowed */
};

/* Read what follows the "--" in the command line; the strings stay argv's. */
enum options_result options_parse(int argc, char **argv, struct options *options);

/* Print the options that there are, on stdout. */
void options_help(const char *program);

#endif /* _FWD_OPTIONS_H_ */
