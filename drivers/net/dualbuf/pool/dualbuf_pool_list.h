/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_LIST_H_
#define _DUALBUF_POOL_LIST_H_

/*
 * The return pools of this process, one for each mempool of the application's. The primary process
 * alone makes and frees them. Control path.
 */

#include "dualbuf_pool.h"

/* The facts that primary and secondary processes have to agree on; in a memzone. */
struct dualbuf_pool_shared {
	char ops_name[RTE_MEMPOOL_OPS_NAMESIZE]; /* ours, or whose place in the table we share */
	int ops_index;
	int handle_offset;
	uint32_t nb_created; /* names of return pools are numbered */
};

/*
 * Is this mempool a return pool? Those that are made with these facts point to them, where others have
 * what their operations are configured with, if anything: nobody else has a use for this address. To be
 * looked at for each free, so it stands beside the pool's data.
 */
static inline bool
dualbuf_pool_list_made(const struct dualbuf_pool_shared *shared, const struct rte_mempool *mp)
{
	return mp->pool_config == shared;
}

/* Return pools are made with these facts from here on. */
void dualbuf_pool_list_start(struct dualbuf_pool_shared *shared);

/*
 * The return pool of an application's pool, made at first use. Whatever the application wrote to its
 * pool's private area until now shows in the return pool's. NULL: no memory.
 */
struct dualbuf_pool *dualbuf_pool_list_get(struct rte_mempool *app);

/*
 * The application's pool, also when it was given as the pool of an mbuf that we had handed up;
 * NULL when there is none behind that one any more.
 */
struct rte_mempool *dualbuf_pool_list_application(struct rte_mempool *mp);

/* The mempool operation: the data is kept for the next return pool, see the top of dualbuf_pool.h. */
void dualbuf_pool_list_free(struct rte_mempool *mp);

/*
 * The event of a mempool. When the application's goes, the return pool goes with it: now, or with the
 * last queue that was bound to it. Its memory is there until this returns, so whoever may touch it has
 * to stop here.
 */
void dualbuf_pool_list_on_event(enum rte_mempool_event event, struct rte_mempool *mp, void *arg);

#endif /* _DUALBUF_POOL_LIST_H_ */
