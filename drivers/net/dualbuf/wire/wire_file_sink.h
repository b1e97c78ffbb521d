/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_FILE_SINK_H_
#define _WIRE_FILE_SINK_H_

#include "wire_choices.h"
#include "wire_sink.h"

/*
 * A capture as a sink: wire_sink_open() for files and pipes. It has nanoseconds. A name that ends in .gz, .zst
 * or .lz4 asks for compression.
 *
 * A pipe never makes the sender wait: what its reader has not taken is kept, and when that is much the sink
 * is not ready. When such a sink is closed the reader has WIRE_FILE_CLOSE_MS for the rest.
 */
int wire_file_sink_open(
		const char *path, const struct wire_sink_choices *choices, struct wire_sink **sink);

#define WIRE_FILE_CLOSE_MS 1000

/*
 * The same, for a file that another process has opened and begun, and has let us write to: wire_sink_pass().
 * The descriptor is the sink's, or closed.
 */
int wire_file_sink_adopt(const char *path, int fd, const struct wire_sink_choices *choices,
		struct wire_sink **sink);

#endif /* _WIRE_FILE_SINK_H_ */
