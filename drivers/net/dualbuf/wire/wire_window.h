/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_WINDOW_H_
#define _WIRE_WINDOW_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire_frame.h"

/*
 * A part of a capture file, in memory, that moves along the file as records are walked. The one place
 * that knows where a capture's bytes come from: whoever walks them sees memory only.
 *
 * The file is read in large pieces. That costs less than mapping its pages does, and a file that somebody
 * truncates meanwhile ends early, where a mapping of it would end the process.
 */

/*
 * How much is kept at a time of what does not end in the window: the longest frame, with what its record
 * or block has before and behind it.
 */
#define WIRE_WINDOW_KEEP (WIRE_MAX_FRAME + 1024)

struct wire_window {
	int fd;
	uint8_t *bytes;
	size_t at; /* the first byte that is not walked yet */
	size_t len; /* how many bytes there are */
	off_t begin; /* in the file, of its first record */
	off_t offset; /* in the file, of what is to be read next */
	bool is_all; /* everything from begin to the file's end is there */
};

/* Nothing is read yet. begin: where the records begin. Returns 0 or -ENOMEM. */
int wire_window_open(struct wire_window *window, int fd, off_t begin);

/* The file stays open. */
void wire_window_close(struct wire_window *window);

/* Go back to the first record. A file that fits into the window is not read again. */
void wire_window_restart(struct wire_window *window);

/* How many bytes there are that are not walked yet. */
static inline size_t
wire_window_rest(const struct wire_window *window)
{
	return window->len - window->at;
}

/*
 * Read on, and keep what is not walked yet, which may be WIRE_WINDOW_KEEP bytes. It moves.
 * Returns more than 0, 0 at the end of the file, or less with errno.
 */
ssize_t wire_window_read(struct wire_window *window);

/*
 * Cut nb bytes out of what is not walked yet, behind the first keep bytes, which are there already. What
 * is cut need not be there, and no memory is needed for it.
 * Returns as above; 0: the file ends before, and offset is its end.
 */
ssize_t wire_window_cut(struct wire_window *window, size_t keep, size_t nb);

#endif /* _WIRE_WINDOW_H_ */
