/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_TX_OFFLOAD_H_
#define _VNIC_TX_OFFLOAD_H_

/*
 * The engines of the virtual NIC's silicon that work on a frame to be sent: they insert checksums, and make
 * several frames of a long one. They know a context descriptor and bytes. DPDK's rte_gso is of no use
 * here: it cuts mbufs, and takes more of them from pools for each frame.
 */

#include <stdbool.h>
#include <stdint.h>

#include "dualbuf_desc_ext.h"
#include "wire_frame.h"

/*
 * Insert the checksums that popts (DUALBUF_TXD_IXSM, _TXSM) asks for, into a frame of len bytes. What a
 * context says beyond them is not done.
 */
void vnic_tx_insert_sums(const struct dualbuf_tx_context *context, uint8_t popts, uint8_t *frame,
		uint32_t len);

/* A frame that is being cut into several. */
struct vnic_tx_cut {
	struct dualbuf_tx_context context;
	uint8_t popts;
	uint8_t headers[UINT8_MAX]; /* that each begins with */
	uint8_t *payload; /* what is left */
	uint32_t left;
	uint32_t done; /* frames */
};

/* How many frames a context makes of one of len bytes; at least 1. */
uint32_t vnic_tx_cut_count(const struct dualbuf_tx_context *context, uint32_t len);

/*
 * Begin to cut a frame, whose bytes are to stay as long as it is cut. Returns false for one that cannot be:
 * its headers are not where the context has them, or the device takes no such context.
 */
bool vnic_tx_cut_begin(struct vnic_tx_cut *cut, const struct dualbuf_tx_context *context,
		uint8_t popts, uint8_t *frame, uint32_t len);

/*
 * Make the next frame, with its checksums. It lies where the frame that is cut has lain, over what was made
 * before. Returns false when there are no more.
 */
bool vnic_tx_cut_next(struct vnic_tx_cut *cut, uint8_t **frame, uint32_t *len);

#endif /* _VNIC_TX_OFFLOAD_H_ */
