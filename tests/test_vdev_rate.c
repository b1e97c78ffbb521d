/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Captures that come up in their own time. No test demands that it is on time: this machine may be busy. */

#include "intr_util.h"

#include "wire_clock.h"

#define GAP (5 * WIRE_NS_PER_S / 1000)
#define NB_SPACED 20

/* A capture of packets that are GAP apart. */
static const char *
spaced(void)
{
	struct packets packets = capture_read(capture_of("uniform"));
	unsigned int i;

	packets.nb = NB_SPACED;
	for (i = 0; i < packets.nb; i++)
		packets.all[i].stamp = 1700000000 * WIRE_NS_PER_S + i * GAP;
	return capture_write("spaced", &packets);
}

/* Poll until so many packets were received; none before it is due. Returns when the schedule began. */
static uint64_t
assert_paced(uint16_t port, unsigned int nb, uint64_t gap)
{
	uint64_t start = wire_clock();
	struct rte_mbuf *m[NB_DESC];
	unsigned int total = 0;
	uint16_t n;

	while (total < nb) {
		n = rte_eth_rx_burst(port, 0, m, NB_DESC);
		rte_pktmbuf_free_bulk(m, n);
		total += n;
		assert_true(n == 0 || wire_clock() - start >= (total - 1) * gap);
		assert_true(wire_clock() - start < VDEV_PATIENCE_S * WIRE_NS_PER_S);
	}
	assert_int_equal(total, nb);
	return start;
}

static void
packets_come_no_sooner_than_they_were_captured(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rate=capture", spaced());

	(void)state;
	vdev_start(port);
	assert_paced(port, NB_SPACED, GAP);
	assert_int_equal(vdev_stats(port).ipackets, NB_SPACED);
}

static void
a_factor_and_an_even_rate_set_the_distance(void **state)
{
	uint16_t twice = vdev_plug("rx_pcap=%s,rate=2x", spaced());
	uint16_t even = vdev_plug("rx_pcap=%s,rate=1kpps", spaced());

	(void)state;
	vdev_start(twice);
	assert_paced(twice, NB_SPACED, GAP / 2);
	vdev_start(even);
	assert_paced(even, NB_SPACED, WIRE_NS_PER_S / 1000);
}

static void
each_start_begins_the_schedule_anew(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rate=capture", spaced());

	(void)state;
	vdev_start(port);
	assert_paced(port, NB_SPACED / 2, GAP);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_paced(port, NB_SPACED, GAP);
}

static void
statistics_say_how_late_packets_were(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rate=capture", spaced());
	uint64_t start, max;

	(void)state;
	vdev_start(port);
	assert_int_equal(vdev_xstat(port, 0, "late_max_ns"), 0);
	assert_int_equal(vdev_xstat(port, 0, "late_mean_ns"), 0);
	start = assert_paced(port, 1, GAP);
	while (wire_clock() - start < 10 * GAP)
		rte_delay_us_sleep(1000);
	assert_true(drain(port, 0) >= 9);
	/* the second one had waited that long */
	max = vdev_xstat(port, 0, "late_max_ns");
	assert_true(max >= 8 * GAP);
	assert_true(vdev_xstat(port, 0, "late_mean_ns") <= max);
	assert_true(vdev_xstat(port, 0, "late_mean_ns") > 0);

	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_true(vdev_xstat(port, 0, "late_max_ns") >= max);
	assert_int_equal(rte_eth_xstats_reset(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "late_max_ns"), 0);
	assert_int_equal(vdev_xstat(port, 0, "late_mean_ns"), 0);
}

static void
without_a_rate_nothing_is_late(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", spaced());

	(void)state;
	vdev_start(port);
	assert_int_equal(drain(port, 0), NB_SPACED);
	assert_int_equal(vdev_xstat(port, 0, "late_max_ns"), 0);
	assert_int_equal(vdev_xstat(port, 0, "late_mean_ns"), 0);
}

static void
an_interrupt_comes_when_a_packet_is_due(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rate=capture,eof=1", spaced());
	unsigned int total = 0;
	uint64_t start;
	int epfd;

	(void)state;
	start = wire_clock();
	vdev_start(port, .intr_rxq = true);
	epfd = listen_to(port, 1);
	while (total < NB_SPACED) {
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		total += drain(port, 0);
		assert_true(total == 0 || wire_clock() - start >= (total - 1) * GAP);
	}
	while (vdev_link_status(port) == RTE_ETH_LINK_UP)
		assert_true(wire_clock() - start < VDEV_PATIENCE_S * WIRE_NS_PER_S);
	close(epfd);
}

static void
the_link_goes_down_after_the_last_packet(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rate=capture,eof=1", spaced());

	(void)state;
	vdev_start(port);
	assert_paced(port, NB_SPACED - 1, GAP);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	assert_paced(port, 1, GAP);
	drain(port, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
}

static const struct CMUnitTest tests[] = {
	vdev_test(packets_come_no_sooner_than_they_were_captured),
	vdev_test(a_factor_and_an_even_rate_set_the_distance),
	vdev_test(each_start_begins_the_schedule_anew),
	vdev_test(statistics_say_how_late_packets_were),
	vdev_test(without_a_rate_nothing_is_late),
	vdev_test(an_interrupt_comes_when_a_packet_is_due),
	vdev_test(the_link_goes_down_after_the_last_packet),
};

VDEV_MAIN(tests)
