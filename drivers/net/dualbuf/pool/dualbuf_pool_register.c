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
#include <rte_string_fns.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_free.h"
#include "dualbuf_pool_list.h"
#include "dualbuf_pool_peer.h"
#include "dualbuf_pool_share.h"

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

/* The index of our own ops in this process's table, where they get a place if there is one. */
static int
pool_own_index(void)
{
	int index = dualbuf_pool_ops_index(POOL_OPS_NAME);

	if (index >= 0)
		return index;
	/* else EAL would call it an error */
	if (rte_mempool_ops_table.num_ops == RTE_MEMPOOL_MAX_OPS_IDX)
		return -ENOSPC;
	return rte_mempool_register_ops(&pool_ops);
}

/* The place in the table for return pools: our own, or one that is shared. */
static int
pool_choose_place(struct dualbuf_pool_shared *shared)
{
	int index = pool_own_index();

	if (index < 0)
		index = dualbuf_pool_share_choose();
	if (index < 0) {
		DUALBUF_LOG(ERR,
				"no room for mempool ops: all %d places are taken, by none that "
				"could be shared; load fewer mempool drivers (-d)",
				RTE_MEMPOOL_MAX_OPS_IDX);
		return -ENOSPC;
	}
	shared->ops_index = index;
	strlcpy(shared->ops_name, rte_mempool_get_ops(index)->name, sizeof(shared->ops_name));
	return 0;
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

static bool
pool_has_own_place(const struct dualbuf_pool_shared *shared)
{
	return strcmp(shared->ops_name, POOL_OPS_NAME) == 0;
}

/* Nothing may fail behind this: a place is shared for as long as the process lives. */
static void
pool_start(struct dualbuf_pool_shared *shared)
{
	pool_shared = shared;
	dualbuf_pool_list_start(shared);
	if (!pool_has_own_place(shared))
		dualbuf_pool_share_start(shared, &pool_ops);
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
	shared->handle_offset = pool_handle_offset();
	ret = rte_mempool_event_callback_register(dualbuf_pool_list_on_event, NULL);
	if (ret == -EEXIST)
		ret = 0;
	if (ret == 0)
		ret = dualbuf_pool_peer_start();
	if (pool_choose_place(shared) != 0 || shared->handle_offset < 0)
		ret = -ENOSPC;
	if (ret != 0)
		rte_memzone_free(mz);
	else
		pool_start(shared);
	return ret;
}

/* The primary's place has to be the same in a secondary's table: pools name it by index. */
static int
pool_check_place(const struct dualbuf_pool_shared *shared)
{
	int index = pool_has_own_place(shared) ? pool_own_index() :
						 dualbuf_pool_ops_index(shared->ops_name);

	if (index == shared->ops_index)
		return 0;
	if (index < 0) {
		DUALBUF_LOG(ERR,
				"mempool ops \"%s\" have index %d in the primary process and no "
				"place here; load the same plugins in the same order (-d) in both",
				shared->ops_name, shared->ops_index);
		return -EINVAL;
	}
	DUALBUF_LOG(ERR,
			"mempool ops \"%s\" have index %d here and %d in the primary process; "
			"load the same plugins in the same order (-d) in both",
			shared->ops_name, index, shared->ops_index);
	return -EINVAL;
}

static int
pool_register_secondary(void)
{
	const struct rte_memzone *mz = rte_memzone_lookup(POOL_SHARED_NAME);
	struct dualbuf_pool_shared *shared;
	int ret;

	if (mz == NULL) {
		DUALBUF_LOG(ERR, "the primary process has no net_dualbuf port");
		return -ENODEV;
	}
	shared = mz->addr;
	ret = pool_check_place(shared);
	if (ret == 0)
		ret = dualbuf_pool_peer_start();
	if (ret == 0)
		pool_start(shared);
	return ret;
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
