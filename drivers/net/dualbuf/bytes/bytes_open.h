/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_OPEN_H_
#define _BYTES_OPEN_H_

#include <stdbool.h>

#include "bytes_input.h"
#include "bytes_output.h"

/* How long who is to open a pipe waits for the one at its other end, in s. */
#define BYTES_PATIENCE_S 10

/*
 * Open an input. path: of a regular file or a pipe; "-" is standard input, which may be either.
 * A pipe is held against a second reader in this or another process that uses this function.
 * Returns 0 and the input, or a negative errno and the reason.
 */
int bytes_input_open(const char *path, struct bytes_input **input, struct bytes_reason *reason);

/*
 * Open an output. path: of a regular file, which is made if it is not there, of a pipe, or of a device such
 * as /dev/null; "-" is standard output. keep: what a regular file has stays, else it is emptied. Such a file
 * is held against others that use it in this or another process.
 * Waits BYTES_PATIENCE_S at most for the reader of a pipe.
 * Returns 0 and the output, or a negative errno and the reason.
 */
int bytes_output_open(const char *path, bool keep, struct bytes_output **output,
		struct bytes_reason *reason);

#endif /* _BYTES_OPEN_H_ */
