/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_CAPTURE_H_
#define _WIRE_CAPTURE_H_

#include "wire_source.h"

/*
 * A capture file as a source: wire_source_open() for files. The file's first bytes tell its kind: classic
 * pcap and pcapng are walked in memory, all others are read through libpcap.
 */
int wire_capture_open(const char *path, bool infinite, struct wire_source **source);

#endif /* _WIRE_CAPTURE_H_ */
