/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The link set down and up by the application, and what an interface's own link is said to be. */

#include "link_util.h"

static void
set_link(uint16_t port, bool up)
{
	assert_int_equal(up ? rte_eth_dev_set_link_up(port) : rte_eth_dev_set_link_down(port), 0);
}

static void
a_file_waits_while_the_link_is_down_and_goes_on_after(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("imix"));
	const struct packets all = capture_read(capture_of("imix"));
	struct batch batch = { 0 }, rest = { 0 };

	(void)state;
	vdev_start(port, .nb_rx_desc = 512);
	receive_up_to(port, 0, &batch, 50);
	set_link(port, false);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	/* what was in the ring had been received before */
	receive_up_to(port, 0, &rest, 1000);
	assert_true(batch.nb + rest.nb < all.nb);
	assert_int_equal(receive_all(port, 0, &rest), 0);
	set_link(port, true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_all(port, 0, &rest);
	assert_int_equal(batch.nb + rest.nb, all.nb);
	assert_int_equal(vdev_stats(port).ipackets, all.nb);
	assert_int_equal(vdev_stats(port).imissed + vdev_stats(port).ierrors, 0);
	batch_free(&batch);
	batch_free(&rest);
}

static void
queues_that_share_a_source_wait_together(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,queues=2", capture_of("imix"));
	const uint32_t all = capture_count(capture_of("imix"));
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	set_link(port, false);
	assert_int_equal(receive_all(port, 0, &batch) + receive_all(port, 1, &batch), 0);
	set_link(port, true);
	while (receive_all(port, 0, &batch) + receive_all(port, 1, &batch) > 0)
		;
	assert_int_equal(batch.nb, all);
	assert_int_equal(vdev_stats(port).imissed, 0);
	batch_free(&batch);
}

static void
what_is_sent_while_the_link_is_down_is_lost_and_counted(void **state)
{
	const struct packets packets = capture_read(capture_of("uniform"));
	const char *path = capture_name("out");
	uint16_t port = vdev_plug("tx_pcap=%s", path);
	struct rte_mempool *mp = vdev_pool(1024);

	(void)state;
	vdev_start(port, .mp = mp);
	send_packets(port, 0, mp, &packets);
	set_link(port, false);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(vdev_stats(port).opackets, packets.nb);
	assert_int_equal(vdev_stats(port).oerrors, packets.nb);
	assert_int_equal(vdev_tx_xstat(port, 0, "device_errors"), packets.nb);
	assert_int_equal(vdev_tx_xstat(port, 0, "over_mtu"), 0);
	set_link(port, true);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(vdev_stats(port).opackets, 2 * packets.nb);
	assert_int_equal(vdev_stats(port).oerrors, packets.nb);
	vdev_unplug(port);
	assert_int_equal(capture_read(path).nb, 2 * packets.nb);
}

static void
a_port_starts_with_its_link_up(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null", capture_of("tiny"));
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	set_link(port, false);
	set_link(port, false);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	assert_true(receive_all(port, 0, &batch) > 0);
	batch_free(&batch);
	/* while the port is stopped it has none */
	assert_int_equal(rte_eth_dev_stop(port), 0);
	set_link(port, true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	set_link(port, false);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
}

static void
setting_the_link_is_told_as_any_other_change(void **state)
{
	uint16_t port = plug_file();
	uint32_t i;

	(void)state;
	begin(LOOK);
	vdev_start(port, .intr_lsc = true, .intr_rxq = true);
	for (i = 0; i < 6; i++) {
		set_link(port, i % 2);
		await_deed(i + 1);
		assert_int_equal(vdev_link_status(port), i % 2);
		/* it is so already */
		set_link(port, i % 2);
		await_handler_end();
		assert_int_equal(nb_done(), i + 1);
	}
	assert_int_equal(rte_eth_dev_stop(port), 0);
	finish();
}

/* The model's thread, which sleeps meanwhile. */
static void
with_interrupts_packets_come_when_the_link_is_up_again(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rate=2000pps", capture_of("tiny"));
	struct rte_mbuf *m[BURST];
	double since = 0;
	unsigned int nb = 0;
	uint16_t n;

	(void)state;
	vdev_start(port, .intr_rxq = true);
	set_link(port, false);
	await_handler_end();
	while ((n = rte_eth_rx_burst(port, 0, m, BURST)) > 0) {
		rte_pktmbuf_free_bulk(m, n);
		nb += n;
	}
	await_handler_end();
	assert_int_equal(rte_eth_rx_burst(port, 0, m, BURST), 0);
	assert_true(nb < NB_PACKETS);
	set_link(port, true);
	while (nb < NB_PACKETS) {
		n = rte_eth_rx_burst(port, 0, m, BURST);
		rte_pktmbuf_free_bulk(m, n);
		nb += n;
		assert_true(n > 0 || vdev_wait(&since));
	}
}

static struct rte_eth_link
link_of(uint16_t port)
{
	struct rte_eth_link link;

	assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
	return link;
}

static uint32_t
speeds_of(uint16_t port)
{
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	return info.speed_capa;
}

static void
an_interface_has_the_speed_that_the_kernel_reports(void **state)
{
	uint16_t port;

	(void)state;
	need_veth();
	/* a veth says 10 Gb/s, a bridge without ports nothing */
	assert_true(veth_ip("link add dbbridge type bridge") && veth_ip("link set dbbridge up"));
	port = vdev_plug("rx_iface=%s", NEAR);
	vdev_start(port);
	assert_int_equal(link_of(port).link_speed, RTE_ETH_SPEED_NUM_10G);
	assert_int_equal(link_of(port).link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	assert_int_equal(speeds_of(port), RTE_ETH_LINK_SPEED_10G);
	port = vdev_plug("iface=dbbridge");
	vdev_start(port);
	assert_int_equal(link_of(port).link_status, RTE_ETH_LINK_UP);
	assert_int_equal(link_of(port).link_speed, RTE_ETH_SPEED_NUM_UNKNOWN);
	assert_int_equal(speeds_of(port), 0);
	/* of two, the slower */
	port = vdev_plug("rx_iface=dbbridge,tx_iface=%s", NEAR);
	vdev_start(port);
	assert_int_equal(link_of(port).link_speed, RTE_ETH_SPEED_NUM_10G);
	/* files are as fast as that */
	port = vdev_plug("rx_pcap=%s", capture_of("tiny"));
	vdev_start(port);
	assert_int_equal(link_of(port).link_speed, RTE_ETH_SPEED_NUM_10G);
	assert_int_equal(speeds_of(port), RTE_ETH_LINK_SPEED_10G);
	vdev_remove_ports();
	assert_true(veth_ip("link del dbbridge"));
}

/* As DPDK's own test of net_pcap has it, with an interface that goes down itself. */
static void
an_interface_that_goes_down_itself_is_told(void **state)
{
	uint16_t port;

	(void)state;
	need_veth();
	assert_true(veth_ip("link add dbbridge type bridge") && veth_ip("link set dbbridge up"));
	port = vdev_plug("iface=dbbridge");
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	assert_true(veth_ip("link set dbbridge down"));
	await_deed(1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_true(veth_ip("link set dbbridge up"));
	await_deed(2);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	finish();
	vdev_remove_ports();
	assert_true(veth_ip("link del dbbridge"));
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_file_waits_while_the_link_is_down_and_goes_on_after),
	vdev_test(queues_that_share_a_source_wait_together),
	vdev_test(what_is_sent_while_the_link_is_down_is_lost_and_counted),
	vdev_test(a_port_starts_with_its_link_up),
	vdev_test(setting_the_link_is_told_as_any_other_change),
	vdev_test(with_interrupts_packets_come_when_the_link_is_up_again),
	vdev_test(an_interface_has_the_speed_that_the_kernel_reports),
	vdev_test(an_interface_that_goes_down_itself_is_told),
};

VDEV_VETH_MAIN(tests)
