/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_PIPE_OUTPUT_H_
#define _BYTES_PIPE_OUTPUT_H_

#include "bytes_output.h"

/*
 * The descriptor is the writing end of a pipe, and does not block; it is the output's if this succeeds. A
 * reader that is gone is EPIPE, and no signal. Returns 0 or -ENOMEM.
 */
int bytes_pipe_output_open(int fd, struct bytes_output **output);

#endif /* _BYTES_PIPE_OUTPUT_H_ */
