/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RANDOM_UTIL_H_
#define _RANDOM_UTIL_H_

#include <stdint.h>

/* One step of Marsaglia's xorshift64: the same numbers everywhere for the same seed. */
static inline uint64_t
test_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline uint32_t
test_random_below(uint64_t *seed, uint32_t limit)
{
	return (uint32_t)((test_random(seed) >> 16) % limit);
}

#endif /* _RANDOM_UTIL_H_ */
