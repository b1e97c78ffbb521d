/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_CAPTURE_H_
#define _WIRE_CAPTURE_H_

#include "wire_choices.h"
#include "wire_source.h"

/*
 * A capture as a source: wire_source_open() for files and pipes. Its first bytes tell its kind: classic pcap
 * and pcapng are walked in memory, all others are read through libpcap; each may be compressed.
 * Opening waits BYTES_PATIENCE_S at most for the header of what comes through a pipe.
 *
 * More than one round is refused of a pipe, and of a file without packets.
 */
int wire_capture_open(
		const char *path, const struct wire_choices *choices, struct wire_source **source);

#endif /* _WIRE_CAPTURE_H_ */
