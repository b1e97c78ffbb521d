/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_RINGS_H_
#define _GBE_RINGS_H_

#include "dualbuf_rxq.h"
#include "dualbuf_txq.h"
#include "gbe_hw.h"

/*
 * Tell the controller of a port's rings, with receiver and transmitter off.
 *
 * These controllers have one buffer size for all receive queues (RCTL.BSIZE; 82574L datasheet, section
 * 10.2.5.1): that is the smallest of what the queues' pools have room for. It goes to the mode and to every
 * queue.
 */
void gbe_set_rx_rings(const struct gbe_hw *hw, struct dualbuf_rxq *const *rxqs, uint16_t nb,
		struct gbe_rx_mode *mode);
void gbe_set_tx_rings(const struct gbe_hw *hw, struct dualbuf_txq *const *txqs, uint16_t nb);

#endif /* _GBE_RINGS_H_ */
