/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_FILE_SINK_H_
#define _WIRE_FILE_SINK_H_

#include "wire_sink.h"

/* A capture file as a sink: wire_sink_open() for files. It is classic pcap with nanoseconds. */
int wire_file_sink_open(const char *path, struct wire_sink **sink);

#endif /* _WIRE_FILE_SINK_H_ */
