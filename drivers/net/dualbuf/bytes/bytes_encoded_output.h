/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_ENCODED_OUTPUT_H_
#define _BYTES_ENCODED_OUTPUT_H_

#include "bytes_format.h"
#include "bytes_output.h"

/*
 * What is written, compressed. Each write, of nb bytes at the most, can be decompressed without what follows;
 * it is written as a whole or not at all, and can not be taken back.
 *
 * The inner output, which is a file, is the new one's if this succeeds.
 * Returns 0 and the output, or a negative errno and the reason.
 */
int bytes_encoded_output_open(struct bytes_output *inner, const struct bytes_format *format,
		size_t nb, struct bytes_output **output, struct bytes_reason *reason);

#endif /* _BYTES_ENCODED_OUTPUT_H_ */
