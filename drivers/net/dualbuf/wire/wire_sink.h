/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_SINK_H_
#define _WIRE_SINK_H_

#include <stdint.h>

#include "vnic_args.h"
#include "wire_source.h"

/*
 * Where the virtual NIC's wire ends: a capture file, a live interface, or nowhere. A sink belongs to
 * one queue; one thread writes, any thread may flush.
 */
struct wire_sink;

/*
 * Open a sink; an existing file is overwritten, unless a source or sink of any port has it open.
 * The file gets a nanosecond pcap header at once.
 * On failure logs one line that names the end and the reason.
 * Returns 0 and the sink, or a negative errno.
 */
int wire_sink_open(const struct wire_end *end, struct wire_sink **sink);

/*
 * Open the sending half of iface=: shares the source's socket, so that the interface is opened
 * once and does not receive what it sends. The source must outlive the sink.
 */
int wire_sink_share(struct wire_source *source, struct wire_sink **sink);

/* Flush and close a sink; NULL is allowed. Logs if the end of the file could not be written. */
void wire_sink_close(struct wire_sink *sink);

/* As many frames as a sink takes at a time. */
#define WIRE_SINK_FRAMES 32

/*
 * Put up to WIRE_SINK_FRAMES frames on the wire, in order; they are stamped with the time now. Their
 * bytes are needed until this returns.
 * Returns a bit for each frame, bit 0 for the first, that is set if it could not be written (disk
 * full, interface down, longer than WIRE_MAX_FRAME); the first failure of a sink is logged once, with
 * the reason. A file that failed stays so; an interface is tried again with the next frame.
 */
uint32_t wire_sink_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb);

/*
 * What wire_sink_write() took and the file did not get after all, since records are written later. Such
 * a file is cut behind the last record that it has as a whole. Any thread; 0 for an interface.
 */
void wire_sink_lost(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes);

/* Bring what was written so far to the file. Any thread; does nothing for an interface. */
void wire_sink_flush(struct wire_sink *sink);

#endif /* _WIRE_SINK_H_ */
