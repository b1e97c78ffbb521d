/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * Statistics and burst functions of ports with several queues, over devices that count by queue and by
 * port: what no device that can be run here has.
 */

#include <string.h>

#include "compat_util.h"
#include "cmocka_util.h"
#include "dualbuf_port.h"
#include "dualbuf_rx_formats.h"
#include "dualbuf_stats.h"

#define NB_QUEUES 2

static struct dualbuf_port_stats counted; /* by the device that counts by port */

static void
port_stats(const struct rte_eth_dev *dev __rte_unused, struct dualbuf_port_stats *stats)
{
	*stats = counted;
}

static uint64_t
missed_by_queue(const struct dualbuf_rxq *rxq)
{
	return 10 + rxq->queue_id;
}

static uint64_t
errors_by_queue(const struct dualbuf_rxq *rxq)
{
	return 20 + rxq->queue_id;
}

static void
unsent_by_queue(const struct dualbuf_txq *txq, uint64_t *packets, uint64_t *bytes)
{
	*packets = 3 + txq->queue_id;
	*bytes = 300;
}

/* In a process that does not know of what another one knows. */
static uint64_t
none_missed(const struct dualbuf_rxq *rxq __rte_unused)
{
	return 0;
}

static void
none_unsent(const struct dualbuf_txq *txq __rte_unused, uint64_t *packets, uint64_t *bytes)
{
	*packets = 0;
	*bytes = 0;
}

static const struct dualbuf_device by_port = { .port_stats = port_stats };
static const struct dualbuf_device by_queue = {
	.rx_missed = missed_by_queue,
	.rx_errors = errors_by_queue,
	.tx_errors = unsent_by_queue,
};
static const struct dualbuf_device unknowing = {
	.rx_missed = none_missed,
	.rx_errors = errors_by_queue,
	.tx_errors = none_unsent,
};

static struct dualbuf_pool pool;
static struct dualbuf_ring ring;
static struct dualbuf_rxq rxqs[NB_QUEUES];
static struct dualbuf_txq txqs[NB_QUEUES];
static struct dualbuf_port port;
static struct rte_eth_dev_data data;
static struct rte_eth_dev dev;

static void
make_port(const struct dualbuf_device *device)
{
	uint16_t i;

	memset(&port, 0, sizeof(port));
	memset(&counted, 0, sizeof(counted));
	data = (struct rte_eth_dev_data){
		.dev_private = &port,
		.nb_rx_queues = NB_QUEUES,
		.nb_tx_queues = NB_QUEUES,
	};
	dev = (struct rte_eth_dev){
		.data = &data,
		.process_private = (void *)(uintptr_t)device,
	};
	for (i = 0; i < NB_QUEUES; i++) {
		rxqs[i] = (struct dualbuf_rxq){
			.queue_id = i,
			.ring = &ring,
			.pool = &pool,
			.stats = { .packets = 1000, .bytes = 64000, .errors = 1 },
		};
		txqs[i] = (struct dualbuf_txq){
			.queue_id = i,
			.stats = { .packets = 500, .bytes = 32000 },
		};
		port.rxqs[i] = &rxqs[i];
		port.txqs[i] = &txqs[i];
	}
}

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

/* Is there an extended statistic of this name? Its value, or UINT64_MAX. */
static uint64_t
xstat(const char *name)
{
	struct rte_eth_xstat_name names[64];
	struct rte_eth_xstat values[64];
	int nb = dualbuf_xstats_get_names(&dev, names, RTE_DIM(names)), i;

	assert_between(nb, 1, RTE_DIM(names));
	assert_int_equal(dualbuf_xstats_get(&dev, values, RTE_DIM(values)), nb);
	for (i = 0; i < nb; i++)
		if (strcmp(names[i].name, name) == 0)
			return values[i].value;
	return UINT64_MAX;
}

static void
missed_packets_are_named_by_queue_only_where_they_are_counted_so(void **state)
{
	(void)state;
	make_port(&by_queue);
	assert_int_equal(xstat("rx_q0_missed"), 10);
	assert_int_equal(xstat("rx_q1_missed"), 11);
	assert_int_equal(xstat("rx_q1_flips"), 0);
	make_port(&by_port);
	assert_true(xstat("rx_q0_missed") == UINT64_MAX);
	rxqs[1].stats.flips = 9;
	assert_int_equal(xstat("rx_q0_flips"), 0);
	assert_int_equal(xstat("rx_q1_flips"), 9);
}

static void
a_queue_that_is_released_counts_for_nothing(void **state)
{
	(void)state;
	make_port(&by_queue);
	port.rxqs[0] = NULL;
	port.txqs[1] = NULL;
	assert_int_equal(read_stats().imissed, 11);
	assert_int_equal(read_stats().oerrors, 3);
	assert_int_equal(xstat("rx_q0_missed"), 0);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
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
	eth_rx_burst_t plain =
			dualbuf_rx_burst_of(&dualbuf_rx_ext, DUALBUF_BURST_SCALAR, false, false);

	(void)state;
	rxqs[1].loan_flag = 1;
	assert_ptr_equal(dualbuf_rx_burst_for(queues, 1), plain);
	assert_ptr_not_equal(dualbuf_rx_burst_for(&queues[1], 1), plain);
	assert_ptr_equal(dualbuf_rx_burst_for(queues, NB_QUEUES), dualbuf_rx_burst_by_queue);
	/* where all are alike there is nothing between the application and the path */
	rxqs[1].loan_flag = 0;
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
	cmocka_unit_test(missed_packets_are_named_by_queue_only_where_they_are_counted_so),
	cmocka_unit_test(a_queue_that_is_released_counts_for_nothing),
	cmocka_unit_test(a_lock_that_is_never_released_is_taken_over_with_a_warning),
	cmocka_unit_test(every_queue_receives_with_its_own_burst_function),
};

TEST_MAIN(tests)
