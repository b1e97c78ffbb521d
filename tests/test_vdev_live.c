/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include "veth_util.h"

/*
 * Live interfaces, beside net_pcap: every scenario runs with both drivers and both must pass. The
 * port is at one end of a veth pair in a network namespace of this process's own; packet sockets
 * are the rest of the world.
 */

#define NEAR "dbtest0"
#define FAR "dbtest1"
#define FRAME_LEN 100

/* Two tests, whose state is the driver's name. */
#define on_both_drivers(scenario) \
	on_driver(scenario, "net_pcap"), on_driver(scenario, "net_dualbuf")

#define on_driver(scenario, driver) \
	{ \
		.name = #scenario " on " driver, .test_func = scenario, .setup_func = set_up, \
		.teardown_func = vdev_tear_down, .initial_state = (void *)(uintptr_t)driver \
	}

struct world {
	const char *driver;
	uint16_t port;
	int near; /* sends out of the interface, beside the port */
	int far; /* the other end of the wire */
};

static struct world
enter(const char *driver, const char *args)
{
	struct world world = {
		.driver = driver,
		.near = veth_socket(NEAR),
		.far = veth_socket(FAR),
	};

	assert_true(world.near >= 0 && world.far >= 0);
	world.port = vdev_plug_args(driver, args);
	vdev_start(world.port);
	return world;
}

static void
leave(struct world *world)
{
	vdev_unplug(world->port);
	close(world->near);
	close(world->far);
}

static void
make_frame(uint8_t frame[FRAME_LEN], uint8_t number)
{
	unsigned int i;

	for (i = 0; i < FRAME_LEN; i++)
		frame[i] = number + i;
	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\x02\0\0\0\0\x01\x88\xb5", 8);
	frame[14] = number;
}

static void
put_on_wire(int fd, uint8_t number)
{
	uint8_t frame[FRAME_LEN];

	make_frame(frame, number);
	assert_int_equal(send(fd, frame, sizeof(frame), 0), sizeof(frame));
}

static void
assert_port_receives(struct world *world, uint8_t number)
{
	uint8_t frame[FRAME_LEN];
	struct rte_mbuf *m;
	double since = 0;
	bool same;

	make_frame(frame, number);
	while (rte_eth_rx_burst(world->port, 0, &m, 1) == 0)
		if (!vdev_wait(&since))
			fail_msg("%s: frame %u does not come", world->driver, number);
	same = mbuf_equals(m, frame, sizeof(frame));
	if (!same)
		print_error("%s: frame %u instead of %u\n", world->driver,
				rte_pktmbuf_mtod(m, uint8_t *)[14], number);
	rte_pktmbuf_free(m);
	assert_true(same);
}

static void
send_from_port(struct world *world, uint8_t number)
{
	uint8_t frame[FRAME_LEN];
	const struct packet packet = { .data = frame, .len = sizeof(frame) };
	struct rte_mbuf *m = mbuf_of(vdev.pools[0], &packet, UINT32_MAX);

	make_frame(rte_pktmbuf_mtod(m, uint8_t *), number);
	assert_int_equal(rte_eth_tx_burst(world->port, 0, &m, 1), 1);
}

static void
assert_world_receives(int fd, uint8_t number)
{
	uint8_t frame[FRAME_LEN], got[2048];

	make_frame(frame, number);
	assert_int_equal(veth_receive(fd, got, sizeof(got)), sizeof(frame));
	assert_memory_equal(got, frame, sizeof(frame));
}

/* Scenarios ------------------------------------------------------------------------------------ */

/* Both what comes in and what others send out of the interface. */
static void
rx_iface_sees_both_directions(void **state)
{
	struct world world = enter(*state, "rx_iface=" NEAR);

	put_on_wire(world.far, 1);
	assert_port_receives(&world, 1);
	put_on_wire(world.near, 2);
	assert_port_receives(&world, 2);
	put_on_wire(world.far, 3);
	assert_port_receives(&world, 3);
	leave(&world);
}

/* The frame that goes out is passed over: the next one to come is the one that comes in. */
static void
rx_iface_in_sees_what_comes_in(void **state)
{
	struct world world = enter(*state, "rx_iface_in=" NEAR);

	put_on_wire(world.near, 1);
	assert_world_receives(world.far, 1);
	put_on_wire(world.far, 2);
	assert_port_receives(&world, 2);
	leave(&world);
}

static void
tx_iface_sends(void **state)
{
	struct world world = enter(*state, "tx_iface=" NEAR);
	unsigned int i;

	for (i = 0; i < 50; i++) {
		send_from_port(&world, i);
		assert_world_receives(world.far, i);
	}
	leave(&world);
}

/* One interface for both; the port does not receive what it sends. */
static void
iface_receives_and_sends(void **state)
{
	struct world world = enter(*state, "iface=" NEAR);

	put_on_wire(world.far, 1);
	assert_port_receives(&world, 1);
	send_from_port(&world, 2);
	assert_world_receives(world.far, 2);
	put_on_wire(world.far, 3);
	assert_port_receives(&world, 3);
	leave(&world);
}

/* The kernel takes the tag out of what comes in, and it is put back. */
static void
a_vlan_tag_comes_in_its_frame(void **state)
{
	struct world world = enter(*state, "iface=" NEAR);
	uint8_t frame[FRAME_LEN];
	double since = 0;
	struct rte_mbuf *m;

	make_frame(frame, 1);
	memcpy(frame + 12, "\x81\x00\x60\x2a\x88\xb5", 6);
	assert_int_equal(send(world.far, frame, sizeof(frame), 0), sizeof(frame));
	while (rte_eth_rx_burst(world.port, 0, &m, 1) == 0)
		assert_true(vdev_wait(&since));
	assert_true(mbuf_equals(m, frame, sizeof(frame)));
	rte_pktmbuf_free(m);
	leave(&world);
}

/* Longer than what the kernel has room for at a time, among others that are not. */
static void
long_frames_are_received_and_sent(void **state)
{
	static const uint16_t lens[] = { 60, 9014, 1514, 4000, 9014, 100 };
	static uint8_t frame[9014], got[9100];
	struct world world;
	double since = 0;
	struct rte_mbuf *m;
	unsigned int i;

	assert_true(veth_ip("link set " NEAR " mtu 9000") && veth_ip("link set " FAR " mtu 9000"));
	world = enter(*state, "iface=" NEAR);
	for (i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 7 + i / 256);
	make_frame(frame, 1);
	for (i = 0; i < RTE_DIM(lens); i++)
		assert_int_equal(send(world.far, frame, lens[i], 0), lens[i]);
	for (i = 0; i < RTE_DIM(lens); i++) {
		while (rte_eth_rx_burst(world.port, 0, &m, 1) == 0)
			assert_true(vdev_wait(&since));
		assert_true(mbuf_equals(m, frame, lens[i]));
		assert_int_equal(rte_eth_tx_burst(world.port, 0, &m, 1), 1);
		assert_int_equal(veth_receive(world.far, got, sizeof(got)), lens[i]);
		assert_memory_equal(got, frame, lens[i]);
	}
	leave(&world);
	assert_true(veth_ip("link set " NEAR " mtu 1500") && veth_ip("link set " FAR " mtu 1500"));
}

static void
phy_mac_takes_the_address_of_the_interface(void **state)
{
	const struct rte_ether_addr mac = { { 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee } };
	struct rte_ether_addr with, without;
	struct world world;

	assert_true(veth_ip("link set %s address 02:aa:bb:cc:dd:ee", NEAR));
	world = enter(*state, "iface=" NEAR ",phy_mac=1");
	assert_int_equal(rte_eth_macaddr_get(world.port, &with), 0);
	leave(&world);
	world = enter(*state, "iface=" NEAR ",phy_mac=0");
	assert_int_equal(rte_eth_macaddr_get(world.port, &without), 0);
	leave(&world);
	assert_true(rte_is_same_ether_addr(&with, &mac));
	assert_false(rte_is_same_ether_addr(&without, &mac));
}

static void
receiving_does_not_wait(void **state)
{
	struct world world = enter(*state, "rx_iface=" NEAR);
	double begin = vdev_now();
	struct rte_mbuf *m;
	unsigned int i;

	for (i = 0; i < 1000; i++)
		assert_int_equal(rte_eth_rx_burst(world.port, 0, &m, 1), 0);
	assert_true(vdev_now() - begin < 5);
	leave(&world);
}

/* A file may go to an interface, and the reverse. */
static void
a_file_is_sent_to_an_interface(void **state)
{
	char *args = vdev_text("rx_pcap=%s,tx_iface=" NEAR, capture_of("uniform"));
	struct packets packets = capture_read(capture_of("uniform"));
	struct world world = enter(*state, args);
	struct batch batch = { 0 };
	uint8_t got[2048];
	unsigned int i;

	for (i = 0; i < packets.nb; i++) {
		assert_int_equal(receive_up_to(world.port, 0, &batch, 1), 1);
		send_all(world.port, 0, &batch);
		assert_int_equal(veth_receive(world.far, got, sizeof(got)), packets.all[i].len);
		assert_memory_equal(got, packets.all[i].data, packets.all[i].len);
	}
	leave(&world);
}

static void
stop_and_start_open_the_interface_again(void **state)
{
	struct world world = enter(*state, "rx_iface=" NEAR ",tx_iface=" NEAR);
	unsigned int i;

	for (i = 0; i < 5; i++) {
		put_on_wire(world.far, i);
		assert_port_receives(&world, i);
		assert_int_equal(rte_eth_dev_stop(world.port), 0);
		assert_int_equal(rte_eth_dev_start(world.port), 0);
	}
	send_from_port(&world, 9);
	assert_world_receives(world.far, 9);
	leave(&world);
}

/* Only of this driver -------------------------------------------------------------------------- */

static void
live_packets_have_the_time_of_now(void **state)
{
	int offset, bit;
	struct world world = { .near = veth_socket(NEAR), .far = veth_socket(FAR) };
	struct timespec now;
	struct rte_mbuf *m;
	double since = 0, stamp;

	(void)state;
	world.port = vdev_plug("rx_iface=%s", NEAR);
	vdev_start(world.port, .rx_offloads = RTE_ETH_RX_OFFLOAD_TIMESTAMP);
	offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	bit = rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL);
	put_on_wire(world.far, 1);
	while (rte_eth_rx_burst(world.port, 0, &m, 1) == 0)
		assert_true(vdev_wait(&since));
	clock_gettime(CLOCK_REALTIME, &now);
	assert_true(m->ol_flags & RTE_BIT64(bit));
	stamp = *RTE_MBUF_DYNFIELD(m, offset, rte_mbuf_timestamp_t *) / 1e9;
	assert_true(stamp > now.tv_sec - 30 && stamp < now.tv_sec + 2);
	rte_pktmbuf_free(m);
	leave(&world);
}

/* Packets that a socket's queue in the kernel loses are misses; also after the port has stopped. */
static void
what_the_kernel_drops_is_counted_as_missed(void **state)
{
	struct world world = { .driver = "net_dualbuf" };
	uint64_t missed;
	unsigned int i;

	(void)state;
	world = enter("net_dualbuf", "rx_iface=" NEAR);
	for (i = 0; i < 200000 && vdev_stats(world.port).imissed == 0; i++)
		put_on_wire(world.far, 1);
	missed = vdev_stats(world.port).imissed;
	assert_true(missed > 0);
	assert_int_equal(vdev_xstat(world.port, 0, "missed"), missed);
	assert_int_equal(rte_eth_dev_stop(world.port), 0);
	assert_true(vdev_stats(world.port).imissed >= missed);
	assert_int_equal(rte_eth_stats_reset(world.port), 0);
	assert_int_equal(vdev_stats(world.port).imissed, 0);
	leave(&world);
}

static void
an_interface_that_goes_away_is_logged_once_and_the_port_stays(void **state)
{
	struct log_capture log;
	struct rte_mbuf *m;
	double since = 0;
	uint16_t port;

	(void)state;
	assert_true(veth_ip("link add dbgone0 type veth peer name dbgone1"));
	assert_true(veth_ip("link set dbgone0 up"));
	port = vdev_plug("iface=dbgone0");
	vdev_start(port);
	log_capture_begin(&log);
	assert_true(veth_ip("link del dbgone0"));
	while (vdev_log_lines(&log) == 0 && vdev_wait(&since))
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 0);
	vdev_assert_logged(&log, "dbgone0");
	assert_int_equal(rte_eth_dev_stop(port), 0);
}

static int
set_up(void **state)
{
	int ret = vdev_set_up(state);

	vdev_pool(1024);
	return ret;
}

static int
set_up_group(void **state)
{
	if (!veth_make(NEAR, FAR)) {
		print_error("no right to make a network namespace and interfaces\n");
		exit(77);
	}
	return vdev_set_up_group(state);
}

static const struct CMUnitTest tests[] = {
	on_both_drivers(rx_iface_sees_both_directions),
	on_both_drivers(rx_iface_in_sees_what_comes_in),
	on_both_drivers(tx_iface_sends),
	on_both_drivers(iface_receives_and_sends),
	on_both_drivers(a_vlan_tag_comes_in_its_frame),
	on_both_drivers(long_frames_are_received_and_sent),
	on_both_drivers(phy_mac_takes_the_address_of_the_interface),
	on_both_drivers(receiving_does_not_wait),
	on_both_drivers(a_file_is_sent_to_an_interface),
	on_both_drivers(stop_and_start_open_the_interface_again),
	vdev_test(live_packets_have_the_time_of_now),
	vdev_test(what_the_kernel_drops_is_counted_as_missed),
	vdev_test(an_interface_that_goes_away_is_logged_once_and_the_port_stays),
};

TEST_MAIN_GROUP(tests, set_up_group, vdev_tear_down_group)
