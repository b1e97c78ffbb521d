/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP: its link, and what it is told to receive. */

#include "link_util.h"
#include "vdev_xdp_util.h"

/* The link -------------------------------------------------------------------------------------- */

static uint16_t
start_watched(enum deed deed)
{
	uint16_t port = xdp_plug("");
	double since = 0;

	/* the kernel takes its time to notice */
	while (!veth_ip("-o link show dev " NEAR " | grep -q 'state UP'"))
		assert_true(vdev_wait(&since));
	begin(deed);
	vdev_start(port, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	return port;
}

static void
speed_and_state_are_the_interfaces(void **state)
{
	uint16_t port = start_watched(LOOK);
	struct rte_eth_link link;

	(void)state;
	assert_int_equal(rte_eth_link_get(port, &link), 0);
	assert_int_equal(link.link_speed, RTE_ETH_SPEED_NUM_10G);
	assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	finish();
}

static void
the_application_is_told_of_the_carrier(void **state)
{
	uint16_t port;
	uint32_t i;

	(void)state;
	port = start_watched(LOOK);
	for (i = 0; i < LIVE_ROUNDS; i++) {
		set_carrier(i % 2 == 1);
		await_deed(i + 1);
		assert_int_equal(vdev_link_status(port), i % 2);
	}
	finish();
	vdev_unplug(port);
	assert_int_equal(end_alarms(), 0);
}

/* What is done in the event's callback leaves nothing behind. */
static void
stop_and_close_are_done_in_the_callback(void **state)
{
	static const enum deed deeds[] = { STOP, STOP_AND_CLOSE, STOP_AND_START };
	unsigned int total, i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 3 * RTE_DIM(deeds); i++) {
		port = start_watched(deeds[i % RTE_DIM(deeds)]);
		set_carrier(false);
		for (total = 0; poll_once(port, 1, &total);)
			;
		await_deed(1);
		finish();
		if (deeds[i % RTE_DIM(deeds)] == STOP_AND_START)
			assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_false(xdp_is_attached(NEAR));
		set_carrier(true);
		if (deeds[i % RTE_DIM(deeds)] != STOP_AND_CLOSE)
			vdev_unplug(port);
	}
}

static void
a_link_that_is_set_down_loses_what_is_sent_and_gets_nothing(void **state)
{
	uint16_t port = start_watched(LOOK);
	int far = veth_socket(FAR), near;
	struct batch batch = { 0 };
	uint32_t i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		xdp_bounce(port, far, 0, 50);
		assert_int_equal(rte_eth_dev_set_link_down(port), 0);
		await_deed(2 * round + 1);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		for (i = 0; i < 100; i++) {
			batch_add(&batch, rte_pktmbuf_alloc(vdev.pools[0]));
			rte_pktmbuf_append(batch.m[i], 100);
		}
		send_all(port, 0, &batch);
		assert_int_equal(vdev_stats(port).oerrors, 100 * (round + 1));
		assert_int_equal(vdev_stats(port).opackets, 50 * (round + 1));
		near = veth_socket(NEAR);
		xdp_put(far, 100, 1);
		xdp_assert_far(near, 100, 1);
		close(near);
		assert_int_equal(receive_up_to(port, 0, &batch, 1), 0);
		assert_int_equal(rte_eth_dev_set_link_up(port), 0);
		await_deed(2 * round + 2);
	}
	assert_int_equal(rte_eth_dev_set_link_down(port), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	xdp_bounce(port, far, 0, 50);
	xdp_stop(port);
	finish();
	close(far);
}

/* What it receives -------------------------------------------------------------------------------- */

static bool
kernel_shows(const char *what)
{
	return veth_ip("-d -o link show dev " NEAR " | grep -q '%s'", what);
}

static void
promiscuous_mode_reaches_the_kernel_and_ends_with_the_port(void **state)
{
	uint16_t port = xdp_plug("");

	(void)state;
	vdev_start(port);
	assert_true(kernel_shows("promiscuity 0"));
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	assert_true(kernel_shows("promiscuity 1"));
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_true(kernel_shows("promiscuity 0"));
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	assert_int_equal(rte_eth_allmulticast_enable(port), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_true(kernel_shows("promiscuity 1"));
	assert_true(kernel_shows("allmulti 1"));
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_true(kernel_shows("allmulti 0"));
	assert_int_equal(rte_eth_allmulticast_enable(port), 0);
	vdev_unplug(port);
	assert_true(kernel_shows("promiscuity 0"));
	assert_true(kernel_shows("allmulti 0"));
}

static bool
kernel_has_group(const char *group)
{
	return veth_ip("maddr show dev " NEAR " | grep -q %s", group);
}

static bool
kernel_has_address(const char *address)
{
	return veth_ip("link show dev " NEAR " >/dev/null && /sbin/bridge fdb show dev " NEAR
		       " | grep -q '%s self'",
			address);
}

static void
groups_and_further_addresses_reach_the_kernel(void **state)
{
	struct rte_ether_addr group = { { 1, 0, 0x5e, 0x11, 0x22, 0x33 } };
	struct rte_ether_addr further = { { 2, 0, 0, 0x11, 0x22, 0x33 } };
	uint16_t port = xdp_plug("");

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, &group, 1), 0);
	assert_true(kernel_has_group("01:00:5e:11:22:33"));
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, NULL, 0), 0);
	assert_false(kernel_has_group("01:00:5e:11:22:33"));
	assert_int_equal(rte_eth_dev_mac_addr_add(port, &further, 0), 0);
	assert_true(kernel_has_address("02:00:00:11:22:33"));
	assert_int_equal(rte_eth_dev_mac_addr_remove(port, &further), 0);
	assert_false(kernel_has_address("02:00:00:11:22:33"));
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, &group, 1), 0);
	vdev_unplug(port);
	assert_false(kernel_has_group("01:00:5e:11:22:33"));
}

/* The interface gets its own address back. */
static void
a_mac_address_reaches_the_kernel_and_is_undone_at_close(void **state)
{
	struct rte_ether_addr other = { { 2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee } }, own;
	uint16_t port;

	(void)state;
	assert_true(veth_ip("link set " NEAR " address 02:11:11:11:11:11"));
	port = xdp_plug("");
	assert_int_equal(rte_eth_macaddr_get(port, &own), 0);
	assert_int_equal(own.addr_bytes[1], 0x11);
	vdev_start(port);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &other), 0);
	assert_true(kernel_shows("02:aa:bb:cc:dd:ee"));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_true(kernel_shows("02:aa:bb:cc:dd:ee"));
	vdev_unplug(port);
	assert_true(kernel_shows("02:11:11:11:11:11"));
}

/* An address that somebody else has given it meanwhile stays. */
static void
a_mac_address_of_somebody_else_is_not_undone(void **state)
{
	struct rte_ether_addr other = { { 2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee } };
	uint16_t port = xdp_plug("");

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &other), 0);
	assert_true(veth_ip("link set " NEAR " address 02:22:22:22:22:22"));
	vdev_unplug(port);
	assert_true(kernel_shows("02:22:22:22:22:22"));
}

static const struct CMUnitTest tests[] = {
	vdev_test(speed_and_state_are_the_interfaces),
	vdev_test(the_application_is_told_of_the_carrier),
	vdev_test(stop_and_close_are_done_in_the_callback),
	vdev_test(a_link_that_is_set_down_loses_what_is_sent_and_gets_nothing),
	vdev_test(promiscuous_mode_reaches_the_kernel_and_ends_with_the_port),
	vdev_test(groups_and_further_addresses_reach_the_kernel),
	vdev_test(a_mac_address_reaches_the_kernel_and_is_undone_at_close),
	vdev_test(a_mac_address_of_somebody_else_is_not_undone),
};

VDEV_XDP_MAIN(tests)
