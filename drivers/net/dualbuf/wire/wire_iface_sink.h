/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_IFACE_SINK_H_
#define _WIRE_IFACE_SINK_H_

#include <stdbool.h>

#include "wire_sink.h"

/*
 * A live interface as a sink: wire_sink_open() for interfaces. Or one that sends by a socket that somebody
 * else has open for that interface, and closes after the sink.
 */
int wire_iface_sink_open(const char *name, struct wire_sink **sink);
int wire_iface_sink_share(const char *name, int fd, struct wire_sink **sink);

/* The same by a socket that is the sink's, or closed. */
int wire_iface_sink_adopt(const char *name, int fd, struct wire_sink **sink);

#endif /* _WIRE_IFACE_SINK_H_ */
