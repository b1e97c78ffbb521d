/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_END_H_
#define _WIRE_END_H_

#include <limits.h>

/* The kind of thing that one queue's packets come from or go to. */
enum wire_end_kind {
	WIRE_END_NONE, /* receives nothing; drops what is sent */
	WIRE_END_FILE, /* a capture file */
	WIRE_END_IFACE, /* a live interface, both directions */
	WIRE_END_IFACE_IN, /* a live interface, received packets only */
	WIRE_END_LOOP, /* the other direction of the same queue */
};

/* An end of the wire as the user names it; wire_open.h opens it. */
struct wire_end {
	enum wire_end_kind kind;
	char name[PATH_MAX]; /* path or interface name */
};

#endif /* _WIRE_END_H_ */
