/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VDEV_STATE_UTIL_H_
#define _VDEV_STATE_UTIL_H_

/* Ports and pools that a test of the virtual NIC has until its end, and how it waits. */

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <rte_common.h>
#include <rte_mempool.h>

#include "census_util.h"
#include "cmocka_util.h"

#define VDEV_MAX_POOLS 8
#define VDEV_PATIENCE_S 20

struct vdev_block {
	struct vdev_block *next;
	char memory[] __rte_aligned(16);
};

static struct {
	struct vdev_census before;
	struct rte_mempool *pools[VDEV_MAX_POOLS];
	unsigned int nb_pools;
	struct vdev_block *blocks; /* gone when the test ends */
	unsigned int nb_plugged;
	char dir[PATH_MAX]; /* of this program's files */
} vdev;

/* Memory until the end of the test, also when it fails. */
static inline void *
vdev_alloc(size_t size)
{
	struct vdev_block *block = calloc(1, sizeof(*block) + size);

	assert_non_null(block);
	block->next = vdev.blocks;
	vdev.blocks = block;
	return block->memory;
}

__rte_format_printf(1, 2) static inline char *vdev_text(const char *format, ...)
{
	char *text = vdev_alloc(2 * PATH_MAX);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, 2 * PATH_MAX, format, ap);
	va_end(ap);
	return text;
}

/* Deadlines instead of sleeps: while (vdev_wait(&since)) ... goes round until patience ends. */
static inline double
vdev_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static inline bool
vdev_wait(double *since)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	if (*since == 0)
		*since = vdev_now();
	else
		nanosleep(&ms, NULL);
	return vdev_now() - *since < VDEV_PATIENCE_S;
}

#endif /* _VDEV_STATE_UTIL_H_ */
