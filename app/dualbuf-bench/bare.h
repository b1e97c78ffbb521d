/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BARE_H_
#define _BARE_H_

/*
 * The kernel's part of a row: the same bytes in and out, with the same system calls, by loops that have
 * neither a driver nor mbufs. No driver can be better than that.
 */

#include <stdint.h>

/* Open a file, as open() with mode 0644. The process ends with a message when that fails. */
int bare_open(const char *path, int flags);

/* Copy a file in pieces of 256 KB. Returns TSC cycles, from after both are open until they are closed. */
uint64_t bare_copy(const char *in, const char *out);

/* A packet socket with a ring of 1 MB that the kernel puts frames of an interface into. */
struct bare_slots;

struct bare_slots *bare_slots_open(const char *interface);
void bare_slots_close(struct bare_slots *slots);

/* Copy what has come to memory that is in the cache. Returns how many frames; *cycles grows by TSC. */
uint32_t bare_slots_drain(struct bare_slots *slots, uint64_t *cycles);

#endif /* _BARE_H_ */
