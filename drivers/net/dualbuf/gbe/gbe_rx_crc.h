/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_RX_CRC_H_
#define _GBE_RX_CRC_H_

#include <rte_mbuf.h>

/*
 * Packets as RTE_ETH_RX_OFFLOAD_KEEP_CRC has them everywhere: the CRC stands behind the end of the packet,
 * whose length does not count it.
 */

/* Leave the CRC, which the device counted, out of a packet's length. */
void gbe_rx_hide_crc(struct rte_mbuf *pkt);

/* The receive burst of ports with KEEP_CRC. */
uint16_t gbe_rx_burst_crc(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

#endif /* _GBE_RX_CRC_H_ */
