/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#define VDEV_LCORES "(0,1)"
#include "packet_util.h"

#include <pthread.h>

#include <ethdev_driver.h>

#include "dualbuf_ethdev.h"
#include "rte_pmd_dualbuf.h"
#include "vnic_model.h"

/*
 * copy=deferred, seen from an application (claims 5 and 6). With two buffers to a descriptor, a
 * consumer that keeps everything gets NB_DESC packets by flips and then NB_DESC - 1 as loans: the
 * device never has the last descriptor. After that the ring stands still.
 */

#define NB_DESC 32
#define NB_LOANS (NB_DESC - 1)
#define NB_STUCK (NB_DESC + NB_LOANS)
#define NB_PACKETS 1000

#define VLAN_FLAGS (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)
#define RSS_TYPES (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6)
#define OFFLOADS \
	(RTE_ETH_RX_OFFLOAD_TIMESTAMP | RTE_ETH_RX_OFFLOAD_VLAN_STRIP | \
			RTE_ETH_RX_OFFLOAD_RSS_HASH | RTE_ETH_RX_OFFLOAD_CHECKSUM)

static struct dualbuf_rxq *
rxq_of(uint16_t port)
{
	return rte_eth_devices[port].data->rx_queues[0];
}

static struct rte_pmd_dualbuf_queue_state
state_of(uint16_t port)
{
	struct rte_pmd_dualbuf_queue_state state;

	memset(&state, 0xff, sizeof(state));
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &state), 0);
	return state;
}

/* What can be known of the buffers in two ways, is the same. */
static void
assert_buffers(uint16_t port, uint32_t home, uint32_t waiting, uint64_t loans)
{
	const struct rte_pmd_dualbuf_queue_state state = state_of(port);

	assert_int_equal(state.nb_desc, NB_DESC);
	assert_int_equal(state.home, home);
	assert_int_equal(state.out, state.bound - home);
	assert_int_equal(state.waiting, waiting);
	assert_int_equal(state.loans, loans);
	assert_int_equal(vdev_xstat(port, 0, "bound"), state.bound);
	assert_int_equal(vdev_xstat(port, 0, "home"), home);
	assert_int_equal(vdev_xstat(port, 0, "waiting"), waiting);
	assert_int_equal(vdev_xstat(port, 0, "loans"), loans);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 0);
	assert_int_equal(vdev_xstat(port, 0, "nombuf"), 0);
}

static unsigned int
count_loans(const struct batch *batch)
{
	unsigned int i, nb = 0;

	for (i = 0; i < batch->nb; i++)
		nb += rte_pmd_dualbuf_is_loan(batch->m[i]);
	return nb;
}

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

/* Settling, somewhere else -------------------------------------------------------------------- */

struct settling {
	struct rte_mbuf **pkts;
	uint16_t nb;
	struct rte_mempool *pool;
	uint16_t left;
	pthread_t thread;
};

static int
settle_on_lcore(void *arg)
{
	struct settling *settling = arg;

	settling->thread = pthread_self();
	settling->left = rte_pmd_dualbuf_copy_loans(settling->pkts, settling->nb, settling->pool);
	return 0;
}

static void *
settle_on_thread(void *arg)
{
	settle_on_lcore(arg);
	return NULL;
}

static uint16_t
on_worker_lcore(struct settling *settling)
{
	unsigned int lcore = rte_get_next_lcore(-1, 1, 0);

	assert_true(lcore < RTE_MAX_LCORE);
	assert_int_equal(rte_eal_remote_launch(settle_on_lcore, settling, lcore), 0);
	assert_int_equal(rte_eal_wait_lcore(lcore), 0);
	return settling->left;
}

static uint16_t
on_plain_thread(struct settling *settling)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, settle_on_thread, settling), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return settling->left;
}

static uint16_t
here(struct settling *settling)
{
	settle_on_lcore(settling);
	return settling->left;
}

static uint16_t
settle_from(struct batch *batch, unsigned int first, struct rte_mempool *pool,
		uint16_t (*where)(struct settling *))
{
	struct settling settling = {
		.pkts = batch->m + first,
		.nb = batch->nb - first,
		.pool = pool,
	};
	uint16_t left = where(&settling);

	assert_int_equal(pthread_equal(settling.thread, pthread_self()) != 0, where == here);
	return left;
}

/* A port whose ring stands still, because the test has all of its buffers but one. */
static uint16_t
get_stuck(struct batch *batch, const char *path)
{
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);

	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_buffers(port, 2 * NB_DESC, 0, 0);
	assert_int_equal(receive_all(port, 0, batch), NB_STUCK);
	assert_buffers(port, 1, NB_LOANS, NB_LOANS);
	return port;
}

/* A descriptor's life -------------------------------------------------------------------------- */

static void
a_descriptor_waits_for_its_loan(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", capture_make("uniform", NB_PACKETS));
	struct batch batch = { 0 };
	uint64_t address;
	struct rte_mbuf *loan;

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	receive_up_to(port, 0, &batch, NB_DESC);
	assert_int_equal(count_loans(&batch), 0);
	assert_buffers(port, NB_DESC, 0, 0);

	/* the second packet of descriptor 0 goes up in its last buffer */
	receive_up_to(port, 0, &batch, 1);
	loan = batch.m[NB_DESC];
	assert_true(rte_pmd_dualbuf_is_loan(loan));
	assert_buffers(port, NB_DESC - 1, 1, 1);
	assert_int_equal(rxq_of(port)->ring->armed[0], DUALBUF_NO_SIDE);
	assert_int_equal(*rxq_of(port)->tail_reg, NB_DESC - 1);

	/* settled, the buffer is home, and the handler's next burst arms it */
	assert_int_equal(settle_from(&batch, NB_DESC, vdev.pools[0], on_plain_thread), 0);
	assert_ptr_not_equal(batch.m[NB_DESC], loan);
	assert_false(rte_pmd_dualbuf_is_loan(batch.m[NB_DESC]));
	assert_buffers(port, NB_DESC, 1, 1);
	assert_int_equal(*rxq_of(port)->tail_reg, NB_DESC - 1);
	receive_up_to(port, 0, &batch, 1);
	address = rte_le_to_cpu_64(rxq_of(port)->desc[0].read.addr);
	assert_int_equal(address, (uintptr_t)loan->buf_addr + RTE_PKTMBUF_HEADROOM);
	/* descriptor 1 waits now */
	assert_int_equal(*rxq_of(port)->tail_reg, 0);
	batch_free(&batch);
}

/* The whole file through one stuck ring after another. */
static void
settle_all_of_it(uint16_t (*where)(struct settling *))
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct rte_mempool *pool = vdev_pool(NB_PACKETS + 2 * NB_DESC);
	struct rte_mbuf *ordinary[NB_DESC];
	struct batch batch = { 0 };
	unsigned int settled = 0;
	uint16_t port;

	port = get_stuck(&batch, path);
	memcpy(ordinary, batch.m, sizeof(ordinary));
	while (batch.nb < NB_PACKETS) {
		assert_int_equal(
				count_loans(&batch), batch.nb - settled - (settled == 0) * NB_DESC);
		assert_int_equal(settle_from(&batch, settled, pool, where), 0);
		assert_int_equal(count_loans(&batch), 0);
		settled = batch.nb;
		/* before the handler's next burst nothing is armed */
		assert_int_equal(state_of(port).waiting, NB_LOANS);
		assert_true(receive_all(port, 0, &batch) > 0);
	}
	assert_packets(&batch, &packets);
	/* what was no loan is where it was */
	assert_memory_equal(ordinary, batch.m, sizeof(ordinary));
	assert_int_equal(state_of(port).loans, NB_PACKETS - NB_DESC);
	batch_free(&batch);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	assert_buffers(port, 2 * NB_DESC, 0, NB_PACKETS - NB_DESC);
	assert_int_equal(vdev_stats(port).imissed, 0);
	vdev_unplug(port);
	assert_pool_full(pool);
}

static void
loans_settled_on_another_lcore_lose_and_reorder_nothing(void **state)
{
	(void)state;
	settle_all_of_it(on_worker_lcore);
}

static void
loans_settled_on_a_plain_thread_lose_and_reorder_nothing(void **state)
{
	(void)state;
	settle_all_of_it(on_plain_thread);
}

static void
loans_settled_by_the_handler_itself_lose_and_reorder_nothing(void **state)
{
	(void)state;
	settle_all_of_it(here);
}

/* The pool of the packets themselves, as rte_pktmbuf_clone(m, m->pool) and its like use it. */
static void
loans_can_be_settled_from_the_pool_that_they_name(void **state)
{
	struct packets packets = capture_read(capture_make("uniform", NB_STUCK));
	struct batch batch = { 0 };
	uint16_t port, round;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_STUCK));
	for (round = 0; round < 3; round++) {
		assert_int_equal(settle_from(&batch, 0, batch.m[0]->pool, on_plain_thread), 0);
		assert_packets(&batch, &packets);
		assert_int_equal(count_loans(&batch), 0);
	}
	batch_free(&batch);
	assert_buffers(port, 2 * NB_DESC, NB_LOANS, NB_LOANS);
	vdev_unplug(port);
	assert_pool_full(vdev.pools[0]);
}

static void
a_loan_that_is_simply_freed_is_settled(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	unsigned int i, nb = 0, first = 0;
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, path);
	/* keep the first NB_DESC for ever: each later packet is a loan */
	for (;;) {
		nb = batch.nb;
		for (i = first; i < nb; i++)
			assert_packet(batch.m[i], &packets.all[i], i);
		for (i = RTE_MAX(first, (unsigned int)NB_DESC); i < nb; i++) {
			assert_true(rte_pmd_dualbuf_is_loan(batch.m[i]));
			rte_pktmbuf_free(batch.m[i]);
		}
		first = nb;
		if (receive_all(port, 0, &batch) == 0)
			break;
	}
	assert_int_equal(nb, NB_PACKETS);
	batch.nb = NB_DESC;
	batch_free(&batch);
	assert_buffers(port, 2 * NB_DESC, 0, NB_PACKETS - NB_DESC);
}

static void
a_loan_that_is_sent_comes_home(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS), *sent = capture_name("sent");
	struct packets packets = capture_read(path);
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s,copy=deferred", path, sent);
	struct batch held = { 0 }, batch = { 0 };
	struct packets expected = { 0 };
	unsigned int i;

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC, .tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE);
	receive_up_to(port, 0, &held, NB_DESC);
	/* the file has what is held at its end */
	while (receive_up_to(port, 0, &batch, 16) > 0) {
		assert_int_equal(count_loans(&batch), batch.nb);
		send_all(port, 0, &batch);
		rte_eth_tx_done_cleanup(port, 0, 0);
	}
	send_all(port, 0, &held);
	vdev_unplug(port);
	assert_pool_full(vdev.pools[0]);
	for (i = 0; i < packets.nb; i++)
		packets_add(&expected, packets.all[(i + NB_DESC) % packets.nb].data,
				packets.all[(i + NB_DESC) % packets.nb].len);
	assert_file(sent, &expected);
}

/* A ring that stands still ---------------------------------------------------------------------- */

static void
a_ring_where_all_descriptors_wait_recovers(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	unsigned int nb, i;
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, path);
	for (i = 0; i < 1000; i++)
		assert_int_equal(receive_up_to(port, 0, &batch, 1), 0);

	/* one buffer of the first descriptor that waits: one packet more, and no other */
	rte_pktmbuf_free(batch.m[0]);
	assert_int_equal(receive_all(port, 0, &batch), 1);
	assert_packet(batch.m[NB_STUCK], &packets.all[NB_STUCK], NB_STUCK);
	/* it was written to the descriptor that had been held back, and that one waits now */
	assert_buffers(port, 1, NB_LOANS, NB_LOANS + 1);

	/* a buffer of a descriptor behind the first: nothing, and after the first two at once */
	rte_pktmbuf_free(batch.m[2]);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	rte_pktmbuf_free(batch.m[NB_DESC + 1]);
	assert_int_equal(receive_all(port, 0, &batch), 2);
	assert_packet(batch.m[NB_STUCK + 2], &packets.all[NB_STUCK + 2], NB_STUCK + 2);

	/* and all of them, last one first */
	for (nb = batch.nb; nb > 0; nb--)
		if (nb - 1 != 0 && nb - 1 != 2 && nb - 1 != NB_DESC + 1)
			rte_pktmbuf_free(batch.m[nb - 1]);
	nb = batch.nb;
	batch.nb = 0;
	i = 0;
	while (receive_up_to(port, 0, &batch, 8) > 0) {
		for (i = 0; i < batch.nb; i++, nb++)
			assert_packet(batch.m[i], &packets.all[nb], nb);
		batch_free(&batch);
	}
	assert_int_equal(nb, NB_PACKETS);
	assert_buffers(port, 2 * NB_DESC, 0, state_of(port).loans);
}

static void
descriptor_status_and_queue_count_do_not_count_what_waits(void **state)
{
	struct batch batch = { 0 };
	uint16_t port;
	unsigned int i;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_PACKETS));
	assert_int_equal(rte_eth_rx_queue_count(port, 0), 0);
	for (i = 0; i < NB_DESC; i++)
		assert_int_equal(rte_eth_rx_descriptor_status(port, 0, i), RTE_ETH_RX_DESC_UNAVAIL);
	assert_int_equal(rte_eth_rx_descriptor_status(port, 0, NB_DESC), -EINVAL);

	/* five come home: a burst arms them, and then the model may write as many */
	for (i = 0; i < 5; i++)
		rte_pktmbuf_free(batch.m[NB_DESC + i]);
	assert_int_equal(rxq_of(port)->burst(rxq_of(port), batch.m, 1), 0);
	assert_int_equal(vnic_rx_process(rxq_of(port)->device_queue, 100), 5);
	assert_int_equal(rte_eth_rx_queue_count(port, 0), 5);
	for (i = 0; i < NB_DESC; i++)
		assert_int_equal(rte_eth_rx_descriptor_status(port, 0, i),
				i < 5 ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_UNAVAIL);
	memmove(&batch.m[NB_DESC], &batch.m[NB_DESC + 5], (NB_LOANS - 5) * sizeof(batch.m[0]));
	batch.nb -= 5;
	batch_free(&batch);
	receive_all(port, 0, &batch);
	batch_free(&batch);
}

static void
with_more_buffers_loans_begin_later(void **state)
{
	static const unsigned int counts[] = { 2, 3, 4, 8 };
	struct packets packets = capture_read(capture_make("uniform", NB_PACKETS));
	struct batch batch = { 0 };
	unsigned int i, n;
	uint16_t port;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(counts); i++) {
		n = counts[i];
		port = vdev_plug("rx_pcap=%s,copy=deferred,buffers=%u",
				capture_make("uniform", NB_PACKETS), n);
		vdev_start(port, .nb_rx_desc = NB_DESC);
		assert_int_equal(receive_all(port, 0, &batch), n * NB_DESC - 1);
		assert_int_equal(count_loans(&batch), NB_LOANS);
		assert_buffers(port, 1, NB_LOANS, NB_LOANS);
		assert_int_equal(vdev_xstat(port, 0, "flips"), (n - 1) * NB_DESC);
		while (batch.nb < NB_PACKETS) {
			assert_int_equal(settle_from(&batch, 0, vdev.pools[0], on_worker_lcore), 0);
			assert_true(receive_all(port, 0, &batch) > 0);
		}
		assert_packets(&batch, &packets);
		batch_free(&batch);
		vdev_unplug(port);
	}
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

/* What an mbuf says -------------------------------------------------------------------------------- */

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

/* Counters and errors ------------------------------------------------------------------------------ */

static void
a_reset_of_the_statistics_forgets_loans_but_not_what_waits(void **state)
{
	struct batch batch = { 0 };
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_PACKETS));
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_buffers(port, 1, NB_LOANS, 0);
	rte_pktmbuf_free(batch.m[0]);
	batch.m[0] = batch.m[--batch.nb];
	assert_int_equal(receive_all(port, 0, &batch), 1);
	assert_buffers(port, 1, NB_LOANS, 1);
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_buffers(port, 1, NB_LOANS, 0);
	batch_free(&batch);
}

static void
queue_state_says_what_it_cannot_look_at(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=/dev/null");
	uint16_t other = vdev_plug_args("net_pcap", "tx_pcap=/dev/null");
	struct rte_pmd_dualbuf_queue_state out;
	const struct rte_eth_conf conf = { 0 };

	(void)state;
	/* a port that is not there, and one that is not ours */
	assert_int_equal(rte_pmd_dualbuf_queue_state(RTE_MAX_ETHPORTS, 0, &out), -ENODEV);
	assert_int_equal(rte_pmd_dualbuf_queue_state(RTE_MAX_ETHPORTS - 1, 0, &out), -ENODEV);
	assert_int_equal(rte_pmd_dualbuf_queue_state(UINT16_MAX, 0, &out), -ENODEV);
	vdev_start(other);
	assert_int_equal(rte_pmd_dualbuf_queue_state(other, 0, &out), -ENODEV);

	/* before configure, before set-up, beyond the last, after close */
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), -EINVAL);
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), -EINVAL);
	vdev_start(port);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), 0);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, NULL), -EINVAL);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 1, &out), -EINVAL);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, UINT16_MAX, &out), -EINVAL);
	vdev_unplug(port);
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &out), -ENODEV);
}

static void
a_port_that_copies_inline_never_lends(void **state)
{
	static const char *const args[] = { "", ",copy=inline" };
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(args); i++) {
		port = vdev_plug("rx_pcap=%s%s", capture_make("uniform", NB_PACKETS), args[i]);
		vdev_start(port, .nb_rx_desc = NB_DESC);
		assert_int_equal(receive_all(port, 0, &batch), NB_PACKETS);
		assert_int_equal(count_loans(&batch), 0);
		assert_int_equal(vdev_xstat(port, 0, "copies"), NB_PACKETS - NB_DESC);
		assert_int_equal(vdev_xstat(port, 0, "loans"), 0);
		assert_int_equal(vdev_xstat(port, 0, "waiting"), 0);
		assert_int_equal(state_of(port).loans, 0);
		/* and settle leaves its packets alone */
		assert_int_equal(rte_pmd_dualbuf_copy_loans(batch.m, batch.nb, NULL), 0);
		batch_free(&batch);
		vdev_unplug(port);
	}
}

/* Stop, start, release ------------------------------------------------------------------------------- */

static void
a_port_starts_again_while_its_loans_are_out(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct batch held = { 0 }, batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	port = get_stuck(&held, path);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	/* the first descriptor waits, so the device finds the ring empty */
	assert_int_equal(dualbuf_ring_armed_count(rxq_of(port)->ring), 0);
	assert_int_equal(*rxq_of(port)->tail_reg, 0);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	assert_buffers(port, 1, NB_LOANS, NB_LOANS);

	/* descriptor 0 is armed, and held back; with 1 it is the device's */
	rte_pktmbuf_free(held.m[NB_DESC]);
	assert_int_equal(receive_all(port, 0, &batch), 0);
	rte_pktmbuf_free(held.m[NB_DESC + 1]);
	assert_int_equal(receive_all(port, 0, &batch), 1);
	assert_packet(batch.m[0], &packets.all[0], 0);

	/* again, with descriptors armed behind those that wait; then what is out comes home */
	assert_int_equal(rte_eth_dev_stop(port), 0);
	for (i = 0; i < NB_STUCK; i++)
		if (i != NB_DESC && i != NB_DESC + 1)
			rte_pktmbuf_free(held.m[i]);
	batch_free(&batch);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_buffers(port, 2 * NB_DESC, 0, state_of(port).loans);
	for (i = 0; receive_up_to(port, 0, &batch, 1) > 0; i++) {
		assert_packet(batch.m[0], &packets.all[i], i);
		batch_free(&batch);
	}
	assert_int_equal(i, NB_PACKETS);
}

static void
loans_that_outlive_their_queue_go_to_the_application_pool(void **state)
{
	struct packets packets = capture_read(capture_make("uniform", NB_STUCK));
	struct batch batch = { 0 };
	struct rte_mempool *mp;
	uint16_t port;

	(void)state;
	port = get_stuck(&batch, capture_make("uniform", NB_STUCK));
	mp = vdev.pools[0];
	vdev_unplug(port);
	assert_int_equal(rte_mempool_avail_count(mp), mp->size - NB_STUCK);
	assert_int_equal(count_loans(&batch), NB_LOANS);
	assert_int_equal(settle_from(&batch, 0, mp, on_worker_lcore), 0);
	assert_packets(&batch, &packets);
	batch_free(&batch);
	assert_pool_full(mp);
}

static void
queues_that_are_set_up_anew_with_loans_out_use_other_buffers(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	struct packets packets = capture_read(path);
	struct batch held = { 0 }, batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	port = get_stuck(&held, path);
	for (i = 0; i < 5; i++) {
		assert_int_equal(rte_eth_dev_stop(port), 0);
		vdev_start(port, .nb_rx_desc = NB_DESC);
		assert_buffers(port, 2 * NB_DESC, 0, 0);
		assert_int_equal(receive_all(port, 0, &batch), NB_STUCK);
		assert_packet(batch.m[NB_STUCK - 1], &packets.all[NB_STUCK - 1], NB_STUCK - 1);
		batch_free(i % 2 == 0 ? &batch : &held);
		if (i % 2 == 1)
			RTE_SWAP(batch, held);
	}
	batch_free(&batch);
	batch_free(&held);
	vdev_unplug(port);
	assert_pool_full(vdev.pools[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(a_descriptor_waits_for_its_loan),
		vdev_test(loans_settled_on_another_lcore_lose_and_reorder_nothing),
		vdev_test(loans_settled_on_a_plain_thread_lose_and_reorder_nothing),
		vdev_test(loans_settled_by_the_handler_itself_lose_and_reorder_nothing),
		vdev_test(loans_can_be_settled_from_the_pool_that_they_name),
		vdev_test(a_loan_that_is_simply_freed_is_settled),
		vdev_test(a_loan_that_is_sent_comes_home),
		vdev_test(a_ring_where_all_descriptors_wait_recovers),
		vdev_test(descriptor_status_and_queue_count_do_not_count_what_waits),
		vdev_test(with_more_buffers_loans_begin_later),
		vdev_test(a_loan_that_cannot_be_copied_stays_one_and_can_be_settled_later),
		vdev_test(settling_nothing_does_nothing),
		vdev_test(loans_within_chains_are_found_and_settled),
		vdev_test(a_chain_that_cannot_be_copied_whole_stays_a_loan),
		vdev_test(ordinary_mbufs_and_copies_are_no_loans),
		vdev_test(a_buffer_that_was_lent_is_handed_up_unmarked_by_the_next_flip),
		vdev_test(a_copy_says_all_that_the_loan_said),
		vdev_test(a_loan_without_bytes_is_settled),
		vdev_test(a_reset_of_the_statistics_forgets_loans_but_not_what_waits),
		vdev_test(queue_state_says_what_it_cannot_look_at),
		vdev_test(a_port_that_copies_inline_never_lends),
		vdev_test(a_port_starts_again_while_its_loans_are_out),
		vdev_test(loans_that_outlive_their_queue_go_to_the_application_pool),
		vdev_test(queues_that_are_set_up_anew_with_loans_out_use_other_buffers),
	};

	return vdev_run(tests);
}
