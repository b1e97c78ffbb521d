/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _HANDOVER_UTIL_H_
#define _HANDOVER_UTIL_H_

/*
 * Packets on their way from one thread that receives to one that frees. Not an rte_ring: its barriers on x86
 * are none that a thread sanitizer knows. Include after dualbuf_test.h.
 */

#define HANDOVER_LEN 256

struct handover {
	struct rte_mbuf *m[HANDOVER_LEN];
	uint32_t head; /* counts run freely */
	uint32_t tail;
};

static inline bool
handover_put(struct handover *handover, struct rte_mbuf *m)
{
	uint32_t tail = handover->tail;

	if (tail - __atomic_load_n(&handover->head, __ATOMIC_ACQUIRE) == HANDOVER_LEN)
		return false;
	handover->m[tail % HANDOVER_LEN] = m;
	__atomic_store_n(&handover->tail, tail + 1, __ATOMIC_RELEASE);
	return true;
}

static inline unsigned int
handover_get(struct handover *handover, struct rte_mbuf **m, unsigned int max)
{
	uint32_t head = handover->head;
	unsigned int n = 0;

	while (n < max && head != __atomic_load_n(&handover->tail, __ATOMIC_ACQUIRE))
		m[n++] = handover->m[head++ % HANDOVER_LEN];
	__atomic_store_n(&handover->head, head, __ATOMIC_RELEASE);
	return n;
}

#endif /* _HANDOVER_UTIL_H_ */
