/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VDEV_UTIL_H_
#define _VDEV_UTIL_H_

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_log.h>

#include "capture_util.h"
#include "cmocka_util.h"
#include "log_util.h"
#include "vdev_port_util.h"

/*
 * EAL and ports for tests of the virtual NIC. Every test runs between vdev_set_up() and
 * vdev_tear_down(): the latter removes all ports that the test plugged, checks that each pool has
 * all of its mbufs back as they were, frees the pools, and fails if anything is left behind.
 */

/* The lcores of EAL; a test that wants more than the main one defines this first. */
#ifndef VDEV_LCORES
#define VDEV_LCORES "0"
#endif

/* EAL's option for telemetry; as above. */
#ifndef VDEV_TELEMETRY
#define VDEV_TELEMETRY "--no-telemetry"
#endif

/* The driver's log ----------------------------------------------------------------------------- */

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

/*
 * The driver logged one line since the beginning, and it has this in it; or, where this begins with
 * "ETHDEV: ", ethdev logged it and the driver nothing, as it was not asked. Ends the capture.
 */
static inline void
vdev_assert_logged(struct log_capture *log, const char *part)
{
	unsigned int lines = vdev_log_lines(log);
	unsigned int expected = strncmp(part, "ETHDEV: ", strlen("ETHDEV: ")) != 0;
	bool found = strstr(log->text, part) != NULL;

	if (lines != expected || !found)
		print_error("expected one line with \"%s\", got %u of the driver: %s\n", part,
				lines, log->text);
	log_capture_end(log);
	assert_int_equal(lines, expected);
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
		VDEV_TELEMETRY, "-m512" };

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
 * Memory that is made once and stays is made before anything is counted: dynamic fields, and what is kept of
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

#define VDEV_MAIN(tests) TEST_MAIN_GROUP(tests, vdev_set_up_group, vdev_tear_down_group)

#endif /* _VDEV_UTIL_H_ */
