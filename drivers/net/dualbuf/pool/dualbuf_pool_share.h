/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_SHARE_H_
#define _DUALBUF_POOL_SHARE_H_

/*
 * A place in the table of mempool ops that is shared with its owner. The table has 16 places, and DPDK
 * with all its mempool drivers may fill it. Return pools then name the place of somebody else, whose
 * functions are wrapped: a return pool, which bears the mark of one, gets ours, and any other pool those
 * of the place's owner.
 *
 * The table belongs to the process, so each process wraps the same place in its own table.
 */

#include "dualbuf_pool_list.h"

/* The index that mempool ops have in this process's table; -ENOENT if they are not there. */
int dualbuf_pool_ops_index(const char *name);

/*
 * The index of the best place to share. Each free to a pool of its owner costs a look at the mark, so it
 * is one that applications rarely use, and that no mempool uses now. Drivers for the memory of a device
 * are not considered: other drivers compare the index of a pool with theirs. Returns -ENOSPC if there is
 * none.
 */
int dualbuf_pool_share_choose(void);

/* Wrap the functions of a place; packets of its owner's pools may be on their way. */
void dualbuf_pool_share_start(
		const struct dualbuf_pool_shared *shared, const struct rte_mempool_ops *ours);

#endif /* _DUALBUF_POOL_SHARE_H_ */
