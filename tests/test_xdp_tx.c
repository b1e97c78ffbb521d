/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Between the transmit path and the kernel's rings: from where frames are sent, and when they are reported. */

#include "dualbuf_test.h"
#include "xdp_tx_util.h"

static void
assert_sent_in_place(struct rte_mbuf *m, uint32_t len)
{
	uint64_t copied = tx.copied;
	const void *data = rte_pktmbuf_mtod(m, void *);

	send_one(m);
	assert_int_equal(xdp_tx_submit(&tx), 1);
	assert_next_frames(1, len);
	assert_ptr_equal(kernel_data(&kernel_has[nb_kernel_has - 1]), data);
	assert_int_equal(tx.copied, copied);
}

static void
assert_sent_by_copy(struct rte_mbuf *m, uint32_t len)
{
	uint64_t copied = tx.copied;

	send_one(m);
	assert_int_equal(xdp_tx_submit(&tx), 1);
	assert_next_frames(1, len);
	assert_int_equal(tx.copied, copied + 1);
}

static void
finish(void)
{
	kernel_completes_all();
	xdp_tx_complete(&tx);
	assert_int_equal(tx.nb_sent, 0);
	assert_int_equal(tx.head, tx.next);
	assert_int_equal(tx.unknown, 0);
	assert_non_null(tx.spare);
	assert_still_works();
}

static void
a_frame_of_the_pool_is_sent_from_where_it_lies(void **state)
{
	static const uint16_t lens[] = { XDP_TX_MIN_FRAME, 60, 1514, MAX_FRAME };
	uint32_t i;

	(void)state;
	for (i = 0; i < 4 * RTE_DIM(lens); i++)
		assert_sent_in_place(make_frame(app, 1, lens[i % 4]), lens[i % 4]);
	finish();
}

static void
a_frame_in_several_segments_is_copied(void **state)
{
	uint32_t nb_segs;

	(void)state;
	for (nb_segs = 2; nb_segs < 7; nb_segs++)
		assert_sent_by_copy(make_frame(app, nb_segs, 200), nb_segs * 200);
	finish();
}

static void
a_frame_of_another_pool_is_copied(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_sent_by_copy(make_frame(other, 1, 1000 + i), 1000 + i);
	finish();
}

static void
never_freed(void *addr, void *opaque)
{
	(void)addr;
	(void)opaque;
}

static void
a_frame_in_external_memory_is_copied(void **state)
{
	static char memory[2048];
	uint16_t room = sizeof(memory);
	struct rte_mbuf_ext_shared_info *shared;
	struct rte_mbuf *m = test_alloc(app);

	(void)state;
	shared = rte_pktmbuf_ext_shinfo_init_helper(memory, &room, never_freed, NULL);
	assert_non_null(shared);
	rte_pktmbuf_attach_extbuf(m, memory, 0, room, shared);
	m->data_len = 300;
	m->pkt_len = 300;
	assert_sent_by_copy(number(m), 300);
	finish();
}

static void
a_clone_is_sent_from_where_the_bytes_lie(void **state)
{
	struct rte_mbuf *near = make_frame(app, 1, 400), *far;

	(void)state;
	assert_sent_in_place(rte_pktmbuf_clone(near, other), 400);
	rte_pktmbuf_free(near);
	far = make_frame(other, 1, 500);
	assert_sent_by_copy(rte_pktmbuf_clone(far, app), 500);
	rte_pktmbuf_free(far);
	finish();
}

static void
assert_error(struct rte_mbuf *m)
{
	uint64_t errors = tx.errors, bytes = tx.error_bytes;
	uint32_t len = m->pkt_len, last;

	send_one(m);
	last = (tx.tail + NB_DESC - 1) % NB_DESC;
	assert_int_equal(xdp_tx_submit(&tx), 0);
	assert_int_equal(xdp_test_ring_count(&kernel_tx), 0);
	assert_int_equal(tx.errors, errors + 1);
	assert_int_equal(tx.error_bytes, bytes + len);
	xdp_tx_complete(&tx);
	assert_true(is_reported(last));
	seen++;
}

static void
frames_too_short_or_too_long_are_errors(void **state)
{
	(void)state;
	assert_error(make_frame(app, 1, 1));
	assert_error(make_frame(app, 1, XDP_TX_MIN_FRAME - 1));
	assert_error(make_frame(other, 1, XDP_TX_MIN_FRAME - 1));
	assert_error(make_frame(app, 1, MAX_FRAME + 1));
	assert_error(make_frame(other, 1, MAX_FRAME + 1));
	assert_error(make_frame(app, 2, MAX_FRAME / 2 + 1));
	assert_error(make_frame(app, 20, 2000));
	assert_sent_by_copy(make_frame(app, 2, XDP_TX_MIN_FRAME / 2), XDP_TX_MIN_FRAME);
	assert_int_equal(tx.copied, 1);
	finish();
}

/* What the kernel has not done keeps what is behind it from being reported. */
static void
an_error_is_reported_in_its_turn(void **state)
{
	(void)state;
	send_one(make_frame(app, 1, 100));
	send_one(make_frame(app, 1, 5));
	send_one(make_frame(app, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), 2);
	kernel_takes();
	xdp_tx_complete(&tx);
	assert_reported(0);
	kernel_completes(1);
	xdp_tx_complete(&tx);
	assert_reported(0);
	kernel_completes(0);
	xdp_tx_complete(&tx);
	assert_reported(3);
	finish();
}

/* A context names no bytes; it has a descriptor of its own. */
static void
contexts_among_frames_are_passed_over(void **state)
{
	struct rte_mbuf *m;
	uint32_t i;

	(void)state;
	for (i = 0; i < 8; i++) {
		m = make_frame(app, 1 + i % 2, 200);
		m->l2_len = 14;
		m->l3_len = 20 + 4 * (i % 3);
		m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
		send_one(m);
		assert_true(dualbuf_tx_is_context(cmd_of(tx.next)));
		assert_int_equal(xdp_tx_submit(&tx), 1);
		assert_next_frames(1, 200 * (1 + i % 2));
		kernel_completes(0);
		xdp_tx_complete(&tx);
		assert_int_equal(tx.head, tx.tail);
	}
	finish();
}

/* Half a frame waits for the rest, also behind a context. */
static void
a_frame_is_sent_when_all_of_it_is_there(void **state)
{
	uint32_t tail;

	(void)state;
	send_one(make_frame(app, 3, 100));
	tail = tx.tail;
	for (tx.tail = 0; tx.tail < tail; tx.tail++)
		assert_int_equal(xdp_tx_submit(&tx), 0);
	assert_int_equal(xdp_tx_submit(&tx), 1);
	assert_next_frames(1, 300);
	finish();
}

static void
completions_in_any_order_are_reported_in_order(void **state)
{
	static const uint32_t order[] = { 3, 0, 4, 1, 5, 2 };
	static const uint32_t reported[] = { 0, 1, 1, 2, 2, 6 };
	uint64_t addrs[6];
	uint32_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		send_one(make_frame(i % 2 == 0 ? app : other, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), 6);
	kernel_takes();
	for (i = 0; i < 6; i++)
		addrs[i] = kernel_has[i].addr;
	nb_kernel_has = 0;
	for (i = 0; i < 6; i++) {
		xdp_test_ring_put_addr(&kernel_completions, addrs[order[i]]);
		xdp_tx_complete(&tx);
		assert_reported(reported[i]);
		assert_int_equal(tx.nb_sent, 5 - i);
	}
	finish();
}

static void
a_full_ring_holds_back_and_goes_on(void **state)
{
	uint32_t i, n = 0, turn;

	(void)state;
	/* half of the kernel's ring is still to be taken */
	tx_ring.size = 8;
	tx_ring.cached_cons = 8;
	for (i = 0; i < 20; i++)
		send_one(make_frame(app, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), 8);
	assert_int_equal(xdp_tx_submit(&tx), 0);
	assert_true(tx.next != tx.tail);
	for (turn = 0; turn < 3; turn++) {
		kernel_takes();
		n += nb_kernel_has;
		assert_next_frames(nb_kernel_has, 100);
		kernel_completes_all();
		xdp_tx_complete(&tx);
		xdp_tx_submit(&tx);
	}
	assert_int_equal(n, 20);
	tx_ring.size = 32;
	tx_ring.cached_cons += 24;
	assert_int_equal(tx.copied, 0);
	finish();
}

static void
the_transmit_ring_may_be_filled_whole(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < NB_DESC - 1; i++)
		send_one(make_frame(app, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), NB_DESC - 1);
	assert_next_frames(NB_DESC - 1, 100);
	finish();
}

/* One frame after the other is copied to the spare mbuf. */
static void
with_an_empty_pool_the_spare_mbuf_makes_progress(void **state)
{
	void *taken[255];
	uint32_t nb = 0, i;

	(void)state;
	for (i = 0; i < 8; i++)
		send_one(make_frame(other, 1, 100));
	while (rte_mempool_get(app, &taken[nb]) == 0)
		nb++;
	for (i = 0; i < 8; i++) {
		assert_int_equal(xdp_tx_submit(&tx), 1);
		assert_null(tx.spare);
		assert_int_equal(xdp_tx_submit(&tx), 0);
		assert_next_frames(1, 100);
		kernel_completes(0);
		xdp_tx_complete(&tx);
		assert_non_null(tx.spare);
		assert_reported(i + 1);
	}
	assert_int_equal(tx.copied, 8);
	assert_int_equal(tx.errors, 0);
	rte_mempool_put_bulk(app, taken, nb);
	finish();
}

static void
what_is_not_sent_yet_can_be_discarded(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		send_one(make_frame(app, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), 3);
	for (i = 0; i < 4; i++)
		send_one(make_frame(app, 2, 300));
	xdp_tx_discard(&tx);
	assert_int_equal(tx.errors, 4);
	assert_int_equal(tx.error_bytes, 4 * 600);
	assert_reported(0);
	assert_int_equal(tx.next, tx.tail);
	assert_next_frames(3, 100);
	kernel_completes_all();
	xdp_tx_discard(&tx);
	assert_int_equal(tx.errors, 4);
	assert_int_equal(tx.head, tx.tail);
	finish();
}

static void
what_the_kernel_had_can_be_given_up(void **state)
{
	unsigned int missing = test_pool_missing(app);
	uint32_t i;

	(void)state;
	for (i = 0; i < 10; i++)
		send_one(make_frame(i % 3 == 0 ? app : other, 1, 100));
	assert_int_equal(xdp_tx_submit(&tx), 10);
	kernel_takes();
	kernel_completes(4);
	xdp_tx_complete(&tx);
	xdp_tx_give_up(&tx);
	assert_int_equal(tx.nb_sent, 0);
	assert_reported(10);
	dualbuf_tx_ext_done_cleanup(&txq, 0);
	assert_int_equal(test_pool_missing(app), missing);
	assert_int_equal(test_pool_missing(other), 0);
	nb_kernel_has = 0;
	finish();
}

static const struct CMUnitTest tests[] = {
	with_tx(a_frame_of_the_pool_is_sent_from_where_it_lies),
	with_tx(a_frame_in_several_segments_is_copied),
	with_tx(a_frame_of_another_pool_is_copied),
	with_tx(a_frame_in_external_memory_is_copied),
	with_tx(a_clone_is_sent_from_where_the_bytes_lie),
	with_tx(frames_too_short_or_too_long_are_errors),
	with_tx(an_error_is_reported_in_its_turn),
	with_tx(contexts_among_frames_are_passed_over),
	with_tx(a_frame_is_sent_when_all_of_it_is_there),
	with_tx(completions_in_any_order_are_reported_in_order),
	with_tx(a_full_ring_holds_back_and_goes_on),
	with_tx(the_transmit_ring_may_be_filled_whole),
	with_tx(with_an_empty_pool_the_spare_mbuf_makes_progress),
	with_tx(what_is_not_sent_yet_can_be_discarded),
	with_tx(what_the_kernel_had_can_be_given_up),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
