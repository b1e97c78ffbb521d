/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_RING_H_
#define _XDP_RING_H_

/* Rings that the kernel writes to. */

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <xdp/xsk.h>

/*
 * How many entries there are to be read, max at the most; the first one's index is *idx, and they are to be released.
 * As xsk_ring_cons__peek(), but where the kernel's index says that there are more than the ring holds, nothing is
 * read until it makes sense: otherwise we would go on past it, through four billion entries of long ago.
 */
static inline uint32_t
xdp_ring_peek(struct xsk_ring_cons *ring, uint32_t max, uint32_t *idx)
{
	uint32_t nb = xsk_cons_nb_avail(ring, UINT32_MAX);

	if (unlikely(nb > ring->size)) {
		ring->cached_prod = ring->cached_cons;
		return 0;
	}
	*idx = ring->cached_cons;
	nb = RTE_MIN(nb, max);
	ring->cached_cons += nb;
	return nb;
}

#endif /* _XDP_RING_H_ */
