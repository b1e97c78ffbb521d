/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_RING_UTIL_H_
#define _XDP_RING_UTIL_H_

/*
 * The kernel's rings, over plain memory that has exactly their size, with the kernel's side of them. Include
 * after dualbuf_test.h.
 */

#include <xdp/xsk.h>

struct xdp_test_ring {
	uint32_t producer;
	uint32_t consumer;
	uint32_t flags;
	uint32_t mask;
	void *entries;
};

static inline void
xdp_test_ring_make(struct xdp_test_ring *ring, uint32_t nb_desc, size_t entry_size)
{
	uint32_t size = rte_align32pow2(nb_desc);

	*ring = (struct xdp_test_ring){
		.mask = size - 1,
		.entries = calloc(size, entry_size),
	};
	assert_non_null(ring->entries);
}

static inline void
xdp_test_ring_free(struct xdp_test_ring *ring)
{
	free(ring->entries);
	ring->entries = NULL;
}

/* The driver's side, as libxdp has it after a socket was made. */
static inline struct xsk_ring_prod
xdp_test_ring_to_fill(struct xdp_test_ring *ring)
{
	return (struct xsk_ring_prod){
		.cached_cons = ring->mask + 1,
		.mask = ring->mask,
		.size = ring->mask + 1,
		.producer = &ring->producer,
		.consumer = &ring->consumer,
		.ring = ring->entries,
		.flags = &ring->flags,
	};
}

static inline struct xsk_ring_cons
xdp_test_ring_to_read(struct xdp_test_ring *ring)
{
	return (struct xsk_ring_cons){
		.mask = ring->mask,
		.size = ring->mask + 1,
		.producer = &ring->producer,
		.consumer = &ring->consumer,
		.ring = ring->entries,
		.flags = &ring->flags,
	};
}

static inline uint32_t
xdp_test_ring_count(const struct xdp_test_ring *ring)
{
	return ring->producer - ring->consumer;
}

/* Take an address from a ring of such. */
static inline uint64_t
xdp_test_ring_take_addr(struct xdp_test_ring *ring)
{
	const uint64_t *addrs = ring->entries;

	assert_int_not_equal(ring->consumer, ring->producer);
	return addrs[ring->consumer++ & ring->mask];
}

static inline void
xdp_test_ring_put_addr(struct xdp_test_ring *ring, uint64_t addr)
{
	((uint64_t *)ring->entries)[ring->producer++ & ring->mask] = addr;
}

static inline struct xdp_desc
xdp_test_ring_take_desc(struct xdp_test_ring *ring)
{
	const struct xdp_desc *descs = ring->entries;

	assert_int_not_equal(ring->consumer, ring->producer);
	return descs[ring->consumer++ & ring->mask];
}

static inline void
xdp_test_ring_put_desc(struct xdp_test_ring *ring, struct xdp_desc desc)
{
	((struct xdp_desc *)ring->entries)[ring->producer++ & ring->mask] = desc;
}

#endif /* _XDP_RING_UTIL_H_ */
