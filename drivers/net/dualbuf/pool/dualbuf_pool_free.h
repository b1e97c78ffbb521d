/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_FREE_H_
#define _DUALBUF_POOL_FREE_H_

/*
 * The freeing side of a return pool: mbufs that are put there go home, to the application's pool, or
 * on to the pool that they name. All of it is for any thread, at any time.
 */

#include "dualbuf_pool.h"

/* Operations of the return pool as a mempool. */
int dualbuf_pool_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n);
int dualbuf_pool_dequeue(struct rte_mempool *mp, void **objs, unsigned int n);
unsigned int dualbuf_pool_get_count(const struct rte_mempool *mp);

/*
 * The queue is gone: its buffers in n slots from slot on that are home go to the application's pool. With
 * the last one the application may destroy both pools.
 */
void dualbuf_pool_retire(struct dualbuf_pool *pool, struct dualbuf_pool_queue *queue, uint32_t slot,
		uint32_t n);

/*
 * A barrier in every thread that may free an mbuf. After it, whoever stored a return byte has
 * either made it visible here, or will see what was stored here before.
 */
void dualbuf_pool_barrier(void);

#endif /* _DUALBUF_POOL_FREE_H_ */
