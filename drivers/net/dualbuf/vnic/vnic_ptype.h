/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_PTYPE_H_
#define _VNIC_PTYPE_H_

/* Packet types, found in software. */

#include <stdint.h>

#include <rte_mbuf_ptype.h>

#include "wire_frame.h"

/* The layers of which there are types. */
#define VNIC_PTYPE_LAYERS (RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK)

/* All that can be found, up to RTE_PTYPE_UNKNOWN. */
extern const uint32_t vnic_ptypes[];

/* The type of a frame as it comes up, RTE_PTYPE_*, of these layers (RTE_PTYPE_*_MASK) alone. */
uint32_t vnic_ptype(const struct wire_frame *frame, uint32_t layers);

#endif /* _VNIC_PTYPE_H_ */
