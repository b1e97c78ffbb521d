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

static int
check_key_len(uint32_t len)
{
	if (len == DUALBUF_RSS_KEY_LEN)
		return 0;
	DUALBUF_LOG(ERR, "an RSS key of %u bytes; %u are required", len, DUALBUF_RSS_KEY_LEN);
	return -EINVAL;
}

static void
set_key(struct dualbuf_rss *rss, const uint8_t *key)
{
	uint32_t next = 1 - rss->key;

	memcpy(rss->keys[next], key, DUALBUF_RSS_KEY_LEN);
	__atomic_store_n(&rss->key, next, __ATOMIC_RELEASE);
}

static void
set_entry(struct dualbuf_rss *rss, unsigned int i, uint16_t queue)
{
	__atomic_store_n(&rss->table[i], (uint8_t)queue, __ATOMIC_RELAXED);
}

static void
make_table(struct dualbuf_rss *rss, uint16_t nb_queues)
{
	unsigned int i;

	rss->nb_queues = nb_queues;
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++)
		set_entry(rss, i, nb_queues == 0 ? 0 : i % nb_queues);
}

int
dualbuf_rss_configure(struct dualbuf_rss *rss, const struct rte_eth_conf *conf, uint64_t supported,
		uint16_t nb_queues)
{
	struct rte_eth_rss_conf wanted = conf->rx_adv_conf.rss_conf;
	uint8_t key[DUALBUF_RSS_KEY_LEN];
	int ret;

	if (wanted.rss_key == NULL) {
		memcpy(key, dualbuf_rss_default_key, sizeof(key));
		wanted.rss_key = key;
		wanted.rss_key_len = sizeof(key);
	}
	if (!(conf->rxmode.mq_mode & RTE_ETH_MQ_RX_RSS_FLAG))
		supported = 0;
	ret = dualbuf_rss_set(rss, &wanted, supported);
	if (ret == 0 && nb_queues != rss->nb_queues)
		make_table(rss, nb_queues);
	return ret;
}

int
dualbuf_rss_set(struct dualbuf_rss *rss, const struct rte_eth_rss_conf *conf, uint64_t supported)
{
	if (conf->rss_key != NULL) {
		if (check_key_len(conf->rss_key_len) != 0)
			return -EINVAL;
		set_key(rss, conf->rss_key);
	}
	__atomic_store_n(&rss->types, conf->rss_hf & supported, __ATOMIC_RELAXED);
	return 0;
}

int
dualbuf_rss_get(const struct dualbuf_rss *rss, struct rte_eth_rss_conf *conf)
{
	if (conf->rss_key != NULL) {
		if (conf->rss_key_len < DUALBUF_RSS_KEY_LEN)
			return check_key_len(conf->rss_key_len);
		memcpy(conf->rss_key, dualbuf_rss_key(rss), DUALBUF_RSS_KEY_LEN);
	}
	conf->rss_key_len = DUALBUF_RSS_KEY_LEN;
	conf->rss_hf = rss->types;
	return 0;
}

static int
check_table_size(uint16_t size)
{
	if (size == DUALBUF_RSS_TABLE_SIZE)
		return 0;
	DUALBUF_LOG(ERR, "a redirection table of %u entries; %u are required", size,
			DUALBUF_RSS_TABLE_SIZE);
	return -EINVAL;
}

/* An application's entry, if its mask names it; else NULL. */
static const uint16_t *
named_entry(const struct rte_eth_rss_reta_entry64 *groups, unsigned int i)
{
	const struct rte_eth_rss_reta_entry64 *group = &groups[i / RTE_ETH_RETA_GROUP_SIZE];
	unsigned int at = i % RTE_ETH_RETA_GROUP_SIZE;

	return group->mask & RTE_BIT64(at) ? &group->reta[at] : NULL;
}

static int
check_entries(const struct dualbuf_rss *rss, const struct rte_eth_rss_reta_entry64 *groups)
{
	const uint16_t *entry;
	unsigned int i;

	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++) {
		entry = named_entry(groups, i);
		if (entry == NULL || *entry < rss->nb_queues)
			continue;
		DUALBUF_LOG(ERR,
				"entry %u of the redirection table names receive queue %u; "
				"%u are configured",
				i, *entry, rss->nb_queues);
		return -EINVAL;
	}
	return 0;
}

int
dualbuf_rss_set_table(struct dualbuf_rss *rss, const struct rte_eth_rss_reta_entry64 *groups,
		uint16_t size)
{
	const uint16_t *entry;
	unsigned int i;

	if (check_table_size(size) != 0 || check_entries(rss, groups) != 0)
		return -EINVAL;
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++) {
		entry = named_entry(groups, i);
		if (entry != NULL)
			set_entry(rss, i, *entry);
	}
	return 0;
}

int
dualbuf_rss_get_table(const struct dualbuf_rss *rss, struct rte_eth_rss_reta_entry64 *groups,
		uint16_t size)
{
	unsigned int i;

	if (check_table_size(size) != 0)
		return -EINVAL;
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++)
		if (named_entry(groups, i) != NULL)
			groups[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] =
					rss->table[i];
	return 0;
}
