/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * Statistics and burst functions of ports with several queues, over devices that count by queue and by
 * port: what no device that can be run here has.
 */

#include "stats_util.h"
#include "dualbuf_rx_formats.h"

static struct rte_eth_stats
read_stats(void)
{
	struct rte_eth_stats stats = { 0 };

	assert_int_equal(dualbuf_stats_get(&dev, &stats, NULL), 0);
	return stats;
}

static struct eth_queue_stats
read_queue_stats(void)
{
	struct eth_queue_stats queues = { 0 };
	struct rte_eth_stats stats = { 0 };

	assert_int_equal(dualbuf_stats_get(&dev, &stats, &queues), 0);
	return queues;
}

static void
what_a_device_counts_by_port_is_counted_once_however_many_queues(void **state)
{
	struct rte_eth_stats stats;

	(void)state;
	make_port(&by_port);
	counted = (struct dualbuf_port_stats){ .missed = 7, .rx_errors = 5, .tx_errors = 3 };
	stats = read_stats();
	assert_int_equal(stats.imissed, 7);
	assert_int_equal(stats.ierrors, 5 + NB_QUEUES);
	assert_int_equal(stats.oerrors, 3);
	assert_int_equal(stats.opackets, 500 * NB_QUEUES - 3);
	assert_int_equal(read_queue_stats().q_errors[0], 1);
	assert_int_equal(read_queue_stats().q_errors[1], 1);
}

static void
a_reset_forgets_what_was_counted_by_port(void **state)
{
	struct rte_eth_stats stats;

	(void)state;
	make_port(&by_port);
	counted = (struct dualbuf_port_stats){ .missed = 7, .rx_errors = 5, .tx_errors = 3 };
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	stats = read_stats();
	assert_int_equal(stats.imissed, 0);
	assert_int_equal(stats.ierrors, 0);
	assert_int_equal(stats.oerrors, 0);
	assert_int_equal(stats.opackets, 0);
	counted.missed += 2;
	assert_int_equal(read_stats().imissed, 2);
}

/* Queues that were set up again begin at nothing, and the port does not. */
static void
packets_that_could_not_be_sent_never_make_less_than_none(void **state)
{
	(void)state;
	make_port(&by_port);
	counted.tx_errors = 5000;
	assert_int_equal(read_stats().opackets, 0);
	assert_int_equal(read_stats().oerrors, 5000);
}

/* They counted as sent before the reset, and are known to be lost after it. */
static void
packets_that_are_lost_after_a_reset_never_make_less_than_none(void **state)
{
	struct rte_eth_stats stats;

	(void)state;
	make_port(&by_port);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	txqs[0].stats.unsent = 20;
	txqs[0].stats.unsent_bytes = 1200;
	stats = read_stats();
	assert_int_equal(stats.opackets, 0);
	assert_int_equal(stats.obytes, 0);
	assert_int_equal(stats.oerrors, 20);
	txqs[0].stats.packets += 50;
	txqs[0].stats.bytes += 3000;
	stats = read_stats();
	assert_int_equal(stats.opackets, 30);
	assert_int_equal(stats.obytes, 1800);
}

static void
a_process_that_knows_less_than_the_one_that_reset_sees_nothing_below_zero(void **state)
{
	struct rte_eth_stats stats;

	(void)state;
	make_port(&by_queue);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	dev.process_private = (void *)(uintptr_t)&unknowing;
	txqs[0].stats.packets += 50;
	txqs[0].stats.bytes += 3000;
	stats = read_stats();
	assert_int_equal(stats.imissed, 0);
	assert_int_equal(stats.opackets, 50);
	assert_int_equal(stats.obytes, 3000);
	assert_int_equal(stats.oerrors, 0);
	/* and the one that knows more sees the same */
	dev.process_private = (void *)(uintptr_t)&by_queue;
	stats = read_stats();
	assert_int_equal(stats.imissed, 0);
	assert_int_equal(stats.opackets, 50);
	assert_int_equal(stats.oerrors, 0);
}

static void
what_a_device_counts_by_queue_is_summed_up(void **state)
{
	struct rte_eth_stats stats;

	(void)state;
	make_port(&by_queue);
	stats = read_stats();
	assert_int_equal(stats.imissed, 10 + 11);
	assert_int_equal(stats.ierrors, 20 + 21 + NB_QUEUES);
	assert_int_equal(stats.oerrors, 3 + 4);
	assert_int_equal(stats.opackets, 2 * 500 - 7);
	assert_int_equal(stats.obytes, 2 * (32000 - 300));
	assert_int_equal(read_queue_stats().q_errors[1], 21 + 1);
}

/* Queues that are set up again begin at nothing; what they count under their number goes on. */
static void
what_a_queue_has_counted_stays_when_it_goes(void **state)
{
	struct rte_eth_stats before, after;
	struct eth_queue_stats queues;

	(void)state;
	make_port(&by_queue);
	before = read_stats();
	dualbuf_stats_keep_rxq(&dev, 0);
	dualbuf_stats_keep_txq(&dev, 1);
	port.rxqs[0] = NULL;
	port.txqs[1] = NULL;
	after = read_stats();
	assert_memory_equal(&after, &before, sizeof(after));
	/* another one in its place */
	rxqs[0].stats = (struct dualbuf_rx_stats){ .packets = 7, .bytes = 448 };
	txqs[1].stats = (struct dualbuf_tx_stats){ .packets = 9, .bytes = 576 };
	port.rxqs[0] = &rxqs[0];
	port.txqs[1] = &txqs[1];
	queues = read_queue_stats();
	assert_int_equal(queues.q_ipackets[0], 1000 + 7);
	assert_int_equal(queues.q_ibytes[0], 64000 + 448);
	assert_int_equal(queues.q_opackets[1], 500 + 9 - 2 * 4);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	after = read_stats();
	assert_int_equal(after.ipackets + after.opackets + after.imissed + after.ierrors, 0);
	rxqs[0].stats.packets++;
	assert_int_equal(read_stats().ipackets, 1);
	/* also one that is gone when the counters are reset */
	dualbuf_stats_keep_rxq(&dev, 0);
	port.rxqs[0] = NULL;
	assert_int_equal(read_stats().ipackets, 1);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	assert_int_equal(read_stats().ipackets, 0);
}

/* A process that was killed while it held the lock must not hold up the others for ever. */
static void
a_lock_that_is_never_released_is_taken_over_with_a_warning(void **state)
{
	(void)state;
	make_port(&by_queue);
	rte_spinlock_init(&port.queues_lock);
	rte_spinlock_lock(&port.queues_lock);
	assert_int_equal(read_stats().imissed, 21);
	assert_int_equal(rte_spinlock_is_locked(&port.queues_lock), 0);
}

static void
every_queue_receives_with_its_own_burst_function(void **state)
{
	void *queues[NB_QUEUES] = { &rxqs[0], &rxqs[1] };
	eth_rx_burst_t plain = dualbuf_rx_burst_with(&dualbuf_rx_ext, DUALBUF_BURST_SCALAR, 0);

	(void)state;
	rxqs[1].features = RX_DEFERRED;
	assert_ptr_equal(dualbuf_rx_burst_for(queues, 1), plain);
	assert_ptr_not_equal(dualbuf_rx_burst_for(&queues[1], 1), plain);
	assert_ptr_equal(dualbuf_rx_burst_for(queues, NB_QUEUES), dualbuf_rx_burst_by_queue);
	/* where all are alike there is nothing between the application and the path */
	rxqs[1].features = 0;
	assert_ptr_equal(dualbuf_rx_burst_for(queues, NB_QUEUES), plain);
	assert_int_equal(dualbuf_rx_burst_for(queues, 0)(NULL, NULL, 5), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_a_device_counts_by_port_is_counted_once_however_many_queues),
	cmocka_unit_test(a_reset_forgets_what_was_counted_by_port),
	cmocka_unit_test(packets_that_could_not_be_sent_never_make_less_than_none),
	cmocka_unit_test(packets_that_are_lost_after_a_reset_never_make_less_than_none),
	cmocka_unit_test(a_process_that_knows_less_than_the_one_that_reset_sees_nothing_below_zero),
	cmocka_unit_test(what_a_device_counts_by_queue_is_summed_up),
	cmocka_unit_test(what_a_queue_has_counted_stays_when_it_goes),
	cmocka_unit_test(a_lock_that_is_never_released_is_taken_over_with_a_warning),
	cmocka_unit_test(every_queue_receives_with_its_own_burst_function),
};

TEST_MAIN(tests)
