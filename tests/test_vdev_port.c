/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The life of a port: queues and states in any order, again and again, with nothing left behind. */

#include "packet_util.h"
#include "scribble_util.h"

#define NB_CYCLES 1000
#define NB_SETUPS 200

static uint16_t
plug_pair(const char *kind)
{
	return vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of(kind), capture_name("out.pcap"));
}

/* Again and again ------------------------------------------------------------------------------ */

static void
a_thousand_starts_and_stops_leave_the_pool_full(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(256);
	uint16_t port = plug_pair("imix");
	struct batch batch = { 0 };
	unsigned int i, k;

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ 0 });
	for (i = 0; i < NB_CYCLES; i++) {
		assert_int_equal(rte_eth_dev_start(port), 0);
		assert_int_equal(receive_up_to(port, 0, &batch, i % 50 + 1), i % 50 + 1);
		for (k = 0; k < batch.nb; k++)
			assert_packet(batch.m[k], &packets.all[k], k);
		send_all(port, 0, &batch);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	}
	assert_int_equal(capture_count(capture_name("out.pcap")), 50); /* of the last start */
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
packets_may_be_held_while_the_port_is_stopped_and_started(void **state)
{
	struct packets packets = capture_read(capture_of("uniform"));
	uint16_t port = plug_pair("uniform");
	struct batch batch = { 0 };
	unsigned int i, k;

	(void)state;
	vdev_pool(1024);
	vdev_set_up_queues(port, &(struct vdev_config){ 0 });
	for (i = 0; i < 20; i++) {
		assert_int_equal(rte_eth_dev_start(port), 0);
		assert_int_equal(receive_up_to(port, 0, &batch, 37), 37);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
	for (k = 0; k < batch.nb; k++)
		assert_packet(batch.m[k], &packets.all[k % 37], k);
	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
}

static void
two_hundred_set_ups_and_releases_leave_the_pool_full(void **state)
{
	struct rte_mempool *mp = vdev_pool_with_room(2048, 128, RTE_MBUF_DEFAULT_BUF_SIZE);
	uint16_t port = vdev_plug("rx_pcap=%s,buffers=4", capture_of("imix"));
	struct batch batch = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < NB_SETUPS; i++) {
		vdev_start(port, .nb_rx_desc = 32 + 8 * (i % 16), .mp = mp);
		assert_int_equal(receive_up_to(port, 0, &batch, 100), 100);
		batch_free(&batch);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		/* every third time with nothing set up in between */
		if (i % 3 != 0)
			continue;
		assert_int_equal(rte_eth_dev_configure(port, 0, 1, &(struct rte_eth_conf){ 0 }), 0);
		assert_pool_full(mp);
	}
}

static void
a_set_up_queue_may_be_set_up_again_with_another_pool(void **state)
{
	struct rte_mempool *one = vdev_pool(512);
	struct rte_mempool *other = vdev_pool(512);
	uint16_t port = plug_pair("imix");
	struct batch batch = { 0 };

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ .mp = one });
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 128, SOCKET_ID_ANY, NULL, other), 0);
	assert_pool_full(one);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive_all(port, 0, &batch), 200);
	assert_pool_full(one);
	batch_free(&batch);
}

static void
a_port_runs_with_any_number_of_its_queues_in_any_order(void **state)
{
	static const uint16_t counts[] = { 1, 4, 2, 3, 4, 1, 3 };
	const char *file = capture_of("imix");
	uint16_t port = vdev_plug(
			"rx_pcap=%s,rx_pcap=%s,rx_pcap=%s,rx_pcap=%s", file, file, file, file);
	struct rte_mempool *mp = vdev_pool(2048);
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t q;

	(void)state;
	for (i = 0; i < RTE_DIM(counts); i++) {
		vdev_start(port, .nb_rx = counts[i], .nb_tx = counts[i]);
		for (q = 0; q < counts[i]; q++) {
			assert_int_equal(receive_all(port, q, &batch), 200);
			batch_free(&batch);
		}
		assert_int_equal(vdev_stats(port).ipackets, 200 * counts[i]);
		assert_int_equal(rte_eth_stats_reset(port), 0);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
a_port_can_be_removed_and_plugged_again(void **state)
{
	struct rte_mempool *mp = vdev_pool(512);
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 50; i++) {
		port = plug_pair("imix");
		vdev_start(port);
		assert_int_equal(receive_all(port, 0, &batch), 200);
		send_all(port, 0, &batch);
		vdev_unplug(port);
		assert_pool_full(mp);
		assert_int_equal(capture_count(capture_name("out.pcap")), 200);
	}
}

static void
a_port_that_runs_can_be_closed_and_removed_as_it_is(void **state)
{
	struct rte_mempool *mp = vdev_pool(512);
	char name[RTE_ETH_NAME_MAX_LEN];
	struct batch batch = { 0 };
	uint16_t port = plug_pair("imix");

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &batch);
	send_all(port, 0, &batch);
	assert_int_equal(rte_eth_dev_get_name_by_port(port, name), 0);
	assert_int_equal(rte_eal_hotplug_remove("vdev", name), 0);
	assert_pool_full(mp);
	assert_int_equal(capture_count(capture_name("out.pcap")), 200);
}

static void
mbufs_that_outlive_their_port_go_to_the_pool_when_they_are_freed(void **state)
{
	struct packets packets = capture_read(capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	uint16_t port = plug_pair("jumbo");
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &batch);
	vdev_unplug(port);
	assert_false(vdev_is_full(mp));
	assert_packets(&batch, &packets);
	batch_free(&batch);
	assert_pool_full(mp);
}

static void
mbufs_that_outlive_their_queue_do_not_mix_with_those_of_the_next(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(2048);
	uint16_t port = plug_pair("imix");
	struct batch old = { 0 }, new = { 0 };

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &old);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	vdev_start(port, .nb_rx_desc = 96);
	receive_all(port, 0, &new);
	assert_packets(&old, &packets);
	assert_packets(&new, &packets);
	batch_free(&old);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound") - 96);
	batch_free(&new);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	vdev_unplug(port);
	assert_pool_full(mp);
}

/* Starting ------------------------------------------------------------------------------------- */

static void
assert_start_refused(uint16_t port, const char *part)
{
	struct log_capture log;

	log_capture_begin(&log);
	assert_true(rte_eth_dev_start(port) < 0);
	vdev_assert_logged(&log, part);
}

/* An application that cleans up in the wrong order: one line, and nothing of its memory is touched. */
static void
a_pool_that_is_freed_before_its_port_stops_the_port_and_is_left_alone(void **state)
{
	struct rte_mempool *mp = vdev_pool(512);
	uint16_t port = plug_pair("imix");
	struct log_capture log;
	struct scribble *others;
	struct rte_mbuf *m[32];
	uint16_t nb;

	(void)state;
	vdev_start(port, .mp = mp);
	nb = rte_eth_rx_burst(port, 0, m, 32);
	assert_int_equal(nb, 32);
	assert_int_equal(rte_eth_tx_burst(port, 0, m, nb), nb);
	log_capture_begin(&log);
	vdev_free_pool(mp);
	vdev_assert_logged(&log, "is freed while 1 receive queues still use it");
	others = scribble_take(64);
	assert_int_equal(rte_eth_rx_burst(port, 0, m, 32), 0);
	assert_int_equal(vdev_stats(port).ipackets, 32);
	assert_int_equal(vdev_xstat(port, 0, "flips"), 32);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_dev_start(port), -EINVAL);
	vdev_assert_logged(&log, "receive queue 0 of 1 has no mempool any more");
	vdev_unplug(port);
	assert_true(scribble_intact(others));
}

static void
a_queue_whose_pool_was_freed_may_be_set_up_with_another(void **state)
{
	struct rte_mempool *mp = vdev_pool(512), *other = vdev_pool(512);
	uint16_t port = plug_pair("imix");
	struct batch batch = { 0 };
	struct log_capture log;

	(void)state;
	vdev_start(port, .mp = mp);
	log_capture_begin(&log);
	vdev_free_pool(mp);
	vdev_assert_logged(&log, "is freed");
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, VDEV_DESC, SOCKET_ID_ANY, NULL, other), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive_all(port, 0, &batch), 200);
	batch_free(&batch);
	vdev_unplug(port);
	assert_pool_full(other);
}

/* Nothing that was sent is in the ring of a port that is closed later than its packets' pool. */
static void
a_pool_may_be_freed_before_the_port_that_sent_its_packets(void **state)
{
	struct rte_mempool *mp = vdev_pool(512), *other = vdev_pool(64);
	uint16_t port = vdev_plug("tx_pcap=/dev/null");
	struct scribble *others;
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	vdev_start(port, .mp = other, .nb_rx_desc = 32);
	for (i = 0; i < 40; i++) {
		m = rte_pktmbuf_alloc(mp);
		assert_non_null(m);
		assert_non_null(rte_pktmbuf_append(m, 60));
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
	}
	vdev_free_pool(mp);
	others = scribble_take(64);
	vdev_unplug(port);
	assert_true(scribble_intact(others));
}

static void
start_is_refused_while_a_queue_is_not_set_up(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s", capture_of("imix"), capture_of("vlan"));
	const struct rte_eth_conf conf = { 0 };
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };

	(void)state;
	assert_int_equal(rte_eth_dev_configure(port, 2, 1, &conf), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, mp), 0);
	assert_start_refused(port, "receive queue 1 of 2 is not set up");
	assert_int_equal(rte_eth_rx_queue_setup(port, 1, 64, SOCKET_ID_ANY, NULL, mp), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive_all(port, 1, &batch), 200);
	batch_free(&batch);
}

static void
start_is_refused_while_a_transmit_queue_is_not_set_up(void **state)
{
	const struct rte_eth_conf conf = { 0 };
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = plug_pair("imix");

	(void)state;
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, mp), 0);
	assert_start_refused(port, "transmit queue 0 of 1 is not set up");
}

static void
start_fails_cleanly_when_the_file_is_gone_and_works_when_it_is_back(void **state)
{
	const char *path = capture_name("fleeting");
	uint16_t port;
	struct batch batch = { 0 };

	(void)state;
	assert_int_equal(symlink(capture_of("imix"), path), 0);
	port = vdev_plug("rx_pcap=%s", path);
	vdev_start(port);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(unlink(path), 0);
	assert_start_refused(port, "fleeting: No such file or directory");
	assert_int_equal(symlink(capture_of("vlan"), path), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive_all(port, 0, &batch), 200);
	batch_free(&batch);
	assert_int_equal(unlink(path), 0);
}

static void
the_link_is_up_while_the_port_runs(void **state)
{
	uint16_t port = plug_pair("imix");
	struct rte_eth_link link;
	unsigned int i;

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ 0 });
	for (i = 0; i < 3; i++) {
		assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
		assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
		assert_int_equal(rte_eth_dev_start(port), 0);
		assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
		assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
		assert_int_equal(link.link_speed, RTE_ETH_SPEED_NUM_10G);
		assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
}

static void
a_port_of_one_direction_has_queues_for_the_other_that_do_nothing(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=%s,tx_pcap=/dev/null", capture_name("out.pcap"));
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	assert_int_equal(receive_all(port, 1, &batch), 0);
	send_packets(port, 0, mp, &packets);
	vdev_unplug(port);
	assert_file(capture_name("out.pcap"), &packets);
	port = vdev_plug("rx_pcap=%s", capture_of("imix"));
	vdev_start(port);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(vdev_stats(port).opackets, packets.nb);
	assert_int_equal(vdev_stats(port).oerrors, 0);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_thousand_starts_and_stops_leave_the_pool_full),
	vdev_test(packets_may_be_held_while_the_port_is_stopped_and_started),
	vdev_test(two_hundred_set_ups_and_releases_leave_the_pool_full),
	vdev_test(a_set_up_queue_may_be_set_up_again_with_another_pool),
	vdev_test(a_port_runs_with_any_number_of_its_queues_in_any_order),
	vdev_test(a_port_can_be_removed_and_plugged_again),
	vdev_test(a_port_that_runs_can_be_closed_and_removed_as_it_is),
	vdev_test(mbufs_that_outlive_their_port_go_to_the_pool_when_they_are_freed),
	vdev_test(mbufs_that_outlive_their_queue_do_not_mix_with_those_of_the_next),
	vdev_test(a_pool_that_is_freed_before_its_port_stops_the_port_and_is_left_alone),
	vdev_test(a_queue_whose_pool_was_freed_may_be_set_up_with_another),
	vdev_test(a_pool_may_be_freed_before_the_port_that_sent_its_packets),
	vdev_test(start_is_refused_while_a_queue_is_not_set_up),
	vdev_test(start_is_refused_while_a_transmit_queue_is_not_set_up),
	vdev_test(start_fails_cleanly_when_the_file_is_gone_and_works_when_it_is_back),
	vdev_test(the_link_is_up_while_the_port_runs),
	vdev_test(a_port_of_one_direction_has_queues_for_the_other_that_do_nothing),
};

VDEV_MAIN(tests)
