/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_DECODED_INPUT_H_
#define _BYTES_DECODED_INPUT_H_

#include "bytes_format.h"
#include "bytes_input.h"

/*
 * What was read of an input before it is decompressed may have as many bytes: less than BYTES_MAGIC_SIZE, and
 * then as many as a window reads at a time.
 */
#define BYTES_DECODED_BEFORE (BYTES_MAGIC_SIZE + 256 * 1024)

/*
 * What an input has, decompressed, if it is of a format that is known by its first bytes: gzip, zstd or LZ4,
 * each with the library that this build has for it.
 *
 * first: the nb first bytes of the inner input, which were read from it already. The inner input is the
 * new one's if this succeeds.
 * Returns 0 and the input, 1 if the bytes are of none of the formats, or a negative errno and the reason.
 */
int bytes_decoded_input_open(struct bytes_input *inner, const void *first, size_t nb,
		struct bytes_input **input, struct bytes_reason *reason);

#endif /* _BYTES_DECODED_INPUT_H_ */
