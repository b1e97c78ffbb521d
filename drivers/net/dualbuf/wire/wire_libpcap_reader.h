/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_LIBPCAP_READER_H_
#define _WIRE_LIBPCAP_READER_H_

#include "wire_reader.h"

/*
 * Whatever file libpcap can read and nothing here walks in memory; it also says what is wrong with what
 * is no capture, or none of Ethernet. A frame at a time, and several times as slow. libpcap cannot wait
 * within a record, so a stream is refused even if it is a capture.
 * path: for the log. The window is at the file's beginning, and stays the caller's. Returns 0 or a negative errno, which is logged but for -ENOMEM.
 */
int wire_libpcap_reader_open(
		struct wire_window *window, const char *path, struct wire_reader **reader);

#endif /* _WIRE_LIBPCAP_READER_H_ */
