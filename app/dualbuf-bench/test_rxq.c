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

#include "bare_ring.h"
#include "base.h"
#include "dualbuf_rx_formats.h"
#include "dualbuf_rxq.h"
#include "options.h"
#include "test_rxq.h"

/* As l2fwd, testpmd and others have it, more or less. */
#define CACHE_SIZE 256

/* Mbufs that the caches of two lcores may keep from others: a cache is flushed at 1.5 times its size. */
#define CACHES (2 * CACHE_SIZE * 3 / 2)

static unsigned int test_rxq_number;

unsigned int
test_rxq_vector_bits(void)
{
	unsigned int bits;

	for (bits = rte_vect_get_max_simd_bitwidth(); bits > 128; bits /= 2)
		if (bits <= 512 && base_vector(bits) != NULL)
			return bits;
	return 128;
}

/* The driver leaves half of what it could bind as alternates to the application. */
uint32_t
test_rxq_pool_size(const struct test_rxq_shape *shape)
{
	uint32_t nb_mbufs = shape->nb_desc;

	if (shape->kind == RIG_BARE)
		nb_mbufs *= 2;
	if (shape->kind == RIG_OURS)
		nb_mbufs += 2 * shape->nb_desc * (shape->nb_bufs - 1);
	return nb_mbufs + CACHES + shape->nb_spare;
}

static void
test_rxq_make_pool(struct test_rxq *tq)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "test_rxq_%u", test_rxq_number);
	tq->pool = rte_pktmbuf_pool_create(name, test_rxq_pool_size(&tq->shape), CACHE_SIZE, 0,
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (tq->pool == NULL)
		rte_exit(EXIT_FAILURE, "no memory for %u mbufs: %s\n",
				test_rxq_pool_size(&tq->shape), rte_strerror(rte_errno));
	tq->owns_pool = true;
}

static void
test_rxq_make_wire(struct test_rxq *tq)
{
	uint32_t nb_desc = tq->shape.nb_desc;
	char name[RTE_MEMZONE_NAMESIZE];

	snprintf(name, sizeof(name), "test_rxq_%u_desc", test_rxq_number);
	tq->mz = rte_memzone_reserve_aligned(name,
			(nb_desc + BASE_PADDING) * sizeof(union dualbuf_rx_desc), SOCKET_ID_ANY, 0,
			DUALBUF_RING_BASE_ALIGN);
	if (tq->mz == NULL)
		rte_exit(EXIT_FAILURE, "no memory for descriptors: %s\n", rte_strerror(rte_errno));
	memset(tq->mz->addr, 0, tq->mz->len);
	tq->wire.desc = tq->mz->addr;
	tq->wire.nb_desc = nb_desc;
}

/* Our queue, without the ethdev around it. */
static void
test_rxq_open_ours(struct test_rxq *tq)
{
	const struct dualbuf_rxq_conf conf = {
		.format = &dualbuf_rx_ext,
		.burst = dualbuf_rx_path_choose(DUALBUF_BURST_AUTO),
		.desc = (void *)(uintptr_t)tq->wire.desc,
		.request = {
			.mp = tq->pool,
			.nb_desc = tq->shape.nb_desc,
			.nb_bufs = tq->shape.nb_bufs,
			.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
			.socket_id = SOCKET_ID_ANY,
		},
		.buf_size = RTE_MBUF_DEFAULT_DATAROOM,
	};
	struct dualbuf_rxq *rxq;

	if (dualbuf_pool_register() != 0 || dualbuf_rxq_make(&conf, &rxq) != 0)
		rte_exit(EXIT_FAILURE, "cannot bind %u buffers to each of %u descriptors\n",
				conf.request.nb_bufs, conf.request.nb_desc);
	rxq->tail_reg = &tq->wire.tail;
	dualbuf_rx_doorbell(rxq);
	tq->queue = rxq;
	tq->burst = dualbuf_rx_burst_for((void *[]){ rxq }, 1);
	tq->name = "dualbuf";
}

static const char *
test_rxq_base_name(enum test_rxq_kind kind)
{
	return kind == RIG_B1 ? "b1" : "b2";
}

static void
test_rxq_open_base(struct test_rxq *tq)
{
	unsigned int bits = tq->shape.bits > 0 ? tq->shape.bits : test_rxq_vector_bits();

	tq->burst = tq->shape.kind == RIG_B1 ? base_burst_scalar : base_vector(bits);
	tq->name = test_rxq_base_name(tq->shape.kind);
	if (tq->burst != NULL)
		tq->queue = base_open(tq->pool, tq->wire.desc, tq->shape.nb_desc, &tq->wire.tail,
				tq->burst);
	if (tq->queue == NULL)
		rte_exit(EXIT_FAILURE, "cannot make baseline %s\n", tq->name);
}

static void
test_rxq_open_bare(struct test_rxq *tq)
{
	tq->burst = bare_ring_burst;
	tq->name = "no driver";
	tq->queue = bare_ring_open(tq->pool, tq->wire.desc, tq->shape.nb_desc, &tq->wire.tail);
	if (tq->queue == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
}

struct test_rxq_shape
test_rxq_shape_of(enum test_rxq_kind kind)
{
	return (struct test_rxq_shape){
		.kind = kind,
		.nb_desc = options.nb_desc,
		.nb_bufs = options.nb_bufs,
		.nb_spare = options.nb_desc,
	};
}

struct test_rxq *
test_rxq_open(const struct test_rxq_shape *shape)
{
	struct test_rxq *tq = rte_zmalloc(NULL, sizeof(*tq), RTE_CACHE_LINE_SIZE);

	if (tq == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	tq->shape = *shape;
	tq->pool = shape->pool;
	test_rxq_number++;
	if (tq->pool == NULL)
		test_rxq_make_pool(tq);
	test_rxq_make_wire(tq);
	if (shape->kind == RIG_OURS)
		test_rxq_open_ours(tq);
	else if (shape->kind == RIG_BARE)
		test_rxq_open_bare(tq);
	else
		test_rxq_open_base(tq);
	return tq;
}

void
test_rxq_close(struct test_rxq *tq)
{
	struct dualbuf_rxq *rxq = tq->queue;

	if (tq->shape.kind == RIG_OURS) {
		dualbuf_rxq_free(rxq);
	} else if (tq->shape.kind == RIG_BARE) {
		bare_ring_close(tq->queue, tq->pool);
	} else {
		base_close(tq->queue);
	}
	rte_memzone_free(tq->mz);
	if (tq->owns_pool)
		rte_mempool_free(tq->pool);
	rte_free(tq);
}

uint32_t
test_rxq_bound(const struct test_rxq *tq)
{
	const struct dualbuf_rxq *rxq = tq->queue;
	uint32_t bound, home;

	if (tq->shape.kind != RIG_OURS)
		return tq->shape.nb_desc;
	dualbuf_ring_count_buffers(rxq->ring, &bound, &home);
	return bound;
}
