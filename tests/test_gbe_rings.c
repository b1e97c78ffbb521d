/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The rings of a port with several queues as a controller is told of them: registers in memory. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gbe_82574.h"
#include "gbe_rings.h"
#include "gbe_rx_mode.h"

#define BAR_LEN 0x20000
#define MAX_QUEUES 4

static uint32_t bar[BAR_LEN / sizeof(uint32_t)];
static const struct gbe_hw hw = {
	.family = &gbe_82574,
	.bar = bar,
	.bar_len = BAR_LEN,
	.name = "memory",
};

static uint32_t
reg(uint32_t offset)
{
	return bar[offset / sizeof(uint32_t)];
}

/* A port's receive queues, of which nothing but the pool's room and the place of the ring matters. */
static struct port {
	struct rte_memzone zones[MAX_QUEUES];
	struct dualbuf_ring rings[MAX_QUEUES];
	struct dualbuf_rxq rxqs[MAX_QUEUES];
	struct dualbuf_rxq *list[MAX_QUEUES];
	struct gbe_rx_mode mode;
} port;

static void
set_up_queues(const uint32_t *rooms, uint16_t nb)
{
	uint16_t i;

	memset(bar, 0, sizeof(bar));
	memset(&port, 0, sizeof(port));
	for (i = 0; i < nb; i++) {
		port.zones[i].iova = 0x100000000ull * (i + 1) + 0x1000;
		port.rings[i].nb_desc = 64u << i;
		port.rxqs[i] = (struct dualbuf_rxq){ .mz = &port.zones[i],
			.ring = &port.rings[i],
			.queue_id = i,
			.buf_room = gbe_rx_buf_size(rooms[i]),
			.buf_size = gbe_rx_buf_size(rooms[i]) };
		port.list[i] = &port.rxqs[i];
	}
}

/* The size that RCTL tells, as the datasheet has it (82574L, section 10.2.5.1). */
static uint32_t
size_in_rctl(void)
{
	uint32_t rctl = reg(GBE_RCTL), code = rctl >> GBE_RCTL_BSIZE_SHIFT & 3;

	return rctl & GBE_RCTL_BSEX ? 32768u >> code : 2048u >> code;
}

static void
assert_common_size(const uint32_t *rooms, uint16_t nb, uint32_t size)
{
	uint16_t i;

	set_up_queues(rooms, nb);
	port.mode.buf_size = gbe_share_buf_size(port.list, nb);
	gbe_enable_rx(&hw, &port.mode);
	assert_int_equal(size_in_rctl(), size);
	for (i = 0; i < nb; i++)
		assert_int_equal(port.rxqs[i].buf_size, size);
}

static void
queues_with_pools_of_different_rooms_share_the_smallest_buffer_size(void **state)
{
	static const struct {
		uint32_t rooms[MAX_QUEUES];
		uint16_t nb;
		uint32_t size;
	} cases[] = {
		{ { 2048 }, 1, 2048 },
		{ { 1024, 4096 }, 2, 1024 },
		{ { 4096, 1024 }, 2, 1024 },
		{ { 2176, 300, 16384 }, 3, 256 },
		{ { 16384, 9000, 8192, 20000 }, 4, 8192 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++)
		assert_common_size(cases[i].rooms, cases[i].nb, cases[i].size);
}

/* The smaller queue was set up again with a larger pool, and the port is started anew. */
static void
a_larger_pool_at_the_next_start_makes_the_buffers_larger(void **state)
{
	(void)state;
	assert_common_size((const uint32_t[]){ 1024, 4096 }, 2, 1024);
	port.rxqs[0].buf_room = 4096;
	port.mode.buf_size = gbe_share_buf_size(port.list, 2);
	gbe_enable_rx(&hw, &port.mode);
	assert_int_equal(size_in_rctl(), 4096);
	assert_int_equal(port.rxqs[1].buf_size, 4096);
}

static void
each_ring_is_told_at_its_own_registers(void **state)
{
	const uint32_t rooms[] = { 2048, 2048 };
	uint16_t i;

	(void)state;
	set_up_queues(rooms, 2);
	for (i = 0; i < 2; i++) {
		gbe_start_rx_ring(&hw, port.list[i]);
		assert_int_equal(reg(GBE_RDBAL(i)), 0x1000);
		assert_int_equal(reg(GBE_RDBAH(i)), i + 1);
		assert_int_equal(reg(GBE_RDLEN(i)), (64u << i) * 16);
	}
}

static void
the_end_of_a_ring_is_an_empty_one(void **state)
{
	const uint32_t rooms[] = { 2048, 2048 };

	(void)state;
	set_up_queues(rooms, 2);
	gbe_start_rx_ring(&hw, port.list[0]);
	gbe_start_rx_ring(&hw, port.list[1]);
	bar[GBE_RDH(1) / sizeof(uint32_t)] = 5;
	bar[GBE_RDT(1) / sizeof(uint32_t)] = 63;
	gbe_end_rx_ring(&hw, 1);
	assert_int_equal(reg(GBE_RDH(1)), 0);
	assert_int_equal(reg(GBE_RDT(1)), 0);
	assert_int_equal(reg(GBE_RDLEN(1)), 0);
	assert_int_equal(reg(GBE_RDBAL(1)), 0);
	assert_int_equal(reg(GBE_RDBAH(1)), 0);
	assert_int_equal(reg(GBE_RDLEN(0)), 64 * 16);
	bar[GBE_TDLEN(0) / sizeof(uint32_t)] = 1024;
	bar[GBE_TDT(0) / sizeof(uint32_t)] = 7;
	gbe_end_tx_ring(&hw, 0);
	assert_int_equal(reg(GBE_TDT(0)), 0);
	assert_int_equal(reg(GBE_TDLEN(0)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
				queues_with_pools_of_different_rooms_share_the_smallest_buffer_size),
		cmocka_unit_test(a_larger_pool_at_the_next_start_makes_the_buffers_larger),
		cmocka_unit_test(each_ring_is_told_at_its_own_registers),
		cmocka_unit_test(the_end_of_a_ring_is_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
