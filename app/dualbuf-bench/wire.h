/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_H_
#define _WIRE_H_

/*
 * The device's side of a receive ring: it owns [head, tail) and writes descriptors back as the
 * 82574L would. Never part of what is timed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "dualbuf_desc_ext.h"

struct wire {
	volatile union dualbuf_rx_desc *desc;
	uint32_t nb_desc;
	uint32_t head;
	uint32_t sequence; /* packets written so far */
	uint16_t data_len; /* write so many bytes to the buffers too, all of that length; 0: none */
	volatile uint32_t tail; /* the doorbell */
};

/* The write-back of the next packet; a pure function of its number. */
union dualbuf_rx_desc wire_write_back(const struct wire *wire, uint32_t sequence);

/*
 * Write back up to n descriptors, one packet each. Returns how many there were; it is less when
 * the driver has not armed as many.
 */
uint32_t wire_fill(struct wire *wire, uint32_t n);

/* Write back the next descriptor in any way. Returns false when none is armed. */
bool wire_write(struct wire *wire, union dualbuf_rx_desc write_back);

#endif /* _WIRE_H_ */
