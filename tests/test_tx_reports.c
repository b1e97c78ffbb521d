/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which descriptors the device is to report, what a report frees, and what a queue says of them. */

#include "dualbuf_test.h"
#include "tx_util.h"

static void
only_the_last_descriptor_of_a_batch_asks_for_a_report(void **state)
{
	uint32_t pos;

	(void)state;
	make_txq(NB_DESC, 1, 3, false);
	send_burst(8);
	for (pos = 0; pos < 8; pos++)
		assert_int_equal(asks_for_report(pos), pos == 2 || pos == 5 || pos == 7);
	send_burst(1);
	assert_true(asks_for_report(8));
}

static void
a_report_frees_exactly_its_batch(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 3, false);
	send_burst(8);
	device_reads(2);
	assert_int_equal(format->done_cleanup(&txq, 0), 0);
	assert_int_equal(test_pool_missing(app), 8);
	device_reads(1);
	assert_int_equal(format->done_cleanup(&txq, 0), 3);
	assert_int_equal(test_pool_missing(app), 5);
	device_reads(3);
	assert_int_equal(format->done_cleanup(&txq, 0), 3);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 2);
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	assert_int_equal(format->done_cleanup(&txq, 0), 0);
}

/* Reports do not come in order when a device is broken; what is not reported is not freed. */
static void
a_later_report_frees_nothing_before_the_earlier_one(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 2, false);
	send_burst(4);
	dualbuf_tx_desc_set_done(&txq.desc[3]);
	assert_int_equal(format->done_cleanup(&txq, 0), 0);
	assert_int_equal(test_pool_missing(app), 4);
	dualbuf_tx_desc_set_done(&txq.desc[1]);
	assert_int_equal(format->done_cleanup(&txq, 0), 4);
}

/* ethdev: the number given is the most that is freed. */
static void
done_cleanup_frees_no_more_packets_than_asked_for(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 4, false);
	send_burst(12);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 5), 5);
	assert_int_equal(test_pool_missing(app), 7);
	assert_int_equal(txq.nb_free, NB_DESC - 1 - 7);
	assert_int_equal(format->done_cleanup(&txq, 1), 1);
	assert_int_equal(format->done_cleanup(&txq, 2), 2);
	assert_int_equal(format->done_cleanup(&txq, 4), 4);
	assert_int_equal(test_pool_missing(app), 0);
	send_burst(3);
	assert_int_equal(format->done_cleanup(&txq, 3), 0);
	assert_int_equal(test_pool_missing(app), 3);
}

static void
done_cleanup_counts_packets_and_frees_them_whole(void **state)
{
	struct rte_mbuf *m[4];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 4, false);
	for (i = 0; i < 4; i++)
		m[i] = test_alloc_chain(app, 1 + i, 60);
	assert_int_equal(send_all(m, 4), 4);
	device_reads(NO_LIMIT);
	for (i = 0; i < 4; i++) {
		assert_int_equal(format->done_cleanup(&txq, 1), 1);
		assert_int_equal(test_pool_missing(app), i == 0 ? 9 : i == 1 ? 7 : i == 2 ? 4 : 0);
	}
	assert_int_equal(txq.nb_free, NB_DESC - 1);
}

static void
nothing_is_freed_before_the_threshold(void **state)
{
	(void)state;
	make_txq(NB_DESC, 10, 4, false);
	send_burst(20);
	device_reads(NO_LIMIT);
	/* 11 are free */
	send_burst(1);
	assert_int_equal(test_pool_missing(app), 21);
	/* 10 */
	send_burst(1);
	assert_int_equal(test_pool_missing(app), 22);
	/* 9: what was reported is freed */
	send_burst(1);
	assert_int_equal(test_pool_missing(app), 3);
}

static void
the_status_of_every_descriptor_is_known_wherever_the_ring_stands(void **state)
{
	unsigned int round;

	(void)state;
	make_txq(NB_DESC, 1, 5, false);
	assert_statuses(0);
	for (round = 0; round < 3 * NB_DESC; round++) {
		send_burst(17);
		assert_statuses(17);
		device_reads(4); /* not a whole batch */
		assert_statuses(17);
		device_reads(1);
		assert_statuses(12);
		device_reads(5);
		assert_statuses(7);
		/* freed or not yet, they are done */
		assert_int_equal(format->done_cleanup(&txq, 0), 10);
		assert_statuses(7);
		device_reads(NO_LIMIT);
		assert_statuses(0);
		format->done_cleanup(&txq, 0);
		assert_statuses(0);
	}
}

static void
a_full_ring_has_one_descriptor_that_is_not(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 5, false);
	send_burst(NB_DESC - 1);
	assert_statuses(NB_DESC - 1);
}

static void
restart_frees_what_was_not_sent(void **state)
{
	struct rte_mbuf *shared = test_alloc_chain(app, 3, 60);

	(void)state;
	make_txq(NB_DESC, 1, 5, true);
	send_burst(20);
	device_reads(7);
	rte_pktmbuf_refcnt_update(shared, 1);
	send_one(shared);
	format->restart(&txq);
	assert_int_equal(test_pool_missing(app), 3);
	rte_pktmbuf_free(shared);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	assert_statuses(0);
	doorbell = 0;
	device_head = 0;
	send_burst(2);
	assert_int_equal(doorbell, 2);
}

/* The link was down, or the device slow: what it has not reported by the stop was not sent. */
static void
what_the_device_did_not_report_by_the_stop_is_unsent(void **state)
{
	struct rte_mbuf *m;
	unsigned int read;

	(void)state;
	for (read = 0; read <= 12; read += 4) {
		make_txq(NB_DESC, NB_DESC - 1, 4, read % 8 == 0);
		send_burst(8);
		m = test_alloc_chain(app, 3, 100);
		m->ol_flags |= RTE_MBUF_F_TX_VLAN;
		send_one(m);
		device_reads(read);
		format->restart(&txq);
		assert_int_equal(txq.stats.packets, 9);
		assert_int_equal(txq.stats.bytes, 8 * 60 + 304);
		assert_int_equal(txq.stats.unsent, read == 12 ? 0 : 9 - read);
		assert_int_equal(txq.stats.unsent_bytes, read == 12 ? 0 : (8 - read) * 60 + 304);
		/* once */
		format->restart(&txq);
		assert_int_equal(txq.stats.unsent, read == 12 ? 0 : 9 - read);
		free_txq();
	}
}

static const struct CMUnitTest tests[] = {
	with_pools(only_the_last_descriptor_of_a_batch_asks_for_a_report),
	with_pools(a_report_frees_exactly_its_batch),
	with_pools(a_later_report_frees_nothing_before_the_earlier_one),
	with_pools(done_cleanup_frees_no_more_packets_than_asked_for),
	with_pools(done_cleanup_counts_packets_and_frees_them_whole),
	with_pools(nothing_is_freed_before_the_threshold),
	with_pools(the_status_of_every_descriptor_is_known_wherever_the_ring_stands),
	with_pools(a_full_ring_has_one_descriptor_that_is_not),
	with_pools(restart_frees_what_was_not_sent),
	with_pools(what_the_device_did_not_report_by_the_stop_is_unsent),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
