/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

/*
 * Beside DPDK's net_pcap in one process: users move from one to the other, so both must read and
 * write the same. net_pcap comes from EAL's plugin folder.
 */

/* net_pcap neither reads records without bytes as others do nor writes more than 65535 bytes. */
static const char *const kinds[] = {
	"pcap-us-le",
	"pcap-us-be",
	"pcap-ns-le",
	"pcap-ns-be",
	"pcapng",
	"pcapng-be",
	"pcapng-ns",
	"pcapng-mixed",
	"imix",
	"uniform",
	"tiny",
	"runts",
	"edges",
	"jumbo",
	"vlan",
	"ipv6",
	"snapped",
	"sample",
};

static const char *
out(void)
{
	return capture_name("out.pcap");
}

static uint16_t
plug_pcap(const char *what, const char *path)
{
	return vdev_plug_args("net_pcap", vdev_text("%s=%s", what, path));
}

static void
receive_file_with(const char *driver, const char *args, struct batch *batch)
{
	uint16_t port = vdev_plug_args(driver, args);

	vdev_start(port, .mp = vdev.pools[0]);
	receive_all(port, 0, batch);
	vdev_unplug(port);
}

/* Two mbufs with the same bytes, however they are cut into segments. */
static bool
same_bytes(const struct rte_mbuf *a, const struct rte_mbuf *b)
{
	uint8_t *bytes = calloc(1, b->pkt_len + 1);
	const uint8_t *flat = rte_pktmbuf_read(b, 0, b->pkt_len, bytes);
	bool same = mbuf_equals(a, flat, b->pkt_len);

	free(bytes);
	return same;
}

static void
assert_both_read_the_same(const char *kind)
{
	char *args = vdev_text("rx_pcap=%s", capture_of(kind));
	struct batch theirs = { 0 }, ours = { 0 };
	unsigned int i;

	receive_file_with("net_pcap", args, &theirs);
	receive_file_with("net_dualbuf", args, &ours);
	assert_true(ours.nb >= 199);
	if (ours.nb != theirs.nb)
		fail_msg("%s: %u packets, net_pcap has %u", kind, ours.nb, theirs.nb);
	for (i = 0; i < ours.nb; i++)
		if (!same_bytes(ours.m[i], theirs.m[i]))
			fail_msg("%s: packet %u is not what net_pcap gives", kind, i);
	batch_free(&theirs);
	batch_free(&ours);
}

static void
both_drivers_read_the_same_packets(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(8192);
	for (i = 0; i < RTE_DIM(kinds); i++)
		assert_both_read_the_same(kinds[i]);
	/* but not "corrupt": net_pcap goes on behind the damage, and takes what is there for packets */
	assert_both_read_the_same("truncated");
}

static void
both_drivers_in_turns_on_one_pool_read_the_same_packets(void **state)
{
	uint16_t theirs = plug_pcap("rx_pcap", capture_of("imix"));
	uint16_t ours = vdev_plug("rx_pcap=%s", capture_of("imix"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch a = { 0 }, b = { 0 };
	unsigned int i;

	(void)state;
	vdev_start(theirs);
	vdev_start(ours);
	while (receive_up_to(theirs, 0, &a, 20) > 0) {
		assert_int_equal(receive_up_to(ours, 0, &b, 20), a.nb);
		for (i = 0; i < a.nb; i++)
			assert_true(same_bytes(b.m[i], a.m[i]));
		batch_free(&a);
		batch_free(&b);
	}
	assert_int_equal(vdev_stats(theirs).ipackets, 200);
	assert_int_equal(vdev_stats(ours).ipackets, 200);
	assert_int_equal(vdev_stats(theirs).ibytes, vdev_stats(ours).ibytes);
	vdev_remove_ports();
	assert_pool_full(mp);
}

/* Read a file with one driver, send it with the other, and look at what is written. */
static void
assert_forwarded(const char *kind, const char *reader, const char *writer)
{
	struct packets packets = capture_read(capture_of(kind));
	uint16_t from = vdev_plug_args(reader, vdev_text("rx_pcap=%s", capture_of(kind)));
	uint16_t to = vdev_plug_args(writer, vdev_text("tx_pcap=%s", out()));
	struct batch batch = { 0 };

	vdev_start(from);
	vdev_start(to);
	while (receive_up_to(from, 0, &batch, 32) > 0)
		send_all(to, 0, &batch);
	assert_int_equal(vdev_stats(to).opackets, packets.nb);
	vdev_remove_ports();
	assert_pool_full(vdev.pools[0]);
	assert_file(out(), &packets);
}

static void
what_we_read_net_pcap_writes(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(4096);
	for (i = 0; i < RTE_DIM(kinds); i++)
		assert_forwarded(kinds[i], "net_dualbuf", "net_pcap");
}

static void
what_net_pcap_reads_we_write(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(4096);
	for (i = 0; i < RTE_DIM(kinds); i++)
		assert_forwarded(kinds[i], "net_pcap", "net_dualbuf");
}

/* Each driver reads what the other wrote to out(). */
static void
assert_reads_back(const char *kind, const char *writer, const char *reader)
{
	struct packets packets = capture_read(capture_of(kind));
	uint16_t port = vdev_plug_args(writer, vdev_text("tx_pcap=%s", out()));
	struct batch batch = { 0 };

	vdev_start(port);
	send_packets(port, 0, vdev.pools[0], &packets);
	vdev_unplug(port);
	receive_file_with(reader, vdev_text("rx_pcap=%s", out()), &batch);
	assert_packets(&batch, &packets);
	batch_free(&batch);
}

static void
what_we_write_net_pcap_reads_back(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(8192);
	for (i = 0; i < RTE_DIM(kinds); i++)
		assert_reads_back(kinds[i], "net_dualbuf", "net_pcap");
}

static void
what_net_pcap_writes_we_read_back(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(8192);
	for (i = 0; i < RTE_DIM(kinds); i++)
		assert_reads_back(kinds[i], "net_pcap", "net_dualbuf");
}

/* net_pcap keeps mbufs for a moment in its own way of freeing; buffers must come home from it. */
static void
packets_sent_through_net_pcap_flip_as_if_freed(void **state)
{
	uint16_t ours = vdev_plug("rx_pcap=%s,infinite_rx=1", capture_of("uniform"));
	uint16_t theirs = plug_pcap("tx_pcap", "/dev/null");
	struct batch batch = { 0 };
	unsigned int i;

	(void)state;
	vdev_pool(512);
	vdev_start(ours);
	vdev_start(theirs);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(receive_up_to(ours, 0, &batch, 32), 32);
		send_all(theirs, 0, &batch);
	}
	assert_int_equal(vdev_xstat(ours, 0, "flips"), 32000);
	assert_int_equal(vdev_xstat(ours, 0, "copies"), 0);
	assert_int_equal(vdev_xstat(ours, 0, "home"), vdev_xstat(ours, 0, "bound"));
}

/* Restarting ----------------------------------------------------------------------------------- */

static unsigned int
packets_after_restart(const char *driver)
{
	uint16_t port = vdev_plug_args(driver, vdev_text("rx_pcap=%s", capture_of("imix")));
	struct batch batch = { 0 };
	unsigned int nb;

	vdev_start(port);
	receive_up_to(port, 0, &batch, 77);
	batch_free(&batch);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	nb = receive_all(port, 0, &batch);
	batch_free(&batch);
	vdev_unplug(port);
	return nb;
}

static void
both_drivers_read_a_file_anew_after_a_restart(void **state)
{
	(void)state;
	vdev_pool(1024);
	assert_int_equal(packets_after_restart("net_pcap"), 200);
	assert_int_equal(packets_after_restart("net_dualbuf"), 200);
}

static struct rte_eth_dev_info
info_with(const char *driver, const char *args)
{
	uint16_t port = vdev_plug_args(driver, args);
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	vdev_unplug(port);
	return info;
}

/* The devargs that both know give the same numbers of queues. */
static void
both_drivers_make_the_same_queues_of_the_same_devargs(void **state)
{
	const char *in = capture_of("imix");
	char *const args[] = {
		vdev_text("rx_pcap=%s", in),
		vdev_text("tx_pcap=%s", out()),
		vdev_text("rx_pcap=%s,tx_pcap=%s", in, out()),
		vdev_text("rx_pcap=%s,rx_pcap=%s,tx_pcap=%s", in, in, out()),
		vdev_text("rx_pcap=%s,tx_pcap=%s,tx_pcap=/dev/null", in, out()),
		vdev_text("rx_pcap=%s,rx_pcap=%s,rx_pcap=%s", in, in, in),
	};
	struct rte_eth_dev_info theirs, ours;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(args); i++) {
		theirs = info_with("net_pcap", args[i]);
		ours = info_with("net_dualbuf", args[i]);
		print_message("%s\n", args[i]);
		assert_int_equal(ours.max_rx_queues, theirs.max_rx_queues);
		assert_int_equal(ours.max_tx_queues, theirs.max_tx_queues);
	}
}

/* Memory that net_pcap makes once and keeps is made before anything is counted. */
static int
set_up_group(void **state)
{
	uint16_t port;

	if (vdev_set_up_group(state) != 0)
		return -1;
	if (vdev_try_plug("net_pcap", "tx_pcap=/dev/null", &port) != 0) {
		print_error("no net_pcap; install librte-net-pcap\n");
		exit(77);
	}
	vdev_unplug(port);
	return 0;
}

static const struct CMUnitTest tests[] = {
	vdev_test(both_drivers_read_the_same_packets),
	vdev_test(both_drivers_in_turns_on_one_pool_read_the_same_packets),
	vdev_test(what_we_read_net_pcap_writes),
	vdev_test(what_net_pcap_reads_we_write),
	vdev_test(what_we_write_net_pcap_reads_back),
	vdev_test(what_net_pcap_writes_we_read_back),
	vdev_test(packets_sent_through_net_pcap_flip_as_if_freed),
	vdev_test(both_drivers_read_a_file_anew_after_a_restart),
	vdev_test(both_drivers_make_the_same_queues_of_the_same_devargs),
};

TEST_MAIN_GROUP(tests, set_up_group, vdev_tear_down_group)
