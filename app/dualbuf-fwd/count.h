/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_COUNT_H_
#define _FWD_COUNT_H_

/*
 * A counter has one thread that counts; any thread may read it meanwhile.
 */

#include <stdint.h>

static inline void
count_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline uint64_t
count_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif /* _FWD_COUNT_H_ */
