/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The mempool: made, and counted. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "commands.h"
#include "pool.h"

struct rte_mempool *pool;
static unsigned int nb_pools;

static bool
is_pristine(const struct rte_mbuf *m)
{
	return m->pool == pool && m->next == NULL && m->nb_segs == 1 &&
			rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m);
}

/* How many mbufs are in the pool, as they should be; takes them all out to see. */
static unsigned int
pool_count(void)
{
	struct rte_mbuf **all = calloc(pool->size, sizeof(*all));
	unsigned int nb = 0, good = 0, i;

	while (nb < pool->size && rte_mempool_get(pool, (void **)&all[nb]) == 0)
		nb++;
	for (i = 0; i < nb; i++)
		good += is_pristine(all[i]);
	for (i = 0; i < nb; i++)
		rte_mempool_put(pool, all[i]);
	free(all);
	return good;
}

int
do_full(const struct words *words __rte_unused)
{
	unsigned int nb;

	if (pool == NULL)
		return say_ok("size=0");
	nb = pool_count();
	if (nb != pool->size)
		return say_error("the pool has %u good mbufs of %u", nb, pool->size);
	return say_ok("size=%u", nb);
}

int
do_pool(const struct words *words)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *old = pool;

	if (old != NULL && pool_count() != old->size)
		return say_error("the old pool is not full");
	rte_mempool_free(old);
	snprintf(name, sizeof(name), "app%u", nb_pools++);
	pool = rte_pktmbuf_pool_create(name, number_of(words, "size", 4095),
			number_of(words, "cache", 0), 0,
			number_of(words, "room", RTE_MBUF_DEFAULT_BUF_SIZE), SOCKET_ID_ANY);
	return pool == NULL ? say_failed("pool", rte_errno) : say_ok("name=%s", name);
}

/* Memory that has no I/O address, as an application's own may be. */
int
do_badpool(const struct words *words __rte_unused)
{
	const uint32_t nb = 1024, elt = sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE;
	size_t len = nb * (elt + 4 * RTE_CACHE_LINE_SIZE);
	void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pool != NULL && pool_count() != pool->size)
		return say_error("the old pool is not full");
	rte_mempool_free(pool);
	pool = rte_mempool_create_empty("bad", nb, elt, 0, sizeof(struct rte_pktmbuf_pool_private),
			SOCKET_ID_ANY, 0);
	if (pool == NULL)
		return say_failed("pool", rte_errno);
	rte_pktmbuf_pool_init(pool, NULL);
	if (rte_mempool_populate_iova(pool, memory, RTE_BAD_IOVA, len, NULL, NULL) != (int)nb)
		return say_error("the pool is not populated");
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return say_ok("size=%u", nb);
}
