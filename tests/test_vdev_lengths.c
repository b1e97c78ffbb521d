/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* How long packets may be: of one buffer or several, and by the MTU where that is enforced. */

#include <rte_errno.h>

#include "compat_util.h"
#include "packet_util.h"

/* A file of packets of these lengths, up to a 0. */
static struct packets
packets_of_lengths(const uint32_t *lens)
{
	struct packets packets = { 0 };
	uint8_t *frame;
	uint32_t i;

	for (; *lens != 0; lens++) {
		frame = vdev_alloc(*lens);
		for (i = 12; i < *lens; i++)
			frame[i] = (uint8_t)(i * 7 + *lens);
		packets_add(&packets, frame, *lens);
	}
	return packets;
}

static struct packets
packets_up_to(const struct packets *all, uint32_t longest)
{
	struct packets some = { 0 };
	unsigned int i;

	for (i = 0; i < all->nb; i++)
		if (all->all[i].len <= longest)
			packets_add(&some, all->all[i].data, all->all[i].len);
	return some;
}

static void
assert_comes_up_to(uint16_t port, const struct packets *all, uint32_t longest)
{
	struct packets fitting = packets_up_to(all, longest);
	struct batch batch = { 0 };

	receive_all(port, 0, &batch);
	assert_packets(&batch, &fitting);
	assert_int_equal(vdev_stats(port).ierrors, all->nb - fitting.nb);
	assert_int_equal(vdev_stats(port).ipackets, fitting.nb);
	batch_free(&batch);
}

/* Scatter -------------------------------------------------------------------------------------- */

static const uint32_t around_a_buffer[] = { 60, 2048, 2049, 1514, 9000, 65535, 64, 0 };

static void
without_scatter_what_does_not_fit_one_buffer_is_dropped_and_counted(void **state)
{
	struct packets packets = packets_of_lengths(around_a_buffer);
	uint16_t port = vdev_plug("rx_pcap=%s", capture_write("long", &packets));

	(void)state;
	vdev_start(port, .unscattered = true);
	assert_comes_up_to(port, &packets, 2048);
	assert_int_equal(vdev_xstat(port, 0, "unscattered"), 3);
	assert_int_equal(vdev_xstat(port, 0, "over_mtu"), 0);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "unscattered"), 0);
	assert_int_equal(vdev_stats(port).ierrors, 0);
}

/* Two of the three have a tag. */
static void
a_frame_that_fits_without_its_tag_comes_when_that_is_taken_out(void **state)
{
	static const uint32_t lens[] = { 2052, 2053, 2052, 0 };
	struct packets packets = packets_of_lengths(lens);
	struct batch batch = { 0 };
	uint16_t port;

	(void)state;
	memcpy(packets.all[0].data + 12, "\x81\0\0\x7", 4);
	memcpy(packets.all[1].data + 12, "\x81\0\0\x7", 4);
	memcpy(packets.all[2].data + 12, "\x88\xb5\0\x7", 4);
	port = vdev_plug("rx_pcap=%s", capture_write("tagged", &packets));
	vdev_start(port, .unscattered = true, .rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP);
	assert_int_equal(receive_all(port, 0, &batch), 1);
	assert_int_equal(batch.m[0]->pkt_len, 2048);
	assert_int_equal(batch.m[0]->vlan_tci, 7);
	assert_memory_equal(rte_pktmbuf_mtod_offset(batch.m[0], void *, 12),
			packets.all[0].data + 16, 2048 - 12);
	assert_int_equal(vdev_xstat(port, 0, "unscattered"), 2);
	batch_free(&batch);
}

static void
with_scatter_it_comes_in_several(void **state)
{
	struct packets packets = packets_of_lengths(around_a_buffer);
	uint16_t port = vdev_plug("rx_pcap=%s", capture_write("long", &packets));

	(void)state;
	vdev_start(port);
	assert_comes_up_to(port, &packets, 65535);
	assert_int_equal(vdev_xstat(port, 0, "unscattered"), 0);
}

/* As with e1000: an MTU that one buffer has no room for is a request for several. */
static void
an_mtu_beyond_one_buffer_asks_for_scatter(void **state)
{
	struct packets packets = packets_of_lengths(around_a_buffer);
	uint16_t port = vdev_plug("rx_pcap=%s", capture_write("long", &packets));

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ .unscattered = true });
	assert_int_equal(rte_eth_dev_set_mtu(port, 2048 - 18 + 1), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_comes_up_to(port, &packets, 65535);
}

static void
an_mtu_that_needs_scatter_is_refused_while_a_port_runs_without_it(void **state)
{
	struct packets packets = packets_of_lengths(around_a_buffer);
	uint16_t port = vdev_plug("rx_pcap=%s", capture_write("long", &packets));
	struct log_capture log;
	uint16_t mtu;

	(void)state;
	vdev_start(port, .unscattered = true);
	assert_int_equal(rte_eth_dev_set_mtu(port, 2048 - 18), 0);
	log_capture_begin(&log);
	assert_int_equal(rte_eth_dev_set_mtu(port, 2048 - 17), -EINVAL);
	vdev_assert_logged(&log, "MTU of 2031");
	assert_int_equal(rte_eth_dev_get_mtu(port, &mtu), 0);
	assert_int_equal(mtu, 2048 - 18);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_set_mtu(port, 9000), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_dev_set_mtu(port, 1500), 0);
	assert_int_equal(rte_eth_dev_set_mtu(port, 9000), 0);
}

/* MTU ------------------------------------------------------------------------------------------ */

static const uint32_t around_the_mtu[] = { 60, 1514, 1518, 1519, 1600, 2048, 9018, 9019, 64, 0 };

static void
captures_come_whole_whatever_the_mtu(void **state)
{
	struct packets packets = packets_of_lengths(around_the_mtu);
	uint16_t port = vdev_plug("rx_pcap=%s", capture_write("mtu", &packets));

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_dev_set_mtu(port, 100), 0);
	assert_comes_up_to(port, &packets, 65535);
	assert_int_equal(vdev_xstat(port, 0, "over_mtu"), 0);
}

static void
frames_longer_than_the_mtu_are_dropped_where_that_was_asked_for(void **state)
{
	static const uint16_t mtus[] = { 100, 1500, 1501, 9000 };
	struct packets packets = packets_of_lengths(around_the_mtu);
	const char *path = capture_write("mtu", &packets);
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < RTE_DIM(mtus); i++) {
		port = vdev_plug("rx_pcap=%s,enforce_mtu=1", path);
		vdev_start(port);
		assert_int_equal(rte_eth_dev_set_mtu(port, mtus[i]), 0);
		assert_comes_up_to(port, &packets, mtus[i] + 18u);
		assert_int_equal(vdev_xstat(port, 0, "over_mtu"), vdev_stats(port).ierrors);
		assert_true(vdev_stats(port).ierrors > 0);
		assert_int_equal(rte_eth_stats_reset(port), 0);
		assert_int_equal(vdev_xstat(port, 0, "over_mtu"), 0);
		vdev_unplug(port);
	}
}

static struct rte_mbuf *
frame_of_len(uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(vdev.pools[0]);

	assert_non_null(m);
	memset(rte_pktmbuf_append(m, len), 0x11, len);
	return m;
}

static void
assert_sends_up_to(uint16_t port, const char *path, uint16_t longest)
{
	static const uint16_t lens[] = { 60, 1514, 1518, 1519, 1600, 64 };
	unsigned int i, nb = 0, nb_prepared = 0;
	uint64_t bytes = 0;
	struct rte_mbuf *m;

	for (i = 0; i < RTE_DIM(lens); i++) {
		m = frame_of_len(lens[i]);
		rte_errno = 0;
		nb_prepared += rte_eth_tx_prepare(port, 0, &m, 1);
		assert_int_equal(rte_errno, lens[i] <= longest ? 0 : EINVAL);
		nb += lens[i] <= longest;
		bytes += lens[i] <= longest ? lens[i] : 0;
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
	}
	assert_int_equal(nb_prepared, nb);
	assert_int_equal(vdev_stats(port).opackets, nb);
	assert_int_equal(vdev_stats(port).obytes, bytes);
	assert_int_equal(vdev_stats(port).oerrors, RTE_DIM(lens) - nb);
	assert_int_equal(vdev_tx_xstat(port, 0, "over_mtu"), RTE_DIM(lens) - nb);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_tx_xstat(port, 0, "over_mtu"), RTE_DIM(lens) - nb);
	assert_int_equal(capture_count(path), nb);
	vdev_unplug(port);
}

static void
what_is_sent_is_held_to_the_mtu_where_that_was_asked_for(void **state)
{
	const char *path = capture_name("sent");
	uint16_t port;

	(void)state;
	port = vdev_plug("tx_pcap=%s", path);
	vdev_start(port);
	assert_sends_up_to(port, path, UINT16_MAX);
	port = vdev_plug("tx_pcap=%s,enforce_mtu=1", path);
	vdev_start(port);
	assert_sends_up_to(port, path, 1518);
	port = vdev_plug("tx_pcap=%s,enforce_mtu=1", path);
	vdev_start(port);
	assert_int_equal(rte_eth_dev_set_mtu(port, 1501), 0);
	assert_sends_up_to(port, path, 1519);
}

/* Information ---------------------------------------------------------------------------------- */

static void
the_longest_packet_is_that_of_snaplen(void **state)
{
	static const struct {
		uint32_t snaplen, pktlen;
	} cases[] = {
		{ 9000, 9000 },
		{ 1518, 1518 },
		{ 96, 96 },
		{ 68, 82 },
		{ 262144, 65535 },
	};
	struct packets packets = packets_of_lengths(around_the_mtu);
	const char *path = capture_write("mtu", &packets);
	struct rte_eth_dev_info info;
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		port = vdev_plug("rx_pcap=%s,snaplen=%u", path, cases[i].snaplen);
		assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
		assert_int_equal(info.max_rx_pktlen, cases[i].pktlen);
		assert_int_equal(info.max_mtu, cases[i].pktlen - 14);
		vdev_start(port);
		vdev_unplug(port);
	}
}

static const struct CMUnitTest tests[] = {
	vdev_test(without_scatter_what_does_not_fit_one_buffer_is_dropped_and_counted),
	vdev_test(a_frame_that_fits_without_its_tag_comes_when_that_is_taken_out),
	vdev_test(with_scatter_it_comes_in_several),
	vdev_test(an_mtu_beyond_one_buffer_asks_for_scatter),
	vdev_test(an_mtu_that_needs_scatter_is_refused_while_a_port_runs_without_it),
	vdev_test(captures_come_whole_whatever_the_mtu),
	vdev_test(frames_longer_than_the_mtu_are_dropped_where_that_was_asked_for),
	vdev_test(what_is_sent_is_held_to_the_mtu_where_that_was_asked_for),
	vdev_test(the_longest_packet_is_that_of_snaplen),
};

VDEV_MAIN(tests)
