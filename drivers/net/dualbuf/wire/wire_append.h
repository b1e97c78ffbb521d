/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_APPEND_H_
#define _WIRE_APPEND_H_

#include "bytes_reason.h"

/*
 * Can records of up to snaplen bytes be added to what the file has? It must be a classic pcap as sinks write
 * it, and have a whole record at its end. All of it is read.
 * Returns 0, or a negative errno and the reason.
 */
int wire_append_check(const char *path, uint32_t snaplen, struct bytes_reason *reason);

#endif /* _WIRE_APPEND_H_ */
