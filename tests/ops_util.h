/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _OPS_UTIL_H_
#define _OPS_UTIL_H_

/* Mempool ops that do nothing but take places in a process's table. Include after cmocka.h. */

#include <errno.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_mempool.h>

static inline int
ops_no_alloc(struct rte_mempool *mp __rte_unused)
{
	return -ENOTSUP;
}

static inline int
ops_no_enqueue(struct rte_mempool *mp __rte_unused, void *const *objs __rte_unused,
		unsigned int n __rte_unused)
{
	return -ENOTSUP;
}

static inline int
ops_no_dequeue(struct rte_mempool *mp __rte_unused, void **objs __rte_unused,
		unsigned int n __rte_unused)
{
	return -ENOTSUP;
}

static inline unsigned int
ops_no_count(const struct rte_mempool *mp __rte_unused)
{
	return 0;
}

/* Returns the place. */
static inline int
ops_take_place(void)
{
	struct rte_mempool_ops ops = {
		.alloc = ops_no_alloc,
		.enqueue = ops_no_enqueue,
		.dequeue = ops_no_dequeue,
		.get_count = ops_no_count,
	};

	snprintf(ops.name, sizeof(ops.name), "dummy%u", rte_mempool_ops_table.num_ops);
	return rte_mempool_register_ops(&ops);
}

/* As a DPDK with many mempool drivers does. */
static inline void
ops_fill_table(void)
{
	while (rte_mempool_ops_table.num_ops < RTE_MEMPOOL_MAX_OPS_IDX)
		ops_take_place();
}

#endif /* _OPS_UTIL_H_ */
