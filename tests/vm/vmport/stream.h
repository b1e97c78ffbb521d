/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VMPORT_STREAM_H_
#define _VMPORT_STREAM_H_

/* Packets that are forwarded between the lines of standard input. */

#include <stdbool.h>
#include <stdint.h>

#define BURST 32

/* Receive and send on all streams, a burst each. */
void poll_streams(void);

/* Does the application hold the buffer with this address? */
bool is_held(uint64_t address);

#endif /* _VMPORT_STREAM_H_ */
