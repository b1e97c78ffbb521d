/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP: what comes and goes. */

#include "vdev_xdp_util.h"

#define NB_DESC 64
#define NB_FRAMES 20000

/* Receiving -------------------------------------------------------------------------------------- */

static void
frames_of_every_length_come_up_and_go_out_as_they_were(void **state)
{
	const uint32_t longest = RTE_MBUF_DEFAULT_DATAROOM;
	struct rte_eth_stats stats;
	struct rte_mbuf *m;
	uint64_t bytes = 0;
	uint32_t len;
	uint16_t port;
	int far;

	(void)state;
	xdp_set_mtu(longest - RTE_ETHER_HDR_LEN);
	far = veth_socket(FAR);
	port = xdp_plug("");
	vdev_start(port);
	for (len = 60; len <= longest; len++) {
		xdp_put(far, len, len);
		m = xdp_take(port, len, len);
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
		xdp_assert_far(far, len, len);
		bytes += len;
	}
	stats = vdev_stats(port);
	assert_int_equal(stats.ipackets, longest - 59);
	assert_int_equal(stats.opackets, longest - 59);
	assert_int_equal(stats.ibytes, bytes);
	assert_int_equal(stats.obytes, bytes);
	assert_int_equal(stats.imissed + stats.ierrors + stats.oerrors + stats.rx_nombuf, 0);
	xdp_stop(port);
	close(far);
	xdp_set_mtu(1500);
}

/* Bursts of all sizes, and all of them in order. */
static void
many_frames_come_in_order(void **state)
{
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug("");
	uint32_t put, got = 0, i;
	struct rte_mbuf *m[XDP_WINDOW];
	double since = 0;
	uint16_t n;

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	for (put = 0; got < NB_FRAMES;) {
		for (i = 0; i < 1 + put % XDP_WINDOW && put < NB_FRAMES; i++, put++)
			xdp_put(far, 60 + put % 200, put);
		for (; got < put && vdev_wait(&since); got += n) {
			n = rte_eth_rx_burst(port, 0, m, 1 + got % XDP_WINDOW);
			for (i = 0; i < n; i++)
				xdp_assert_frame(m[i], 60 + (got + i) % 200, got + i);
			rte_pktmbuf_free_bulk(m, n);
			since = n > 0 ? 0 : since;
		}
		assert_int_equal(got, put);
	}
	assert_int_equal(vdev_stats(port).ipackets, NB_FRAMES);
	assert_int_equal(vdev_xstat(port, 0, "flips"), NB_FRAMES);
	assert_int_equal(vdev_xstat(port, 0, "reordered_buffers"), 0);
	assert_int_equal(vdev_xstat(port, 0, "unknown_buffer_errors"), 0);
	xdp_stop(port);
	close(far);
}

/* Pools ------------------------------------------------------------------------------------------ */

static void
bounce_with_pool(struct rte_mempool *mp, uint32_t longest)
{
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug("");
	uint32_t lens[] = { 60, 61, 1514, longest - 1, longest };
	struct rte_mbuf *m;
	uint32_t i;

	vdev_start(port, .mp = mp);
	for (i = 0; i < 200; i++) {
		xdp_put(far, lens[i % 5], i);
		m = xdp_take(port, lens[i % 5], i);
		memset(rte_mbuf_to_priv(m), 0x5a, rte_pktmbuf_priv_size(mp));
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
		xdp_assert_far(far, lens[i % 5], i);
	}
	vdev_unplug(port);
	assert_pool_full(mp);
	vdev_free_pool(mp);
	close(far);
}

/* A frame is at most a page less the kernel's headroom; veth takes programs up to somewhat less. */
static void
pools_of_any_private_area_and_data_room_serve(void **state)
{
	static const uint16_t privs[] = { 0, 8, 64, 128, 256, 1024 };
	static const uint16_t rooms[] = { 1920, 2176, 2177, 3000, 3968, 9000 };
	unsigned int i;

	(void)state;
	xdp_set_mtu(3400);
	for (i = 0; i < RTE_DIM(privs); i++)
		bounce_with_pool(xdp_pool(512, privs[i], RTE_MBUF_DEFAULT_BUF_SIZE), 2048);
	for (i = 0; i < RTE_DIM(rooms); i++)
		bounce_with_pool(xdp_pool(512, 0, rooms[i]),
				RTE_MIN(rooms[i] - RTE_PKTMBUF_HEADROOM, 3414));
	xdp_set_mtu(1500);
}

static void
a_data_room_that_is_too_small_is_refused_with_the_numbers(void **state)
{
	struct rte_mempool *small = xdp_pool(512, 0, RTE_PKTMBUF_HEADROOM + 1791);
	uint16_t port = xdp_plug("");
	struct rte_eth_conf conf = { 0 };
	struct log_capture log;

	(void)state;
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, small), -EINVAL);
	fflush(log.stream);
	assert_non_null(strstr(log.text, small->name));
	assert_non_null(strstr(log.text, "1792"));
	log_capture_end(&log);
	assert_pool_full(small);
}

/* With one mbuf more than the ring, and one to copy frames to. */
static void
a_tiny_pool_is_enough_for_one_at_a_time(void **state)
{
	struct rte_mempool *mp = xdp_pool(NB_DESC + 2, 0, RTE_MBUF_DEFAULT_BUF_SIZE);
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug("");

	(void)state;
	vdev_start(port, .mp = mp, .nb_rx_desc = NB_DESC);
	xdp_bounce(port, far, 0, 300);
	xdp_stop(port);
	assert_int_equal(vdev_stats(port).ipackets, 300);
	close(far);
}

/* Who keeps everything --------------------------------------------------------------------------- */

/* Receive nb frames and keep them. Returns how many came up. */
static uint32_t
keep(uint16_t port, int far, struct batch *kept, uint32_t nb)
{
	uint32_t before = kept->nb, i;

	for (i = 0; i < nb; i++) {
		xdp_put(far, 100, i);
		receive_up_to(port, 0, kept, 1);
	}
	return kept->nb - before;
}

static void
a_consumer_that_keeps_all_gets_copies_then_nothing_and_all_again(void **state)
{
	struct rte_mempool *mp = xdp_pool(512, 0, RTE_MBUF_DEFAULT_BUF_SIZE);
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug("");
	struct batch kept = { 0 };
	unsigned int i, j;

	(void)state;
	vdev_start(port, .mp = mp, .nb_rx_desc = NB_DESC);
	for (i = 0; i < 3; i++) {
		keep(port, far, &kept, 1000);
		assert_true(kept.nb >= 512 - NB_DESC - 2);
		for (j = 0; j < kept.nb; j++)
			xdp_assert_frame(kept.m[j], 100, j);
		batch_free(&kept);
		/* the kernel gets buffers again */
		assert_int_equal(receive_up_to(port, 0, &kept, 1), 0);
	}
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	assert_true(vdev_xstat(port, 0, "nombuf") > 0);
	assert_int_equal(vdev_stats(port).ipackets + vdev_stats(port).imissed, 3000);
	xdp_bounce(port, far, 0, 100);
	xdp_stop(port);
	close(far);
}

/* With deferred copies the ring stands still; then it is the kernel that has no room. */
static void
deferred_loans_starve_the_kernel_which_counts_that(void **state)
{
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug(",copy=deferred");
	struct batch kept = { 0 };
	unsigned int i;

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_int_equal(keep(port, far, &kept, 400), 2 * NB_DESC);
	for (i = 0; i < kept.nb; i++)
		xdp_assert_frame(kept.m[i], 100, i);
	assert_int_equal(vdev_xstat(port, 0, "loans"), NB_DESC);
	assert_int_equal(vdev_stats(port).imissed, 400 - kept.nb);
	assert_int_equal(vdev_xstat(port, 0, "kernel_drops"), 400 - kept.nb);
	batch_free(&kept);
	receive_up_to(port, 0, &kept, 1);
	assert_int_equal(kept.nb, 0);
	xdp_bounce(port, far, 0, 500);
	xdp_stop(port);
	close(far);
}

/* Of a kernel that has no buffer: what does not come is counted, to the packet. */
static void
what_finds_no_buffer_is_counted_as_missed(void **state)
{
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug("");
	struct batch batch = { 0 };
	uint32_t i;

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	for (i = 0; i < 1000; i++)
		xdp_put(far, 100, i);
	assert_int_equal(receive_all(port, 0, &batch), NB_DESC);
	for (i = 0; i < batch.nb; i++)
		xdp_assert_frame(batch.m[i], 100, i);
	batch_free(&batch);
	assert_int_equal(vdev_stats(port).imissed, 1000 - NB_DESC);
	assert_int_equal(vdev_xstat(port, 0, "kernel_drops"), 1000 - NB_DESC);
	xdp_stop(port);
	assert_int_equal(vdev_stats(port).imissed, 1000 - NB_DESC);
	assert_int_equal(rte_eth_dev_start(port), 0);
	xdp_bounce(port, far, 0, 100);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(vdev_stats(port).imissed, 0);
	xdp_stop(port);
	close(far);
}

/* The interface lets frames through that no buffer has room for. */
static void
frames_longer_than_a_buffer_are_counted_as_missed(void **state)
{
	uint16_t port;
	uint32_t i;
	int far;

	(void)state;
	xdp_set_mtu(3400);
	far = veth_socket(FAR);
	port = xdp_plug("");
	vdev_start(port);
	for (i = 0; i < 100; i++) {
		xdp_put(far, 2049 + i, i);
		xdp_put(far, 2048 - i, i);
		rte_pktmbuf_free(xdp_take(port, 2048 - i, i));
	}
	assert_int_equal(vdev_stats(port).ipackets, 100);
	assert_int_equal(vdev_stats(port).imissed, 100);
	xdp_stop(port);
	close(far);
	xdp_set_mtu(1500);
}

/* What has come and was not received when the port stops is a loss that is counted. */
static void
what_is_left_at_a_stop_is_counted(void **state)
{
	int far = veth_socket(FAR);
	uint16_t port = xdp_plug("");
	struct batch batch = { 0 };
	uint32_t i;

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	for (i = 0; i < 20; i++)
		xdp_put(far, 100, i);
	assert_int_equal(receive_up_to(port, 0, &batch, 10), 10);
	batch_free(&batch);
	for (; i < 50; i++)
		xdp_put(far, 100, i);
	xdp_stop(port);
	assert_int_equal(vdev_stats(port).imissed, 40);
	assert_int_equal(vdev_xstat(port, 0, "stop_drops"), 40);
	close(far);
}

static const struct CMUnitTest tests[] = {
	vdev_test(frames_of_every_length_come_up_and_go_out_as_they_were),
	vdev_test(many_frames_come_in_order),
	vdev_test(pools_of_any_private_area_and_data_room_serve),
	vdev_test(a_data_room_that_is_too_small_is_refused_with_the_numbers),
	vdev_test(a_tiny_pool_is_enough_for_one_at_a_time),
	vdev_test(a_consumer_that_keeps_all_gets_copies_then_nothing_and_all_again),
	vdev_test(deferred_loans_starve_the_kernel_which_counts_that),
	vdev_test(what_finds_no_buffer_is_counted_as_missed),
	vdev_test(frames_longer_than_a_buffer_are_counted_as_missed),
	vdev_test(what_is_left_at_a_stop_is_counted),
};

VDEV_XDP_MAIN(tests)
