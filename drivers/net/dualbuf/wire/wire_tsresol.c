/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdint.h>

#include "wire_pcapng.h"
#include "wire_tsresol.h"

#define NS_PER_S 1000000000ULL

/* A nanosecond is 10 to the power of -9 seconds. */
#define NS_DIGITS 9

/* 10 to the power of 20 is more than any counter has. */
#define MAX_DIGITS 19

/* 5 to the power of 19 takes 45 bits, so nothing here overflows. */
static uint64_t
power_of(uint64_t base, unsigned int exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= base;
	return power;
}

/*
 * Divide by 10^digits: by 2^digits with a shift, then by 5^digits with its reciprocal. That is rounded up
 * at a bit that makes it 64 bits long. The divisor is less than 2^bits, so the reciprocal is too large by
 * less than 2^bits parts of 2^(63 + bits) divisors; what it is multiplied with is less than
 * 2^(64 - digits). That adds less than the 5^digits-th part that would make a quotient wrong.
 */
static void
divide_by_power_of_ten(struct wire_tsresol *resolution, unsigned int digits)
{
	uint64_t divisor = power_of(5, digits);
	unsigned int bits = 64 - __builtin_clzll(divisor);
	__extension__ unsigned __int128 one = 1;

	resolution->shift = digits;
	resolution->scale = 63 + bits;
	resolution->factor = (uint64_t)((one << resolution->scale) / divisor) + 1;
}

struct wire_tsresol
wire_tsresol_of(uint8_t if_tsresol, int64_t if_tsoffset)
{
	unsigned int exponent = if_tsresol & ~WIRE_PCAPNG_TSRESOL_BINARY;
	struct wire_tsresol resolution = { .offset_ns = (uint64_t)if_tsoffset * NS_PER_S };

	if (if_tsresol & WIRE_PCAPNG_TSRESOL_BINARY) {
		resolution.factor = NS_PER_S;
		resolution.scale = exponent;
	} else if (exponent <= NS_DIGITS) {
		resolution.factor = power_of(10, NS_DIGITS - exponent);
	} else if (exponent <= NS_DIGITS + MAX_DIGITS) {
		divide_by_power_of_ten(&resolution, exponent - NS_DIGITS);
	}
	return resolution;
}
