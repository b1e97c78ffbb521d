/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RING_H_
#define _RING_H_

/* One core: the ring is filled, then received and freed, and only that is timed. */

#include "test_rxq.h"
#include "sample.h"

#define RING_MAX_BURST 512

enum ring_free {
	RING_FREE_LATER, /* outside the timed part */
	RING_FREE_BULK, /* rte_pktmbuf_free_bulk() */
	RING_FREE_FAST, /* rte_mempool_put_bulk() to the pool of the first, as transmit's fast free */
	RING_FREE_LOOK, /* the same, after a look at each as rte_pktmbuf_free_bulk() takes it */
};

/* How many packets one filling has: what every contender has armed at any time. */
static inline uint32_t
ring_filling(uint32_t nb_desc)
{
	return nb_desc - (nb_desc / 2 < 64 ? nb_desc / 2 : 64);
}

/* The work on the packets of a burst, which is timed. */
typedef void (*ring_consume_t)(struct rte_mbuf **pkts, uint16_t nb_pkts);

struct ring_work {
	enum ring_free free;
	ring_consume_t consume; /* before they are freed; NULL: nothing */
	bool drifts; /* fillings vary, so that bursts begin and end anywhere */
};

/* One that takes part in a contest, and what it needs in the end. */
struct ring_contender {
	struct test_rxq *tq;
	struct ring_work work;
	struct sample cycles; /* per packet */
};

/* Cycles per packet over a number of rounds. */
double ring_measure(struct test_rxq *tq, const struct ring_work *work, unsigned int nb_rounds);

/* Let contenders take turns, and fill in their samples. */
void ring_contest(struct ring_contender *contenders, unsigned int nb, unsigned int nb_samples);

/* Free as the work says. */
void ring_free(struct rte_mbuf **pkts, uint16_t nb_pkts, enum ring_free how);

#endif /* _RING_H_ */
