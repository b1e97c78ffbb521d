/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The life of a descriptor that lends, and a ring that stands still. */

#include "deferred_util.h"
#include "dualbuf_rx_formats.h"
#include "vnic.h"

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
	assert_int_equal(rxq_of(port, 0)->ring->armed[0], DUALBUF_NO_SIDE);
	assert_int_equal(*rxq_of(port, 0)->tail_reg, NB_DESC - 1);

	/* settled, the buffer is home, and the handler's next burst arms it */
	assert_int_equal(settle_from(&batch, NB_DESC, vdev.pools[0], on_plain_thread), 0);
	assert_ptr_not_equal(batch.m[NB_DESC], loan);
	assert_false(rte_pmd_dualbuf_is_loan(batch.m[NB_DESC]));
	assert_buffers(port, NB_DESC, 1, 1);
	assert_int_equal(*rxq_of(port, 0)->tail_reg, NB_DESC - 1);
	receive_up_to(port, 0, &batch, 1);
	address = rte_le_to_cpu_64(rxq_of(port, 0)->desc[0].read.addr);
	assert_int_equal(address, (uintptr_t)loan->buf_addr + RTE_PKTMBUF_HEADROOM);
	/* descriptor 1 waits now */
	assert_int_equal(*rxq_of(port, 0)->tail_reg, 0);
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
	assert_int_equal(dualbuf_rx_burst_by_queue(rxq_of(port, 0), batch.m, 1), 0);
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue,
					 vnic_ends_of[port]->sources[0], 100),
			5);
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

static const struct CMUnitTest tests[] = {
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
};

VDEV_MAIN(tests)
