/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DESC_POS_H_
#define _DUALBUF_DESC_POS_H_

/* Positions in a descriptor ring, as a device in software has them, and counters that any thread may read. */

#include <stdint.h>

/* Distance from one position of a ring to another, going forward. */
static inline uint32_t
dualbuf_pos_distance(uint32_t from, uint32_t to, uint32_t nb_desc)
{
	return to >= from ? to - from : to + nb_desc - from;
}

static inline uint32_t
dualbuf_pos_next(uint32_t pos, uint32_t nb_desc)
{
	return pos + 1 == nb_desc ? 0 : pos + 1;
}

/* The thread that uses the queue is the only one that counts. */
static inline void
dualbuf_soft_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

#endif /* _DUALBUF_DESC_POS_H_ */
