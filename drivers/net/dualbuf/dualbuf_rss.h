/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RSS_H_
#define _DUALBUF_RSS_H_

/* Receive-side scaling of a port: the one place where its key and hash types are kept. */

#include <stdint.h>

/* Length of the Toeplitz key, in bytes: as long as IPv6 addresses and ports need it. */
#define DUALBUF_RSS_KEY_LEN 40

struct dualbuf_rss {
	uint64_t types; /* RTE_ETH_RSS_* of the headers that are hashed; 0: no hash. Any thread may read */
	uint8_t key[DUALBUF_RSS_KEY_LEN];
};

/* The key in use when an application gives none: the one Microsoft published for verification. */
extern const uint8_t dualbuf_rss_default_key[DUALBUF_RSS_KEY_LEN];

struct rte_eth_conf;

/*
 * Take over what an application configures. supported: the types that the device can hash; others that
 * are asked for are left out, as ethdev has checked them. The key is copied: the application's may be
 * gone afterwards. Returns 0, or -EINVAL with a line in the log for a key of another length.
 */
int dualbuf_rss_configure(
		struct dualbuf_rss *rss, const struct rte_eth_conf *conf, uint64_t supported);

#endif /* _DUALBUF_RSS_H_ */
