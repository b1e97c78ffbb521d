/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _SPSC_H_
#define _SPSC_H_

/*
 * A ring of pointers between two threads. rte_ring looks at the other side's index with every call,
 * a cache line that has to come from the other core; here each side keeps a copy, and looks when that
 * says full or empty. So what a pipe row measures is the receive path more than the ring.
 */

#include <stdint.h>
#include <string.h>

#include <rte_common.h>

#define SPSC_SIZE 8192 /* a power of 2 */

struct spsc {
	struct {
		uint32_t tail; /* published: what is before it is filled */
		uint32_t head_seen;
	} producer __rte_cache_aligned;
	struct {
		uint32_t head; /* published: what is before it was taken */
		uint32_t tail_seen;
	} consumer __rte_cache_aligned;
	void *slots[SPSC_SIZE] __rte_cache_aligned;
};

/* Pointers up to the end of the array, and the rest from its beginning. */
static inline uint32_t
spsc_first_part(uint32_t at, uint32_t n)
{
	return RTE_MIN(n, SPSC_SIZE - at % SPSC_SIZE);
}

/* Put n pointers into the ring. Returns 0, or -1 if there is no room for all. Producer only. */
static inline int
spsc_put(struct spsc *ring, void *const *objs, uint32_t n)
{
	uint32_t tail = ring->producer.tail, part = spsc_first_part(tail, n);

	if (tail + n - ring->producer.head_seen > SPSC_SIZE) {
		ring->producer.head_seen = __atomic_load_n(&ring->consumer.head, __ATOMIC_ACQUIRE);
		if (tail + n - ring->producer.head_seen > SPSC_SIZE)
			return -1;
	}
	memcpy(&ring->slots[tail % SPSC_SIZE], objs, part * sizeof(*objs));
	memcpy(ring->slots, objs + part, (n - part) * sizeof(*objs));
	__atomic_store_n(&ring->producer.tail, tail + n, __ATOMIC_RELEASE);
	return 0;
}

/* Take up to n pointers from the ring. Returns how many. Consumer only. */
static inline uint32_t
spsc_take(struct spsc *ring, void **objs, uint32_t n)
{
	uint32_t head = ring->consumer.head, part;

	if (head == ring->consumer.tail_seen)
		ring->consumer.tail_seen = __atomic_load_n(&ring->producer.tail, __ATOMIC_ACQUIRE);
	n = RTE_MIN(n, ring->consumer.tail_seen - head);
	part = spsc_first_part(head, n);
	memcpy(objs, &ring->slots[head % SPSC_SIZE], part * sizeof(*objs));
	memcpy(objs + part, ring->slots, (n - part) * sizeof(*objs));
	__atomic_store_n(&ring->consumer.head, head + n, __ATOMIC_RELEASE);
	return n;
}

#endif /* _SPSC_H_ */
