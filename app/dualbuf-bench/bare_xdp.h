/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BARE_XDP_H_
#define _BARE_XDP_H_

/* As bare.h, with an AF_XDP socket on the first queue of an interface, and 1 MB of frames of its own. */

#include <stdint.h>

struct bare_xdp;

/* The process ends with a message when that fails. */
struct bare_xdp *bare_xdp_open(const char *interface);
void bare_xdp_close(struct bare_xdp *bare);

/* Give the kernel back what has come, unread. Returns how many frames; *cycles grows by TSC. */
uint32_t bare_xdp_drain(struct bare_xdp *bare, uint64_t *cycles);

/* Send nb frames of that length, the same bytes again and again, 32 to a system call. */
void bare_xdp_send(struct bare_xdp *bare, unsigned int nb, uint16_t length);

#endif /* _BARE_XDP_H_ */
