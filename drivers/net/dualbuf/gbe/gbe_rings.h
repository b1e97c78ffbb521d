/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_RINGS_H_
#define _GBE_RINGS_H_

/* The rings of queues, as the registers want them. */

#include "dualbuf_rxq.h"
#include "dualbuf_txq.h"
#include "gbe_hw.h"

/*
 * These controllers have one buffer size for all receive queues (RCTL.BSIZE; 82574L datasheet, section
 * 10.2.5.1): the smallest of what the queues' pools have room for. It is set in every queue, and returned.
 */
uint32_t gbe_share_buf_size(struct dualbuf_rxq *const *rxqs, uint16_t nb);

/*
 * Tell the controller of a queue's ring: with receiver or transmitter off, or, where rings have a switch, the ring
 * itself, which is switched on. 0, or -ETIMEDOUT with a line in the log.
 */
int gbe_start_rx_ring(const struct gbe_hw *hw, const struct dualbuf_rxq *rxq);
int gbe_start_tx_ring(const struct gbe_hw *hw, const struct dualbuf_txq *txq);

/* Leave a queue without a ring, so that nothing is received into it or sent from it; likewise. */
void gbe_end_rx_ring(const struct gbe_hw *hw, uint16_t queue);
void gbe_end_tx_ring(const struct gbe_hw *hw, uint16_t queue);

#endif /* _GBE_RINGS_H_ */
