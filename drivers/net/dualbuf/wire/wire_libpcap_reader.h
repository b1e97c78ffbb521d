/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_LIBPCAP_READER_H_
#define _WIRE_LIBPCAP_READER_H_

#include "wire_reader.h"

/*
 * Whatever file libpcap can read and nothing here walks in memory; it also says what is wrong with what
 * is no capture, or none of Ethernet. A frame at a time, and several times as slow.
 * path: for the log. Returns 0 or a negative errno, which is logged but for -ENOMEM.
 */
int wire_libpcap_reader_open(int fd, const char *path, struct wire_reader **reader);

#endif /* _WIRE_LIBPCAP_READER_H_ */
