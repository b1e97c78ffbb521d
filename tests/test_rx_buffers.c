/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* In which buffer a packet comes up: the one that was filled, a copy, or the last of its descriptor. */

#include "dualbuf_test.h"
#include "rx_util.h"

static void
a_packet_comes_up_in_the_buffer_that_was_armed(void **state)
{
	uint64_t was_armed = armed_address(0);
	struct rte_mbuf *m;

	(void)state;
	device_writes(100);
	m = receive_one();
	assert_next_frame(m, 100);
	assert_int_equal((uintptr_t)rte_pktmbuf_mtod(m, char *), was_armed);
	assert_int_not_equal(armed_address(0), was_armed);
	assert_all_armed();
	assert_int_equal(test_queue_out(&queue), 1);
	assert_int_equal(rxq.stats.flips, 1);
	assert_int_equal(rxq.stats.copies, 0);
	rte_pktmbuf_free(m);
}

static void
a_packet_is_copied_when_the_alternate_is_out(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m;
	uint64_t was_armed;

	(void)state;
	device_writes_frames(NB_DESC - 1);
	assert_int_equal(burst(held, NB_DESC), NB_DESC - 1);
	received = NB_DESC - 1;
	device_writes(70);
	receive_and_free(70);
	was_armed = armed_address(0);
	device_writes(200);
	m = receive_one();
	assert_next_frame(m, 200);
	assert_int_not_equal((uintptr_t)rte_pktmbuf_mtod(m, char *), was_armed);
	assert_int_equal(armed_address(0), was_armed);
	assert_all_armed();
	assert_int_equal(rxq.stats.flips, NB_DESC);
	assert_int_equal(rxq.stats.copies, 1);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(held, NB_DESC - 1);
}

/* Nothing waits for the consumer: alternates first, then copies, in order. */
static void
hold_everything(uint32_t nb_bufs)
{
	struct rte_mbuf *held[NB_DESC * 8 + 40];
	unsigned int n = NB_DESC * (nb_bufs - 1) + 40, i;

	make_rxq(nb_bufs, 64);
	for (i = 0; i < n; i++) {
		device_writes(60 + i % 100);
		held[i] = receive_one();
		assert_next_frame(held[i], 60 + i % 100);
		assert_all_armed();
	}
	assert_int_equal(rxq.stats.flips, n - 40);
	assert_int_equal(rxq.stats.copies, 40);
	assert_int_equal(rxq.stats.packets, n);
	for (i = 0; i < n; i++)
		assert_bytes(held[i], i, 60 + i % 100);
	rte_pktmbuf_free_bulk(held, n);
}

static void
a_consumer_that_never_frees_gets_copies_with_2_buffers(void **state)
{
	(void)state;
	hold_everything(2);
}

static void
a_consumer_that_never_frees_gets_copies_with_3_buffers(void **state)
{
	(void)state;
	hold_everything(3);
}

static void
a_consumer_that_never_frees_gets_copies_with_4_buffers(void **state)
{
	(void)state;
	hold_everything(4);
}

static void
a_consumer_that_never_frees_gets_copies_with_8_buffers(void **state)
{
	(void)state;
	hold_everything(8);
}

static void
a_burst_without_any_alternate_is_copied(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[24];
	unsigned int i;

	(void)state;
	receive_a_round(held);
	for (i = 0; i < 4; i++) {
		receive_frames(m, 24);
		assert_int_equal(rxq.stats.copies, (i + 1) * 24);
		rte_pktmbuf_free_bulk(m, 24);
	}
	assert_int_equal(rxq.stats.flips, NB_DESC);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
a_burst_is_flipped_and_copied_as_each_descriptor_needs(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[24];
	unsigned int i;

	(void)state;
	receive_a_round(held);
	for (i = 0; i < NB_DESC; i += 3) {
		rte_pktmbuf_free(held[i]);
		held[i] = NULL;
	}
	receive_frames(m, 24);
	assert_int_equal(rxq.stats.flips, NB_DESC + 8);
	assert_int_equal(rxq.stats.copies, 16);
	rte_pktmbuf_free_bulk(m, 24);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
one_alternate_that_is_home_is_found_wherever_it_is(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[8];
	unsigned int i, flips;

	(void)state;
	receive_a_round(held);
	for (i = 0; i < NB_DESC; i++) {
		while (rxq.ring->next.pos != i / 8 * 8) {
			receive_frames(m, 8);
			rte_pktmbuf_free_bulk(m, 8);
		}
		rte_pktmbuf_free(held[i]);
		flips = rxq.stats.flips;
		receive_frames(m, 8);
		assert_int_equal(rxq.stats.flips, flips + 1);
		held[i] = m[i % 8];
		m[i % 8] = NULL;
		rte_pktmbuf_free_bulk(m, 8);
	}
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
a_burst_takes_the_temporaries_that_are_left_and_lends_the_rest(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[24];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), left, i;

	(void)state;
	for (left = 1; left < 20; left++) {
		rte_mempool_put_bulk(app, taken, left);
		device_writes_frames(20);
		assert_int_equal(burst(m, 24), 20);
		for (i = 0; i < 20; i++)
			assert_next_frame(m[i], 60 + received % 190);
		rte_pktmbuf_free_bulk(m, 20);
		assert_int_equal(take_all(taken, left), left);
		assert_all_wake();
	}
	assert_int_equal(rxq.stats.copies, 19 * 20 / 2);
	assert_int_equal(rxq.stats.loans, 19 * 20 - 19 * 20 / 2);
	assert_true(rxq.stats.nombuf >= rxq.stats.loans);
	rte_pktmbuf_free_bulk(held, NB_DESC);
	rte_mempool_put_bulk(app, taken, n);
}

static void
without_a_temporary_the_last_buffer_goes_up_and_nothing_is_lost(void **state)
{
	struct rte_mbuf *held[NB_DESC], *last[NB_DESC];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), round, i;

	(void)state;
	for (round = 0; round < 4; round++) {
		/* the last armed descriptor is never the device's */
		for (i = 0; i < NB_DESC - 1; i++) {
			device_writes(64);
			last[i] = receive_one();
			assert_next_frame(last[i], 64);
			assert_int_equal(last[i]->ol_flags, 0);
			assert_int_equal(dualbuf_ring_waiting(rxq.ring), i + 1);
		}
		assert_int_equal(doorbell, device_head);
		assert_nothing_received();
		rte_pktmbuf_free_bulk(last, NB_DESC - 1);
		assert_all_wake();
	}
	assert_int_equal(rxq.stats.packets, NB_DESC + round * (NB_DESC - 1));
	assert_int_equal(rxq.stats.loans, round * (NB_DESC - 1));
	assert_int_equal(rxq.stats.nombuf, rxq.stats.loans);
	assert_int_equal(rxq.stats.errors, 0);
	rte_mempool_put_bulk(app, taken, n);
	device_writes(64);
	receive_and_free(64);
	assert_int_equal(rxq.stats.copies, 1);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

/* Those behind one that waits are kept from the device, until it is armed. */
static void
descriptors_behind_one_that_waits_are_armed_in_their_order(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[20];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), i;

	(void)state;
	for (i = 0; i < 20; i++) {
		device_writes(64);
		m[i] = receive_one();
		assert_next_frame(m[i], 64);
	}
	for (i = 19; i > 0; i--) {
		rte_pktmbuf_free(m[i]);
		assert_nothing_received();
		assert_int_equal(dualbuf_ring_armed_count(rxq.ring), NB_DESC - 20);
	}
	rte_pktmbuf_free(m[0]);
	assert_all_wake();
	rte_pktmbuf_free_bulk(held, NB_DESC);
	rte_mempool_put_bulk(app, taken, n);
}

static const struct CMUnitTest tests[] = {
	with_rxq(a_packet_comes_up_in_the_buffer_that_was_armed),
	with_rxq(a_packet_is_copied_when_the_alternate_is_out),
	with_tear_down(a_consumer_that_never_frees_gets_copies_with_2_buffers),
	with_tear_down(a_consumer_that_never_frees_gets_copies_with_3_buffers),
	with_tear_down(a_consumer_that_never_frees_gets_copies_with_4_buffers),
	with_tear_down(a_consumer_that_never_frees_gets_copies_with_8_buffers),
	with_rxq(a_burst_without_any_alternate_is_copied),
	with_rxq(a_burst_is_flipped_and_copied_as_each_descriptor_needs),
	with_rxq(one_alternate_that_is_home_is_found_wherever_it_is),
	with_rxq(a_burst_takes_the_temporaries_that_are_left_and_lends_the_rest),
	with_rxq(without_a_temporary_the_last_buffer_goes_up_and_nothing_is_lost),
	with_rxq(descriptors_behind_one_that_waits_are_armed_in_their_order),
};

RX_MAIN(tests)
