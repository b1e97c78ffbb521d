/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The life of a port with interrupts: its thread, whole files, its end. */

#include "intr_util.h"

/* Whole files ---------------------------------------------------------------------------------- */

/* Receive by interrupts alone, and send all of it. */
static void
forward_asleep(uint16_t port, int epfd, unsigned int count)
{
	struct batch batch = { 0 };
	unsigned int total = 0;

	while (total < count) {
		if (receive_up_to(port, 0, &batch, 32) == 0) {
			enable(port, 0);
			if (wait_for(epfd, PATIENCE_MS) != 0)
				fail_msg("no interrupt after %u packets", total);
			continue;
		}
		total += batch.nb;
		send_all(port, 0, &batch);
	}
}

static void
a_file_is_forwarded_to_another_by_interrupts(void **state)
{
	static const char *const kinds[] = { "imix", "jumbo", "edges" };
	const char *in, *out = capture_name("forwarded");
	struct packets packets;
	unsigned int i;
	uint16_t port;
	int epfd;

	(void)state;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		in = capture_make(kinds[i], 1000);
		packets = capture_read(in);
		port = vdev_plug("rx_pcap=%s,tx_pcap=%s%s", in, out, i == 1 ? ",intr_us=50" : "");
		vdev_start(port, .intr_rxq = true, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
				.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
		epfd = listen_to(port, 1);
		forward_asleep(port, epfd, packets.nb);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_file(out, &packets);
		assert_int_equal(vdev_stats(port).opackets, packets.nb);
		close(epfd);
		vdev_unplug(port);
	}
}

static void
what_is_sent_right_before_the_stop_is_in_the_file(void **state)
{
	struct packets packets = capture_read(capture_of("uniform"));
	const char *out = capture_name("sent");
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 50; i++) {
		port = vdev_plug("tx_pcap=%s", out);
		vdev_start(port, .intr_rxq = true, .nb_tx_desc = 256);
		for (batch.nb = 0; batch.nb < packets.nb;)
			batch_add(&batch, mbuf_of(mp, &packets.all[batch.nb], UINT32_MAX));
		assert_int_equal(rte_eth_tx_burst(port, 0, batch.m, packets.nb), packets.nb);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_file(out, &packets);
		vdev_unplug(port);
	}
	assert_pool_full(mp);
}

/* Beginning and end ---------------------------------------------------------------------------- */

static void
without_intr_conf_there_are_no_interrupts(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	unsigned int threads = count_threads();
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	vdev_start(port);
	assert_int_equal(count_threads(), threads);
	assert_int_equal(find_model(port), 0);
	assert_int_equal(rte_eth_dev_rx_intr_enable(port, 0), -ENOTSUP);
	assert_int_equal(rte_eth_dev_rx_intr_disable(port, 0), -ENOTSUP);
	assert_true(rte_eth_dev_rx_intr_ctl_q(port, 0, epfd, RTE_INTR_EVENT_ADD, NULL) < 0);
	assert_int_equal(drain(port, 0), 200);
	close(epfd);
}

static void
queues_that_do_not_exist_have_no_interrupt(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	vdev_start(port, .intr_rxq = true);
	assert_true(rte_eth_dev_rx_intr_enable(port, 1) < 0);
	assert_true(rte_eth_dev_rx_intr_disable(port, 1) < 0);
	assert_true(rte_eth_dev_rx_intr_ctl_q(port, 1, epfd, RTE_INTR_EVENT_ADD, NULL) < 0);
	close(epfd);
}

static void
await_threads(unsigned int nb)
{
	double since = 0;

	while (count_threads() != nb)
		if (!vdev_wait(&since))
			fail_msg("%u threads instead of %u", count_threads(), nb);
}

/* One round of a port's life; what is left behind, the end of the test finds. */
static void
live_a_little(uint16_t port, unsigned int round, bool eof, unsigned int nb_threads)
{
	bool intr = round % 3 != 0;
	struct rte_mbuf *m[NB_DESC];
	double since = 0;
	int epfd = -1;
	uint16_t nb;

	vdev_start(port, .intr_rxq = intr, .intr_lsc = eof && round % 2, .nb_rx_desc = NB_DESC);
	assert_int_equal(find_model(port) != 0, intr);
	if (intr) {
		epfd = listen_to(port, 1);
		if (round % 4 != 3) {
			enable(port, 0);
			assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		}
	}
	while ((nb = rte_eth_rx_burst(port, 0, m, 1 + round % NB_DESC)) == 0)
		assert_true(vdev_wait(&since));
	/* some packets are freed when the port has stopped */
	if (round % 5 == 0) {
		assert_int_equal(rte_eth_dev_stop(port), 0);
		await_threads(nb_threads);
	}
	rte_pktmbuf_free_bulk(m, nb);
	if (intr && round % 2 == 0)
		assert_int_equal(rte_eth_dev_rx_intr_ctl_q(port, 0, epfd, RTE_INTR_EVENT_DEL, NULL),
				0);
	if (epfd >= 0)
		close(epfd);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	await_threads(nb_threads);
}

static void
two_hundred_lives_leave_nothing_behind(void **state)
{
	unsigned int nb_threads = count_threads(), i;
	const char *out = capture_name("lives");
	uint16_t port = RTE_MAX_ETHPORTS;
	bool eof = false;

	(void)state;
	vdev_hush_ethdev();
	vdev_pool(1024);
	for (i = 0; i < 200; i++) {
		if (port == RTE_MAX_ETHPORTS)
			port = vdev_plug("rx_pcap=%s,tx_pcap=%s,copy=%s,%s", capture_of("imix"),
					out, i % 4 < 2 ? "inline" : "deferred",
					eof ? "eof=1" : "infinite_rx=1");
		live_a_little(port, i, eof, nb_threads);
		if (i % 7 == 6) {
			vdev_unplug(port);
			port = RTE_MAX_ETHPORTS;
			eof = !eof;
			assert_pool_full(vdev.pools[0]);
		}
	}
}

/* Closed while the model's thread is busy, without a stop; and with its events still listened to. */
static void
a_port_that_is_pulled_out_takes_its_thread_along(void **state)
{
	unsigned int nb_threads = count_threads(), i;
	uint16_t port;
	int epfd;

	(void)state;
	for (i = 0; i < 20; i++) {
		port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1", capture_of("imix"));
		vdev_start(port, .intr_rxq = true);
		epfd = listen_to(port, 1);
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		vdev_unplug(port);
		await_threads(nb_threads);
		assert_int_equal(wait_for(epfd, 0), -1);
		close(epfd);
	}
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_file_is_forwarded_to_another_by_interrupts),
	vdev_test(what_is_sent_right_before_the_stop_is_in_the_file),
	vdev_test(without_intr_conf_there_are_no_interrupts),
	vdev_test(queues_that_do_not_exist_have_no_interrupt),
	vdev_test(two_hundred_lives_leave_nothing_behind),
	vdev_test(a_port_that_is_pulled_out_takes_its_thread_along),
};

VDEV_VETH_MAIN(tests)
