/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RING_DEFERRED_UTIL_H_
#define _RING_DEFERRED_UTIL_H_

/* A ring whose last buffers are lent: what the receive path does with it. */

#include "ring_util.h"

/* The result of the last call of rearm(). */
static struct {
	uint32_t gained; /* descriptors that the device may use now and could not before */
	uint32_t pos[NB_DESC]; /* of these, those whose address has to be written, in order */
	uint32_t nb_woken;
} rearmed;

static inline void
make_loan_ring(uint32_t nb_bufs)
{
	make_full_ring(NB_DESC, nb_bufs);
	/* the counts wrap soon */
	ring.next.count = UINT32_MAX - 100;
	dualbuf_ring_restart(&ring);
}

/* As the receive path treats a filled descriptor: flip if it can, else lend. */
static inline void *
hand_up(uint32_t pos)
{
	uint32_t side = dualbuf_ring_alternate(&ring, pos);

	return side == ring.armed[pos] ? dualbuf_ring_lend(&ring, pos) :
					 dualbuf_ring_flip(&ring, pos, side);
}

/* Its work before and after a burst. */
static inline void
rearm(void)
{
	uint32_t pos;
	bool woken;

	memset(&rearmed, 0, sizeof(rearmed));
	while (dualbuf_ring_armed_count(&ring) < NB_DESC) {
		pos = ring.arm.pos;
		if (!dualbuf_ring_arm_next(&ring, &woken))
			break;
		rearmed.gained++;
		if (woken)
			rearmed.pos[rearmed.nb_woken++] = pos;
	}
}

/* How far the device may go from a head that has caught up with the driver. */
static inline uint32_t
device_room(void)
{
	return (dualbuf_ring_tail(&ring) + NB_DESC - ring.next.pos) % NB_DESC;
}

static inline void
with_each(void (*rule)(uint32_t nb_bufs))
{
	uint32_t i;

	for (i = 0; i < COUNT(buffer_counts); i++) {
		make_loan_ring(buffer_counts[i]);
		rule(buffer_counts[i]);
		free_ring();
	}
}

#endif /* _RING_DEFERRED_UTIL_H_ */
