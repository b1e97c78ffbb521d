/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Sending: what goes out is in the file, with the tags that were asked for, and the ring has room again. */

#include <sys/stat.h>

#include "out_util.h"

static const char *const kinds[] = {
	"imix",
	"tiny",
	"runts",
	"edges",
	"jumbo",
	"jumbo-64k",
	"vlan",
	"zerolen",
	"sample",
};

/* The file ------------------------------------------------------------------------------------- */

static void
assert_kind_goes_out(const char *kind, uint32_t max_seg, uint16_t nb_desc)
{
	struct packets packets = capture_read(capture_of(kind));
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	unsigned int i;

	vdev_start(port, .nb_tx_desc = nb_desc);
	for (i = 0; i < packets.nb; i++) {
		batch_add(&batch, mbuf_of(vdev.pools[0], &packets.all[i], max_seg));
		if (batch.nb == 20)
			send_all(port, 0, &batch);
	}
	send_all(port, 0, &batch);
	assert_int_equal(vdev_stats(port).opackets, packets.nb);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	vdev_unplug(port);
	assert_pool_full(vdev.pools[0]);
	assert_file(out(), &packets);
}

static void
every_kind_of_packet_is_in_the_file_as_it_was_sent(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(4096);
	for (i = 0; i < RTE_DIM(kinds); i++)
		assert_kind_goes_out(kinds[i], UINT32_MAX, 64);
}

static void
packets_of_many_segments_are_in_the_file_as_one(void **state)
{
	(void)state;
	vdev_pool(4096);
	assert_kind_goes_out("imix", 100, 64);
	assert_kind_goes_out("imix", 61, 104);
	assert_kind_goes_out("jumbo", 333, 32);
	assert_kind_goes_out("jumbo-64k", 512, 256);
}

static void
each_queue_has_its_own_file(void **state)
{
	struct packets imix = capture_read(capture_of("imix"));
	struct packets vlan = capture_read(capture_of("vlan"));
	const char *other = capture_name("other.pcap");
	uint16_t port = vdev_plug("tx_pcap=%s,tx_pcap=%s", out(), other);
	struct rte_mempool *mp = vdev_pool(1024);

	(void)state;
	vdev_start(port);
	send_packets(port, 1, mp, &vlan);
	send_packets(port, 0, mp, &imix);
	assert_int_equal(vdev_tx_xstat(port, 0, "packets"), imix.nb);
	assert_int_equal(vdev_tx_xstat(port, 1, "packets"), vlan.nb);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out(), &imix);
	assert_file(other, &vlan);
}

static void
a_restart_begins_the_file_anew(void **state)
{
	struct packets imix = capture_read(capture_of("imix"));
	struct packets vlan = capture_read(capture_of("vlan"));
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port);
	send_packets(port, 0, mp, &imix);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out(), &imix);
	assert_int_equal(rte_eth_dev_start(port), 0);
	send_packets(port, 0, mp, &vlan);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out(), &vlan);
}

/* Users are promised a second; on a machine that is busy with tests, allow two. */
static void
what_was_sent_is_in_the_file_soon_while_the_port_runs_idle(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = plug_out();
	double begin, since = 0;

	(void)state;
	vdev_start(port);
	send_packets(port, 0, mp, &packets);
	begin = vdev_now();
	while (capture_count(out()) < packets.nb && vdev_wait(&since))
		;
	assert_file(out(), &packets);
	assert_true(vdev_now() - begin < 2);
	/* and again: the flush repeats */
	send_packets(port, 0, mp, &packets);
	for (since = 0; capture_count(out()) < 2 * packets.nb && vdev_wait(&since);)
		;
	assert_int_equal(capture_count(out()), 2 * packets.nb);
}

/* The ring ------------------------------------------------------------------------------------- */

/* One burst, of more packets than the transmit ring has descriptors. */
static void
assert_burst_is_taken_whole(
		const char *sink, const struct packets *packets, uint32_t max_seg, bool intr_rxq)
{
	uint16_t port = vdev_plug("rx_pcap=%s%s%s", capture_of("uniform"),
			sink == NULL ? "" : ",tx_pcap=", sink == NULL ? "" : sink);
	struct rte_mempool *mp = vdev.pools[0];
	struct batch batch = { 0 };
	uint64_t bytes = 0;
	unsigned int i;

	vdev_start(port, .nb_tx_desc = 32, .intr_rxq = intr_rxq,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	for (i = 0; i < packets->nb; i++) {
		batch_add(&batch, mbuf_of(mp, &packets->all[i], max_seg));
		bytes += packets->all[i].len;
	}
	assert_int_equal(rte_eth_tx_burst(port, 0, batch.m, batch.nb), packets->nb);
	assert_int_equal(vdev_stats(port).opackets, packets->nb);
	assert_int_equal(vdev_stats(port).obytes, bytes);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
assert_long_bursts_are_taken_whole(bool intr_rxq)
{
	static const unsigned int counts[] = { 33, 3 * 32, 4096 };
	static const uint32_t max_segs[] = { UINT32_MAX, 200 };
	struct packets packets;
	unsigned int i, k;

	vdev_pool(12288);
	for (i = 0; i < RTE_DIM(counts); i++) {
		packets = capture_read(capture_make("imix", counts[i]));
		for (k = 0; k < RTE_DIM(max_segs); k++) {
			assert_burst_is_taken_whole(out(), &packets, max_segs[k], intr_rxq);
			assert_file(out(), &packets);
			assert_burst_is_taken_whole("/dev/null", &packets, max_segs[k], intr_rxq);
			assert_burst_is_taken_whole(NULL, &packets, max_segs[k], intr_rxq);
		}
	}
}

static void
a_burst_longer_than_the_ring_is_taken_whole(void **state)
{
	(void)state;
	assert_long_bursts_are_taken_whole(false);
}

static void
a_burst_longer_than_the_ring_is_taken_whole_with_interrupts_too(void **state)
{
	(void)state;
	assert_long_bursts_are_taken_whole(true);
}

static void
a_packet_of_more_segments_than_the_ring_has_is_dropped_and_counted(void **state)
{
	struct packets packets = capture_read(capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port, .nb_tx_desc = 32);
	fill(&batch, mp, 50);
	batch_add(&batch, mbuf_of(mp, &packets.all[0], 9000 / 40));
	fill(&batch, mp, 101);
	assert_int_equal(rte_eth_tx_burst(port, 0, batch.m, batch.nb), 101);
	assert_int_equal(vdev_stats(port).opackets, 100);
	assert_int_equal(vdev_stats(port).oerrors, 1);
	vdev_unplug(port);
	assert_pool_full(mp);
	assert_int_equal(capture_count(out()), 100);
}

/* As with net_pcap: an application may free its pool as soon as it has sent the last packet. */
static void
what_was_sent_is_in_its_pool_when_the_burst_returns(void **state)
{
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	unsigned int i;

	(void)state;
	vdev_start(port, .nb_tx_desc = 256);
	for (i = 1; i <= 64; i++) {
		fill(&batch, mp, i);
		send_all(port, 0, &batch);
		assert_int_equal(rte_mempool_avail_count(mp), 1024 - 2 * VDEV_DESC);
	}
	assert_int_equal(rte_eth_tx_done_cleanup(port, 0, 0), 0);
	assert_int_equal(rte_eth_tx_done_cleanup(port, 0, 5), 0);
}

static void
descriptors_are_done_when_the_packet_is_out(void **state)
{
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	uint16_t i;

	(void)state;
	vdev_start(port);
	fill(&batch, mp, 20);
	send_all(port, 0, &batch);
	for (i = 0; i < VDEV_DESC; i++)
		assert_int_equal(rte_eth_tx_descriptor_status(port, 0, i), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(rte_eth_tx_descriptor_status(port, 0, VDEV_DESC), -EINVAL);
}

/* Offloads ------------------------------------------------------------------------------------- */

static void
vlan_insert_puts_the_tag_behind_the_addresses(void **state)
{
	struct packets packets = capture_read(capture_of("vlan")), tagged = { 0 };
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("vlan"), out());
	struct batch batch = { 0 };
	unsigned int i, nb_tagged = 0;

	(void)state;
	vdev_pool(1024);
	vdev_start(port, .rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT);
	receive_all(port, 0, &batch);
	for (i = 0; i < batch.nb; i++) {
		if (batch.m[i]->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) {
			batch.m[i]->ol_flags |= RTE_MBUF_F_TX_VLAN;
			nb_tagged++;
		}
		packets_add(&tagged, packets.all[i].data, packets.all[i].len);
	}
	assert_int_equal(rte_eth_tx_prepare(port, 0, batch.m, batch.nb), batch.nb);
	send_all(port, 0, &batch);
	assert_int_equal(vdev_stats(port).obytes, vdev_stats(port).ibytes + 4 * nb_tagged);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out(), &tagged);
}

static void
a_tag_for_a_frame_without_addresses_is_an_error_that_is_counted(void **state)
{
	uint8_t bytes[11] = { 0 };
	const struct packet runt = { .len = sizeof(bytes), .data = bytes };
	struct rte_mempool *mp = vdev_pool(512);
	uint16_t port = plug_out();
	struct rte_mbuf *m;

	(void)state;
	vdev_start(port, .tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT);
	m = mbuf_of(mp, &runt, UINT32_MAX);
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
	assert_int_equal(vdev_stats(port).opackets, 0);
	assert_int_equal(vdev_stats(port).obytes, 0);
	assert_int_equal(vdev_stats(port).oerrors, 1);
}

static void
prepare_refuses_offloads_that_are_not_offered(void **state)
{
	struct rte_mempool *mp = vdev_pool(512);
	struct batch batch = { 0 };
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port);
	fill(&batch, mp, 3);
	batch.m[1]->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_SCTP_CKSUM;
	assert_int_equal(rte_eth_tx_prepare(port, 0, batch.m, batch.nb), 1);
	assert_int_equal(rte_errno, ENOTSUP);
	batch_free(&batch);
}

static const struct CMUnitTest tests[] = {
	vdev_test(every_kind_of_packet_is_in_the_file_as_it_was_sent),
	vdev_test(packets_of_many_segments_are_in_the_file_as_one),
	vdev_test(each_queue_has_its_own_file),
	vdev_test(a_restart_begins_the_file_anew),
	vdev_test(what_was_sent_is_in_the_file_soon_while_the_port_runs_idle),
	vdev_test(a_burst_longer_than_the_ring_is_taken_whole),
	vdev_test(a_burst_longer_than_the_ring_is_taken_whole_with_interrupts_too),
	vdev_test(a_packet_of_more_segments_than_the_ring_has_is_dropped_and_counted),
	vdev_test(what_was_sent_is_in_its_pool_when_the_burst_returns),
	vdev_test(descriptors_are_done_when_the_packet_is_out),
	vdev_test(vlan_insert_puts_the_tag_behind_the_addresses),
	vdev_test(a_tag_for_a_frame_without_addresses_is_an_error_that_is_counted),
	vdev_test(prepare_refuses_offloads_that_are_not_offered),
};

VDEV_MAIN(tests)
