/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _POOL_UTIL_H_
#define _POOL_UTIL_H_

/*
 * A receive queue without a device: its ring, bound to a mempool, and hand-overs as the receive
 * path makes them. Include after dualbuf_test.h.
 */

#include "dualbuf_pool.h"

#include "ops_util.h"

/*
 * Start EAL, and register the driver's mempool ops: with a place of their own in the table, or, if that is
 * a program's argument, in a "shared" one.
 */
static inline void
test_pool_start(int argc, char **argv)
{
	test_eal_start(argv[0]);
	if (argc > 1 && strcmp(argv[1], "shared") == 0)
		ops_fill_table();
	if (dualbuf_pool_register() != 0)
		exit(TEST_EXIT_BROKEN);
}

struct test_queue {
	struct dualbuf_pool *pool;
	struct dualbuf_ring *ring;
};

static inline int
test_queue_request(struct test_queue *queue, const struct dualbuf_pool_request *request)
{
	int ret;

	memset(queue, 0, sizeof(*queue));
	ret = dualbuf_pool_bind(request, &queue->pool, &queue->ring);
	if (ret == 0)
		dualbuf_ring_restart(queue->ring);
	return ret;
}

/* One of several queues with two buffers a descriptor, of which so many are to come. */
static inline int
test_queue_try_shared(struct test_queue *queue, struct rte_mempool *mp, uint32_t nb_desc,
		uint32_t nb_sharing)
{
	const struct dualbuf_pool_request request = {
		.mp = mp,
		.nb_desc = nb_desc,
		.nb_bufs = 2,
		.nb_sharing = nb_sharing,
		.reserve = nb_sharing * nb_desc,
		.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
		.socket_id = SOCKET_ID_ANY,
	};

	return test_queue_request(queue, &request);
}

static inline int
test_queue_try(struct test_queue *queue, struct rte_mempool *mp, uint32_t nb_desc, uint32_t nb_bufs,
		uint32_t reserve)
{
	const struct dualbuf_pool_request request = {
		.mp = mp,
		.nb_desc = nb_desc,
		.nb_bufs = nb_bufs,
		.reserve = reserve,
		.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr),
		.socket_id = SOCKET_ID_ANY,
	};

	return test_queue_request(queue, &request);
}

static inline void
test_queue_bind(struct test_queue *queue, struct rte_mempool *mp, uint32_t nb_desc,
		uint32_t nb_bufs)
{
	assert_int_equal(test_queue_try(queue, mp, nb_desc, nb_bufs, 0), 0);
}

static inline void
test_queue_release(struct test_queue *queue)
{
	dualbuf_pool_release(queue->pool, queue->ring);
	queue->ring = NULL;
}

/*
 * Take a packet from the next descriptor: in a bound buffer if there is an alternate, else in a
 * temporary. NULL: there is none. Asserts nothing, so that threads may use it.
 */
static inline struct rte_mbuf *
test_queue_receive(struct test_queue *queue)
{
	struct dualbuf_ring *ring = queue->ring;
	uint32_t pos = ring->next.pos;
	uint32_t side = dualbuf_ring_alternate(ring, pos);
	struct rte_mbuf *m;

	if (side != ring->armed[pos])
		m = dualbuf_ring_flip(ring, pos, side);
	else
		m = dualbuf_pool_temporary(queue->pool);
	dualbuf_ring_advance(ring, 1);
	if (m == NULL)
		return NULL;
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->nb_segs = 1;
	m->ol_flags = 0;
	m->data_len = 64;
	m->pkt_len = 64;
	return m;
}

/* The slot that an mbuf is bound to; UINT32_MAX: none. */
static inline uint32_t
test_queue_slot(const struct test_queue *queue, const struct rte_mbuf *m)
{
	uint32_t slot;

	for (slot = 0; slot < queue->ring->slots.nb_slots; slot++)
		if (queue->ring->slots.buf[slot] == m)
			return slot;
	return UINT32_MAX;
}

/* A packet in a bound buffer. */
static inline struct rte_mbuf *
test_queue_receive_bound(struct test_queue *queue)
{
	struct rte_mbuf *m = test_queue_receive(queue);

	assert_non_null(m);
	assert_mbuf_clean(queue->pool->mp, m);
	assert_int_not_equal(test_queue_slot(queue, m), UINT32_MAX);
	return m;
}

static inline struct rte_mbuf *
test_queue_temporary(struct test_queue *queue)
{
	struct rte_mbuf *m = dualbuf_pool_temporary(queue->pool);

	assert_non_null(m);
	assert_mbuf_clean(queue->pool->mp, m);
	return m;
}

static inline uint32_t
test_queue_bound(const struct test_queue *queue)
{
	uint32_t bound, home;

	dualbuf_ring_count_buffers(queue->ring, &bound, &home);
	return bound;
}

/* How many bound buffers are not home. */
static inline uint32_t
test_queue_out(const struct test_queue *queue)
{
	uint32_t bound, home;

	dualbuf_ring_count_buffers(queue->ring, &bound, &home);
	return bound - home;
}

static inline bool
test_queue_is_home(const struct test_queue *queue, const struct rte_mbuf *m)
{
	return dualbuf_ring_is_home(queue->ring, test_queue_slot(queue, m));
}

#endif /* _POOL_UTIL_H_ */
