/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAPNG_READER_H_
#define _WIRE_PCAPNG_READER_H_

#include "wire_reader.h"

/*
 * The packets of a pcapng file, walked in memory, where frames stay: enhanced, simple and obsolete packet
 * blocks of Ethernet interfaces, in any number of sections of either byte order. Packets of other
 * interfaces are passed over and counted, as are blocks and options that say nothing of Ethernet packets,
 * however long they are.
 *
 * Of what a block says of itself nothing is believed before it is checked; how long a section is said to
 * be is not asked at all. Damage is a block whose two lengths differ, or are not possible; a packet longer
 * than its block or than WIRE_MAX_FRAME, or of an interface that was not described before; a section that
 * begins with neither byte order's mark, or is of an unknown version; an option of an interface that goes
 * on behind its block or, for a time's unit or offset, has another length than it must have.
 *
 * A simple packet has no time of its own, and is shown with 0.
 *
 * Opening reads on to the first description of an Ethernet interface, and no further. A file that has none
 * is refused only at its end: packets of Ethernet may follow those of any other link type.
 *
 * path: for the log. Returns 0, 1 if the file is of another kind, or a negative errno, which is logged but
 * for -ENOMEM. The window is at the file's beginning, and stays the caller's.
 */
int wire_pcapng_reader_open(
		struct wire_window *window, const char *path, struct wire_reader **reader);

#endif /* _WIRE_PCAPNG_READER_H_ */
