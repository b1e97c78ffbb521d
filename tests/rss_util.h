/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RSS_UTIL_H_
#define _RSS_UTIL_H_

/*
 * The hash and the queue of a frame, by DPDK's own software and headers that are found here: what devices
 * are compared with, the virtual NIC in its tests and the real one in the virtual machine.
 */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_thash.h>

#define RSS_UTIL_KEY_LEN 40
#define RSS_UTIL_TABLE_SIZE 128
#define RSS_UTIL_GROUPS (RSS_UTIL_TABLE_SIZE / RTE_ETH_RETA_GROUP_SIZE)

struct rss_util {
	uint64_t types;
	uint8_t key[RSS_UTIL_KEY_LEN];
	uint16_t table[RSS_UTIL_TABLE_SIZE];
};

/* Words of the tuple, as they stand in the frame, in CPU order. */
static inline uint32_t
rss_util_hash_words(const struct rss_util *rss, const uint8_t *data, unsigned int nb_words,
		const uint8_t *ports)
{
	uint8_t converted[RSS_UTIL_KEY_LEN] __rte_aligned(4);
	uint8_t key[RSS_UTIL_KEY_LEN] __rte_aligned(4);
	uint32_t words[10];
	unsigned int i;

	memcpy(words, data, nb_words * sizeof(uint32_t));
	if (ports != NULL)
		memcpy(&words[nb_words++], ports, sizeof(uint32_t));
	for (i = 0; i < nb_words; i++)
		words[i] = rte_be_to_cpu_32(words[i]);
	memcpy(key, rss->key, sizeof(key));
	rte_convert_rss_key((uint32_t *)key, (uint32_t *)converted, RSS_UTIL_KEY_LEN);
	return rte_softrss_be(words, nb_words, converted);
}

static inline bool
rss_util_hash_ip(const struct rss_util *rss, const uint8_t *ip, bool is_ipv4, uint32_t *hash)
{
	uint64_t tcp_type = is_ipv4 ? RTE_ETH_RSS_NONFRAG_IPV4_TCP : RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	uint32_t header = is_ipv4 ? (ip[0] & 0xf) * 4u : sizeof(struct rte_ipv6_hdr);
	bool fragment = is_ipv4 && ((ip[6] & 0x3f) != 0 || ip[7] != 0);
	bool tcp = (is_ipv4 ? ip[9] : ip[6]) == IPPROTO_TCP && !fragment;
	const uint8_t *addrs = ip + (is_ipv4 ? 12 : 8);
	unsigned int nb_words = is_ipv4 ? 2 : 8;

	if (tcp && (rss->types & tcp_type)) {
		*hash = rss_util_hash_words(rss, addrs, nb_words, ip + header);
		return true;
	}
	if (!(rss->types & (is_ipv4 ? RTE_ETH_RSS_IPV4 : RTE_ETH_RSS_IPV6)))
		return false;
	*hash = rss_util_hash_words(rss, addrs, nb_words, NULL);
	return true;
}

/* The hash of a whole frame, with one tag or none; false: it has none. */
static inline bool
rss_util_hash(const struct rss_util *rss, const uint8_t *frame, uint32_t *hash)
{
	uint32_t at = 2 * RTE_ETHER_ADDR_LEN;
	uint16_t type = frame[at] << 8 | frame[at + 1];

	if (type == RTE_ETHER_TYPE_VLAN) {
		at += RTE_VLAN_HLEN;
		type = frame[at] << 8 | frame[at + 1];
	}
	if (type != RTE_ETHER_TYPE_IPV4 && type != RTE_ETHER_TYPE_IPV6)
		return false;
	return rss_util_hash_ip(rss, frame + at + 2, type == RTE_ETHER_TYPE_IPV4, hash);
}

static inline uint16_t
rss_util_queue(const struct rss_util *rss, const uint8_t *frame)
{
	uint32_t hash;

	return rss_util_hash(rss, frame, &hash) ? rss->table[hash % RSS_UTIL_TABLE_SIZE] : 0;
}

/* What a port says that its key, types and table are. 0 or a negative errno. */
static inline int
rss_util_ask(uint16_t port, struct rss_util *rss)
{
	struct rte_eth_rss_conf conf = { .rss_key = rss->key, .rss_key_len = sizeof(rss->key) };
	struct rte_eth_rss_reta_entry64 groups[RSS_UTIL_GROUPS];
	unsigned int i;
	int ret = rte_eth_dev_rss_hash_conf_get(port, &conf);

	for (i = 0; i < RSS_UTIL_GROUPS; i++)
		groups[i].mask = UINT64_MAX;
	if (ret == 0)
		ret = rte_eth_dev_rss_reta_query(port, groups, RSS_UTIL_TABLE_SIZE);
	for (i = 0; i < RSS_UTIL_TABLE_SIZE; i++)
		rss->table[i] = groups[i / RTE_ETH_RETA_GROUP_SIZE]
						.reta[i % RTE_ETH_RETA_GROUP_SIZE];
	rss->types = conf.rss_hf;
	return ret;
}

/* Give a port a table. 0 or a negative errno. */
static inline int
rss_util_set_table(uint16_t port, const uint16_t *table)
{
	struct rte_eth_rss_reta_entry64 groups[RSS_UTIL_GROUPS];
	unsigned int i;

	for (i = 0; i < RSS_UTIL_GROUPS; i++)
		groups[i].mask = UINT64_MAX;
	for (i = 0; i < RSS_UTIL_TABLE_SIZE; i++)
		groups[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = table[i];
	return rte_eth_dev_rss_reta_update(port, groups, RSS_UTIL_TABLE_SIZE);
}

#endif /* _RSS_UTIL_H_ */
