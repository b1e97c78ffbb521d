/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "dualbuf_logs.h"
#include "dualbuf_rss.h"

const uint8_t dualbuf_rss_default_key[DUALBUF_RSS_KEY_LEN] = {
	0x6d,
	0x5a,
	0x56,
	0xda,
	0x25,
	0x5b,
	0x0e,
	0xc2,
	0x41,
	0x67,
	0x25,
	0x3d,
	0x43,
	0xa3,
	0x8f,
	0xb0,
	0xd0,
	0xca,
	0x2b,
	0xcb,
	0xae,
	0x7b,
	0x30,
	0xb4,
	0x77,
	0xcb,
	0x2d,
	0xa3,
	0x80,
	0x30,
	0xf2,
	0x0c,
	0x6a,
	0x42,
	0xb7,
	0x3b,
	0xbe,
	0xac,
	0x01,
	0xfa,
};

int
dualbuf_rss_configure(struct dualbuf_rss *rss, const struct rte_eth_conf *conf, uint64_t supported)
{
	const struct rte_eth_rss_conf *wanted = &conf->rx_adv_conf.rss_conf;
	const uint8_t *key = dualbuf_rss_default_key;
	uint64_t types = 0;

	if (wanted->rss_key != NULL && wanted->rss_key_len != DUALBUF_RSS_KEY_LEN) {
		DUALBUF_LOG(ERR, "an RSS key of %u bytes; %u are required", wanted->rss_key_len,
				DUALBUF_RSS_KEY_LEN);
		return -EINVAL;
	}
	if (wanted->rss_key != NULL)
		key = wanted->rss_key;
	memcpy(rss->key, key, DUALBUF_RSS_KEY_LEN);
	if ((conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_RSS_HASH) &&
			(conf->rxmode.mq_mode & RTE_ETH_MQ_RX_RSS_FLAG))
		types = wanted->rss_hf & supported;
	__atomic_store_n(&rss->types, types, __ATOMIC_RELAXED);
	return 0;
}
