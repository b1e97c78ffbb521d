/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _CENSUS_UTIL_H_
#define _CENSUS_UTIL_H_

/* The possessions of a process in EAL and in the kernel, to see that a test leaves nothing behind. */

#include <dirent.h>
#include <stdbool.h>

#include <ethdev_driver.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mempool.h>
#include <rte_memzone.h>

#include "cmocka_util.h"

struct vdev_census {
	unsigned int allocations; /* of EAL's heaps */
	unsigned int memzones;
	unsigned int mempools;
	unsigned int files;
};

static inline void
vdev_count_memzone(const struct rte_memzone *mz, void *nb)
{
	(void)mz;
	(*(unsigned int *)nb)++;
}

static inline void
vdev_count_mempool(struct rte_mempool *mp, void *nb)
{
	(void)mp;
	(*(unsigned int *)nb)++;
}

/* How many entries a folder has, "." and ".." among them. */
static inline unsigned int
vdev_count_entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int nb = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		nb++;
	closedir(dir);
	return nb;
}

static inline struct vdev_census
vdev_count(void)
{
	struct vdev_census census = { .files = vdev_count_entries("/proc/self/fd") };
	struct rte_malloc_socket_stats heap;
	unsigned int i;

	/* later releases of ethdev free its memory with the last port, until one is looked for again */
	rte_eth_dev_allocated("");
	rte_memzone_walk(vdev_count_memzone, &census.memzones);
	rte_mempool_walk(vdev_count_mempool, &census.mempools);
	for (i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &heap) == 0)
			census.allocations += heap.alloc_count;
	return census;
}

static inline bool
vdev_same_count(const char *what, unsigned int before, unsigned int after)
{
	if (before != after)
		print_error("%s: %u before, %u after\n", what, before, after);
	return before == after;
}

static inline bool
vdev_nothing_left(const struct vdev_census *before)
{
	struct vdev_census after = vdev_count();
	bool same = true;

	same &= vdev_same_count("heap allocations", before->allocations, after.allocations);
	same &= vdev_same_count("memzones", before->memzones, after.memzones);
	same &= vdev_same_count("mempools", before->mempools, after.mempools);
	same &= vdev_same_count("open files", before->files, after.files);
	return same;
}

#endif /* _CENSUS_UTIL_H_ */
