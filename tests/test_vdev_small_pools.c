/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Pools that are smaller than a queue would like, or of the wrong kind. */

#include "info_util.h"

static void
a_pool_whose_data_room_is_too_small_is_refused_with_a_reason(void **state)
{
	uint16_t port = plug_one();
	struct rte_mempool *exact = vdev_pool_with_room(512, 0, RTE_PKTMBUF_HEADROOM + 256);
	struct rte_mempool *small = vdev_pool_with_room(512, 0, RTE_PKTMBUF_HEADROOM + 255);
	struct log_capture log;

	(void)state;
	configure_one(port);
	assert_int_equal(info_of(port).min_rx_bufsize, 256);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, exact), 0);
	log_capture_begin(&log);
	assert_true(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, small) < 0);
	/* ethdev itself may be the one who says so */
	fflush(log.stream);
	assert_non_null(strstr(log.text, "256"));
	assert_non_null(strstr(log.text, small->name));
	log_capture_end(&log);
	assert_pool_full(small);
}

/* Receive with a pool of so many mbufs, one packet at a time; all packets must come. */
static void
assert_pool_is_enough(unsigned int size, unsigned int nb_bound)
{
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(size);
	uint16_t port = plug_one();
	struct log_capture log;
	struct rte_mbuf *m;
	unsigned int i;

	log_capture_begin(&log);
	vdev_start(port, .mp = mp);
	vdev_assert_logged(&log, vdev_text("bound %u buffers of %u", nb_bound, 2 * VDEV_DESC));
	assert_int_equal(vdev_xstat(port, 0, "bound"), nb_bound);
	for (i = 0; i < packets.nb; i++) {
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		assert_packet(m, &packets.all[i], i);
		rte_pktmbuf_free(m);
	}
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
a_small_pool_gets_fewer_alternates_a_warning_and_every_packet(void **state)
{
	(void)state;
	assert_pool_is_enough(VDEV_DESC + 1, VDEV_DESC);
	assert_pool_is_enough(VDEV_DESC + 20, VDEV_DESC + 10);
	assert_pool_is_enough(2 * VDEV_DESC, VDEV_DESC + VDEV_DESC / 2);
}

/* The pool is too small for the ring that was asked for, by far. */
static void
a_pool_smaller_than_the_ring_gets_a_shorter_ring_and_every_packet(void **state)
{
	const char *path = capture_make("uniform", 1000);
	struct packets packets = capture_read(path);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct rte_mempool *mp = vdev_pool(100);
	struct rte_eth_rxq_info info;
	struct batch batch = { 0 };
	struct log_capture log;
	unsigned int i, nb;

	(void)state;
	configure_one(port);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 1024, SOCKET_ID_ANY, NULL, mp), 0);
	vdev_assert_logged(&log,
			"100 of its 100 mbufs free: bound 86 buffers of 2048 (72 descriptors "
			"of 1024, 2 each)");
	assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &info), 0);
	assert_int_equal(info.nb_desc, 72);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (nb = 0; nb < packets.nb; nb += i) {
		receive_all(port, 0, &batch);
		assert_true(batch.nb > 0);
		for (i = 0; i < batch.nb; i++)
			assert_packet(batch.m[i], &packets.all[nb + i], nb + i);
		batch_free(&batch);
	}
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
a_pool_of_less_than_the_shortest_ring_is_refused_with_the_numbers(void **state)
{
	struct rte_mempool *mp = vdev_pool(31);
	uint16_t port = plug_one();
	struct log_capture log;

	(void)state;
	configure_one(port);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, VDEV_DESC, SOCKET_ID_ANY, NULL, mp),
			-ENOMEM);
	vdev_assert_logged(&log,
			"31 mbufs free; a ring of 64 descriptors needs at least one each, and "
			"the shortest has 32");
	assert_pool_full(mp);
}

static void
a_pool_with_pinned_external_buffers_is_refused(void **state)
{
	static char memory[64 * 2048] __rte_aligned(4096);
	const struct rte_pktmbuf_extmem extmem = {
		.buf_ptr = memory,
		.buf_iova = (uintptr_t)memory,
		.buf_len = sizeof(memory),
		.elt_size = 2048,
	};
	struct rte_mempool *mp = rte_pktmbuf_pool_create_extbuf(
			"pinned", 64, 0, 0, 2048, SOCKET_ID_ANY, &extmem, 1);
	uint16_t port = plug_one();
	struct log_capture log;

	(void)state;
	assert_non_null(mp);
	configure_one(port);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 32, SOCKET_ID_ANY, NULL, mp), -EINVAL);
	vdev_assert_logged(&log, "pinned external buffers");
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

/* Two ports that share a small pool: the first must leave enough for the second to set up. */
static void
the_first_queue_leaves_enough_for_those_to_come(void **state)
{
	const char *file = capture_of("imix");
	struct rte_mempool *mp = vdev_pool(5 * VDEV_DESC);
	uint16_t one = vdev_plug("rx_pcap=%s,rx_pcap=%s", file, file);
	uint16_t other = vdev_plug("rx_pcap=%s", file);
	struct rte_mbuf *m;

	(void)state;
	vdev_start(one);
	vdev_start(other);
	assert_int_equal(rte_eth_rx_burst(one, 1, &m, 1), 1);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_rx_burst(other, 0, &m, 1), 1);
	rte_pktmbuf_free(m);
	vdev_remove_ports();
	assert_pool_full(mp);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_pool_whose_data_room_is_too_small_is_refused_with_a_reason),
	vdev_test(a_small_pool_gets_fewer_alternates_a_warning_and_every_packet),
	vdev_test(a_pool_smaller_than_the_ring_gets_a_shorter_ring_and_every_packet),
	vdev_test(a_pool_of_less_than_the_shortest_ring_is_refused_with_the_numbers),
	vdev_test(a_pool_with_pinned_external_buffers_is_refused),
	vdev_test(the_first_queue_leaves_enough_for_those_to_come),
};

VDEV_MAIN(tests)
