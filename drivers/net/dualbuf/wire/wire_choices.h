/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_CHOICES_H_
#define _WIRE_CHOICES_H_

#include <stdint.h>

/* A filter's text has less. */
#define WIRE_FILTER_SIZE 8192

/* The packets of a live interface that are received. */
enum wire_direction {
	WIRE_DIRECTION_INOUT,
	WIRE_DIRECTION_IN,
	WIRE_DIRECTION_OUT,
};

/* How sources are to be read. */
struct wire_choices {
	uint64_t rounds; /* how many times a file is read, 0 without end */
	enum wire_direction direction;
	uint32_t snaplen; /* frames are cut to that length; 0: they are not */
	char filter[WIRE_FILTER_SIZE]; /* what passes, as pcap-filter(7) says it; "": all does */
};

#endif /* _WIRE_CHOICES_H_ */
