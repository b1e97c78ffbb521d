/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_ORDER_H_
#define _WIRE_ORDER_H_

/* Numbers of a file that has this machine's byte order or, if it is swapped, the other one. */

#include <stdbool.h>
#include <stdint.h>

#include <rte_byteorder.h>
#include <rte_common.h>

static __rte_always_inline uint16_t
wire_order_16(uint16_t value, bool swapped)
{
	return swapped ? rte_bswap16(value) : value;
}

static __rte_always_inline uint32_t
wire_order_32(uint32_t value, bool swapped)
{
	return swapped ? rte_bswap32(value) : value;
}

static __rte_always_inline uint64_t
wire_order_64(uint64_t value, bool swapped)
{
	return swapped ? rte_bswap64(value) : value;
}

#endif /* _WIRE_ORDER_H_ */
