/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_OUTPUT_H_
#define _BYTES_OUTPUT_H_

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bytes_reason.h"

/*
 * Where bytes go to: a regular file or a device (bytes_file_output.c), a pipe (bytes_pipe_output.c), or
 * compressed to a file (bytes_encoded_output.c). An output is used by one thread at a time.
 */
struct bytes_output;

struct bytes_output_ops {
	size_t (*write)(struct bytes_output *output, const void *from, size_t nb, int *error);
	int (*cut)(struct bytes_output *output, size_t nb); /* NULL: what was written stays */
	int (*finish)(struct bytes_output *output); /* NULL: there is nothing to be added */
	int (*file)(const struct bytes_output *output); /* NULL: bytes are kept here */
	void (*close)(struct bytes_output *output);
};

/* The part that all kinds have alike; each embeds it as its first field. */
struct bytes_output {
	const struct bytes_output_ops *ops;
	bool is_stream; /* it takes bytes in a reader's time, and does not make the writer wait */
	int fd; /* of a stream, to be polled for room; else -1 */
	bool is_begun; /* it has bytes from before, behind which others are written */
};

/*
 * Write bytes. Returns how many, counted from the first; where that is not all, error says why, and is 0
 * else. EAGAIN: the reader of a stream has not taken what it has.
 */
static inline size_t
bytes_output_write(struct bytes_output *output, const void *from, size_t nb, int *error)
{
	return output->ops->write(output, from, nb, error);
}

/* How bytes are written to a descriptor: as write(). */
typedef ssize_t (*bytes_put)(int fd, const void *from, size_t nb);

/* bytes_output_write() to a descriptor, for the kinds that have one. */
size_t bytes_output_put_all(bytes_put put, int fd, const void *from, size_t nb, int *error);

/* Take back the last nb of the bytes that were written, where that can be. Returns 0 or an errno. */
int bytes_output_cut(struct bytes_output *output, size_t nb);

/* Write what belongs to the end. Returns 0 or an errno. */
int bytes_output_finish(struct bytes_output *output);

/* Wait until a stream may have room, but no longer than that. */
void bytes_output_wait(const struct bytes_output *output, unsigned int ms);

/*
 * The descriptor by which another process may write on, where this one has written all that it was given; it
 * stays the output's. -1: there is none, since bytes are kept here (a pipe's, or those to be compressed).
 */
int bytes_output_file(const struct bytes_output *output);

/* Close an output; NULL is allowed. */
void bytes_output_close(struct bytes_output *output);

#endif /* _BYTES_OUTPUT_H_ */
