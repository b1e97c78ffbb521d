/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* How much of each packet a port receives and writes. */

#include "out_util.h"

/* Each packet of a capture that was cut when it was written has its own length, and that of the cut. */
static void
assert_cut(const char *path, const struct packets *whole, uint32_t snaplen)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, reason);
	struct pcap_pkthdr *header;
	const u_char *data;
	unsigned int i;

	assert_non_null(pcap);
	assert_int_equal(pcap_snapshot(pcap), snaplen);
	for (i = 0; i < whole->nb; i++) {
		assert_int_equal(pcap_next_ex(pcap, &header, &data), 1);
		assert_int_equal(header->len, whole->all[i].len);
		assert_int_equal(header->caplen, RTE_MIN(whole->all[i].len, snaplen));
		assert_memory_equal(data, whole->all[i].data, header->caplen);
	}
	assert_int_equal(pcap_next_ex(pcap, &header, &data), PCAP_ERROR_BREAK);
	pcap_close(pcap);
}

static void
send_and_assert_cut(const char *name, uint32_t snaplen, uint32_t max_seg)
{
	const char *path = capture_name(name);
	uint16_t port = vdev_plug("tx_pcap=%s,snaplen=%u", path, snaplen);
	struct packets packets = capture_read(capture_of("imix"));
	struct batch batch = { 0 };
	uint64_t bytes = 0;
	unsigned int i;

	vdev_start(port, .mp = vdev_pool(8192), .tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	for (i = 0; i < packets.nb; i++) {
		batch_add(&batch, mbuf_of(vdev.pools[0], &packets.all[i], max_seg));
		bytes += packets.all[i].len;
	}
	send_all(port, 0, &batch);
	assert_int_equal(vdev_stats(port).opackets, packets.nb);
	assert_int_equal(vdev_stats(port).obytes, bytes);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_cut(path, &packets, snaplen);
	vdev_unplug(port);
	vdev_free_pool(vdev.pools[0]);
}

static void
a_capture_that_is_written_has_the_first_bytes_and_the_whole_length(void **state)
{
	(void)state;
	send_and_assert_cut("out.pcap", 100, UINT32_MAX);
	send_and_assert_cut("out.pcapng", 101, UINT32_MAX);
	send_and_assert_cut("odd.pcap", 1, UINT32_MAX);
	send_and_assert_cut("long.pcap", 9000, UINT32_MAX);
}

static void
it_does_not_matter_where_segments_end(void **state)
{
	(void)state;
	send_and_assert_cut("out.pcap", 100, 64);
	send_and_assert_cut("out.pcapng", 64, 64);
}

static void
what_is_received_is_cut_too(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s,snaplen=70", capture_of("imix"), out());
	struct packets packets = capture_read(capture_of("imix"));
	struct batch batch = { 0 };
	unsigned int i;

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &batch);
	for (i = 0; i < packets.nb; i++)
		packets.all[i].len = RTE_MIN(packets.all[i].len, 70u);
	assert_packets(&batch, &packets);
	batch_free(&batch);
}

static void
dev_info_says_it(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,snaplen=9000", capture_of("tiny"));
	struct rte_eth_dev_info info;

	(void)state;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(info.max_rx_pktlen, 9000);
	assert_int_equal(info.max_mtu, 9000 - RTE_ETHER_HDR_LEN);
	/* ethdev lets no port have less */
	port = vdev_plug("rx_pcap=%s,snaplen=20", capture_of("tiny"));
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(info.max_mtu, RTE_ETHER_MIN_MTU);
	vdev_start(port);
}

/* Else what has room for less would be said to have it. */
static void
appending_takes_a_file_that_was_cut_as_short(void **state)
{
	struct packets packets = capture_read(capture_of("tiny"));
	uint16_t port = vdev_plug("tx_pcap=%s,snaplen=40", out());

	(void)state;
	vdev_start(port, .mp = vdev_pool(1024));
	send_packets(port, 0, vdev.pools[0], &packets);
	vdev_unplug(port);
	assert_int_not_equal(vdev_try_plug("net_dualbuf",
					     vdev_text("tx_pcap=%s,snaplen=41,tx_append=1", out()),
					     &port),
			0);
	port = vdev_plug("tx_pcap=%s,snaplen=30,tx_append=1", out());
	vdev_start(port, .mp = vdev.pools[0]);
	send_packets(port, 0, vdev.pools[0], &packets);
	vdev_unplug(port);
	assert_int_equal(capture_count(out()), 2 * packets.nb);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_capture_that_is_written_has_the_first_bytes_and_the_whole_length),
	vdev_test(it_does_not_matter_where_segments_end),
	vdev_test(what_is_received_is_cut_too),
	vdev_test(dev_info_says_it),
	vdev_test(appending_takes_a_file_that_was_cut_as_short),
};

VDEV_MAIN(tests)
