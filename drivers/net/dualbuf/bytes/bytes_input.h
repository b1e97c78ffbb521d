/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_INPUT_H_
#define _BYTES_INPUT_H_

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bytes_reason.h"

/*
 * Where bytes come from: a regular file (bytes_file_input.c), a pipe (bytes_pipe_input.c), or either of them
 * decompressed (bytes_decoded_input.c). An input is used by one thread at a time, and never makes it wait.
 */
struct bytes_input;

struct bytes_input_ops {
	/* As bytes_input_read(). */
	ssize_t (*read)(struct bytes_input *input, void *to, size_t nb);
	/* As bytes_input_skip(); NULL: it reads. */
	ssize_t (*skip)(struct bytes_input *input, size_t nb);
	/* As bytes_input_rewind(). */
	int (*rewind)(struct bytes_input *input);
	void (*close)(struct bytes_input *input);
};

/* The part that all kinds have alike; each embeds it as its first field. */
struct bytes_input {
	const struct bytes_input_ops *ops;
	bool is_stream; /* bytes come in their own time, and once */
	int fd; /* of a stream, to be polled for more; else -1 */
	const char *fault; /* why read() failed, where that is more than errno says; else NULL */
	/* It failed with EAGAIN because it had worked enough: there may be more at once. Whoever reads resets it. */
	bool gave_up;
};

/* Close an input; NULL is allowed. */
void bytes_input_close(struct bytes_input *input);

/*
 * Read nb bytes at most. Returns how many, 0 at the end, or -1 with errno; EAGAIN: there are none now.
 * What is damaged comes up as far as it is whole, before that is said.
 */
static inline ssize_t
bytes_input_read(struct bytes_input *input, void *to, size_t nb)
{
	return input->ops->read(input, to, nb);
}

/* Pass over nb bytes at most, of a file without reading them. Returns as bytes_input_read() does. */
ssize_t bytes_input_skip(struct bytes_input *input, size_t nb);

/* Go back to the first byte. Returns 0 or a negative errno; a stream cannot: -ESPIPE. */
int bytes_input_rewind(struct bytes_input *input);

/* Wait until a stream may have more, but no longer than that. */
void bytes_input_wait(const struct bytes_input *input, unsigned int ms);

/* For reads that have worked enough without a byte. Returns -1 with EAGAIN. */
static inline ssize_t
bytes_input_give_up(struct bytes_input *input)
{
	input->gave_up = true;
	errno = EAGAIN;
	return -1;
}

/* Why bytes_input_read() has just returned -1. */
const char *bytes_input_fault(const struct bytes_input *input);

#endif /* _BYTES_INPUT_H_ */
