/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _OPTIONS_H_
#define _OPTIONS_H_

/* The options of the command line. */

#include <stdbool.h>

struct options {
	const char *rows; /* names with commas between; NULL: all */
	const char *dir; /* captures that the bench makes */
	unsigned int nb_samples; /* of each contender */
	unsigned int nb_rounds; /* fillings of the ring in one sample */
	unsigned int nb_desc;
	unsigned int nb_bufs;
	unsigned int burst;
	unsigned int simd; /* 0: as EAL has it */
	unsigned int cpus[2];
	bool quick;
	bool smoke; /* quick too */
	bool json;
	bool no_huge;
};

extern struct options options;

/* Returns false when the program is to end; the reason is printed. */
bool options_parse(int argc, char **argv, int *exit_code);

/* Was this row asked for? */
bool options_wants(const char *row);

#endif /* _OPTIONS_H_ */
