/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Every mbuf that was sent goes back to where it came from. */

#include "out_util.h"

static void
what_was_received_can_be_sent_and_comes_home(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("sample"), out());
	struct packets packets = capture_read(capture_of("sample"));
	struct batch batch = { 0 };

	(void)state;
	vdev_pool(1024);
	vdev_start(port);
	while (receive_up_to(port, 0, &batch, 32) > 0)
		send_all(port, 0, &batch);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_file(out(), &packets);
}

static void
clone_all(struct batch *to, const struct batch *from, struct rte_mempool *mp)
{
	unsigned int i;

	for (i = 0; i < from->nb; i++) {
		batch_add(to, rte_pktmbuf_clone(from->m[i], mp));
		assert_non_null(to->m[to->nb - 1]);
	}
}

/* Bound buffers, temporaries, mbufs of the application's and of another pool, in turns. */
static void
mix_origins(struct batch *batch, uint16_t port, struct rte_mempool *mp, struct rte_mempool *other)
{
	struct batch received = { 0 };
	unsigned int i;

	assert_int_equal(receive_up_to(port, 0, &received, 100), 100);
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	for (i = 0; i < received.nb; i++) {
		batch_add(batch, received.m[i]);
		fill(batch, mp, batch->nb + i % 2);
		fill(batch, other, batch->nb + i % 3);
	}
}

static void
assert_mixed_origins_find_home(uint64_t offloads)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("uniform"), out());
	struct rte_mempool *mp = vdev_pool_with_room(1024, 64, RTE_MBUF_DEFAULT_BUF_SIZE);
	struct rte_mempool *other = vdev_pool(512);
	struct batch batch = { 0 };

	vdev_start(port, .mp = mp, .tx_offloads = offloads);
	mix_origins(&batch, port, mp, other);
	send_all(port, 0, &batch);
	rte_eth_tx_done_cleanup(port, 0, 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_pool_full(other);
	vdev_unplug(port);
	assert_pool_full(mp);
	vdev_free_pool(other);
	vdev_free_pool(mp);
}

static void
mbufs_of_several_origins_all_go_home(void **state)
{
	(void)state;
	assert_mixed_origins_find_home(0);
}

static void
mbufs_of_several_origins_all_go_home_with_fast_free(void **state)
{
	(void)state;
	assert_mixed_origins_find_home(RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE);
}

static void
chains_go_home_with_fast_free(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("jumbo"), out());
	struct packets packets = capture_read(capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE |
					RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	receive_all(port, 0, &batch);
	send_all(port, 0, &batch);
	vdev_unplug(port);
	assert_pool_full(mp);
	assert_file(out(), &packets);
}

/* Those of the application's own pool as well, which nobody would clean behind the driver. */
static void
chains_of_the_application_go_home_with_fast_free(void **state)
{
	struct packets packets = capture_read(capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE |
					RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	send_packets(port, 0, mp, &packets);
	vdev_unplug(port);
	assert_true(vdev_is_intact(mp));
	assert_file(out(), &packets);
}

static void
clones_may_be_sent_after_the_original(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("imix"), out());
	struct rte_mempool *mp = vdev_pool(1024), *clones = vdev_pool_with_room(512, 0, 0);
	struct batch batch = { 0 }, copies = { 0 };

	(void)state;
	vdev_start(port, .mp = mp);
	receive_all(port, 0, &batch);
	clone_all(&copies, &batch, clones);
	send_all(port, 0, &batch);
	rte_eth_tx_done_cleanup(port, 0, 0);
	/* the clones still hold all of the originals */
	assert_true(vdev_xstat(port, 0, "home") < vdev_xstat(port, 0, "bound"));
	send_all(port, 0, &copies);
	rte_eth_tx_done_cleanup(port, 0, 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(capture_count(out()), 400);
}

static const struct CMUnitTest tests[] = {
	vdev_test(what_was_received_can_be_sent_and_comes_home),
	vdev_test(mbufs_of_several_origins_all_go_home),
	vdev_test(mbufs_of_several_origins_all_go_home_with_fast_free),
	vdev_test(chains_go_home_with_fast_free),
	vdev_test(chains_of_the_application_go_home_with_fast_free),
	vdev_test(clones_may_be_sent_after_the_original),
};

VDEV_MAIN(tests)
