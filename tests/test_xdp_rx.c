/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Between the kernel's rings and the receive path, with a kernel that does what is expected. */

#include "dualbuf_test.h"
#include "xdp_rx_util.h"

#define TURNS 6

static const uint32_t lengths[] = { 32, 40, 72, 256, 504, 512 };
static const uint32_t bursts[] = { 1, 3, 8, 31, 32, 64, 7 };

static void
packets_come_in_order_for_many_turns(void **state)
{
	uint32_t i, turn, n;

	(void)state;
	for (i = 0; i < RTE_DIM(lengths); i++) {
		make_xdp(lengths[i], 2);
		for (turn = 0; received < TURNS * lengths[i]; turn++) {
			n = RTE_MIN(bursts[turn % RTE_DIM(bursts)], lengths[i] - 1);
			kernel_receives(n);
			receive_and_free(n);
			assert_kernel_has_the_armed();
			assert_int_equal(nb_kernel_has, lengths[i]);
		}
		assert_int_equal(rxq.stats.flips, received);
		assert_int_equal(rx.exchanged, 0);
		assert_int_equal(rx.unknown, 0);
		end_xdp();
	}
}

static void
packets_wait_until_they_are_asked_for(void **state)
{
	uint32_t left;

	(void)state;
	assert_nothing_received();
	kernel_receives(32);
	assert_int_equal(nb_kernel_has, 0);
	for (left = 32; left > 0; left--) {
		assert_int_equal(xdp_test_ring_count(&kernel_rx), left);
		receive_and_free(1);
	}
	assert_nothing_received();
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 32);
}

/* Claim 1. */
static void
the_fill_ring_names_the_alternates_before_packets_go_up(void **state)
{
	uint64_t alternates[20];
	struct rte_mbuf *m[20];
	uint32_t pos, turn, i;

	(void)state;
	for (turn = 0; turn < 8; turn++) {
		kernel_receives(RTE_DIM(m));
		pos = queue.ring->next.pos;
		for (i = 0; i < RTE_DIM(m); i++) {
			uint32_t at = (pos + i) % 32;
			uint32_t side = dualbuf_ring_alternate(queue.ring, at);
			void *alternate = queue.ring->slots.buf[dualbuf_ring_slot(
					queue.ring, side, at)];

			assert_int_not_equal(side, queue.ring->armed[at]);
			alternates[i] = mbuf_chunk(alternate);
		}
		assert_int_equal(burst(m, RTE_DIM(m)), RTE_DIM(m));
		assert_int_equal(xdp_test_ring_count(&kernel_fill), RTE_DIM(m));
		for (i = 0; i < RTE_DIM(m); i++)
			assert_int_equal(((const uint64_t *)kernel_fill.entries)
							 [(kernel_fill.consumer + i) % 32],
					alternates[i]);
		for (i = 0; i < RTE_DIM(m); i++)
			assert_next(m[i]);
		rte_pktmbuf_free_bulk(m, RTE_DIM(m));
	}
}

/* Claim 3. */
static void
without_an_alternate_the_packet_is_copied_and_its_buffer_given_again(void **state)
{
	struct rte_mbuf *held[32], *m;
	uint64_t chunk;
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(held); i++) {
		kernel_receives(1);
		held[i] = receive_one();
	}
	for (i = 0; i < 100; i++) {
		kernel_takes();
		chunk = kernel_has[0];
		kernel_receives(1);
		assert_int_equal(burst(&m, 1), 1);
		assert_int_equal(rxq.stats.copies, i + 1);
		assert_int_not_equal(mbuf_chunk(m), chunk);
		assert_int_equal(armed_chunk(i % 32), chunk);
		assert_next(m);
		rte_pktmbuf_free(m);
		assert_kernel_has_the_armed();
	}
	assert_int_equal(rxq.stats.flips, RTE_DIM(held));
	for (i = 0; i < RTE_DIM(held); i++)
		assert_frame(held[i], i, frame_len(i));
	rte_pktmbuf_free_bulk(held, RTE_DIM(held));
	kernel_receives(20);
	receive_and_free(20);
	assert_int_equal(rxq.stats.copies, 100);
}

/* Nothing is lost, and no packet that is held is written to, until there is no memory at all. */
static void
hold_everything(uint32_t nb_bufs, uint32_t loans, uint32_t copies)
{
	static struct rte_mbuf *held[MAX_HELD];
	uint32_t n = 0, i;

	for (;;) {
		kernel_takes();
		if (nb_kernel_has == 0)
			break;
		kernel_receives(1 + n % RTE_MIN(nb_kernel_has, 13u));
		n += burst(&held[n], 13);
	}
	while ((i = burst(&held[n], 13)) > 0)
		n += i;
	for (i = 0; i < n; i++)
		assert_next(held[i]);
	assert_int_equal(sent, received);
	assert_int_equal(rxq.stats.flips, 32 * (nb_bufs - 1));
	assert_int_equal(rxq.stats.copies, copies);
	assert_int_equal(rxq.stats.loans, loans);
	assert_int_equal(rx.unknown, 0);
	rte_pktmbuf_free_bulk(held, n);
	assert_nothing_received();
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 32);
	kernel_receives(32);
	receive_and_free(32);
}

static void
a_consumer_that_holds_everything_gets_copies_and_then_the_last_buffers(void **state)
{
	uint32_t nb_bufs;

	(void)state;
	for (nb_bufs = 2; nb_bufs <= 8; nb_bufs++) {
		make_xdp(32, nb_bufs);
		hold_everything(nb_bufs, 32, rte_mempool_avail_count(app));
		end_xdp();
	}
}

static void
with_deferred_copies_it_gets_loans(void **state)
{
	uint32_t nb_bufs;

	(void)state;
	for (nb_bufs = 2; nb_bufs <= 8; nb_bufs++) {
		make_xdp(32, nb_bufs);
		features = RX_DEFERRED;
		hold_everything(nb_bufs, 32, 0);
		end_xdp();
	}
}

static void
a_descriptor_that_waits_keeps_those_behind_it_from_the_kernel(void **state)
{
	struct rte_mbuf *held[64];
	uint32_t i;

	(void)state;
	features = RX_DEFERRED;
	for (i = 0; i < 33; i++) {
		kernel_receives(1);
		held[i] = receive_one();
	}
	/* descriptor 0 waits */
	assert_int_equal(rxq.stats.loans, 1);
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 31);
	kernel_receives(31);
	assert_int_equal(burst(&held[33], 31), 31);
	for (i = 33; i < 64; i++)
		assert_next(held[i]);
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 0);
	rte_pktmbuf_free(held[0]);
	assert_nothing_received();
	kernel_takes();
	assert_int_equal(nb_kernel_has, 1);
	kernel_receives(1);
	held[0] = receive_one();
	rte_pktmbuf_free_bulk(held, 64);
	assert_nothing_received();
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 32);
}

/* The next frame comes, and a program has moved it. */
static void
kernel_receives_at(uint64_t offset, uint32_t len)
{
	uint64_t chunk;

	kernel_takes();
	chunk = kernel_loses(0);
	write_frame(chunk_data(chunk) - XDP_AREA_LEAD + offset, sent, 0, len);
	kernel_puts(chunk, offset, len, 0);
	sent++;
}

static void
a_frame_that_a_program_has_moved_is_brought_to_its_place(void **state)
{
	static const uint64_t offsets[] = { 128, 192, 242, 252, 255, 257, 260, 270, 300, 384, 1000,
		2240 };
	uint32_t turn, i, len;
	struct rte_mbuf *m;

	(void)state;
	for (turn = 0; turn < 4; turn++) {
		for (i = 0; i < RTE_DIM(offsets); i++) {
			/* to the end of the buffer, or as long as any */
			len = RTE_MIN(XDP_AREA_LEAD + BUF_SIZE - offsets[i], (uint64_t)BUF_SIZE);
			len = turn == 0 ? 14 : len;
			kernel_receives_at(offsets[i], len);
			assert_int_equal(burst(&m, 1), 1);
			assert_frame(m, sent - 1, len);
			rte_pktmbuf_free(m);
			assert_kernel_has_the_armed();
		}
	}
	assert_int_equal(rxq.stats.errors, 0);
	assert_int_equal(rx.exchanged, 0);
	assert_int_equal(rx.unknown, 0);
}

static void
a_frame_may_fill_its_buffer(void **state)
{
	static const uint32_t frame_lengths[] = { 14, 60, 1514, BUF_SIZE - 1, BUF_SIZE };
	struct rte_mbuf *m;
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(frame_lengths); i++) {
		kernel_receives_at(XDP_AREA_LEAD, frame_lengths[i]);
		assert_int_equal(burst(&m, 1), 1);
		assert_frame(m, i, frame_lengths[i]);
		rte_pktmbuf_free(m);
	}
	assert_kernel_has_the_armed();
}

/* A frame in so many parts of len bytes; part number "lost" comes in a buffer that the kernel had not. */
static void
kernel_receives_parts(uint32_t nb_parts, uint32_t len, uint32_t lost)
{
	uint32_t i, options;
	uint64_t chunk;

	for (i = 0; i < nb_parts; i++) {
		kernel_takes();
		options = i + 1 < nb_parts ? XDP_CONTINUED : 0;
		if (i == lost) {
			kernel_puts(rx.area.size - 1, XDP_AREA_LEAD, len, options);
			continue;
		}
		chunk = kernel_loses(0);
		write_frame(chunk_data(chunk), sent, i * len, len);
		kernel_puts(chunk, XDP_AREA_LEAD, len, options);
	}
	sent++;
}

static void
a_frame_in_several_buffers_is_one_packet(void **state)
{
	struct rte_mbuf *m;
	uint32_t nb_parts;

	(void)state;
	for (nb_parts = 1; nb_parts < 20; nb_parts++) {
		kernel_receives_parts(nb_parts, 100 + nb_parts, UINT32_MAX);
		xdp_rx_step(&rx, 64);
		assert_int_equal(burst(&m, 1), 1);
		assert_int_equal(m->nb_segs, nb_parts);
		assert_frame(m, sent - 1, nb_parts * (100 + nb_parts));
		rte_pktmbuf_free(m);
		assert_kernel_has_the_armed();
	}
}

static void
a_frame_with_a_part_too_long_is_dropped_whole(void **state)
{
	uint64_t chunk;

	(void)state;
	kernel_takes();
	chunk = kernel_loses(0);
	kernel_puts(chunk, XDP_AREA_LEAD, BUF_SIZE + 1, XDP_CONTINUED);
	kernel_receives_parts(3, 100, UINT32_MAX);
	xdp_rx_step(&rx, 64);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	assert_kernel_has_the_armed();
	received = sent;
	kernel_receives(5);
	receive_and_free(5);
}

/* Which packet the part was of nobody knows: the next one to be complete is dropped with it. */
static void
a_frame_with_a_part_that_is_lost_is_dropped_whole(void **state)
{
	uint32_t lost;

	(void)state;
	for (lost = 0; lost < 4; lost++) {
		kernel_receives_parts(4, 100, lost);
		if (lost == 3)
			kernel_receives(1);
		assert_nothing_received();
		assert_int_equal(rxq.stats.errors, lost + 1);
		assert_int_equal(rx.unknown, lost + 1);
		assert_kernel_has_the_armed();
		received = sent;
		kernel_receives(5);
		receive_and_free(5);
	}
}

/* The part before was received already, when the lost one comes. */
static void
a_part_may_be_lost_when_those_before_it_were_received(void **state)
{
	(void)state;
	kernel_receives_parts(2, 100, 1);
	xdp_rx_step(&rx, 1);
	assert_int_equal(queue.ring->next.pos, 0);
	assert_nothing_received();
	assert_int_equal(queue.ring->next.pos, 1);
	kernel_receives(1);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	received = sent;
	kernel_receives(5);
	receive_and_free(5);
	assert_kernel_has_the_armed();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(packets_come_in_order_for_many_turns),
	with_queue(packets_wait_until_they_are_asked_for),
	with_queue(the_fill_ring_names_the_alternates_before_packets_go_up),
	with_queue(without_an_alternate_the_packet_is_copied_and_its_buffer_given_again),
	cmocka_unit_test(a_consumer_that_holds_everything_gets_copies_and_then_the_last_buffers),
	cmocka_unit_test(with_deferred_copies_it_gets_loans),
	with_queue(a_descriptor_that_waits_keeps_those_behind_it_from_the_kernel),
	with_queue(a_frame_that_a_program_has_moved_is_brought_to_its_place),
	with_queue(a_frame_may_fill_its_buffer),
	with_queue(a_frame_in_several_buffers_is_one_packet),
	with_queue(a_frame_with_a_part_too_long_is_dropped_whole),
	with_queue(a_frame_with_a_part_that_is_lost_is_dropped_whole),
	with_queue(a_part_may_be_lost_when_those_before_it_were_received),
};

XDP_RX_MAIN(tests)
