/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_cpuflags.h>
#include <rte_io.h>
#include <rte_malloc.h>
#include <rte_mempool.h>
#include <rte_vect.h>

#include "base.h"

static uint64_t
base_rearm_data(void)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return *(uint64_t *)&m.rearm_data;
}

static int
base_arm_all(struct base_queue *queue)
{
	uint32_t i;

	if (rte_mempool_get_bulk(queue->pool, (void **)queue->mbufs, queue->nb_desc) != 0)
		return -1;
	for (i = 0; i < queue->nb_desc; i++)
		dualbuf_rx_desc_arm(&queue->desc[i], rte_mbuf_data_iova_default(queue->mbufs[i]));
	for (i = 0; i < BASE_PADDING; i++) {
		queue->mbufs[queue->nb_desc + i] = &queue->nobody;
		dualbuf_rx_desc_arm(&queue->desc[queue->nb_desc + i], 0);
	}
	base_doorbell(queue, 0);
	return 0;
}

struct base_queue *
base_open(struct rte_mempool *pool, volatile union dualbuf_rx_desc *desc, uint32_t nb_desc,
		volatile uint32_t *tail_reg, base_burst_t burst)
{
	struct base_queue *queue = rte_zmalloc(NULL, sizeof(*queue), RTE_CACHE_LINE_SIZE);

	if (queue == NULL)
		return NULL;
	queue->pool = pool;
	queue->desc = desc;
	queue->nb_desc = nb_desc;
	queue->tail_reg = tail_reg;
	queue->burst = burst;
	queue->rearm = base_rearm_data();
	queue->mbufs = rte_zmalloc(NULL, (nb_desc + BASE_PADDING) * sizeof(*queue->mbufs),
			RTE_CACHE_LINE_SIZE);
	if (queue->mbufs == NULL || base_arm_all(queue) != 0) {
		rte_free(queue->mbufs);
		rte_free(queue);
		return NULL;
	}
	return queue;
}

void
base_close(struct base_queue *queue)
{
	uint32_t i, nb_bare;

	if (queue == NULL)
		return;
	/* The scalar path arms at once, it only tells the device later. */
	nb_bare = queue->burst == base_burst_scalar ? 0 : queue->nb_bare;
	rte_pktmbuf_free(queue->first_seg);
	for (i = 0; i < queue->nb_desc - nb_bare; i++)
		rte_mempool_put(queue->pool, queue->mbufs[(queue->next + i) % queue->nb_desc]);
	rte_free(queue->mbufs);
	rte_free(queue);
}

base_burst_t
base_vector(unsigned int bits)
{
	if (bits == 128 && rte_cpu_get_flag_enabled(RTE_CPUFLAG_SSE4_2) == 1)
		return base_burst_sse;
	if (bits == 256 && rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) == 1)
		return base_burst_avx2;
	if (bits == 512 && rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512F) == 1 &&
			rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512BW) == 1 &&
			rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512VL) == 1)
		return base_burst_avx512;
	return NULL;
}
