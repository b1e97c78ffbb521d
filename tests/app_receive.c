/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_ethdev.h>

#include "compat_util.h"

/*
 * An application that knows libdpdk and nothing of this driver: app_receive EAL-ARGUMENTS COUNT.
 * Receives COUNT packets from port 0 and prints the CRC-32 of each.
 */
int
main(int argc, char **argv)
{
	static char flat[UINT16_MAX];
	const struct rte_eth_conf conf = { .rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER };
	unsigned int wanted = atoi(argv[argc - 1]);
	struct rte_mempool *pool;
	struct rte_mbuf *m;
	unsigned int n = 0;

	if (rte_eal_init(argc - 1, argv) < 0)
		return 1;
	pool = rte_pktmbuf_pool_create("pool", 4096, 250, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	if (pool == NULL || rte_eth_dev_configure(0, 1, 1, &conf) != 0 ||
			rte_eth_rx_queue_setup(0, 0, 512, 0, NULL, pool) != 0 ||
			rte_eth_tx_queue_setup(0, 0, 512, 0, NULL) != 0 ||
			rte_eth_dev_start(0) != 0)
		return 2;
	while (n < wanted) {
		if (rte_eth_rx_burst(0, 0, &m, 1) == 0)
			continue;
		printf("%08x\n",
				compat_crc32(rte_pktmbuf_read(m, 0, m->pkt_len, flat), m->pkt_len));
		rte_pktmbuf_free(m);
		n++;
	}
	if (rte_eth_dev_stop(0) != 0 || rte_eth_dev_close(0) != 0 ||
			rte_mempool_avail_count(pool) != pool->size)
		return 3;
	return rte_eal_cleanup();
}
