/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which queue a frame meets: the one that hash and table choose, held to DPDK's own software. */

#include "flow_util.h"

#define NB_FRAMES 600

static struct packets sent;
static struct batch got[NB_QUEUES];

/* A port that reads all flows, with a pool for all of them. */
static uint16_t
plug_flows(void)
{
	sent = flow_packets(NB_FRAMES);
	vdev_pool(4096);
	return vdev_plug("rx_pcap=%s,queues=%u", capture_write("flows", &sent), NB_QUEUES);
}

static void
receive_all_queues(uint16_t port, uint16_t nb)
{
	unsigned int turn, came;
	uint16_t q;

	memset(got, 0, sizeof(got));
	do {
		came = 0;
		for (turn = 0; turn < 8; turn++)
			for (q = 0; q < nb; q++)
				came += receive_up_to(port, q, &got[q], 32);
	} while (came > 0);
}

/* Every frame came once, whole, to its queue, and each queue has its frames in order. */
static void
assert_steered(const struct rss_util *rss, uint16_t nb, bool with_hash)
{
	unsigned int at[NB_QUEUES] = { 0 }, i;
	const struct rte_mbuf *m;
	uint32_t hash = 0;
	bool hashed;
	uint16_t q;

	for (i = 0; i < sent.nb; i++) {
		q = rss_util_queue(rss, sent.all[i].data);
		assert_true(q < nb);
		assert_true(at[q] < got[q].nb);
		m = got[q].m[at[q]++];
		assert_packet(m, &sent.all[i], i);
		hashed = rss_util_hash(rss, sent.all[i].data, &hash) && with_hash;
		assert_int_equal((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0, hashed);
		if (hashed)
			assert_int_equal(m->hash.rss, hash);
	}
	for (q = 0; q < nb; q++) {
		assert_int_equal(at[q], got[q].nb);
		batch_free(&got[q]);
	}
}

/* Does every queue get a fair part? Else these tests would say nothing. */
static void
assert_all_used(void)
{
	uint16_t q;

	for (q = 0; q < NB_QUEUES; q++)
		assert_true(got[q].nb > NB_FRAMES / NB_QUEUES / 3);
}

static void
restart(uint16_t port)
{
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
}

static void
assert_flows(uint16_t port, uint16_t nb, bool with_hash)
{
	struct rss_util rss;

	assert_int_equal(rss_util_ask(port, &rss), 0);
	receive_all_queues(port, nb);
	assert_steered(&rss, nb, with_hash);
}

static void
every_frame_meets_the_queue_that_software_computes(void **state)
{
	uint16_t port = plug_flows();
	struct rss_util rss;

	(void)state;
	vdev_start(port, .rss_types = ALL_RSS_TYPES, .rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH);
	assert_int_equal(rss_util_ask(port, &rss), 0);
	receive_all_queues(port, NB_QUEUES);
	assert_all_used();
	assert_steered(&rss, NB_QUEUES, true);
	/* the same without the hash in the mbufs, and with some types alone */
	assert_int_equal(rte_eth_dev_stop(port), 0);
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	assert_flows(port, NB_QUEUES, false);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	vdev_start(port, .rss_types = RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_IPV6,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH);
	assert_flows(port, NB_QUEUES, true);
}

static void
without_rss_all_frames_come_to_the_first_queue(void **state)
{
	uint16_t port = plug_flows();

	(void)state;
	vdev_start(port);
	receive_all_queues(port, NB_QUEUES);
	assert_packets(&got[0], &sent);
	batch_free(&got[0]);
}

static void
another_key_moves_flows_as_computed(void **state)
{
	uint16_t port = plug_flows();
	struct rss_util before, after;
	uint8_t key[RSS_UTIL_KEY_LEN];
	struct rte_eth_rss_conf conf = {
		.rss_key = key, .rss_key_len = sizeof(key), .rss_hf = ALL_RSS_TYPES
	};
	unsigned int i, moved = 0;

	(void)state;
	for (i = 0; i < sizeof(key); i++)
		key[i] = 0x3b * i + 0x61;
	vdev_start(port, .rss_types = ALL_RSS_TYPES, .rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH);
	assert_int_equal(rss_util_ask(port, &before), 0);
	assert_int_equal(rte_eth_dev_rss_hash_update(port, &conf), 0);
	assert_int_equal(rss_util_ask(port, &after), 0);
	assert_memory_equal(after.key, key, sizeof(key));
	for (i = 0; i < sent.nb; i++)
		moved += rss_util_queue(&before, sent.all[i].data) !=
				rss_util_queue(&after, sent.all[i].data);
	assert_true(moved > sent.nb / 4);
	assert_flows(port, NB_QUEUES, true);
	/* types can be taken away as well */
	conf = (struct rte_eth_rss_conf){ .rss_hf = RTE_ETH_RSS_IPV4 };
	assert_int_equal(rte_eth_dev_rss_hash_update(port, &conf), 0);
	restart(port);
	assert_flows(port, NB_QUEUES, true);
}

static void
the_table_is_obeyed_and_outlives_stops(void **state)
{
	uint16_t port = plug_flows(), table[RSS_UTIL_TABLE_SIZE];
	struct rss_util rss;
	unsigned int i;

	(void)state;
	for (i = 0; i < RSS_UTIL_TABLE_SIZE; i++)
		table[i] = i * i % 7 % NB_QUEUES;
	vdev_set_up_queues(port, &(struct vdev_config){ .rss_types = ALL_RSS_TYPES });
	assert_int_equal(rss_util_set_table(port, table), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rss_util_ask(port, &rss), 0);
	assert_memory_equal(rss.table, table, sizeof(table));
	assert_flows(port, NB_QUEUES, false);
	restart(port);
	assert_int_equal(rss_util_ask(port, &rss), 0);
	assert_memory_equal(rss.table, table, sizeof(table));
	/* and while it runs */
	for (i = 0; i < RSS_UTIL_TABLE_SIZE; i++)
		table[i] = 2;
	assert_int_equal(rss_util_set_table(port, table), 0);
	assert_flows(port, NB_QUEUES, false);
}

static void
fewer_queues_have_a_table_of_their_own(void **state)
{
	uint16_t port = plug_flows(), table[RSS_UTIL_TABLE_SIZE] = { 0 };
	struct rss_util rss;
	uint16_t nb;

	(void)state;
	for (nb = 3; nb > 0; nb--) {
		vdev_start(port, .nb_rx = nb, .rss_types = ALL_RSS_TYPES);
		assert_int_equal(rss_util_ask(port, &rss), 0);
		assert_int_equal(rss.table[5], 5 % nb);
		assert_flows(port, nb, false);
		table[9] = nb;
		assert_int_equal(rss_util_set_table(port, table), -EINVAL);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
}

/* A queue with a source of its own has nothing to choose; the hash is there all the same. */
static void
queues_with_sources_of_their_own_have_no_table(void **state)
{
	uint16_t table[RSS_UTIL_TABLE_SIZE] = { 0 }, port;
	struct rte_eth_rss_conf conf = { 0 };
	struct rte_eth_dev_info info;
	struct log_capture log;

	(void)state;
	port = vdev_plug("rx_pcap=%s,rx_pcap=%s", capture_of("imix"), capture_of("imix"));
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(info.reta_size, 0);
	log_capture_begin(&log);
	assert_int_equal(rss_util_set_table(port, table), -ENOTSUP);
	vdev_assert_logged(&log, "each receive queue has a source of its own");
	assert_int_equal(rte_eth_dev_rss_hash_conf_get(port, &conf), 0);
	assert_true(conf.rss_hf == ALL_RSS_TYPES);
}

static void
what_can_be_chosen_is_announced(void **state)
{
	uint16_t port = plug_flows();
	struct rte_eth_dev_info info;

	(void)state;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(info.max_rx_queues, NB_QUEUES);
	assert_int_equal(info.max_tx_queues, NB_QUEUES);
	assert_int_equal(info.reta_size, RSS_UTIL_TABLE_SIZE);
	assert_int_equal(info.hash_key_size, RSS_UTIL_KEY_LEN);
	assert_true(info.flow_type_rss_offloads == ALL_RSS_TYPES);
}

static const struct CMUnitTest tests[] = {
	vdev_test(every_frame_meets_the_queue_that_software_computes),
	vdev_test(without_rss_all_frames_come_to_the_first_queue),
	vdev_test(another_key_moves_flows_as_computed),
	vdev_test(the_table_is_obeyed_and_outlives_stops),
	vdev_test(fewer_queues_have_a_table_of_their_own),
	vdev_test(queues_with_sources_of_their_own_have_no_table),
	vdev_test(what_can_be_chosen_is_announced),
};

VDEV_MAIN(tests)
