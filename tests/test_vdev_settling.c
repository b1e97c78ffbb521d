/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Loans after their copies: of chains, of all fields of an mbuf, and when a pool is exhausted. */

#include "deferred_util.h"

#define VLAN_FLAGS (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)
#define RSS_TYPES (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6)
#define OFFLOADS \
	(RTE_ETH_RX_OFFLOAD_TIMESTAMP | RTE_ETH_RX_OFFLOAD_VLAN_STRIP | \
			RTE_ETH_RX_OFFLOAD_RSS_HASH | RTE_ETH_RX_OFFLOAD_CHECKSUM)

static bool
segment_is_marked(const struct rte_mbuf *seg)
{
	int bit = rte_mbuf_dynflag_lookup("net_dualbuf_loan", NULL);

	assert_true(bit >= 0);
	return (seg->ol_flags & RTE_BIT64(bit)) != 0;
}

static unsigned int
count_marked_segments(const struct rte_mbuf *m)
{
	unsigned int nb = 0;

	for (; m != NULL; m = m->next)
		nb += segment_is_marked(m);
	return nb;
}

/* Exhausted pools ---------------------------------------------------------------------------------- */

static void
a_loan_that_cannot_be_copied_stays_one_and_can_be_settled_later(void **state)
{
	const char *path = capture_make("uniform", NB_STUCK);
	struct packets packets = capture_read(path);
	struct rte_mempool *small;
	struct batch batch = { 0 };
	struct rte_mbuf *before[NB_STUCK], *kept[10];
	uint16_t port;
	unsigned int i;

	(void)state;
	vdev_pool(1024);
	small = vdev_pool(10);
	port = get_stuck(&batch, path);
	memcpy(before, batch.m, sizeof(before));
	for (i = 0; i < RTE_DIM(kept); i++)
		kept[i] = rte_pktmbuf_alloc(small);

	/* not even one: nothing has changed */
	assert_int_equal(settle_from(&batch, 0, small, on_plain_thread), NB_LOANS);
	assert_memory_equal(before, batch.m, sizeof(before));
	assert_int_equal(count_loans(&batch), NB_LOANS);
	assert_packets(&batch, &packets);
	assert_buffers(port, 1, NB_LOANS, NB_LOANS);

	/* seven: the first seven in order */
	rte_pktmbuf_free_bulk(kept, 7);
	assert_int_equal(settle_from(&batch, 0, small, on_plain_thread), NB_LOANS - 7);
	for (i = 0; i < NB_STUCK; i++)
		assert_int_equal(batch.m[i] != before[i], i >= NB_DESC && i < NB_DESC + 7);
	assert_int_equal(count_loans(&batch), NB_LOANS - 7);
	assert_packets(&batch, &packets);
	assert_int_equal(state_of(port).home, 1 + 7);
	assert_int_equal(rte_mempool_avail_count(small), 0);

	/* those that are left, from a pool that has room */
	assert_int_equal(settle_from(&batch, 0, vdev.pools[0], on_plain_thread), 0);
	assert_int_equal(count_loans(&batch), 0);
	assert_packets(&batch, &packets);
	rte_pktmbuf_free_bulk(kept + 7, 3);
	batch_free(&batch);
	assert_pool_full(small);
}

static void
settling_nothing_does_nothing(void **state)
{
	struct batch batch = { 0 };
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_STUCK));
	assert_int_equal(rte_pmd_dualbuf_copy_loans(NULL, 0, vdev.pools[0]), 0);
	assert_int_equal(rte_pmd_dualbuf_copy_loans(batch.m, 0, vdev.pools[0]), 0);
	/* no loan among these, so no pool is needed */
	assert_int_equal(rte_pmd_dualbuf_copy_loans(batch.m, NB_DESC, NULL), 0);
	assert_buffers(port, 1, NB_LOANS, NB_LOANS);
	batch_free(&batch);
}

/* Chains ------------------------------------------------------------------------------------------- */

#define ROOM 512

static void
loans_within_chains_are_found_and_settled(void **state)
{
	const char *path = capture_make("imix", 400);
	struct packets packets = capture_read(path);
	struct rte_mempool *mp = vdev_pool_with_room(2048, 0, ROOM + RTE_PKTMBUF_HEADROOM);
	struct batch batch = { 0 };
	bool in_the_rest_only = false;
	unsigned int i, settled = 0;
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);

	(void)state;
	vdev_start(port, .mp = mp, .nb_rx_desc = NB_DESC,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER);
	for (;;) {
		receive_all(port, 0, &batch);
		if (batch.nb == settled)
			break;
		for (i = settled; i < batch.nb; i++) {
			assert_int_equal(rte_pmd_dualbuf_is_loan(batch.m[i]),
					count_marked_segments(batch.m[i]) > 0);
			in_the_rest_only |= rte_pmd_dualbuf_is_loan(batch.m[i]) &&
					!segment_is_marked(batch.m[i]);
		}
		assert_int_equal(settle_from(&batch, settled, mp, on_worker_lcore), 0);
		for (i = settled; i < batch.nb; i++)
			assert_int_equal(count_marked_segments(batch.m[i]), 0);
		settled = batch.nb;
	}
	assert_packets(&batch, &packets);
	/* one of them was a loan in a later segment and not in its first */
	assert_true(in_the_rest_only);
	batch_free(&batch);
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
a_chain_that_cannot_be_copied_whole_stays_a_loan(void **state)
{
	const char *path = capture_make("jumbo", 40);
	struct packets packets = capture_read(path);
	struct rte_mempool *small, *mp = vdev_pool(1024);
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);
	struct batch batch = { 0 };
	unsigned int last;

	(void)state;
	small = vdev_pool(2);
	vdev_start(port, .mp = mp, .nb_rx_desc = NB_DESC,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER);
	receive_all(port, 0, &batch);
	for (last = batch.nb - 1; last > 0 && batch.m[last]->nb_segs <= 2; last--)
		;
	assert_true(rte_pmd_dualbuf_is_loan(batch.m[last]));
	assert_int_equal(rte_pmd_dualbuf_copy_loans(&batch.m[last], 1, small), 1);
	assert_true(rte_pmd_dualbuf_is_loan(batch.m[last]));
	assert_pool_full(small);
	assert_packet(batch.m[last], &packets.all[last], last);
	while (batch.nb < packets.nb) {
		assert_int_equal(settle_from(&batch, 0, mp, on_plain_thread), 0);
		assert_true(receive_all(port, 0, &batch) > 0);
	}
	assert_packets(&batch, &packets);
	batch_free(&batch);
}

/* Fields of an mbuf ------------------------------------------------------------------------------- */

static void
ordinary_mbufs_and_copies_are_no_loans(void **state)
{
	struct rte_mbuf *m, *copy;
	struct batch batch = { 0 };

	(void)state;
	get_stuck(&batch, capture_make("uniform", NB_STUCK));
	m = rte_pktmbuf_alloc(vdev.pools[0]);
	assert_non_null(m);
	assert_false(rte_pmd_dualbuf_is_loan(m));
	assert_true(rte_pmd_dualbuf_is_loan(batch.m[NB_DESC]));
	assert_int_equal(settle_from(&batch, NB_DESC, vdev.pools[0], on_plain_thread), 0);
	copy = batch.m[NB_DESC];
	assert_false(rte_pmd_dualbuf_is_loan(copy));
	rte_pktmbuf_free(m);
	batch_free(&batch);
	/* nor is the next packet in a buffer that was one */
	assert_int_equal(count_loans(&batch), 0);
}

static void
a_buffer_that_was_lent_is_handed_up_unmarked_by_the_next_flip(void **state)
{
	struct batch batch = { 0 };
	struct rte_mbuf *loan;
	uint16_t port;
	unsigned int i;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_PACKETS));
	loan = batch.m[NB_DESC];
	batch_free(&batch);
	for (i = 0; i < 4 * NB_DESC; i++) {
		assert_int_equal(receive_up_to(port, 0, &batch, 1), 1);
		assert_int_equal(count_loans(&batch), 0);
		if (batch.m[0] == loan)
			break;
		batch_free(&batch);
	}
	assert_true(i < 4 * NB_DESC);
	batch_free(&batch);
}

/* Everything that the receive path fills in, and that an application may read. */
struct said {
	uint64_t ol_flags;
	uint64_t timestamp;
	uint32_t packet_type;
	uint32_t rss;
	uint32_t pkt_len;
	uint16_t vlan_tci;
	uint16_t port;
};

static struct said
said_by(const struct rte_mbuf *m)
{
	int stamp = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	int loan = rte_mbuf_dynflag_lookup("net_dualbuf_loan", NULL);

	return (struct said){
		.ol_flags = m->ol_flags & ~RTE_BIT64(loan),
		.timestamp = *RTE_MBUF_DYNFIELD(m, stamp, const rte_mbuf_timestamp_t *),
		.packet_type = m->packet_type,
		.rss = m->hash.rss,
		.pkt_len = m->pkt_len,
		.vlan_tci = m->vlan_tci,
		.port = m->port,
	};
}

static void
assert_says_the_same(const struct said *a, const struct said *b, unsigned int number)
{
	if (a->ol_flags != b->ol_flags || a->timestamp != b->timestamp ||
			a->packet_type != b->packet_type || a->rss != b->rss ||
			a->pkt_len != b->pkt_len || a->vlan_tci != b->vlan_tci ||
			a->port != b->port)
		fail_msg("packet %u: its copy does not say the same", number);
}

static uint64_t
settle_and_compare(const char *path)
{
	struct packets packets = capture_read(path);
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);
	struct said *said = vdev_alloc(packets.nb * sizeof(*said)), now;
	struct batch batch = { 0 };
	unsigned int settled = 0, i;
	uint64_t seen = 0;

	vdev_start(port, .nb_rx_desc = NB_DESC, .rx_offloads = OFFLOADS, .rss_types = RSS_TYPES);
	while (receive_all(port, 0, &batch) > 0) {
		for (i = settled; i < batch.nb; i++)
			said[i] = said_by(batch.m[i]);
		assert_int_equal(settle_from(&batch, settled, vdev.pools[0], on_plain_thread), 0);
		for (i = settled; i < batch.nb; i++) {
			now = said_by(batch.m[i]);
			assert_says_the_same(&said[i], &now, i);
			assert_int_equal(now.timestamp, packets.all[i].stamp);
			assert_int_equal(now.port, port);
			seen |= i >= NB_DESC ? now.ol_flags : 0;
		}
		settled = batch.nb;
	}
	assert_int_equal(batch.nb, packets.nb);
	assert_true(state_of(port).loans > 0);
	batch_free(&batch);
	vdev_unplug(port);
	return seen;
}

static void
a_copy_says_all_that_the_loan_said(void **state)
{
	uint64_t seen = 0;

	(void)state;
	vdev_pool(1024);
	seen |= settle_and_compare(capture_of("vlan"));
	seen |= settle_and_compare(capture_of("imix"));
	seen |= settle_and_compare(capture_of("ipv6"));
	/* the comparison had something to compare */
	assert_int_equal(seen & VLAN_FLAGS, VLAN_FLAGS);
	assert_true(seen & RTE_MBUF_F_RX_RSS_HASH);
	assert_true(seen & RTE_MBUF_F_RX_IP_CKSUM_GOOD);
	assert_true(seen & RTE_MBUF_F_RX_L4_CKSUM_GOOD);
}

/* A file may have a packet of which no byte was captured. */
static void
a_loan_without_bytes_is_settled(void **state)
{
	struct packets packets = { 0 };
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 100; i++)
		packets_add(&packets, "0123456789", i % 2 == 0 ? 0 : 10);
	port = get_stuck(&batch, capture_write("nothing", &packets));
	while (batch.nb < packets.nb) {
		assert_int_equal(settle_from(&batch, 0, vdev.pools[0], on_plain_thread), 0);
		assert_int_equal(count_loans(&batch), 0);
		assert_true(receive_all(port, 0, &batch) > 0);
	}
	assert_packets(&batch, &packets);
	batch_free(&batch);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_loan_that_cannot_be_copied_stays_one_and_can_be_settled_later),
	vdev_test(settling_nothing_does_nothing),
	vdev_test(loans_within_chains_are_found_and_settled),
	vdev_test(a_chain_that_cannot_be_copied_whole_stays_a_loan),
	vdev_test(ordinary_mbufs_and_copies_are_no_loans),
	vdev_test(a_buffer_that_was_lent_is_handed_up_unmarked_by_the_next_flip),
	vdev_test(a_copy_says_all_that_the_loan_said),
	vdev_test(a_loan_without_bytes_is_settled),
};

VDEV_MAIN(tests)
