/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _STACK_UTIL_H_
#define _STACK_UTIL_H_

/*
 * A mempool behind a mutex, for tests that need to know in what order its mbufs were handed on, or to hold
 * who does it. The operations are the test's own, made of these.
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mempool.h>

struct stack {
	pthread_mutex_t lock;
	unsigned int nb;
	void *objs[];
};

static inline int
stack_alloc(struct rte_mempool *mp)
{
	struct stack *stack = calloc(1, sizeof(*stack) + mp->size * sizeof(void *));

	if (stack == NULL)
		return -ENOMEM;
	pthread_mutex_init(&stack->lock, NULL);
	mp->pool_data = stack;
	return 0;
}

static inline void
stack_free(struct rte_mempool *mp)
{
	free(mp->pool_data);
}

/* Returns whether the pool is full then. Who sees it so may destroy it before this returns. */
static inline bool
stack_push(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	struct stack *stack = mp->pool_data;
	bool full;

	pthread_mutex_lock(&stack->lock);
	memcpy(&stack->objs[stack->nb], objs, n * sizeof(void *));
	stack->nb += n;
	full = stack->nb == mp->size;
	pthread_mutex_unlock(&stack->lock);
	return full;
}

static inline int
stack_get(struct rte_mempool *mp, void **objs, unsigned int n)
{
	struct stack *stack = mp->pool_data;
	int ret = -ENOBUFS;

	pthread_mutex_lock(&stack->lock);
	if (n <= stack->nb) {
		stack->nb -= n;
		memcpy(objs, &stack->objs[stack->nb], n * sizeof(void *));
		ret = 0;
	}
	pthread_mutex_unlock(&stack->lock);
	return ret;
}

static inline unsigned int
stack_count(const struct rte_mempool *mp)
{
	struct stack *stack = mp->pool_data;
	unsigned int nb;

	pthread_mutex_lock(&stack->lock);
	nb = stack->nb;
	pthread_mutex_unlock(&stack->lock);
	return nb;
}

#endif /* _STACK_UTIL_H_ */
