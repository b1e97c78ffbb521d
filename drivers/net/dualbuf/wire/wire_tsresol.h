/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_TSRESOL_H_
#define _WIRE_TSRESOL_H_

#include <stdint.h>

#include <rte_common.h>

/*
 * From an interface's unit of time to nanoseconds, without a division: shift, multiply, shift. What is
 * smaller than a nanosecond is left out, nothing else is. A time that 64 bits of nanoseconds cannot hold,
 * after the year 2554 or before 1970, is taken modulo 2^64.
 */
struct wire_tsresol {
	uint64_t factor;
	uint64_t offset_ns;
	uint8_t shift; /* before the multiplication: less than 64 */
	uint8_t scale; /* after it: less than 128 */
};

/*
 * if_tsresol: a unit is 10^-if_tsresol seconds or, with the highest bit, 2^-(the other bits). All values
 * are allowed; the whole range of a counter of 10^-29 or finer, or of 2^-94 or finer, is less than 1 ns.
 * if_tsoffset: the seconds to add.
 */
struct wire_tsresol wire_tsresol_of(uint8_t if_tsresol, int64_t if_tsoffset);

static __rte_always_inline uint64_t
wire_tsresol_to_ns(const struct wire_tsresol *resolution, uint64_t units)
{
	__extension__ unsigned __int128 product = units >> resolution->shift;

	product *= resolution->factor;
	return (uint64_t)(product >> resolution->scale) + resolution->offset_ns;
}

#endif /* _WIRE_TSRESOL_H_ */
