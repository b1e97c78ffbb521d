/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_WINDOW_H_
#define _WIRE_WINDOW_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes_input.h"
#include "wire_frame.h"

/*
 * A part of a capture, in memory, that moves along it as records are walked: whoever walks them sees memory
 * only.
 *
 * Files are read in large pieces. That costs less than mapping their pages does, and a file that somebody
 * truncates meanwhile ends early, where a mapping of it would end the process.
 */

/*
 * How much is kept at a time of what does not end in the window: the longest frame, with what its record
 * or block has before and behind it.
 */
#define WIRE_WINDOW_KEEP (WIRE_MAX_FRAME + 1024)

struct wire_window {
	struct bytes_input *input;
	uint8_t *bytes;
	size_t at; /* the first byte that is not walked yet */
	size_t len; /* how many bytes there are */
	uint64_t offset; /* in the capture, of what is to be read next */
	uint64_t skip; /* bytes that are to be passed over before that */
	uint64_t patient_until; /* when to wait for bytes no longer, by the monotonic clock; 0: never wait */
	bool is_all; /* the whole capture is there */
};

/* Nothing is read yet. The input stays the caller's. Returns 0 or -ENOMEM. */
int wire_window_open(struct wire_window *window, struct bytes_input *input);

void wire_window_close(struct wire_window *window);

/* What is in the window was only the outside of another input, which begins anew. */
void wire_window_exchange(struct wire_window *window, struct bytes_input *input);

/*
 * Go back to where the records begin. What fits into the window is not read again.
 * Returns 0 or a negative errno.
 */
int wire_window_restart(struct wire_window *window, size_t begin);

/* How many bytes there are that are not walked yet. */
static inline size_t
wire_window_rest(const struct wire_window *window)
{
	return window->len - window->at;
}

/*
 * Read on, and keep what is not walked yet, which may be WIRE_WINDOW_KEEP bytes. It moves.
 * Returns more than 0, 0 at the end, or -1 with errno; EAGAIN: there is nothing now; ETIMEDOUT: nor was
 * there until patience was at its end.
 */
ssize_t wire_window_read(struct wire_window *window);

/* Read on until nb bytes are there that are not walked yet. Returns as above; more than 0: they are. */
ssize_t wire_window_need(struct wire_window *window, size_t nb);

/*
 * Cut nb bytes out of what is not walked yet, behind the first keep bytes, which are there already. What
 * is cut need not be there, and no memory is needed for it.
 */
void wire_window_cut(struct wire_window *window, size_t keep, size_t nb);

#endif /* _WIRE_WINDOW_H_ */
