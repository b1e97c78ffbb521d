/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _SECONDARY_INFO_UTIL_H_
#define _SECONDARY_INFO_UTIL_H_

/* What a secondary process is told of the first port's queues. */

#include <stdio.h>
#include <string.h>

#include <rte_ethdev.h>

/* Of queue 0: ring, buffers, state and burst mode of each direction. */
static inline void
answer_information(void)
{
	uint16_t port = rte_eth_find_next(0);
	struct rte_eth_burst_mode rx_mode, tx_mode;
	struct rte_eth_rxq_info rxq;
	struct rte_eth_txq_info txq;

	if (rte_eth_rx_queue_info_get(port, 0, &rxq) != 0 ||
			rte_eth_tx_queue_info_get(port, 0, &txq) != 0 ||
			rte_eth_rx_burst_mode_get(port, 0, &rx_mode) != 0 ||
			rte_eth_tx_burst_mode_get(port, 0, &tx_mode) != 0) {
		printf("0\n");
		return;
	}
	printf("1 %u %u %u %u %u %u %u %zu %zu\n", rxq.nb_desc, rxq.rx_buf_size, rxq.mp->size,
			rxq.queue_state, txq.nb_desc, txq.conf.tx_rs_thresh, txq.queue_state,
			strlen(rx_mode.info), strlen(tx_mode.info));
}

#endif /* _SECONDARY_INFO_UTIL_H_ */
