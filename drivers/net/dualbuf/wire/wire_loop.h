/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_LOOP_H_
#define _WIRE_LOOP_H_

#include "wire_sink.h"
#include "wire_source.h"

/*
 * A wire that comes back: what is written to its sink is what its source shows, in that order, stamped with the
 * time it was written. One thread writes, and one takes frames, which may be another.
 *
 * It holds so many frames. Then the sink is not ready until some were taken, so that nothing is lost.
 */
#define WIRE_LOOP_FRAMES 4096

/* Returns 0 and the source, or a negative errno, when it was logged. */
int wire_loop_open(struct wire_source **source);

/*
 * Open the sink of a source that wire_loop_open() returned. The source must outlive it.
 * Returns 0 and the sink, or a negative errno, when it was logged.
 */
int wire_loop_send(struct wire_source *source, struct wire_sink **sink);

#endif /* _WIRE_LOOP_H_ */
