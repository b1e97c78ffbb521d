/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include <pthread.h>

#include "rte_pmd_dualbuf.h"

/*
 * A thread that asks, as a telemetry client does, for whatever may be asked at any time, while the
 * application stops, configures, sets up and starts a port again and again. The number of queues stays
 * the same: what ethdev itself does with another one cannot be mended here.
 */

#if DUALBUF_RACED
#define ROUNDS 100
#else
#define ROUNDS 400
#endif

#define NB_QUEUES 2
#define MAX_XSTATS 256

struct client {
	pthread_t thread;
	uint16_t port;
	FILE *null;
	uint32_t stop;
	unsigned int nb_asked;
};

static void
ask_for_statistics(uint16_t port)
{
	struct rte_eth_xstat_name names[MAX_XSTATS];
	struct rte_eth_xstat xstats[MAX_XSTATS];
	struct rte_eth_stats stats;

	rte_eth_stats_get(port, &stats);
	rte_eth_xstats_get_names(port, names, MAX_XSTATS);
	rte_eth_xstats_get(port, xstats, MAX_XSTATS);
	rte_eth_stats_reset(port);
}

static void
ask_for_information(uint16_t port)
{
	struct rte_pmd_dualbuf_queue_state state;
	struct rte_eth_burst_mode mode;
	struct rte_eth_dev_info info;
	struct rte_eth_rxq_info rxq;
	struct rte_eth_txq_info txq;
	struct rte_eth_link link;
	uint32_t ptypes[16];
	uint16_t i;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
	assert_true(rte_eth_dev_get_supported_ptypes(port, UINT32_MAX, ptypes, RTE_DIM(ptypes)) >=
			0);
	for (i = 0; i < NB_QUEUES; i++) {
		rte_eth_rx_queue_info_get(port, i, &rxq);
		rte_eth_tx_queue_info_get(port, i, &txq);
		rte_eth_rx_burst_mode_get(port, i, &mode);
		rte_pmd_dualbuf_queue_state(port, i, &state);
	}
}

static void *
ask_again_and_again(void *arg)
{
	struct client *client = arg;

	while (!__atomic_load_n(&client->stop, __ATOMIC_RELAXED)) {
		ask_for_statistics(client->port);
		ask_for_information(client->port);
		rte_mempool_list_dump(client->null);
		client->nb_asked++;
	}
	return NULL;
}

static void
whatever_a_telemetry_client_asks_survives_that_the_port_is_configured_anew(void **state)
{
	const char *path = capture_of("imix");
	struct client client = { .null = fopen("/dev/null", "w") };
	struct rte_mempool *mp = vdev_pool(2048);
	struct rte_mbuf *m[32];
	unsigned int round;
	uint16_t q, nb;

	(void)state;
	vdev_hush_ethdev();
	assert_non_null(client.null);
	client.port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null,tx_pcap=/dev/null,eof=1",
			path, path);
	vdev_start(client.port, .mp = mp);
	assert_int_equal(pthread_create(&client.thread, NULL, ask_again_and_again, &client), 0);
	for (round = 0; round < ROUNDS; round++) {
		for (q = 0; q < NB_QUEUES; q++) {
			nb = rte_eth_rx_burst(client.port, q, m, 32);
			assert_int_equal(rte_eth_tx_burst(client.port, q, m, nb), nb);
		}
		assert_int_equal(rte_eth_dev_stop(client.port), 0);
		vdev_start(client.port, .mp = mp, .nb_rx_desc = 64 << round % 4,
				.nb_tx_desc = 64 << round % 3);
	}
	__atomic_store_n(&client.stop, 1, __ATOMIC_RELAXED);
	pthread_join(client.thread, NULL);
	fclose(client.null);
	assert_true(client.nb_asked > 0);
	vdev_unplug(client.port);
	assert_pool_full(mp);
}

static const struct CMUnitTest tests[] = {
	vdev_test(whatever_a_telemetry_client_asks_survives_that_the_port_is_configured_anew),
};

VDEV_MAIN(tests)
