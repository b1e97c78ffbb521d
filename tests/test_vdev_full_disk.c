/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets that cannot be written are counted. */

#include <signal.h>
#include <sys/resource.h>

#include "compat_util.h"
#include "limit_util.h"
#include "out_util.h"

/*
 * All packets counted as sent are in the file, with the tags that were inserted; handed over was all of it.
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
	assert_int_equal(vdev_tx_xstat(port, 0, "bytes"), bytes);
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
	assert_between(vdev_stats(port).opackets, 1, packets.nb - 1);
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

static int
set_up_group(void **state)
{
	/* or the limit on files would end this program */
	signal(SIGXFSZ, SIG_IGN);
	return vdev_set_up_group(state);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_disk_that_fills_up_is_logged_once_and_every_loss_counted),
	vdev_test(what_a_stop_cannot_write_is_no_longer_counted_as_sent),
	vdev_test(what_an_idle_port_cannot_write_is_an_error_while_it_runs),
	vdev_test(bytes_of_tagged_packets_never_go_below_zero_on_a_full_disk),
	vdev_test(after_a_full_disk_a_restart_writes_again),
	vdev_test(a_device_that_is_full_is_refused_at_once),
};

TEST_MAIN_GROUP(tests, set_up_group, vdev_tear_down_group)
