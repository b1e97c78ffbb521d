/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VDEV_PORT_UTIL_H_
#define _VDEV_PORT_UTIL_H_

/* Pools and ports of a test, which are gone at its end. */

#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "dualbuf_ring_vec.h"
#include "vdev_state_util.h"

#define VDEV_DESC 64

/* Under ThreadSanitizer vector loads of descriptors are beyond it; and all is slower. */
#if DUALBUF_RACED
#define VDEV_EXTRA_ARGS ",burst=scalar"
#else
#define VDEV_EXTRA_ARGS ""
#endif

/* Pools ---------------------------------------------------------------------------------------- */

static inline struct rte_mempool *
vdev_pool_with_room(unsigned int nb, unsigned int cache, uint16_t data_room)
{
	static unsigned int number;
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *mp;

	assert_true(vdev.nb_pools < VDEV_MAX_POOLS);
	snprintf(name, sizeof(name), "app%u", number++);
	mp = rte_pktmbuf_pool_create(name, nb, cache, 0, data_room, SOCKET_ID_ANY);
	assert_non_null(mp);
	vdev.pools[vdev.nb_pools++] = mp;
	return mp;
}

static inline struct rte_mempool *
vdev_pool(unsigned int nb)
{
	return vdev_pool_with_room(nb, 0, RTE_MBUF_DEFAULT_BUF_SIZE);
}

static inline bool
vdev_is_full(const struct rte_mempool *mp)
{
	return rte_mempool_avail_count(mp) == mp->size;
}

#define assert_pool_full(mp) assert_int_equal(rte_mempool_avail_count(mp), (mp)->size)

static inline int
vdev_compare_pointers(const void *a, const void *b)
{
	const uintptr_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

/* An mbuf that is as its application's pool gave it out. */
static inline bool
vdev_is_pristine(const struct rte_mempool *mp, const struct rte_mbuf *m)
{
	return m->pool == mp && m->next == NULL && m->nb_segs == 1 &&
			rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m);
}

/* Are all mbufs in the pool, each of them once and as it was? Takes them all out to see. */
static inline bool
vdev_is_intact(struct rte_mempool *mp)
{
	struct rte_mbuf **all = calloc(mp->size + 1, sizeof(*all));
	unsigned int nb = 0, nb_odd = 0, i;

	while (nb <= mp->size && rte_mempool_get(mp, (void **)&all[nb]) == 0)
		nb++;
	qsort(all, nb, sizeof(*all), vdev_compare_pointers);
	for (i = 0; i < nb; i++)
		nb_odd += !vdev_is_pristine(mp, all[i]) || (i > 0 && all[i] == all[i - 1]);
	if (nb != mp->size || nb_odd > 0)
		print_error("mempool %s: %u of %u mbufs, %u of them odd or twice\n", mp->name, nb,
				mp->size, nb_odd);
	rte_mempool_put_bulk(mp, (void **)all, nb);
	free(all);
	return nb == mp->size && nb_odd == 0;
}

static inline void
vdev_free_pool(struct rte_mempool *mp)
{
	unsigned int i;

	for (i = 0; i < vdev.nb_pools && vdev.pools[i] != mp; i++)
		;
	assert_true(i < vdev.nb_pools);
	vdev.pools[i] = vdev.pools[--vdev.nb_pools];
	rte_mempool_free(mp);
}

/* Ports ---------------------------------------------------------------------------------------- */

/*
 * Plug a virtual device of a driver. Returns EAL's answer, and the port. EAL tells other processes of it
 * too, in messages that hold 127 characters: more, as of several files, stay in this process.
 */
static inline int
vdev_try_plug(const char *driver, const char *args, uint16_t *port)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	int ret;

	snprintf(name, sizeof(name), "%s%u", driver, vdev.nb_plugged++);
	if (snprintf(NULL, 0, "vdev:%s,%s", name, args) <= 127)
		ret = rte_eal_hotplug_add("vdev", name, args);
	else
		ret = rte_vdev_init(name, args);
	*port = RTE_MAX_ETHPORTS;
	if (ret == 0)
		assert_int_equal(rte_eth_dev_get_port_by_name(name, port), 0);
	return ret;
}

static inline uint16_t
vdev_plug_args(const char *driver, const char *args)
{
	uint16_t port;

	if (vdev_try_plug(driver, args, &port) != 0)
		fail_msg("%s does not take \"%s\"", driver, args);
	return port;
}

/* A port of the driver under test, from printf-like devargs. */
#define vdev_plug(...) \
	vdev_plug_args("net_dualbuf", vdev_text("%s" VDEV_EXTRA_ARGS, vdev_text(__VA_ARGS__)))

/* Stop, close and remove a port. */
static inline void
vdev_unplug(uint16_t port)
{
	char name[RTE_ETH_NAME_MAX_LEN];

	assert_int_equal(rte_eth_dev_get_name_by_port(port, name), 0);
	rte_eth_dev_stop(port);
	assert_int_equal(rte_eal_hotplug_remove("vdev", name), 0);
}

/* How a port is to run; what is 0 has a default. */
struct vdev_config {
	struct rte_mempool *mp; /* the first pool of the test */
	uint16_t nb_rx; /* as many as the device has */
	uint16_t nb_tx;
	uint16_t nb_rx_desc; /* VDEV_DESC */
	uint16_t nb_tx_desc;
	uint64_t rx_offloads; /* beside RTE_ETH_RX_OFFLOAD_SCATTER, where the driver has it */
	bool unscattered; /* without that */
	uint64_t tx_offloads;
	uint64_t rss_types;
	bool intr_rxq;
	bool intr_lsc;
};

static inline struct vdev_config
vdev_defaults(uint16_t port, const struct vdev_config *config)
{
	struct vdev_config full = *config;
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	if (full.mp == NULL)
		full.mp = vdev.nb_pools > 0 ? vdev.pools[0] : vdev_pool(1024);
	if (!full.unscattered)
		full.rx_offloads |= info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	if (full.nb_rx == 0)
		full.nb_rx = info.max_rx_queues;
	if (full.nb_tx == 0)
		full.nb_tx = info.max_tx_queues;
	if (full.nb_rx_desc == 0)
		full.nb_rx_desc = VDEV_DESC;
	if (full.nb_tx_desc == 0)
		full.nb_tx_desc = VDEV_DESC;
	return full;
}

static inline void
vdev_set_up_queues(uint16_t port, const struct vdev_config *config)
{
	struct vdev_config full = vdev_defaults(port, config);
	struct rte_eth_conf conf = {
		.rxmode.offloads = full.rx_offloads,
		.rxmode.mq_mode = full.rss_types != 0 ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE,
		.rx_adv_conf.rss_conf.rss_hf = full.rss_types,
		.txmode.offloads = full.tx_offloads,
		.intr_conf.rxq = full.intr_rxq,
		.intr_conf.lsc = full.intr_lsc,
	};
	uint16_t i;

	assert_int_equal(rte_eth_dev_configure(port, full.nb_rx, full.nb_tx, &conf), 0);
	for (i = 0; i < full.nb_rx; i++)
		assert_int_equal(rte_eth_rx_queue_setup(port, i, full.nb_rx_desc, SOCKET_ID_ANY,
						 NULL, full.mp),
				0);
	for (i = 0; i < full.nb_tx; i++)
		assert_int_equal(rte_eth_tx_queue_setup(
						 port, i, full.nb_tx_desc, SOCKET_ID_ANY, NULL),
				0);
}

/* Configure a port, set its queues up and start it: vdev_start(port, .nb_rx_desc = 32). */
#define vdev_start(port, ...) vdev_start_with(port, &(const struct vdev_config){ __VA_ARGS__ })

static inline void
vdev_start_with(uint16_t port, const struct vdev_config *config)
{
	vdev_set_up_queues(port, config);
	assert_int_equal(rte_eth_dev_start(port), 0);
}

static inline struct rte_eth_stats
vdev_stats(uint16_t port)
{
	struct rte_eth_stats stats;

	assert_int_equal(rte_eth_stats_get(port, &stats), 0);
	return stats;
}

static inline uint16_t
vdev_link_status(uint16_t port)
{
	struct rte_eth_link link;

	assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
	return link.link_status;
}

static inline uint64_t
vdev_xstat_by_name(uint16_t port, const char *name)
{
	uint64_t id, value;

	if (rte_eth_xstats_get_id_by_name(port, name, &id) != 0)
		fail_msg("port %u has no xstat %s", port, name);
	assert_int_equal(rte_eth_xstats_get_by_id(port, &id, &value, 1), 1);
	return value;
}

/* An extended statistic of a receive queue, such as "flips", or "packets" and "bytes". */
static inline uint64_t
vdev_xstat(uint16_t port, uint16_t queue, const char *what)
{
	char name[RTE_ETH_XSTATS_NAME_SIZE];

	snprintf(name, sizeof(name), "rx_q%u_%s", queue, what);
	return vdev_xstat_by_name(port, name);
}

/* The same of a transmit queue: "packets", "bytes". */
static inline uint64_t
vdev_tx_xstat(uint16_t port, uint16_t queue, const char *what)
{
	char name[RTE_ETH_XSTATS_NAME_SIZE];

	snprintf(name, sizeof(name), "tx_q%u_%s", queue, what);
	return vdev_xstat_by_name(port, name);
}

/* ethdev explains each refusal; for tests that provoke hundreds. Until the end of the test. */
static inline void
vdev_hush_ethdev(void)
{
	rte_log_set_level_pattern("lib.ethdev", RTE_LOG_EMERG);
}

#endif /* _VDEV_PORT_UTIL_H_ */
