/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_logs.h"
#include "dualbuf_rx_formats.h"

static const struct dualbuf_rx_format *const rx_formats[DUALBUF_NB_DESC_IDS] = {
	[DUALBUF_DESC_EXT] = &dualbuf_rx_ext,
	[DUALBUF_DESC_ADV] = &dualbuf_rx_adv,
	[DUALBUF_DESC_LEGACY] = &dualbuf_rx_legacy,
};

const struct dualbuf_rx_format *
dualbuf_rx_format_of(const struct dualbuf_rxq *rxq)
{
	return rx_formats[rxq->format];
}

int
dualbuf_rx_format_check(const struct dualbuf_rx_format *format, enum dualbuf_burst wanted)
{
	if (wanted == DUALBUF_BURST_AUTO || format->bursts[wanted] != NULL)
		return 0;
	DUALBUF_LOG(ERR,
			"burst=: packets of this controller's descriptors are not received by path %s; "
			"burst=scalar is allowed, and none, which takes the best that there is",
			dualbuf_rx_path_info(wanted));
	return -EINVAL;
}

enum dualbuf_burst
dualbuf_rx_format_path(const struct dualbuf_rx_format *format, enum dualbuf_burst wanted)
{
	enum dualbuf_burst path = dualbuf_rx_path_choose(wanted);

	while (format->bursts[path] == NULL)
		path--;
	return path;
}

void
dualbuf_rxq_restart(struct dualbuf_rxq *rxq)
{
	dualbuf_rx_format_of(rxq)->restart(rxq);
}

static inline eth_rx_burst_t
rxq_burst(const struct dualbuf_rxq *rxq)
{
	return dualbuf_rx_burst_with(rx_formats[rxq->format], rxq->path,
			__atomic_load_n(&rxq->features, __ATOMIC_ACQUIRE));
}

uint16_t
dualbuf_rx_burst_by_queue(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rxq_burst(queue)(queue, pkts, nb_pkts);
}

eth_rx_burst_t
dualbuf_rx_burst_for(void *const *rx_queues, uint16_t nb_queues)
{
	eth_rx_burst_t burst = nb_queues == 0 ? rte_eth_pkt_burst_dummy : rxq_burst(rx_queues[0]);
	uint16_t i;

	for (i = 1; i < nb_queues; i++)
		if (rxq_burst(rx_queues[i]) != burst)
			return dualbuf_rx_burst_by_queue;
	return burst;
}
