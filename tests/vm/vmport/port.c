/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Ports: their life, their settings, what they count. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "commands.h"
#include "pool.h"

static struct rte_eth_conf
port_conf(const struct words *words)
{
	struct rte_eth_conf conf = { .rxmode.mtu = number_of(words, "mtu", RTE_ETHER_MTU) };

	if (number_of(words, "scatter", conf.rxmode.mtu > RTE_ETHER_MTU))
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
	if (number_of(words, "scatter", conf.rxmode.mtu > RTE_ETHER_MTU))
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	if (number_of(words, "fast", 0))
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (number_of(words, "strip", 0)) {
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
	}
	if (number_of(words, "vlans", 0))
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
	if (number_of(words, "crc", 0))
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_KEEP_CRC;
	if (number_of(words, "sums", 0))
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_CHECKSUM;
	if (number_of(words, "rss", 0)) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_RSS_HASH;
		conf.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP |
				RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	}
	conf.intr_conf.rxq = number_of(words, "intr", 0);
	if (number_of(words, "txsums", 0))
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_IPV4_CKSUM |
				RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
	if (number_of(words, "tso", 0))
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_TCP_TSO;
	return conf;
}

static int
set_up_queues(uint16_t port, uint16_t nb, const struct words *words)
{
	const struct rte_eth_rxconf rx = { .rx_deferred_start = number_of(words, "deferred", 0) };
	const struct rte_eth_txconf tx = { .tx_deferred_start = number_of(words, "deferred", 0) };
	uint16_t i;
	int ret = 0;

	for (i = 0; i < nb && ret == 0; i++)
		ret = rte_eth_rx_queue_setup(
				port, i, number_of(words, "rxd", 256), SOCKET_ID_ANY, &rx, pool);
	for (i = 0; i < nb && ret == 0; i++)
		ret = rte_eth_tx_queue_setup(
				port, i, number_of(words, "txd", 256), SOCKET_ID_ANY, &tx);
	return ret;
}

int
do_start(const struct words *words)
{
	uint16_t nb_queues = number_of(words, "queues", 1);
	uint16_t port = argument(words, 1);
	struct rte_eth_conf conf = port_conf(words);
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(port, &info);
	if (ret == 0)
		ret = rte_eth_dev_configure(port, nb_queues, nb_queues, &conf);
	if (ret == 0)
		ret = set_up_queues(port, nb_queues, words);
	if (ret == 0 && number_of(words, "promisc", 1))
		ret = rte_eth_promiscuous_enable(port);
	if (ret == 0)
		ret = rte_eth_dev_start(port);
	return ret != 0 ? say_failed("start", ret) : say_ok("driver=%s", info.driver_name);
}

int
do_restart(const struct words *words)
{
	int ret = rte_eth_dev_start(argument(words, 1));

	return ret != 0 ? say_failed("restart", ret) : say_ok(" ");
}

int
do_stop(const struct words *words)
{
	int ret = rte_eth_dev_stop(argument(words, 1));

	return ret != 0 ? say_failed("stop", ret) : say_ok(" ");
}

int
do_close(const struct words *words)
{
	int ret = rte_eth_dev_close(argument(words, 1));

	return ret != 0 ? say_failed("close", ret) : say_ok(" ");
}

int
do_probe(const struct words *words)
{
	int ret = rte_dev_probe(words->nb > 1 ? words->word[1] : "");

	return ret != 0 ? say_failed("probe", ret) : say_ok("ports=%u", rte_eth_dev_count_avail());
}

static int
remove_port(uint16_t port)
{
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get(port, &info);

	if (ret == 0)
		ret = rte_eth_dev_stop(port);
	if (ret == 0)
		ret = rte_eth_dev_close(port);
	return ret == 0 ? rte_dev_remove(info.device) : ret;
}

int
do_remove(const struct words *words)
{
	int ret = remove_port(argument(words, 1));

	return ret != 0 ? say_failed("remove", ret) : say_ok("ports=%u", rte_eth_dev_count_avail());
}

int
do_ports(const struct words *words __rte_unused)
{
	struct rte_eth_dev_info info;
	char text[256] = "";
	uint16_t port;

	RTE_ETH_FOREACH_DEV(port) {
		if (rte_eth_dev_info_get(port, &info) == 0)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " %u=%s", port,
					info.driver_name);
	}
	return say_ok("ports=%u%s iova=%s", rte_eth_dev_count_avail(), text,
			rte_eal_iova_mode() == RTE_IOVA_PA ? "PA" : "VA");
}

int
do_reprobe(const struct words *words)
{
	uint16_t port = argument(words, 1);
	const char *args = text_of(words, "args");
	uint32_t count = number_of(words, "count", 1), i;
	char name[RTE_DEV_NAME_MAX_LEN + 256];
	struct rte_eth_dev_info info;
	int ret;

	for (i = 0; i < count; i++) {
		ret = rte_eth_dev_info_get(port, &info);
		if (ret != 0)
			return say_failed("info", ret);
		snprintf(name, sizeof(name), "%s,%s", rte_dev_name(info.device),
				args == NULL ? "" : args);
		ret = remove_port(port);
		if (ret != 0)
			return say_failed("remove", ret);
		ret = rte_dev_probe(name);
		if (ret != 0)
			return say_failed("probe", ret);
	}
	return say_ok("cycles=%u ports=%u", i, rte_eth_dev_count_avail());
}

int
do_counts(const struct words *words)
{
	struct rte_eth_stats stats;
	int ret = rte_eth_stats_get(argument(words, 1), &stats);

	if (ret != 0)
		return say_failed("stats", ret);
	return say_ok("rx=%" PRIu64 " tx=%" PRIu64 " missed=%" PRIu64 " rxerr=%" PRIu64
		      " txerr=%" PRIu64 " nombuf=%" PRIu64 " rxbytes=%" PRIu64 " txbytes=%" PRIu64,
			stats.ipackets, stats.opackets, stats.imissed, stats.ierrors, stats.oerrors,
			stats.rx_nombuf, stats.ibytes, stats.obytes);
}

int
do_xstat(const struct words *words)
{
	uint16_t port = argument(words, 1);
	uint64_t id, value;
	int ret;

	if (words->nb < 3)
		return say_error("which?");
	ret = rte_eth_xstats_get_id_by_name(port, words->word[2], &id);
	if (ret == 0)
		ret = rte_eth_xstats_get_by_id(port, &id, &value, 1) == 1 ? 0 : -EIO;
	return ret != 0 ? say_failed("xstat", ret) : say_ok("value=%" PRIu64, value);
}

int
do_link(const struct words *words)
{
	struct rte_eth_link link;
	int ret = rte_eth_link_get_nowait(argument(words, 1), &link);

	if (ret != 0)
		return say_failed("link", ret);
	return say_ok("up=%u speed=%u duplex=%u", link.link_status, link.link_speed,
			link.link_duplex);
}

int
do_queue(const struct words *words)
{
	return say_ok("count=%d", rte_eth_rx_queue_count(argument(words, 1), 0));
}
