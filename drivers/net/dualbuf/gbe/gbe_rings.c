/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "gbe_rings.h"

static uint32_t
common_buf_size(struct dualbuf_rxq *const *rxqs, uint16_t nb)
{
	uint32_t size = UINT32_MAX;
	uint16_t i;

	for (i = 0; i < nb; i++)
		size = RTE_MIN(size, rxqs[i]->buf_room);
	return size;
}

void
gbe_set_rx_rings(const struct gbe_hw *hw, struct dualbuf_rxq *const *rxqs, uint16_t nb,
		struct gbe_rx_mode *mode)
{
	struct gbe_ring ring;
	uint16_t i;

	mode->buf_size = common_buf_size(rxqs, nb);
	for (i = 0; i < nb; i++) {
		rxqs[i]->buf_size = mode->buf_size;
		ring.iova = rxqs[i]->mz->iova;
		ring.len = rxqs[i]->ring->nb_desc * sizeof(union dualbuf_rx_desc);
		ring.queue = i;
		gbe_set_rx_ring(hw, &ring);
	}
}

void
gbe_set_tx_rings(const struct gbe_hw *hw, struct dualbuf_txq *const *txqs, uint16_t nb)
{
	struct gbe_ring ring;
	uint16_t i;

	for (i = 0; i < nb; i++) {
		ring.iova = txqs[i]->mz->iova;
		ring.len = txqs[i]->nb_desc * sizeof(struct dualbuf_tx_desc);
		ring.queue = i;
		gbe_set_tx_ring(hw, &ring);
	}
}
