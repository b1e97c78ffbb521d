/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RX_UTIL_H_
#define _RX_UTIL_H_

/*
 * A receive queue over descriptors in memory, and a device that may write anything to them. Include
 * after dualbuf_test.h.
 */

#include "dualbuf_rxq.h"
#include "path_util.h"
#include "pool_util.h"
#include "wb_util.h"

#define NB_DESC 32
#define BUF_SIZE 256
#define PORT 7
#define MAX_FRAME (NB_DESC * BUF_SIZE)
#define GOOD (DUALBUF_RXD_DD | DUALBUF_RXD_EOP)
#define DOORBELL_UNTOUCHED 0xdeadbeef

static enum dualbuf_burst path; /* the instance under test */
static struct rte_mempool *app;
static struct test_queue queue;
static struct dualbuf_rxq rxq;
static volatile uint32_t doorbell;
static uint32_t device_head;
static uint32_t sent, received; /* numbers of frames; each has its own bytes */

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

/* A ring over a pool that has so many mbufs for temporaries. */
static inline void
make_rxq(uint32_t nb_bufs, uint32_t nb_temporaries)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];
	uint32_t nb_bound = NB_DESC * nb_bufs;

	/* a pool gives up half of what it has beyond the first sides; the rest is taken away */
	snprintf(name, sizeof(name), "rx%u", serial++);
	app = test_pool_make(name, 2 * nb_bound + nb_temporaries, 0);
	test_queue_bind(&queue, app, NB_DESC, nb_bufs);
	memset(&rxq, 0, sizeof(rxq));
	rxq.desc = aligned_alloc(DUALBUF_RING_BASE_ALIGN, NB_DESC * sizeof(*rxq.desc));
	assert_non_null((const void *)(uintptr_t)rxq.desc);
	memset((void *)(uintptr_t)rxq.desc, 0xa5, NB_DESC * sizeof(*rxq.desc));
	rxq.tail_reg = &doorbell;
	rxq.ring = queue.ring;
	rxq.pool = queue.pool;
	rxq.rearm = fresh_rearm();
	rxq.buf_size = BUF_SIZE;
	dualbuf_rxq_limit(&rxq, UINT32_MAX);
	rxq.mp = app;
	test_format->restart(&rxq);
	dualbuf_rx_doorbell(&rxq);
	device_head = 0;
	sent = 0;
	received = 0;
}

static inline int
set_up(void **state)
{
	(void)state;
	make_rxq(2, 64);
	return 0;
}

/* Whatever a test did, nothing may be missing at its end. */
static inline int
tear_down(void **state)
{
	(void)state;
	dualbuf_rx_discard_partial(&rxq);
	assert_int_equal(test_queue_out(&queue), 0);
	test_queue_release(&queue);
	free((void *)(uintptr_t)rxq.desc);
	assert_pool_full(app);
	rte_mempool_free(app);
	return 0;
}

static inline uint64_t
armed_address(uint32_t pos)
{
	return queue.ring->addr[dualbuf_ring_armed_slot(queue.ring, pos)];
}

/* All 16 bytes of a descriptor are those of an armed one, and its buffer is home. */
static inline void
assert_armed(uint32_t pos)
{
	const union dualbuf_rx_desc expected = {
		.read.addr = rte_cpu_to_le_64(armed_address(pos)),
	};

	assert_memory_equal((const void *)(uintptr_t)&rxq.desc[pos], &expected, sizeof(expected));
	assert_true(dualbuf_ring_is_home(queue.ring, dualbuf_ring_armed_slot(queue.ring, pos)));
}

static inline void
assert_all_armed(void)
{
	uint32_t pos;

	for (pos = 0; pos < NB_DESC; pos++)
		assert_armed(pos);
	assert_int_equal(doorbell, (queue.ring->next.pos + NB_DESC - 1) % NB_DESC);
}

static inline uint8_t
frame_byte(uint32_t frame, uint32_t at)
{
	return (uint8_t)(frame * 31 + at * 7 + at / 256);
}

/* Write over all 16 bytes of a descriptor. */
static inline void
write_back_all(uint32_t pos, const struct test_wb *wb)
{
	const union dualbuf_rx_desc desc = test_wb_desc(wb);

	memcpy((void *)(uintptr_t)&rxq.desc[pos], &desc, sizeof(desc));
}

/* The same with a status, and no types; every bit of the rest. */
static inline void
write_back(uint32_t pos, uint32_t status, uint16_t len)
{
	const struct test_wb wb = {
		.status = status,
		.rss = UINT32_MAX,
		.length = len,
		.vlan = UINT16_MAX,
	};

	write_back_all(pos, &wb);
}

static inline uint32_t
next_pos(uint32_t pos)
{
	return (pos + 1) % NB_DESC;
}

/* Part of a frame, into the descriptor at the device's head. */
static inline void
device_writes_part(uint32_t frame, uint32_t from, uint16_t len, uint32_t status)
{
	uint64_t addr = rte_le_to_cpu_64(rxq.desc[device_head].read.addr);
	uint8_t *data = (uint8_t *)(uintptr_t)addr;
	uint16_t i;

	for (i = 0; i < len; i++)
		data[i] = frame_byte(frame, from + i);
	write_back(device_head, status | DUALBUF_RXD_DD, len);
	device_head = next_pos(device_head);
}

/* A good frame, in as many descriptors as it needs. */
static inline void
device_writes(uint32_t len)
{
	uint32_t at = 0;

	for (; len - at > BUF_SIZE; at += BUF_SIZE)
		device_writes_part(sent, at, BUF_SIZE, 0);
	device_writes_part(sent, at, (uint16_t)(len - at), DUALBUF_RXD_EOP);
	sent++;
}

static inline void
device_writes_frames(unsigned int n)
{
	while (n-- > 0)
		device_writes(60 + sent % 190);
}

static inline uint16_t
burst(struct rte_mbuf **m, uint16_t n)
{
	return dualbuf_rx_burst_with(test_format, path, 0)(&rxq, m, n);
}

static inline struct rte_mbuf *
receive_one(void)
{
	struct rte_mbuf *m;

	assert_int_equal(burst(&m, 1), 1);
	return m;
}

static inline void
assert_nothing_received(void)
{
	struct rte_mbuf *m;

	assert_int_equal(burst(&m, 1), 0);
}

static inline void
assert_bytes(const struct rte_mbuf *m, uint32_t frame, uint32_t len)
{
	static uint8_t copy[MAX_FRAME];
	const uint8_t *data;
	uint32_t i;

	assert_int_equal(m->pkt_len, len);
	data = rte_pktmbuf_read(m, 0, len, copy);
	assert_non_null(data);
	for (i = 0; i < len; i++)
		if (data[i] != frame_byte(frame, i))
			fail_msg("byte %u of frame %u is wrong", i, frame);
}

/* The next frame that was sent, of this length. */
static inline void
assert_next_frame(struct rte_mbuf *m, uint32_t len)
{
	const char *reason = "";

	assert_int_equal(rte_mbuf_check(m, 1, &reason), 0);
	assert_bytes(m, received++, len);
	assert_int_equal(m->nb_segs, len <= BUF_SIZE ? 1 : (len + BUF_SIZE - 1) / BUF_SIZE);
	assert_int_equal(m->port, PORT);
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_ptr_equal(m->pool, queue.pool->mp);
}

static inline void
receive_and_free(uint32_t len)
{
	struct rte_mbuf *m = receive_one();

	assert_next_frame(m, len);
	rte_pktmbuf_free(m);
}

/* Everything that is left in the application's pool. */
static inline unsigned int
take_all(void **objs, unsigned int max)
{
	unsigned int n = 0;

	while (n < max && rte_mempool_get(app, &objs[n]) == 0)
		n++;
	return n;
}

/* Bring the queue to where every further packet needs a temporary, of which there are none. */
static inline unsigned int
exhaust(struct rte_mbuf **held, void **taken, unsigned int max)
{
	unsigned int i;

	for (i = 0; i < NB_DESC; i++) {
		device_writes(64);
		held[i] = receive_one();
		assert_next_frame(held[i], 64);
	}
	return take_all(taken, max);
}

/* Frames of different lengths, whose packets are then next in order. */
static inline void
receive_frames(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	device_writes_frames(n);
	assert_int_equal(burst(m, (uint16_t)n), n);
	for (i = 0; i < n; i++)
		assert_next_frame(m[i], 60 + received % 190);
	assert_all_armed();
}

/* A frame for each descriptor; the device never has all of them at once. */
static inline void
receive_a_round(struct rte_mbuf **m)
{
	receive_frames(m, NB_DESC - 1);
	receive_frames(&m[NB_DESC - 1], 1);
}

/* A descriptor that waited is armed by the next burst after its buffer came home. */
static inline void
assert_all_wake(void)
{
	assert_nothing_received();
	assert_all_armed();
}

#define with_rxq(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define with_tear_down(test) cmocka_unit_test_teardown(test, tear_down)

/* main() of tests of the receive path, which run on the instance that the argument names. */
#define RX_MAIN(tests) TEST_EAL_MAIN(tests, test_path_ready(argc, argv, &path))

#endif /* _RX_UTIL_H_ */
