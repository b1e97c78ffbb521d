/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_mbuf_pool_ops.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_free.h"
#include "dualbuf_pool_share.h"

/* Whom a shared place serves. Written once, before the first wrapped function can be called. */
static struct {
	const struct dualbuf_pool_shared *mark;
	struct rte_mempool_ops ours;
	struct rte_mempool_ops owner;
} pool_share;

static const struct rte_mempool_ops *
share_ops(const struct rte_mempool *mp)
{
	return likely(dualbuf_pool_list_made(pool_share.mark, mp)) ? &pool_share.ours :
								     &pool_share.owner;
}

static int
share_alloc(struct rte_mempool *mp)
{
	return share_ops(mp)->alloc(mp);
}

static void
share_free(struct rte_mempool *mp)
{
	const struct rte_mempool_ops *ops = share_ops(mp);

	if (ops->free != NULL)
		ops->free(mp);
}

static int
share_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	return share_ops(mp)->enqueue(mp, objs, n);
}

static int
share_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	return share_ops(mp)->dequeue(mp, objs, n);
}

static unsigned int
share_get_count(const struct rte_mempool *mp)
{
	return share_ops(mp)->get_count(mp);
}

/* Not every owner has what follows, and it is wrapped only if this one has. We have none of it. */
static int
share_get_info(const struct rte_mempool *mp, struct rte_mempool_info *info)
{
	if (dualbuf_pool_list_made(pool_share.mark, mp))
		return -ENOTSUP;
	return pool_share.owner.get_info(mp, info);
}

static int
share_dequeue_contig_blocks(struct rte_mempool *mp, void **first_objs, unsigned int n)
{
	if (dualbuf_pool_list_made(pool_share.mark, mp))
		return -ENOTSUP;
	return pool_share.owner.dequeue_contig_blocks(mp, first_objs, n);
}

int
dualbuf_pool_ops_index(const char *name)
{
	unsigned int i;

	for (i = 0; i < rte_mempool_ops_table.num_ops; i++)
		if (strcmp(rte_mempool_ops_table.ops[i].name, name) == 0)
			return i;
	return -ENOENT;
}

static void
share_note_use(struct rte_mempool *mp, void *arg)
{
	uint32_t *used = arg;

	*used |= RTE_BIT32(mp->ops_index);
}

int
dualbuf_pool_share_choose(void)
{
	/* those that an application has to ask for by name come first */
	static const char *const names[] = { "lf_stack", "bucket", "stack", "ring_mt_hts",
		"ring_mt_rts", "ring_sp_mc", "ring_mp_sc", "ring_sp_sc", "ring_mp_mc" };
	const char *best = rte_mbuf_best_mempool_ops();
	int index, in_use = -ENOSPC;
	uint32_t used = 0;
	unsigned int i;

	rte_mempool_walk(share_note_use, &used);
	for (i = 0; i < RTE_DIM(names); i++) {
		index = dualbuf_pool_ops_index(names[i]);
		if (index < 0)
			continue;
		if ((used & RTE_BIT32(index)) == 0 && strcmp(names[i], best) != 0)
			return index;
		if (in_use < 0)
			in_use = index;
	}
	return in_use;
}

/* A pointer is stored as one, so who calls it meanwhile gets the old function or the new one. */
#define SHARE_WRAP(ops, name) __atomic_store_n(&(ops)->name, share_##name, __ATOMIC_RELEASE)

/* Those that populate a pool stay: they come behind alloc, which refuses a return pool. */
static void
share_wrap(struct rte_mempool_ops *ops)
{
	SHARE_WRAP(ops, alloc);
	SHARE_WRAP(ops, free);
	SHARE_WRAP(ops, enqueue);
	SHARE_WRAP(ops, dequeue);
	SHARE_WRAP(ops, get_count);
	if (ops->get_info != NULL)
		SHARE_WRAP(ops, get_info);
	if (ops->dequeue_contig_blocks != NULL)
		SHARE_WRAP(ops, dequeue_contig_blocks);
}

void
dualbuf_pool_share_start(
		const struct dualbuf_pool_shared *shared, const struct rte_mempool_ops *ours)
{
	struct rte_mempool_ops *ops = rte_mempool_get_ops(shared->ops_index);

	pool_share.mark = shared;
	pool_share.ours = *ours;
	pool_share.owner = *ops;
	/* other threads must not see a function wrapped before they see whom it serves */
	dualbuf_pool_barrier();
	share_wrap(ops);
	DUALBUF_LOG(NOTICE,
			"mempool ops have no place of their own in the table of %d: return pools share "
			"that of \"%s\" (index %d), whose own pools go on as before",
			RTE_MEMPOOL_MAX_OPS_IDX, ops->name, shared->ops_index);
}
