/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <sys/resource.h>

#include "compat_util.h"
#include "packet_util.h"
#include "secondary_util.h"

static void
a_secondary_sees_the_statistics(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int seen[4];

	(void)state;
	vdev_start(port);
	receive_up_to(port, 0, &batch, 100);
	secondary = start_secondary("plain");
	assert_int_equal(ask_one(&secondary, 'p'), 1);
	ask(&secondary, 's', seen, 4);
	assert_int_equal(seen[0], 100);
	assert_int_equal(seen[1], VDEV_DESC);
	assert_int_equal(seen[2], 2 * VDEV_DESC);
	assert_int_equal(seen[3], VDEV_DESC);
	ask_text(&secondary, "T0\n", seen, 2);
	assert_int_equal(seen[0], 0);
	assert_int_equal(seen[1], EBUSY);
	batch_free(&batch);
	ask(&secondary, 's', seen, 4);
	assert_int_equal(seen[3], 2 * VDEV_DESC);
	end_secondary(&secondary);
}

static void
a_secondary_is_told_of_the_queues(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null", capture_of("uniform"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct secondary secondary;
	unsigned int seen[10];

	(void)state;
	vdev_start(port, .mp = mp, .nb_rx_desc = 72, .nb_tx_desc = 104);
	secondary = start_secondary("plain");
	ask(&secondary, 'I', seen, RTE_DIM(seen));
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 72);
	assert_int_equal(seen[2], 2048);
	assert_int_equal(seen[3], mp->size);
	assert_int_equal(seen[4], RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(seen[5], 104);
	assert_between(seen[6], 1, 103);
	assert_int_equal(seen[7], RTE_ETH_QUEUE_STATE_STARTED);
	assert_true(seen[8] > 0);
	assert_true(seen[9] > 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	ask(&secondary, 'I', seen, RTE_DIM(seen));
	assert_int_equal(seen[4], RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(seen[7], RTE_ETH_QUEUE_STATE_STOPPED);
	end_secondary(&secondary);
}

/* Send packets that the port's file has no room for, and wait until it is found out. */
static unsigned int
lose_packets(uint16_t port)
{
	const struct packets packets = capture_read(capture_of("uniform"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct rlimit old, limit;
	double since = 0;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = 1000, .rlim_max = old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	send_packets(port, 0, mp, &packets);
	while (vdev_stats(port).oerrors == 0 && vdev_wait(&since))
		;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_true(vdev_stats(port).oerrors > 0);
	assert_int_equal(vdev_stats(port).opackets + vdev_stats(port).oerrors, packets.nb);
	return packets.nb;
}

/* Until the stop it is the primary alone that knows what its file lost. */
static void
what_the_primary_knew_at_a_reset_leaves_the_secondary_nothing_below_zero(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=%s", capture_name("out.pcap"));
	struct secondary secondary;
	unsigned int seen[2], nb;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	nb = lose_packets(port);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	ask(&secondary, 'o', seen, 2);
	assert_between(seen[0], 0, nb);
	assert_int_equal(seen[1], 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	ask(&secondary, 'o', seen, 2);
	assert_int_equal(seen[0], 0);
	assert_int_equal(seen[1], 0);
	end_secondary(&secondary);
}

static void
what_a_secondary_frees_comes_home(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int freed[2];
	struct rte_ring *ring;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	receive_all(port, 0, &batch);
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	ring = hand_over(&batch);
	ask(&secondary, 'f', freed, 2);
	assert_int_equal(freed[0], 200);
	assert_int_equal(freed[1], 200 * 60);
	assert_int_equal(vdev_xstat(port, 0, "home"), 2 * VDEV_DESC);
	end_secondary(&secondary);
	rte_ring_free(ring);
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
what_a_secondary_frees_after_the_queue_is_gone_goes_to_the_pool(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int freed[2];
	struct rte_ring *ring;

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &batch);
	secondary = start_secondary("plain");
	ring = hand_over(&batch);
	vdev_unplug(port);
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	assert_false(vdev_is_full(mp));
	ask(&secondary, 'f', freed, 2);
	assert_int_equal(freed[0], 200);
	assert_pool_full(mp);
	end_secondary(&secondary);
	rte_ring_free(ring);
}

/* EAL tells the primary nothing of it. */
static void
a_pool_that_a_secondary_frees_stops_the_port_that_uses_it(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", capture_of("uniform"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int freed;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	assert_int_equal(receive_up_to(port, 0, &batch, 100), 100);
	batch_free(&batch);
	vdev.nb_pools = 0; /* it is not the primary's to free any more */
	ask_text(&secondary, vdev_text("X%s\n", mp->name), &freed, 1);
	assert_int_equal(freed, 1);
	/* the memory that nobody can free */
	vdev.before.allocations++;
	vdev.before.memzones++;
	vdev_hush_ethdev();
	assert_int_equal(rte_eth_dev_start(port), -EINVAL);
	/* and with another pool all is well */
	vdev_start(port);
	assert_int_equal(receive_up_to(port, 0, &batch, 100), 100);
	batch_free(&batch);
	end_secondary(&secondary);
}

static void
a_port_that_is_plugged_later_appears_in_the_secondary(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("imix"));
	struct secondary secondary = start_secondary("plain");
	uint16_t other;

	(void)state;
	other = vdev_plug("rx_pcap=%s", capture_of("vlan"));
	assert_int_equal(ask_one(&secondary, 'p'), 2);
	vdev_unplug(port);
	assert_int_equal(ask_one(&secondary, 'p'), 1);
	vdev_unplug(other);
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	end_secondary(&secondary);
}

static void
a_secondary_with_other_plugins_is_refused_with_a_reason(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("imix"));
	struct secondary secondary;
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	secondary = start_secondary("disturbed");
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	end_secondary(&secondary);
	if (strstr(log_of(&secondary), "load the same plugins in the same order") == NULL)
		fail_msg("no reason: %s", log_of(&secondary));
	/* and here all goes on */
	assert_int_equal(receive_all(port, 0, &batch), 200);
	batch_free(&batch);
}

static void
a_secondary_without_a_place_is_refused_with_a_reason(void **state)
{
	struct secondary secondary;

	(void)state;
	vdev_plug("rx_pcap=%s", capture_of("imix"));
	secondary = start_secondary("crowded");
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	end_secondary(&secondary);
	if (strstr(log_of(&secondary), "in the primary process and no place here") == NULL)
		fail_msg("no reason: %s", log_of(&secondary));
}

static int
set_up_group(void **state)
{
	(void)state;
	return secondary_set_up_group(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vdev_test(a_secondary_sees_the_statistics),
		vdev_test(a_secondary_is_told_of_the_queues),
		vdev_test(what_the_primary_knew_at_a_reset_leaves_the_secondary_nothing_below_zero),
		vdev_test(what_a_secondary_frees_comes_home),
		vdev_test(what_a_secondary_frees_after_the_queue_is_gone_goes_to_the_pool),
		vdev_test(a_pool_that_a_secondary_frees_stops_the_port_that_uses_it),
		vdev_test(a_port_that_is_plugged_later_appears_in_the_secondary),
		vdev_test(a_secondary_with_other_plugins_is_refused_with_a_reason),
		vdev_test(a_secondary_without_a_place_is_refused_with_a_reason),
	};

	if (argc == 4)
		return be_secondary(argv[1], argv[2], argv[3]);
	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
