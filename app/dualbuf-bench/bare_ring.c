/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>

#include <rte_io.h>
#include <rte_malloc.h>
#include <rte_vect.h>

#include "bare_ring.h"

struct bare_ring {
	volatile union dualbuf_rx_desc *desc;
	struct rte_mbuf **mbufs[2]; /* by side and descriptor */
	uint64_t *addrs[2];
	struct rte_mempool *nowhere;
	volatile uint32_t *tail_reg;
	uint32_t nb_desc;
	uint32_t next;
	uint32_t side; /* what is armed from there to the end */
	uint64_t rearm;
	uintptr_t links; /* so that what is read counts */
};

/* A pool that mbufs are put to and that does nothing with them: they stay where they are. ---------- */

static int
nowhere_alloc(struct rte_mempool *mp)
{
	RTE_SET_USED(mp);
	return 0;
}

static int
nowhere_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	RTE_SET_USED(mp);
	RTE_SET_USED(objs);
	RTE_SET_USED(n);
	return 0;
}

static int
nowhere_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	RTE_SET_USED(mp);
	RTE_SET_USED(objs);
	RTE_SET_USED(n);
	return -ENOBUFS;
}

static unsigned int
nowhere_get_count(const struct rte_mempool *mp)
{
	RTE_SET_USED(mp);
	return 0;
}

static const struct rte_mempool_ops nowhere_ops = {
	.name = "bench_nowhere",
	.alloc = nowhere_alloc,
	.enqueue = nowhere_enqueue,
	.dequeue = nowhere_dequeue,
	.get_count = nowhere_get_count,
};

RTE_MEMPOOL_REGISTER_OPS(nowhere_ops);

static struct rte_mempool *
nowhere_open(void)
{
	static unsigned int number;
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *mp;

	snprintf(name, sizeof(name), "nowhere_%u", number++);
	mp = rte_mempool_create_empty(name, 1, sizeof(struct rte_mbuf), 0, 0, SOCKET_ID_ANY, 0);
	if (mp != NULL && rte_mempool_set_ops_byname(mp, nowhere_ops.name, NULL) != 0) {
		rte_mempool_free(mp);
		return NULL;
	}
	return mp;
}

/* The ring ----------------------------------------------------------------------------------------- */

static void
bare_ring_forget(struct bare_ring *ring)
{
	unsigned int side;

	for (side = 0; side < 2; side++) {
		rte_free(ring->mbufs[side]);
		rte_free(ring->addrs[side]);
	}
	rte_mempool_free(ring->nowhere);
	rte_free(ring);
}

static int
bare_ring_take_side(struct bare_ring *ring, unsigned int side, struct rte_mempool *pool)
{
	uint32_t i;

	ring->mbufs[side] = rte_zmalloc(NULL, ring->nb_desc * sizeof(void *), RTE_CACHE_LINE_SIZE);
	ring->addrs[side] =
			rte_zmalloc(NULL, ring->nb_desc * sizeof(uint64_t), RTE_CACHE_LINE_SIZE);
	if (ring->mbufs[side] == NULL || ring->addrs[side] == NULL ||
			rte_pktmbuf_alloc_bulk(pool, ring->mbufs[side], ring->nb_desc) != 0)
		return -1;
	for (i = 0; i < ring->nb_desc; i++) {
		ring->addrs[side][i] = rte_mbuf_data_iova_default(ring->mbufs[side][i]);
		ring->mbufs[side][i]->pool = ring->nowhere;
	}
	return 0;
}

static void
bare_ring_arm_all(struct bare_ring *ring)
{
	struct rte_mbuf head = { .data_off = RTE_PKTMBUF_HEADROOM, .nb_segs = 1 };
	uint32_t i;

	rte_mbuf_refcnt_set(&head, 1);
	ring->rearm = *(uint64_t *)&head.rearm_data;
	for (i = 0; i < ring->nb_desc; i++)
		dualbuf_rx_desc_arm(&ring->desc[i], ring->addrs[0][i]);
	rte_io_wmb();
	*ring->tail_reg = rte_cpu_to_le_32(ring->nb_desc - 1);
}

struct bare_ring *
bare_ring_open(struct rte_mempool *pool, volatile union dualbuf_rx_desc *desc, uint32_t nb_desc,
		volatile uint32_t *tail_reg)
{
	struct bare_ring *ring = rte_zmalloc(NULL, sizeof(*ring), RTE_CACHE_LINE_SIZE);

	if (ring == NULL)
		return NULL;
	ring->desc = desc;
	ring->nb_desc = nb_desc;
	ring->tail_reg = tail_reg;
	ring->nowhere = nowhere_open();
	if (ring->nowhere == NULL || bare_ring_take_side(ring, 0, pool) != 0 ||
			bare_ring_take_side(ring, 1, pool) != 0) {
		bare_ring_forget(ring);
		return NULL;
	}
	bare_ring_arm_all(ring);
	return ring;
}

void
bare_ring_close(struct bare_ring *ring, struct rte_mempool *pool)
{
	unsigned int side;
	uint32_t i;

	for (side = 0; side < 2; side++) {
		for (i = 0; i < ring->nb_desc; i++)
			ring->mbufs[side][i]->pool = pool;
		rte_pktmbuf_free_bulk(ring->mbufs[side], ring->nb_desc);
	}
	bare_ring_forget(ring);
}

/* Of the descriptors up to the ring's end. */
static inline uint16_t
bare_ring_stretch(struct bare_ring *ring, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct rte_mbuf *const *mbufs = &ring->mbufs[ring->side][ring->next];
	const uint64_t *addrs = &ring->addrs[ring->side ^ 1][ring->next];
	__m128i *desc = (__m128i *)(uintptr_t)&ring->desc[ring->next];
	const __m128i rearm = _mm_set_epi64x(0, (long long)ring->rearm);
	uint16_t nb = (uint16_t)RTE_MIN(nb_pkts, ring->nb_desc - ring->next), i;
	uintptr_t links = 0;

	for (i = 0; i < nb; i++) {
		__m128i write_back = _mm_load_si128(&desc[i]);
		__m128i *line = (__m128i *)(uintptr_t)&mbufs[i]->rearm_data;

		if ((_mm_extract_epi32(write_back, 2) & (int)DUALBUF_RXD_DD) == 0)
			break;
		_mm_storeu_si128(&line[0], rearm);
		_mm_storeu_si128(&line[1], write_back);
		links |= (uintptr_t)mbufs[i]->next;
		_mm_store_si128(&desc[i], _mm_set_epi64x(0, (long long)addrs[i]));
		pkts[i] = mbufs[i];
	}
	ring->links |= links;
	ring->next += i;
	if (ring->next == ring->nb_desc) {
		ring->next = 0;
		ring->side ^= 1;
	}
	return i;
}

uint16_t
bare_ring_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct bare_ring *ring = queue;
	uint16_t nb = bare_ring_stretch(ring, pkts, nb_pkts);

	if (nb < nb_pkts && ring->next == 0)
		nb += bare_ring_stretch(ring, &pkts[nb], nb_pkts - nb);
	rte_io_wmb();
	*ring->tail_reg = rte_cpu_to_le_32((ring->next - 1) & (ring->nb_desc - 1));
	return nb;
}
