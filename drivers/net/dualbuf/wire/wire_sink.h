/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_SINK_H_
#define _WIRE_SINK_H_

#include <stdbool.h>
#include <stdint.h>

#include "wire_frame.h"

/*
 * Where the virtual NIC's wire ends: a capture file (wire_file_sink.c), a live interface
 * (wire_iface_sink.c), where it begins (wire_loop.c), or nowhere (wire_null_sink.c); wire_open.h opens one. A
 * sink belongs to one queue; one thread writes, any thread may flush.
 */
struct wire_sink;

/* The operations of one kind of sink. */
struct wire_sink_ops {
	uint32_t (*write)(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb);
	void (*flush)(struct wire_sink *sink); /* NULL: nothing waits to be written */
	bool (*ready)(struct wire_sink *sink); /* NULL: always */
	void (*wait)(const struct wire_sink *sink,
			unsigned int ms); /* NULL: there is nothing to wait for */
	/* NULL: nothing is lost after write() */
	void (*lost)(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes);
	int (*pass)(struct wire_sink *sink); /* NULL: it cannot */
	void (*close)(struct wire_sink *sink);
};

/* The part that all kinds have alike; each embeds it as its first field. */
struct wire_sink {
	const struct wire_sink_ops *ops;
	const char *name; /* path or interface name */
	bool waits; /* it takes frames in a reader's time, and is not always ready */
	bool is_stream; /* it cannot be opened again */
};

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
static inline uint32_t
wire_sink_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	return sink->ops->write(sink, frames, nb);
}

/*
 * Is there room for WIRE_SINK_FRAMES frames of any length? Those that are written without it are lost. Always,
 * but for one that waits, whose reader has not taken what was written before. Of the thread that writes.
 */
static inline bool
wire_sink_ready(struct wire_sink *sink)
{
	return sink->ops->ready == NULL || sink->ops->ready(sink);
}

/* Wait until it may be ready, but no longer than that. */
void wire_sink_wait(const struct wire_sink *sink, unsigned int ms);

/*
 * How much wire_sink_write() took and the file did not get after all, since records are written later.
 * Such a file is cut behind the last record that it has as a whole. Any thread; 0 for an interface.
 */
void wire_sink_lost(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes);

/*
 * Let another process send in this one's place: the descriptor by which it does, see wire_sink_adopt() in
 * wire_open.h. It stays the sink's, to which nothing is written any more. -ENOTSUP: frames that wait are kept
 * in this process. Any thread.
 */
int wire_sink_pass(struct wire_sink *sink);

/* Bring all that was written so far to the file. Any thread; does nothing for an interface. */
void wire_sink_flush(struct wire_sink *sink);

#endif /* _WIRE_SINK_H_ */
