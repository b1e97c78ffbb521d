/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BARE_RING_H_
#define _BARE_RING_H_

/*
 * What nobody with two buffers a descriptor can do without: of each mbuf a line is written and one is
 * read, the pointer goes up, and the descriptor is armed with the other buffer. Write-backs are looked at
 * for DD alone. The two take turns, whether they are home or not, so what goes up must be freed at once.
 */

#include <rte_mbuf.h>

#include "dualbuf_desc_ext.h"

struct bare_ring;

/* NULL: no memory, or too few mbufs. nb_desc is a power of 2. */
struct bare_ring *bare_ring_open(struct rte_mempool *pool, volatile union dualbuf_rx_desc *desc,
		uint32_t nb_desc, volatile uint32_t *tail_reg);

/* The mbufs go back to that pool, where they came from. */
void bare_ring_close(struct bare_ring *ring, struct rte_mempool *pool);

/* Mbufs name a pool that does nothing with them: freed in any way, they stay here. */
uint16_t bare_ring_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

#endif /* _BARE_RING_H_ */
