/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Devices that leave and come back while the application goes on. */

#include "packet_util.h"

#define CYCLES 300
#define NAME "net_dualbuf_again"

static const char *
arguments(void)
{
	return vdev_text("rx_pcap=%s,tx_pcap=%s", capture_of("uniform"), capture_name("out.pcap"));
}

/* Receive, send some, keep the rest. */
static uint16_t
use(struct batch *kept)
{
	struct batch sent = { 0 };
	uint16_t port;

	assert_int_equal(rte_eth_dev_get_port_by_name(NAME, &port), 0);
	vdev_start(port, .nb_rx_desc = 32, .nb_tx_desc = 32);
	assert_int_equal(receive_up_to(port, 0, &sent, 50), 50);
	send_all(port, 0, &sent);
	assert_int_equal(receive_up_to(port, 0, kept, 40), 40);
	return port;
}

static void
assert_came_back(uint16_t port)
{
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(capture_count(capture_name("out.pcap")), 50);
}

static void
a_device_leaves_and_comes_back_with_its_packets_out(void **state)
{
	struct vdev_census before = { 0 }, after;
	struct batch kept = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < CYCLES; i++) {
		assert_int_equal(rte_eal_hotplug_add("vdev", NAME, arguments()), 0);
		/* those of the last cycle are out until here */
		batch_free(&kept);
		port = use(&kept);
		assert_came_back(port);
		assert_int_equal(rte_eal_hotplug_remove("vdev", NAME), 0);
		assert_false(rte_eth_dev_is_valid_port(port));
		after = vdev_count();
		if (i == 0)
			before = after;
		assert_int_equal(after.allocations, before.allocations);
		assert_int_equal(after.memzones, before.memzones);
		assert_int_equal(after.files, before.files);
	}
	batch_free(&kept);
	assert_pool_full(vdev.pools[0]);
}

/* The other functions that do it; the device is asked for by its port. */
static void
a_port_that_runs_is_removed_by_its_device(void **state)
{
	struct rte_eth_dev_info info;
	struct batch kept = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 20; i++) {
		assert_int_equal(rte_dev_probe(vdev_text("vdev:%s,%s", NAME, arguments())), 0);
		port = use(&kept);
		assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
		/* without a stop */
		assert_int_equal(rte_dev_remove(info.device), 0);
		assert_int_equal(capture_count(capture_name("out.pcap")), 50);
		batch_free(&kept);
		assert_pool_full(vdev.pools[0]);
	}
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_device_leaves_and_comes_back_with_its_packets_out),
	vdev_test(a_port_that_runs_is_removed_by_its_device),
};

VDEV_MAIN(tests)
