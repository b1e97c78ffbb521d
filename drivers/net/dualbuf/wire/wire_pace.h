/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PACE_H_
#define _WIRE_PACE_H_

#include "wire_rate.h"
#include "wire_source.h"

/*
 * A source that shows each frame of another one, a capture's, when it is due. The schedule begins with the
 * first look, and is kept: who looks late finds all that is due by then.
 *
 * With WIRE_RATE_CAPTURE a frame is due as long after the first one as it was captured, times the factor.
 * One that was captured before its predecessor is due with it, which is logged once; so are gaps of
 * more than a minute. A file's next round begins after the mean gap of the one before.
 *
 * The inner source is the pace's from here on, also on failure. rate is of any kind but WIRE_RATE_ANY.
 * Returns 0 and the source, or -ENOMEM.
 */
int wire_pace_open(struct wire_source *inner, const struct wire_rate *rate,
		struct wire_source **source);

#endif /* _WIRE_PACE_H_ */
