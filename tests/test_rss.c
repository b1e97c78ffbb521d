/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The state of receive-side scaling: key, types and redirection table. */

#include "dualbuf_test.h"

#include <errno.h>

#include <rte_ethdev.h>

#include "dualbuf_rss.h"
#include "log_util.h"

#define TYPES (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6)
#define SIZE DUALBUF_RSS_TABLE_SIZE
#define GROUPS (SIZE / RTE_ETH_RETA_GROUP_SIZE)

static struct dualbuf_rss rss;

static void
configure(uint64_t types, uint16_t nb_queues)
{
	const struct rte_eth_conf conf = {
		.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS,
		.rx_adv_conf.rss_conf.rss_hf = types,
	};

	assert_int_equal(dualbuf_rss_configure(&rss, &conf, TYPES, nb_queues), 0);
}

static int
set_up(void **state)
{
	(void)state;
	memset(&rss, 0, sizeof(rss));
	configure(TYPES, 4);
	return 0;
}

/* Name one queue in every entry, or in those of one group. */
static void
fill_groups(struct rte_eth_rss_reta_entry64 *groups, uint16_t queue)
{
	unsigned int i;

	for (i = 0; i < SIZE; i++)
		groups[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = queue;
	for (i = 0; i < GROUPS; i++)
		groups[i].mask = UINT64_MAX;
}

static void
the_first_table_names_queues_in_turn(void **state)
{
	uint32_t hash;

	(void)state;
	for (hash = 0; hash < 2 * SIZE; hash++)
		assert_int_equal(dualbuf_rss_queue(&rss, hash | 0xabcdef00), (hash & 127) % 4);
}

static void
the_table_stays_unless_there_are_more_or_fewer_queues(void **state)
{
	struct rte_eth_rss_reta_entry64 groups[GROUPS];

	(void)state;
	fill_groups(groups, 3);
	assert_int_equal(dualbuf_rss_set_table(&rss, groups, SIZE), 0);
	configure(TYPES, 4);
	assert_int_equal(dualbuf_rss_queue(&rss, 0), 3);
	configure(TYPES, 2);
	assert_int_equal(dualbuf_rss_queue(&rss, 0), 0);
	assert_int_equal(dualbuf_rss_queue(&rss, 3), 1);
}

static void
only_the_entries_that_are_named_are_changed_and_told(void **state)
{
	struct rte_eth_rss_reta_entry64 groups[GROUPS];

	(void)state;
	fill_groups(groups, 2);
	groups[0].mask = RTE_BIT64(0) | RTE_BIT64(63);
	groups[1].mask = RTE_BIT64(5);
	assert_int_equal(dualbuf_rss_set_table(&rss, groups, SIZE), 0);
	assert_int_equal(dualbuf_rss_queue(&rss, 0), 2);
	assert_int_equal(dualbuf_rss_queue(&rss, 1), 1);
	assert_int_equal(dualbuf_rss_queue(&rss, 63), 2);
	assert_int_equal(dualbuf_rss_queue(&rss, 64), 0);
	assert_int_equal(dualbuf_rss_queue(&rss, 69), 2);
	fill_groups(groups, 77);
	groups[0].mask = RTE_BIT64(63);
	groups[1].mask = 0;
	assert_int_equal(dualbuf_rss_get_table(&rss, groups, SIZE), 0);
	assert_int_equal(groups[0].reta[63], 2);
	assert_int_equal(groups[0].reta[0], 77);
	assert_int_equal(groups[1].reta[5], 77);
}

static void
a_queue_that_is_not_configured_changes_nothing(void **state)
{
	struct rte_eth_rss_reta_entry64 groups[GROUPS];
	struct log_capture log;

	(void)state;
	fill_groups(groups, 3);
	groups[1].reta[2] = 4;
	log_capture_begin(&log);
	assert_int_equal(dualbuf_rss_set_table(&rss, groups, SIZE), -EINVAL);
	assert_logged(&log, "entry 66 of the redirection table names receive queue 4",
			"4 are configured");
	log_capture_end(&log);
	assert_int_equal(dualbuf_rss_queue(&rss, 0), 0);
	/* what the mask does not name is not looked at */
	groups[1].mask = ~RTE_BIT64(2);
	assert_int_equal(dualbuf_rss_set_table(&rss, groups, SIZE), 0);
}

static void
a_table_of_another_size_is_refused(void **state)
{
	struct rte_eth_rss_reta_entry64 groups[GROUPS];
	struct log_capture log;

	(void)state;
	fill_groups(groups, 0);
	log_capture_begin(&log);
	assert_int_equal(dualbuf_rss_set_table(&rss, groups, 64), -EINVAL);
	assert_logged(&log, "a redirection table of 64 entries", "128 are required");
	log_capture_end(&log);
	log_capture_begin(&log);
	assert_int_equal(dualbuf_rss_get_table(&rss, groups, 512), -EINVAL);
	assert_logged(&log, "a redirection table of 512 entries", "128 are required");
	log_capture_end(&log);
}

static void
the_key_changes_only_when_one_is_given(void **state)
{
	uint8_t key[DUALBUF_RSS_KEY_LEN], got[DUALBUF_RSS_KEY_LEN];
	struct rte_eth_rss_conf conf = { .rss_hf = RTE_ETH_RSS_IPV4 };

	(void)state;
	assert_int_equal(dualbuf_rss_set(&rss, &conf, TYPES), 0);
	assert_memory_equal(dualbuf_rss_key(&rss), dualbuf_rss_default_key, sizeof(key));
	memset(key, 0x5a, sizeof(key));
	conf = (struct rte_eth_rss_conf){ .rss_key = key, .rss_key_len = sizeof(key) };
	assert_int_equal(dualbuf_rss_set(&rss, &conf, TYPES), 0);
	assert_memory_equal(dualbuf_rss_key(&rss), key, sizeof(key));
	conf = (struct rte_eth_rss_conf){ .rss_key = got, .rss_key_len = sizeof(got), .rss_hf = 1 };
	assert_int_equal(dualbuf_rss_get(&rss, &conf), 0);
	assert_memory_equal(got, key, sizeof(key));
	assert_int_equal(conf.rss_hf, 0);
	/* a new configuration begins with the default */
	configure(TYPES, 4);
	assert_memory_equal(dualbuf_rss_key(&rss), dualbuf_rss_default_key, sizeof(key));
}

static void
a_key_of_another_length_is_refused(void **state)
{
	uint8_t key[52] = { 0 };
	struct rte_eth_rss_conf conf = { .rss_key = key, .rss_key_len = sizeof(key) };
	struct log_capture log;

	(void)state;
	log_capture_begin(&log);
	assert_int_equal(dualbuf_rss_set(&rss, &conf, TYPES), -EINVAL);
	assert_logged(&log, "an RSS key of 52 bytes", "40 are required");
	log_capture_end(&log);
	assert_true(rss.types == TYPES);
	conf.rss_key_len = 39;
	log_capture_begin(&log);
	assert_int_equal(dualbuf_rss_get(&rss, &conf), -EINVAL);
	assert_logged(&log, "an RSS key of 39 bytes", "40 are required");
	log_capture_end(&log);
	/* who wants no key needs no place for it */
	conf = (struct rte_eth_rss_conf){ 0 };
	assert_int_equal(dualbuf_rss_get(&rss, &conf), 0);
	assert_true(conf.rss_hf == TYPES);
	assert_int_equal(conf.rss_key_len, 40);
}

static void
without_the_receive_mode_nothing_is_hashed(void **state)
{
	const struct rte_eth_conf conf = { .rx_adv_conf.rss_conf.rss_hf = TYPES };

	(void)state;
	assert_int_equal(dualbuf_rss_configure(&rss, &conf, TYPES, 4), 0);
	assert_int_equal(rss.types, 0);
	configure(TYPES | RTE_ETH_RSS_NONFRAG_IPV4_UDP, 4);
	assert_true(rss.types == TYPES);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(the_first_table_names_queues_in_turn, set_up),
	cmocka_unit_test_setup(the_table_stays_unless_there_are_more_or_fewer_queues, set_up),
	cmocka_unit_test_setup(only_the_entries_that_are_named_are_changed_and_told, set_up),
	cmocka_unit_test_setup(a_queue_that_is_not_configured_changes_nothing, set_up),
	cmocka_unit_test_setup(a_table_of_another_size_is_refused, set_up),
	cmocka_unit_test_setup(the_key_changes_only_when_one_is_given, set_up),
	cmocka_unit_test_setup(a_key_of_another_length_is_refused, set_up),
	cmocka_unit_test_setup(without_the_receive_mode_nothing_is_hashed, set_up),
};

TEST_MAIN(tests)
