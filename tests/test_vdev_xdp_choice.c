/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* AF_XDP or packet sockets: what live= chooses; and what a port by AF_XDP tells of itself. */

/* EAL's own folder is the test's, and telemetry is on. */
#define VDEV_TELEMETRY "--telemetry"

#include <linux/if_link.h>

#include "vdev_xdp_util.h"

#include "telemetry_util.h"
#include "xdp_bpf_util.h"

#define MANY "dbmany0"

/* The choice ------------------------------------------------------------------------------------- */

/* Plug a port, whose choice is told in the one line of the log. Returns whether it is AF_XDP. */
static bool
choose(const char *args, const char *line)
{
	struct log_capture log;
	uint16_t port;
	bool is_xdp;

	log_capture_begin(&log);
	assert_int_equal(vdev_try_plug("net_dualbuf", args, &port), 0);
	fflush(log.stream);
	if (line != NULL && strstr(log.text, line) == NULL)
		fail_msg("no \"%s\" in: %s", line, log.text);
	log_capture_end(&log);
	vdev_start(port, .nb_rx = 1, .nb_tx = 1);
	is_xdp = xdp_is_attached(NEAR) || xdp_is_attached(MANY);
	vdev_unplug(port);
	return is_xdp;
}

static void
auto_is_af_xdp_where_that_gets_all(void **state)
{
	(void)state;
	assert_true(choose("iface=" NEAR ",live=auto",
			"live=auto: interface " NEAR " is served by AF_XDP"));
	assert_false(xdp_is_attached(NEAR));
}

static void
auto_is_packet_sockets_where_the_interface_has_several_queues(void **state)
{
	(void)state;
	assert_true(veth_ip("link add " MANY " numrxqueues 4 numtxqueues 4 type veth peer name "
			    "dbmany1 numrxqueues 4 numtxqueues 4"));
	assert_true(veth_ip("link set " MANY " up") && veth_ip("link set dbmany1 up"));
	assert_false(choose("iface=" MANY ",live=auto",
			"live=auto: interface " MANY
			" is served by packet sockets: it has 4 queues, "
			"and a packet socket gets the packets of all"));
	assert_true(choose("iface=" MANY ",live=xdp", NULL));
	assert_true(veth_ip("link del " MANY));
}

static void
auto_is_packet_sockets_where_another_program_is(void **state)
{
	int prog = xdp_load_pass("somebody"), ifindex = if_nametoindex(NEAR);
	struct log_capture log;
	uint16_t port;

	(void)state;
	assert_true(prog >= 0);
	assert_int_equal(bpf_xdp_attach(ifindex, prog, XDP_FLAGS_SKB_MODE, NULL), 0);
	close(prog);
	log_capture_begin(&log);
	assert_int_equal(vdev_try_plug("net_dualbuf", "iface=" NEAR ",live=auto", &port), 0);
	fflush(log.stream);
	assert_non_null(strstr(log.text, "\"somebody\""));
	log_capture_end(&log);
	vdev_start(port);
	vdev_unplug(port);
	assert_int_equal(bpf_xdp_detach(ifindex, XDP_FLAGS_SKB_MODE, NULL), 0);
}

static void
packet_and_nothing_are_packet_sockets(void **state)
{
	(void)state;
	assert_false(choose("iface=" NEAR ",live=packet", NULL));
	assert_false(choose("iface=" NEAR, NULL));
}

/* What it tells ---------------------------------------------------------------------------------- */

static void
the_device_tells_its_limits(void **state)
{
	uint16_t port = xdp_plug("");
	struct rte_eth_dev_info info;

	(void)state;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_string_equal(info.driver_name, "net_dualbuf");
	assert_int_equal(info.if_index, if_nametoindex(NEAR));
	assert_int_equal(info.max_rx_queues, 1);
	assert_int_equal(info.max_tx_queues, 1);
	assert_int_equal(info.min_rx_bufsize, 1792);
	assert_int_equal(info.max_rx_pktlen, 3840);
	assert_int_equal(info.max_mtu, 3822);
	assert_int_equal(info.rx_offload_capa, 0);
	assert_int_equal(info.tx_offload_capa,
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE);
	assert_int_equal(info.speed_capa, RTE_ETH_LINK_SPEED_10G);
}

static void
telemetry_tells_of_the_queue(void **state)
{
	uint16_t port = xdp_plug("");
	struct telemetry *client;
	int far = veth_socket(FAR);

	(void)state;
	vdev_start(port);
	xdp_bounce(port, far, 0, 100);
	client = telemetry_connect(rte_eal_get_runtime_dir());
	telemetry_ask(client, vdev_text("/net_dualbuf/queues,%u", port));
	assert_int_equal(telemetry_number(client->answer, "rx_q0", "packets"), 100);
	assert_int_equal(telemetry_number(client->answer, "rx_q0", "flips"), 100);
	telemetry_leave(client);
	xdp_stop(port);
	close(far);
}

static void
more_transmit_queues_than_receive_queues_are_refused(void **state)
{
	struct rte_eth_conf conf = { 0 };
	struct log_capture log;
	uint16_t port;

	(void)state;
	assert_true(veth_ip("link add " MANY " numrxqueues 2 numtxqueues 2 type veth peer name "
			    "dbmany1"));
	port = vdev_plug("iface=" MANY ",live=xdp,queue_count=2");
	log_capture_begin(&log);
	assert_int_equal(rte_eth_dev_configure(port, 1, 2, &conf), -EINVAL);
	fflush(log.stream);
	assert_non_null(strstr(log.text, "each transmit queue needs the receive queue"));
	log_capture_end(&log);
	vdev_unplug(port);
	assert_true(veth_ip("link del " MANY));
}

static int
set_up_group(void **state)
{
	xdp_need();
	return telemetry_set_up_group(state);
}

static const struct CMUnitTest tests[] = {
	vdev_test(auto_is_af_xdp_where_that_gets_all),
	vdev_test(auto_is_packet_sockets_where_the_interface_has_several_queues),
	vdev_test(auto_is_packet_sockets_where_another_program_is),
	vdev_test(packet_and_nothing_are_packet_sockets),
	vdev_test(the_device_tells_its_limits),
	vdev_test(telemetry_tells_of_the_queue),
	vdev_test(more_transmit_queues_than_receive_queues_are_refused),
};

TEST_MAIN_GROUP(tests, set_up_group, vdev_tear_down_group)
