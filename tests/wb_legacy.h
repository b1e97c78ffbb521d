/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WB_LEGACY_H_
#define _WB_LEGACY_H_

/* Write-backs of the legacy format; wb_util.h includes this. */

/* The address is left as it is by devices, which is not relied upon. */
static inline union dualbuf_rx_desc
test_wb_desc(const struct test_wb *wb)
{
	return (union dualbuf_rx_desc){
		.wb.addr = rte_cpu_to_le_64(UINT64_MAX),
		.wb.length = rte_cpu_to_le_16(wb->length),
		.wb.sum = rte_cpu_to_le_16(UINT16_MAX),
		.wb.status_error = rte_cpu_to_le_32(
				(wb->status & UINT16_MAX) | (uint32_t)wb->vlan << 16),
	};
}

/* Bits of a damaged frame: errors are in bits 15:8. */
static const uint32_t test_damages[] = { 0x0100, 0x0200, 0x0400, 0x1000, 0x8000 };

/* The device does not tell UDP from TCP. */
#define DUALBUF_RXD_UDPCS 0

/* It says nothing of headers. */
static const struct test_types test_types[] = {
	{ 0, 0, RTE_PTYPE_L2_ETHER },
};

static inline bool
test_is_announced(uint64_t hashed, uint32_t ptype)
{
	(void)hashed;
	return ptype == RTE_PTYPE_L2_ETHER;
}

#endif /* _WB_LEGACY_H_ */
