/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAP_READER_H_
#define _WIRE_PCAP_READER_H_

#include "wire_reader.h"

/*
 * The records of a classic pcap file of Ethernet, walked in memory, where frames stay: version 2.4, of
 * either byte order, with microseconds or nanoseconds.
 * The window is at the file's beginning, and stays the caller's.
 * Returns 0, 1 if the file is of another kind, or a negative errno.
 */
int wire_pcap_reader_open(struct wire_window *window, struct wire_reader **reader);

#endif /* _WIRE_PCAP_READER_H_ */
