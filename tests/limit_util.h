/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _LIMIT_UTIL_H_
#define _LIMIT_UTIL_H_

#include <sys/resource.h>

#include "cmocka_util.h"

#include <rte_common.h>

/* While the limit holds, files cannot grow beyond it: as on a full disk, but for the reason. */
static inline void
limit_files(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = RTE_MIN(size, limit.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif /* _LIMIT_UTIL_H_ */
