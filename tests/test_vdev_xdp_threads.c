/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP: others ask, change and restart while a thread receives and sends. */

#include <pthread.h>

#include <rte_pmd_dualbuf.h>

#include "vdev_xdp_util.h"

#define NB_RESTARTS (DUALBUF_RACED ? 5 : 20)

static struct {
	pthread_mutex_t bursts; /* nobody receives or sends on a port that is stopped */
	uint16_t port;
	bool enough;
	uint64_t nb;
} app = { .bursts = PTHREAD_MUTEX_INITIALIZER };

static bool
goes_on(void)
{
	return !__atomic_load_n(&app.enough, __ATOMIC_RELAXED);
}

static void *
forward(void *arg)
{
	struct rte_mbuf *m[32];
	uint16_t n, sent;

	(void)arg;
	while (goes_on()) {
		pthread_mutex_lock(&app.bursts);
		n = rte_eth_rx_burst(app.port, 0, m, 32);
		sent = rte_eth_tx_burst(app.port, 0, m, n);
		pthread_mutex_unlock(&app.bursts);
		rte_pktmbuf_free_bulk(m + sent, n - sent);
		__atomic_add_fetch(&app.nb, n, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void *
feed(void *arg)
{
	uint8_t frame[200];
	int far = veth_socket(FAR);
	uint32_t i;

	(void)arg;
	for (i = 0; goes_on(); i++) {
		xdp_frame_make(frame, sizeof(frame), i);
		(void)!send(far, frame, sizeof(frame), 0);
	}
	close(far);
	return NULL;
}

static void *
ask(void *arg)
{
	struct rte_pmd_dualbuf_queue_state queue_state;
	struct rte_eth_xstat xstats[256];
	struct rte_eth_stats stats;
	struct rte_eth_link link;

	(void)arg;
	while (goes_on()) {
		rte_eth_stats_get(app.port, &stats);
		rte_eth_xstats_get(app.port, xstats, RTE_DIM(xstats));
		rte_eth_link_get_nowait(app.port, &link);
		rte_pmd_dualbuf_queue_state(app.port, 0, &queue_state);
		rte_eth_stats_reset(app.port);
	}
	return NULL;
}

static void
run(bool lsc, void (*control)(void))
{
	void *(*const parts[])(void *) = { forward, feed, ask };
	pthread_t threads[RTE_DIM(parts)];
	unsigned int i;

	app.port = xdp_plug("");
	app.enough = false;
	app.nb = 0;
	vdev_start(app.port, .intr_lsc = lsc);
	for (i = 0; i < RTE_DIM(parts); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, parts[i], NULL), 0);
	control();
	__atomic_store_n(&app.enough, true, __ATOMIC_RELAXED);
	for (i = 0; i < RTE_DIM(parts); i++)
		pthread_join(threads[i], NULL);
	assert_true(app.nb > 0);
	xdp_stop(app.port);
}

static void
restart(void)
{
	unsigned int i;

	for (i = 0; i < NB_RESTARTS; i++) {
		usleep(2000);
		pthread_mutex_lock(&app.bursts);
		assert_int_equal(rte_eth_dev_stop(app.port), 0);
		assert_int_equal(rte_eth_dev_start(app.port), 0);
		pthread_mutex_unlock(&app.bursts);
	}
}

/* What may be done while bursts go on. */
static void
change(void)
{
	struct rte_ether_addr group = { { 1, 0, 0x5e, 1, 2, 3 } };
	unsigned int i;

	for (i = 0; i < NB_RESTARTS; i++) {
		usleep(2000);
		assert_int_equal(rte_eth_promiscuous_enable(app.port), 0);
		assert_int_equal(rte_eth_dev_set_mc_addr_list(app.port, &group, i % 2), 0);
		assert_int_equal(rte_eth_dev_set_mtu(app.port, 1400 + i), 0);
		assert_int_equal(rte_eth_promiscuous_disable(app.port), 0);
		assert_int_equal(rte_eth_dev_set_link_down(app.port), 0);
		assert_int_equal(rte_eth_dev_set_link_up(app.port), 0);
	}
	assert_int_equal(rte_eth_dev_set_mtu(app.port, 1500), 0);
}

static void
starts_and_stops_while_others_ask(void **state)
{
	(void)state;
	run(false, restart);
}

static void
starts_and_stops_while_the_link_is_watched(void **state)
{
	(void)state;
	run(true, restart);
}

static void
changes_while_packets_come_and_go(void **state)
{
	(void)state;
	run(true, change);
}

static const struct CMUnitTest tests[] = {
	vdev_test(starts_and_stops_while_others_ask),
	vdev_test(starts_and_stops_while_the_link_is_watched),
	vdev_test(changes_while_packets_come_and_go),
};

VDEV_XDP_MAIN(tests)
