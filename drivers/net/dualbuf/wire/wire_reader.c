/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "bytes_open.h"
#include "wire_reader.h"

int
wire_reader_damaged(struct wire_reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reader->damage, sizeof(reader->damage), format, args);
	va_end(args);
	return WIRE_READER_DAMAGED;
}

int
wire_reader_end(struct wire_reader *reader, const struct wire_window *window, ssize_t got,
		uint64_t nb)
{
	if (got < 0 && errno == EAGAIN) {
		reader->gave_up = window->input->gave_up;
		return WIRE_READER_LATER;
	}
	if (got < 0 && errno == ETIMEDOUT)
		return wire_reader_damaged(reader, "does not go on within %d s", BYTES_PATIENCE_S);
	if (got < 0)
		return wire_reader_damaged(
				reader, "cannot be read: %s", bytes_input_fault(window->input));
	if (nb > 0)
		return wire_reader_damaged(
				reader, "truncated: the file ends %" PRIu64 " bytes into it", nb);
	return WIRE_READER_END;
}
