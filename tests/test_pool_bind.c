/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Binding a queue: the return pool that it gets, and how many buffers. */

#include "dualbuf_test.h"
#include "pool_pair_util.h"

static void
private_data_is_the_same_through_the_packets_pool(void **state)
{
	struct rte_mempool *mp = rte_pktmbuf_pool_create(
			"private", 31, 0, 192, RTE_PKTMBUF_HEADROOM + 1000, SOCKET_ID_ANY);
	struct test_queue q;
	struct rte_mbuf *m;

	(void)state;
	assert_non_null(mp);
	test_queue_bind(&q, mp, NB_DESC, 2);
	m = test_queue_receive_bound(&q);
	assert_int_equal(rte_pktmbuf_priv_size(m->pool), 192);
	assert_int_equal(rte_pktmbuf_data_room_size(m->pool), RTE_PKTMBUF_HEADROOM + 1000);
	assert_int_equal(m->pool->private_data_size, mp->private_data_size);
	assert_memory_equal(rte_mempool_get_priv(m->pool), rte_mempool_get_priv(mp),
			mp->private_data_size);
	rte_pktmbuf_free(m);
	test_queue_release(&q);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

/* The area is a copy, which is made anew for each queue. */
static void
what_the_application_wrote_to_its_pool_shows_after_the_next_set_up(void **state)
{
	struct rte_mempool *mp = rte_pktmbuf_pool_create(
			"rewritten", 63, 0, 128, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	struct rte_pktmbuf_pool_private *private;
	struct test_queue first, second;
	struct rte_mbuf *m;

	(void)state;
	assert_non_null(mp);
	test_queue_bind(&first, mp, NB_DESC, 2);
	private = rte_mempool_get_priv(mp);
	private->flags ^= RTE_BIT32(31);
	test_queue_bind(&second, mp, NB_DESC, 2);
	m = test_queue_receive_bound(&second);
	assert_memory_equal(rte_mempool_get_priv(m->pool), private, mp->private_data_size);
	rte_pktmbuf_free(m);
	test_queue_release(&first);
	test_queue_release(&second);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
bound_buffers_keep_what_the_application_put_beside_them(void **state)
{
	struct rte_mempool *mp = rte_pktmbuf_pool_create(
			"beside", 31, 0, 64, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	struct test_queue q;
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	assert_non_null(mp);
	for (i = 0; i < mp->size; i++) {
		m = test_alloc(mp);
		strcpy(rte_mbuf_to_priv(m), "the application's");
		rte_pktmbuf_free(m);
	}
	test_queue_bind(&q, mp, NB_DESC, 2);
	for (i = 0; i < 4 * NB_DESC; i++) {
		m = test_queue_receive_bound(&q);
		assert_string_equal(rte_mbuf_to_priv(m), "the application's");
		rte_pktmbuf_free(m);
	}
	test_queue_release(&q);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
addresses_are_the_buffers_own_behind_the_headroom(void **state)
{
	uint32_t slot;
	struct rte_mbuf *m;

	(void)state;
	for (slot = 0; slot < 2 * NB_DESC; slot++) {
		m = queue.ring->slots.buf[slot];
		assert_int_equal(queue.ring->addr[slot],
				(uintptr_t)m->buf_addr + RTE_PKTMBUF_HEADROOM);
	}
}

static void
a_packets_pool_counts_what_the_applications_has(void **state)
{
	struct rte_mbuf *m[10];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(m); i++) {
		m[i] = test_alloc(app);
		assert_int_equal(rte_mempool_avail_count(queue.pool->mp),
				rte_mempool_avail_count(app));
		assert_int_equal(rte_mempool_avail_count(app), APP_SIZE - 4 * NB_DESC - i - 1);
	}
	free_in_bulk(m, RTE_DIM(m));
}

static void
queues_of_one_pool_name_one_return_pool(void **state)
{
	(void)state;
	assert_ptr_equal(queue.pool, sibling.pool);
	test_queue_bind(&stranger, other, NB_DESC, 2);
	assert_ptr_not_equal(stranger.pool, queue.pool);
	assert_ptr_not_equal(stranger.pool->mp, queue.pool->mp);
	test_queue_release(&stranger);
}

static void
a_return_pool_stands_for_the_applications(void **state)
{
	struct test_queue third;

	(void)state;
	test_queue_bind(&third, queue.pool->mp, NB_DESC, 2);
	assert_ptr_equal(third.pool, queue.pool);
	assert_ptr_equal(third.pool->app, app);
	test_queue_release(&third);
}

struct small_pool {
	uint32_t size, nb_desc, nb_bufs, reserve;
	uint32_t bound;
};

/* Half of what is left beyond the first sides and the reserve goes to alternates. */
static const struct small_pool small_pools[] = {
	{ 64, 32, 2, 0, 32 + 16 },
	{ 63, 32, 2, 0, 32 + 15 },
	{ 33, 32, 2, 0, 32 },
	{ 32, 32, 2, 0, 32 },
	{ 32, 32, 8, 0, 32 },
	{ 32, 32, 2, 1000, 32 },
	{ 95, 32, 2, 0, 32 + 31 },
	{ 96, 32, 2, 0, 32 + 32 },
	{ 96, 32, 2, 1, 32 + 31 },
	{ 96, 32, 2, 32, 32 + 16 },
	{ 96, 32, 2, 64, 32 },
	{ 96, 32, 2, 63, 32 },
	{ 96, 32, 2, 62, 32 + 1 },
	{ 200, 32, 4, 0, 32 + 84 },
	{ 224, 32, 4, 0, 32 + 96 },
	{ 256, 32, 8, 0, 32 + 112 },
};

static void
assert_small_pool(const struct small_pool *t)
{
	uint32_t wanted = t->nb_desc * t->nb_bufs, slot;
	struct rte_mempool *mp = test_pool_make("small", t->size, 0);
	struct test_queue q;

	assert_int_equal(test_queue_try(&q, mp, t->nb_desc, t->nb_bufs, t->reserve), 0);
	assert_int_equal(test_queue_bound(&q), t->bound);
	assert_int_equal(test_queue_out(&q), 0);
	for (slot = 0; slot < wanted; slot++)
		assert_int_equal(q.ring->slots.buf[slot] != NULL, slot < t->bound);
	if (t->bound < wanted)
		assert_logged(&logged, "mempool small", "copied");
	assert_nothing_logged(&logged);
	test_queue_release(&q);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
small_pools_give_what_they_can_spare(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(small_pools); i++)
		assert_small_pool(&small_pools[i]);
}

static void
a_pool_without_mbufs_for_the_shortest_ring_is_refused_and_left_full(void **state)
{
	static const uint32_t sizes[] = { 31, 17, 1 };
	struct rte_mempool *mp;
	struct test_queue q;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++) {
		mp = test_pool_make("tiny", sizes[i], 0);
		assert_int_equal(test_queue_try(&q, mp, 512, 2, 0), -ENOMEM);
		assert_logged(&logged, "mempool tiny", "ring of 512 descriptors",
				"shortest has 32");
		assert_pool_full(mp);
		rte_mempool_free(mp);
	}
}

/* A pool, the queues that share it, and the lengths that their rings get. */
static const struct shared_pool {
	uint32_t size;
	uint32_t nb_desc;
	uint32_t nb_queues;
	uint32_t lengths[4];
} shared_pools[] = {
	{ 1024, 256, 4, { 256, 256, 256, 256 } },
	{ 2048, 2048, 1, { 2048 } },
	{ 2047, 2048, 1, { 1528 } },
	{ 512, 256, 4, { 96, 96, 120, 144 } },
	{ 128, 256, 4, { 32, 32, 32, 32 } },
	{ 32, 4096, 1, { 32 } },
};

static void
assert_shared_pool(const struct shared_pool *t)
{
	struct rte_mempool *mp = test_pool_make("shared", t->size, 0);
	struct test_queue q[4];
	unsigned int i;

	for (i = 0; i < t->nb_queues; i++) {
		assert_int_equal(test_queue_try_shared(&q[i], mp, t->nb_desc, t->nb_queues - 1 - i),
				0);
		assert_int_equal(q[i].ring->nb_desc, t->lengths[i]);
		assert_logged(&logged, "mempool shared", "copied, or go up in the last buffer");
	}
	for (i = 0; i < t->nb_queues; i++)
		test_queue_release(&q[i]);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
a_pool_that_is_too_small_gives_each_queue_a_shorter_ring(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(shared_pools); i++)
		assert_shared_pool(&shared_pools[i]);
}

/* As often as there are entries, and more. */
static void
a_bind_that_fails_leaves_no_entry_behind(void **state)
{
	struct rte_mempool *mp = test_pool_make("empty", 63, 0);
	struct rte_mbuf *m[63];
	struct test_queue q;
	unsigned int round;

	(void)state;
	assert_int_equal(rte_pktmbuf_alloc_bulk(mp, m, 63), 0);
	for (round = 0; round < DUALBUF_POOL_MAX_QUEUES + 10; round++) {
		assert_int_equal(test_queue_try(&q, mp, 32, 2, 0), -ENOMEM);
		assert_logged(&logged, "mempool empty has 0 mbufs free");
	}
	free_in_bulk(m, 63);
	test_queue_bind(&q, mp, NB_DESC, 2);
	test_queue_release(&q);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
a_queue_with_few_alternates_copies_and_comes_home(void **state)
{
	struct rte_mempool *mp = test_pool_make("few", 48, 0);
	struct test_queue q;
	struct rte_mbuf *m[40];
	unsigned int i;

	(void)state;
	test_queue_bind(&q, mp, 32, 2);
	assert_logged(&logged, "mempool few", "40 buffers of 64");
	for (i = 0; i < RTE_DIM(m); i++)
		m[i] = test_queue_receive(&q);
	assert_int_equal(test_queue_out(&q), 8);
	for (i = 0; i < RTE_DIM(m); i++)
		assert_int_equal(m[i] != NULL, i < 16);
	free_in_bulk(m, 16);
	test_queue_release(&q);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
pinned_external_buffers_are_refused(void **state)
{
	const uint16_t size = 2048;
	const uint32_t nb = 64;
	void *memory = aligned_alloc(4096, nb * size);
	struct rte_pktmbuf_extmem external = {
		.buf_ptr = memory,
		.buf_iova = (rte_iova_t)(uintptr_t)memory,
		.buf_len = nb * size,
		.elt_size = size,
	};
	struct rte_mempool *mp;
	struct test_queue q;

	(void)state;
	assert_non_null(memory);
	mp = rte_pktmbuf_pool_create_extbuf(
			"pinned", nb - 1, 0, 0, size, SOCKET_ID_ANY, &external, 1);
	assert_non_null(mp);
	assert_int_equal(test_queue_try(&q, mp, NB_DESC, 2, 0), -EINVAL);
	assert_logged(&logged, "mempool pinned has pinned external buffers", "required");
	assert_int_equal(test_pool_missing(mp), 0);
	rte_mempool_free(mp);
	free(memory);
}

static void
registering_again_changes_nothing(void **state)
{
	int offset = queue.pool->handle_offset;
	uint32_t nb_ops = rte_mempool_ops_table.num_ops;
	struct test_queue third;

	(void)state;
	assert_int_equal(dualbuf_pool_register(), 0);
	assert_int_equal(rte_mempool_ops_table.num_ops, nb_ops);
	test_queue_bind(&third, app, NB_DESC, 2);
	assert_int_equal(third.pool->handle_offset, offset);
	assert_ptr_equal(third.pool, queue.pool);
	test_queue_release(&third);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_log(private_data_is_the_same_through_the_packets_pool),
		with_log(what_the_application_wrote_to_its_pool_shows_after_the_next_set_up),
		with_log(bound_buffers_keep_what_the_application_put_beside_them),
		with_queues(addresses_are_the_buffers_own_behind_the_headroom),
		with_queues(a_packets_pool_counts_what_the_applications_has),
		with_queues(queues_of_one_pool_name_one_return_pool),
		with_queues(a_return_pool_stands_for_the_applications),
		with_log(small_pools_give_what_they_can_spare),
		with_log(a_pool_without_mbufs_for_the_shortest_ring_is_refused_and_left_full),
		with_log(a_pool_that_is_too_small_gives_each_queue_a_shorter_ring),
		with_log(a_bind_that_fails_leaves_no_entry_behind),
		with_log(a_queue_with_few_alternates_copies_and_comes_home),
		with_log(pinned_external_buffers_are_refused),
		with_queues(registering_again_changes_nothing),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
