/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Queues that start and stop alone while the port runs. */

#include "queue_states_util.h"

static const struct rte_eth_txconf tx_deferred = { .tx_deferred_start = 1 };

static uint8_t
tx_state(uint16_t port, uint16_t queue)
{
	struct rte_eth_txq_info info;

	assert_int_equal(rte_eth_tx_queue_info_get(port, queue, &info), 0);
	return info.queue_state;
}

/* Deferred start ------------------------------------------------------------------------------- */

static void
a_deferred_receive_queue_starts_when_it_is_told_to(void **state)
{
	uint16_t port = start_port(true, capture_name("out.pcap"));
	struct rte_eth_rxq_info info;

	(void)state;
	assert_int_equal(rte_eth_rx_queue_info_get(port, 1, &info), 0);
	assert_int_equal(info.conf.rx_deferred_start, 1);
	assert_int_equal(info.queue_state, RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(rx_state(port, 0), RTE_ETH_QUEUE_STATE_STARTED);
	assert_gives_nothing(port, 1);
	assert_gives_rest(port, 0, FIRST, 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 1), 0);
	assert_int_equal(rx_state(port, 1), RTE_ETH_QUEUE_STATE_STARTED);
	assert_gives_rest(port, 1, SECOND, 0);
}

static void
a_deferred_queue_waits_again_when_the_port_starts_again(void **state)
{
	uint16_t port = start_port(true, capture_name("out.pcap"));

	(void)state;
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 1), 0);
	receive_and_free(port, 1, 10);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rx_state(port, 1), RTE_ETH_QUEUE_STATE_STOPPED);
	assert_gives_nothing(port, 1);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 1), 0);
	assert_gives_rest(port, 1, SECOND, 0);
}

static void
a_deferred_transmit_queue_takes_nothing_before(void **state)
{
	const char *out = capture_name("deferred.pcap");
	uint16_t port = vdev_plug("tx_pcap=%s", out);
	struct packets packets = capture_read(capture_of(FIRST));
	struct rte_mempool *mp = vdev_pool(1024);
	struct rte_eth_txq_info info;
	struct rte_mbuf *m;

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ .mp = mp });
	assert_int_equal(
			rte_eth_tx_queue_setup(port, 0, VDEV_DESC, SOCKET_ID_ANY, &tx_deferred), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_tx_queue_info_get(port, 0, &info), 0);
	assert_int_equal(info.conf.tx_deferred_start, 1);
	assert_int_equal(info.queue_state, RTE_ETH_QUEUE_STATE_STOPPED);
	m = mbuf_of(mp, &packets.all[0], UINT32_MAX);
	assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_tx_done_cleanup(port, 0, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(port, 0), 0);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out, &packets);
}

/* One queue ------------------------------------------------------------------------------------ */

static void
a_capture_waits_for_its_queue(void **state)
{
	uint16_t port = start_port(false, capture_name("out.pcap"));
	unsigned int round;

	(void)state;
	for (round = 0; round < 10; round++) {
		receive_and_free(port, 0, 10);
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
		assert_int_equal(rx_state(port, 0), RTE_ETH_QUEUE_STATE_STOPPED);
		assert_gives_nothing(port, 0);
		receive_and_free(port, 1, 10);
		assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	}
	assert_gives_rest(port, 0, FIRST, 100);
	assert_gives_rest(port, 1, SECOND, 100);
	assert_int_equal(vdev_stats(port).ipackets, 2 * NB_PACKETS);
	assert_int_equal(vdev_stats(port).imissed, 0);
}

static void
buffers_that_are_out_when_their_queue_stops_come_home(void **state)
{
	uint16_t port = start_port(false, capture_name("out.pcap"));
	struct batch batch = { 0 };

	(void)state;
	assert_int_equal(receive_up_to(port, 0, &batch, 100), 100);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	assert_int_equal(receive_up_to(port, 0, &batch, 50), 50);
	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_gives_rest(port, 0, FIRST, 150);
}

static void
an_output_goes_on_behind_what_it_has(void **state)
{
	const char *out = capture_name("goes-on.pcap");
	uint16_t port = vdev_plug("tx_pcap=%s", out);
	struct packets packets = capture_read(capture_of(FIRST)), all = { 0 };
	struct rte_mempool *mp = vdev_pool(1024);
	struct rte_mbuf *m;
	unsigned int round, i, avail;

	(void)state;
	vdev_start(port, .mp = mp);
	avail = rte_mempool_avail_count(mp);
	for (round = 0; round < 3; round++) {
		send_packets(port, 0, mp, &packets);
		for (i = 0; i < packets.nb; i++)
			packets_add(&all, packets.all[i].data, packets.all[i].len);
		assert_int_equal(rte_eth_dev_tx_queue_stop(port, 0), 0);
		assert_int_equal(tx_state(port, 0), RTE_ETH_QUEUE_STATE_STOPPED);
		assert_int_equal(rte_mempool_avail_count(mp), avail);
		assert_file(out, &all);
		m = mbuf_of(mp, &packets.all[0], UINT32_MAX);
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 0);
		rte_pktmbuf_free(m);
		assert_int_equal(rte_eth_dev_tx_queue_start(port, 0), 0);
	}
	assert_int_equal(vdev_stats(port).opackets, all.nb);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out, &all);
}

static void
a_port_stops_and_closes_with_queues_stopped(void **state)
{
	uint16_t port = start_port(false, capture_name("out.pcap"));

	(void)state;
	receive_and_free(port, 0, 10);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_stop(port, 0), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_gives_rest(port, 0, FIRST, 0);
	assert_int_equal(tx_state(port, 0), RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 1), 0);
}

/* Where changes are told, the end is told a little later. */
static void
await_link(uint16_t port, uint16_t status)
{
	double since = 0;

	while (vdev_link_status(port) != status)
		if (!vdev_wait(&since))
			fail_msg("the link does not become %u", status);
}

static void
link_is_up_while_a_capture_waits(bool lsc)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_of(FIRST));

	vdev_start(port, .intr_lsc = lsc);
	receive_and_free(port, 0, 10);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	assert_gives_nothing(port, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	assert_gives_rest(port, 0, FIRST, 10);
	await_link(port, RTE_ETH_LINK_DOWN);
}

static void
the_link_is_up_while_a_capture_waits(void **state)
{
	(void)state;
	link_is_up_while_a_capture_waits(false);
	link_is_up_while_a_capture_waits(true);
}

/* Interfaces and threads ----------------------------------------------------------------------- */

static void
send_numbered(int fd, unsigned int nb, uint8_t first)
{
	uint8_t frame[FRAME_LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9, 0x88,
		0xb5 };
	unsigned int i;

	for (i = 0; i < nb; i++) {
		frame[14] = first + i;
		assert_int_equal(send(fd, frame, sizeof(frame), 0), sizeof(frame));
	}
}

/* Exactly these frames come, which were sent by send_numbered(). */
static void
assert_numbered(uint16_t port, unsigned int nb, uint8_t first)
{
	struct rte_mbuf *m;
	double since = 0;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		while (rte_eth_rx_burst(port, 0, &m, 1) == 0)
			if (!vdev_wait(&since))
				fail_msg("frame %u does not come", first + i);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[14], first + i);
		rte_pktmbuf_free(m);
	}
	assert_gives_nothing(port, 0);
}

static void
what_an_interface_gets_meanwhile_is_missed(const char *args, bool intr)
{
	uint16_t port;
	int far;

	need_veth();
	far = veth_socket(FAR);
	port = vdev_plug("%s", args);
	vdev_start(port, .mp = vdev_pool(1024), .intr_rxq = intr);
	send_numbered(far, 5, 0);
	assert_numbered(port, 5, 0);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	send_numbered(far, 40, 50);
	assert_gives_nothing(port, 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	send_numbered(far, 5, 100);
	assert_numbered(port, 5, 100);
	assert_int_equal(vdev_stats(port).ipackets, 10);
	assert_int_equal(vdev_stats(port).imissed, 40);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_stats(port).imissed, 40);
	close(far);
}

static void
what_an_interface_gets_meanwhile_is_missed_inline(void **state)
{
	(void)state;
	what_an_interface_gets_meanwhile_is_missed("rx_iface_in=" NEAR, false);
}

static void
what_an_interface_gets_meanwhile_is_missed_with_a_thread(void **state)
{
	(void)state;
	what_an_interface_gets_meanwhile_is_missed("iface=" NEAR, true);
}

static void
what_a_cut_interface_gets_meanwhile_is_missed(void **state)
{
	(void)state;
	what_an_interface_gets_meanwhile_is_missed("rx_iface_in=" NEAR ",snaplen=40", false);
}

/* With a thread the ring is full of the file: what is lost of it is counted. */
static void
what_the_ring_has_of_a_capture_is_missed_with_a_thread(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_make("uniform", 1000));
	struct batch batch = { 0 };
	unsigned int round, nb = 0;

	(void)state;
	vdev_start(port, .mp = vdev_pool(1024), .intr_rxq = true);
	for (round = 0; round < 5; round++) {
		nb += receive_up_to(port, 0, &batch, 20);
		batch_free(&batch);
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
		assert_gives_nothing(port, 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	}
	while (nb + vdev_stats(port).imissed < 1000) {
		nb += receive_up_to(port, 0, &batch, 20);
		batch_free(&batch);
	}
	assert_int_equal(nb, vdev_stats(port).ipackets);
	assert_int_equal(nb + vdev_stats(port).imissed, 1000);
	assert_true(nb >= 1000 - 5 * VDEV_DESC);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_deferred_receive_queue_starts_when_it_is_told_to),
	vdev_test(a_deferred_queue_waits_again_when_the_port_starts_again),
	vdev_test(a_deferred_transmit_queue_takes_nothing_before),
	vdev_test(a_capture_waits_for_its_queue),
	vdev_test(buffers_that_are_out_when_their_queue_stops_come_home),
	vdev_test(an_output_goes_on_behind_what_it_has),
	vdev_test(a_port_stops_and_closes_with_queues_stopped),
	vdev_test(the_link_is_up_while_a_capture_waits),
	vdev_test(what_an_interface_gets_meanwhile_is_missed_inline),
	vdev_test(what_an_interface_gets_meanwhile_is_missed_with_a_thread),
	vdev_test(what_a_cut_interface_gets_meanwhile_is_missed),
	vdev_test(what_the_ring_has_of_a_capture_is_missed_with_a_thread),
};

VDEV_VETH_MAIN(tests)
