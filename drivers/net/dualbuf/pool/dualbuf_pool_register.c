/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memzone.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_free.h"
#include "dualbuf_pool_list.h"

#define POOL_OPS_NAME "dualbuf"
#define POOL_SHARED_NAME "net_dualbuf"

static struct dualbuf_pool_shared *pool_shared; /* NULL: not registered yet */

/* Return pools are made by dualbuf_pool_bind(), never populated; EAL wants the function. */
static int
pool_alloc(struct rte_mempool *mp)
{
	DUALBUF_LOG(ERR, "mempool %s: ops \"" POOL_OPS_NAME "\" cannot hold objects of their own",
			mp->name);
	return -ENOTSUP;
}

static const struct rte_mempool_ops pool_ops = {
	.name = POOL_OPS_NAME,
	.alloc = pool_alloc,
	.free = dualbuf_pool_list_free,
	.enqueue = dualbuf_pool_enqueue,
	.dequeue = dualbuf_pool_dequeue,
	.get_count = dualbuf_pool_get_count,
};

/* The index of our ops in this process's table; registers them if need be. */
static int
pool_ops_index(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < rte_mempool_ops_table.num_ops; i++)
		if (strcmp(rte_mempool_ops_table.ops[i].name, POOL_OPS_NAME) == 0)
			return i;
	ret = rte_mempool_register_ops(&pool_ops);
	if (ret < 0)
		DUALBUF_LOG(ERR,
				"no room for mempool ops: all %d places are taken; load fewer "
				"mempool drivers (-d)",
				RTE_MEMPOOL_MAX_OPS_IDX);
	return ret;
}

static int
pool_handle_offset(void)
{
	static const struct rte_mbuf_dynfield handle = {
		.name = "net_dualbuf_handle",
		.size = sizeof(uint32_t),
		.align = __alignof__(uint32_t),
	};
	int offset = rte_mbuf_dynfield_register(&handle);

	if (offset < 0)
		DUALBUF_LOG(ERR, "no room for a dynamic mbuf field of 4 bytes: %s",
				rte_strerror(rte_errno));
	return offset;
}

static void
pool_start(struct dualbuf_pool_shared *shared)
{
	pool_shared = shared;
	dualbuf_pool_list_start(shared);
}

static int
pool_register_primary(void)
{
	struct dualbuf_pool_shared *shared;
	const struct rte_memzone *mz;
	int ret;

	mz = rte_memzone_reserve(POOL_SHARED_NAME, sizeof(*shared), SOCKET_ID_ANY, 0);
	if (mz == NULL) {
		DUALBUF_LOG(ERR, "cannot reserve memzone " POOL_SHARED_NAME ": %s",
				rte_strerror(rte_errno));
		return -rte_errno;
	}
	shared = mz->addr;
	shared->nb_created = 0;
	shared->ops_index = pool_ops_index();
	shared->handle_offset = pool_handle_offset();
	ret = rte_mempool_event_callback_register(dualbuf_pool_list_on_event, NULL);
	if (ret == -EEXIST)
		ret = 0;
	if (shared->ops_index < 0 || shared->handle_offset < 0)
		ret = -ENOSPC;
	if (ret != 0)
		rte_memzone_free(mz);
	else
		pool_start(shared);
	return ret;
}

static int
pool_register_secondary(void)
{
	const struct rte_memzone *mz = rte_memzone_lookup(POOL_SHARED_NAME);
	struct dualbuf_pool_shared *shared;
	int index;

	if (mz == NULL) {
		DUALBUF_LOG(ERR, "the primary process has no net_dualbuf port");
		return -ENODEV;
	}
	shared = mz->addr;
	index = pool_ops_index();
	if (index < 0)
		return index;
	if (index != shared->ops_index) {
		DUALBUF_LOG(ERR,
				"mempool ops have index %d here and %d in the primary process; "
				"load the same plugins in the same order (-d) in both",
				index, shared->ops_index);
		return -EINVAL;
	}
	pool_start(shared);
	return 0;
}

int
dualbuf_pool_register(void)
{
	/* For dualbuf_pool_barrier(): where this fails, that fails too and copes. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0);

	if (pool_shared != NULL)
		return 0;
	return rte_eal_process_type() == RTE_PROC_PRIMARY ? pool_register_primary() :
							    pool_register_secondary();
}
