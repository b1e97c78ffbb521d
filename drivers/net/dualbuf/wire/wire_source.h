/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_SOURCE_H_
#define _WIRE_SOURCE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire_frame.h"

/*
 * Where the virtual NIC's wire begins: a capture (wire_capture.c), perhaps at a rate of its own
 * (wire_pace.c), a live interface (wire_iface.c), or where it ends (wire_loop.c); wire_open.h opens one. A
 * source belongs to one queue, or to several that take turns, and is used by one thread at a time.
 */
struct wire_source;

/* How many frames a source shows at a time. */
#define WIRE_SOURCE_FRAMES 32

/* The operations of one kind of source. */
struct wire_source_ops {
	/*
	 * Show what is next on the wire: set frames and nb. All that was shown before has been
	 * taken. ended: nothing will come any more.
	 */
	void (*fill)(struct wire_source *source);
	uint64_t (*dropped)(struct wire_source *source); /* NULL: nothing ever is */
	uint64_t (*dropped_here)(const struct wire_source *source); /* NULL: nothing ever is */
	uint64_t (*foreign)(const struct wire_source *source); /* NULL: nothing ever is */
	int (*fd)(const struct wire_source *source); /* NULL or -1: frames are there at any time */
	uint64_t (*wait)(const struct wire_source *source); /* NULL: no frame waits for its time */
	uint64_t (*left)(
			const struct wire_source *source); /* NULL: what it has can be read again */
	void (*resume)(struct wire_source *source); /* NULL: it just goes on */
	void (*close)(struct wire_source *source);
};

/* The part that all kinds have alike; each embeds it as its first field. */
struct wire_source {
	const struct wire_source_ops *ops;
	const char *name; /* path or interface name */
	bool live; /* loses what nobody takes (an interface), or waits (a capture) */
	bool is_stream; /* its frames come in their own time, and once */
	bool ended;
	uint32_t holds_back; /* a sink waits until frames were taken; any thread may look */
	uint64_t round; /* times that a file has begun again */
	const uint64_t *due; /* when each frame shown is due, ns of the monotonic clock; NULL: at any time */
	uint32_t next; /* of the frames shown, the first that was not taken */
	uint32_t nb;
	struct wire_frame frames[WIRE_SOURCE_FRAMES];
};

/* Close a source; NULL is allowed. */
void wire_source_close(struct wire_source *source);

/*
 * The frame that is next on the wire, without taking it; asked again, the same frame. Its bytes stay
 * valid until the next call after it was taken.
 * Returns NULL when there is none now, which is for ever when the source has ended.
 * A file that is damaged ends there: every whole record before it is delivered, and the rest is
 * logged once. An infinite one starts again then.
 * An interface that goes down is silent until it is up; one that disappears is logged once.
 */
static inline const struct wire_frame *
wire_source_peek(struct wire_source *source)
{
	if (source->next == source->nb) {
		source->next = 0;
		source->nb = 0;
		if (!source->ended)
			source->ops->fill(source);
		if (source->nb == 0)
			return NULL;
	}
	return &source->frames[source->next];
}

/* How many frames are there that follow each other from the one that wire_source_peek() showed. */
static inline uint32_t
wire_source_shown(const struct wire_source *source)
{
	return source->nb - source->next;
}

/* Take as many of the frames shown. */
static inline void
wire_source_take(struct wire_source *source, uint32_t nb)
{
	source->next += nb;
}

/*
 * Packets that were dropped for this live source since it was opened, by the kernel or because nobody took
 * them in time; 0 for a file.
 * May be called from another thread than the one that takes frames.
 */
uint64_t wire_source_dropped(struct wire_source *source);

/*
 * Those of them that this process has dropped, and the kernel does not know of: where a socket is several
 * processes', the kernel tells its own to whoever asks first. No system call.
 */
uint64_t wire_source_dropped_here(const struct wire_source *source);

/*
 * Packets of other link types than Ethernet that were passed over where this file was read so far; each
 * time that an infinite one comes to them. 0 for a live source. Any thread may ask.
 */
uint64_t wire_source_foreign(const struct wire_source *source);

/* The descriptor to poll for frames of a live source or a stream; -1 for a file, which has them at any time. */
int wire_source_fd(const struct wire_source *source);

/*
 * Nothing was taken for some time because nobody could, and that is over: what waits goes on with the frame
 * that is next, what is live has dropped what came meanwhile.
 */
void wire_source_resume(struct wire_source *source);

/* How long it takes until the next frame is due, in ns; UINT64_MAX: none waits for its time. */
uint64_t wire_source_wait(const struct wire_source *source);

/* How many frames, shown or not, nobody took, and nobody will when it is closed. Of the thread that takes. */
uint64_t wire_source_left(const struct wire_source *source);

#endif /* _WIRE_SOURCE_H_ */
