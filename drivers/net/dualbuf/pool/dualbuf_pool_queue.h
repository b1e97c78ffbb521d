/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_QUEUE_H_
#define _DUALBUF_POOL_QUEUE_H_

/* The entries of a return pool, one for each receive queue, and the arrays of their rings. */

#include "dualbuf_pool.h"

/* An empty ring of the length and sides that are asked for. Returns 0, -ENOMEM or -ENOSPC. */
int dualbuf_pool_queue_reserve(struct dualbuf_pool *pool,
		const struct dualbuf_pool_request *request, struct dualbuf_pool_queue **out);

/*
 * Take the arrays away. released stays as it is, since somebody may look at it still: who then comes
 * for the lock finds no slots, or those of another life, which are right too. Under the lock.
 */
void dualbuf_pool_queue_free(struct dualbuf_pool_queue *queue);

/* How many queues are bound, not counting those that wait for buffers after their release. */
unsigned int dualbuf_pool_queues_in_use(const struct dualbuf_pool *pool);

#endif /* _DUALBUF_POOL_QUEUE_H_ */
