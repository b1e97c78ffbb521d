/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Loans that are out when counters are reset, and when their port or their queue ends. */

#include "deferred_util.h"

/* Counters and errors ------------------------------------------------------------------------------ */

static void
a_reset_of_the_statistics_forgets_loans_but_not_what_waits(void **state)
{
	struct batch batch = { 0 };
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_PACKETS));
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_buffers(port, 1, NB_LOANS, 0);
	rte_pktmbuf_free(batch.m[0]);
	batch.m[0] = batch.m[--batch.nb];
	assert_int_equal(receive_all(port, 0, &batch), 1);
	assert_buffers(port, 1, NB_LOANS, 1);
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_buffers(port, 1, NB_LOANS, 0);
	batch_free(&batch);
}

static void
queue_state_says_what_it_cannot_look_at(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=/dev/null");
	uint16_t other = vdev_plug_args("net_pcap", "tx_pcap=/dev/null");
	struct rte_pmd_dualbuf_queue_state out;
	const struct rte_eth_conf conf = { 0 };

	(void)state;
	/* a port that is not there, and one that is not ours */
	assert_int_equal(rte_pmd_dualbuf_queue_state(RTE_MAX_ETHPORTS, 0, &out), -ENODEV);
	assert_int_equal(rte_pmd_dualbuf_queue_state(RTE_MAX_ETHPORTS - 1, 0, &out), -ENODEV);
	assert_int_equal(rte_pmd_dualbuf_queue_state(UINT16_MAX, 0, &out), -ENODEV);
	vdev_start(other);
	assert_int_equal(rte_pmd_dualbuf_queue_state(other, 0, &out), -ENODEV);

	/* before configure, before set-up, beyond the last, after close */
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), -EINVAL);
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), -EINVAL);
	vdev_start(port);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), 0);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, NULL), -EINVAL);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 1, &out), -EINVAL);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, UINT16_MAX, &out), -EINVAL);
	vdev_unplug(port);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), -ENODEV);
}

static void
a_port_that_copies_inline_never_lends(void **state)
{
	static const char *const args[] = { "", ",copy=inline" };
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(args); i++) {
		port = vdev_plug("rx_pcap=%s%s", capture_make("uniform", NB_PACKETS), args[i]);
		vdev_start(port, .nb_rx_desc = NB_DESC);
		assert_int_equal(receive_all(port, 0, &batch), NB_PACKETS);
		assert_int_equal(count_loans(&batch), 0);
		assert_int_equal(vdev_xstat(port, 0, "copies"), NB_PACKETS - NB_DESC);
		assert_int_equal(vdev_xstat(port, 0, "loans"), 0);
		assert_int_equal(vdev_xstat(port, 0, "waiting"), 0);
		assert_int_equal(state_of(port).loans, 0);
		/* and settle leaves its packets alone */
		assert_int_equal(rte_pmd_dualbuf_copy_loans(batch.m, batch.nb, NULL), 0);
		batch_free(&batch);
		vdev_unplug(port);
	}
}

/* Stop, start, release ------------------------------------------------------------------------------- */

static void
a_port_starts_again_while_its_loans_are_out(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct batch held = { 0 }, batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	port = get_stuck(&held, path);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	/* the first descriptor waits, so the device finds the ring empty */
	assert_int_equal(dualbuf_ring_armed_count(rxq_of(port, 0)->ring), 0);
	assert_int_equal(*rxq_of(port, 0)->tail_reg, 0);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	assert_buffers(port, 1, NB_LOANS, NB_LOANS);

	/* descriptor 0 is armed, and held back; with 1 it is the device's */
	rte_pktmbuf_free(held.m[NB_DESC]);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	rte_pktmbuf_free(held.m[NB_DESC + 1]);
	assert_int_equal(receive_all(port, 0, &batch), 1);
	assert_packet(batch.m[0], &packets.all[0], 0);

	/* again, with descriptors armed behind those that wait; then what is out comes home */
	assert_int_equal(rte_eth_dev_stop(port), 0);
	for (i = 0; i < NB_STUCK; i++)
		if (i != NB_DESC && i != NB_DESC + 1)
			rte_pktmbuf_free(held.m[i]);
	batch_free(&batch);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_buffers(port, 2 * NB_DESC, 0, state_of(port).loans);
	for (i = 0; receive_up_to(port, 0, &batch, 1) > 0; i++) {
		assert_packet(batch.m[0], &packets.all[i], i);
		batch_free(&batch);
	}
	assert_int_equal(i, NB_PACKETS);
}

static void
loans_that_outlive_their_queue_go_to_the_application_pool(void **state)
{
	struct packets packets = capture_read(capture_make("uniform", NB_STUCK));
	struct batch batch = { 0 };
	struct rte_mempool *mp;
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_STUCK));
	mp = vdev.pools[0];
	vdev_unplug(port);
	assert_int_equal(rte_mempool_avail_count(mp), mp->size - NB_STUCK);
	assert_int_equal(count_loans(&batch), NB_LOANS);
	assert_int_equal(settle_from(&batch, 0, mp, on_worker_lcore), 0);
	assert_packets(&batch, &packets);
	batch_free(&batch);
	assert_pool_full(mp);
}

static void
queues_that_are_set_up_anew_with_loans_out_use_other_buffers(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct batch held = { 0 }, batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	port = get_stuck(&held, path);
	for (i = 0; i < 5; i++) {
		assert_int_equal(rte_eth_dev_stop(port), 0);
		vdev_start(port, .nb_rx_desc = NB_DESC);
		assert_int_equal(rte_eth_stats_reset(port), 0);
		assert_buffers(port, 2 * NB_DESC, 0, 0);
		assert_int_equal(receive_all(port, 0, &batch), NB_STUCK);
		assert_packet(batch.m[NB_STUCK - 1], &packets.all[NB_STUCK - 1], NB_STUCK - 1);
		batch_free(i % 2 == 0 ? &batch : &held);
		if (i % 2 == 1)
			RTE_SWAP(batch, held);
	}
	batch_free(&batch);
	batch_free(&held);
	vdev_unplug(port);
	assert_pool_full(vdev.pools[0]);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_reset_of_the_statistics_forgets_loans_but_not_what_waits),
	vdev_test(queue_state_says_what_it_cannot_look_at),
	vdev_test(a_port_that_copies_inline_never_lends),
	vdev_test(a_port_starts_again_while_its_loans_are_out),
	vdev_test(loans_that_outlive_their_queue_go_to_the_application_pool),
	vdev_test(queues_that_are_set_up_anew_with_loans_out_use_other_buffers),
};

VDEV_MAIN(tests)
