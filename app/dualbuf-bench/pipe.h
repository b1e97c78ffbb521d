/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _PIPE_H_
#define _PIPE_H_

/* Two cores: one receives and puts packets on a ring, the other takes them from there and frees. */

#include "ring.h"

struct pipe_cost {
	double rx; /* cycles per packet of the core that receives */
	double whole; /* cycles per packet from the first received to the last freed */
};

/* Start and end the other core's work; it goes on between measurements. */
void pipe_start(void);
void pipe_stop(void);

/* Cycles that a word takes from one core to the other; between pipe_stop() and pipe_start(). */
double pipe_distance(void);

/*
 * The same with nothing received and nothing freed: what the ring and the distance between the cores
 * cost alone.
 */
struct pipe_cost pipe_measure_bare(unsigned int nb_rounds);

struct pipe_cost pipe_measure(struct test_rxq *tq, enum ring_free how, unsigned int nb_rounds);

#endif /* _PIPE_H_ */
