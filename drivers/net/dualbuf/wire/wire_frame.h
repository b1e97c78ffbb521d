/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_FRAME_H_
#define _WIRE_FRAME_H_

#include <stdint.h>

/* As long as libpcap lets an Ethernet frame be. */
#define WIRE_MAX_FRAME 262144

/*
 * One frame on the wire. Nothing limits the length that a source shows; of more than WIRE_MAX_FRAME bytes
 * only so many need be there.
 */
struct wire_frame {
	const uint8_t *data;
	uint32_t len; /* captured bytes: perhaps fewer than were on the wire, perhaps none */
	uint32_t original; /* bytes on the wire, as a source says; what filters take for its length */
	uint64_t stamp; /* ns since the epoch */
};

#endif /* _WIRE_FRAME_H_ */
