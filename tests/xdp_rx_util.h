/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_RX_UTIL_H_
#define _XDP_RX_UTIL_H_

/*
 * A receive queue between rings in memory, and a model of the kernel: it has what it took from the fill ring,
 * and gives it back as the test says. Include after dualbuf_test.h.
 */

#include "dualbuf_desc_pos.h"
#include "dualbuf_rx_format.h"
#include "path_util.h"
#include "pool_util.h"
#include "xdp_ring_util.h"
#include "xdp_rx.h"
#include "xdp_umem.h"

#define BUF_SIZE 2048
#define MAX_DESC 512
#define MAX_HELD 4096
#define PORT 7
#define LOAN_FLAG RTE_BIT64(40)
#define XDP_CONTINUED 1

static enum dualbuf_burst path; /* the instance under test */
static uint32_t features;
static struct rte_mempool *app;
static struct test_queue queue;
static struct dualbuf_rxq rxq;
static struct xdp_rx rx;
static struct xsk_ring_cons rx_ring;
static struct xsk_ring_prod fill_ring;
static struct xdp_test_ring kernel_rx, kernel_fill;
static uint64_t kernel_has[MAX_DESC]; /* in the order of the fill ring */
static uint32_t nb_kernel_has;
static uint32_t sent, received; /* numbers of frames; each has its own bytes and length */

static inline uint64_t
fresh_rearm(void)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
		.port = PORT,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return *(uint64_t *)&m.rearm_data;
}

static inline void
make_rings(uint32_t nb_desc)
{
	xdp_test_ring_make(&kernel_rx, nb_desc, sizeof(struct xdp_desc));
	xdp_test_ring_make(&kernel_fill, nb_desc, sizeof(uint64_t));
	rx_ring = xdp_test_ring_to_read(&kernel_rx);
	fill_ring = xdp_test_ring_to_fill(&kernel_fill);
	rx = (struct xdp_rx){
		.nb_desc = nb_desc,
		.buf_size = BUF_SIZE,
		.desc = rxq.desc,
		.ring = &rx_ring,
		.fill = &fill_ring,
		.rxq = &rxq,
	};
	assert_int_equal(xdp_umem_area(app, BUF_SIZE, &rx.area), 0);
	nb_kernel_has = 0;
}

/* A queue over an application's pool, which the test has made. */
static inline void
make_queue(uint32_t nb_desc, uint32_t nb_bufs)
{
	test_queue_bind(&queue, app, nb_desc, nb_bufs);
	assert_int_equal(test_queue_bound(&queue), nb_desc * nb_bufs);
	rxq = (struct dualbuf_rxq){
		.desc = aligned_alloc(DUALBUF_RING_BASE_ALIGN, nb_desc * sizeof(*rxq.desc)),
		.tail_reg = &rx.tail,
		.ring = queue.ring,
		.pool = queue.pool,
		.rearm = fresh_rearm(),
		.buf_size = BUF_SIZE,
		.loan_flag = LOAN_FLAG,
		.mp = app,
	};
	assert_non_null((const void *)(uintptr_t)rxq.desc);
	dualbuf_rxq_limit(&rxq, UINT32_MAX);
	dualbuf_rx_ext.restart(&rxq);
	make_rings(nb_desc);
	xdp_rx_begin(&rx);
	sent = 0;
	received = 0;
	assert_int_equal(xdp_rx_post(&rx), nb_desc);
}

/* Half of what a pool has beyond the first sides is not bound: it is for copies. */
static inline void
make_xdp(uint32_t nb_desc, uint32_t nb_bufs)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	assert_true(nb_desc <= MAX_DESC);
	snprintf(name, sizeof(name), "xdp%u", serial++);
	app = rte_pktmbuf_pool_create(name, 2 * nb_desc * nb_bufs + 64, 0, 64,
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	assert_non_null(app);
	features = 0;
	make_queue(nb_desc, nb_bufs);
}

/* Whatever a test did, nothing may be missing at its end. */
static inline void
end_xdp(void)
{
	dualbuf_rx_discard_partial(&rxq);
	assert_int_equal(test_queue_out(&queue), 0);
	test_queue_release(&queue);
	free((void *)(uintptr_t)rxq.desc);
	xdp_test_ring_free(&kernel_rx);
	xdp_test_ring_free(&kernel_fill);
	assert_pool_full(app);
	rte_mempool_free(app);
}

static inline int
set_up(void **state)
{
	(void)state;
	make_xdp(32, 2);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	end_xdp();
	return 0;
}

/* The chunk of the buffer that is armed at a descriptor. */
static inline uint64_t
armed_chunk(uint32_t pos)
{
	uint64_t data = queue.ring->addr[dualbuf_ring_armed_slot(queue.ring, pos)];

	return xdp_area_chunk_for(&rx.area, data);
}

/* Where the kernel writes the frame of a chunk. */
static inline uint8_t *
chunk_data(uint64_t chunk)
{
	return (uint8_t *)(uintptr_t)(rx.area.base + chunk + XDP_AREA_LEAD);
}

static inline uint64_t
mbuf_chunk(struct rte_mbuf *m)
{
	return xdp_area_chunk_for(&rx.area, (uintptr_t)dualbuf_pool_data(queue.pool, m));
}

static inline bool
kernel_has_chunk(uint64_t chunk)
{
	uint32_t i;

	for (i = 0; i < nb_kernel_has; i++)
		if (kernel_has[i] == chunk)
			return true;
	return false;
}

/* Does it come with a packet that the driver has not looked at? */
static inline bool
comes_with_chunk(uint64_t chunk)
{
	const struct xdp_desc *descs = kernel_rx.entries;
	uint32_t i;

	for (i = kernel_rx.consumer; i != kernel_rx.producer; i++)
		if (xdp_area_start(descs[i & kernel_rx.mask].addr) == chunk)
			return true;
	return false;
}

/* The kernel takes what is on the fill ring; no buffer is given to it twice. */
static inline void
kernel_takes(void)
{
	uint64_t chunk;

	while (xdp_test_ring_count(&kernel_fill) > 0) {
		chunk = xdp_test_ring_take_addr(&kernel_fill);
		assert_false(kernel_has_chunk(chunk));
		assert_true(nb_kernel_has < rx.nb_desc);
		kernel_has[nb_kernel_has++] = chunk;
	}
}

static inline uint64_t
kernel_loses(uint32_t which)
{
	uint64_t chunk = kernel_has[which];

	assert_true(which < nb_kernel_has);
	nb_kernel_has--;
	memmove(&kernel_has[which], &kernel_has[which + 1],
			(nb_kernel_has - which) * sizeof(kernel_has[0]));
	return chunk;
}

static inline void
kernel_puts(uint64_t chunk, uint64_t offset, uint32_t len, uint32_t options)
{
	xdp_test_ring_put_desc(&kernel_rx,
			(struct xdp_desc){
					.addr = xdp_area_addr(chunk, offset),
					.len = len,
					.options = options,
			});
}

static inline uint8_t
frame_byte(uint32_t frame, uint32_t at)
{
	return (uint8_t)(frame * 31 + frame / 8 + at * 7 + at / 256);
}

static inline uint32_t
frame_len(uint32_t frame)
{
	return 60 + frame * 37 % 1455;
}

static inline void
write_frame(uint8_t *data, uint32_t frame, uint32_t from, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		data[i] = frame_byte(frame, from + i);
}

/* The next frame comes, in one of the buffers that the kernel has. */
static inline void
kernel_receives_in(uint32_t which)
{
	uint64_t chunk = kernel_loses(which);

	write_frame(chunk_data(chunk), sent, 0, frame_len(sent));
	kernel_puts(chunk, XDP_AREA_LEAD, frame_len(sent), 0);
	sent++;
}

/* n frames come, in the order of the fill ring. */
static inline void
kernel_receives(uint32_t n)
{
	kernel_takes();
	while (n-- > 0)
		kernel_receives_in(0);
}

/* As the driver's burst function, but for the system call. */
static inline uint16_t
burst(struct rte_mbuf **m, uint16_t n)
{
	uint16_t nb;

	xdp_rx_step(&rx, n);
	nb = dualbuf_rx_burst_with(&dualbuf_rx_ext, path, features)(&rxq, m, n);
	xdp_rx_post(&rx);
	return nb;
}

static inline void
assert_frame(const struct rte_mbuf *m, uint32_t frame, uint32_t len)
{
	static uint8_t copy[MAX_DESC * BUF_SIZE];
	const char *reason = "";
	const uint8_t *data;
	uint32_t i;

	assert_int_equal(rte_mbuf_check(m, 1, &reason), 0);
	assert_int_equal(m->pkt_len, len);
	assert_int_equal(m->port, PORT);
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_ptr_equal(m->pool, queue.pool->mp);
	data = rte_pktmbuf_read(m, 0, len, copy);
	assert_non_null(data);
	for (i = 0; i < len; i++)
		if (data[i] != frame_byte(frame, i))
			fail_msg("byte %u of frame %u is wrong", i, frame);
}

/* The next packet in order; the kernel cannot write to it any more. */
static inline void
assert_next(struct rte_mbuf *m)
{
	uint64_t chunk = mbuf_chunk(m);

	kernel_takes();
	assert_false(kernel_has_chunk(chunk));
	assert_frame(m, received, frame_len(received));
	assert_int_equal(m->nb_segs, 1);
	received++;
}

static inline struct rte_mbuf *
receive_one(void)
{
	struct rte_mbuf *m;

	assert_int_equal(burst(&m, 1), 1);
	assert_next(m);
	return m;
}

static inline void
assert_nothing_received(void)
{
	struct rte_mbuf *m[8];

	assert_int_equal(burst(m, RTE_DIM(m)), 0);
}

static inline void
receive_and_free(uint32_t n)
{
	struct rte_mbuf *m[MAX_DESC];
	uint32_t i;

	assert_int_equal(burst(m, n), n);
	for (i = 0; i < n; i++)
		assert_next(m[i]);
	rte_pktmbuf_free_bulk(m, n);
}

/*
 * The kernel has the armed buffers of [head, posted), and no others, or they come from there; each of them is home, and its descriptor
 * has its address, alone.
 */
static inline void
assert_kernel_has_the_armed(void)
{
	uint32_t pos, nb = 0, i;

	kernel_takes();
	for (i = 0; i < rx.posted.count - rx.head.count; i++) {
		pos = (rx.head.pos + i) % rx.nb_desc;

		const union dualbuf_rx_desc armed = {
			.read.addr = rte_cpu_to_le_64((uintptr_t)chunk_data(armed_chunk(pos))),
		};

		assert_true(dualbuf_ring_is_home(
				queue.ring, dualbuf_ring_armed_slot(queue.ring, pos)));
		assert_true(kernel_has_chunk(armed_chunk(pos)) !=
				comes_with_chunk(armed_chunk(pos)));
		assert_memory_equal((const void *)(uintptr_t)&rx.desc[pos], &armed, sizeof(armed));
		nb++;
	}
	assert_int_equal(nb, nb_kernel_has + xdp_test_ring_count(&kernel_rx));
}

#define with_queue(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* main() of tests of the step, which run on the instance that the argument names. */
#define XDP_RX_MAIN(tests) TEST_EAL_MAIN(tests, test_path_ready(argc, argv, &path))

#endif /* _XDP_RX_UTIL_H_ */
