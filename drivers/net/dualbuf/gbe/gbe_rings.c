/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "gbe_rings.h"

uint32_t
gbe_share_buf_size(struct dualbuf_rxq *const *rxqs, uint16_t nb)
{
	uint32_t size = UINT32_MAX;
	uint16_t i;

	for (i = 0; i < nb; i++)
		size = RTE_MIN(size, rxqs[i]->buf_room);
	for (i = 0; i < nb; i++)
		rxqs[i]->buf_size = size;
	return size;
}

int
gbe_start_rx_ring(const struct gbe_hw *hw, const struct dualbuf_rxq *rxq)
{
	const struct gbe_ring ring = {
		.iova = rxq->mz->iova,
		.len = rxq->ring->nb_desc * DUALBUF_DESC_SIZE,
		.queue = rxq->queue_id,
	};

	if (hw->family->set_rx_buf_size != NULL)
		hw->family->set_rx_buf_size(hw, rxq->queue_id, rxq->buf_size);
	gbe_set_rx_ring(hw, &ring);
	return hw->family->ring_enable == 0 ? 0 : gbe_switch_rx_ring(hw, rxq->queue_id, true);
}

void
gbe_end_rx_ring(const struct gbe_hw *hw, uint16_t queue)
{
	const struct gbe_ring none = { .queue = queue };

	gbe_set_rx_ring(hw, &none);
}

void
gbe_end_tx_ring(const struct gbe_hw *hw, uint16_t queue)
{
	const struct gbe_ring none = { .queue = queue };

	gbe_set_tx_ring(hw, &none);
}

int
gbe_start_tx_ring(const struct gbe_hw *hw, const struct dualbuf_txq *txq)
{
	const struct gbe_ring ring = {
		.iova = txq->mz->iova,
		.len = txq->nb_desc * DUALBUF_DESC_SIZE,
		.queue = txq->queue_id,
	};

	gbe_set_tx_ring(hw, &ring);
	return hw->family->ring_enable == 0 ? 0 : gbe_switch_tx_ring(hw, txq->queue_id, true);
}
