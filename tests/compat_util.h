/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _COMPAT_UTIL_H_
#define _COMPAT_UTIL_H_

/*
 * Differences for tests between the releases of DPDK, 22.11 and all since. Each entry says which
 * release made the difference: when support for those before it ends, the entry goes.
 */

#include <inttypes.h>

#include <rte_net_crc.h>
#include <rte_version.h>

/*
 * Both bounds are allowed. cmocka 2, which comes with later Debians, has deprecated assert_in_range()
 * for names that cmocka 1 does not have.
 */
#define assert_between(value, low, high) \
	do { \
		uint64_t between_value = (value), between_low = (low), between_high = (high); \
\
		if (between_value < between_low || between_value > between_high) \
			fail_msg(#value " is %" PRIu64 ", not between %" PRIu64 " and %" PRIu64, \
					between_value, between_low, between_high); \
	} while (0)

/* Since 23.11 EAL puts this before the names of drivers' threads. */
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#define COMPAT_THREAD_PREFIX "dpdk-"
#else
#define COMPAT_THREAD_PREFIX ""
#endif

/* Since 23.11 ethdev itself refuses an RSS key of another length than the device's, before we are asked. */
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#define COMPAT_RSS_KEY_REFUSED "ETHDEV: Ethdev port_id=0 invalid RSS key len: 52, valid value: 40"
#else
#define COMPAT_RSS_KEY_REFUSED "an RSS key of 52 bytes; 40 are required"
#endif

/* Since 25.03 rte_net_crc_calc() wants a context that is made for the polynomial. */
static inline uint32_t
compat_crc32(const void *data, uint32_t len)
{
#if RTE_VERSION >= RTE_VERSION_NUM(25, 3, 0, 0)
	struct rte_net_crc *context = rte_net_crc_set_alg(RTE_NET_CRC_SCALAR, RTE_NET_CRC32_ETH);
	uint32_t crc;

	if (context == NULL)
		return 0;
	crc = rte_net_crc_calc(context, data, len);
	rte_net_crc_free(context);
	return crc;
#else
	return rte_net_crc_calc(data, len, RTE_NET_CRC32_ETH);
#endif
}

#endif /* _COMPAT_UTIL_H_ */
