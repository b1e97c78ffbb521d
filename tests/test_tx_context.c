/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets that ask for checksums or tags: contexts in the ring. */

#include "dualbuf_test.h"
#include "tx_util.h"

#include "tx_asking_util.h"

/* A ring of no packets whose next descriptor is that one. */
static void
make_txq_at(uint16_t pos, bool fast_free)
{
	make_txq(NB_DESC, 1, 8, fast_free);
	while (txq.next != pos) {
		send_burst(1);
		device_reads(1);
		assert_int_equal(format->done_cleanup(&txq, 0), 1);
	}
}

static void
a_context_says_where_the_sums_of_the_packet_behind_it_are(void **state)
{
	struct rte_mbuf *m = asking(&tcp4, 1);
	struct told told;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m->vlan_tci = 0x123;
	assert_true(sends_context(m));
	assert_int_equal(doorbell, 2);
	told = told_of(1);
	assert_int_equal(told.l3, 14);
	assert_int_equal(told.l4, 34);
	assert_true(told.is_ipv4);
	assert_int_equal(told.l4_type, DUALBUF_TX_L4_TCP);
	assert_int_equal(told.headers, 0);
	assert_int_equal(told.mss, 0);
	assert_int_equal(told.payload, 0);
	assert_int_equal(told.popts, 3);
	assert_int_equal(told.tag, -1);
	assert_int_equal(told.len, TELLS_LEN ? 100 : 0);
	assert_int_equal(cmd_of(1), DATA | DUALBUF_TXD_EOP | DUALBUF_TXD_RS | 100);
	assert_int_equal(txq.stats.packets, 1);
	assert_int_equal(txq.stats.bytes, 100);
}

/* Which sums are inserted is each packet's own; udp has its sum elsewhere than tcp. */
static void
only_what_is_asked_for_is_inserted(void **state)
{
	static const struct {
		uint64_t flags;
		uint8_t popts;
		bool is_ipv4;
		enum dualbuf_tx_l4 l4_type;
	} cases[] = {
		{ RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM, 1, true, DUALBUF_TX_L4_UDP },
		{ RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM, 2, true, DUALBUF_TX_L4_UDP },
		{ RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_TCP_CKSUM, 2, true, DUALBUF_TX_L4_TCP },
		{ RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_TCP_CKSUM, 2, false, DUALBUF_TX_L4_TCP },
		{ RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_UDP_CKSUM, 2, false, DUALBUF_TX_L4_UDP },
	};
	struct told told;
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		make_txq(NB_DESC, 1, 8, false);
		m = asking(&tcp4, 1);
		m->ol_flags = cases[i].flags;
		assert_true(sends_context(m));
		told = told_of(1);
		assert_int_equal(told.popts, cases[i].popts);
		assert_int_equal(told.is_ipv4, cases[i].is_ipv4);
		assert_int_equal(told.l4_type, cases[i].l4_type);
		free_txq();
	}
}

/* What a format does not offer its burst passes over. */
static void
the_sum_of_sctp_is_inserted_where_there_is_such_an_offload(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 1, 100);
	struct told told;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m->l2_len = 14;
	m->l3_len = 20;
	m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_SCTP_CKSUM;
	assert_int_equal(sends_context(m), DUALBUF_TXC_HAS_SCTP);
	assert_int_equal((format->offloads & RTE_ETH_TX_OFFLOAD_SCTP_CKSUM) != 0,
			DUALBUF_TXC_HAS_SCTP);
	told = told_of(DUALBUF_TXC_HAS_SCTP ? 1 : 0);
	assert_int_equal(told.popts, DUALBUF_TXC_HAS_SCTP ? 2 : 0);
	if (!DUALBUF_TXC_HAS_SCTP)
		return;
	assert_int_equal(told.l4_type, DUALBUF_TX_L4_SCTP);
	assert_int_equal(told.l4, 34);
	/* a segment is one of TCP, whatever else is asked for */
	m = segmented(2, 60);
	m->ol_flags = (m->ol_flags & ~RTE_MBUF_F_TX_L4_MASK) | RTE_MBUF_F_TX_SCTP_CKSUM;
	assert_true(sends_context(m));
	assert_int_equal(told_of(3).l4_type, DUALBUF_TX_L4_TCP);
}

static void
headers_in_a_tunnel_are_found_behind_the_outer_ones(void **state)
{
	struct rte_mbuf *m = asking(&tcp4, 1);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m->outer_l2_len = 14;
	m->outer_l3_len = 20;
	assert_true(sends_context(m));
	assert_int_equal(told_of(1).l3, 14);
	m = asking(&tcp4, 1);
	m->outer_l2_len = 14;
	m->outer_l3_len = 20;
	m->ol_flags |= RTE_MBUF_F_TX_OUTER_IPV4;
	assert_true(sends_context(m));
	assert_int_equal(told_of(3).l3, 48);
	assert_int_equal(told_of(3).l4, 68);
}

static void
a_context_is_written_when_it_changes_and_only_then(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_true(sends_context(asking(&tcp4, 1)));
	assert_false(sends_context(asking(&tcp4, 1)));
	assert_false(sends_context(asking(&tcp4, 3)));
	/* packets between that need none change none */
	assert_false(sends_context(test_alloc_chain(app, 2, 60)));
	assert_false(sends_context(asking(&tcp4, 1)));
	assert_true(sends_context(asking(&udp4, 2)));
	assert_false(sends_context(asking(&udp4, 1)));
	assert_true(sends_context(asking(&tcp6, 1)));
	assert_true(sends_context(asking(&tcp4, 1)));
	/* the same for other sums of the same headers */
	m = asking(&tcp4, 1);
	m->ol_flags &= ~RTE_MBUF_F_TX_IP_CKSUM;
	assert_false(sends_context(m));
	m = asking(&tcp4, 1);
	m->l2_len = 18;
	assert_true(sends_context(m));
}

/* Packets of two kinds in turns change no context, where a queue has two of them. */
static void
each_kind_of_packet_keeps_its_context_while_there_is_one(void **state)
{
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < 8; i++) {
		assert_int_equal(sends_context(asking(i % 2 == 0 ? &tcp4 : &udp4, 1)),
				i < 2 || DUALBUF_TXC_SLOTS < 2);
		assert_int_equal(told_of(txq.next - 1).l4_type,
				i % 2 == 0 ? DUALBUF_TX_L4_TCP : DUALBUF_TX_L4_UDP);
	}
	/* a third takes the place of the one not used last */
	assert_true(sends_context(asking(&tcp6, 1)));
	assert_false(told_of(txq.next - 1).is_ipv4);
	assert_int_equal(sends_context(asking(&udp4, 1)), DUALBUF_TXC_SLOTS < 2);
	assert_true(told_of(txq.next - 1).is_ipv4);
	assert_int_equal(told_of(txq.next - 1).l4_type, DUALBUF_TX_L4_UDP);
}

/* Of headers, a tag says nothing: packets that ask for no more share a context, wherever theirs are. */
static void
a_tag_needs_a_context_where_it_is_in_one(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_int_equal(sends_context(tagged(test_alloc_chain(app, 1, 60), 0x0a1)),
			DUALBUF_TXC_HAS_TAG);
	assert_int_equal(told_of(txq.next - 1).tag, 0x0a1);
	m = tagged(test_alloc_chain(app, 2, 60), 0x0a1);
	m->l2_len = 14;
	assert_false(sends_context(m));
	assert_int_equal(told_of(txq.next - 1).tag, 0x0a1);
	assert_int_equal(sends_context(tagged(test_alloc_chain(app, 1, 60), 0)),
			DUALBUF_TXC_HAS_TAG);
	assert_int_equal(told_of(txq.next - 1).tag, 0);
	assert_int_equal(told_of(txq.next - 1).popts, 0);
	/* with sums it is all one context */
	assert_true(sends_context(tagged(asking(&tcp4, 2), 0xffff)));
	assert_int_equal(told_of(txq.next - 1).tag, 0xffff);
	assert_int_equal(told_of(txq.next - 1).l4, 34);
	assert_int_equal(sends_context(tagged(asking(&tcp4, 1), 0xfffe)), DUALBUF_TXC_HAS_TAG);
	assert_int_equal(told_of(txq.next - 1).tag, 0xfffe);
	assert_true(format->offloads & RTE_ETH_TX_OFFLOAD_VLAN_INSERT);
	assert_int_equal((format->context_offloads & RTE_ETH_TX_OFFLOAD_VLAN_INSERT) != 0,
			DUALBUF_TXC_HAS_TAG);
}

static void
a_burst_of_all_sorts_is_in_order(void **state)
{
	static const bool contexts[] = { false, true, false, false, true, false, false };
	struct rte_mbuf *m[5] = { test_alloc_chain(app, 1, 60), asking(&tcp4, 1),
		test_alloc_chain(app, 1, 60), asking(&udp4, 1), asking(&udp4, 1) };
	unsigned int i, k = 0;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_int_equal(send_all(m, 5), 5);
	assert_int_equal(doorbell, 7);
	for (i = 0; i < 7; i++) {
		assert_int_equal(has_context(i), contexts[i]);
		if (!contexts[i])
			assert_ptr_equal(txq.mbufs[i], m[k++]);
		assert_int_equal(asks_for_report(i), i == 6);
	}
	assert_int_equal(txq.stats.packets, 5);
	assert_int_equal(txq.stats.bytes, 420);
}

static void
the_ring_may_end_between_a_context_and_its_packet(void **state)
{
	uint16_t pos;

	(void)state;
	for (pos = 0; pos < NB_DESC; pos++) {
		make_txq_at(pos, pos % 2);
		assert_true(sends_context(asking(&tcp4, 2)));
		assert_int_equal(txq.nb_free, NB_DESC - 4);
		assert_statuses(3);
		device_reads(2);
		assert_statuses(3);
		assert_int_equal(format->done_cleanup(&txq, 0), 0);
		device_reads(1);
		assert_statuses(0);
		assert_int_equal(format->done_cleanup(&txq, 0), 1);
		assert_int_equal(txq.nb_free, NB_DESC - 1);
		free_txq();
		assert_int_equal(test_pool_missing(app), 0);
	}
}

/* What was not written, the device was not told. */
static void
a_packet_waits_that_has_room_without_its_context(void **state)
{
	struct rte_mbuf *m = asking(&tcp4, 1);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	send_burst(NB_DESC - 2);
	assert_int_equal(send_all(&m, 1), 0);
	assert_int_equal(doorbell, NB_DESC - 2);
	device_reads(NO_LIMIT);
	assert_true(sends_context(m));
	/* with the context told, one descriptor is enough */
	send_burst(NB_DESC - 4);
	assert_int_equal(txq.nb_free, 1);
	assert_false(sends_context(asking(&tcp4, 1)));
}

static void
a_packet_that_fills_the_ring_has_no_room_for_a_context(void **state)
{
	struct rte_mbuf *m = asking(&tcp4, NB_DESC - 1);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	send_one(m);
	assert_int_equal(txq.stats.errors, 1);
	assert_int_equal(txq.stats.packets, 0);
	assert_int_equal(test_pool_missing(app), 0);
	assert_true(sends_context(asking(&tcp4, NB_DESC - 2)));
	assert_int_equal(txq.nb_free, 0);
	device_reads(NO_LIMIT);
	assert_false(sends_context(asking(&tcp4, NB_DESC - 1)));
	assert_int_equal(txq.stats.errors, 1);
}

/* A batch is so many packets; contexts are not counted, and never its last descriptor. */
static void
reports_are_asked_for_by_packets_and_not_by_contexts(void **state)
{
	struct rte_mbuf *m[8];
	unsigned int i;
	uint32_t pos;

	(void)state;
	make_txq(NB_DESC, 1, 3, false);
	for (i = 0; i < 8; i++)
		m[i] = asking(i % 3 == 0 ? &tcp4 : i % 3 == 1 ? &udp4 : &tcp6, 1);
	assert_int_equal(send_all(m, 8), 8);
	assert_int_equal(doorbell, 16);
	for (pos = 0; pos < 16; pos++)
		assert_int_equal(asks_for_report(pos), pos == 5 || pos == 11 || pos == 15);
	device_reads(6);
	assert_statuses(10);
	assert_int_equal(format->done_cleanup(&txq, 0), 3);
	assert_int_equal(test_pool_missing(app), 5);
	device_reads(NO_LIMIT);
	/* with a limit batches are cut, behind packets */
	assert_int_equal(format->done_cleanup(&txq, 2), 2);
	assert_int_equal(test_pool_missing(app), 3);
	assert_int_equal(format->done_cleanup(&txq, 2), 2);
	assert_int_equal(format->done_cleanup(&txq, 2), 1);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
}

static void
fast_free_passes_over_contexts(void **state)
{
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 8, true);
	for (i = 0; i < 100; i++) {
		send_one(asking(i % 3 == 0 ? &tcp4 : &udp4, 1 + i % 4));
		device_reads(NO_LIMIT);
	}
	assert_int_equal(send_all(NULL, 0), 0);
	assert_int_equal(test_pool_missing(app), 0);
}

static void
restart_forgets_the_context(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_true(sends_context(asking(&tcp4, 1)));
	assert_true(sends_context(asking(&udp4, 1)));
	format->restart(&txq);
	assert_true(sends_context(asking(&udp4, 1)));
	assert_true(sends_context(asking(&tcp4, 1)));
	assert_int_equal(test_pool_missing(app), 2);
	assert_int_equal(txq.stats.unsent, 2);
	assert_int_equal(txq.stats.unsent_bytes, 200);
}

static const struct CMUnitTest tests[] = {
	with_pools(a_context_says_where_the_sums_of_the_packet_behind_it_are),
	with_pools(only_what_is_asked_for_is_inserted),
	with_pools(the_sum_of_sctp_is_inserted_where_there_is_such_an_offload),
	with_pools(headers_in_a_tunnel_are_found_behind_the_outer_ones),
	with_pools(a_context_is_written_when_it_changes_and_only_then),
	with_pools(each_kind_of_packet_keeps_its_context_while_there_is_one),
	with_pools(a_tag_needs_a_context_where_it_is_in_one),
	with_pools(a_burst_of_all_sorts_is_in_order),
	with_pools(the_ring_may_end_between_a_context_and_its_packet),
	with_pools(a_packet_waits_that_has_room_without_its_context),
	with_pools(a_packet_that_fills_the_ring_has_no_room_for_a_context),
	with_pools(reports_are_asked_for_by_packets_and_not_by_contexts),
	with_pools(fast_free_passes_over_contexts),
	with_pools(restart_forgets_the_context),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
