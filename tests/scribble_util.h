/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _SCRIBBLE_UTIL_H_
#define _SCRIBBLE_UTIL_H_

/*
 * Who writes to memory that was freed? EAL's heap is taken whole, so that what was freed is somebody
 * else's now, and filled with a pattern that must still be there later.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_malloc.h>

#define SCRIBBLE_SIZE 4096
#define SCRIBBLE_BYTE 0x5a

struct scribble {
	struct scribble *next;
	uint8_t bytes[SCRIBBLE_SIZE - sizeof(void *)];
};

/* Blocks of EAL's heap: as many as there are of this much memory, lowest addresses last. */
static inline struct scribble *
scribble_take(size_t megabytes)
{
	struct scribble *all = NULL, *one;
	size_t nb;

	for (nb = 0; nb < megabytes * 1024 * 1024 / SCRIBBLE_SIZE; nb++) {
		one = rte_malloc("scribble", sizeof(*one), 0);
		if (one == NULL)
			break;
		memset(one->bytes, SCRIBBLE_BYTE, sizeof(one->bytes));
		one->next = all;
		all = one;
	}
	return all;
}

/* Give the blocks back. Returns whether all bytes were as they had been. */
static inline bool
scribble_intact(struct scribble *all)
{
	struct scribble *next;
	bool intact = true;
	size_t i;

	for (; all != NULL; all = next) {
		next = all->next;
		for (i = 0; i < sizeof(all->bytes); i++)
			intact &= all->bytes[i] == SCRIBBLE_BYTE;
		rte_free(all);
	}
	return intact;
}

#endif /* _SCRIBBLE_UTIL_H_ */
