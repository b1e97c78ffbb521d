/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A kernel that says what is not true: nothing goes up twice, or from nowhere, and it may behave again. */

#include "dualbuf_test.h"
#include "xdp_rx_util.h"

/* An entry that names none of the buffers that the kernel has is passed over, and packets around it come. */
static void
assert_passed_over(uint64_t addr, uint32_t len, uint32_t options)
{
	uint64_t unknown = rx.unknown, exchanged = rx.exchanged;
	uint32_t head = rx.head.pos;

	xdp_test_ring_put_desc(&kernel_rx,
			(struct xdp_desc){
					.addr = addr,
					.len = len,
					.options = options,
			});
	assert_int_equal(xdp_rx_step(&rx, 1), 1);
	assert_int_equal(rx.head.pos, head);
	assert_int_equal(rx.unknown, unknown + 1);
	assert_int_equal(rx.exchanged, exchanged);
	assert_nothing_received();
	assert_kernel_has_the_armed();
	kernel_receives(3);
	receive_and_free(3);
}

static void
assert_chunk_passed_over(uint64_t chunk)
{
	assert_passed_over(xdp_area_addr(chunk, XDP_AREA_LEAD), 60, 0);
}

static void
addresses_outside_the_area_are_passed_over(void **state)
{
	uint64_t end = rx.area.size, i;

	(void)state;
	assert_chunk_passed_over(end);
	assert_chunk_passed_over(end + 1);
	assert_chunk_passed_over(end - 1);
	assert_chunk_passed_over(end - rx.area.chunk + 1);
	assert_chunk_passed_over((UINT64_C(1) << 48) - 1);
	assert_chunk_passed_over((UINT64_C(1) << 48) - rx.area.chunk);
	for (i = 12; i < 48; i++)
		assert_chunk_passed_over(end + (UINT64_C(1) << i));
	assert_passed_over(UINT64_MAX, UINT32_MAX, UINT32_MAX & ~XDP_CONTINUED);
}

static void
addresses_in_the_area_that_no_buffer_has_are_passed_over(void **state)
{
	uint64_t i, chunk = armed_chunk(rx.head.pos);

	(void)state;
	assert_chunk_passed_over(0);
	assert_chunk_passed_over(1);
	for (i = 1; i < XDP_AREA_LEAD; i += i < 4 ? 1 : 13) {
		chunk = armed_chunk(rx.head.pos);
		assert_chunk_passed_over(chunk + i);
		chunk = armed_chunk(rx.head.pos);
		assert_chunk_passed_over(chunk - i);
	}
	for (i = 64; i < 2304; i += 64)
		assert_chunk_passed_over(armed_chunk(rx.head.pos) + i);
}

static void
buffers_that_are_out_are_passed_over(void **state)
{
	struct rte_mbuf *m[8], *copy;
	uint32_t i;

	(void)state;
	kernel_receives(RTE_DIM(m));
	assert_int_equal(burst(m, RTE_DIM(m)), RTE_DIM(m));
	for (i = 0; i < RTE_DIM(m); i++)
		assert_next(m[i]);
	for (i = 0; i < RTE_DIM(m); i++)
		assert_chunk_passed_over(mbuf_chunk(m[i]));
	copy = test_queue_temporary(&queue);
	assert_chunk_passed_over(mbuf_chunk(copy));
	rte_pktmbuf_free(copy);
	rte_pktmbuf_free_bulk(m, RTE_DIM(m));
}

static void
buffers_that_are_home_and_not_armed_are_passed_over(void **state)
{
	uint32_t pos, side;

	(void)state;
	for (pos = 0; pos < 32; pos++) {
		side = dualbuf_ring_alternate(queue.ring, pos);
		kernel_puts(mbuf_chunk(queue.ring->slots.buf[dualbuf_ring_slot(
					    queue.ring, side, pos)]),
				XDP_AREA_LEAD, 60, 0);
	}
	assert_int_equal(xdp_rx_step(&rx, 64), 32);
	assert_int_equal(rx.unknown, 32);
	assert_nothing_received();
	assert_kernel_has_the_armed();
}

static void
mbufs_of_the_pool_that_are_not_bound_are_passed_over(void **state)
{
	struct rte_mbuf *m = test_alloc(app);
	uint32_t slot;

	(void)state;
	for (slot = 0; slot < 64; slot++) {
		*dualbuf_pool_handle(queue.pool, m) = slot;
		assert_chunk_passed_over(mbuf_chunk(m));
	}
	rte_pktmbuf_free(m);
}

static void
a_buffer_that_was_armed_and_not_given_is_passed_over(void **state)
{
	struct rte_mbuf *m;
	uint32_t turn;

	(void)state;
	for (turn = 0; turn < 70; turn++) {
		kernel_receives(1);
		assert_int_equal(xdp_rx_step(&rx, 1), 1);
		assert_int_equal(
				dualbuf_rx_burst_with(&dualbuf_rx_ext, path, features)(&rxq, &m, 1),
				1);
		assert_next(m);
		rte_pktmbuf_free(m);
		xdp_test_ring_put_desc(&kernel_rx,
				(struct xdp_desc){
						.addr = xdp_area_addr(armed_chunk(rx.posted.pos),
								XDP_AREA_LEAD),
						.len = 60,
				});
		assert_int_equal(xdp_rx_step(&rx, 1), 1);
		assert_int_equal(rx.unknown, turn + 1);
		assert_nothing_received();
	}
}

static void
a_buffer_of_another_queue_of_the_pool_is_passed_over(void **state)
{
	struct test_queue other;
	uint32_t pos;

	(void)state;
	test_queue_bind(&other, app, 32, 1);
	for (pos = 0; pos < 32; pos++) {
		uint32_t slot = dualbuf_ring_armed_slot(other.ring, pos);

		assert_chunk_passed_over(mbuf_chunk(other.ring->slots.buf[slot]));
	}
	test_queue_release(&other);
}

/* The second one comes while the packet waits to be read, when it is out, and when it is home again. */
static void
a_buffer_that_comes_twice_goes_up_once(void **state)
{
	struct rte_mbuf *m[3];
	uint64_t chunk;
	uint32_t turn;

	(void)state;
	for (turn = 0; turn < 100; turn++) {
		kernel_takes();
		chunk = kernel_has[turn % 32];
		kernel_receives_in(turn % 32);
		kernel_puts(chunk, XDP_AREA_LEAD, 60, 0);
		kernel_receives(1);
		assert_int_equal(xdp_rx_step(&rx, 8), 3);
		kernel_puts(chunk, XDP_AREA_LEAD, 60, 0);
		assert_int_equal(burst(m, 3), 2);
		assert_next(m[0]);
		assert_next(m[1]);
		kernel_puts(chunk, XDP_AREA_LEAD, 60, 0);
		assert_nothing_received();
		assert_int_equal(rx.unknown, 3 * (turn + 1));
		rte_pktmbuf_free_bulk(m, 2);
		assert_kernel_has_the_armed();
		assert_int_equal(nb_kernel_has, 32);
	}
}

/* The buffer comes back with it, the packet does not go up. */
static void
assert_error(uint64_t offset, uint32_t len, uint32_t which)
{
	uint64_t errors = rxq.stats.errors;

	kernel_takes();
	kernel_puts(kernel_loses(which), offset, len, 0);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, errors + 1);
	assert_int_equal(rx.unknown, 0);
	kernel_receives(2);
	receive_and_free(2);
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 32);
}

static void
lengths_beyond_the_buffer_are_errors(void **state)
{
	static const uint32_t lens[] = { BUF_SIZE + 1, BUF_SIZE + XDP_AREA_LEAD, 4096, 0xffff,
		0x10000, 0x10000 + 60, 0x7fffffff, 0x80000000, UINT32_MAX };
	uint32_t which, i;

	(void)state;
	for (which = 0; which < 32; which += 15)
		for (i = 0; i < RTE_DIM(lens); i++)
			assert_error(XDP_AREA_LEAD, lens[i], which);
	assert_int_equal(test_queue_out(&queue), 0);
}

static void
frames_that_are_not_all_in_the_buffer_are_errors(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t len;
	} frames[] = {
		{ XDP_AREA_LEAD + 1, BUF_SIZE },
		{ XDP_AREA_LEAD + BUF_SIZE, 1 },
		{ XDP_AREA_LEAD + BUF_SIZE + 1, 0 },
		{ 0, XDP_AREA_LEAD + BUF_SIZE },
		{ 0, UINT32_MAX },
		{ 4096, 60 },
		{ 0x7fff, 60 },
		{ 0xffff, 0 },
		{ 0xffff, 60 },
		{ 0xffff, UINT32_MAX },
	};
	uint32_t which, i;

	(void)state;
	for (which = 0; which < 32; which += 15)
		for (i = 0; i < RTE_DIM(frames); i++)
			assert_error(frames[i].offset, frames[i].len, which);
}

/* What is before the buffer's headroom can be named too: bytes go up that are in the chunk, and no others. */
static void
a_frame_may_be_anywhere_in_its_chunk(void **state)
{
	uint8_t expected[64];
	uint64_t offset;
	struct rte_mbuf *m;

	(void)state;
	for (offset = 0; offset <= XDP_AREA_LEAD; offset += 32) {
		kernel_takes();
		memcpy(expected, chunk_data(kernel_has[0]) - XDP_AREA_LEAD + offset, 64);
		kernel_puts(kernel_loses(0), offset, 64, 0);
		assert_int_equal(burst(&m, 1), 1);
		assert_int_equal(m->data_len, 64);
		if (offset >= 128)
			assert_memory_equal(rte_pktmbuf_mtod(m, void *), expected, 64);
		rte_pktmbuf_free(m);
		assert_kernel_has_the_armed();
	}
}

/* A packet without an end takes as many descriptors as there are, and is dropped. */
static void
a_packet_without_an_end_is_dropped(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 200; i++) {
		kernel_takes();
		kernel_puts(kernel_loses(0), XDP_AREA_LEAD, 60, XDP_CONTINUED);
		assert_nothing_received();
	}
	assert_true(rxq.stats.errors >= 1);
	kernel_receives(1);
	assert_nothing_received();
	assert_int_equal(test_queue_out(&queue), 0);
	received = sent;
	kernel_receives(32);
	receive_and_free(32);
	assert_kernel_has_the_armed();
}

/* Packets whose bytes nobody knows. */
static uint32_t
receive_anything(void)
{
	struct rte_mbuf *m[64];
	uint32_t n = burst(m, RTE_DIM(m)), i;

	for (i = 0; i < n; i++)
		assert_true(m[i]->data_len <= BUF_SIZE && m[i]->pool == queue.pool->mp);
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

static void
an_index_beyond_the_ring_is_not_followed(void **state)
{
	static const uint32_t distances[] = { 33, 34, 64, 0x10000, 0x7fffffff, 0x80000000,
		0x80000001, -32u, -31u, -2u, -1u };
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(distances); i++) {
		kernel_rx.producer += distances[i];
		assert_nothing_received();
		assert_nothing_received();
		kernel_rx.producer -= distances[i];
		assert_int_equal(kernel_rx.consumer, kernel_rx.producer);
		kernel_receives(20);
		receive_and_free(20);
		assert_kernel_has_the_armed();
		assert_int_equal(nb_kernel_has, 32);
	}
	assert_int_equal(rx.unknown, 0);
}

/* Entries of long ago name buffers that the kernel has not, or has: those come. */
static void
an_index_within_the_ring_brings_what_stands_there(void **state)
{
	uint64_t unknown;
	uint32_t ahead, head, which, nb;

	(void)state;
	for (ahead = 1; ahead <= 32; ahead++) {
		kernel_receives(32);
		receive_and_free(32);
		kernel_takes();
		head = rx.head.pos;
		unknown = rx.unknown;
		kernel_rx.producer += ahead;
		assert_int_equal(xdp_rx_step(&rx, 64), ahead);
		assert_int_equal(kernel_rx.consumer, kernel_rx.producer);
		for (nb = 0; head != rx.head.pos; nb++, head = (head + 1) % 32) {
			for (which = 0; kernel_has[which] != armed_chunk(head); which++)
				assert_true(which < nb_kernel_has);
			kernel_loses(which);
		}
		assert_int_equal(rx.unknown + nb, unknown + ahead);
		assert_kernel_has_the_armed();
		assert_int_equal(receive_anything(), nb);
	}
}

static void
the_kernels_index_of_the_fill_ring_may_jump(void **state)
{
	static const uint32_t distances[] = { 1, 31, 32, 33, 0x7fffffff, 0x80000000, -33u, -32u,
		-1u };
	struct rte_mbuf *m[20];
	uint32_t i, j;

	(void)state;
	for (i = 0; i < RTE_DIM(distances); i++) {
		kernel_receives(20);
		kernel_fill.consumer += distances[i];
		assert_int_equal(burst(m, 10), 10);
		assert_int_equal(burst(&m[10], 10), 10);
		kernel_fill.consumer -= distances[i];
		assert_nothing_received();
		for (j = 0; j < 20; j++)
			assert_next(m[j]);
		rte_pktmbuf_free_bulk(m, 20);
		assert_kernel_has_the_armed();
		kernel_receives(32);
		receive_and_free(32);
	}
}

/* Rings full of anything, for long; then the kernel is restarted, and so is the queue. */
static void
anything_may_stand_in_the_rings(void **state)
{
	uint64_t seed = 0x2545f4914f6cdd1d;
	uint32_t turn, i;

	(void)state;
	for (turn = 0; turn < 100000; turn++) {
		struct xdp_desc *entry = &((struct xdp_desc *)kernel_rx.entries)[turn % 32];

		entry->addr = test_random(&seed);
		if (test_random_below(&seed, 2) == 0)
			entry->addr %= rx.area.size;
		if (test_random_below(&seed, 4) == 0)
			entry->addr = armed_chunk(test_random_below(&seed, 32));
		if (test_random_below(&seed, 2) == 0)
			entry->addr = xdp_area_addr(
					xdp_area_start(entry->addr), test_random_below(&seed, 600));
		entry->len = test_random(&seed) >> test_random_below(&seed, 64);
		entry->options = test_random_below(&seed, 4);
		kernel_rx.producer = test_random_below(&seed, 8) == 0 ?
				(uint32_t)test_random(&seed) :
				kernel_rx.consumer + test_random_below(&seed, 33);
		kernel_fill.consumer = test_random_below(&seed, 8) == 0 ?
				(uint32_t)test_random(&seed) :
				kernel_fill.producer;
		receive_anything();
		for (i = 0; i < 32; i++)
			assert_true(dualbuf_ring_is_home(
					queue.ring, dualbuf_ring_armed_slot(queue.ring, i)));
	}
	dualbuf_rx_ext.restart(&rxq);
	xdp_test_ring_free(&kernel_rx);
	xdp_test_ring_free(&kernel_fill);
	make_rings(32);
	dualbuf_rx_doorbell(&rxq);
	assert_int_equal(xdp_rx_post(&rx), 32);
	sent = received;
	kernel_receives(32);
	receive_and_free(32);
}

static const struct CMUnitTest tests[] = {
	with_queue(addresses_outside_the_area_are_passed_over),
	with_queue(addresses_in_the_area_that_no_buffer_has_are_passed_over),
	with_queue(buffers_that_are_out_are_passed_over),
	with_queue(buffers_that_are_home_and_not_armed_are_passed_over),
	with_queue(mbufs_of_the_pool_that_are_not_bound_are_passed_over),
	with_queue(a_buffer_that_was_armed_and_not_given_is_passed_over),
	with_queue(a_buffer_of_another_queue_of_the_pool_is_passed_over),
	with_queue(a_buffer_that_comes_twice_goes_up_once),
	with_queue(lengths_beyond_the_buffer_are_errors),
	with_queue(frames_that_are_not_all_in_the_buffer_are_errors),
	with_queue(a_frame_may_be_anywhere_in_its_chunk),
	with_queue(a_packet_without_an_end_is_dropped),
	with_queue(an_index_beyond_the_ring_is_not_followed),
	with_queue(an_index_within_the_ring_brings_what_stands_there),
	with_queue(the_kernels_index_of_the_fill_ring_may_jump),
	with_queue(anything_may_stand_in_the_rings),
};

XDP_RX_MAIN(tests)
