/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Queues that are set up while the port runs. */

#include <pthread.h>

#include "queue_states_util.h"

static void
a_stopped_queue_is_set_up_anew_while_the_port_runs(void **state)
{
	const uint16_t lengths[] = { 32, 512, 128 };
	uint16_t port = start_port(false, capture_name("out.pcap"));
	struct rte_mempool *other = vdev_pool_with_room(2048, 32, 1024);
	struct rte_eth_dev_info info;
	struct rte_eth_rxq_info rxq;
	unsigned int i;

	(void)state;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_true(info.dev_capa & RTE_ETH_DEV_CAPA_RUNTIME_RX_QUEUE_SETUP);
	assert_true(info.dev_capa & RTE_ETH_DEV_CAPA_RUNTIME_TX_QUEUE_SETUP);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 32, SOCKET_ID_ANY, NULL, other), -EBUSY);
	for (i = 0; i < RTE_DIM(lengths); i++) {
		receive_and_free(port, 0, 20);
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
		assert_int_equal(rte_eth_rx_queue_setup(
						 port, 0, lengths[i], SOCKET_ID_ANY, NULL, other),
				0);
		assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &rxq), 0);
		assert_int_equal(rxq.nb_desc, lengths[i]);
		assert_ptr_equal(rxq.mp, other);
		assert_int_equal(rxq.queue_state, RTE_ETH_QUEUE_STATE_STOPPED);
		assert_gives_nothing(port, 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	}
	assert_gives_rest(port, 0, FIRST, 60);
	assert_gives_rest(port, 1, SECOND, 0);
}

static void
a_transmit_queue_is_set_up_anew_while_the_port_runs(void **state)
{
	const char *out = capture_name("anew.pcap");
	struct packets packets = capture_read(capture_of(FIRST)), all = { 0 };
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = vdev_plug("tx_pcap=%s", out), length;
	unsigned int i;

	(void)state;
	vdev_start(port, .mp = mp);
	for (length = 32; length <= 256; length *= 2) {
		send_packets(port, 0, mp, &packets);
		for (i = 0; i < packets.nb; i++)
			packets_add(&all, packets.all[i].data, packets.all[i].len);
		assert_int_equal(rte_eth_dev_tx_queue_stop(port, 0), 0);
		assert_int_equal(rte_eth_tx_queue_setup(port, 0, length, SOCKET_ID_ANY, NULL), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(port, 0), 0);
	}
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out, &all);
}

static void
a_set_up_that_fails_leaves_the_port_running(void **state)
{
	uint16_t port = start_port(false, capture_name("out.pcap"));
	struct rte_mempool *tiny = vdev_pool(8);
	struct log_capture log;

	(void)state;
	vdev_hush_ethdev();
	receive_and_free(port, 0, 10);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, tiny), -ENOMEM);
	log_capture_end(&log);
	assert_true(rte_eth_dev_rx_queue_start(port, 0) < 0);
	assert_gives_rest(port, 1, SECOND, 0);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(
			rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, vdev.pools[0]), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	assert_gives_rest(port, 0, FIRST, 10);
}

static void
a_queue_without_its_pool_does_not_start(void **state)
{
	uint16_t port = start_port(true, capture_name("out.pcap"));
	struct rte_mempool *gone = vdev_pool(1024);
	struct log_capture log;

	(void)state;
	assert_int_equal(rte_eth_rx_queue_setup(port, 1, 64, SOCKET_ID_ANY, &rx_deferred, gone), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	vdev_free_pool(gone);
	assert_int_equal(rte_eth_rx_queue_setup(
					 port, 1, 64, SOCKET_ID_ANY, &rx_deferred, vdev.pools[0]),
			0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	gone = vdev_pool(1024);
	assert_int_equal(rte_eth_rx_queue_setup(port, 1, 64, SOCKET_ID_ANY, &rx_deferred, gone), 0);
	vdev_free_pool(gone);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_dev_start(port), -EINVAL);
	vdev_assert_logged(&log, "has no mempool any more; it has to be set up anew");
}

struct poller {
	pthread_t thread;
	uint16_t port;
	uint32_t ending;
	uint64_t nb;
};

static void *
poll_second_queue(void *arg)
{
	struct poller *poller = arg;
	struct rte_mbuf *m[32];
	uint16_t nb;

	while (!__atomic_load_n(&poller->ending, __ATOMIC_ACQUIRE)) {
		nb = rte_eth_rx_burst(poller->port, 1, m, RTE_DIM(m));
		rte_pktmbuf_free_bulk(m, nb);
		poller->nb += nb;
	}
	return NULL;
}

/* One queue stops, is set up anew and starts, again and again, while another thread polls the other. */
static void
others_go_on(bool intr)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,infinite_rx=1", capture_of(FIRST),
			capture_of(SECOND));
	struct rte_mempool *mp = vdev_pool(4096), *other = vdev_pool(1024);
	struct poller poller = { .port = port };
	unsigned int round;

	vdev_start(port, .mp = mp, .intr_rxq = intr);
	assert_int_equal(pthread_create(&poller.thread, NULL, poll_second_queue, &poller), 0);
	for (round = 0; round < 100; round++) {
		receive_and_free(port, 0, 5);
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
		assert_gives_nothing(port, 0);
		assert_int_equal(rte_eth_rx_queue_setup(port, 0, 32 + round % 5 * 8, SOCKET_ID_ANY,
						 NULL, round % 2 == 0 ? other : mp),
				0);
		assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	}
	receive_and_free(port, 0, 100);
	__atomic_store_n(&poller.ending, 1, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(poller.thread, NULL), 0);
	assert_true(poller.nb > 0);
}

static void
others_go_on_inline(void **state)
{
	(void)state;
	others_go_on(false);
}

static void
others_go_on_with_a_thread(void **state)
{
	(void)state;
	others_go_on(true);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_stopped_queue_is_set_up_anew_while_the_port_runs),
	vdev_test(a_transmit_queue_is_set_up_anew_while_the_port_runs),
	vdev_test(a_set_up_that_fails_leaves_the_port_running),
	vdev_test(a_queue_without_its_pool_does_not_start),
	vdev_test(others_go_on_inline),
	vdev_test(others_go_on_with_a_thread),
};

VDEV_MAIN(tests)
