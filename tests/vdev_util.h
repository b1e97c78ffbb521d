/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VDEV_UTIL_H_
#define _VDEV_UTIL_H_

#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "capture_util.h"
#include "dualbuf_ring.h"
#include "log_util.h"

/*
 * EAL and ports for tests of the virtual NIC. Every test runs between vdev_set_up() and
 * vdev_tear_down(): the latter removes all ports that the test plugged, checks that each pool has
 * all of its mbufs back as they were, frees the pools, and fails if anything is left behind.
 */

#define VDEV_MAX_POOLS 8
#define VDEV_DESC 64
#define VDEV_PATIENCE_S 20

/* Under ThreadSanitizer vector loads of descriptors are beyond it; and all is slower. */
#if DUALBUF_RACED
#define VDEV_EXTRA_ARGS ",burst=scalar"
#else
#define VDEV_EXTRA_ARGS ""
#endif

/* The lcores of EAL; a test that wants more than the main one defines this first. */
#ifndef VDEV_LCORES
#define VDEV_LCORES "0"
#endif

/* What a test might leave behind. */
struct vdev_census {
	unsigned int allocations; /* of EAL's heaps */
	unsigned int memzones;
	unsigned int mempools;
	unsigned int files;
};

struct vdev_block {
	struct vdev_block *next;
	char memory[] __rte_aligned(16);
};

static struct {
	struct vdev_census before;
	struct rte_mempool *pools[VDEV_MAX_POOLS];
	unsigned int nb_pools;
	struct vdev_block *blocks; /* gone when the test ends */
	unsigned int nb_plugged;
	char dir[PATH_MAX]; /* of this program's files */
} vdev;

/* Memory until the end of the test, also when it fails. */
static inline void *
vdev_alloc(size_t size)
{
	struct vdev_block *block = calloc(1, sizeof(*block) + size);

	assert_non_null(block);
	block->next = vdev.blocks;
	vdev.blocks = block;
	return block->memory;
}

__rte_format_printf(1, 2) static inline char *vdev_text(const char *format, ...)
{
	char *text = vdev_alloc(2 * PATH_MAX);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, 2 * PATH_MAX, format, ap);
	va_end(ap);
	return text;
}

/* Deadlines instead of sleeps: while (vdev_wait(&since)) ... goes round until patience ends. */
static inline double
vdev_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static inline bool
vdev_wait(double *since)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	if (*since == 0)
		*since = vdev_now();
	else
		nanosleep(&ms, NULL);
	return vdev_now() - *since < VDEV_PATIENCE_S;
}

/* What there is -------------------------------------------------------------------------------- */

static inline void
vdev_count_memzone(const struct rte_memzone *mz, void *nb)
{
	(void)mz;
	(*(unsigned int *)nb)++;
}

static inline void
vdev_count_mempool(struct rte_mempool *mp, void *nb)
{
	(void)mp;
	(*(unsigned int *)nb)++;
}

static inline unsigned int
vdev_count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int nb = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		nb++;
	closedir(dir);
	return nb;
}

static inline struct vdev_census
vdev_count(void)
{
	struct vdev_census census = { .files = vdev_count_files() };
	struct rte_malloc_socket_stats heap;
	unsigned int i;

	rte_memzone_walk(vdev_count_memzone, &census.memzones);
	rte_mempool_walk(vdev_count_mempool, &census.mempools);
	for (i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &heap) == 0)
			census.allocations += heap.alloc_count;
	return census;
}

static inline bool
vdev_same_count(const char *what, unsigned int before, unsigned int after)
{
	if (before != after)
		print_error("%s: %u before, %u after\n", what, before, after);
	return before == after;
}

static inline bool
vdev_nothing_left(const struct vdev_census *before)
{
	struct vdev_census after = vdev_count();
	bool same = true;

	same &= vdev_same_count("heap allocations", before->allocations, after.allocations);
	same &= vdev_same_count("memzones", before->memzones, after.memzones);
	same &= vdev_same_count("mempools", before->mempools, after.mempools);
	same &= vdev_same_count("open files", before->files, after.files);
	return same;
}

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

/* Plug a virtual device of a driver. Returns EAL's answer, and the port. */
static inline int
vdev_try_plug(const char *driver, const char *args, uint16_t *port)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	int ret;

	snprintf(name, sizeof(name), "%s%u", driver, vdev.nb_plugged++);
	ret = rte_eal_hotplug_add("vdev", name, args);
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
	uint64_t rx_offloads;
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

/* An extended statistic of a queue, such as "flips". */
static inline uint64_t
vdev_xstat(uint16_t port, uint16_t queue, const char *what)
{
	char name[RTE_ETH_XSTATS_NAME_SIZE];
	uint64_t id, value;

	snprintf(name, sizeof(name), "rx_q%u_%s", queue, what);
	if (rte_eth_xstats_get_id_by_name(port, name, &id) != 0)
		fail_msg("port %u has no xstat %s", port, name);
	assert_int_equal(rte_eth_xstats_get_by_id(port, &id, &value, 1), 1);
	return value;
}

/* ethdev explains each refusal; for tests that provoke hundreds. Until the end of the test. */
static inline void
vdev_hush_ethdev(void)
{
	rte_log_set_level_pattern("lib.ethdev", RTE_LOG_EMERG);
}

/* What the driver logged ----------------------------------------------------------------------- */

/* Lines of the driver itself: EAL adds some of its own when a probe fails. */
static inline unsigned int
vdev_log_lines(struct log_capture *log)
{
	unsigned int lines = 0;
	const char *at;

	fflush(log->stream);
	for (at = log->text; (at = strstr(at, "net_dualbuf: ")) != NULL; at++)
		lines++;
	return lines;
}

/* The driver logged one line since the beginning, and it has this in it. Ends the capture. */
static inline void
vdev_assert_logged(struct log_capture *log, const char *part)
{
	unsigned int lines = vdev_log_lines(log);
	bool found = strstr(log->text, part) != NULL;

	if (lines != 1 || !found)
		print_error("expected one line with \"%s\", got %u: %s\n", part, lines, log->text);
	log_capture_end(log);
	assert_int_equal(lines, 1);
	assert_true(found);
}

/* Before and after ----------------------------------------------------------------------------- */

/* All CPUs that we may run on, for lcores that move between them. */
static inline void
vdev_describe_lcore(char *text, size_t size)
{
	size_t len = snprintf(text, size, "--lcores=" VDEV_LCORES "@(");
	const char *comma = "";
	cpu_set_t cpus;
	int i;

	sched_getaffinity(0, sizeof(cpus), &cpus);
	for (i = 0; i < CPU_SETSIZE && len < size - 8; i++) {
		if (!CPU_ISSET(i, &cpus))
			continue;
		len += snprintf(text + len, size - len, "%s%d", comma, i);
		comma = ",";
	}
	snprintf(text + len, size - len, ")");
}

/* Without EAL nothing can be said of the driver: exit code 99. */
static inline void
vdev_start_eal(void)
{
	static char lcores[1024];
	static char *argv[] = { "test", lcores, "--no-huge", "--no-pci", "--no-shconf",
		"--no-telemetry", "-m512" };

	vdev_describe_lcore(lcores, sizeof(lcores));
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		exit(99);
}

static inline int
vdev_set_up(void **state)
{
	(void)state;
	vdev.before = vdev_count();
	return 0;
}

static inline void
vdev_remove_ports(void)
{
	uint16_t port;

	RTE_ETH_FOREACH_DEV(port)
		vdev_unplug(port);
}

static inline int
vdev_tear_down(void **state)
{
	bool intact = true;
	struct vdev_block *block;

	(void)state;
	rte_openlog_stream(NULL);
	rte_log_set_level_pattern("lib.ethdev", RTE_LOG_INFO);
	vdev_remove_ports();
	while (vdev.nb_pools > 0) {
		intact &= vdev_is_intact(vdev.pools[0]);
		vdev_free_pool(vdev.pools[0]);
	}
	while ((block = vdev.blocks) != NULL) {
		vdev.blocks = block->next;
		free(block);
	}
	intact &= vdev_nothing_left(&vdev.before);
	return intact ? 0 : -1;
}

/*
 * What is made once and stays is made before anything is counted: dynamic fields, and what is kept of
 * return pools, of which there are as many at a time as a test may have pools.
 */
static inline void
vdev_warm_up(void)
{
	uint16_t ports[VDEV_MAX_POOLS];
	unsigned int i;

	for (i = 0; i < VDEV_MAX_POOLS; i++) {
		assert_int_equal(vdev_try_plug("net_dualbuf", "tx_pcap=/dev/null,copy=deferred",
						 &ports[i]),
				0);
		vdev_start(ports[i], .mp = vdev_pool(256),
				.rx_offloads = RTE_ETH_RX_OFFLOAD_TIMESTAMP);
	}
	vdev_remove_ports();
	while (vdev.nb_pools > 0)
		vdev_free_pool(vdev.pools[0]);
}

static inline int
vdev_set_up_group(void **state)
{
	(void)state;
	if (!capture_dir_make(vdev.dir))
		return -1;
	vdev_start_eal();
	vdev_warm_up();
	return 0;
}

static inline int
vdev_tear_down_group(void **state)
{
	(void)state;
	rte_eal_cleanup();
	return capture_dir_remove(vdev.dir) ? 0 : -1;
}

#define vdev_test(name) cmocka_unit_test_setup_teardown(name, vdev_set_up, vdev_tear_down)

#define vdev_run(tests) cmocka_run_group_tests(tests, vdev_set_up_group, vdev_tear_down_group)

#endif /* _VDEV_UTIL_H_ */
