/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _PATH_UTIL_H_
#define _PATH_UTIL_H_

/* Which instance of the receive path a program is to test: by its argument. */

#include <string.h>

#include "dualbuf_args.h"
#include "dualbuf_pool.h"
#include "dualbuf_rx_format.h"
#include "dualbuf_rxq.h"

/* For meson: this machine lacks what the test needs. */
#define TEST_EXIT_SKIP 77

static inline int
test_path_of(int argc, char **argv, enum dualbuf_burst *path)
{
	static const char *const names[] = { "scalar", "sse", "avx2", "avx512" };
	unsigned int i;

	for (i = 0; argc == 2 && i < RTE_DIM(names); i++) {
		if (strcmp(argv[1], names[i]) == 0) {
			*path = i;
			return 0;
		}
	}
	fprintf(stderr, "usage: %s scalar|sse|avx2|avx512\n", argv[0]);
	return -1;
}

/* For TEST_EAL_MAIN(): the path is the program's argument, and this machine has it. */
static inline int
test_path_ready(int argc, char **argv, enum dualbuf_burst *path)
{
	if (dualbuf_pool_register() != 0 || test_path_of(argc, argv, path) != 0)
		return -1;
	return dualbuf_rx_path_check(*path) == 0 ? 0 : TEST_EXIT_SKIP;
}

#endif /* _PATH_UTIL_H_ */
