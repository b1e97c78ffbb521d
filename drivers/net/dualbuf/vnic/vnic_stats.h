/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_STATS_H_
#define _VNIC_STATS_H_

/* What a virtual NIC knows of the packets of its queues. */

#include "vnic.h"

/*
 * What the open source of a queue, if one is, has dropped or passed over and the queue has not counted yet.
 * In the process that has it open, under the queue's source_lock.
 */
struct vnic_source_counts vnic_rx_uncounted(const struct dualbuf_rxq *rxq);

/* The same of what the open sink has lost, under sink_lock and stepped_lock. */
struct vnic_sink_counts vnic_tx_uncounted(const struct vnic_txq *tx);

/* As struct dualbuf_device asks for it. */
void vnic_rx_losses(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses);
void vnic_tx_losses(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses);
void vnic_rx_lateness(const struct dualbuf_rxq *rxq, struct dualbuf_lateness *late);
void vnic_rx_lateness_reset(struct dualbuf_rxq *rxq);

#endif /* _VNIC_STATS_H_ */
