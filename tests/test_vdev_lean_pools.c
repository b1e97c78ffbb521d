/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Receiving when a pool has little or nothing left to copy into. */

#include "packet_util.h"
#include "rte_pmd_dualbuf.h"

#define NB_DESC 32
#define NB_PACKETS 1000

/* The paths that this CPU has. */
static const char *const bursts[] = { "scalar", "sse", "avx2", "avx512" };

/* When nothing is left to copy into ------------------------------------------------------------ */

/* Of 96 mbufs, 32 are bound to descriptors, half of the rest as alternates; 32 are temporaries. */
#define POOL_OF_32_TEMPORARIES 96

static bool
has_burst(const char *burst)
{
	uint16_t port;

	if (DUALBUF_RACED && strcmp(burst, "scalar") != 0)
		return false;
	if (vdev_try_plug("net_dualbuf", vdev_text("tx_pcap=/dev/null,burst=%s", burst), &port) !=
			0)
		return false;
	vdev_unplug(port);
	return true;
}

/* A pool, and how many packets come up while the application frees none, of 200. */
struct lean_pool {
	unsigned int size;
	unsigned int nb_held;
};

/*
 * Every packet comes up as long as a buffer is left; then the file waits, and goes on when packets are
 * freed. The descriptor that the device never has keeps one buffer.
 */
static void
assert_lean_pool_serves(const struct lean_pool *t, const char *burst, const char *copy)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug_args(
			"net_dualbuf", vdev_text("rx_pcap=%s,burst=%s,copy=%s", path, burst, copy));
	struct packets packets = capture_read(path);
	struct rte_mempool *mp = vdev_pool(t->size);
	struct batch batch = { 0 };
	struct rte_mbuf *m[64];
	unsigned int i, nb = 0, n;

	vdev_start(port, .mp = mp, .nb_rx_desc = 2048);
	do {
		n = rte_eth_rx_burst(port, 0, m, RTE_MIN(64u, t->nb_held - nb));
		for (i = 0; i < n; i++)
			batch_add(&batch, m[i]);
		nb += n;
	} while (n > 0 && nb < t->nb_held);
	if (nb != t->nb_held)
		fail_msg("%u of %u packets, pool of %u, burst=%s, copy=%s", nb, t->nb_held, t->size,
				burst, copy);
	for (i = 0; i < nb; i++)
		assert_packet(batch.m[i], &packets.all[i], i);
	batch_free(&batch);
	for (; nb < NB_PACKETS; nb += n) {
		n = rte_eth_rx_burst(port, 0, m, 64);
		assert_int_not_equal(n, 0);
		for (i = 0; i < n; i++)
			assert_packet(m[i], &packets.all[nb + i], nb + i);
		rte_pktmbuf_free_bulk(m, n);
	}
	assert_int_equal(vdev_stats(port).ipackets, NB_PACKETS);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(vdev_stats(port).ierrors, 0);
	vdev_unplug(port);
	assert_pool_full(mp);
	vdev_free_pool(mp);
}

static void
a_pool_without_a_spare_mbuf_does_not_starve_the_port(void **state)
{
	static const struct lean_pool pools[] = { { 2048, 200 }, { 2056, 200 }, { 2112, 200 },
		{ 4096, 200 }, { 2048, 1000 }, { 300, 200 } };
	unsigned int b, i;

	(void)state;
	for (b = 0; b < RTE_DIM(bursts); b++) {
		if (!has_burst(bursts[b]))
			continue;
		for (i = 0; i < RTE_DIM(pools); i++) {
			assert_lean_pool_serves(&pools[i], bursts[b], "inline");
			assert_lean_pool_serves(&pools[i], bursts[b], "deferred");
		}
	}
}

/* As DPDK's own test of net_pcap does it: 1,024 mbufs for 4 queues of 256. */
static void
a_pool_of_1024_mbufs_serves_four_queues_of_256(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug(
			"rx_pcap=%s,rx_pcap=%s,rx_pcap=%s,rx_pcap=%s", path, path, path, path);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t q;

	(void)state;
	vdev_pool(1024);
	vdev_start(port, .nb_rx_desc = 256);
	for (q = 0; q < 4; q++)
		while (batch.nb < (q + 1) * 200u) {
			struct rte_mbuf *m;

			assert_int_equal(rte_eth_rx_burst(port, q, &m, 1), 1);
			batch_add(&batch, m);
		}
	for (i = 0; i < batch.nb; i++)
		assert_packet(batch.m[i], &packets.all[i % 200], i % 200);
	batch_free(&batch);
}

static void
an_exhausted_pool_lends_the_last_buffers_and_then_the_file_waits(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	vdev_pool(POOL_OF_32_TEMPORARIES);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	for (i = 0; i < 200; i++)
		if (rte_eth_rx_burst(port, 0, &m, 1) == 1)
			batch_add(&batch, m);
	/* all mbufs but the one of the descriptor that the device never has */
	assert_int_equal(batch.nb, POOL_OF_32_TEMPORARIES - 1);
	for (i = 0; i < batch.nb; i++)
		assert_packet(batch.m[i], &packets.all[i], i);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 32);
	assert_int_equal(vdev_xstat(port, 0, "loans"), NB_DESC - 1);
	assert_int_equal(vdev_xstat(port, 0, "waiting"), NB_DESC - 1);
	assert_int_equal(vdev_xstat(port, 0, "nombuf"), NB_DESC - 1);
	assert_int_equal(vdev_stats(port).rx_nombuf, NB_DESC - 1);
	assert_int_equal(vdev_stats(port).ipackets, batch.nb);
	assert_int_equal(vdev_stats(port).ierrors, 0);
	for (i = 0; i < batch.nb; i++)
		assert_false(rte_pmd_dualbuf_is_loan(batch.m[i]));
	i = batch.nb;
	batch_free(&batch);
	for (; i < NB_PACKETS; i++) {
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		assert_packet(m, &packets.all[i], i);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(vdev_xstat(port, 0, "waiting"), 0);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 32);
}

static void
a_chain_that_finds_no_temporary_comes_up_whole(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("jumbo"));
	struct packets packets = capture_read(capture_of("jumbo"));
	struct batch batch = { 0 };
	unsigned int i, nb = 0;

	(void)state;
	vdev_pool(POOL_OF_32_TEMPORARIES);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	while (nb < packets.nb) {
		receive_all(port, 0, &batch);
		assert_true(batch.nb > 0);
		for (i = 0; i < batch.nb; i++, nb++)
			assert_packet(batch.m[i], &packets.all[nb], nb);
		batch_free(&batch);
	}
	assert_true(vdev_xstat(port, 0, "loans") > 0);
	assert_int_equal(vdev_stats(port).ierrors, 0);
}

/* For ever ------------------------------------------------------------------------------------- */

/* Receive so many packets of a file that repeats, freeing each 10 packets later. */
static void
assert_repeats(uint16_t port, const struct packets *packets, unsigned int nb)
{
	struct rte_mbuf *held[10] = { 0 };
	struct rte_mbuf *m;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		assert_packet(m, &packets->all[i % packets->nb], i);
		rte_pktmbuf_free(held[i % RTE_DIM(held)]);
		held[i % RTE_DIM(held)] = m;
	}
	rte_pktmbuf_free_bulk(held, RTE_DIM(held));
}

static void
infinite_rx_repeats_a_file_with_fewer_mbufs_than_packets(void **state)
{
	const char *path = capture_make("imix", NB_PACKETS);
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", path);
	struct packets packets = capture_read(path);

	(void)state;
	vdev_pool(POOL_OF_32_TEMPORARIES);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_repeats(port, &packets, 20 * NB_PACKETS + 7);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 0);
}

static void
infinite_rx_repeats_chains_too(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", capture_of("jumbo"));
	struct packets packets = capture_read(capture_of("jumbo"));

	(void)state;
	vdev_pool(512);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_repeats(port, &packets, 20 * packets.nb);
}

static void
infinite_rx_repeats_a_single_packet_and_starts_anew_with_the_port(void **state)
{
	const char *path = capture_make("vlan", 1);
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", path);
	struct packets packets = capture_read(path);

	(void)state;
	vdev_start(port);
	assert_repeats(port, &packets, 500);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_repeats(port, &packets, 500);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_pool_without_a_spare_mbuf_does_not_starve_the_port),
	vdev_test(a_pool_of_1024_mbufs_serves_four_queues_of_256),
	vdev_test(an_exhausted_pool_lends_the_last_buffers_and_then_the_file_waits),
	vdev_test(a_chain_that_finds_no_temporary_comes_up_whole),
	vdev_test(infinite_rx_repeats_a_file_with_fewer_mbufs_than_packets),
	vdev_test(infinite_rx_repeats_chains_too),
	vdev_test(infinite_rx_repeats_a_single_packet_and_starts_anew_with_the_port),
};

VDEV_MAIN(tests)
