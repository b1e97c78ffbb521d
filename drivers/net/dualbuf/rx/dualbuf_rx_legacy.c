/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_desc_legacy.h"
#include "dualbuf_rx_legacy_types.h"

#include "dualbuf_rx_burst.h"
#include "dualbuf_rx_instance.h"

static const uint32_t *
rx_ptypes_announced(uint64_t rss_types)
{
	static const uint32_t ptypes[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_UNKNOWN };

	(void)rss_types;
	return ptypes;
}

RX_INSTANCES(scalar, NULL);
RX_FORMAT(dualbuf_rx_legacy);
