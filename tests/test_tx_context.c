/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets that ask for checksums or to be segmented: contexts in the ring. */

#include "dualbuf_test.h"
#include "l4_util.h"
#include "tx_util.h"

#define DATA (DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS)

static const struct l4_kind tcp4 = { .is_tcp = true }, udp4 = { .is_tcp = false };
static const struct l4_kind tcp6 = { .is_tcp = true, .is_ipv6 = true };

/* Nobody reads a packet's bytes here. */
static struct rte_mbuf *
asking(const struct l4_kind *kind, unsigned int nb_segs)
{
	struct rte_mbuf *m = test_alloc_chain(app, nb_segs, 100);

	l4_ask(kind, m);
	return m;
}

static struct rte_mbuf *
segmented(unsigned int nb_segs, uint16_t mss)
{
	struct rte_mbuf *m = test_alloc_chain(app, nb_segs, 100);

	l4_ask_tso(&tcp4, m, mss);
	return m;
}

static struct dualbuf_tx_context
context_at(uint32_t pos)
{
	struct dualbuf_tx_context context;

	context.halves[0] = txq.desc[pos].halves[0];
	context.halves[1] = txq.desc[pos].halves[1];
	return context;
}

static bool
has_context(uint32_t pos)
{
	return dualbuf_tx_is_context(cmd_of(pos));
}

/* Send a packet; says whether it got a context, and looks that the ring has no more than that of it. */
static bool
sends_context(struct rte_mbuf *m)
{
	uint16_t first = txq.next, nb_segs = m->nb_segs;

	send_one(m);
	assert_ptr_equal(has_context(first) ? NULL : m, txq.mbufs[first]);
	assert_int_equal((txq.next + NB_DESC - first) % NB_DESC, nb_segs + has_context(first));
	return has_context(first);
}

/* A ring of no packets whose next descriptor is that one. */
static void
make_txq_at(uint16_t pos, bool fast_free)
{
	make_txq(NB_DESC, 1, 8, fast_free);
	while (txq.next != pos) {
		send_burst(1);
		device_reads(1);
		assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 0), 1);
	}
}

static void
a_context_says_where_the_sums_of_the_packet_behind_it_are(void **state)
{
	struct rte_mbuf *m = asking(&tcp4, 1);
	struct dualbuf_tx_context context;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m->vlan_tci = 0x123;
	assert_true(sends_context(m));
	assert_int_equal(doorbell, 2);
	context = context_at(0);
	assert_int_equal(context.ip_start, 14);
	assert_int_equal(context.ip_sum, 14 + 10);
	assert_int_equal(rte_le_to_cpu_16(context.ip_end), 33);
	assert_int_equal(context.l4_start, 34);
	assert_int_equal(context.l4_sum, 34 + 16);
	assert_int_equal(context.l4_end, 0);
	assert_int_equal(rte_le_to_cpu_32(context.cmd_len),
			DUALBUF_TXD_DEXT | DUALBUF_TXC_IPV4 | DUALBUF_TXC_TCP);
	assert_int_equal(context.status, 0);
	assert_int_equal(context.headers_len, 0);
	assert_int_equal(context.mss, 0);
	assert_int_equal(cmd_of(1), DATA | DUALBUF_TXD_EOP | DUALBUF_TXD_RS | 100);
	assert_int_equal(txq.desc[1].popts, DUALBUF_TXD_IXSM | DUALBUF_TXD_TXSM);
	assert_int_equal(txq.desc[1].status, 0);
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
		uint8_t l4_sum;
		uint32_t cmd;
	} cases[] = {
		{ RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM, DUALBUF_TXD_IXSM, 40,
				DUALBUF_TXC_IPV4 },
		{ RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM, DUALBUF_TXD_TXSM, 40,
				DUALBUF_TXC_IPV4 },
		{ RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_TCP_CKSUM, DUALBUF_TXD_TXSM, 50,
				DUALBUF_TXC_IPV4 | DUALBUF_TXC_TCP },
		{ RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_TCP_CKSUM, DUALBUF_TXD_TXSM, 50,
				DUALBUF_TXC_TCP },
	};
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		make_txq(NB_DESC, 1, 8, false);
		m = asking(&tcp4, 1);
		m->ol_flags = cases[i].flags;
		assert_true(sends_context(m));
		assert_int_equal(txq.desc[1].popts, cases[i].popts);
		assert_int_equal(context_at(0).l4_sum, cases[i].l4_sum);
		assert_int_equal(rte_le_to_cpu_32(context_at(0).cmd_len),
				DUALBUF_TXD_DEXT | cases[i].cmd);
		assert_int_equal(rte_le_to_cpu_16(context_at(0).ip_end),
				cases[i].cmd & DUALBUF_TXC_IPV4 ? 33 : 0);
		free_txq();
	}
}

/* What the burst does not offer it passes over. */
static void
other_requests_need_no_context(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 1, 100);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_SCTP_CKSUM;
	assert_false(sends_context(m));
	assert_int_equal(txq.desc[0].popts, 0);
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
	assert_int_equal(context_at(0).ip_start, 14);
	m = asking(&tcp4, 1);
	m->outer_l2_len = 14;
	m->outer_l3_len = 20;
	m->ol_flags |= RTE_MBUF_F_TX_OUTER_IPV4;
	assert_true(sends_context(m));
	assert_int_equal(context_at(2).ip_start, 48);
	assert_int_equal(context_at(2).l4_start, 68);
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
		assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 0), 0);
		device_reads(1);
		assert_statuses(0);
		assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 0), 1);
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
		m[i] = asking(i % 2 == 0 ? &tcp4 : &udp4, 1);
	assert_int_equal(send_all(m, 8), 8);
	assert_int_equal(doorbell, 16);
	for (pos = 0; pos < 16; pos++)
		assert_int_equal(asks_for_report(pos), pos == 5 || pos == 11 || pos == 15);
	device_reads(6);
	assert_statuses(10);
	assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 0), 3);
	assert_int_equal(test_pool_missing(app), 5);
	device_reads(NO_LIMIT);
	/* with a limit batches are cut, behind packets */
	assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 2), 2);
	assert_int_equal(test_pool_missing(app), 3);
	assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 2), 2);
	assert_int_equal(dualbuf_tx_ext_done_cleanup(&txq, 2), 1);
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
	dualbuf_tx_ext_restart(&txq);
	assert_true(sends_context(asking(&tcp4, 1)));
	assert_int_equal(test_pool_missing(app), 1);
	assert_int_equal(txq.stats.unsent, 1);
	assert_int_equal(txq.stats.unsent_bytes, 100);
}

static void
a_packet_to_be_segmented_has_a_context_of_its_own(void **state)
{
	struct dualbuf_tx_context context;
	uint32_t pos;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_true(sends_context(segmented(3, 60)));
	context = context_at(0);
	assert_int_equal(rte_le_to_cpu_32(context.cmd_len),
			(DUALBUF_TXD_DEXT | DUALBUF_TXC_IPV4 | DUALBUF_TXC_TCP | DUALBUF_TXC_TSE) +
					246);
	assert_int_equal(context.headers_len, 54);
	assert_int_equal(rte_le_to_cpu_16(context.mss), 60);
	for (pos = 1; pos < 4; pos++) {
		assert_int_equal(cmd_of(pos) & ~DUALBUF_TXD_RS,
				(DATA | DUALBUF_TXD_TSE | (pos == 3 ? DUALBUF_TXD_EOP : 0)) + 100);
		assert_int_equal(txq.desc[pos].popts, DUALBUF_TXD_IXSM | DUALBUF_TXD_TXSM);
	}
	/* the device may have counted in it */
	assert_true(sends_context(segmented(3, 60)));
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
	dualbuf_tx_ext_restart(&txq);
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
	assert_int_equal(cmd_of(0) & ~DUALBUF_TXD_LEN_MASK,
			DUALBUF_TXD_DEXT | DUALBUF_TXC_IPV4 | DUALBUF_TXC_TCP | DUALBUF_TXC_TSE);
	m = segmented(1, 60);
	m->l4_len = 255;
	assert_true(sends_context(m));
	assert_int_equal(cmd_of(2) & DUALBUF_TXD_LEN_MASK, 0);
	/* without a size it is not segmented at all */
	m = segmented(1, 0);
	assert_true(sends_context(m));
	assert_false((cmd_of(4) | cmd_of(5)) & DUALBUF_TXD_TSE);
}

static const struct CMUnitTest tests[] = {
	with_pools(a_context_says_where_the_sums_of_the_packet_behind_it_are),
	with_pools(only_what_is_asked_for_is_inserted),
	with_pools(other_requests_need_no_context),
	with_pools(headers_in_a_tunnel_are_found_behind_the_outer_ones),
	with_pools(a_context_is_written_when_it_changes_and_only_then),
	with_pools(a_burst_of_all_sorts_is_in_order),
	with_pools(the_ring_may_end_between_a_context_and_its_packet),
	with_pools(a_packet_waits_that_has_room_without_its_context),
	with_pools(a_packet_that_fills_the_ring_has_no_room_for_a_context),
	with_pools(reports_are_asked_for_by_packets_and_not_by_contexts),
	with_pools(fast_free_passes_over_contexts),
	with_pools(restart_forgets_the_context),
	with_pools(a_packet_to_be_segmented_has_a_context_of_its_own),
	with_pools(segments_are_counted_as_the_frames_that_they_are),
	with_pools(lengths_that_do_not_fit_change_no_command),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
