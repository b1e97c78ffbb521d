/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_FILE_INPUT_H_
#define _BYTES_FILE_INPUT_H_

#include "bytes_input.h"

/* The descriptor is of a regular file, and the input's if this succeeds. Returns 0 or -ENOMEM. */
int bytes_file_input_open(int fd, struct bytes_input **input);

#endif /* _BYTES_FILE_INPUT_H_ */
