/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_OPEN_H_
#define _BYTES_OPEN_H_

#include "bytes_input.h"

/*
 * Open an input. path: of a regular file or a pipe; "-" is standard input, which may be either.
 * A pipe is held against a second reader in this or another process that uses this function.
 * Returns 0 and the input, or a negative errno and the reason.
 */
int bytes_input_open(const char *path, struct bytes_input **input, struct bytes_reason *reason);

#endif /* _BYTES_OPEN_H_ */
