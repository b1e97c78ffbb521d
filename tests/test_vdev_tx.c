/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "packet_util.h"

/*
 * Sending: what goes out is in the file, every mbuf goes back to where it came from, and what
 * cannot be written is counted.
 */

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

static const char *
out(void)
{
	return capture_name("out.pcap");
}

static uint16_t
plug_out(void)
{
	return vdev_plug("tx_pcap=%s", out());
}

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
what_was_received_can_be_sent_and_comes_home(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("sample"), out());
	struct packets packets = capture_read(capture_of("sample"));
	struct batch batch = { 0 };

	(void)state;
	vdev_pool(1024);
	vdev_start(port);
	while (receive_up_to(port, 0, &batch, 32) > 0)
		send_all(port, 0, &batch);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_file(out(), &packets);
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
	assert_int_equal(vdev_stats(port).q_opackets[0], imix.nb);
	assert_int_equal(vdev_stats(port).q_opackets[1], vlan.nb);
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

static void
fill(struct batch *batch, struct rte_mempool *mp, unsigned int nb)
{
	uint8_t bytes[60] = { 0 };
	const struct packet packet = { .len = sizeof(bytes), .data = bytes };

	while (batch->nb < nb)
		batch_add(batch, mbuf_of(mp, &packet, UINT32_MAX));
}

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

/* Where mbufs come from ------------------------------------------------------------------------ */

static void
clone_all(struct batch *to, const struct batch *from, struct rte_mempool *mp)
{
	unsigned int i;

	for (i = 0; i < from->nb; i++) {
		batch_add(to, rte_pktmbuf_clone(from->m[i], mp));
		assert_non_null(to->m[to->nb - 1]);
	}
}

/* Bound buffers, temporaries, mbufs of the application's and of another pool, in turns. */
static void
mix_origins(struct batch *batch, uint16_t port, struct rte_mempool *mp, struct rte_mempool *other)
{
	struct batch received = { 0 };
	unsigned int i;

	assert_int_equal(receive_up_to(port, 0, &received, 100), 100);
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	for (i = 0; i < received.nb; i++) {
		batch_add(batch, received.m[i]);
		fill(batch, mp, batch->nb + i % 2);
		fill(batch, other, batch->nb + i % 3);
	}
}

static void
assert_mixed_origins_find_home(uint64_t offloads)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("uniform"), out());
	struct rte_mempool *mp = vdev_pool_with_room(1024, 64, RTE_MBUF_DEFAULT_BUF_SIZE);
	struct rte_mempool *other = vdev_pool(512);
	struct batch batch = { 0 };

	vdev_start(port, .mp = mp, .tx_offloads = offloads);
	mix_origins(&batch, port, mp, other);
	send_all(port, 0, &batch);
	rte_eth_tx_done_cleanup(port, 0, 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_pool_full(other);
	vdev_unplug(port);
	assert_pool_full(mp);
	vdev_free_pool(other);
	vdev_free_pool(mp);
}

static void
mbufs_of_several_origins_all_go_home(void **state)
{
	(void)state;
	assert_mixed_origins_find_home(0);
}

static void
mbufs_of_several_origins_all_go_home_with_fast_free(void **state)
{
	(void)state;
	assert_mixed_origins_find_home(RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE);
}

static void
chains_go_home_with_fast_free(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("jumbo"), out());
	struct packets packets = capture_read(capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE |
					RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	receive_all(port, 0, &batch);
	send_all(port, 0, &batch);
	vdev_unplug(port);
	assert_pool_full(mp);
	assert_file(out(), &packets);
}

/* Those of the application's own pool as well, which nobody would clean behind the driver. */
static void
chains_of_the_application_go_home_with_fast_free(void **state)
{
	struct packets packets = capture_read(capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE |
					RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	send_packets(port, 0, mp, &packets);
	vdev_unplug(port);
	assert_true(vdev_is_intact(mp));
	assert_file(out(), &packets);
}

static void
clones_may_be_sent_after_the_original(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("imix"), out());
	struct rte_mempool *mp = vdev_pool(1024), *clones = vdev_pool_with_room(512, 0, 0);
	struct batch batch = { 0 }, copies = { 0 };

	(void)state;
	vdev_start(port, .mp = mp);
	receive_all(port, 0, &batch);
	clone_all(&copies, &batch, clones);
	send_all(port, 0, &batch);
	rte_eth_tx_done_cleanup(port, 0, 0);
	/* the clones still hold all of the originals */
	assert_true(vdev_xstat(port, 0, "home") < vdev_xstat(port, 0, "bound"));
	send_all(port, 0, &copies);
	rte_eth_tx_done_cleanup(port, 0, 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(capture_count(out()), 400);
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
	batch.m[1]->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	assert_int_equal(rte_eth_tx_prepare(port, 0, batch.m, batch.nb), 1);
	assert_int_equal(rte_errno, ENOTSUP);
	batch_free(&batch);
}

/* A full disk ---------------------------------------------------------------------------------- */

/* While the limit holds, files cannot grow beyond it: as on a full disk, but for the reason. */
static void
limit_files(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = RTE_MIN(size, limit.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/*
 * What is counted as sent is in the file, with the tags that were inserted; handed over was all of it.
 * The port is stopped.
 */
static void
assert_sent_is_in_file(uint16_t port, uint64_t handed_over)
{
	struct rte_eth_stats stats = vdev_stats(port);
	struct packets file = capture_read(out());
	uint64_t bytes = 0;
	struct stat st;
	unsigned int i;

	for (i = 0; i < file.nb; i++)
		bytes += file.all[i].len;
	assert_int_equal(stat(out(), &st), 0);
	assert_int_equal(st.st_size, 24 + 16 * (uint64_t)file.nb + bytes);
	assert_int_equal(stats.opackets, file.nb);
	assert_int_equal(stats.obytes, bytes);
	assert_int_equal(stats.q_obytes[0], bytes);
	assert_int_equal(stats.opackets + stats.oerrors, handed_over);
}

static void
a_disk_that_fills_up_is_logged_once_and_every_loss_counted(void **state)
{
	const char *path = capture_make("imix", 3000);
	struct packets packets = capture_read(path);
	struct rte_mempool *mp = vdev_pool(1024);
	struct rte_eth_stats stats;
	struct log_capture log;
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port);
	log_capture_begin(&log);
	limit_files(300000);
	send_packets(port, 0, mp, &packets);
	send_packets(port, 0, mp, &packets);
	stats = vdev_stats(port);
	assert_int_equal(stats.opackets + stats.oerrors, 2 * packets.nb);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	limit_files(RLIM_INFINITY);
	vdev_assert_logged(&log, "out.pcap: File too large");
	assert_true(stats.oerrors >= packets.nb);
	assert_int_equal(vdev_stats(port).opackets, stats.opackets);
	assert_sent_is_in_file(port, 2 * packets.nb);
	vdev_unplug(port);
	assert_pool_full(mp);
}

/* The last ones are written when nobody asks any more: by then they had been counted as sent. */
static void
what_a_stop_cannot_write_is_no_longer_counted_as_sent(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = plug_out();
	struct rte_eth_stats stats;

	(void)state;
	vdev_start(port);
	limit_files(10000);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	limit_files(RLIM_INFINITY);
	assert_in_range(vdev_stats(port).opackets, 1, packets.nb - 1);
	assert_sent_is_in_file(port, packets.nb);
	/* and stays so, while the next file has room for all */
	stats = vdev_stats(port);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(vdev_stats(port).oerrors, stats.oerrors);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_stats(port).oerrors, stats.oerrors);
	assert_int_equal(vdev_stats(port).opackets, stats.opackets + packets.nb);
	assert_file(out(), &packets);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	assert_int_equal(vdev_stats(port).opackets, 0);
}

/* Half a second later, by the flush that EAL's alarm does. */
static void
what_an_idle_port_cannot_write_is_an_error_while_it_runs(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = plug_out();
	double since = 0;

	(void)state;
	vdev_start(port);
	limit_files(10000);
	send_packets(port, 0, mp, &packets);
	while (vdev_stats(port).oerrors == 0 && vdev_wait(&since))
		;
	limit_files(RLIM_INFINITY);
	assert_sent_is_in_file(port, packets.nb);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_sent_is_in_file(port, packets.nb);
}

/* Tags are counted with what has them, so that taking all of it back leaves nothing. */
static void
bytes_of_tagged_packets_never_go_below_zero_on_a_full_disk(void **state)
{
	static const uint32_t max_segs[] = { UINT32_MAX, 20 };
	uint8_t bytes[60] = { 0 };
	const struct packet packet = { .len = sizeof(bytes), .data = bytes };
	struct rte_mempool *mp = vdev_pool(1024);
	struct rte_mbuf *m;
	unsigned int i, k;
	uint16_t port;

	(void)state;
	for (k = 0; k < RTE_DIM(max_segs); k++) {
		port = plug_out();
		vdev_start(port, .tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT);
		limit_files(24 + 5 * 80 + k);
		for (i = 0; i < 100; i++) {
			m = mbuf_of(mp, &packet, max_segs[k]);
			m->ol_flags |= RTE_MBUF_F_TX_VLAN;
			m->vlan_tci = 7;
			assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
		}
		assert_int_equal(vdev_stats(port).obytes, 100 * 64);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		limit_files(RLIM_INFINITY);
		assert_int_equal(vdev_stats(port).obytes, 5 * 64);
		assert_sent_is_in_file(port, 100);
		vdev_unplug(port);
	}
}

static void
after_a_full_disk_a_restart_writes_again(void **state)
{
	struct packets packets = capture_read(capture_make("imix", 3000));
	struct rte_mempool *mp = vdev_pool(1024);
	uint16_t port = plug_out();

	(void)state;
	vdev_start(port);
	limit_files(300000);
	send_packets(port, 0, mp, &packets);
	limit_files(RLIM_INFINITY);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	send_packets(port, 0, mp, &packets);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_file(out(), &packets);
}

static void
a_device_that_is_full_is_refused_at_once(void **state)
{
	struct log_capture log;
	uint16_t port;

	(void)state;
	log_capture_begin(&log);
	assert_true(vdev_try_plug("net_dualbuf", "tx_pcap=/dev/full", &port) != 0);
	vdev_assert_logged(&log, "/dev/full: No space left on device");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(every_kind_of_packet_is_in_the_file_as_it_was_sent),
		vdev_test(packets_of_many_segments_are_in_the_file_as_one),
		vdev_test(what_was_received_can_be_sent_and_comes_home),
		vdev_test(each_queue_has_its_own_file),
		vdev_test(a_restart_begins_the_file_anew),
		vdev_test(what_was_sent_is_in_the_file_soon_while_the_port_runs_idle),
		vdev_test(a_burst_longer_than_the_ring_is_taken_whole),
		vdev_test(a_burst_longer_than_the_ring_is_taken_whole_with_interrupts_too),
		vdev_test(a_packet_of_more_segments_than_the_ring_has_is_dropped_and_counted),
		vdev_test(what_was_sent_is_in_its_pool_when_the_burst_returns),
		vdev_test(descriptors_are_done_when_the_packet_is_out),
		vdev_test(mbufs_of_several_origins_all_go_home),
		vdev_test(mbufs_of_several_origins_all_go_home_with_fast_free),
		vdev_test(chains_go_home_with_fast_free),
		vdev_test(chains_of_the_application_go_home_with_fast_free),
		vdev_test(clones_may_be_sent_after_the_original),
		vdev_test(vlan_insert_puts_the_tag_behind_the_addresses),
		vdev_test(a_tag_for_a_frame_without_addresses_is_an_error_that_is_counted),
		vdev_test(prepare_refuses_offloads_that_are_not_offered),
		vdev_test(a_disk_that_fills_up_is_logged_once_and_every_loss_counted),
		vdev_test(what_a_stop_cannot_write_is_no_longer_counted_as_sent),
		vdev_test(what_an_idle_port_cannot_write_is_an_error_while_it_runs),
		vdev_test(bytes_of_tagged_packets_never_go_below_zero_on_a_full_disk),
		vdev_test(after_a_full_disk_a_restart_writes_again),
		vdev_test(a_device_that_is_full_is_refused_at_once),
	};

	/* or the limit on files would end this program */
	signal(SIGXFSZ, SIG_IGN);
	return vdev_run(tests);
}
