/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The transmit path over descriptors in memory, and a device that reports what it is told to. */

#include "dualbuf_test.h"
#include "pool_util.h"

#include <rte_ethdev.h>

#include "dualbuf_txq.h"

#define NB_DESC 32
#define NO_LIMIT UINT32_MAX
#define DOORBELL_UNTOUCHED 0xdeadbeef

static struct rte_mempool *app, *other;
static struct dualbuf_txq txq;
static volatile uint32_t doorbell;
static uint32_t device_head; /* the device has read up to here */

/* Arrays have exactly the ring's length. */
static void
make_txq(uint16_t nb_desc, uint16_t free_thresh, uint16_t rs_thresh, bool fast_free)
{
	const size_t size = nb_desc * sizeof(*txq.desc);

	memset(&txq, 0, sizeof(txq));
	txq.desc = aligned_alloc(DUALBUF_RING_BASE_ALIGN, size);
	txq.mbufs = calloc(nb_desc, sizeof(*txq.mbufs));
	txq.batches = calloc(nb_desc, sizeof(*txq.batches));
	assert_non_null((const void *)(uintptr_t)txq.desc);
	assert_non_null(txq.mbufs);
	assert_non_null(txq.batches);
	memset((void *)(uintptr_t)txq.desc, 0xa5, size);
	txq.tail_reg = &doorbell;
	txq.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr);
	txq.nb_desc = nb_desc;
	txq.free_thresh = free_thresh;
	txq.rs_thresh = rs_thresh;
	txq.fast_free = fast_free;
	dualbuf_tx_restart(&txq);
	doorbell = 0;
	device_head = 0;
}

static void
free_txq(void)
{
	if (txq.desc == NULL)
		return;
	dualbuf_tx_restart(&txq);
	free((void *)(uintptr_t)txq.desc);
	free(txq.mbufs);
	free(txq.batches);
	memset(&txq, 0, sizeof(txq));
}

static int
set_up(void **state)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	(void)state;
	snprintf(name, sizeof(name), "tx%u", serial);
	app = test_pool_make(name, 255, 0);
	snprintf(name, sizeof(name), "tx_other%u", serial++);
	other = test_pool_make(name, 255, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free_txq();
	assert_pool_full(app);
	assert_pool_full(other);
	rte_mempool_free(app);
	rte_mempool_free(other);
	return 0;
}

static uint32_t
cmd_of(uint32_t pos)
{
	return rte_le_to_cpu_32(txq.desc[pos].cmd_len);
}

static bool
asks_for_report(uint32_t pos)
{
	return (cmd_of(pos) & DUALBUF_TXD_RS) != 0;
}

/* The device reads up to so many descriptors, and reports those that asked for it. */
static void
device_reads(uint32_t limit)
{
	uint32_t n;

	for (n = 0; n < limit && device_head != doorbell; n++) {
		if (asks_for_report(device_head))
			txq.desc[device_head].status = DUALBUF_TXD_STAT_DD;
		device_head = (device_head + 1) % txq.nb_desc;
	}
}

static uint16_t
send_all(struct rte_mbuf **m, uint16_t n)
{
	return dualbuf_tx_burst(&txq, m, n);
}

static void
send_one(struct rte_mbuf *m)
{
	assert_int_equal(send_all(&m, 1), 1);
}

/* n packets of one segment, in one burst. */
static void
send_burst(unsigned int n)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;

	for (i = 0; i < n; i++)
		m[i] = test_alloc_chain(app, 1, 60);
	assert_int_equal(send_all(m, n), n);
}

static void
assert_descriptor(uint32_t pos, const struct rte_mbuf *m, uint32_t cmd)
{
	cmd |= DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS;
	assert_int_equal(
			rte_le_to_cpu_64(txq.desc[pos].addr), (uintptr_t)m->buf_addr + m->data_off);
	assert_int_equal(cmd_of(pos), cmd | m->data_len);
	assert_int_equal(txq.desc[pos].status, 0);
	assert_int_equal(txq.desc[pos].popts, 0);
}

static void
a_packet_is_one_descriptor_with_its_address_and_length(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 1, 1234);

	(void)state;
	make_txq(NB_DESC, NB_DESC - 1, 8, false);
	assert_non_null(rte_pktmbuf_adj(m, 34));
	send_one(m);
	assert_descriptor(0, m, DUALBUF_TXD_EOP | DUALBUF_TXD_RS);
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
		assert_descriptor(pos, seg, 0);
	assert_descriptor(3, seg, DUALBUF_TXD_EOP | DUALBUF_TXD_RS);
	assert_int_equal(doorbell, 4);
	assert_int_equal(txq.stats.packets, 1);
	assert_int_equal(txq.stats.bytes, 400);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 1);
	assert_int_equal(test_pool_missing(app), 0);
}

static void
a_tag_is_inserted_where_the_mbuf_asks_for_it(void **state)
{
	struct rte_mbuf *m[3];
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
	assert_false(cmd_of(0) & DUALBUF_TXD_VLE);
	assert_true(cmd_of(1) & DUALBUF_TXD_VLE);
	assert_int_equal(rte_le_to_cpu_16(txq.desc[1].vlan), 0xa001);
	assert_true(cmd_of(3) & DUALBUF_TXD_VLE);
	/* as it is on the wire, tags included */
	assert_int_equal(txq.stats.bytes, 60 + 64 + 124);
	assert_int_equal(rte_le_to_cpu_16(txq.desc[3].vlan), 0xa002);
}

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
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 0);
	assert_int_equal(test_pool_missing(app), 8);
	device_reads(1);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 3);
	assert_int_equal(test_pool_missing(app), 5);
	device_reads(3);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 3);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 2);
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 0);
}

/* Reports do not come in order when a device is broken; what is not reported is not freed. */
static void
a_later_report_frees_nothing_before_the_earlier_one(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 2, false);
	send_burst(4);
	txq.desc[3].status = DUALBUF_TXD_STAT_DD;
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 0);
	assert_int_equal(test_pool_missing(app), 4);
	txq.desc[1].status = DUALBUF_TXD_STAT_DD;
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 4);
}

/* ethdev: the number given is the most that is freed. */
static void
done_cleanup_frees_no_more_packets_than_asked_for(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 4, false);
	send_burst(12);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 5), 5);
	assert_int_equal(test_pool_missing(app), 7);
	assert_int_equal(txq.nb_free, NB_DESC - 1 - 7);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 1), 1);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 2), 2);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 4), 4);
	assert_int_equal(test_pool_missing(app), 0);
	send_burst(3);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 3), 0);
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
		assert_int_equal(dualbuf_tx_done_cleanup(&txq, 1), 1);
		assert_int_equal(test_pool_missing(app), i == 0 ? 9 : i == 1 ? 7 : i == 2 ? 4 : 0);
	}
	assert_int_equal(txq.nb_free, NB_DESC - 1);
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
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 1);
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
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 1 + 999 % 23);
	assert_int_equal(test_pool_missing(app), 0);
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
assert_statuses(uint16_t nb_full)
{
	uint16_t first = (txq.next + NB_DESC - nb_full) % NB_DESC, offset, at;

	for (offset = 0; offset < NB_DESC; offset++) {
		at = (txq.next + offset) % NB_DESC;
		assert_int_equal(dualbuf_tx_descriptor_status(&txq, offset),
				(at + NB_DESC - first) % NB_DESC < nb_full ? RTE_ETH_TX_DESC_FULL :
									     RTE_ETH_TX_DESC_DONE);
	}
	assert_int_equal(dualbuf_tx_descriptor_status(&txq, NB_DESC), -EINVAL);
	assert_int_equal(dualbuf_tx_descriptor_status(&txq, UINT16_MAX), -EINVAL);
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
		assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 10);
		assert_statuses(7);
		device_reads(NO_LIMIT);
		assert_statuses(0);
		dualbuf_tx_done_cleanup(&txq, 0);
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
	dualbuf_tx_restart(&txq);
	assert_int_equal(test_pool_missing(app), 3);
	rte_pktmbuf_free(shared);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	assert_statuses(0);
	doorbell = 0;
	device_head = 0;
	send_burst(2);
	assert_int_equal(doorbell, 2);
}

static void
shared_packets_are_freed_when_the_last_holder_is_done(void **state)
{
	struct rte_mbuf *m = test_alloc_chain(app, 2, 60), *clone;

	(void)state;
	make_txq(NB_DESC, 1, 5, false);
	rte_pktmbuf_refcnt_update(m, 1);
	clone = rte_pktmbuf_clone(m, other);
	assert_non_null(clone);
	send_one(m);
	send_one(clone);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 2);
	assert_int_equal(test_pool_missing(other), 0);
	assert_int_equal(test_pool_missing(app), 2);
	assert_int_equal(m->nb_segs, 2);
	rte_pktmbuf_free(m);
}

/* What fast free promises DPDK checks nowhere: one pool. It is cheap to see that it holds. */
static void
send_mixed_pools(bool fast_free)
{
	struct rte_mbuf *m[4];

	make_txq(NB_DESC, 1, 8, fast_free);
	m[0] = test_alloc_chain(app, 1, 60);
	m[1] = test_alloc_chain(other, 1, 60);
	m[2] = test_alloc_chain(app, 2, 60);
	m[3] = test_alloc_chain(app, 2, 60);
	rte_pktmbuf_free(m[3]->next);
	m[3]->next = test_alloc(other);
	assert_int_equal(send_all(m, 4), 4);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 4);
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(test_pool_missing(other), 0);
	free_txq();
}

static void
mbufs_of_several_pools_go_to_their_own(void **state)
{
	(void)state;
	send_mixed_pools(false);
	send_mixed_pools(true);
}

static void
the_second_batch_of_another_pool_goes_there_too(void **state)
{
	struct rte_mbuf *m[6];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 3, true);
	for (i = 0; i < 6; i++)
		m[i] = test_alloc_chain(i < 3 ? app : other, 1, 60);
	assert_int_equal(send_all(m, 6), 6);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 6);
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(test_pool_missing(other), 0);
}

static void
segments_that_are_freed_fast_lie_clean_in_their_pool(void **state)
{
	struct rte_mbuf *m[3];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, true);
	for (i = 0; i < 3; i++)
		m[i] = test_alloc_chain(app, 3, 60);
	assert_int_equal(send_all(m, 3), 3);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 3);
	assert_pool_full(app);
}

static void
a_batch_that_wraps_is_freed_fast_in_two_runs(void **state)
{
	struct rte_mbuf *m[2];

	(void)state;
	make_txq(NB_DESC, 1, 8, true);
	send_burst(NB_DESC - 2);
	device_reads(NO_LIMIT);
	dualbuf_tx_done_cleanup(&txq, 0);
	m[0] = test_alloc_chain(app, 5, 60);
	m[1] = test_alloc_chain(app, 1, 60);
	assert_int_equal(send_all(m, 2), 2);
	assert_int_equal(doorbell, 4);
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 2);
	assert_pool_full(app);
}

static void
a_batch_that_ends_with_the_ring_is_freed_in_one(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 4, true);
	send_burst(NB_DESC - 4);
	device_reads(NO_LIMIT);
	dualbuf_tx_done_cleanup(&txq, 0);
	send_burst(4);
	assert_int_equal(doorbell, 0);
	assert_true(asks_for_report(NB_DESC - 1));
	device_reads(NO_LIMIT);
	assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 4);
	assert_int_equal(txq.clean, 0);
}

/* A batch of so many descriptors; four of them, both ends and two in its middle, have no mbuf. */
#define GAPPED_DESCS 9
#define GAPPED_PACKETS 4

/* As a descriptor is that tells the device something else than where a packet lies. */
static void
take_mbuf_away(struct dualbuf_tx_batch *batch, uint32_t pos)
{
	rte_pktmbuf_free(txq.mbufs[pos]);
	txq.mbufs[pos] = NULL;
	batch->mixed = true;
	batch->packets--;
}

/* The batch begins so many descriptors from the ring's beginning; one of its packets is a chain. */
static void
send_gapped(uint16_t begin, bool fast_free)
{
	static const uint16_t gaps[] = { 0, 3, 4, 8 };
	struct rte_mbuf *m[8];
	unsigned int i;

	make_txq(NB_DESC, 1, 8, fast_free);
	for (i = 0; i < begin; i++) {
		send_burst(1);
		device_reads(1);
		assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 1);
	}
	for (i = 0; i < RTE_DIM(m); i++)
		m[i] = test_alloc_chain(app, i == 5 ? 2 : 1, 60);
	assert_int_equal(send_all(m, RTE_DIM(m)), RTE_DIM(m));
	for (i = 0; i < RTE_DIM(gaps); i++)
		take_mbuf_away(&txq.batches[begin], (begin + gaps[i]) % NB_DESC);
	assert_int_equal(txq.batches[begin].packets, GAPPED_PACKETS);
	assert_int_equal(test_pool_missing(app), GAPPED_PACKETS + 1);
}

static void
assert_all_freed(void)
{
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	assert_int_equal(txq.clean, txq.next);
	free_txq();
}

static void
descriptors_without_an_mbuf_are_done_with_their_batch(void **state)
{
	uint16_t begin;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		send_gapped(begin, begin % 2);
		assert_statuses(GAPPED_DESCS);
		device_reads(GAPPED_DESCS - 1);
		assert_statuses(GAPPED_DESCS);
		assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 0);
		device_reads(1);
		assert_statuses(0);
		assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), GAPPED_PACKETS);
		assert_all_freed();
	}
}

/* A burst that finds few descriptors free looks for those that are done. */
static void
a_burst_frees_a_batch_that_has_descriptors_without_an_mbuf(void **state)
{
	uint16_t begin;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		send_gapped(begin, begin % 2);
		device_reads(NO_LIMIT);
		txq.free_thresh = NB_DESC - 1;
		assert_int_equal(send_all(NULL, 0), 0);
		assert_all_freed();
	}
}

static void
done_cleanup_with_a_limit_counts_no_descriptor_without_an_mbuf(void **state)
{
	uint16_t begin;
	uint32_t limit, left, n;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		for (limit = 1; limit <= GAPPED_PACKETS + 1; limit++) {
			send_gapped(begin, begin % 2);
			device_reads(NO_LIMIT);
			for (left = GAPPED_PACKETS; left > 0; left -= n) {
				n = RTE_MIN(left, limit);
				assert_int_equal(dualbuf_tx_done_cleanup(&txq, limit), n);
				/* the third packet has two segments */
				assert_int_equal(
						test_pool_missing(app), left - n + (left - n >= 2));
				assert_statuses(0);
			}
			assert_all_freed();
		}
	}
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
		dualbuf_tx_restart(&txq);
		assert_int_equal(txq.stats.packets, 9);
		assert_int_equal(txq.stats.bytes, 8 * 60 + 304);
		assert_int_equal(txq.stats.unsent, read == 12 ? 0 : 9 - read);
		assert_int_equal(txq.stats.unsent_bytes, read == 12 ? 0 : (8 - read) * 60 + 304);
		/* once */
		dualbuf_tx_restart(&txq);
		assert_int_equal(txq.stats.unsent, read == 12 ? 0 : 9 - read);
		free_txq();
	}
}

static void
restart_passes_over_descriptors_without_an_mbuf(void **state)
{
	uint16_t begin;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		send_gapped(begin, begin % 2);
		device_reads(begin % GAPPED_DESCS);
		dualbuf_tx_restart(&txq);
		assert_all_freed();
	}
}

static void
received_packets_that_are_sent_come_home(void **state)
{
	struct test_queue queue;
	struct rte_mbuf *m[8];
	unsigned int i, fast_free;

	(void)state;
	test_queue_bind(&queue, app, 8, 2);
	for (fast_free = 0; fast_free < 2; fast_free++) {
		make_txq(NB_DESC, 1, 8, fast_free);
		for (i = 0; i < 8; i++)
			m[i] = i < 4 ? test_queue_receive_bound(&queue) :
				       test_queue_temporary(&queue);
		assert_int_equal(send_all(m, 8), 8);
		assert_int_equal(test_queue_out(&queue), 4);
		device_reads(NO_LIMIT);
		assert_int_equal(dualbuf_tx_done_cleanup(&txq, 0), 8);
		assert_int_equal(test_queue_out(&queue), 0);
		free_txq();
	}
	test_queue_release(&queue);
}

static void
prepare_stops_at_what_cannot_be_sent(void **state)
{
	struct rte_mbuf *m[4];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < 4; i++)
		m[i] = test_alloc_chain(app, i == 2 ? NB_DESC : 1, 60);
	m[0]->ol_flags |= RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_RX_RSS_HASH;
	m[3]->ol_flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	assert_int_equal(dualbuf_tx_prepare(&txq, m, 2), 2);
	assert_int_equal(dualbuf_tx_prepare(&txq, m, 4), 2);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(dualbuf_tx_prepare(&txq, &m[3], 1), 0);
	assert_int_equal(rte_errno, ENOTSUP);
	rte_pktmbuf_free_bulk(m, 4);
}

/* One packet of the flags, alone and between others that have none. */
static void
assert_prepared(uint64_t flags, bool taken)
{
	struct rte_mbuf *m[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		m[i] = test_alloc_chain(app, 1 + i, 60);
	m[1]->ol_flags |= flags;
	rte_errno = 0;
	assert_int_equal(dualbuf_tx_prepare(&txq, &m[1], 1), taken ? 1 : 0);
	assert_int_equal(dualbuf_tx_prepare(&txq, m, 3), taken ? 3 : 1);
	assert_int_equal(rte_errno, taken ? 0 : ENOTSUP);
	rte_pktmbuf_free_bulk(m, 3);
}

static void
prepare_takes_flags_that_only_say_what_a_packet_is(void **state)
{
	static const uint64_t says[] = {
		RTE_MBUF_F_TX_IPV4,
		RTE_MBUF_F_TX_IPV6,
		RTE_MBUF_F_TX_OUTER_IPV4,
		RTE_MBUF_F_TX_OUTER_IPV6,
		RTE_MBUF_F_TX_TUNNEL_VXLAN,
		RTE_MBUF_F_TX_TUNNEL_GRE,
		RTE_MBUF_F_TX_TUNNEL_IPIP,
		RTE_MBUF_F_TX_TUNNEL_GENEVE,
		RTE_MBUF_F_TX_TUNNEL_MPLSINUDP,
		RTE_MBUF_F_TX_TUNNEL_VXLAN_GPE,
		RTE_MBUF_F_TX_TUNNEL_GTP,
		RTE_MBUF_F_TX_TUNNEL_ESP,
		RTE_MBUF_F_TX_TUNNEL_IP,
		RTE_MBUF_F_TX_TUNNEL_UDP,
	};
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < RTE_DIM(says); i++) {
		assert_prepared(says[i], true);
		assert_prepared(says[i] | RTE_MBUF_F_TX_VLAN, true);
	}
	assert_prepared(RTE_MBUF_F_TX_OUTER_IPV6 | RTE_MBUF_F_TX_TUNNEL_VXLAN | RTE_MBUF_F_TX_IPV4,
			true);
}

static void
prepare_refuses_every_flag_that_asks_for_what_is_not_offered(void **state)
{
	static const uint64_t asks[] = {
		RTE_MBUF_F_TX_IP_CKSUM,
		RTE_MBUF_F_TX_TCP_CKSUM,
		RTE_MBUF_F_TX_SCTP_CKSUM,
		RTE_MBUF_F_TX_UDP_CKSUM,
		RTE_MBUF_F_TX_TCP_SEG,
		RTE_MBUF_F_TX_UDP_SEG,
		RTE_MBUF_F_TX_OUTER_IP_CKSUM,
		RTE_MBUF_F_TX_OUTER_UDP_CKSUM,
		RTE_MBUF_F_TX_QINQ,
		RTE_MBUF_F_TX_IEEE1588_TMST,
		RTE_MBUF_F_TX_SEC_OFFLOAD,
		RTE_MBUF_F_TX_MACSEC,
	};
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < RTE_DIM(asks); i++) {
		assert_prepared(asks[i], false);
		assert_prepared(asks[i] | RTE_MBUF_F_TX_IPV4, false);
		assert_prepared(asks[i] | RTE_MBUF_F_TX_VLAN, false);
	}
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
			dualbuf_tx_done_cleanup(&txq, test_random_below(&seed, 12));
		assert_int_equal(test_pool_missing(app) + test_pool_missing(other),
				NB_DESC - 1 - txq.nb_free);
	}
	device_checks(&sent, NO_LIMIT);
	dualbuf_tx_done_cleanup(&txq, 0);
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

#define with_pools(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_pools(a_packet_is_one_descriptor_with_its_address_and_length),
		with_pools(each_segment_has_a_descriptor_and_the_last_ends_the_packet),
		with_pools(a_tag_is_inserted_where_the_mbuf_asks_for_it),
		with_pools(only_the_last_descriptor_of_a_batch_asks_for_a_report),
		with_pools(a_report_frees_exactly_its_batch),
		with_pools(a_later_report_frees_nothing_before_the_earlier_one),
		with_pools(done_cleanup_frees_no_more_packets_than_asked_for),
		with_pools(done_cleanup_counts_packets_and_frees_them_whole),
		with_pools(a_full_ring_takes_what_fits_and_loses_nothing),
		with_pools(a_packet_with_too_few_free_descriptors_waits),
		with_pools(the_longest_packet_fills_the_ring),
		with_pools(a_packet_longer_than_the_ring_is_taken_freed_and_counted),
		with_pools(a_doorbell_rings_once_and_only_for_packets),
		with_pools(batches_wrap_with_the_ring),
		with_pools(nothing_is_freed_before_the_threshold),
		with_pools(the_status_of_every_descriptor_is_known_wherever_the_ring_stands),
		with_pools(a_full_ring_has_one_descriptor_that_is_not),
		with_pools(restart_frees_what_was_not_sent),
		with_pools(shared_packets_are_freed_when_the_last_holder_is_done),
		with_pools(mbufs_of_several_pools_go_to_their_own),
		with_pools(the_second_batch_of_another_pool_goes_there_too),
		with_pools(segments_that_are_freed_fast_lie_clean_in_their_pool),
		with_pools(a_batch_that_wraps_is_freed_fast_in_two_runs),
		with_pools(a_batch_that_ends_with_the_ring_is_freed_in_one),
		with_pools(descriptors_without_an_mbuf_are_done_with_their_batch),
		with_pools(a_burst_frees_a_batch_that_has_descriptors_without_an_mbuf),
		with_pools(done_cleanup_with_a_limit_counts_no_descriptor_without_an_mbuf),
		with_pools(what_the_device_did_not_report_by_the_stop_is_unsent),
		with_pools(restart_passes_over_descriptors_without_an_mbuf),
		with_pools(received_packets_that_are_sent_come_home),
		with_pools(prepare_stops_at_what_cannot_be_sent),
		with_pools(prepare_takes_flags_that_only_say_what_a_packet_is),
		with_pools(prepare_refuses_every_flag_that_asks_for_what_is_not_offered),
		with_pools(random_bursts_are_sent_in_order_and_all_freed),
	};

	(void)argc;
	test_eal_start(argv[0]);
	if (dualbuf_pool_register() != 0)
		return TEST_EXIT_BROKEN;
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
