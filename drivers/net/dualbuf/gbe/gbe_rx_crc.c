/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_common.h>
#include <rte_ether.h>

#include "dualbuf_rx_formats.h"
#include "gbe_rx_crc.h"

/* A buffer that has nothing of the packet but its CRC, or the end of that, goes home. */
static uint32_t
drop_last_segment(struct rte_mbuf *pkt)
{
	struct rte_mbuf *before = pkt, *last;
	uint32_t len;

	while (before->next->next != NULL)
		before = before->next;
	last = before->next;
	len = last->data_len;
	before->next = NULL;
	pkt->nb_segs--;
	rte_pktmbuf_free_seg(last);
	return len;
}

void
gbe_rx_hide_crc(struct rte_mbuf *pkt)
{
	uint32_t crc = RTE_MIN(pkt->pkt_len, (uint32_t)RTE_ETHER_CRC_LEN);
	struct rte_mbuf *last = rte_pktmbuf_lastseg(pkt);

	pkt->pkt_len -= crc;
	while (last != pkt && last->data_len <= crc) {
		crc -= drop_last_segment(pkt);
		last = rte_pktmbuf_lastseg(pkt);
	}
	last->data_len -= crc;
}

uint16_t
gbe_rx_burst_crc(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	uint16_t n = dualbuf_rx_burst_by_queue(queue, pkts, nb_pkts), i;

	for (i = 0; i < n; i++)
		gbe_rx_hide_crc(pkts[i]);
	return n;
}
