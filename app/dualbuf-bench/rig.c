/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_vect.h>

#include "base.h"
#include "dualbuf_rx.h"
#include "options.h"
#include "rig.h"

/* As l2fwd, testpmd and others have it, more or less. */
#define CACHE_SIZE 256

/* What the caches of two lcores may keep from others: a cache is flushed at 1.5 times its size. */
#define CACHES (2 * CACHE_SIZE * 3 / 2)

static unsigned int rig_number;

unsigned int
rig_vector_bits(void)
{
	unsigned int bits;

	for (bits = rte_vect_get_max_simd_bitwidth(); bits > 128; bits /= 2)
		if (bits <= 512 && base_vector(bits) != NULL)
			return bits;
	return 128;
}

/* The driver leaves half of what it could bind as alternates to the application. */
uint32_t
rig_pool_size(const struct rig_shape *shape)
{
	uint32_t nb_mbufs = shape->nb_desc;

	if (shape->kind == RIG_OURS)
		nb_mbufs += 2 * shape->nb_desc * (shape->nb_bufs - 1);
	return nb_mbufs + CACHES + shape->nb_spare;
}

static void
rig_make_pool(struct rig *rig)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "rig_%u", rig_number);
	rig->pool = rte_pktmbuf_pool_create(name, rig_pool_size(&rig->shape), CACHE_SIZE, 0,
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (rig->pool == NULL)
		rte_exit(EXIT_FAILURE, "no memory for %u mbufs: %s\n", rig_pool_size(&rig->shape),
				rte_strerror(rte_errno));
	rig->owns_pool = true;
}

static void
rig_make_wire(struct rig *rig)
{
	uint32_t nb_desc = rig->shape.nb_desc;
	char name[RTE_MEMZONE_NAMESIZE];

	snprintf(name, sizeof(name), "rig_%u_desc", rig_number);
	rig->mz = rte_memzone_reserve_aligned(name,
			(nb_desc + BASE_PADDING) * sizeof(union dualbuf_rx_desc), SOCKET_ID_ANY, 0,
			DUALBUF_RING_BASE_ALIGN);
	if (rig->mz == NULL)
		rte_exit(EXIT_FAILURE, "no memory for descriptors: %s\n", rte_strerror(rte_errno));
	memset(rig->mz->addr, 0, rig->mz->len);
	rig->wire.desc = rig->mz->addr;
	rig->wire.nb_desc = nb_desc;
}

static uint64_t
rearm_data(void)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return *(uint64_t *)&m.rearm_data;
}

/* Our queue, as dualbuf_rx_queue_setup() makes it, less the ethdev around it. */
static void
rig_open_ours(struct rig *rig)
{
	const struct dualbuf_pool_request request = {
		.mp = rig->pool,
		.nb_desc = rig->shape.nb_desc,
		.nb_bufs = rig->shape.nb_bufs,
		.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
		.socket_id = SOCKET_ID_ANY,
	};
	struct dualbuf_rxq *rxq = rte_zmalloc(NULL, sizeof(*rxq), RTE_CACHE_LINE_SIZE);

	if (rxq == NULL || dualbuf_pool_register() != 0 ||
			dualbuf_pool_bind(&request, &rxq->pool, &rxq->ring) != 0)
		rte_exit(EXIT_FAILURE, "cannot bind %u buffers to each of %u descriptors\n",
				request.nb_bufs, request.nb_desc);
	rxq->desc = rig->wire.desc;
	rxq->tail_reg = &rig->wire.tail;
	rxq->rearm = rearm_data();
	rxq->buf_size = RTE_MBUF_DEFAULT_DATAROOM;
	rxq->mp = rig->pool;
	rxq->burst = dualbuf_rx_burst_of(dualbuf_rx_path_choose(DUALBUF_BURST_AUTO), false, false);
	dualbuf_rx_restart(rxq);
	dualbuf_rx_doorbell(rxq);
	rig->queue = rxq;
	rig->burst = rxq->burst;
	rig->name = "dualbuf";
}

static const char *
rig_base_name(enum rig_kind kind)
{
	return kind == RIG_B1 ? "b1" : "b2";
}

static void
rig_open_base(struct rig *rig)
{
	unsigned int bits = rig->shape.bits > 0 ? rig->shape.bits : rig_vector_bits();

	rig->burst = rig->shape.kind == RIG_B1 ? base_burst_scalar : base_vector(bits);
	rig->name = rig_base_name(rig->shape.kind);
	if (rig->burst != NULL)
		rig->queue = base_open(rig->pool, rig->wire.desc, rig->shape.nb_desc,
				&rig->wire.tail, rig->burst);
	if (rig->queue == NULL)
		rte_exit(EXIT_FAILURE, "cannot make baseline %s\n", rig->name);
}

struct rig_shape
rig_shape_of(enum rig_kind kind)
{
	return (struct rig_shape){
		.kind = kind,
		.nb_desc = options.nb_desc,
		.nb_bufs = options.nb_bufs,
		.nb_spare = options.nb_desc,
	};
}

struct rig *
rig_open(const struct rig_shape *shape)
{
	struct rig *rig = rte_zmalloc(NULL, sizeof(*rig), RTE_CACHE_LINE_SIZE);

	if (rig == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	rig->shape = *shape;
	rig->pool = shape->pool;
	rig_number++;
	if (rig->pool == NULL)
		rig_make_pool(rig);
	rig_make_wire(rig);
	if (shape->kind == RIG_OURS)
		rig_open_ours(rig);
	else
		rig_open_base(rig);
	return rig;
}

void
rig_close(struct rig *rig)
{
	struct dualbuf_rxq *rxq = rig->queue;

	if (rig->shape.kind == RIG_OURS) {
		dualbuf_rx_forget(rxq);
		dualbuf_pool_release(rxq->pool, rxq->ring);
		rte_free(rxq);
	} else {
		base_close(rig->queue);
	}
	rte_memzone_free(rig->mz);
	if (rig->owns_pool)
		rte_mempool_free(rig->pool);
	rte_free(rig);
}

uint32_t
rig_bound(const struct rig *rig)
{
	const struct dualbuf_rxq *rxq = rig->queue;
	uint32_t bound, home;

	if (rig->shape.kind != RIG_OURS)
		return rig->shape.nb_desc;
	dualbuf_ring_census(rxq->ring, &bound, &home);
	return bound;
}
