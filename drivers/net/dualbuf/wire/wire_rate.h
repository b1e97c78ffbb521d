/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_RATE_H_
#define _WIRE_RATE_H_

/* The speed at which the frames of a capture file come up. */

enum wire_rate_kind {
	WIRE_RATE_ANY, /* as fast as descriptors are armed */
	WIRE_RATE_CAPTURE, /* at the distances at which they were captured */
	WIRE_RATE_PACKETS, /* evenly, by number */
	WIRE_RATE_BITS, /* evenly, by their bits on the wire */
};

struct wire_rate {
	enum wire_rate_kind kind;
	double value; /* times as fast as captured; packets a second; bits a second */
};

/*
 * A frame on the wire has 4 bytes of CRC, and between two frames are preamble and gap: bytes that
 * WIRE_RATE_BITS counts besides those of the frame. Shorter frames are padded to the minimum.
 */
#define WIRE_RATE_OVERHEAD (4 + 8 + 12)
#define WIRE_RATE_MIN_FRAME 60u

/* The forms of a rate, for messages. */
#define WIRE_RATE_FORMS \
	"capture, a factor as 0.5x or 2x, or a number with pps, kpps, Mpps, bit, kbit, Mbit, Gbit"

/* The bounds of the values: a frame in a quarter of an hour is as slow as it gets. */
#define WIRE_RATE_MIN 0.001
#define WIRE_RATE_MAX 1e12

/* 0, or -EINVAL for a text of none of the forms, or a value out of bounds. */
int wire_rate_parse(const char *text, struct wire_rate *rate);

#endif /* _WIRE_RATE_H_ */
