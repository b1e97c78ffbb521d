/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_UMEM_H_
#define _XDP_UMEM_H_

/* A mempool's memory as a UMEM. Control path. */

#include <rte_mempool.h>

#include <xdp/xsk.h>

#include "xdp_area.h"

/*
 * The range that a mempool's memory takes, in chunks that have room for frames of frame_size bytes, which is
 * from XDP_AREA_MIN_FRAME to XDP_AREA_MAX_FRAME. Returns 0; -EINVAL, with a line in the log, for a pool that has no
 * memory in this process.
 */
int xdp_umem_area(struct rte_mempool *mp, uint32_t frame_size, struct xdp_area *area);

/* The rings between the kernel and us that belong to a UMEM; their numbers of entries are powers of 2. */
struct xdp_umem_rings {
	struct xsk_ring_prod fill;
	struct xsk_ring_cons completions;
	uint32_t nb_fill;
	uint32_t nb_completions;
};

/*
 * Have the kernel pin an area, and make the rings, which stay where they are until xsk_umem__delete(). name: of the
 * mempool, for the log. Returns 0 or a negative errno, with a line in the log.
 */
int xdp_umem_create(const char *name, const struct xdp_area *area, struct xdp_umem_rings *rings,
		struct xsk_umem **umem);

#endif /* _XDP_UMEM_H_ */
