/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Handles that were copied or written over. */

#include "dualbuf_test.h"
#include "pool_pair_util.h"

static void
free_after_copied_handle(enum kind to, enum kind from, bool to_first, free_way way)
{
	struct rte_mbuf *a = make_kind(to), *b = make_kind(from);
	struct rte_mbuf *m[2] = { to_first ? a : b, to_first ? b : a };

	overwrite_handle(a, b);
	if (way == free_fast && m[0]->pool == app)
		swap(&m[0], &m[1]);
	way(m, 2);
	assert_all_home();
}

static void
copied_handles_mislead_nobody(void **state)
{
	static const enum kind kinds[] = { OWN, OTHER_QUEUE, TEMPORARY };
	unsigned int to, from, order, way;

	(void)state;
	for (to = 0; to < RTE_DIM(kinds); to++)
		for (from = 0; from < RTE_DIM(kinds); from++)
			for (order = 0; order < 2; order++)
				for (way = 0; way < RTE_DIM(free_ways); way++)
					free_after_copied_handle(kinds[to], kinds[from], order,
							free_ways[way]);
}

static void
swapped_handles_mislead_nobody(void **state)
{
	struct rte_mbuf *a = test_queue_receive_bound(&queue);
	struct rte_mbuf *b = test_queue_receive_bound(&sibling);
	struct rte_mbuf *t = test_queue_temporary(&queue);
	struct rte_mbuf copy;

	(void)state;
	overwrite_handle(&copy, a);
	overwrite_handle(a, b);
	overwrite_handle(b, t);
	overwrite_handle(t, &copy);
	rte_pktmbuf_free(t);
	assert_false(test_queue_is_home(&queue, a));
	rte_pktmbuf_free(b);
	assert_true(test_queue_is_home(&sibling, b));
	assert_false(test_queue_is_home(&queue, a));
	rte_pktmbuf_free(a);
	assert_all_home();
}

static void
any_handle_at_all_brings_a_bound_buffer_home(void **state)
{
	static const uint32_t handles[] = { 0, 1, 0x7fff, 0x8000, 0x7fffffff, 0x80000000,
		0xffffffff, 511u << 15 | 0x7fff, 512u << 15 };
	struct rte_mbuf *bound, *temporary;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(handles); i++) {
		bound = test_queue_receive_bound(&queue);
		temporary = test_queue_temporary(&queue);
		*dualbuf_pool_handle(queue.pool, bound) = handles[i];
		*dualbuf_pool_handle(queue.pool, temporary) = handles[i];
		rte_pktmbuf_free(temporary);
		rte_pktmbuf_free(bound);
		assert_all_home();
	}
}

/* Else every later free of that buffer would look through all slots again. */
static void
a_handle_that_was_written_over_is_repaired(void **state)
{
	struct rte_mbuf *m = test_queue_receive_bound(&queue);
	uint32_t handle = *dualbuf_pool_handle(queue.pool, m);

	(void)state;
	*dualbuf_pool_handle(queue.pool, m) = 0xffffffff;
	rte_pktmbuf_free(m);
	assert_int_equal(*dualbuf_pool_handle(queue.pool, m), handle);
	assert_all_home();
}

static void
a_late_free_does_not_touch_the_queue_that_has_the_entry_now(void **state)
{
	struct rte_mbuf *bound = test_queue_receive_bound(&queue), *temporary;

	(void)state;
	temporary = test_queue_temporary(&queue);
	overwrite_handle(temporary, bound);
	rte_pktmbuf_free(bound);
	test_queue_release(&queue);
	test_queue_bind(&queue, app, NB_DESC, 2);
	rte_pktmbuf_free(temporary);
	assert_all_home();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_queues(copied_handles_mislead_nobody),
		with_queues(swapped_handles_mislead_nobody),
		with_queues(any_handle_at_all_brings_a_bound_buffer_home),
		with_queues(a_handle_that_was_written_over_is_repaired),
		with_queues(a_late_free_does_not_touch_the_queue_that_has_the_entry_now),
	};

	test_pool_start(argc, argv);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
