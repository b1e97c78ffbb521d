/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The counters of a port, and their names. */

#include "compat_util.h"
#include "packet_util.h"
#include "pcapng_util.h"

#define MAX_XSTATS 512

/* Every row but those of queues, and ethdev's own. */
static const char *const port_names[] = { "rx_missed_packets", "rx_no_buffer_packets",
	"rx_crc_errors", "rx_align_errors", "rx_symbol_errors", "rx_phy_errors",
	"rx_carrier_ext_errors", "rx_length_errors", "rx_undersize_errors", "rx_fragment_errors",
	"rx_oversize_errors", "rx_jabber_errors", "rx_xon_packets", "rx_xoff_packets",
	"rx_flow_control_unsupported_packets", "tx_xon_packets", "tx_xoff_packets",
	"tx_deferred_packets", "tx_single_collision_packets", "tx_multiple_collision_packets",
	"tx_excessive_collision_packets", "tx_late_collisions", "tx_total_collisions",
	"tx_no_carrier_sense_packets" };
/* The last ones are of copy=deferred, of pcapng files, of AF_XDP, and of rate= */
static const char *const rx_names[] = { "flips", "copies", "nombuf", "missed",
	"no_descriptor_drops", "kernel_drops", "stop_drops", "descriptor_errors", "oversize_errors",
	"bound", "home", "loans", "waiting", "over_mtu", "unscattered", "filtered_mac",
	"filtered_vlan", "foreign", "unknown_buffer_errors", "reordered_buffers", "late_max_ns",
	"late_mean_ns" };
static const char *const tx_names[] = { "errors", "segment_errors", "stop_drops", "device_errors",
	"over_mtu" };
static const char *const ethdev_names[] = { "rx_good_packets", "tx_good_packets", "rx_good_bytes",
	"tx_good_bytes", "rx_missed_errors", "rx_errors", "tx_errors",
	"rx_mbuf_allocation_errors" };
static const char *const ethdev_rx_names[] = { "packets", "bytes", "errors" };
static const char *const ethdev_tx_names[] = { "packets", "bytes" };

static void
xstats_have_exactly_the_promised_names(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null", capture_of("imix"),
			capture_of("vlan"));
	struct rte_eth_xstat_name all[MAX_XSTATS];
	unsigned int i, q;
	int nb, j, k;

	(void)state;
	vdev_start(port);
	for (i = 0; i < RTE_DIM(port_names); i++)
		assert_int_equal(vdev_xstat_by_name(port, port_names[i]), 0);
	for (i = 0; i < RTE_DIM(ethdev_names); i++)
		assert_int_equal(vdev_xstat_by_name(port, ethdev_names[i]), 0);
	for (q = 0; q < 2; q++) {
		for (i = 0; i < RTE_DIM(ethdev_rx_names); i++)
			assert_int_equal(vdev_xstat(port, q, ethdev_rx_names[i]), 0);
		for (i = 0; i < RTE_DIM(rx_names); i++)
			vdev_xstat(port, q, rx_names[i]);
	}
	for (i = 0; i < RTE_DIM(ethdev_tx_names); i++)
		assert_int_equal(vdev_tx_xstat(port, 0, ethdev_tx_names[i]), 0);
	for (i = 0; i < RTE_DIM(tx_names); i++)
		assert_int_equal(vdev_tx_xstat(port, 0, tx_names[i]), 0);
	nb = rte_eth_xstats_get_names(port, all, RTE_DIM(all));
	assert_int_equal(nb,
			RTE_DIM(ethdev_names) + 2 * (RTE_DIM(ethdev_rx_names) + RTE_DIM(rx_names)) +
					RTE_DIM(ethdev_tx_names) + RTE_DIM(tx_names) +
					RTE_DIM(port_names));
	for (j = 0; j < nb; j++)
		for (k = 0; k < j; k++)
			assert_string_not_equal(all[j].name, all[k].name);
}

/* As ethdev gives them: its own rows, ours, and both mixed. */
static void
xstats_by_id_are_those_of_the_whole_list(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null", capture_of("imix"),
			capture_of("vlan"));
	struct rte_eth_xstat_name all[MAX_XSTATS], by_id[MAX_XSTATS];
	uint64_t ids[MAX_XSTATS], values[MAX_XSTATS];
	struct rte_eth_xstat xstats[MAX_XSTATS];
	struct batch batch = { 0 };
	int nb, i;

	(void)state;
	vdev_start(port);
	receive_up_to(port, 1, &batch, 70);
	nb = rte_eth_xstats_get_names(port, all, MAX_XSTATS);
	assert_int_equal(rte_eth_xstats_get(port, xstats, MAX_XSTATS), nb);
	for (i = 0; i < nb; i++)
		ids[i] = nb - 1 - i;
	assert_int_equal(rte_eth_xstats_get_by_id(port, ids, values, nb), nb);
	assert_int_equal(rte_eth_xstats_get_names_by_id(port, by_id, nb, ids), nb);
	for (i = 0; i < nb; i++) {
		assert_int_equal(values[i], xstats[ids[i]].value);
		assert_string_equal(by_id[i].name, all[ids[i]].name);
	}
	/* ours alone */
	assert_int_equal(rte_eth_xstats_get_by_id(port, ids, values, 10), 10);
	for (i = 0; i < 10; i++)
		assert_int_equal(values[i], xstats[ids[i]].value);
	ids[3] = nb;
	vdev_hush_ethdev();
	assert_true(rte_eth_xstats_get_by_id(port, ids, values, 10) < 0);
	batch_free(&batch);
}

static void
counters_survive_stop_and_start_and_queues_that_are_set_up_anew(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=%s", capture_of("imix"),
			capture_of("vlan"), capture_name("out"));
	struct batch one = { 0 }, other = { 0 };
	struct rte_eth_stats before, after;

	(void)state;
	vdev_start(port);
	receive_up_to(port, 0, &one, 120);
	receive_up_to(port, 1, &other, 70);
	send_all(port, 0, &one);
	batch_free(&other);
	before = vdev_stats(port);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	after = vdev_stats(port);
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(rte_eth_dev_start(port), 0);
	after = vdev_stats(port);
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	/* with other rings, and with one queue less */
	vdev_start(port, .nb_rx_desc = 128, .nb_rx = 1);
	after = vdev_stats(port);
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(vdev_xstat(port, 0, "packets"), 120);
	receive_up_to(port, 0, &one, 10);
	batch_free(&one);
	assert_int_equal(vdev_stats(port).ipackets, 200);
	assert_int_equal(vdev_xstat(port, 0, "packets"), 130);
	assert_int_equal(vdev_xstat(port, 0, "flips") + vdev_xstat(port, 0, "copies"), 130);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(vdev_stats(port).ipackets, 0);
	assert_int_equal(vdev_stats(port).opackets, 0);
	assert_int_equal(vdev_xstat(port, 0, "flips"), 0);
}

/* Each of 16 queues counts for itself, and all for the port. */
static void
sixteen_queues_have_counters_of_their_own(void **state)
{
	struct rte_eth_stats stats;
	struct batch batch = { 0 };
	uint16_t port, q;

	(void)state;
	port = start_sixteen_queues();
	for (q = 0; q < 16; q++) {
		receive_up_to(port, q, &batch, 10 + q);
		send_all(port, 15 - q, &batch);
	}
	stats = vdev_stats(port);
	assert_int_equal(stats.ipackets, 16 * 10 + 120);
	assert_int_equal(stats.opackets, stats.ipackets);
	for (q = 0; q < 16; q++) {
		assert_int_equal(vdev_xstat(port, q, "packets"), 10 + q);
		assert_int_equal(vdev_tx_xstat(port, 15 - q, "packets"), 10 + q);
		assert_int_equal(vdev_xstat(port, q, "flips"), 10 + q);
	}
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_int_equal(vdev_stats(port).ipackets, 0);
	for (q = 0; q < 16; q++)
		assert_int_equal(vdev_tx_xstat(port, q, "packets"), 0);
}

static void
bound_and_home_tell_where_the_buffers_are(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,buffers=3", capture_of("uniform"));
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	assert_int_equal(vdev_xstat(port, 0, "bound"), 3 * VDEV_DESC);
	assert_int_equal(vdev_xstat(port, 0, "home"), 3 * VDEV_DESC);
	receive_up_to(port, 0, &batch, 100);
	assert_int_equal(vdev_xstat(port, 0, "home"), 3 * VDEV_DESC - 100);
	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "home"), 3 * VDEV_DESC);
}

static void
statistics_of_the_port_are_the_sums_of_its_queues(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=%s,tx_pcap=%s", capture_of("imix"),
			capture_of("vlan"), capture_name("a"), capture_name("b"));
	struct batch one = { 0 }, other = { 0 };
	struct rte_eth_stats stats;

	(void)state;
	vdev_start(port);
	receive_up_to(port, 0, &one, 120);
	receive_up_to(port, 1, &other, 70);
	send_all(port, 1, &one);
	send_all(port, 0, &other);
	stats = vdev_stats(port);
	assert_int_equal(vdev_xstat(port, 0, "packets"), 120);
	assert_int_equal(vdev_xstat(port, 1, "packets"), 70);
	assert_int_equal(vdev_tx_xstat(port, 0, "packets"), 70);
	assert_int_equal(vdev_tx_xstat(port, 1, "packets"), 120);
	assert_int_equal(stats.ipackets, 190);
	assert_int_equal(stats.opackets, 190);
	assert_int_equal(stats.ibytes, vdev_xstat(port, 0, "bytes") + vdev_xstat(port, 1, "bytes"));
	assert_int_equal(stats.obytes,
			vdev_tx_xstat(port, 0, "bytes") + vdev_tx_xstat(port, 1, "bytes"));
	assert_int_equal(stats.ibytes, stats.obytes);
	assert_true(stats.ibytes >= 190 * 60);
	assert_int_equal(stats.imissed + stats.ierrors + stats.oerrors + stats.rx_nombuf, 0);
}

static void
a_reset_sets_every_counter_to_nothing_and_counting_goes_on(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	receive_up_to(port, 0, &batch, 150);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(vdev_stats(port).ipackets, 0);
	assert_int_equal(vdev_stats(port).ibytes, 0);
	assert_int_equal(vdev_xstat(port, 0, "flips"), 0);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 0);
	receive_up_to(port, 0, &batch, 10);
	assert_int_equal(vdev_stats(port).ipackets, 10);
	assert_int_equal(vdev_stats(port).ibytes, 600);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 10);
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_int_equal(vdev_stats(port).ipackets, 0);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 0);
	assert_int_equal(vdev_xstat(port, 0, "bound"), 2 * VDEV_DESC);
	batch_free(&batch);
}

/* Two packets of Ethernet, and three between them of an interface that is not. */
static const char *
mixed_link_types(void)
{
	struct capture *capture = vdev_alloc(sizeof(*capture));
	const char *path = capture_name("mixed");
	uint8_t data[60] = { 2 };
	unsigned int i;

	ng_start_file(capture, false);
	ng_interface(capture, 113, 0);
	for (i = 0; i < 5; i++)
		ng_enhanced(capture, i % 4 != 0, i, data, sizeof(data));
	assert_true(capture_save(capture, path));
	return path;
}

static void
packets_of_other_link_types_are_counted(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", mixed_link_types());
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	assert_int_equal(receive_all(port, 0, &batch), 2);
	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 3);
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 3);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 3);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 3);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive_all(port, 0, &batch), 2);
	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 6);
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 0);
	assert_int_equal(vdev_stats(port).imissed + vdev_stats(port).ierrors, 0);
}

static const struct CMUnitTest tests[] = {
	vdev_test(xstats_have_exactly_the_promised_names),
	vdev_test(xstats_by_id_are_those_of_the_whole_list),
	vdev_test(counters_survive_stop_and_start_and_queues_that_are_set_up_anew),
	vdev_test(sixteen_queues_have_counters_of_their_own),
	vdev_test(bound_and_home_tell_where_the_buffers_are),
	vdev_test(statistics_of_the_port_are_the_sums_of_its_queues),
	vdev_test(a_reset_sets_every_counter_to_nothing_and_counting_goes_on),
	vdev_test(packets_of_other_link_types_are_counted),
};

VDEV_MAIN(tests)
