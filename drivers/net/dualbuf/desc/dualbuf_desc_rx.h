/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DESC_RX_H_
#define _DUALBUF_DESC_RX_H_

/*
 * What is done alike to receive descriptors of every format. The header of a format includes this behind its
 * union dualbuf_rx_desc, whose address, reserved half and status have the same names in each.
 */

/*
 * Arm a receive descriptor. The second half is written first and the address last: a device that
 * looked in between would see DD clear. Volatile, since the device writes the same memory; and DD goes
 * in one piece, for a virtual device that asks from another thread.
 */
static inline void
dualbuf_rx_desc_arm(volatile union dualbuf_rx_desc *desc, uint64_t addr)
{
	__atomic_store_n(&desc->read.reserved, 0, __ATOMIC_RELAXED);
	desc->read.addr = rte_cpu_to_le_64(addr);
}

/*
 * The status and errors of a receive descriptor. The acquire orders this read before those of the
 * other fields and of the packet, which are valid only when DD is set.
 */
static inline uint32_t
dualbuf_rx_desc_status(const volatile union dualbuf_rx_desc *desc)
{
	return rte_le_to_cpu_32(__atomic_load_n(&desc->wb.status_error, __ATOMIC_ACQUIRE));
}

#endif /* _DUALBUF_DESC_RX_H_ */
