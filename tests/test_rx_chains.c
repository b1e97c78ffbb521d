/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets of several descriptors, and mbufs that come back linked. */

#include "dualbuf_test.h"
#include "rx_util.h"

/* As a driver does it that frees fast, and leaves segments linked. */
static void
segments_that_come_back_linked_are_not_linked_when_they_go_up(void **state)
{
	struct rte_mbuf *m[NB_DESC], *segs[NB_DESC], *seg;
	unsigned int nb_segs, round;

	(void)state;
	for (round = 0; round < 6; round++) {
		device_writes(24 * BUF_SIZE);
		m[0] = receive_one();
		assert_next_frame(m[0], 24 * BUF_SIZE);
		nb_segs = 0;
		for (seg = m[0]; seg != NULL; seg = seg->next)
			segs[nb_segs++] = seg;
		assert_int_equal(nb_segs, 24);
		rte_mempool_put_bulk(m[0]->pool, (void **)segs, nb_segs);
		receive_frames(m, NB_DESC - 1);
		rte_pktmbuf_free_bulk(m, NB_DESC - 1);
	}
}

/* As rte_gro and rte_ip_frag do it: links, and the number of segments in the first. */
static void
chain_all(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 1; i < n; i++) {
		m[i - 1]->next = m[i];
		m[0]->pkt_len += m[i]->data_len;
	}
	m[0]->nb_segs = n;
}

/*
 * A driver that frees fast puts the segments back as they are, wherever the chain begins in its batch; and
 * the receiver may be anywhere in the ring by then.
 */
static void
mbufs_that_the_application_chained_come_up_unlinked(void **state)
{
	struct rte_mbuf *m[NB_DESC], *next[NB_DESC];
	unsigned int from, len, ahead;

	(void)state;
	for (from = 0; from < NB_DESC; from += 3) {
		for (len = 2; from + len <= NB_DESC; len += 5) {
			ahead = (from + len) % (NB_DESC - 1);
			receive_a_round(m);
			chain_all(&m[from], len);
			receive_frames(next, ahead);
			rte_mempool_put_bulk(m[0]->pool, (void **)m, NB_DESC);
			rte_pktmbuf_free_bulk(next, ahead);
			receive_a_round(m);
			rte_pktmbuf_free_bulk(m, NB_DESC);
			receive_a_round(m);
			rte_pktmbuf_free_bulk(m, NB_DESC);
			/* at the beginning of the ring again */
			receive_frames(m, (NB_DESC - ahead) % NB_DESC);
			rte_pktmbuf_free_bulk(m, (NB_DESC - ahead) % NB_DESC);
		}
	}
}

static void
a_long_packet_spans_descriptors(void **state)
{
	static const uint32_t lengths[] = { 256, 257, 511, 512, 513, 1000, 2000, 7936 };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lengths); i++) {
		device_writes(lengths[i]);
		receive_and_free(lengths[i]);
		assert_all_armed();
	}
	assert_int_equal(rxq.stats.packets, RTE_DIM(lengths));
	assert_int_equal(test_queue_out(&queue), 0);
}

static void
a_long_packet_arrives_over_several_bursts(void **state)
{
	(void)state;
	device_writes_part(sent, 0, BUF_SIZE, 0);
	assert_nothing_received();
	assert_all_armed();
	device_writes_part(sent, BUF_SIZE, BUF_SIZE, 0);
	device_writes_part(sent, 2 * BUF_SIZE, BUF_SIZE, 0);
	assert_nothing_received();
	assert_int_equal(rxq.stats.packets, 0);
	assert_int_equal(test_queue_out(&queue), 3);
	device_writes_part(sent++, 3 * BUF_SIZE, 1, DUALBUF_RXD_EOP);
	receive_and_free(3 * BUF_SIZE + 1);
	assert_int_equal(rxq.stats.bytes, 3 * BUF_SIZE + 1);
}

static void
long_packets_wrap_with_the_ring(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 10 * NB_DESC; i++) {
		device_writes(1 + i * 97 % (20 * BUF_SIZE));
		receive_and_free(1 + i * 97 % (20 * BUF_SIZE));
		assert_all_armed();
	}
}

static void
a_long_packet_mixes_flips_and_copies(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m;
	unsigned int i;

	(void)state;
	device_writes_frames(NB_DESC - 1);
	assert_int_equal(burst(held, NB_DESC), NB_DESC - 1);
	device_writes_frames(1);
	assert_int_equal(burst(&held[NB_DESC - 1], 1), 1);
	received = sent;
	for (i = 0; i < 4; i += 2) {
		rte_pktmbuf_free(held[i]);
		held[i] = NULL;
	}
	device_writes(4 * BUF_SIZE);
	m = receive_one();
	assert_next_frame(m, 4 * BUF_SIZE);
	assert_int_equal(rxq.stats.flips, NB_DESC + 2);
	assert_int_equal(rxq.stats.copies, 2);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
a_long_packet_mixes_flips_copies_and_last_buffers(void **state)
{
	struct rte_mbuf *held[NB_DESC];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), i;

	(void)state;
	/* the first two descriptors have alternates, the third a temporary, the others nothing */
	for (i = 0; i < 2; i++) {
		rte_pktmbuf_free(held[i]);
		held[i] = NULL;
	}
	rte_mempool_put(app, taken[--n]);
	device_writes(5 * BUF_SIZE);
	receive_and_free(5 * BUF_SIZE);
	assert_int_equal(rxq.stats.flips, NB_DESC + 2);
	assert_int_equal(rxq.stats.copies, 1);
	assert_int_equal(rxq.stats.loans, 2);
	assert_all_wake();
	rte_mempool_put_bulk(app, taken, n);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static const struct CMUnitTest tests[] = {
	with_rxq(segments_that_come_back_linked_are_not_linked_when_they_go_up),
	with_rxq(mbufs_that_the_application_chained_come_up_unlinked),
	with_rxq(a_long_packet_spans_descriptors),
	with_rxq(a_long_packet_arrives_over_several_bursts),
	with_rxq(long_packets_wrap_with_the_ring),
	with_rxq(a_long_packet_mixes_flips_and_copies),
	with_rxq(a_long_packet_mixes_flips_copies_and_last_buffers),
};

RX_MAIN(tests)
