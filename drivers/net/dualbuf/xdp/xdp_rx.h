/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_RX_H_
#define _XDP_RX_H_

/*
 * Between the kernel's receive and fill rings and a ring of descriptors:
 *
 *     kernel's rx ring   ---> xdp_rx_step ---> write-backs      the driver's receive path reads them,
 *     kernel's fill ring <--- xdp_rx_post <--- armed addresses  and arms alternates
 *
 * The kernel has the armed buffers of the descriptors [head, posted), all of them if it is so, and no others: no
 * descriptor is held back, as silicon wants it, where a full ring and an empty one would look alike. It gives them back in the
 * order of the fill ring, mostly; when it does not, buffers are exchanged between descriptors, so that
 * write-backs come in the order of the packets (dualbuf_pool_order.h).
 *
 * What the rings say is not trusted: an address that is not of these buffers is passed over and counted, and
 * a length that does not fit is written back as an error, and so is what is left of a packet in several parts
 * when one is missing. Functions are for the thread that receives.
 */

#include <xdp/xsk.h>

#include "dualbuf_desc_ext.h"
#include "dualbuf_rxq.h"
#include "xdp_area.h"

struct xdp_rx {
	volatile uint32_t
			tail; /* the driver's doorbell, which holds a descriptor back: it is not looked at */
	struct dualbuf_cursor head; /* descriptor that the next packet is written back to */
	struct dualbuf_cursor posted; /* descriptor whose buffer is posted next */
	uint32_t nb_desc;
	uint32_t buf_size;
	bool broken; /* a part is missing of the packet that is written back next, or was begun */
	volatile union dualbuf_rx_desc *desc;
	struct xsk_ring_cons *ring;
	struct xsk_ring_prod *fill;
	struct xdp_area area;
	const struct dualbuf_rxq *rxq; /* whose software descriptors these are */

	/* Any thread may read */
	uint64_t unknown; /* entries that named no buffer that the kernel had */
	uint64_t exchanged; /* buffers that came in another order than the ring's */
};

/* Write back what the kernel has received, up to max entries. Returns how many there were. */
uint32_t xdp_rx_step(struct xdp_rx *rx, uint32_t max);

/* Give the kernel the buffers that were armed since, as far as its ring has room. Returns how many. */
uint32_t xdp_rx_post(struct xdp_rx *rx);

/* The kernel has no buffer yet, and the descriptor ring is at its beginning. */
static inline void
xdp_rx_begin(struct xdp_rx *rx)
{
	rx->head = rx->rxq->ring->next;
	rx->posted = rx->head;
	rx->broken = false;
}

#endif /* _XDP_RX_H_ */
