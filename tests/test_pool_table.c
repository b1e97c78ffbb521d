/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A process whose table of mempool operations is full before the driver comes to it. */

#include "dualbuf_test.h"
#include "pool_util.h"

static struct log_capture logged;

static int
no_alloc(struct rte_mempool *mp)
{
	(void)mp;
	return -ENOTSUP;
}

static int
no_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	(void)mp;
	(void)objs;
	(void)n;
	return -ENOTSUP;
}

static int
no_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	(void)mp;
	(void)objs;
	(void)n;
	return -ENOTSUP;
}

static unsigned int
no_count(const struct rte_mempool *mp)
{
	(void)mp;
	return 0;
}

static void
fill_ops_table(void)
{
	struct rte_mempool_ops dummy = {
		.alloc = no_alloc,
		.enqueue = no_enqueue,
		.dequeue = no_dequeue,
		.get_count = no_count,
	};

	while (rte_mempool_ops_table.num_ops < RTE_MEMPOOL_MAX_OPS_IDX) {
		snprintf(dummy.name, sizeof(dummy.name), "dummy%u", rte_mempool_ops_table.num_ops);
		assert_true(rte_mempool_register_ops(&dummy) >= 0);
	}
}

/* DPDK has a line of its own for this, which comes first. */
static void
assert_refused(void)
{
	assert_int_equal(dualbuf_pool_register(), -ENOSPC);
	fflush(logged.stream);
	assert_non_null(strstr(logged.text, "net_dualbuf: no room for mempool ops: all 16 places"));
	log_capture_end(&logged);
	log_capture_begin(&logged);
}

static void
a_full_table_of_mempool_operations_is_reported(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	fill_ops_table();
	assert_refused();
	assert_refused();
	log_capture_end(&logged);
}

static void
a_place_in_the_table_is_all_it_takes(void **state)
{
	struct rte_mempool *mp;
	struct test_queue queue;

	(void)state;
	log_capture_begin(&logged);
	rte_mempool_ops_table.num_ops--;
	assert_int_equal(dualbuf_pool_register(), 0);
	assert_int_equal(rte_mempool_ops_table.num_ops, RTE_MEMPOOL_MAX_OPS_IDX);
	assert_nothing_logged(&logged);
	mp = test_pool_make("late", 63, 0);
	test_queue_bind(&queue, mp, 8, 2);
	rte_pktmbuf_free(test_queue_receive_bound(&queue));
	assert_int_equal(test_queue_out(&queue), 0);
	test_queue_release(&queue);
	assert_pool_full(mp);
	rte_mempool_free(mp);
	log_capture_end(&logged);
}

int
main(int argc, char **argv)
{
	/* in this order */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_table_of_mempool_operations_is_reported),
		cmocka_unit_test(a_place_in_the_table_is_all_it_takes),
	};

	(void)argc;
	test_eal_start(argv[0]);
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
