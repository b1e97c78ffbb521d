/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The vector receive paths against the scalar one: two queues are given the same write-backs and
 * the same frees, and must hand up the same packets and be left in the same state.
 */

#include "dualbuf_test.h"
#include "pool_util.h"

#include <rte_ethdev.h>

#include "dualbuf_rxq.h"
#include "path_util.h"
#include "wb_util.h"

#define NB_DESC 64
#define BUF_SIZE 256
#define MAX_BURST 48
#define BATCH 8 /* descriptors that vectors take at a time */
#define ROUNDS 20000
/* After so many rounds with fresh rings: random frees leave descriptors with different sides armed. */
#define FRESH_ROUNDS 500

/* A queue, and the packets of it that a consumer holds. */
struct side {
	struct rte_mempool *pool;
	struct test_queue queue;
	struct dualbuf_rxq rxq;
	volatile uint32_t doorbell;
	eth_rx_burst_t burst;
	struct rte_mbuf *held[NB_DESC * 9];
	unsigned int nb_held;
};

static struct side scalar, vector;
static uint32_t device_head;
static enum dualbuf_burst path;
static bool deferred;
static bool typed; /* the device gives packet types */
static uint32_t ptypes[NB_DESC];
static enum {
	COMMON, /* good packets of one descriptor, which vectors take */
	MIXED, /* the same, and what they do not take */
	GARBAGE,
} kind;
static uint64_t seed;

static void
side_make(struct side *side, const char *name, uint32_t nb_bufs, enum dualbuf_burst burst)
{
	memset(side, 0, sizeof(*side));
	side->pool = test_pool_make(name, 4 * NB_DESC * nb_bufs, 0);
	test_queue_bind(&side->queue, side->pool, NB_DESC, nb_bufs);
	side->rxq.desc = aligned_alloc(DUALBUF_RING_BASE_ALIGN, NB_DESC * sizeof(*side->rxq.desc));
	assert_non_null((const void *)(uintptr_t)side->rxq.desc);
	side->rxq.tail_reg = &side->doorbell;
	side->rxq.ring = side->queue.ring;
	side->rxq.pool = side->queue.pool;
	side->rxq.rearm = RTE_PKTMBUF_HEADROOM | UINT64_C(1) << 16 | UINT64_C(1) << 32;
	side->rxq.buf_size = BUF_SIZE;
	dualbuf_rxq_limit(&side->rxq, UINT32_MAX);
	side->rxq.mp = side->pool;
	side->rxq.loan_flag = deferred ? RTE_BIT64(40) : 0;
	side->rxq.ptypes = ptypes;
	side->rxq.tags_swapped = true;
	side->burst = dualbuf_rx_burst_with(
			test_format, burst, (deferred ? RX_DEFERRED : 0) | (typed ? RX_PTYPE : 0));
	test_format->restart(&side->rxq);
	dualbuf_rx_doorbell(&side->rxq);
}

static void
side_end(struct side *side)
{
	rte_pktmbuf_free_bulk(side->held, side->nb_held);
	dualbuf_rx_discard_partial(&side->rxq);
	assert_int_equal(test_queue_out(&side->queue), 0);
	test_queue_release(&side->queue);
	free((void *)(uintptr_t)side->rxq.desc);
	assert_pool_full(side->pool);
	rte_mempool_free(side->pool);
}

/* A good packet, which has every flag and type that vectors take. */
static struct test_wb
common_write_back(void)
{
	struct test_wb wb = {
		.status = (uint32_t)test_random(&seed) & TEST_WB_FLAGS & ~TEST_WB_SCALAR_FLAGS,
		.rss = (uint32_t)test_random(&seed),
		.length = (uint16_t)test_random_below(&seed, BUF_SIZE + 1),
		.vlan = (uint16_t)test_random(&seed),
	};

	wb.status |= DUALBUF_RXD_DD | DUALBUF_RXD_EOP;
	do
		wb.types = (uint32_t)test_random(&seed);
	while (test_types_are_scalar(wb.types));
	return wb;
}

/* Make of it one that vectors may not take, in one way or another. */
static void
make_odd(struct test_wb *wb)
{
	uint32_t way = test_random_below(&seed, 6);

	if (way < 2)
		wb->status |= DUALBUF_RXD_RXE;
	if (way == 1 || way == 2)
		wb->status &= ~DUALBUF_RXD_EOP;
	if (way == 3)
		wb->length = BUF_SIZE + 1 + test_random_below(&seed, UINT16_MAX - BUF_SIZE);
	if (way == 4)
		wb->status |= (uint32_t)test_random(&seed) & TEST_WB_FLAGS;
	if (way == 5)
		wb->types = (uint32_t)test_random(&seed);
}

static struct test_wb
random_write_back(void)
{
	struct test_wb wb = common_write_back();

	if (kind == MIXED && test_random_below(&seed, 16) == 0)
		make_odd(&wb);
	if (kind == GARBAGE) {
		wb.status = (uint32_t)test_random(&seed) | DUALBUF_RXD_DD;
		wb.types = (uint32_t)test_random(&seed);
		wb.length = (uint16_t)test_random_below(&seed, 2 * BUF_SIZE);
	}
	return wb;
}

static void
side_write_back(struct side *side, uint32_t pos, const struct test_wb *wb, uint8_t byte)
{
	uint64_t addr = rte_le_to_cpu_64(side->rxq.desc[pos].read.addr);
	const union dualbuf_rx_desc desc = test_wb_desc(wb);

	memset((void *)(uintptr_t)addr, byte, BUF_SIZE);
	memcpy((void *)(uintptr_t)&side->rxq.desc[pos], &desc, sizeof(desc));
}

/* The device writes a packet to both queues. */
static void
device_writes_one(const struct test_wb *wb)
{
	uint8_t byte = (uint8_t)test_random(&seed);

	ptypes[device_head] = (uint32_t)test_random(&seed);
	side_write_back(&scalar, device_head, wb, byte);
	side_write_back(&vector, device_head, wb, byte);
	device_head = (device_head + 1) % NB_DESC;
}

/* The device writes some packets to both queues, as far as the tail lets it. */
static void
device_writes(uint32_t n)
{
	struct test_wb wb;

	assert_int_equal(scalar.doorbell, vector.doorbell);
	for (; n > 0 && device_head != scalar.doorbell; n--) {
		wb = random_write_back();
		device_writes_one(&wb);
	}
}

static void
assert_same_segment(const struct rte_mbuf *a, const struct rte_mbuf *b)
{
	assert_int_equal(a->data_off, b->data_off);
	assert_int_equal(a->refcnt, b->refcnt);
	assert_int_equal(a->port, b->port);
	assert_int_equal(a->ol_flags, b->ol_flags);
	assert_int_equal(a->data_len, b->data_len);
	assert_memory_equal(rte_pktmbuf_mtod(a, const void *), rte_pktmbuf_mtod(b, const void *),
			a->data_len);
}

static void
assert_same_packet(const struct rte_mbuf *a, const struct rte_mbuf *b)
{
	assert_int_equal(a->nb_segs, b->nb_segs);
	assert_int_equal(a->pkt_len, b->pkt_len);
	assert_int_equal(a->packet_type, b->packet_type);
	if (a->ol_flags & RTE_MBUF_F_RX_VLAN)
		assert_int_equal(a->vlan_tci, b->vlan_tci);
	if (a->ol_flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(a->hash.rss, b->hash.rss);
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		assert_same_segment(a, b);
	assert_ptr_equal(a, b);
}

/* Addresses differ, and what follows them does not: 0 when armed, else what the device wrote. */
static void
assert_same_descriptors(void)
{
	uint32_t pos;

	for (pos = 0; pos < NB_DESC; pos++)
		assert_int_equal(scalar.rxq.desc[pos].read.reserved,
				vector.rxq.desc[pos].read.reserved);
}

static void
assert_same_state(void)
{
	const struct dualbuf_ring *a = scalar.rxq.ring, *b = vector.rxq.ring;

	assert_memory_equal(&scalar.rxq.stats, &vector.rxq.stats, sizeof(scalar.rxq.stats));
	assert_memory_equal(&a->next, &b->next, sizeof(a->next));
	assert_memory_equal(&a->arm, &b->arm, sizeof(a->arm));
	assert_memory_equal(a->armed, b->armed, NB_DESC);
	assert_memory_equal(a->handed, b->handed, a->slots.nb_slots);
	assert_memory_equal(a->slots.returned, b->slots.returned, a->slots.nb_slots);
	assert_same_descriptors();
}

/* Both queues receive so many at the most. Returns how many they have received. */
static uint16_t
receive_same(uint16_t n)
{
	struct rte_mbuf **a = &scalar.held[scalar.nb_held], **b = &vector.held[vector.nb_held];
	uint16_t nb_a, nb_b, i;

	n = RTE_MIN(n, RTE_DIM(scalar.held) - scalar.nb_held);
	nb_a = scalar.burst(&scalar.rxq, a, n);
	nb_b = vector.burst(&vector.rxq, b, n);
	assert_int_equal(nb_a, nb_b);
	for (i = 0; i < nb_a; i++)
		assert_same_packet(a[i], b[i]);
	scalar.nb_held += nb_a;
	vector.nb_held += nb_b;
	assert_same_state();
	return nb_a;
}

static void
side_free_from(struct side *side, unsigned int first, bool in_bulk)
{
	unsigned int i;

	if (in_bulk)
		rte_pktmbuf_free_bulk(&side->held[first], side->nb_held - first);
	for (i = first; i < side->nb_held && !in_bulk; i++)
		rte_pktmbuf_free(side->held[i]);
	side->nb_held = first;
}

/* For a while everything is freed at once; then packets are kept, until alternates lack. */
static void
free_same(unsigned int round)
{
	bool keeps = round / 64 % 2 == 1;
	bool in_bulk = test_random_below(&seed, 2) == 0;
	unsigned int first = 0;

	if (keeps && test_random_below(&seed, 16) != 0 && scalar.nb_held < NB_DESC * 8)
		return;
	if (keeps)
		first = test_random_below(&seed, scalar.nb_held + 1);
	side_free_from(&scalar, first, in_bulk);
	side_free_from(&vector, first, in_bulk);
	assert_same_state();
}

static void
sides_make(uint32_t nb_bufs)
{
	device_head = 0;
	side_make(&scalar, "paths_scalar", nb_bufs, DUALBUF_BURST_SCALAR);
	side_make(&vector, "paths_vector", nb_bufs, path);
}

static void
sides_end(void)
{
	side_end(&scalar);
	side_end(&vector);
}

static void
compare_fresh(uint32_t nb_bufs, struct dualbuf_rx_stats *sum)
{
	unsigned int i;

	sides_make(nb_bufs);
	for (i = 0; i < FRESH_ROUNDS; i++) {
		device_writes(test_random_below(&seed, MAX_BURST + 1));
		receive_same((uint16_t)(1 + test_random_below(&seed, MAX_BURST)));
		free_same(i);
	}
	sum->flips += scalar.rxq.stats.flips;
	sum->copies += scalar.rxq.stats.copies + scalar.rxq.stats.loans;
	sum->errors += scalar.rxq.stats.errors;
	sides_end();
}

static void
compare_paths(uint32_t nb_bufs)
{
	struct dualbuf_rx_stats sum = { 0 };
	unsigned int i;

	seed = UINT64_C(0x9e3779b97f4a7c15) + nb_bufs;
	for (i = 0; i < ROUNDS / FRESH_ROUNDS; i++) {
		kind = (const int[]){ COMMON, COMMON, MIXED, GARBAGE }[i % 4];
		compare_fresh(nb_bufs, &sum);
	}
	assert_true(sum.flips > ROUNDS);
	assert_true(sum.copies > ROUNDS / 10);
	assert_true(sum.errors > 0);
}

static void
both_paths_do_the_same_with_copies(void **state)
{
	(void)state;
	deferred = false;
	compare_paths(2);
	compare_paths(3);
	compare_paths(8);
}

static void
both_paths_do_the_same_with_loans(void **state)
{
	(void)state;
	deferred = true;
	compare_paths(2);
	compare_paths(4);
}

static void
both_paths_do_the_same_with_packet_types(void **state)
{
	(void)state;
	typed = true;
	deferred = false;
	compare_paths(2);
	deferred = true;
	compare_paths(3);
	typed = false;
}

/* A batch with one packet that is of interest, at this place, among common ones. Both paths receive it. */
static void
compare_batch(unsigned int place, const struct test_wb *wb)
{
	struct test_wb other;
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		other = common_write_back();
		device_writes_one(i == place ? wb : &other);
	}
	receive_same(BATCH);
	side_free_from(&scalar, 0, true);
	side_free_from(&vector, 0, true);
}

static void
both_paths_do_the_same_with_every_type(void **state)
{
	struct test_wb wb;
	uint32_t types;

	(void)state;
	seed = 14;
	deferred = false;
	sides_make(2);
	for (types = 0; types < 1 << 17; types++) {
		wb = common_write_back();
		wb.types = types | (uint32_t)test_random(&seed) << 17;
		compare_batch(types % BATCH, &wb);
	}
	assert_int_equal(scalar.rxq.stats.packets, BATCH << 17);
	sides_end();
}

/* Every pair of status bits alone, and every bit among all flags that packets in order have. */
static void
both_paths_do_the_same_with_every_status(void **state)
{
	struct test_wb wb;
	unsigned int i, j, round;

	(void)state;
	seed = 14;
	deferred = false;
	sides_make(2);
	for (i = 0; i < 32; i++) {
		for (j = 0; j < 32; j++) {
			for (round = 0; round < 2 * BATCH; round++) {
				wb = common_write_back();
				if (round < BATCH)
					wb.status = DUALBUF_RXD_EOP | RTE_BIT32(j);
				wb.status = (wb.status ^ RTE_BIT32(i)) | DUALBUF_RXD_DD;
				compare_batch(round % BATCH, &wb);
			}
		}
	}
	assert_true(scalar.rxq.stats.errors > 0);
	sides_end();
}

/*
 * Do vectors take this packet, at this place among common ones? They write the tag to the mbuf whether there is
 * one or not, and leave it to the flags.
 */
static bool
is_taken_by_vectors(unsigned int place, struct test_wb wb)
{
	struct test_wb other;
	unsigned int i;
	bool taken;

	wb.vlan = 0xbeef;
	for (i = 0; i < BATCH; i++) {
		other = common_write_back();
		other.status &= ~DUALBUF_RXD_VP;
		device_writes_one(i == place ? &wb : &other);
	}
	assert_int_equal(receive_same(BATCH), BATCH);
	taken = vector.held[place]->vlan_tci == wb.vlan;
	for (i = 0; i < BATCH; i++)
		vector.held[i]->vlan_tci = 0;
	side_free_from(&scalar, 0, true);
	side_free_from(&vector, 0, true);
	return taken;
}

static void
vectors_take_all_but_what_only_the_scalar_path_knows(void **state)
{
	struct test_wb wb;
	unsigned int i, bit;

	(void)state;
	seed = 14;
	deferred = false;
	sides_make(2);
	for (i = 0; i < BATCH * RTE_DIM(test_types); i++) {
		wb = common_write_back();
		wb.status &= ~DUALBUF_RXD_VP;
		wb.types = test_types[i / BATCH].types;
		assert_int_equal(is_taken_by_vectors(i % BATCH, wb),
				!test_types_are_scalar(wb.types));
	}
	for (i = 0; i < BATCH; i++) {
		for (bit = 0; bit < 32; bit++) {
			if ((TEST_WB_FLAGS & ~DUALBUF_RXD_VP & RTE_BIT32(bit)) == 0)
				continue;
			wb = common_write_back();
			wb.status = DUALBUF_RXD_DD | DUALBUF_RXD_EOP | RTE_BIT32(bit);
			assert_int_equal(is_taken_by_vectors(i, wb),
					(TEST_WB_SCALAR_FLAGS & RTE_BIT32(bit)) == 0);
		}
	}
	sides_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(both_paths_do_the_same_with_copies),
	cmocka_unit_test(both_paths_do_the_same_with_loans),
	cmocka_unit_test(both_paths_do_the_same_with_packet_types),
	cmocka_unit_test(both_paths_do_the_same_with_every_type),
	cmocka_unit_test(both_paths_do_the_same_with_every_status),
	cmocka_unit_test(vectors_take_all_but_what_only_the_scalar_path_knows),
};

TEST_EAL_MAIN(tests, test_path_ready(argc, argv, &path))
