/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_FORMAT_H_
#define _BYTES_FORMAT_H_

#include <stddef.h>
#include <stdint.h>

#include "bytes_decoder.h"
#include "bytes_encoder.h"
#include "bytes_reason.h"

/* As many bytes tell whether data are compressed; what has fewer is not. */
#define BYTES_MAGIC_SIZE 4

/* A format of compressed data, with its library if this build has it. */
struct bytes_format {
	const char *name;
	const char *suffix; /* of files; NULL: another row has it */
	uint8_t magic[BYTES_MAGIC_SIZE];
	size_t magic_size;
	const char *library;
	const struct bytes_decoder *decoder; /* NULL: this build does not have the library */
	const struct bytes_encoder *encoder; /* likewise */
};

/* The format that data have whose first bytes are these; NULL: none. */
const struct bytes_format *bytes_format_of_data(const void *first, size_t nb);

/* The format that a file's name asks for; NULL: none. */
const struct bytes_format *bytes_format_of_name(const char *path);

/* Returns -ENOTSUP and the reason if this build lacks the library, else 0. */
int bytes_format_check(const struct bytes_format *format, struct bytes_reason *reason);

#endif /* _BYTES_FORMAT_H_ */
