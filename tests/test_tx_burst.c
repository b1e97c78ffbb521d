/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The descriptors that a burst writes, and how many packets the ring takes. */

#include "dualbuf_test.h"
#include "tx_util.h"

#include "tx_told_util.h"

/* Of a packet of so many bytes that asks for nothing. */
static void
assert_descriptor(uint32_t pos, const struct rte_mbuf *m, uint32_t cmd, uint32_t pkt_len)
{
	const struct told told = told_of(pos);

	cmd |= DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS;
	assert_int_equal(
			rte_le_to_cpu_64(txq.desc[pos].addr), (uintptr_t)m->buf_addr + m->data_off);
	assert_int_equal(cmd_of(pos), cmd | m->data_len);
	assert_int_equal(told.popts, 0);
	assert_false(told.is_segmented);
	assert_int_equal(told.tag, -1);
	assert_int_equal(told.len, TELLS_LEN ? pkt_len : 0);
}

static void
a_packet_is_one_descriptor_with_its_address_and_length(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 1, 1234);

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 8, false);
	assert_non_null(rte_pktmbuf_adj(m, 34));
	send_one(m);
	assert_descriptor(0, m, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 1200);
	assert_int_equal(doorbell, 1);
	assert_int_equal(txq.stats.packets, 1);
	assert_int_equal(txq.stats.bytes, 1200);
	assert_int_equal(txq.stats.errors, 0);
}

static void
each_segment_has_a_descriptor_and_the_last_ends_the_packet(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 4, 100), *seg;
	uint32_t pos;

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 8, false);
	send_one(m);
	for (pos = 0, seg = m; pos < 3; pos++, seg = seg->next)
		assert_descriptor(pos, seg, 0, 400);
	assert_descriptor(3, seg, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 400);
	assert_int_equal(doorbell, 4);
	assert_int_equal(txq.stats.packets, 1);
	assert_int_equal(txq.stats.bytes, 400);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 1);
	assert_int_equal(test_pool_missing(app), 0);
}

static void
a_tag_is_inserted_where_the_mbuf_asks_for_it(void **state)
{
	struct rte_mbuf *m[3];
	uint32_t pos, nb_data = 0;
	struct told told;
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 8, false);
	for (i = 0; i < 3; i++) {
		m[i] = test_alloc_chain(app, i == 2 ? 2 : 1, 60);
		m[i]->vlan_tci = 0xa000 + i;
		if (i > 0)
			m[i]->ol_flags |= RTE_MBUF_F_TX_VLAN;
	}
	assert_int_equal(send_all(m, 3), 3);
	for (pos = 0; pos < doorbell; pos++) {
		if (has_context(pos))
			continue;
		told = told_of(pos);
		i = RTE_MIN(nb_data++, 2u);
		assert_int_equal(told.tag, i == 0 ? -1 : 0xa000 + (int)i);
		assert_int_equal(told.popts, 0);
		assert_int_equal(told.len, TELLS_LEN ? m[i]->pkt_len : 0);
	}
	assert_int_equal(nb_data, 4);
	assert_int_equal(doorbell, DUALBUF_TXC_HAS_TAG ? 6 : 4);
	/* as it is on the wire, tags included */
	assert_int_equal(txq.stats.bytes, 60 + 64 + 124);
}

static void
a_full_ring_takes_what_fits_and_loses_nothing(void **state)
{
	struct rte_mbuf *m[NB_DESC + 8];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < RTE_DIM(m); i++)
		m[i] = test_alloc_chain(app, 1, 60);
	assert_int_equal(send_all(m, RTE_DIM(m)), NB_DESC - 1);
	assert_int_equal(doorbell, NB_DESC - 1);
	assert_int_equal(send_all(&m[NB_DESC - 1], 9), 0);
	assert_int_equal(txq.stats.packets, NB_DESC - 1);
	for (i = NB_DESC - 1; i < RTE_DIM(m); i++)
		assert_int_equal(rte_mbuf_refcnt_read(m[i]), 1);
	/* the first batch is done: as many go on */
	device_reads(8);
	assert_int_equal(send_all(&m[NB_DESC - 1], 9), 8);
	assert_int_equal(send_all(&m[NB_DESC + 7], 1), 0);
	device_reads(NO_LIMIT);
	assert_int_equal(send_all(&m[NB_DESC + 7], 1), 1);
}

static void
a_packet_with_too_few_free_descriptors_waits(void **state)
{
	struct rte_mbuf *m[2];

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	send_burst(28);
	m[0] = test_alloc_chain(app, 4, 60);
	m[1] = test_alloc_chain(app, 1, 60);
	/* order is kept: the short one behind it does not overtake */
	assert_int_equal(send_all(m, 2), 0);
	assert_int_equal(doorbell, 28);
	device_reads(8);
	assert_int_equal(send_all(m, 2), 2);
	assert_int_equal(doorbell, 1);
}

static void
the_longest_packet_fills_the_ring(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, NB_DESC - 1, 60);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	send_one(m);
	assert_int_equal(txq.stats.packets, 1);
	assert_int_equal(txq.stats.errors, 0);
	assert_int_equal(txq.nb_free, 0);
	device_reads(NO_LIMIT);
	assert_int_equal(format->done_cleanup(&txq, 0), 1);
}

static void
a_packet_longer_than_the_ring_is_taken_freed_and_counted(void **state)
{
	struct rte_mbuf *m[3];

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	m[0] = test_alloc_chain(app, 1, 60);
	m[1] = test_alloc_chain(app, NB_DESC, 60);
	m[2] = test_alloc_chain(app, 2, 60);
	assert_int_equal(send_all(m, 3), 3);
	assert_int_equal(txq.stats.packets, 2);
	assert_int_equal(txq.stats.bytes, 180);
	assert_int_equal(txq.stats.errors, 1);
	assert_int_equal(test_pool_missing(app), 3);
	assert_int_equal(doorbell, 3);
}

static void
a_doorbell_rings_once_and_only_for_packets(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, NB_DESC + 1, 60);

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	doorbell = DOORBELL_UNTOUCHED;
	assert_int_equal(send_all(NULL, 0), 0);
	assert_int_equal(send_all(&m, 1), 1);
	assert_int_equal(doorbell, DOORBELL_UNTOUCHED);
	assert_int_equal(txq.stats.errors, 1);
	send_burst(3);
	assert_int_equal(doorbell, 3);
}

static void
batches_wrap_with_the_ring(void **state)
{
	unsigned int round, sent = 0;

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 4, false);
	for (round = 0; round < 1000; round++) {
		send_burst(1 + round % 23);
		sent += 1 + round % 23;
		assert_int_equal(doorbell, sent % NB_DESC);
		device_reads(NO_LIMIT);
	}
	assert_int_equal(txq.stats.packets, sent);
	assert_int_equal(format->done_cleanup(&txq, 0), 1 + 999 % 23);
	assert_int_equal(test_pool_missing(app), 0);
}

/* Random bursts, segments, progress of the device and cleaning; order and content are followed. */
struct sent {
	uint64_t addr[NB_DESC];
	uint16_t len[NB_DESC];
	unsigned int checked; /* position up to which the device has looked */
};

static void
device_checks(struct sent *sent, uint32_t limit)
{
	uint32_t n;

	for (n = 0; n < limit && device_head != doorbell; n++) {
		assert_int_equal(rte_le_to_cpu_64(txq.desc[device_head].addr),
				sent->addr[device_head]);
		assert_int_equal(
				cmd_of(device_head) & DUALBUF_TXD_LEN_MASK, sent->len[device_head]);
		device_reads(1);
	}
}

static void
note_sent(struct sent *sent, uint32_t *pos, const struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next) {
		sent->addr[*pos] = (uintptr_t)m->buf_addr + m->data_off;
		sent->len[*pos] = m->data_len;
		*pos = (*pos + 1) % NB_DESC;
	}
}

static void
send_random(struct sent *sent, uint64_t *seed)
{
	uint16_t n = 1 + test_random_below(seed, 20), i, taken;
	struct rte_mbuf *m[20];
	uint32_t pos = doorbell;

	for (i = 0; i < n; i++)
		m[i] = test_alloc_chain(test_random_below(seed, 20) == 0 ? other : app,
				1 + test_random_below(seed, 4), 60 + test_random_below(seed, 900));
	taken = send_all(m, n);
	for (i = 0; i < taken; i++)
		note_sent(sent, &pos, m[i]);
	assert_int_equal(doorbell, pos);
	rte_pktmbuf_free_bulk(&m[taken], n - taken);
}

static void
run_random_transmission(bool fast_free, uint16_t free_thresh, uint16_t rs_thresh)
{
	uint64_t seed = 0x9e3779b97f4a7c15 + free_thresh + rs_thresh;
	struct sent sent = { 0 };
	unsigned int i;

	print_message("seed %#llx\n", (unsigned long long)seed);
	make_txq(NB_DESC, free_thresh, rs_thresh, fast_free);
	for (i = 0; i < 20000; i++) {
		send_random(&sent, &seed);
		device_checks(&sent, test_random_below(&seed, 64));
		if (test_random_below(&seed, 4) == 0)
			format->done_cleanup(&txq, test_random_below(&seed, 12));
		assert_int_equal(test_pool_missing(app) + test_pool_missing(other),
				NB_DESC - 1 - txq.nb_free);
	}
	device_checks(&sent, NO_LIMIT);
	format->done_cleanup(&txq, 0);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	free_txq();
}

static void
random_bursts_are_sent_in_order_and_all_freed(void **state)
{
	(void)state;
	run_random_transmission(false, 1, 1);
	run_random_transmission(false, NB_DESC - 1, NB_DESC - 1);
	run_random_transmission(true, 8, 4);
	run_random_transmission(true, 16, 32);
}

static const struct CMUnitTest tests[] = {
	with_pools(a_packet_is_one_descriptor_with_its_address_and_length),
	with_pools(each_segment_has_a_descriptor_and_the_last_ends_the_packet),
	with_pools(a_tag_is_inserted_where_the_mbuf_asks_for_it),
	with_pools(a_full_ring_takes_what_fits_and_loses_nothing),
	with_pools(a_packet_with_too_few_free_descriptors_waits),
	with_pools(the_longest_packet_fills_the_ring),
	with_pools(a_packet_longer_than_the_ring_is_taken_freed_and_counted),
	with_pools(a_doorbell_rings_once_and_only_for_packets),
	with_pools(batches_wrap_with_the_ring),
	with_pools(random_bursts_are_sent_in_order_and_all_freed),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
