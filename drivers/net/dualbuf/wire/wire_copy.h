/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_COPY_H_
#define _WIRE_COPY_H_

/* The copy of a frame. */

#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_memcpy.h>

/*
 * As memcpy(). Libc copies long frames with the widest means of the processor, which DPDK's header, compiled for
 * an old one, does not have. Of the shortest ones, which are most, the call takes longer than the copy.
 */
static __rte_always_inline void
wire_copy(uint8_t *to, const uint8_t *from, uint32_t len)
{
	if (likely(len >= 32 && len <= 64)) {
		rte_mov32(to, from);
		rte_mov32(to + len - 32, from + len - 32);
	} else {
		memcpy(to, from, len);
	}
}

#endif /* _WIRE_COPY_H_ */
