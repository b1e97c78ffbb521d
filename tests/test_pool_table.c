/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * A process whose table of mempool operations is full, or nearly so, when the driver comes to it. The
 * driver registers once in a process, so each case is a run of this program.
 */

#include "dualbuf_test.h"
#include "pool_util.h"

#include <rte_mbuf_pool_ops.h>

#define NB_DESC 8

static struct log_capture logged;
static struct rte_mempool_ops before[RTE_MEMPOOL_MAX_OPS_IDX]; /* the driver came */

/* Register with the table as it is, and expect to share the place of this name. */
static void
register_and_share(const char *name)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "return pools share that of \"%s\"", name);
	memcpy(before, rte_mempool_ops_table.ops, sizeof(before));
	log_capture_begin(&logged);
	assert_int_equal(dualbuf_pool_register(), 0);
	assert_logged(&logged, "in the table of 16", expected);
	assert_int_equal(dualbuf_pool_register(), 0);
	assert_nothing_logged(&logged);
	log_capture_end(&logged);
}

static int
place_of(const char *name)
{
	int place;

	for (place = rte_mempool_ops_table.num_ops - 1; place >= 0; place--)
		if (strcmp(rte_mempool_ops_table.ops[place].name, name) == 0)
			break;
	return place;
}

/* A mempool is in use as soon as it has operations. */
static struct rte_mempool *
make_user(const char *name)
{
	struct rte_mempool *mp = rte_mempool_create_empty(name, 1, 64, 0, 0, SOCKET_ID_ANY, 0);

	assert_non_null(mp);
	assert_int_equal(rte_mempool_set_ops_byname(mp, name, NULL), 0);
	return mp;
}

static struct rte_mempool *
make_pool(const char *ops)
{
	struct rte_mempool *mp = rte_pktmbuf_pool_create_by_ops(
			ops, 63, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, ops);

	assert_non_null(mp);
	return mp;
}

/* Receive into a pool and free in all ways; temporaries too. */
static void
receive_and_free(struct rte_mempool *mp)
{
	struct rte_mbuf *m[2 * NB_DESC];
	struct test_queue queue;
	unsigned int i, way;

	test_queue_bind(&queue, mp, NB_DESC, 2);
	assert_ptr_equal(queue.pool->app, mp);
	for (way = 0; way < 3; way++) {
		for (i = 0; i < RTE_DIM(m); i++)
			m[i] = i < NB_DESC ? test_queue_receive_bound(&queue) :
					     test_queue_temporary(&queue);
		assert_int_equal(test_queue_out(&queue), NB_DESC);
		if (way == 0)
			rte_pktmbuf_free_bulk(m, RTE_DIM(m));
		else if (way == 1)
			rte_mempool_put_bulk(m[0]->pool, (void **)m, RTE_DIM(m));
		else
			for (i = 0; i < RTE_DIM(m); i++)
				rte_pktmbuf_free(m[i]);
		assert_int_equal(test_queue_out(&queue), 0);
		assert_int_equal(rte_mempool_avail_count(queue.pool->mp),
				rte_mempool_avail_count(mp));
	}
	m[0] = test_queue_receive_bound(&queue);
	m[1] = rte_pktmbuf_clone(m[0], m[0]->pool);
	assert_non_null(m[1]);
	rte_pktmbuf_free(m[0]);
	assert_int_equal(test_queue_out(&queue), 1);
	test_queue_release(&queue);
	rte_pktmbuf_free(m[1]);
	assert_pool_full(mp);
}

static void
assert_works_with(const char *ops)
{
	struct rte_mempool *mp = make_pool(ops);
	struct rte_mbuf *m[63];

	assert_pool_full(mp);
	assert_int_equal(rte_pktmbuf_alloc_bulk(mp, m, 63), 0);
	assert_int_equal(rte_mempool_avail_count(mp), 0);
	rte_pktmbuf_free_bulk(m, 63);
	receive_and_free(mp);
	rte_mempool_free(mp);
}

/* Only the one place has other functions, and it has those that it had. */
static void
assert_only_place_changed(int place)
{
	const struct rte_mempool_ops *ops = rte_mempool_ops_table.ops;
	int i;

	for (i = 0; i < RTE_MEMPOOL_MAX_OPS_IDX; i++) {
		assert_string_equal(ops[i].name, before[i].name);
		if (i != place)
			assert_memory_equal(&ops[i], &before[i], sizeof(ops[i]));
	}
	if (place < 0)
		return;
	assert_true(ops[place].enqueue != before[place].enqueue);
	assert_true(ops[place].calc_mem_size == before[place].calc_mem_size);
	assert_true(ops[place].populate == before[place].populate);
	assert_int_equal(ops[place].get_info == NULL, before[place].get_info == NULL);
	assert_int_equal(ops[place].dequeue_contig_blocks == NULL,
			before[place].dequeue_contig_blocks == NULL);
}

static void
a_full_table_is_shared_and_said_once(void **state)
{
	(void)state;
	ops_fill_table();
	register_and_share("lf_stack");
	assert_only_place_changed(place_of("lf_stack"));
}

static void
return_pools_have_the_index_of_the_shared_place(void **state)
{
	struct rte_mempool *mp = test_pool_make("shared", 63, 0);
	struct test_queue queue;

	(void)state;
	test_queue_bind(&queue, mp, NB_DESC, 2);
	assert_int_equal(queue.pool->mp->ops_index, place_of("lf_stack"));
	test_queue_release(&queue);
	rte_mempool_free(mp);
}

static void
pools_of_the_owner_and_of_others_work(void **state)
{
	(void)state;
	assert_works_with("lf_stack");
	assert_works_with("ring_mp_mc");
	assert_works_with("stack");
}

/* A pool that was there before is one of the owner's too, and so are those of bare objects. */
static void
a_pool_of_the_owner_is_freed_by_the_owner(void **state)
{
	struct rte_mempool *mp = rte_mempool_create_empty("bare", 63, 64, 0, 0, SOCKET_ID_ANY, 0);
	void *objs[63];
	unsigned int nb_rings;

	(void)state;
	assert_non_null(mp);
	assert_int_equal(rte_mempool_set_ops_byname(mp, "lf_stack", NULL), 0);
	assert_int_equal(rte_mempool_populate_default(mp), 63);
	assert_int_equal(rte_mempool_get_bulk(mp, objs, 63), 0);
	assert_int_equal(rte_mempool_get_bulk(mp, objs, 1), -ENOBUFS);
	rte_mempool_put_bulk(mp, objs, 63);
	assert_true(rte_mempool_full(mp));
	rte_mempool_free(mp);
	/* were its memory still there, the next one of this name could not be made */
	for (nb_rings = 0; nb_rings < 3; nb_rings++) {
		mp = make_pool("lf_stack");
		rte_mempool_free(mp);
	}
}

static void
a_return_pool_has_nothing_of_the_owners(void **state)
{
	struct rte_mempool *mp = test_pool_make("app", 63, 0);
	struct rte_mempool *return_pool;
	struct test_queue queue, next;

	(void)state;
	test_queue_bind(&queue, mp, NB_DESC, 2);
	return_pool = queue.pool->mp;
	log_capture_begin(&logged);
	assert_int_equal(rte_mempool_populate_default(return_pool), -ENOTSUP);
	assert_logged(&logged, "cannot hold objects of their own");
	log_capture_end(&logged);
	test_queue_release(&queue);
	rte_mempool_free(mp);
	/* it went in our way, which keeps its data for the next one */
	assert_null(queue.pool->mp);
	mp = test_pool_make("next", 63, 0);
	test_queue_bind(&next, mp, NB_DESC, 2);
	assert_ptr_equal(next.pool, queue.pool);
	test_queue_release(&next);
	rte_mempool_free(mp);
}

static const struct CMUnitTest full_tests[] = {
	cmocka_unit_test(a_full_table_is_shared_and_said_once),
	cmocka_unit_test(return_pools_have_the_index_of_the_shared_place),
	cmocka_unit_test(pools_of_the_owner_and_of_others_work),
	cmocka_unit_test(a_pool_of_the_owner_is_freed_by_the_owner),
	cmocka_unit_test(a_return_pool_has_nothing_of_the_owners),
};

/* Those are on the way of packets. */
static void
the_operations_that_mbufs_are_to_have_are_not_shared(void **state)
{
	(void)state;
	assert_int_equal(rte_mbuf_set_user_mempool_ops("lf_stack"), 0);
	ops_fill_table();
	register_and_share("bucket");
	assert_only_place_changed(place_of("bucket"));
}

static void
operations_that_only_the_owner_has_are_for_its_pools_alone(void **state)
{
	struct rte_mempool *app = test_pool_make("app", 63, 0), *mp = make_pool("bucket");
	struct rte_mempool_info info = { 0 }, owners = { 0 };
	struct test_queue queue;
	void *block;

	(void)state;
	test_queue_bind(&queue, app, NB_DESC, 2);
	assert_int_equal(rte_mempool_ops_get_info(mp, &info), 0);
	assert_int_equal(before[place_of("bucket")].get_info(mp, &owners), 0);
	assert_int_equal(info.contig_block_size, owners.contig_block_size);
	assert_int_equal(rte_mempool_ops_get_info(queue.pool->mp, &info), -ENOTSUP);
	assert_int_equal(
			rte_mempool_ops_dequeue_contig_blocks(queue.pool->mp, &block, 1), -ENOTSUP);
	test_queue_release(&queue);
	rte_mempool_free(app);
	rte_mempool_free(mp);
	assert_works_with("lf_stack");
}

/* The pool has to have a whole block for it. */
static void
the_owners_pools_still_give_blocks(void **state)
{
	struct rte_mempool *mp =
			rte_mempool_create_empty("blocks", 4096, 64, 0, 0, SOCKET_ID_ANY, 0);
	struct rte_mempool_info info = { 0 };
	void *block;
	unsigned int i;

	(void)state;
	assert_non_null(mp);
	assert_int_equal(rte_mempool_set_ops_byname(mp, "bucket", NULL), 0);
	assert_true(rte_mempool_populate_default(mp) > 0);
	assert_int_equal(rte_mempool_ops_get_info(mp, &info), 0);
	assert_int_equal(rte_mempool_ops_dequeue_contig_blocks(mp, &block, 1), 0);
	for (i = 0; i < info.contig_block_size; i++)
		rte_mempool_put(mp,
				RTE_PTR_ADD(block,
						i *
								(mp->header_size + mp->elt_size +
										mp->trailer_size)));
	assert_true(rte_mempool_full(mp));
	rte_mempool_free(mp);
}

static const struct CMUnitTest best_tests[] = {
	cmocka_unit_test(the_operations_that_mbufs_are_to_have_are_not_shared),
	cmocka_unit_test(operations_that_only_the_owner_has_are_for_its_pools_alone),
	cmocka_unit_test(the_owners_pools_still_give_blocks),
};

static void
a_place_that_a_pool_uses_is_not_shared(void **state)
{
	struct rte_mempool *users[] = { make_user("lf_stack"), make_user("bucket") };
	unsigned int i;

	(void)state;
	ops_fill_table();
	register_and_share("stack");
	for (i = 0; i < RTE_DIM(users); i++)
		rte_mempool_free(users[i]);
	assert_works_with("stack");
}

static const struct CMUnitTest used_tests[] = {
	cmocka_unit_test(a_place_that_a_pool_uses_is_not_shared),
};

static void
where_every_place_is_used_the_rarest_is_shared(void **state)
{
	static const char *const names[] = { "lf_stack", "bucket", "stack", "ring_mp_mc",
		"ring_sp_mc", "ring_mp_sc", "ring_sp_sc", "ring_mt_rts", "ring_mt_hts" };
	struct rte_mempool *users[RTE_DIM(names)];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(names); i++)
		users[i] = make_user(names[i]);
	ops_fill_table();
	register_and_share("lf_stack");
	for (i = 0; i < RTE_DIM(names); i++)
		rte_mempool_free(users[i]);
	assert_works_with("lf_stack");
}

static const struct CMUnitTest crowd_tests[] = {
	cmocka_unit_test(where_every_place_is_used_the_rarest_is_shared),
};

static void
a_place_in_the_table_is_all_it_takes(void **state)
{
	struct rte_mempool *mp;
	int place;

	(void)state;
	while (rte_mempool_ops_table.num_ops < RTE_MEMPOOL_MAX_OPS_IDX - 1)
		assert_true(ops_take_place() >= 0);
	memcpy(before, rte_mempool_ops_table.ops, sizeof(before));
	log_capture_begin(&logged);
	assert_int_equal(dualbuf_pool_register(), 0);
	assert_int_equal(rte_mempool_ops_table.num_ops, RTE_MEMPOOL_MAX_OPS_IDX);
	assert_nothing_logged(&logged);
	place = place_of("dualbuf");
	assert_int_equal(place, RTE_MEMPOOL_MAX_OPS_IDX - 1);
	before[place] = rte_mempool_ops_table.ops[place];
	assert_only_place_changed(-1);
	mp = test_pool_make("late", 63, 0);
	receive_and_free(mp);
	rte_mempool_free(mp);
	assert_works_with("lf_stack");
	assert_nothing_logged(&logged);
	log_capture_end(&logged);
}

static void
a_pool_with_our_operations_cannot_be_made_by_others(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	assert_null(rte_pktmbuf_pool_create_by_ops(
			"ours", 31, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, "dualbuf"));
	assert_logged(&logged, "mempool ours", "dualbuf");
	log_capture_end(&logged);
}

static const struct CMUnitTest room_tests[] = {
	cmocka_unit_test(a_place_in_the_table_is_all_it_takes),
	cmocka_unit_test(a_pool_with_our_operations_cannot_be_made_by_others),
};

static void
assert_refused(void)
{
	log_capture_begin(&logged);
	assert_int_equal(dualbuf_pool_register(), -ENOSPC);
	assert_logged(&logged, "net_dualbuf: no room for mempool ops: all 16 places");
	log_capture_end(&logged);
}

/* Operations that nobody knows are left alone, since nobody knows what other drivers make of them. */
static void
a_full_table_of_unknown_operations_is_reported(void **state)
{
	unsigned int i;

	(void)state;
	ops_fill_table();
	for (i = 0; i < RTE_MEMPOOL_MAX_OPS_IDX; i++)
		rte_mempool_ops_table.ops[i].name[0] = '?';
	memcpy(before, rte_mempool_ops_table.ops, sizeof(before));
	assert_refused();
	assert_refused();
	assert_only_place_changed(-1);
}

static void
and_a_place_that_comes_free_is_taken(void **state)
{
	(void)state;
	rte_mempool_ops_table.num_ops--;
	log_capture_begin(&logged);
	assert_int_equal(dualbuf_pool_register(), 0);
	assert_nothing_logged(&logged);
	assert_int_equal(place_of("dualbuf"), RTE_MEMPOOL_MAX_OPS_IDX - 1);
	log_capture_end(&logged);
}

static const struct CMUnitTest none_tests[] = {
	cmocka_unit_test(a_full_table_of_unknown_operations_is_reported),
	cmocka_unit_test(and_a_place_that_comes_free_is_taken),
};

/* EAL loads the mempool drivers of this machine; those of a small DPDK may lack some. */
static void
need_operations(const char *name)
{
	if (place_of(name) >= 0)
		return;
	print_error("skipped: this DPDK has no mempool driver \"%s\"\n", name);
	exit(77);
}

/* In each, the first test registers, and the others live with it. */
static int
run(const char *name)
{
	if (strcmp(name, "full") == 0)
		return cmocka_run_group_tests(full_tests, NULL, NULL);
	if (strcmp(name, "best") == 0)
		return cmocka_run_group_tests(best_tests, NULL, NULL);
	if (strcmp(name, "used") == 0)
		return cmocka_run_group_tests(used_tests, NULL, NULL);
	if (strcmp(name, "crowd") == 0)
		return cmocka_run_group_tests(crowd_tests, NULL, NULL);
	if (strcmp(name, "room") == 0)
		return cmocka_run_group_tests(room_tests, NULL, NULL);
	return cmocka_run_group_tests(none_tests, NULL, NULL);
}

int
main(int argc, char **argv)
{
	assert_int_equal(argc, 2);
	test_eal_start(argv[0]);
	need_operations("lf_stack");
	need_operations("stack");
	need_operations("bucket");
	return test_eal_end(run(argv[1]));
}
