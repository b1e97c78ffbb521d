/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A port's description of itself is true: it takes all that it offers, and refuses the rest. */

#include "compat_util.h"
#include "info_util.h"

#include <ethdev_driver.h>

static uint16_t
plug_two_by_three(void)
{
	return vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null,tx_pcap=/dev/null,"
			 "tx_pcap=/dev/null",
			capture_of("imix"), capture_of("vlan"));
}

/* Limits --------------------------------------------------------------------------------------- */

static void
a_port_has_as_many_queues_as_ends_were_given(void **state)
{
	uint16_t port = plug_two_by_three();
	struct rte_eth_dev_info info = info_of(port);
	const struct rte_eth_conf conf = { 0 };

	(void)state;
	assert_string_equal(info.driver_name, "net_dualbuf");
	assert_int_equal(info.max_rx_queues, 2);
	assert_int_equal(info.max_tx_queues, 3);
	assert_int_equal(rte_eth_dev_configure(port, 2, 3, &conf), 0);
	assert_true(rte_eth_dev_configure(port, 3, 3, &conf) < 0);
	assert_true(rte_eth_dev_configure(port, 2, 4, &conf) < 0);
}

static void
ring_sizes_are_taken_within_the_limits_and_refused_outside(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_dev_info info = info_of(port);
	struct rte_mempool *mp = vdev_pool(16384);
	const uint16_t min = info.rx_desc_lim.nb_min, max = info.rx_desc_lim.nb_max;
	const uint16_t good[] = { min, min + info.rx_desc_lim.nb_align, max };
	const uint16_t bad[] = { 1, min - 1, min - 8, min + 1, min + 4, max + 8, max - 1 };
	unsigned int i;

	(void)state;
	assert_int_equal(min, 32);
	assert_int_equal(max, 4096);
	assert_int_equal(info.rx_desc_lim.nb_align, 8);
	/* one descriptor is held back, and one is a context's */
	assert_int_equal(info.tx_desc_lim.nb_seg_max, max - 2);
	assert_int_equal(info.tx_desc_lim.nb_mtu_seg_max, max - 2);
	configure_one(port);
	for (i = 0; i < RTE_DIM(good); i++) {
		assert_int_equal(rte_eth_rx_queue_setup(port, 0, good[i], SOCKET_ID_ANY, NULL, mp),
				0);
		assert_int_equal(rte_eth_tx_queue_setup(port, 0, good[i], SOCKET_ID_ANY, NULL), 0);
	}
	for (i = 0; i < RTE_DIM(bad); i++) {
		assert_int_equal(rte_eth_rx_queue_setup(port, 0, bad[i], SOCKET_ID_ANY, NULL, mp),
				-EINVAL);
		assert_int_equal(rte_eth_tx_queue_setup(port, 0, bad[i], SOCKET_ID_ANY, NULL),
				-EINVAL);
	}
}

static void
every_mtu_within_the_limits_is_taken(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_dev_info info = info_of(port);
	const uint16_t good[] = { info.min_mtu, 1500, 1501, 9000, info.max_mtu };
	unsigned int i;
	uint16_t mtu;

	(void)state;
	vdev_start(port);
	for (i = 0; i < RTE_DIM(good); i++) {
		assert_int_equal(rte_eth_dev_set_mtu(port, good[i]), 0);
		assert_int_equal(rte_eth_dev_get_mtu(port, &mtu), 0);
		assert_int_equal(mtu, good[i]);
	}
	assert_int_equal(rte_eth_dev_set_mtu(port, info.min_mtu - 1), -EINVAL);
}

/* Applications, and DPDK's own tests, make room for the longest packet, and count in 16 bits. */
static void
the_longest_packet_that_is_announced_has_a_length_of_16_bits(void **state)
{
	struct rte_eth_dev_info info = info_of(plug_one());

	(void)state;
	assert_int_equal(info.max_rx_pktlen, 65535);
	assert_int_equal(info.max_mtu, 65535 - RTE_ETHER_HDR_LEN);
}

/* Offloads ------------------------------------------------------------------------------------- */

static int
configure_with(uint16_t port, uint64_t rx, uint64_t tx)
{
	const struct rte_eth_conf conf = {
		.rxmode.offloads = rx,
		.txmode.offloads = tx,
		/* ethdev has this rule for that offload */
		.rxmode.mq_mode = rx & RTE_ETH_RX_OFFLOAD_RSS_HASH ? RTE_ETH_MQ_RX_RSS : 0,
	};

	return rte_eth_dev_configure(port, 1, 1, &conf);
}

static void
every_offload_that_is_offered_is_taken_and_every_other_refused(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_dev_info info = info_of(port);
	unsigned int i;

	(void)state;
	vdev_hush_ethdev();
	assert_true(info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_TIMESTAMP);
	assert_true(info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE);
	for (i = 0; i < 64; i++) {
		assert_int_equal(configure_with(port, RTE_BIT64(i), 0) == 0,
				(info.rx_offload_capa & RTE_BIT64(i)) != 0);
		assert_int_equal(configure_with(port, 0, RTE_BIT64(i)) == 0,
				(info.tx_offload_capa & RTE_BIT64(i)) != 0);
	}
	assert_int_equal(configure_with(port, info.rx_offload_capa, info.tx_offload_capa), 0);
}

static void
offloads_of_a_queue_alone_are_taken_as_far_as_they_are_offered(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_dev_info info = info_of(port);
	struct rte_mempool *mp = vdev_pool(512);
	struct rte_eth_rxconf rx = info.default_rxconf;
	struct rte_eth_txconf tx = info.default_txconf;
	unsigned int i;

	(void)state;
	vdev_hush_ethdev();
	configure_one(port);
	for (i = 0; i < 64; i++) {
		rx.offloads = RTE_BIT64(i);
		assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, &rx, mp) == 0,
				(info.rx_queue_offload_capa & rx.offloads) != 0);
		tx.offloads = RTE_BIT64(i);
		assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, &tx) == 0,
				(info.tx_queue_offload_capa & tx.offloads) != 0);
	}
}

static void
every_rss_type_that_is_offered_is_taken_and_every_other_refused(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_dev_info info = info_of(port);
	struct rte_eth_conf conf = { .rxmode.mq_mode = RTE_ETH_MQ_RX_RSS };
	unsigned int i;

	(void)state;
	vdev_hush_ethdev();
	assert_int_equal(info.hash_key_size, 40);
	for (i = 0; i < 64; i++) {
		conf.rx_adv_conf.rss_conf.rss_hf = RTE_BIT64(i);
		assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf) == 0,
				(info.flow_type_rss_offloads & RTE_BIT64(i)) != 0);
	}
}

static void
receive_modes_that_sort_packets_into_queues_are_refused(void **state)
{
	static const enum rte_eth_rx_mq_mode modes[] = { RTE_ETH_MQ_RX_DCB, RTE_ETH_MQ_RX_VMDQ_ONLY,
		RTE_ETH_MQ_RX_VMDQ_RSS };
	uint16_t port = plug_one();
	struct rte_eth_conf conf = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(modes); i++) {
		conf.rxmode.mq_mode = modes[i];
		assert_true(rte_eth_dev_configure(port, 1, 1, &conf) < 0);
	}
}

/* Queues --------------------------------------------------------------------------------------- */

static void
queue_information_is_that_of_the_set_up(void **state)
{
	uint16_t port = plug_one();
	struct rte_mempool *mp = vdev_pool(512);
	struct rte_eth_rxq_info rxq;
	struct rte_eth_txq_info txq;

	(void)state;
	vdev_start(port, .nb_rx_desc = 72, .nb_tx_desc = 104, .unscattered = true,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &rxq), 0);
	assert_ptr_equal(rxq.mp, mp);
	assert_int_equal(rxq.nb_desc, 72);
	assert_int_equal(rxq.rx_buf_size, 2048);
	assert_int_equal(rxq.scattered_rx, 0);
	assert_int_equal(rxq.conf.offloads, RTE_ETH_RX_OFFLOAD_VLAN_STRIP);
	assert_int_equal(rxq.queue_state, RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rte_eth_tx_queue_info_get(port, 0, &txq), 0);
	assert_int_equal(txq.nb_desc, 104);
	assert_int_equal(txq.conf.offloads, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_true(rte_eth_rx_queue_info_get(port, 1, &rxq) < 0);
}

/* Set-up, as it is in force: what rings of this driver do not have is 0, whatever was asked for. */
static void
queue_information_is_what_is_in_force(void **state)
{
	const struct rte_eth_rxconf rx = {
		.rx_thresh = { .pthresh = 8, .hthresh = 8, .wthresh = 4 },
		.rx_free_thresh = 16,
		.rx_drop_en = 1,
		.rx_deferred_start = 1,
	};
	const struct rte_eth_txconf tx = {
		.tx_thresh = { .pthresh = 8, .hthresh = 1, .wthresh = 16 },
		.tx_rs_thresh = 7,
		.tx_free_thresh = 9,
		.tx_deferred_start = 1,
	};
	const struct rte_eth_thresh none = { 0 };
	uint16_t port = plug_one();
	struct rte_eth_rxq_info rxq;
	struct rte_eth_txq_info txq;

	(void)state;
	configure_one(port);
	assert_int_equal(
			rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, &rx, vdev_pool(512)), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, &tx), 0);
	assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &rxq), 0);
	assert_int_equal(rxq.conf.rx_deferred_start, 1);
	assert_int_equal(rxq.conf.rx_free_thresh, 0);
	assert_int_equal(rxq.conf.rx_drop_en, 0);
	assert_memory_equal(&rxq.conf.rx_thresh, &none, sizeof(none));
	assert_int_equal(rxq.queue_state, RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(rte_eth_tx_queue_info_get(port, 0, &txq), 0);
	assert_int_equal(txq.conf.tx_deferred_start, 1);
	assert_int_equal(txq.conf.tx_rs_thresh, 7);
	assert_int_equal(txq.conf.tx_free_thresh, 9);
	assert_memory_equal(&txq.conf.tx_thresh, &none, sizeof(none));
	assert_int_equal(txq.queue_state, RTE_ETH_QUEUE_STATE_STOPPED);
	/* and defaults are shown as what they come to */
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_tx_queue_info_get(port, 0, &txq), 0);
	assert_between(txq.conf.tx_rs_thresh, 1, 63);
	assert_between(txq.conf.tx_free_thresh, 1, 63);
}

/* An application may pass on the pool of an mbuf that it has got; it means its own pool. */
static void
the_pool_of_a_received_mbuf_stands_for_the_pool_of_the_application(void **state)
{
	uint16_t port = plug_one();
	struct rte_mempool *mp = vdev_pool(1024), *returns;
	struct rte_eth_rxq_info rxq;
	struct rte_mbuf *m, *clone;

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
	returns = m->pool;
	clone = rte_pktmbuf_clone(m, returns);
	assert_non_null(clone);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(clone);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, returns), 0);
	assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &rxq), 0);
	assert_ptr_equal(rxq.mp, mp);
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
burst_modes_have_a_name(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_burst_mode mode = { 0 };

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_rx_burst_mode_get(port, 0, &mode), 0);
	assert_true(strlen(mode.info) > 0);
	assert_int_equal(rte_eth_tx_burst_mode_get(port, 0, &mode), 0);
	assert_true(strlen(mode.info) > 0);
}

static void
an_mtu_beyond_one_buffer_is_reported_as_scattered(void **state)
{
	uint16_t port = plug_one();
	struct rte_eth_rxq_info rxq;

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ .unscattered = true });
	assert_int_equal(rte_eth_dev_set_mtu(port, 9000), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &rxq), 0);
	assert_int_equal(rxq.scattered_rx, 1);
}

/* Refused set-ups ------------------------------------------------------------------------------ */

static void
transmit_thresholds_of_the_ring_or_more_are_refused(void **state)
{
	const struct rte_eth_txconf bad[] = {
		{ .tx_rs_thresh = 64 },
		{ .tx_free_thresh = 64 },
		{ .tx_rs_thresh = UINT16_MAX },
	};
	uint16_t port = plug_one();
	struct log_capture log;
	unsigned int i;

	(void)state;
	configure_one(port);
	for (i = 0; i < RTE_DIM(bad); i++) {
		log_capture_begin(&log);
		assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, &bad[i]),
				-EINVAL);
		vdev_assert_logged(&log, "must be below the ring's length of 64");
	}
}

/* Before anything is configured ---------------------------------------------------------------- */

/* Another thread may be unplugging it: what stands there is for its own driver alone. */
static void
the_queues_of_another_drivers_port_are_not_looked_at(void **state)
{
	uint16_t port = plug_one(), other = vdev_plug_args("net_pcap", "tx_pcap=/dev/null");
	struct rte_eth_dev_data *data = rte_eth_devices[other].data;
	const struct rte_eth_dev_data before = *data;
	struct rte_mempool *mp = vdev_pool(1024);

	(void)state;
	configure_one(port);
	data->nb_rx_queues = 4;
	data->rx_queues = (void **)(uintptr_t)8;
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, VDEV_DESC, SOCKET_ID_ANY, NULL, mp), 0);
	*data = before;
	assert_int_equal(vdev_xstat(port, 0, "bound"), 2 * VDEV_DESC);
}

static void
a_port_that_was_never_configured_answers_and_can_be_removed(void **state)
{
	uint16_t port = plug_two_by_three();
	struct rte_eth_dev_info info = info_of(port);
	struct rte_eth_link link;

	(void)state;
	assert_int_equal(info.nb_rx_queues, 0);
	assert_int_equal(vdev_stats(port).ipackets, 0);
	assert_true(rte_eth_xstats_get(port, NULL, 0) >= 0);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	vdev_unplug(port);
}

/* Address -------------------------------------------------------------------------------------- */

static void
ports_have_different_local_addresses(void **state)
{
	struct rte_ether_addr one, other;

	(void)state;
	assert_int_equal(rte_eth_macaddr_get(plug_one(), &one), 0);
	assert_int_equal(rte_eth_macaddr_get(plug_one(), &other), 0);
	assert_true(rte_is_local_admin_ether_addr(&one));
	assert_true(rte_is_unicast_ether_addr(&one));
	assert_false(rte_is_same_ether_addr(&one, &other));
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_port_has_as_many_queues_as_ends_were_given),
	vdev_test(ring_sizes_are_taken_within_the_limits_and_refused_outside),
	vdev_test(every_mtu_within_the_limits_is_taken),
	vdev_test(the_longest_packet_that_is_announced_has_a_length_of_16_bits),
	vdev_test(every_offload_that_is_offered_is_taken_and_every_other_refused),
	vdev_test(offloads_of_a_queue_alone_are_taken_as_far_as_they_are_offered),
	vdev_test(every_rss_type_that_is_offered_is_taken_and_every_other_refused),
	vdev_test(receive_modes_that_sort_packets_into_queues_are_refused),
	vdev_test(queue_information_is_that_of_the_set_up),
	vdev_test(queue_information_is_what_is_in_force),
	vdev_test(the_pool_of_a_received_mbuf_stands_for_the_pool_of_the_application),
	vdev_test(burst_modes_have_a_name),
	vdev_test(an_mtu_beyond_one_buffer_is_reported_as_scattered),
	vdev_test(transmit_thresholds_of_the_ring_or_more_are_refused),
	vdev_test(the_queues_of_another_drivers_port_are_not_looked_at),
	vdev_test(a_port_that_was_never_configured_answers_and_can_be_removed),
	vdev_test(ports_have_different_local_addresses),
};

VDEV_MAIN(tests)
