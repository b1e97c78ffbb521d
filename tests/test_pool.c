/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_test.h"
#include "pool_util.h"

#define SEED 0x2545f4914f6cdd1d
#define NB_DESC 8
#define APP_SIZE 127
#define OTHER_SIZE 63

static struct log_capture logged;
static struct rte_mempool *app; /* what most tests receive into */
static struct rte_mempool *other; /* a second pool of the application */
static struct test_queue queue, sibling, stranger;

/* Two queues that receive into one pool. */
static int
set_up(void **state)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	(void)state;
	log_capture_begin(&logged);
	/* names of their own, so that a test that fails does not take the others with it */
	snprintf(name, sizeof(name), "app%u", serial);
	app = test_pool_make(name, APP_SIZE, 16);
	snprintf(name, sizeof(name), "other%u", serial++);
	other = test_pool_make(name, OTHER_SIZE, 0);
	test_queue_bind(&queue, app, NB_DESC, 2);
	test_queue_bind(&sibling, app, NB_DESC, 2);
	assert_nothing_logged(&logged);
	return 0;
}

/* Whatever a test did, nothing may be missing at its end. */
static int
tear_down(void **state)
{
	(void)state;
	if (queue.ring != NULL)
		test_queue_release(&queue);
	if (sibling.ring != NULL)
		test_queue_release(&sibling);
	assert_pool_full(app);
	assert_pool_full(other);
	rte_mempool_free(app);
	rte_mempool_free(other);
	assert_nothing_logged(&logged);
	log_capture_end(&logged);
	return 0;
}

/* A log alone, for tests with pools of their own. */
static int
set_up_log(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	return 0;
}

static int
tear_down_log(void **state)
{
	(void)state;
	assert_nothing_logged(&logged);
	log_capture_end(&logged);
	return 0;
}

static void
assert_all_home(void)
{
	assert_int_equal(test_queue_out(&queue), 0);
	assert_int_equal(test_queue_out(&sibling), 0);
	assert_int_equal(test_pool_missing(app),
			test_queue_bound(&queue) + test_queue_bound(&sibling));
	assert_int_equal(test_pool_missing(other), 0);
}

/* Ways in which DPDK and its drivers free mbufs. */
static void
free_one_by_one(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		rte_pktmbuf_free(m[i]);
}

static void
free_in_bulk(struct rte_mbuf **m, unsigned int n)
{
	rte_pktmbuf_free_bulk(m, n);
}

/* As drivers do it that were promised one pool: the whole batch to that of the first. */
static void
free_fast(struct rte_mbuf **m, unsigned int n)
{
	rte_mempool_put_bulk(m[0]->pool, (void **)m, n);
}

static void
swap(struct rte_mbuf **a, struct rte_mbuf **b)
{
	struct rte_mbuf *was = *a;

	*a = *b;
	*b = was;
}

typedef void (*free_way)(struct rte_mbuf **m, unsigned int n);

static const free_way free_ways[] = { free_one_by_one, free_in_bulk, free_fast };

static void
receive_bound(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		m[i] = test_queue_receive_bound(&queue);
}

static void
every_way_of_freeing_brings_bound_buffers_home(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int way;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		receive_bound(m, NB_DESC);
		assert_int_equal(test_queue_out(&queue), NB_DESC);
		free_ways[way](m, NB_DESC);
		assert_all_home();
	}
}

static void
a_freed_buffer_is_the_alternate_of_its_own_descriptor(void **state)
{
	struct rte_mbuf *first = test_queue_receive_bound(&queue);
	struct rte_mbuf *second = test_queue_receive_bound(&queue);
	uint32_t i;

	(void)state;
	rte_pktmbuf_free(second);
	rte_pktmbuf_free(first);
	for (i = 2; i < NB_DESC; i++)
		rte_pktmbuf_free(test_queue_receive_bound(&queue));
	for (i = 0; i < NB_DESC; i++)
		rte_pktmbuf_free(test_queue_receive_bound(&queue));
	assert_ptr_equal(test_queue_receive_bound(&queue), first);
	assert_ptr_equal(test_queue_receive_bound(&queue), second);
	rte_pktmbuf_free(first);
	rte_pktmbuf_free(second);
}

static void
every_way_of_freeing_brings_temporaries_back(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int way, i;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		for (i = 0; i < NB_DESC; i++)
			m[i] = test_queue_temporary(&queue);
		assert_int_equal(test_queue_out(&queue), 0);
		free_ways[way](m, NB_DESC);
		assert_all_home();
	}
}

static void
more_temporaries_than_a_batch_come_back_together(void **state)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0;

	(void)state;
	while ((m[n] = dualbuf_pool_temporary(queue.pool)) != NULL)
		n++;
	assert_int_equal(n, APP_SIZE - 4 * NB_DESC);
	free_fast(m, n);
	assert_all_home();
}

/* What may lie in one batch. */
enum kind {
	OWN, /* bound to queue */
	OTHER_QUEUE, /* bound to its sibling, which has the same pool */
	TEMPORARY,
	APPLICATION, /* allocated from the queues' pool */
	FOREIGN, /* allocated from another pool */
	STRANGER, /* bound to a queue of that pool */
	NB_KINDS,
};

#define LONGEST_MIX 4

static struct rte_mbuf *
make_kind(enum kind kind)
{
	switch (kind) {
	case OWN:
		return test_queue_receive_bound(&queue);
	case OTHER_QUEUE:
		return test_queue_receive_bound(&sibling);
	case TEMPORARY:
		return test_queue_temporary(&queue);
	case APPLICATION:
		return test_alloc(app);
	case FOREIGN:
		return test_alloc(other);
	default:
		return test_queue_receive_bound(&stranger);
	}
}

/* The kinds of mix number i, in order: its digits. Returns the first. */
static enum kind
make_mix(struct rte_mbuf **m, unsigned int len, unsigned int i)
{
	enum kind first = i % NB_KINDS;
	unsigned int at;

	for (at = 0; at < len; at++, i /= NB_KINDS)
		m[at] = make_kind(i % NB_KINDS);
	return first;
}

static void
assert_mix_is_home(void)
{
	assert_int_equal(test_queue_out(&queue), 0);
	assert_int_equal(test_queue_out(&sibling), 0);
	assert_int_equal(test_queue_out(&stranger), 0);
	assert_int_equal(test_pool_missing(app),
			test_queue_bound(&queue) + test_queue_bound(&sibling));
	assert_int_equal(test_pool_missing(other), test_queue_bound(&stranger));
}

/* Ways for mbufs to leave a pool that they do not belong to. */
static void
settle_by_alloc_and_free(struct rte_mempool *mp, struct dualbuf_pool *pool)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0;

	(void)pool;
	while ((m[n] = rte_pktmbuf_alloc(mp)) != NULL)
		n++;
	free_one_by_one(m, n);
}

static void
settle_by_copying(struct rte_mempool *mp, struct dualbuf_pool *pool)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0;

	(void)mp;
	while ((m[n] = dualbuf_pool_temporary(pool)) != NULL)
		n++;
	free_one_by_one(m, n);
}

static void
settle_by_binding(struct rte_mempool *mp, struct dualbuf_pool *pool)
{
	uint32_t nb_desc = rte_mempool_avail_count(mp);
	struct test_queue third;

	/* one that comes home here leaves too few, and then all is given back */
	(void)pool;
	if (test_queue_try(&third, mp, nb_desc, 2, 0) == 0)
		test_queue_release(&third);
	fflush(logged.stream);
	log_capture_end(&logged);
	log_capture_begin(&logged);
}

typedef void (*settle_way)(struct rte_mempool *mp, struct dualbuf_pool *pool);

static const settle_way settle_ways[] = {
	settle_by_alloc_and_free,
	settle_by_copying,
	settle_by_binding,
};

static void
free_and_settle(unsigned int len, unsigned int i, free_way way, settle_way settle)
{
	struct rte_mbuf *m[LONGEST_MIX];
	enum kind first = make_mix(m, len, i);

	way(m, len);
	/* One of the application's own that is first takes all where we do not see it. */
	if (way == free_fast && (first == APPLICATION || first == FOREIGN)) {
		settle(app, queue.pool);
		settle(other, stranger.pool);
	}
	assert_mix_is_home();
}

static void
free_every_mix(free_way way, settle_way settle)
{
	unsigned int len, i, nb_mixes = 1;

	test_queue_bind(&stranger, other, NB_DESC, 2);
	for (len = 1; len <= LONGEST_MIX; len++) {
		nb_mixes *= NB_KINDS;
		for (i = 0; i < nb_mixes; i++)
			free_and_settle(len, i, way, settle);
	}
	test_queue_release(&stranger);
}

static void
every_mix_in_every_order_is_freed_one_by_one(void **state)
{
	(void)state;
	free_every_mix(free_one_by_one, settle_by_alloc_and_free);
}

static void
every_mix_in_every_order_is_freed_in_bulk(void **state)
{
	(void)state;
	free_every_mix(free_in_bulk, settle_by_alloc_and_free);
}

static void
every_mix_in_every_order_is_freed_fast_and_found_by_alloc(void **state)
{
	(void)state;
	free_every_mix(free_fast, settle_ways[0]);
}

static void
every_mix_in_every_order_is_freed_fast_and_found_by_copies(void **state)
{
	(void)state;
	free_every_mix(free_fast, settle_ways[1]);
}

static void
every_mix_in_every_order_is_freed_fast_and_found_by_bind(void **state)
{
	(void)state;
	free_every_mix(free_fast, settle_ways[2]);
}

static void
bound_buffers_in_the_applications_pool_outlive_their_queue(void **state)
{
	struct rte_mbuf *m[1 + NB_DESC];

	(void)state;
	m[0] = test_alloc(app);
	receive_bound(&m[1], NB_DESC);
	free_fast(m, RTE_DIM(m));
	assert_int_equal(test_queue_out(&queue), NB_DESC);
	test_queue_release(&queue);
	test_queue_release(&sibling);
	assert_int_equal(test_pool_missing(app), 0);
	settle_by_alloc_and_free(app, NULL);
}

/* Handles are copied with the other dynamic fields, between any two mbufs. */
static void
overwrite_handle(struct rte_mbuf *to, const struct rte_mbuf *from)
{
	rte_mbuf_dynfield_copy(to, from);
}

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

static void
taking_more_than_there_is_takes_nothing(void **state)
{
	unsigned int avail = rte_mempool_avail_count(queue.pool->mp);
	void *m[APP_SIZE + 1];

	(void)state;
	assert_int_equal(avail, rte_mempool_avail_count(app));
	assert_int_equal(rte_mempool_get_bulk(queue.pool->mp, m, avail + 1), -ENOBUFS);
	assert_all_home();
	assert_int_equal(rte_mempool_get_bulk(queue.pool->mp, m, avail), 0);
	assert_int_equal(rte_mempool_avail_count(queue.pool->mp), 0);
	assert_null(dualbuf_pool_temporary(queue.pool));
	rte_mempool_put_bulk(queue.pool->mp, m, avail);
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

static void *
free_on_thread(void *m)
{
	rte_pktmbuf_free(m);
	return NULL;
}

static void
a_thread_unknown_to_eal_frees(void **state)
{
	(void)state;
	test_on_thread(free_on_thread, test_queue_receive_bound(&queue));
	test_on_thread(free_on_thread, test_queue_temporary(&queue));
	assert_all_home();
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

static void
what_is_home_goes_back_at_release_and_the_rest_when_freed(void **state)
{
	struct rte_mbuf *m[5];

	(void)state;
	receive_bound(m, 5);
	test_queue_release(&queue);
	assert_int_equal(test_pool_missing(app), 5 + 2 * NB_DESC);
	rte_pktmbuf_free(m[0]);
	assert_int_equal(test_pool_missing(app), 4 + 2 * NB_DESC);
	free_fast(m + 1, 2);
	assert_int_equal(test_pool_missing(app), 2 + 2 * NB_DESC);
	test_on_thread(free_on_thread, m[3]);
	assert_int_equal(test_pool_missing(app), 1 + 2 * NB_DESC);
	assert_ptr_equal(m[4]->pool, sibling.pool->mp);
	free_in_bulk(m + 4, 1);
	assert_int_equal(test_pool_missing(app), 2 * NB_DESC);
	assert_ptr_equal(m[4]->pool, app);
}

static void
buffers_that_come_back_in_a_row_after_release_go_to_the_applications_pool(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int way, i;

	(void)state;
	for (way = 0; way < RTE_DIM(free_ways); way++) {
		receive_bound(m, NB_DESC);
		test_queue_release(&queue);
		assert_int_equal(test_pool_missing(app), NB_DESC + 2 * NB_DESC);
		free_ways[way](m, NB_DESC);
		assert_int_equal(test_pool_missing(app), 2 * NB_DESC);
		for (i = 0; i < NB_DESC; i++)
			assert_ptr_equal(m[i]->pool, app);
		test_queue_bind(&queue, app, NB_DESC, 2);
	}
}

/* The fast free of another driver has put bound buffers among the application's mbufs. */
static void
many_temporaries_at_once_are_all_temporaries(void **state)
{
	struct rte_mbuf *strays[3], *m[8];
	unsigned int nb_strays, i;

	(void)state;
	for (nb_strays = 0; nb_strays <= RTE_DIM(strays); nb_strays++) {
		receive_bound(strays, nb_strays);
		rte_mempool_put_bulk(app, (void **)strays, nb_strays);
		assert_true(dualbuf_pool_temporaries(queue.pool, m, RTE_DIM(m)));
		for (i = 0; i < RTE_DIM(m); i++)
			assert_int_equal(test_queue_slot(&queue, m[i]), UINT32_MAX);
		assert_int_equal(test_queue_out(&queue), 0);
		rte_pktmbuf_free_bulk(m, RTE_DIM(m));
		assert_all_home();
	}
}

static void
many_temporaries_are_all_or_none(void **state)
{
	struct rte_mbuf *m[8], *stray = test_queue_receive_bound(&queue);
	struct rte_mbuf *taken[APP_SIZE];
	unsigned int n = 0, i;

	(void)state;
	while ((taken[n] = dualbuf_pool_temporary(queue.pool)) != NULL)
		n++;
	rte_pktmbuf_free_bulk(taken, 7);
	assert_false(dualbuf_pool_temporaries(queue.pool, m, 8));
	assert_int_equal(rte_mempool_avail_count(app), 7);
	/* eight are there, of which one is none */
	rte_mempool_put(app, stray);
	assert_false(dualbuf_pool_temporaries(queue.pool, m, 8));
	assert_int_equal(rte_mempool_avail_count(app), 7);
	assert_int_equal(test_queue_out(&queue), 0);
	assert_true(dualbuf_pool_temporaries(queue.pool, m, 7));
	for (i = 0; i < 7; i++)
		taken[i] = m[i];
	rte_pktmbuf_free_bulk(taken, n);
	assert_all_home();
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
an_entry_is_used_again_only_when_all_its_buffers_are_back(void **state)
{
	struct dualbuf_ring *ring = queue.ring;
	struct rte_mbuf *m = test_queue_receive_bound(&queue);

	(void)state;
	test_queue_release(&queue);
	test_queue_bind(&queue, app, NB_DESC, 2);
	assert_ptr_not_equal(queue.ring, ring);
	rte_pktmbuf_free(m);
	test_queue_release(&queue);
	test_queue_bind(&queue, app, NB_DESC, 2);
	assert_ptr_equal(queue.ring, ring);
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

/* Sizes that only grow leave an entry behind each time, too small for the next. */
static void
rounds_of_any_size_do_not_exhaust_the_entries(void **state)
{
	struct rte_mempool *mp = test_pool_make("rounds", 4095, 0);
	struct test_queue q;
	uint32_t round;

	(void)state;
	for (round = 0; round < 640; round++) {
		test_queue_bind(&q, mp, 32 + round, 2);
		test_queue_release(&q);
	}
	for (round = 0; round < 640; round++) {
		test_queue_bind(&q, mp, 8 + round * 37 % 500, 2 + round % 3);
		test_queue_release(&q);
	}
	assert_nothing_logged(&logged);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
too_many_queues_of_one_pool_are_refused(void **state)
{
	static struct test_queue queues[DUALBUF_POOL_MAX_QUEUES];
	struct rte_mempool *mp = test_pool_make("many", 2 * DUALBUF_POOL_MAX_QUEUES + 9, 0);
	struct test_queue one_more;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(queues); i++)
		test_queue_bind(&queues[i], mp, 1, 2);
	assert_int_equal(test_queue_try(&one_more, mp, 1, 2, 0), -ENOSPC);
	assert_logged(&logged, "mempool many", "512");
	test_queue_release(&queues[77]);
	test_queue_bind(&queues[77], mp, 1, 2);
	for (i = 0; i < RTE_DIM(queues); i++)
		test_queue_release(&queues[i]);
	assert_pool_full(mp);
	rte_mempool_free(mp);
}

static void
destroying_the_applications_pool_frees_the_return_pool(void **state)
{
	struct rte_mempool *mp = test_pool_make("short-lived", 63, 0);
	char name[RTE_MEMPOOL_NAMESIZE];
	struct test_queue q;

	(void)state;
	test_queue_bind(&q, mp, NB_DESC, 2);
	strcpy(name, q.pool->mp->name);
	assert_ptr_equal(rte_mempool_lookup(name), q.pool->mp);
	test_queue_release(&q);
	assert_non_null(rte_mempool_lookup(name));
	rte_mempool_free(mp);
	assert_null(rte_mempool_lookup(name));
}

/* Hundreds of pools that come and go: names and memzones must not run out. */
static void
return_pools_come_and_go_with_their_pools(void **state)
{
	struct rte_mempool *mp;
	struct test_queue q;
	unsigned int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		mp = test_pool_make("round", 63, 0);
		test_queue_bind(&q, mp, NB_DESC, 2);
		rte_pktmbuf_free(test_queue_receive_bound(&q));
		test_queue_release(&q);
		assert_pool_full(mp);
		rte_mempool_free(mp);
	}
}

static void
a_pool_that_goes_before_its_queue_is_reported_and_survived(void **state)
{
	struct rte_mempool *mp = test_pool_make("hasty", 63, 0);
	struct rte_mempool *return_pool;
	struct test_queue q, late;

	(void)state;
	test_queue_bind(&q, mp, NB_DESC, 2);
	return_pool = q.pool->mp;
	rte_mempool_free(mp);
	assert_logged(&logged, "mempool hasty", "1 receive queue");
	assert_int_equal(rte_mempool_avail_count(return_pool), 0);
	assert_int_equal(test_queue_try(&late, return_pool, NB_DESC, 2, 0), -EINVAL);
	assert_logged(&logged, return_pool->name);
	test_queue_release(&q);
}

static void
a_pool_of_the_same_name_and_place_starts_afresh(void **state)
{
	struct rte_mempool *mp;
	struct test_queue q;
	unsigned int round;

	(void)state;
	for (round = 0; round < 3; round++) {
		mp = test_pool_make("again", 63, 0);
		test_queue_bind(&q, mp, NB_DESC, 2);
		assert_ptr_equal(q.pool->app, mp);
		rte_mempool_free(mp);
		assert_logged(&logged, "mempool again");
		test_queue_release(&q);
	}
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

static void
a_pool_with_our_operations_cannot_be_made_by_others(void **state)
{
	(void)state;
	assert_null(rte_pktmbuf_pool_create_by_ops(
			"ours", 31, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, "dualbuf"));
	assert_logged(&logged, "mempool ours", "dualbuf");
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

/* A consumer that holds everything, then one that frees it all in a random order. */
static void
a_consumer_that_holds_everything_starves_only_itself(void **state)
{
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n = 0, i;
	uint64_t seed = SEED;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)seed);
	while ((m[n] = test_queue_receive(&queue)) != NULL)
		n++;
	assert_int_equal(n, APP_SIZE - 4 * NB_DESC + NB_DESC);
	assert_int_equal(test_queue_out(&queue), NB_DESC);
	for (i = 0; i < n; i++)
		swap(&m[i], &m[i + test_random_below(&seed, n - i)]);
	free_fast(m, n);
	assert_all_home();
}

/* Random receives, clones, chains, copies of handles and frees, for both queues. */
struct holder {
	struct rte_mbuf *m[APP_SIZE + 1];
	unsigned int n;
	uint64_t seed;
};

static void
random_take(struct holder *holder)
{
	struct rte_mbuf *m = NULL, *from;

	switch (test_random_below(&holder->seed, 6)) {
	case 0:
		m = rte_pktmbuf_alloc(app);
		break;
	case 1:
		if (holder->n == 0)
			break;
		from = holder->m[test_random_below(&holder->seed, holder->n)];
		m = rte_pktmbuf_clone(from, from->pool);
		break;
	case 2:
		m = test_queue_receive(&sibling);
		break;
	default:
		m = test_queue_receive(&queue);
	}
	if (m != NULL)
		holder->m[holder->n++] = m;
}

static void
random_free(struct holder *holder)
{
	unsigned int n = 1 + test_random_below(&holder->seed, 8), i, at;
	struct rte_mbuf *m[8];

	n = RTE_MIN(n, holder->n);
	for (i = 0; i < n; i++) {
		at = test_random_below(&holder->seed, holder->n);
		m[i] = holder->m[at];
		holder->m[at] = holder->m[--holder->n];
	}
	free_ways[test_random_below(&holder->seed, 2)](m, n);
}

static void
random_overwrite(struct holder *holder)
{
	struct rte_mbuf *to, *from;

	if (holder->n == 0)
		return;
	to = holder->m[test_random_below(&holder->seed, holder->n)];
	from = holder->m[test_random_below(&holder->seed, holder->n)];
	if (to != from)
		overwrite_handle(to, from);
}

static void
random_restart(struct holder *holder)
{
	(void)holder;
	test_queue_release(&sibling);
	assert_int_equal(test_queue_try(&sibling, app, NB_DESC, 2, 0), 0);
	log_capture_end(&logged); /* a warning, when the pool is low */
	log_capture_begin(&logged);
}

static void
a_hundred_thousand_random_steps_lose_nothing(void **state)
{
	struct holder holder = { .seed = SEED };
	unsigned int i, dice;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)holder.seed);
	for (i = 0; i < 100000; i++) {
		dice = test_random_below(&holder.seed, 1000);
		if (holder.n == APP_SIZE || dice < 200)
			random_free(&holder);
		else if (dice < 900)
			random_take(&holder);
		else if (dice < 999)
			random_overwrite(&holder);
		else if (rte_mempool_avail_count(app) >= NB_DESC)
			random_restart(&holder);
	}
	free_in_bulk(holder.m, holder.n);
	assert_all_home();
}

#define with_queues(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define with_log(test) cmocka_unit_test_setup_teardown(test, set_up_log, tear_down_log)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_queues(every_way_of_freeing_brings_bound_buffers_home),
		with_queues(a_freed_buffer_is_the_alternate_of_its_own_descriptor),
		with_queues(every_way_of_freeing_brings_temporaries_back),
		with_queues(more_temporaries_than_a_batch_come_back_together),
		with_queues(every_mix_in_every_order_is_freed_one_by_one),
		with_queues(every_mix_in_every_order_is_freed_in_bulk),
		with_queues(every_mix_in_every_order_is_freed_fast_and_found_by_alloc),
		with_queues(every_mix_in_every_order_is_freed_fast_and_found_by_copies),
		with_queues(every_mix_in_every_order_is_freed_fast_and_found_by_bind),
		with_queues(bound_buffers_in_the_applications_pool_outlive_their_queue),
		with_queues(copied_handles_mislead_nobody),
		with_queues(swapped_handles_mislead_nobody),
		with_queues(any_handle_at_all_brings_a_bound_buffer_home),
		with_queues(a_handle_that_was_written_over_is_repaired),
		with_queues(a_buffer_is_home_only_after_its_last_clone),
		with_queues(clones_of_clones_are_freed_in_any_order),
		with_queues(copies_are_made_from_the_packets_own_pool),
		with_queues(taking_more_than_there_is_takes_nothing),
		with_queues(attached_and_detached_buffers_come_home_as_they_were),
		with_queues(external_buffers_are_let_go_and_the_bound_one_is_back),
		with_queues(chains_come_home_whole),
		with_queues(segments_that_are_freed_fast_come_home_alone),
		with_log(private_data_is_the_same_through_the_packets_pool),
		with_log(what_the_application_wrote_to_its_pool_shows_after_the_next_set_up),
		with_log(bound_buffers_keep_what_the_application_put_beside_them),
		with_queues(addresses_are_the_buffers_own_behind_the_headroom),
		with_queues(a_thread_unknown_to_eal_frees),
		with_queues(a_packets_pool_counts_what_the_applications_has),
		with_queues(queues_of_one_pool_name_one_return_pool),
		with_queues(a_return_pool_stands_for_the_applications),
		with_queues(what_is_home_goes_back_at_release_and_the_rest_when_freed),
		with_queues(buffers_that_come_back_in_a_row_after_release_go_to_the_applications_pool),
		with_queues(many_temporaries_at_once_are_all_temporaries),
		with_queues(many_temporaries_are_all_or_none),
		with_queues(clones_and_attached_buffers_outlive_their_queue),
		with_queues(an_entry_is_used_again_only_when_all_its_buffers_are_back),
		with_queues(a_late_free_does_not_touch_the_queue_that_has_the_entry_now),
		with_log(rounds_of_any_size_do_not_exhaust_the_entries),
		with_log(too_many_queues_of_one_pool_are_refused),
		with_log(destroying_the_applications_pool_frees_the_return_pool),
		with_log(return_pools_come_and_go_with_their_pools),
		with_log(a_pool_that_goes_before_its_queue_is_reported_and_survived),
		with_log(a_pool_of_the_same_name_and_place_starts_afresh),
		with_log(small_pools_give_what_they_can_spare),
		with_log(a_pool_without_mbufs_for_the_shortest_ring_is_refused_and_left_full),
		with_log(a_pool_that_is_too_small_gives_each_queue_a_shorter_ring),
		with_log(a_bind_that_fails_leaves_no_entry_behind),
		with_log(a_queue_with_few_alternates_copies_and_comes_home),
		with_log(pinned_external_buffers_are_refused),
		with_queues(pinned_mbufs_that_are_freed_fast_with_ours_are_passed_on),
		with_log(a_pool_with_our_operations_cannot_be_made_by_others),
		with_queues(registering_again_changes_nothing),
		with_queues(a_consumer_that_holds_everything_starves_only_itself),
		with_queues(a_hundred_thousand_random_steps_lose_nothing),
	};

	(void)argc;
	test_eal_start(argv[0]);
	if (dualbuf_pool_register() != 0)
		return TEST_EXIT_BROKEN;
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
