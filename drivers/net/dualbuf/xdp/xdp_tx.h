/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_TX_H_
#define _XDP_TX_H_

/*
 * Between a ring of transmit descriptors and the kernel's transmit and completion rings. A frame that lies in
 * the UMEM in one piece is sent from there; any other is copied to a temporary mbuf that does.
 *
 * The kernel may complete frames in any order. Descriptors are reported in theirs: the upper 16 bits of a
 * frame's address, which are an offset that the kernel adds, are the position of its last descriptor, and
 * come back with it.
 *
 * What the rings say is not trusted: a completion of what was not sent is passed over and counted. Functions are
 * for the thread that sends.
 */

#include <rte_mbuf.h>

#include <xdp/xsk.h>

#include "dualbuf_desc_ext.h"
#include "dualbuf_pool.h"
#include "xdp_area.h"

/* The shortest frame that has an Ethernet header. */
#define XDP_TX_MIN_FRAME RTE_ETHER_HDR_LEN

/* What became of a descriptor that was given to the device, and is not reported. */
enum xdp_tx_state {
	XDP_TX_IDLE,
	XDP_TX_SENT, /* the last of a frame that the kernel has */
	XDP_TX_DONE,
};

struct xdp_tx {
	volatile uint32_t tail; /* TDT: the driver's doorbell */
	uint32_t head; /* the oldest descriptor that is not reported */
	uint32_t next; /* the first one that was not looked at */
	uint32_t nb_desc;
	uint32_t max_frame; /* bytes */
	volatile struct dualbuf_tx_desc *desc;
	struct xsk_ring_prod *ring;
	struct xsk_ring_cons *completions;
	struct xdp_area area;
	uint8_t *states; /* by position, enum xdp_tx_state */
	struct rte_mbuf **copies; /* by position, the frame's copy, if it has one */
	struct rte_mbuf *spare; /* to go on with when the pool is empty */
	struct dualbuf_pool *pool; /* copies come from there */
	uint32_t nb_sent; /* frames that the kernel has */

	/* Any thread may read; bytes as they would be on the wire */
	uint64_t errors;
	uint64_t error_bytes;
	uint64_t copied;
	uint64_t unknown; /* completions that named nothing that was sent */
};

/* Have an mbuf to go on with, once area and pool are known. Returns false when the pool has none. */
bool xdp_tx_take_spare(struct xdp_tx *tx);

/*
 * Give the kernel the frames in [next, tail), as many as its ring and the pool have room for; those that cannot
 * be sent are errors, and lost. Returns how many.
 */
uint32_t xdp_tx_submit(struct xdp_tx *tx);

/* Report the frames that the kernel has done with, as far as all before them are done. */
void xdp_tx_complete(struct xdp_tx *tx);

/* How many frames there are in the ring that the kernel has not taken. */
static inline uint32_t
xdp_tx_untaken(const struct xdp_tx *tx)
{
	return tx->ring->cached_prod - __atomic_load_n(tx->ring->consumer, __ATOMIC_ACQUIRE);
}

/* Does the kernel have to be told that there is something in its ring? */
static inline bool
xdp_tx_needs_wakeup(const struct xdp_tx *tx)
{
	return xdp_tx_untaken(tx) != 0 && xsk_ring_prod__needs_wakeup(tx->ring);
}

/* The frame that the kernel took last was not sent: count it as an error. */
void xdp_tx_count_dropped(struct xdp_tx *tx);

/* Lose the frames in [next, tail), and count them as errors. */
void xdp_tx_discard(struct xdp_tx *tx);

/*
 * The kernel looks at the ring no more: what it had is reported as done, and the copies go to the pool. What it
 * has not taken is lost, and counted as errors.
 */
void xdp_tx_give_up(struct xdp_tx *tx);

#endif /* _XDP_TX_H_ */
