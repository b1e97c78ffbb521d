/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_TX_UTIL_H_
#define _XDP_TX_UTIL_H_

/*
 * The driver's transmit path before rings in memory, and a model of the kernel: it has what it took from the
 * transmit ring, and completes it as the test says. Include after dualbuf_test.h.
 */

#include "tx_util.h"
#include "xdp_ring_util.h"
#include "xdp_tx.h"
#include "xdp_umem.h"

#define MAX_FRAME 1518
#define MAX_DESC 1024

static struct test_queue queue;
static struct xdp_tx tx;
static struct xsk_ring_prod tx_ring;
static struct xsk_ring_cons completion_ring;
static struct xdp_test_ring kernel_tx, kernel_completions;
static struct xdp_desc kernel_has[MAX_DESC];
static uint32_t nb_kernel_has;
static uint32_t sent, seen; /* numbers of frames; each has its own bytes and length */

/* Each packet asks for a report. */
static inline void
make_tx(uint16_t nb_desc)
{
	make_txq(nb_desc, nb_desc - 1, 1, false);
	txq.tail_reg = &tx.tail;
	xdp_test_ring_make(&kernel_tx, nb_desc, sizeof(struct xdp_desc));
	xdp_test_ring_make(&kernel_completions, nb_desc, sizeof(uint64_t));
	tx_ring = xdp_test_ring_to_fill(&kernel_tx);
	completion_ring = xdp_test_ring_to_read(&kernel_completions);
	test_queue_bind(&queue, app, NB_DESC, 1);
	tx = (struct xdp_tx){
		.nb_desc = nb_desc,
		.max_frame = MAX_FRAME,
		.desc = txq.desc,
		.ring = &tx_ring,
		.completions = &completion_ring,
		.states = calloc(nb_desc, sizeof(*tx.states)),
		.copies = calloc(nb_desc, sizeof(struct rte_mbuf *)),
		.pool = queue.pool,
	};
	assert_int_equal(xdp_umem_area(app, 2048, &tx.area), 0);
	assert_true(xdp_tx_take_spare(&tx));
	nb_kernel_has = 0;
	sent = 0;
	seen = 0;
}

static inline int
set_up_tx(void **state)
{
	set_up(state);
	make_tx(NB_DESC);
	return 0;
}

/* What the kernel had is given up, and nothing is missing after that. */
static inline int
tear_down_tx(void **state)
{
	xdp_tx_give_up(&tx);
	assert_int_equal(tx.nb_sent, 0);
	rte_mempool_put(tx.spare->pool, tx.spare);
	free(tx.states);
	free(tx.copies);
	xdp_test_ring_free(&kernel_tx);
	xdp_test_ring_free(&kernel_completions);
	test_queue_release(&queue);
	return tear_down(state);
}

static inline uint8_t
frame_byte(uint32_t frame, uint32_t at)
{
	return (uint8_t)(frame * 31 + frame / 8 + at * 7 + at / 256);
}

/* The next frame's bytes, in a packet of any kind that has room for them. */
static inline struct rte_mbuf *
number(struct rte_mbuf *m)
{
	struct rte_mbuf *seg;
	uint32_t at = 0, i;

	for (seg = m; seg != NULL; seg = seg->next)
		for (i = 0; i < seg->data_len; i++)
			rte_pktmbuf_mtod(seg, uint8_t *)[i] = frame_byte(sent, at++);
	sent++;
	return m;
}

static inline struct rte_mbuf *
make_frame(struct rte_mempool *mp, unsigned int nb_segs, uint16_t len)
{
	return number(test_alloc_chain(mp, nb_segs, len));
}

/* The kernel takes what is on the ring. */
static inline void
kernel_takes(void)
{
	while (xdp_test_ring_count(&kernel_tx) > 0) {
		assert_true(nb_kernel_has < MAX_DESC);
		kernel_has[nb_kernel_has++] = xdp_test_ring_take_desc(&kernel_tx);
	}
}

static inline const uint8_t *
kernel_data(const struct xdp_desc *desc)
{
	uint64_t start = xdp_area_start(desc->addr) + xdp_area_offset(desc->addr);

	/* as the kernel looks at it */
	assert_true(start < tx.area.size && desc->len <= tx.area.size - start);
	assert_true(desc->len <= tx.area.chunk);
	return (const uint8_t *)(uintptr_t)(tx.area.base + start);
}

/* What the kernel took last but the last n - 1 is the next frame in order. */
static inline void
assert_next_frames(uint32_t n, uint32_t len)
{
	const struct xdp_desc *desc;
	const uint8_t *data;
	uint32_t i, at;

	kernel_takes();
	assert_true(nb_kernel_has >= n);
	for (i = nb_kernel_has - n; i < nb_kernel_has; i++, seen++) {
		desc = &kernel_has[i];
		data = kernel_data(desc);
		assert_int_equal(desc->len, len);
		assert_int_equal(desc->options, 0);
		for (at = 0; at < len; at++)
			if (data[at] != frame_byte(seen, at))
				fail_msg("byte %u of frame %u is wrong", at, seen);
	}
}

static inline void
kernel_completes(uint32_t which)
{
	assert_true(which < nb_kernel_has);
	xdp_test_ring_put_addr(&kernel_completions, kernel_has[which].addr);
	nb_kernel_has--;
	memmove(&kernel_has[which], &kernel_has[which + 1],
			(nb_kernel_has - which) * sizeof(kernel_has[0]));
}

static inline void
kernel_completes_all(void)
{
	kernel_takes();
	while (nb_kernel_has > 0)
		kernel_completes(0);
}

static inline bool
is_reported(uint32_t pos)
{
	return (txq.desc[pos].status & DUALBUF_TXD_STAT_DD) != 0;
}

/* Of the descriptors since the beginning so many are reported, and no more. */
static inline void
assert_reported(uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < tx.tail; i++)
		assert_int_equal(is_reported(i), i < nb);
}

/* A packet of one segment that is sent from where it lies, and done. */
static inline void
assert_still_works(void)
{
	struct rte_mbuf *m;
	uint32_t i;

	kernel_completes_all();
	xdp_tx_complete(&tx);
	seen = sent;
	for (i = 0; i < 3 * NB_DESC; i++) {
		m = make_frame(app, 1, 100);
		send_one(m);
		assert_int_equal(xdp_tx_submit(&tx), 1);
		assert_next_frames(1, 100);
		kernel_completes(0);
		xdp_tx_complete(&tx);
		assert_int_equal(tx.nb_sent, 0);
		assert_int_equal(tx.head, tx.next);
		dualbuf_tx_ext_done_cleanup(&txq, 0);
	}
}

#define with_tx(test) cmocka_unit_test_setup_teardown(test, set_up_tx, tear_down_tx)

#endif /* _XDP_TX_UTIL_H_ */
