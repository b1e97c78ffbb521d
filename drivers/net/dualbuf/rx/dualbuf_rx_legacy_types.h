/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_LEGACY_TYPES_H_
#define _DUALBUF_RX_LEGACY_TYPES_H_

/* Packet types by write-backs of the legacy format, which say nothing of a packet's headers. */

#include <rte_branch_prediction.h>
#include <rte_mbuf_ptype.h>

static inline uint32_t
rx_ptype(const struct dualbuf_rx_wb *wb)
{
	(void)wb;
	return RTE_PTYPE_L2_ETHER;
}

/* The status, with the checksum bits that count. */
static inline uint32_t
rx_checksum_status(const struct dualbuf_rx_wb *wb, uint32_t status)
{
	(void)wb;
	if (unlikely((status & DUALBUF_RXD_IXSM) != 0))
		status &= ~(DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS);
	return status;
}

/* No packet comes with the bytes of its tag swapped. */
#define RX_SWAPPED_TAG 0

#endif /* _DUALBUF_RX_LEGACY_TYPES_H_ */
