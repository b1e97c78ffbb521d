/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Armed buffers that are found, and exchanged between descriptors. */

#include "dualbuf_test.h"
#include "dualbuf_pool_handle.h"
#include "dualbuf_pool_order.h"
#include "pool_util.h"

#define NB_DESC 32
#define NB_BUFS 3

static struct rte_mempool *app;
static struct test_queue queue;

static int
set_up(void **state)
{
	(void)state;
	app = test_pool_make("order", 2 * NB_DESC * NB_BUFS, 0);
	test_queue_bind(&queue, app, NB_DESC, NB_BUFS);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	test_queue_release(&queue);
	assert_pool_full(app);
	rte_mempool_free(app);
	return 0;
}

static struct rte_mbuf *
armed_at(uint32_t pos)
{
	return queue.ring->slots.buf[dualbuf_ring_armed_slot(queue.ring, pos)];
}

static void
assert_found(const struct rte_mbuf *m, uint32_t expected)
{
	uint32_t pos = UINT32_MAX;

	assert_true(dualbuf_pool_find_armed(queue.pool, queue.ring, m, &pos));
	assert_int_equal(pos, expected);
}

static void
assert_not_found(const void *m)
{
	uint32_t pos = 4711;

	assert_false(dualbuf_pool_find_armed(queue.pool, queue.ring, m, &pos));
	assert_int_equal(pos, 4711);
}

static void
assert_all_found(void)
{
	uint32_t pos;

	for (pos = 0; pos < NB_DESC; pos++)
		assert_found(armed_at(pos), pos);
}

/* Receive packets until each descriptor has armed each of its buffers. */
static void
each_armed_buffer_is_found(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < NB_DESC * NB_BUFS; i++) {
		assert_all_found();
		rte_pktmbuf_free(test_queue_receive_bound(&queue));
	}
}

static void
a_buffer_that_is_not_armed_is_not_found(void **state)
{
	struct rte_mbuf *m = test_queue_receive_bound(&queue);
	struct dualbuf_slots *slots = &queue.ring->slots;
	uint32_t slot;

	(void)state;
	assert_not_found(m);
	rte_pktmbuf_free(m);
	assert_not_found(m);
	for (slot = 0; slot < slots->nb_slots; slot++)
		if (slots->buf[slot] != armed_at(slot % NB_DESC))
			assert_not_found(slots->buf[slot]);
}

static void
what_is_no_buffer_of_the_ring_is_not_found(void **state)
{
	static _Alignas(RTE_CACHE_LINE_SIZE) struct rte_mbuf stranger;
	struct rte_mbuf *m = test_queue_temporary(&queue), *free_one = test_alloc(app);
	struct test_queue other;
	uint32_t i;

	(void)state;
	test_queue_bind(&other, app, NB_DESC, 1);
	for (i = 0; i < NB_DESC; i++)
		assert_not_found(other.ring->slots.buf[i]);
	assert_not_found(m);
	/* handles of the ring's slots, in mbufs that are none of its buffers */
	for (i = 0; i < 2 * NB_DESC * NB_BUFS; i++) {
		*dualbuf_pool_handle(queue.pool, &stranger) = i;
		*dualbuf_pool_handle(queue.pool, m) = i;
		*dualbuf_pool_handle(queue.pool, free_one) = i;
		assert_not_found(&stranger);
		assert_not_found(m);
		assert_not_found(free_one);
	}
	for (i = 1; i < RTE_CACHE_LINE_MIN_SIZE; i++)
		assert_not_found(RTE_PTR_ADD(armed_at(3), i));
	assert_not_found(RTE_PTR_ADD(armed_at(3), RTE_CACHE_LINE_MIN_SIZE));
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(free_one);
	test_queue_release(&other);
}

static void
a_buffer_whose_handle_was_overwritten_is_found(void **state)
{
	static const uint32_t handles[] = { 0, 7, 0x7fff, 1u << 15 | 3, 0x80000000, 0xffffffff };
	uint32_t i, handle;

	(void)state;
	for (i = 0; i < RTE_DIM(handles); i++) {
		handle = *dualbuf_pool_handle(queue.pool, armed_at(7 + i));
		*dualbuf_pool_handle(queue.pool, armed_at(7 + i)) = handles[i];
		assert_all_found();
		*dualbuf_pool_handle(queue.pool, armed_at(7 + i)) = handle;
	}
}

static void
the_buffer_of_a_descriptor_that_waits_is_not_found(void **state)
{
	struct rte_mbuf *m = dualbuf_ring_lend(queue.ring, 0);

	(void)state;
	assert_not_found(m);
	*dualbuf_pool_handle(queue.pool, m) = 0x80000000;
	assert_not_found(m);
	assert_found(armed_at(1), 1);
	rte_pktmbuf_free(m);
	assert_not_found(m);
	assert_true(queue.ring->armed[0] == DUALBUF_NO_SIDE);
}

/* Each is then where the other was, with its address, and comes home there. */
static void
two_armed_buffers_are_exchanged(void **state)
{
	struct rte_mbuf *a = armed_at(0), *b, *out;
	uint64_t seed = 0x9e3779b97f4a7c15, addr_a, addr_b;
	uint32_t round, pos, slot_a, slot_b;

	(void)state;
	for (round = 0; round < 20000; round++) {
		slot_a = dualbuf_ring_armed_slot(queue.ring, queue.ring->next.pos);
		pos = (queue.ring->next.pos + 1 + test_random_below(&seed, NB_DESC - 1)) % NB_DESC;
		slot_b = dualbuf_ring_armed_slot(queue.ring, pos);
		a = queue.ring->slots.buf[slot_a];
		b = queue.ring->slots.buf[slot_b];
		addr_a = queue.ring->addr[slot_a];
		addr_b = queue.ring->addr[slot_b];
		dualbuf_pool_exchange_armed(queue.pool, queue.ring, queue.ring->next.pos, pos);
		assert_ptr_equal(queue.ring->slots.buf[slot_a], b);
		assert_ptr_equal(queue.ring->slots.buf[slot_b], a);
		assert_int_equal(queue.ring->addr[slot_a], addr_b);
		assert_int_equal(queue.ring->addr[slot_b], addr_a);
		assert_int_equal(dualbuf_handle_slot(*dualbuf_pool_handle(queue.pool, a)), slot_b);
		assert_int_equal(dualbuf_handle_slot(*dualbuf_pool_handle(queue.pool, b)), slot_a);
		assert_found(b, queue.ring->next.pos);
		assert_found(a, pos);
		out = test_queue_receive_bound(&queue);
		assert_ptr_equal(out, b);
		assert_int_equal(test_queue_out(&queue), 1);
		assert_false(dualbuf_ring_is_home(queue.ring, slot_a));
		rte_pktmbuf_free(out);
		assert_true(dualbuf_ring_is_home(queue.ring, slot_a));
	}
	assert_all_found();
}

#define order_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	order_test(each_armed_buffer_is_found),
	order_test(a_buffer_that_is_not_armed_is_not_found),
	order_test(what_is_no_buffer_of_the_ring_is_not_found),
	order_test(a_buffer_whose_handle_was_overwritten_is_found),
	order_test(the_buffer_of_a_descriptor_that_waits_is_not_found),
	order_test(two_armed_buffers_are_exchanged),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
