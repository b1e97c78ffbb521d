/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* What the registers of receive-side scaling are told. */

#include "gbe_util.h"

static struct dualbuf_rss rss;

static void
each_type_has_its_bit(void **state)
{
	static const struct {
		uint64_t types;
		uint32_t mrqc;
	} cases[] = {
		{ 0, 0 },
		{ RTE_ETH_RSS_NONFRAG_IPV4_TCP, 0x00010001 },
		{ RTE_ETH_RSS_IPV4, 0x00020001 },
		{ RTE_ETH_RSS_NONFRAG_IPV6_TCP, 0x00040001 },
		{ RTE_ETH_RSS_IPV6, 0x00100001 },
		{ GBE_RSS_TYPES, 0x00170001 },
		{ RTE_ETH_RSS_NONFRAG_IPV4_UDP, 0 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		rss.types = cases[i].types;
		gbe_set_rss(&hw, &rss);
		assert_int_equal(*reg_of(0x5818), cases[i].mrqc);
	}
}

static void
the_key_stands_in_its_registers_byte_by_byte(void **state)
{
	const uint8_t *bytes = (const uint8_t *)reg_of(0x5c80);
	unsigned int i;

	(void)state;
	rss.key = 1;
	for (i = 0; i < DUALBUF_RSS_KEY_LEN; i++)
		rss.keys[1][i] = 0xf0 - 5 * i;
	gbe_set_rss(&hw, &rss);
	for (i = 0; i < DUALBUF_RSS_KEY_LEN; i++)
		assert_int_equal(bytes[i], (uint8_t)(0xf0 - 5 * i));
}

/* The queue is the highest bit of an entry. */
static void
each_entry_of_the_table_has_a_byte(void **state)
{
	const uint8_t *bytes = (const uint8_t *)reg_of(0x5c00);
	unsigned int i;

	(void)state;
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++)
		rss.table[i] = i * i / 3 % 2;
	gbe_set_rss(&hw, &rss);
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++)
		assert_int_equal(bytes[i], rss.table[i] << 7);
}

/* A hash without its key and table would choose by what the last owner of the device left. */
static void
hashing_begins_when_key_and_table_are_there(void **state)
{
	unsigned int key, table, on;

	(void)state;
	rss.types = GBE_RSS_TYPES;
	gbe_set_rss(&hw, &rss);
	key = find_write(0, GBE_RSSRK(9), 0, 0);
	table = find_write(0, GBE_RETA(31), 0, 0);
	on = find_write(0, GBE_MRQC, GBE_MRQC_RSS, GBE_MRQC_RSS);
	assert_true(key < on);
	assert_true(table < on);
}

static void
nothing_is_written_beyond_the_smallest_bar(void **state)
{
	unsigned int i;

	(void)state;
	gbe_set_rss(&hw, &rss);
	for (i = 0; i < fake.nb_accesses; i++)
		assert_true(fake.log[i].reg + 4 <= GBE_BAR_MIN_LEN);
	assert_nothing_logged(&logged);
}

/* Each transmit queue takes part in the arbitration, as it does after a reset. */
static void
the_second_transmit_ring_is_switched_on_as_the_first(void **state)
{
	const struct gbe_ring ring = { .iova = 0x123456789000, .len = 4096, .queue = 1 };

	(void)state;
	gbe_set_tx_ring(&hw, &ring);
	assert_int_equal(*reg_of(0x3900), 0x56789000);
	assert_int_equal(*reg_of(0x3904), 0x1234);
	assert_int_equal(*reg_of(0x3908), 4096);
	assert_int_equal(*reg_of(0x3928) & GBE_TXDCTL_COUNT_DESC, GBE_TXDCTL_COUNT_DESC);
	assert_int_equal(*reg_of(0x3940) & GBE_TARC_ENABLE, GBE_TARC_ENABLE);
	gbe_set_rx_ring(&hw, &ring);
	assert_int_equal(*reg_of(0x2900), 0x56789000);
	assert_int_equal(*reg_of(0x2908), 4096);
}

static const struct CMUnitTest tests[] = {
	gbe_test(each_type_has_its_bit),
	gbe_test(the_key_stands_in_its_registers_byte_by_byte),
	gbe_test(each_entry_of_the_table_has_a_byte),
	gbe_test(hashing_begins_when_key_and_table_are_there),
	gbe_test(nothing_is_written_beyond_the_smallest_bar),
	gbe_test(the_second_transmit_ring_is_switched_on_as_the_first),
};

TEST_MAIN(tests)
