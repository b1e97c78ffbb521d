/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The counters of a port, and their names. */

#include "compat_util.h"
#include "packet_util.h"
#include "pcapng_util.h"

static void
xstats_have_exactly_the_promised_names(void **state)
{
	/* the last ones are of copy=deferred, of pcapng files, and of rate= */
	static const char *const names[] = { "flips", "copies", "nombuf", "missed", "bound", "home",
		"loans", "waiting", "over_mtu", "foreign", "filtered_mac", "filtered_vlan",
		"unscattered", "late_max_ns", "late_mean_ns" };
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s", capture_of("imix"), capture_of("vlan"));
	struct rte_eth_xstat_name all[256];
	unsigned int i, nb_found = 0;
	int nb;

	(void)state;
	vdev_start(port);
	for (i = 0; i < RTE_DIM(names); i++) {
		vdev_xstat(port, 0, names[i]);
		vdev_xstat(port, 1, names[i]);
	}
	nb = rte_eth_xstats_get_names(port, all, RTE_DIM(all));
	assert_between(nb, 2 * RTE_DIM(names), RTE_DIM(all));
	for (i = 0; i < (unsigned int)nb; i++) {
		/* the others are ethdev's own: totals, and rx_qN_ packets, bytes, errors */
		nb_found += strncmp(all[i].name, "rx_q", 4) == 0 &&
				strstr(all[i].name, "packets") == NULL &&
				strstr(all[i].name, "bytes") == NULL &&
				strstr(all[i].name, "errors") == NULL;
	}
	assert_int_equal(nb_found, 2 * RTE_DIM(names));
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
	vdev_test(bound_and_home_tell_where_the_buffers_are),
	vdev_test(statistics_of_the_port_are_the_sums_of_its_queues),
	vdev_test(a_reset_sets_every_counter_to_nothing_and_counting_goes_on),
	vdev_test(packets_of_other_link_types_are_counted),
};

VDEV_MAIN(tests)
