/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets that the device is to segment. */

#include "dualbuf_test.h"
#include "tx_util.h"

#include "tx_asking_util.h"

static void
a_packet_to_be_segmented_has_a_context_with_the_size(void **state)
{
	struct told told;
	uint32_t pos;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_true(sends_context(segmented(3, 60)));
	for (pos = 1; pos < 4; pos++) {
		assert_int_equal(cmd_of(pos) & ~DUALBUF_TXD_RS,
				(DATA | DUALBUF_TXD_TSE | (pos == 3 ? DUALBUF_TXD_EOP : 0)) + 100);
		told = told_of(pos);
		assert_true(told.is_segmented);
		assert_int_equal(told.popts, 3);
		assert_int_equal(told.l3, 14);
		assert_int_equal(told.l4, 34);
		assert_int_equal(told.headers, 54);
		assert_int_equal(told.mss, 60);
		assert_int_equal(told.payload, 246);
	}
	/* where the device may have counted in it, it serves nobody else */
	assert_int_equal(sends_context(segmented(3, 60)), DUALBUF_TXC_COUNTS);
	assert_true(sends_context(segmented(3, 61)));
	assert_true(sends_context(asking(&tcp4, 1)));
}

/* 246 bytes behind 54 of headers, 60 in each frame: five frames, four of which have a copy of the headers. */
static void
segments_are_counted_as_the_frames_that_they_are(void **state)
{
	struct rte_mbuf *m = segmented(3, 60);

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 8, false);
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	send_one(m);
	assert_int_equal(txq.stats.packets, 5);
	assert_int_equal(txq.stats.bytes, 300 + 4 * 54 + 5 * 4);
	send_one(segmented(3, 246));
	assert_int_equal(txq.stats.packets, 6);
	send_one(segmented(3, 245));
	assert_int_equal(txq.stats.packets, 8);
	format->restart(&txq);
	assert_int_equal(txq.stats.unsent, 8);
	assert_int_equal(txq.stats.unsent_bytes, txq.stats.bytes);
}

/* Who does not call tx_prepare may send anything: no bit of a descriptor is set that was not asked for. */
static void
lengths_that_do_not_fit_change_no_command(void **state)
{
	struct rte_mbuf *m = segmented(1, 1);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m->pkt_len = UINT32_MAX;
	m->l2_len = 127;
	m->l3_len = 511;
	m->l4_len = 255;
	m->outer_l3_len = 511;
	m->ol_flags |= RTE_MBUF_F_TX_OUTER_IPV6;
	assert_true(sends_context(m));
	assert_int_equal(cmd_of(1) & ~DUALBUF_TXD_RS,
			(DATA | DUALBUF_TXD_TSE | DUALBUF_TXD_EOP) + 100);
	assert_true(told_of(1).is_ipv4);
	assert_int_equal(told_of(1).l4_type, DUALBUF_TX_L4_TCP);
	assert_int_equal(told_of(1).popts, 3);
	assert_int_equal(told_of(1).mss, 1);
	m = segmented(1, 60);
	m->l4_len = 255;
	assert_true(sends_context(m));
	assert_int_equal(told_of(3).payload, 0);
	/* without a size it is not segmented at all */
	m = segmented(1, 0);
	assert_true(sends_context(m));
	assert_false(told_of(5).is_segmented);
	assert_int_equal(told_of(5).mss, 0);
}

static const struct CMUnitTest tests[] = {
	with_pools(a_packet_to_be_segmented_has_a_context_with_the_size),
	with_pools(segments_are_counted_as_the_frames_that_they_are),
	with_pools(lengths_that_do_not_fit_change_no_command),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
