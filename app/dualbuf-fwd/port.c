/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_devargs.h>

#include "port.h"
#include "rte_pmd_dualbuf.h"
#include "say.h"

#define NO_STAT UINT64_MAX
#define MIN_BUFFERS 2
#define MAX_BUFFERS 8

static uint16_t index_of[RTE_MAX_ETHPORTS];

/*
 * How often name=... is among a device's arguments, and the last value. A name that ends with '*'
 * stands for all that begin so.
 */
static unsigned int
find_devargs(const char *args, const char *name, const char **value)
{
	size_t len = strcspn(name, "*");
	bool any = name[len] == '*';
	unsigned int n = 0;

	for (; args != NULL && *args != '\0'; args += strcspn(args, ","), args += *args == ',') {
		if (strncmp(args, name, len) != 0 || (!any && args[len] != '='))
			continue;
		*value = args + strcspn(args, "=,");
		*value += **value == '=';
		n++;
	}
	return n;
}

/* Is name=wanted what a device was given? */
static bool
has_devarg(const char *args, const char *name, const char *wanted)
{
	const char *value;
	size_t len = strlen(wanted);

	return find_devargs(args, name, &value) > 0 && strncmp(value, wanted, len) == 0 &&
			(value[len] == ',' || value[len] == '\0');
}

static const char *
device_args(const struct rte_eth_dev_info *info)
{
	const struct rte_devargs *devargs = rte_dev_devargs(info->device);

	return devargs == NULL ? NULL : devargs->args;
}

/* --copy says what the ports do; a port that does something else is a mistake. */
static int
check_copy(const struct port *port, const char *name, const char *copy)
{
	const char *made = port->is_deferred ? "deferred" : "inline";

	if (copy == NULL || !port->is_dualbuf || strcmp(copy, made) == 0)
		return 0;
	say("--copy %s: port %u (%s) was made with copy=%s; give it the device argument copy=%s, "
	    "or leave --copy out",
			copy, port->id, name, made, copy);
	return -EINVAL;
}

static void
choose_queues(struct port *port, const struct rte_eth_dev_info *info, const char *args,
		const struct options *options)
{
	const char *value;
	/* one for each file or interface that is named, else one */
	unsigned int sources = RTE_MAX(find_devargs(args, "rx_*", &value), 1u);

	port->nb_rx = RTE_MIN(sources, info->max_rx_queues);
	port->nb_rx = RTE_MIN(port->nb_rx, PORT_MAX_QUEUES);
	port->nb_tx = RTE_MIN(options->threads, info->max_tx_queues);
	port->rx_buffers = 1;
	if (!port->is_dualbuf)
		return;
	port->rx_buffers = MIN_BUFFERS;
	if (find_devargs(args, "buffers", &value) > 0)
		port->rx_buffers = RTE_MIN(strtoul(value, NULL, 10), MAX_BUFFERS);
}

int
port_inspect(struct port *port, uint16_t id, uint16_t index, const struct options *options)
{
	struct rte_eth_dev_info info;
	const char *args, *name, *value;
	int ret;

	ret = rte_eth_dev_info_get(id, &info);
	if (ret != 0) {
		say("port %u: cannot be looked at: %s", id, strerror(-ret));
		return ret;
	}
	args = device_args(&info);
	name = rte_dev_name(info.device);
	index_of[id] = index;
	port->id = id;
	port->is_dualbuf = strncmp(info.driver_name, "net_dualbuf", strlen("net_dualbuf")) == 0;
	port->is_deferred = port->is_dualbuf && has_devarg(args, "copy", "deferred");
	port->may_wait = find_devargs(args, "rx_pcap", &value) > 0 &&
			find_devargs(args, "rx_iface*", &value) == 0 &&
			!has_devarg(args, "infinite_rx", "1");
	choose_queues(port, &info, args, options);
	port->rx_desc = PORT_RX_DESC;
	port->tx_desc = PORT_TX_DESC;
	ret = rte_eth_dev_adjust_nb_rx_tx_desc(id, &port->rx_desc, &port->tx_desc);
	if (ret != 0 || port->nb_rx == 0 || port->nb_tx == 0) {
		say("port %u (%s): has no queues to receive and send with", id, name);
		return -ENOTSUP;
	}
	return check_copy(port, name, options->copy);
}

uint16_t
port_index(uint16_t id)
{
	return index_of[id];
}

unsigned int
port_mbufs(const struct port *port)
{
	return port->nb_rx * port->rx_desc * port->rx_buffers + port->nb_tx * port->tx_desc;
}

static int
port_configure(const struct port *port, bool interrupt)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf = { .intr_conf.rxq = interrupt };
	int ret;

	ret = rte_eth_dev_info_get(port->id, &info);
	if (ret != 0)
		return ret;
	conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	conf.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	/* A hash of addresses alone would put all datagrams of two hosts into one flow. */
	conf.rx_adv_conf.rss_conf.rss_hf = info.flow_type_rss_offloads &
			(RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP);
	if ((info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0 &&
			conf.rx_adv_conf.rss_conf.rss_hf != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_RSS_HASH;
	}
	return rte_eth_dev_configure(port->id, port->nb_rx, port->nb_tx, &conf);
}

static int
setup_queues(struct port *port, struct rte_mempool *pool)
{
	int socket = rte_eth_dev_socket_id(port->id);
	int ret = 0;
	uint16_t i;

	for (i = 0; i < port->nb_rx && ret == 0; i++)
		ret = rte_eth_rx_queue_setup(port->id, i, port->rx_desc, socket, NULL, pool);
	for (i = 0; i < port->nb_tx && ret == 0; i++) {
		pthread_mutex_init(&port->tx_lock[i], NULL);
		ret = rte_eth_tx_queue_setup(port->id, i, port->tx_desc, socket, NULL);
	}
	return ret;
}

static uint64_t
find_stat(const struct port *port, uint16_t queue, const char *what)
{
	char name[RTE_ETH_XSTATS_NAME_SIZE];
	uint64_t id;

	snprintf(name, sizeof(name), "rx_q%u_%s", queue, what);
	if (!port->is_dualbuf || rte_eth_xstats_get_id_by_name(port->id, name, &id) != 0)
		return NO_STAT;
	return id;
}

int
port_start(struct port *port, struct rte_mempool *pool, bool interrupt)
{
	const char *doing = interrupt ? "configure for receive interrupts" : "configure";
	uint16_t i;
	int ret;

	ret = port_configure(port, interrupt);
	if (ret == 0) {
		doing = "set up the queues";
		ret = setup_queues(port, pool);
	}
	if (ret == 0) {
		doing = "start";
		ret = rte_eth_dev_start(port->id);
	}
	if (ret != 0) {
		say("port %u: cannot %s: %s", port->id, doing, strerror(-ret));
		return ret;
	}
	port->started = true;
	/* not every driver can, and some always are */
	(void)rte_eth_promiscuous_enable(port->id);
	for (i = 0; i < port->nb_rx; i++) {
		port->flips_id[i] = find_stat(port, i, "flips");
		port->copies_id[i] = find_stat(port, i, "copies");
	}
	return 0;
}

void
port_stop(struct port *port)
{
	if (!port->started)
		return;
	port->started = false;
	if (rte_eth_dev_stop(port->id) != 0)
		say("port %u: does not stop", port->id);
}

static uint64_t
read_stat(const struct port *port, uint64_t id)
{
	uint64_t value;

	if (id == NO_STAT || rte_eth_xstats_get_by_id(port->id, &id, &value, 1) != 1)
		return 0;
	return value;
}

void
port_read_stats(const struct port *port, struct port_stats *stats)
{
	struct rte_pmd_dualbuf_queue_state state;
	struct rte_eth_stats basic;
	uint16_t i;

	memset(stats, 0, sizeof(*stats));
	if (rte_eth_stats_get(port->id, &basic) == 0) {
		stats->missed = basic.imissed;
		stats->nombuf = basic.rx_nombuf;
		stats->rx_errors = basic.ierrors;
		stats->tx_errors = basic.oerrors;
	}
	for (i = 0; i < port->nb_rx && port->is_dualbuf; i++) {
		stats->queues[i].flips = read_stat(port, port->flips_id[i]);
		stats->queues[i].copies = read_stat(port, port->copies_id[i]);
		if (rte_pmd_dualbuf_queue_state(port->id, i, &state) != 0)
			continue;
		stats->queues[i].loans = state.loans;
		stats->queues[i].home = state.home;
		stats->queues[i].out = state.out;
		stats->queues[i].waiting = state.waiting;
	}
}

uint32_t
port_waiting(const struct port *port)
{
	struct rte_pmd_dualbuf_queue_state state;
	uint32_t waiting = 0;
	uint16_t i;

	for (i = 0; i < port->nb_rx && port->is_dualbuf; i++)
		if (rte_pmd_dualbuf_queue_state(port->id, i, &state) == 0)
			waiting += state.waiting;
	return waiting;
}
