/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Mbufs that stand for the data of others, or are chained to them. */

#include "dualbuf_test.h"
#include "pool_pair_util.h"

static struct rte_mbuf *
clone_of(struct rte_mbuf *m, struct rte_mempool *mp)
{
	struct rte_mbuf *clone = rte_pktmbuf_clone(m, mp);

	assert_non_null(clone);
	assert_true(RTE_MBUF_CLONED(clone));
	assert_ptr_equal(clone->buf_addr, m->buf_addr);
	return clone;
}

static void
free_parent_and_clone(struct rte_mbuf *m, struct rte_mempool *mp, bool parent_first)
{
	struct rte_mbuf *clone = clone_of(m, mp);

	rte_pktmbuf_free(parent_first ? m : clone);
	if (test_queue_slot(&queue, m) != UINT32_MAX)
		assert_false(test_queue_is_home(&queue, m));
	rte_pktmbuf_free(parent_first ? clone : m);
	assert_all_home();
}

static void
a_buffer_is_home_only_after_its_last_clone(void **state)
{
	struct rte_mempool *const pools[] = { app, other, queue.pool->mp };
	unsigned int i, parent_first;

	(void)state;
	for (i = 0; i < RTE_DIM(pools); i++) {
		for (parent_first = 0; parent_first < 2; parent_first++) {
			free_parent_and_clone(
					test_queue_receive_bound(&queue), pools[i], parent_first);
			free_parent_and_clone(test_queue_temporary(&queue), pools[i], parent_first);
		}
	}
}

static void
clones_of_clones_are_freed_in_any_order(void **state)
{
	struct rte_mbuf *m[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		m[0] = test_queue_receive_bound(&queue);
		m[1] = clone_of(m[0], m[0]->pool);
		m[2] = clone_of(m[1], m[0]->pool);
		m[3] = clone_of(m[2], app);
		swap(&m[0], &m[i]);
		free_in_bulk(m, 4);
		assert_all_home();
	}
}

static void
copies_are_made_from_the_packets_own_pool(void **state)
{
	struct rte_mbuf *m = test_queue_receive_bound(&queue), *copy;

	(void)state;
	strcpy(rte_pktmbuf_mtod(m, char *), "what the packet says");
	copy = rte_pktmbuf_copy(m, m->pool, 0, UINT32_MAX);
	assert_non_null(copy);
	assert_string_equal(rte_pktmbuf_mtod(copy, char *), "what the packet says");
	assert_ptr_equal(copy->pool, m->pool);
	rte_pktmbuf_free(copy);
	assert_false(test_queue_is_home(&queue, m));
	rte_pktmbuf_free(m);
	assert_all_home();
}

/* Attach: m stands for the data of another mbuf, which is free then to be freed first. */
static void
attach_and_free(struct rte_mbuf *m, struct rte_mbuf *to, free_way way, bool detach)
{
	void *own = m->buf_addr;

	rte_pktmbuf_attach(m, to);
	assert_ptr_not_equal(m->buf_addr, own);
	rte_pktmbuf_free(to);
	if (detach)
		rte_pktmbuf_detach(m);
	way(&m, 1);
	assert_ptr_equal(m->buf_addr, own);
	assert_all_home();
}

static void
attached_and_detached_buffers_come_home_as_they_were(void **state)
{
	static const enum kind kinds[] = { OWN, OTHER_QUEUE, TEMPORARY, APPLICATION, FOREIGN };
	unsigned int way, to, detach;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++)
		for (to = 0; to < RTE_DIM(kinds); to++)
			for (detach = 0; detach < 2; detach++) {
				attach_and_free(test_queue_receive_bound(&queue),
						make_kind(kinds[to]), free_ways[way], detach);
				attach_and_free(test_queue_temporary(&queue), make_kind(kinds[to]),
						free_ways[way], detach);
			}
}

static unsigned int nb_external_freed;

static void
count_external(void *addr, void *arg)
{
	(void)addr;
	(void)arg;
	nb_external_freed++;
}

static void
attach_external_and_free(struct rte_mbuf *m, free_way way)
{
	static char memory[4096] __rte_cache_aligned;
	void *own = m->buf_addr;
	uint16_t len = sizeof(memory);
	struct rte_mbuf_ext_shared_info *shared;

	shared = rte_pktmbuf_ext_shinfo_init_helper(memory, &len, count_external, NULL);
	assert_non_null(shared);
	nb_external_freed = 0;
	rte_pktmbuf_attach_extbuf(m, memory, 0, len, shared);
	assert_true(RTE_MBUF_HAS_EXTBUF(m));
	way(&m, 1);
	assert_int_equal(nb_external_freed, 1);
	assert_ptr_equal(m->buf_addr, own);
	assert_true(RTE_MBUF_DIRECT(m));
	assert_all_home();
}

static void
external_buffers_are_let_go_and_the_bound_one_is_back(void **state)
{
	unsigned int way;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		attach_external_and_free(test_queue_receive_bound(&queue), free_ways[way]);
		attach_external_and_free(test_queue_temporary(&queue), free_ways[way]);
	}
}

/* A packet of bound buffers, a temporary and one of the application's. */
static struct rte_mbuf *
make_chain(struct rte_mbuf **m)
{
	static const enum kind kinds[] = { OWN, OWN, TEMPORARY, OTHER_QUEUE, APPLICATION };
	unsigned int i;

	for (i = 0; i < RTE_DIM(kinds); i++) {
		m[i] = make_kind(kinds[i]);
		m[i]->data_len = 64;
		m[i]->pkt_len = 64;
		if (i > 0)
			assert_int_equal(rte_pktmbuf_chain(m[0], m[i]), 0);
	}
	assert_int_equal(m[0]->nb_segs, 5);
	return m[0];
}

static void
chains_come_home_whole(void **state)
{
	struct rte_mbuf *m[5], *chain;

	(void)state;
	rte_pktmbuf_free(make_chain(m));
	assert_all_home();
	chain = make_chain(m);
	rte_pktmbuf_free_bulk(&chain, 1);
	assert_all_home();
}

static void
segments_that_are_freed_fast_come_home_alone(void **state)
{
	struct rte_mbuf *m[5];
	unsigned int i;

	(void)state;
	make_chain(m);
	free_fast(m, 5);
	assert_all_home();
	for (i = 0; i < 5; i++) {
		assert_null(m[i]->next);
		assert_int_equal(m[i]->nb_segs, 1);
	}
}

static void
clones_and_attached_buffers_outlive_their_queue(void **state)
{
	struct rte_mbuf *m = test_queue_receive_bound(&queue);
	struct rte_mbuf *clone = clone_of(m, m->pool);
	struct rte_mbuf *attached = test_queue_receive_bound(&queue);

	(void)state;
	rte_pktmbuf_attach(attached, m);
	rte_pktmbuf_free(m);
	test_queue_release(&queue);
	rte_pktmbuf_free(clone);
	assert_int_equal(test_pool_missing(app), 2 + 2 * NB_DESC);
	rte_pktmbuf_free(attached);
	assert_int_equal(test_pool_missing(app), 2 * NB_DESC);
}

static void
pinned_mbufs_that_are_freed_fast_with_ours_are_passed_on(void **state)
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
	struct rte_mbuf *m[3];

	(void)state;
	assert_non_null(memory);
	mp = rte_pktmbuf_pool_create_extbuf(
			"pinned", nb - 1, 0, 0, size, SOCKET_ID_ANY, &external, 1);
	assert_non_null(mp);
	m[0] = test_queue_receive_bound(&queue);
	m[1] = test_alloc(mp);
	m[2] = test_queue_temporary(&queue);
	free_fast(m, 3);
	assert_all_home();
	assert_int_equal(test_pool_missing(mp), 0);
	assert_true(RTE_MBUF_HAS_PINNED_EXTBUF(m[1]));
	rte_mempool_free(mp);
	free(memory);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_queues(a_buffer_is_home_only_after_its_last_clone),
		with_queues(clones_of_clones_are_freed_in_any_order),
		with_queues(copies_are_made_from_the_packets_own_pool),
		with_queues(attached_and_detached_buffers_come_home_as_they_were),
		with_queues(external_buffers_are_let_go_and_the_bound_one_is_back),
		with_queues(chains_come_home_whole),
		with_queues(segments_that_are_freed_fast_come_home_alone),
		with_queues(clones_and_attached_buffers_outlive_their_queue),
		with_queues(pinned_mbufs_that_are_freed_fast_with_ours_are_passed_on),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
