/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * A primary whose table of mempool operations is full before it has a port: return pools share a place
 * in it with other mempools, and a secondary has to share the same one.
 */

#include "packet_util.h"
#include "secondary_util.h"

static int
place_of(const char *name)
{
	int place;

	for (place = rte_mempool_ops_table.num_ops - 1; place >= 0; place--)
		if (strcmp(rte_mempool_ops_table.ops[place].name, name) == 0)
			break;
	return place;
}

/* The secondary fills its table behind EAL's start, and the port that is plugged then reaches it too. */
static struct secondary
start_and_plug(const char *how, uint16_t *port)
{
	struct secondary secondary = start_secondary(how);

	*port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	assert_int_equal(ask_one(&secondary, 'p'), 1);
	vdev_start(*port);
	return secondary;
}

static void
assert_said(const struct secondary *secondary, const char *text)
{
	if (strstr(log_of(secondary), text) == NULL)
		fail_msg("\"%s\" is not in: %s", text, log_of(secondary));
}

static void
free_in_secondary(const char *how)
{
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	struct secondary secondary;
	unsigned int freed[2];
	struct rte_ring *ring;
	uint16_t port;

	secondary = start_and_plug(how, &port);
	receive_all(port, 0, &batch);
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	ring = hand_over(&batch);
	ask(&secondary, 'f', freed, 2);
	assert_int_equal(freed[0], 200);
	assert_int_equal(vdev_xstat(port, 0, "home"), 2 * VDEV_DESC);
	/* its table is as it was but for the place that is shared */
	assert_int_equal(ask_one(&secondary, 'd'), 0);
	end_secondary(&secondary);
	assert_said(&secondary, "return pools share that of \"lf_stack\"");
	rte_ring_free(ring);
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
what_a_secondary_with_a_full_table_frees_comes_home(void **state)
{
	(void)state;
	free_in_secondary("full");
}

static void
a_secondary_with_room_shares_the_place_of_the_primary(void **state)
{
	(void)state;
	free_in_secondary("plain");
}

static void
what_a_secondary_frees_after_the_queue_is_gone_goes_to_the_pool(void **state)
{
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	struct secondary secondary;
	struct rte_ring *ring;
	uint16_t port;

	(void)state;
	secondary = start_and_plug("full", &port);
	receive_all(port, 0, &batch);
	ring = hand_over(&batch);
	vdev_unplug(port);
	assert_false(vdev_is_full(mp));
	assert_int_equal(ask_one(&secondary, 'f'), 200);
	assert_pool_full(mp);
	end_secondary(&secondary);
	rte_ring_free(ring);
}

/* Pools of the operations whose place is shared. */
static void
what_a_secondary_frees_to_a_pool_of_the_owner_is_there(void **state)
{
	struct rte_mempool *mp = rte_pktmbuf_pool_create_by_ops(
			"owners", 127, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, "lf_stack");
	struct batch batch = { 0 };
	struct secondary secondary;
	struct rte_ring *ring;
	uint16_t port;

	(void)state;
	assert_non_null(mp);
	secondary = start_and_plug("full", &port);
	while (batch.nb < 100)
		batch_add(&batch, rte_pktmbuf_alloc(mp));
	ring = hand_over(&batch);
	assert_int_equal(ask_one(&secondary, 'f'), 100);
	assert_true(rte_mempool_full(mp));
	end_secondary(&secondary);
	rte_ring_free(ring);
	rte_mempool_free(mp);
}

/* The place has another index there, or is not there at all. */
static void
assert_refused(const char *how, const char *reason)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	struct secondary secondary;
	struct batch batch = { 0 };

	vdev_start(port);
	secondary = start_secondary(how);
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	end_secondary(&secondary);
	assert_said(&secondary, reason);
	/* and here all goes on */
	assert_int_equal(receive_all(port, 0, &batch), 200);
	batch_free(&batch);
	vdev_unplug(port);
}

static void
a_secondary_that_cannot_share_the_place_is_refused_with_both_indexes(void **state)
{
	int index = place_of("lf_stack");

	(void)state;
	assert_refused("disturbed",
			vdev_text("mempool ops \"lf_stack\" have index %d here and %d in",
					index + 1, index));
	assert_refused("crowded",
			vdev_text("mempool ops \"lf_stack\" have index %d in the primary", index));
}

static void
fill_table(void)
{
	if (place_of("lf_stack") < 0)
		skip_all("this DPDK has no mempool driver \"lf_stack\"");
	ops_fill_table();
}

static int
set_up_group(void **state)
{
	(void)state;
	return secondary_set_up_group(fill_table);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vdev_test(what_a_secondary_with_a_full_table_frees_comes_home),
		vdev_test(a_secondary_with_room_shares_the_place_of_the_primary),
		vdev_test(what_a_secondary_frees_after_the_queue_is_gone_goes_to_the_pool),
		vdev_test(what_a_secondary_frees_to_a_pool_of_the_owner_is_there),
		vdev_test(a_secondary_that_cannot_share_the_place_is_refused_with_both_indexes),
	};

	if (argc == 4)
		return be_secondary(argv[1], argv[2], argv[3]);
	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
