/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdint.h>

#include "wire_clock.h"
#include "wire_pcapng.h"
#include "wire_tsresol.h"

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
 * Divide by 10^digits: by 2^digits with a shift, then by 5^digits with its reciprocal, which is
 * 2^scale / 5^digits rounded up, 64 bits long. That is too large by 1 at most, and a quotient of n too
 * large by n / 2^scale at most, which makes no other whole number of it as long as it is less than
 * 1 / 5^digits. It is: n is less than 2^(64 - digits), and 5^digits less than 2^(scale - 63).
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
	struct wire_tsresol resolution = { .offset_ns = (uint64_t)if_tsoffset * WIRE_NS_PER_S };

	if (if_tsresol & WIRE_PCAPNG_TSRESOL_BINARY) {
		resolution.factor = WIRE_NS_PER_S;
		resolution.scale = exponent;
	} else if (exponent <= NS_DIGITS) {
		resolution.factor = power_of(10, NS_DIGITS - exponent);
	} else if (exponent <= NS_DIGITS + MAX_DIGITS) {
		divide_by_power_of_ten(&resolution, exponent - NS_DIGITS);
	}
	return resolution;
}
