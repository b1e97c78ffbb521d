/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BASE_H_
#define _BASE_H_

/* The conventional receive path of base_queue.h: a queue is made, and the path of a width chosen. */

#include "base_queue.h"

/* A queue over descriptors that the caller has: nb_desc + BASE_PADDING of them. NULL: no memory. */
struct base_queue *base_open(struct rte_mempool *pool, volatile union dualbuf_rx_desc *desc,
		uint32_t nb_desc, volatile uint32_t *tail_reg, base_burst_t burst);
void base_close(struct base_queue *queue);

/* The vector path of that many bits. NULL: this machine or this build does not have it. */
base_burst_t base_vector(unsigned int bits);

#endif /* _BASE_H_ */
