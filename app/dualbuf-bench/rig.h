/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RIG_H_
#define _RIG_H_

/*
 * A receive queue under test, with its pool and a device: ours, or one of the baselines.
 */

#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "wire.h"

enum rig_kind {
	RIG_OURS,
	RIG_B1, /* conventional, scalar, one allocation a packet */
	RIG_B2, /* conventional, vector, refilled in bulk */
};

struct rig_shape {
	enum rig_kind kind;
	uint32_t nb_desc;
	uint32_t nb_bufs; /* by descriptor, ours only */
	uint32_t nb_spare; /* mbufs that the application may hold besides */
	unsigned int bits; /* of b2's vectors; 0: rig_vector_bits() */
	struct rte_mempool *pool; /* NULL: one of the rig's own */
};

struct rig {
	const char *name;
	uint16_t (*burst)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
	void *queue;
	struct rte_mempool *pool; /* the application's */
	struct wire wire;

	struct rig_shape shape;
	bool owns_pool;
	const struct rte_memzone *mz;
};

/* The shape that the options ask for. */
struct rig_shape rig_shape_of(enum rig_kind kind);

/* Make a rig; the process ends with a message when it cannot be. */
struct rig *rig_open(const struct rig_shape *shape);

/* All packets that it handed up must be freed before. */
void rig_close(struct rig *rig);

/* How many mbufs a rig's pool needs. */
uint32_t rig_pool_size(const struct rig_shape *shape);

/* Mbufs that belong to the queue now. */
uint32_t rig_bound(const struct rig *rig);

/* Bits of the vectors that b2 uses here: as many as EAL allows and there is code for. */
unsigned int rig_vector_bits(void);

#endif /* _RIG_H_ */
