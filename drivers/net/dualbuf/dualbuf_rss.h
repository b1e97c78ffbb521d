/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RSS_H_
#define _DUALBUF_RSS_H_

/*
 * Receive-side scaling of a port: the one place where its key, its hash types and its redirection table
 * are kept. Devices look them up here, or write them to their registers when they are told of a change.
 */

#include <stdint.h>

/* Length of the Toeplitz key, in bytes: as long as IPv6 addresses and ports need it. */
#define DUALBUF_RSS_KEY_LEN 40

/* Entries of the redirection table, a power of 2: as many as the 82574L has. */
#define DUALBUF_RSS_TABLE_SIZE 128

/*
 * The control path writes, one call at a time. A device that hashes by itself may read from any thread:
 * types and entries relaxed, the key by dualbuf_rss_key(). It may find a change half done, as packets on
 * the way through silicon do.
 */
struct dualbuf_rss {
	uint64_t types; /* RTE_ETH_RSS_* of the headers that are hashed; 0: no hash */
	uint32_t key; /* of the two keys, the one in use; a new one goes to the other place */
	uint8_t keys[2][DUALBUF_RSS_KEY_LEN];
	uint16_t nb_queues; /* that the table is for */
	uint8_t table[DUALBUF_RSS_TABLE_SIZE]; /* a queue by the lowest bits of the hash */
};

/* The key in use when an application gives none: the one Microsoft published for verification. */
extern const uint8_t dualbuf_rss_default_key[DUALBUF_RSS_KEY_LEN];

struct rte_eth_conf;
struct rte_eth_rss_conf;
struct rte_eth_rss_reta_entry64;

/* The key's bytes; they stay until the key has been changed twice. Any thread. */
static inline const uint8_t *
dualbuf_rss_key(const struct dualbuf_rss *rss)
{
	return rss->keys[__atomic_load_n(&rss->key, __ATOMIC_ACQUIRE)];
}

/* The queue of a packet with this hash. Any thread. */
static inline uint16_t
dualbuf_rss_queue(const struct dualbuf_rss *rss, uint32_t hash)
{
	return __atomic_load_n(&rss->table[hash & (DUALBUF_RSS_TABLE_SIZE - 1)], __ATOMIC_RELAXED);
}

/*
 * Take over what an application configures. supported: the types that the device can hash; others that
 * are asked for are left out, as ethdev has checked them. The key is copied: the application's may be
 * gone afterwards. The table stays, unless the number of queues is another one: then it names them in turn.
 * Returns 0, or -EINVAL with a line in the log for a key of another length.
 */
int dualbuf_rss_configure(struct dualbuf_rss *rss, const struct rte_eth_conf *conf,
		uint64_t supported, uint16_t nb_queues);

/* Change types and, where one is given, the key. Returns as dualbuf_rss_configure(). */
int dualbuf_rss_set(
		struct dualbuf_rss *rss, const struct rte_eth_rss_conf *conf, uint64_t supported);

/*
 * Tell types and, where there is a place for it, the key. Returns 0, or -EINVAL with a line in the log for
 * a place that is too small.
 */
int dualbuf_rss_get(const struct dualbuf_rss *rss, struct rte_eth_rss_conf *conf);

/*
 * Change those entries of the table that their masks name. Returns 0, or -EINVAL with a line in the log
 * and nothing changed: a table of another size, or a queue that is not configured.
 */
int dualbuf_rss_set_table(struct dualbuf_rss *rss, const struct rte_eth_rss_reta_entry64 *groups,
		uint16_t size);

/* Tell those entries. Returns as dualbuf_rss_set_table(). */
int dualbuf_rss_get_table(const struct dualbuf_rss *rss, struct rte_eth_rss_reta_entry64 *groups,
		uint16_t size);

#endif /* _DUALBUF_RSS_H_ */
