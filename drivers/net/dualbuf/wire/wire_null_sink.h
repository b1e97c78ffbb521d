/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_NULL_SINK_H_
#define _WIRE_NULL_SINK_H_

#include "wire_sink.h"

/* A sink that takes every frame and brings it nowhere. Returns 0 and the sink, or a negative errno. */
int wire_null_sink_open(struct wire_sink **sink);

#endif /* _WIRE_NULL_SINK_H_ */
