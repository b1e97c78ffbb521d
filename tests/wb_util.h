/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WB_UTIL_H_
#define _WB_UTIL_H_

/*
 * Write-backs of the descriptor format that a program is built for, and what a receive queue has to make
 * of them. Include after dualbuf_test.h.
 */

#include TEST_DESC_HEADER

#include <rte_mbuf_core.h>

#include "dualbuf_rx_format.h"

/* A write-back in CPU order. */
struct test_wb {
	uint32_t status; /* DUALBUF_RXD_*, errors too */
	uint32_t types; /* the dword that has its types, if the format has types */
	uint32_t rss;
	uint16_t length;
	uint16_t vlan;
};

/* Types that a device writes, and what they are to an application. */
struct test_types {
	uint32_t types;
	uint64_t flags;
	uint32_t ptype;
};

#if defined(DUALBUF_RXD_TYPE_MASK)
#include "wb_adv.h"
#elif defined(DUALBUF_RXD_IXSM)
#include "wb_legacy.h"
#else
#include "wb_ext.h"
#endif

#define TEST_FORMAT_PASTE(format) dualbuf_rx_##format
#define TEST_FORMAT_EXPAND(format) TEST_FORMAT_PASTE(format)

/* The functions of that format. */
static const struct dualbuf_rx_format *const test_format = &TEST_FORMAT_EXPAND(DUALBUF_DESC_FORMAT);

#endif /* _WB_UTIL_H_ */
