/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_FILE_OUTPUT_H_
#define _BYTES_FILE_OUTPUT_H_

#include "bytes_output.h"

/*
 * The descriptor is of a regular file, behind the last byte of which is written, or of a device; it is the
 * output's if this succeeds. Returns 0 or -ENOMEM.
 */
int bytes_file_output_open(int fd, struct bytes_output **output);

#endif /* _BYTES_FILE_OUTPUT_H_ */
