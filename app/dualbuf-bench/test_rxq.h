/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _TEST_RXQ_H_
#define _TEST_RXQ_H_

/*
 * A receive queue under test, with its pool and a device: ours, or one of the baselines.
 */

#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "wire.h"

enum test_rxq_kind {
	RIG_OURS,
	RIG_B1, /* conventional, scalar, one allocation a packet */
	RIG_B2, /* conventional, vector, refilled in bulk */
	RIG_BARE, /* no driver: bare_ring.h */
};

struct test_rxq_shape {
	enum test_rxq_kind kind;
	uint32_t nb_desc;
	uint32_t nb_bufs; /* by descriptor, ours only */
	uint32_t nb_spare; /* mbufs that the application may hold besides */
	unsigned int bits; /* of b2's vectors; 0: test_rxq_vector_bits() */
	struct rte_mempool *pool; /* NULL: one of the tq's own */
};

struct test_rxq {
	const char *name;
	uint16_t (*burst)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
	void *queue;
	struct rte_mempool *pool; /* the application's */
	struct wire wire;

	struct test_rxq_shape shape;
	bool owns_pool;
	const struct rte_memzone *mz;
};

/* The shape that the options ask for. */
struct test_rxq_shape test_rxq_shape_of(enum test_rxq_kind kind);

/* Make a tq; the process ends with a message when it cannot be. */
struct test_rxq *test_rxq_open(const struct test_rxq_shape *shape);

/* All packets that it handed up must be freed before. */
void test_rxq_close(struct test_rxq *tq);

/* How many mbufs a tq's pool needs. */
uint32_t test_rxq_pool_size(const struct test_rxq_shape *shape);

/* Mbufs that belong to the queue now. */
uint32_t test_rxq_bound(const struct test_rxq *tq);

/* Bits of the vectors that b2 uses here: as many as EAL allows and there is code for. */
unsigned int test_rxq_vector_bits(void);

#endif /* _TEST_RXQ_H_ */
