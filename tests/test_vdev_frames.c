/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include <rte_mbuf_dyn.h>

/*
 * What comes up is what is in the file: bytes, order, time; and what the write-back says of it.
 */

static const char *const good_kinds[] = {
	"pcap-us-le",
	"pcap-us-be",
	"pcap-ns-le",
	"pcap-ns-be",
	"pcapng",
	"pcapng-be",
	"pcapng-ns",
	"imix",
	"uniform",
	"tiny",
	"runts",
	"edges",
	"jumbo",
	"jumbo-64k",
	"vlan",
	"ipv6",
	"snapped",
	"zerolen",
	"sample",
};

/* Bytes and order ------------------------------------------------------------------------------ */

static void
assert_kind_comes_through(const char *kind, unsigned int nb_bufs, uint16_t nb_desc)
{
	const char *path = capture_of(kind);
	uint16_t port = vdev_plug("rx_pcap=%s,buffers=%u", path, nb_bufs);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	unsigned int i = 0;

	assert_true(packets.nb >= 200);
	vdev_start(port, .nb_rx_desc = nb_desc);
	while (receive_up_to(port, 0, &batch, 13) > 0) {
		for (unsigned int k = 0; k < batch.nb; k++, i++)
			assert_packet(batch.m[k], &packets.all[i], i);
		batch_free(&batch);
	}
	if (i != packets.nb)
		fail_msg("%s: %u of %u packets came", kind, i, packets.nb);
	assert_int_equal(vdev_stats(port).ipackets, packets.nb);
	vdev_unplug(port);
}

static void
every_kind_of_capture_comes_through_identical_and_in_order(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(4096);
	for (i = 0; i < RTE_DIM(good_kinds); i++) {
		assert_kind_comes_through(good_kinds[i], 2, VDEV_DESC);
		assert_kind_comes_through(good_kinds[i], 3, 104);
	}
}

static void
every_kind_comes_through_in_buffers_of_256_bytes(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool_with_room(4096, 32, RTE_PKTMBUF_HEADROOM + 256);
	for (i = 0; i < RTE_DIM(good_kinds); i++)
		assert_kind_comes_through(good_kinds[i], 2, 512);
}

static void
assert_kind_can_be_held(const char *kind)
{
	const char *path = capture_of(kind);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };

	vdev_start(port);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &packets);
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	batch_free(&batch);
	vdev_unplug(port);
}

static void
every_kind_stays_identical_while_all_of_it_is_held(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(8192);
	for (i = 0; i < RTE_DIM(good_kinds); i++)
		assert_kind_can_be_held(good_kinds[i]);
}

static void
bytes_are_counted_as_they_are_in_the_file(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("jumbo-64k"));
	struct packets packets = capture_read(capture_of("jumbo-64k"));
	struct batch batch = { 0 };
	uint64_t bytes = 0;
	unsigned int i;

	(void)state;
	vdev_pool(8192);
	for (i = 0; i < packets.nb; i++)
		bytes += packets.all[i].len;
	vdev_start(port);
	receive_all(port, 0, &batch);
	assert_int_equal(vdev_stats(port).ibytes, bytes);
	assert_int_equal(vdev_stats(port).q_ibytes[0], bytes);
	batch_free(&batch);
}

static void
a_frame_longer_than_the_ring_is_counted_and_the_others_come(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("jumbo-64k"));
	struct packets packets = capture_read(capture_of("jumbo-64k")), fitting = { 0 };
	struct batch batch = { 0 };
	unsigned int i;

	(void)state;
	/* a descriptor is never the device's, so 31 of them hold at most this */
	for (i = 0; i < packets.nb; i++)
		if (packets.all[i].len <= 31 * 2048)
			packets_add(&fitting, packets.all[i].data, packets.all[i].len);
	assert_in_range(fitting.nb, 1, packets.nb - 1);
	vdev_start(port, .nb_rx_desc = 32);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &fitting);
	assert_int_equal(vdev_stats(port).ierrors, packets.nb - fitting.nb);
	batch_free(&batch);
}

/* A pcapng file whose interface allows any length: a packet, one tagged frame of len bytes, a packet. */
static const char *
frame_of(uint32_t len, const struct packets *around)
{
	struct capture *capture = vdev_alloc(sizeof(*capture));
	const char *path = capture_name("long.pcapng");
	uint8_t *frame = vdev_alloc(len);

	memcpy(frame + 12, "\x81\x00\x00\x07\x88\xb5", 6);
	capture_begin_snapped(capture, CAPTURE_PCAPNG, false, CAPTURE_ETHERNET, 1000000);
	capture_add(capture, 0, around->all[0].data, around->all[0].len, around->all[0].len);
	capture_add(capture, 0, frame, len, len);
	capture_add(capture, 0, around->all[1].data, around->all[1].len, around->all[1].len);
	assert_true(capture_save(capture, path));
	return path;
}

static void
assert_long_frame_is_an_error(uint32_t len, uint64_t offloads)
{
	struct packets imix = capture_read(capture_of("imix")), normal = { 0 };
	struct batch batch = { 0 };
	uint16_t port;

	packets_add(&normal, imix.all[0].data, imix.all[0].len);
	packets_add(&normal, imix.all[1].data, imix.all[1].len);
	port = vdev_plug("rx_pcap=%s", frame_of(len, &normal));
	vdev_start(port, .nb_rx_desc = 512, .rx_offloads = offloads);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &normal);
	assert_int_equal(vdev_stats(port).ipackets, 2);
	assert_int_equal(vdev_stats(port).ierrors, 1);
	batch_free(&batch);
	vdev_unplug(port);
}

static void
a_frame_of_more_than_262144_bytes_is_an_error_whatever_the_file_allows(void **state)
{
	static const uint32_t lens[] = { 262145, 262148, 300000 };
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(lens); i++) {
		assert_long_frame_is_an_error(lens[i], 0);
		assert_long_frame_is_an_error(lens[i], RTE_ETH_RX_OFFLOAD_VLAN_STRIP);
		assert_long_frame_is_an_error(lens[i], RTE_ETH_RX_OFFLOAD_CHECKSUM);
	}
}

/* Damaged files -------------------------------------------------------------------------------- */

static void
assert_damage_is_logged(const char *kind, unsigned int nb, const char *part)
{
	const char *path = capture_of(kind);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct packets packets = capture_read(path);
	struct log_capture log;
	struct batch batch = { 0 };

	vdev_start(port);
	log_capture_begin(&log);
	receive_all(port, 0, &batch);
	vdev_assert_logged(&log, part);
	assert_int_equal(batch.nb, nb);
	assert_packets(&batch, &packets);
	batch_free(&batch);
	vdev_unplug(port);
}

static void
a_damaged_capture_gives_what_is_whole_and_logs_the_rest(void **state)
{
	(void)state;
	assert_damage_is_logged("truncated", 199, "record 200 is damaged");
	assert_damage_is_logged("corrupt", 200, "record 201 is damaged");
}

static void
a_capture_of_no_packets_gives_none(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("header-only"));
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	assert_int_equal(receive_all(port, 0, &batch), 0);
}

/* Timestamps ----------------------------------------------------------------------------------- */

static uint64_t
stamp_flag(void)
{
	int bit = rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL);

	assert_true(bit >= 0);
	return RTE_BIT64(bit);
}

static uint64_t
stamp_of(const struct rte_mbuf *m)
{
	int offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);

	assert_true(offset >= 0);
	return *RTE_MBUF_DYNFIELD(m, offset, const rte_mbuf_timestamp_t *);
}

static void
assert_stamps(const char *kind, uint64_t offloads)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of(kind));
	struct packets packets = capture_read(capture_of(kind));
	bool wanted = offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	struct batch batch = { 0 };
	unsigned int i;

	vdev_start(port, .rx_offloads = offloads);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &packets);
	for (i = 0; i < batch.nb; i++) {
		assert_int_equal((batch.m[i]->ol_flags & stamp_flag()) != 0, wanted);
		if (wanted)
			assert_int_equal(stamp_of(batch.m[i]), packets.all[i].stamp);
	}
	batch_free(&batch);
	vdev_unplug(port);
}

static const char *const stamped_kinds[] = {
	"pcap-us-le",
	"pcap-us-be",
	"pcap-ns-le",
	"pcap-ns-be",
	"pcapng",
	"pcapng-ns",
	"jumbo",
	"vlan",
};

static void
with_the_offload_every_packet_has_the_time_of_the_file(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(stamped_kinds); i++)
		assert_stamps(stamped_kinds[i], RTE_ETH_RX_OFFLOAD_TIMESTAMP);
}

static void
without_the_offload_no_packet_has_a_time(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(stamped_kinds); i++)
		assert_stamps(stamped_kinds[i], 0);
}

static void
nanoseconds_of_the_file_are_not_rounded(void **state)
{
	struct packets packets = capture_read(capture_of("pcap-ns-le"));
	unsigned int i, odd = 0;

	(void)state;
	for (i = 0; i < packets.nb; i++)
		odd += packets.all[i].stamp % 1000 != 0;
	assert_true(odd > 0); /* or the tests above would show nothing */
}

/* Queues --------------------------------------------------------------------------------------- */

static void
assert_queue_gives(uint16_t port, uint16_t queue, const char *kind)
{
	struct packets packets = capture_read(capture_of(kind));
	struct batch batch = { 0 };

	receive_all(port, queue, &batch);
	assert_packets(&batch, &packets);
	assert_int_equal(vdev_stats(port).q_ipackets[queue], packets.nb);
	batch_free(&batch);
}

static void
two_queues_read_a_file_each(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s", capture_of("imix"), capture_of("ipv6"));

	(void)state;
	vdev_pool(2048);
	vdev_start(port);
	assert_queue_gives(port, 1, "ipv6");
	assert_queue_gives(port, 0, "imix");
	assert_int_equal(vdev_stats(port).ipackets, 400);
}

static void
sixteen_queues_read_a_file_each_in_turns(void **state)
{
	struct batch batches[16] = { { 0 } };
	char *args = vdev_text("%s", "");
	struct packets packets;
	uint16_t port, i, rounds;

	(void)state;
	for (i = 0; i < 16; i++)
		args = vdev_text("%s%srx_pcap=%s", args, i == 0 ? "" : ",",
				capture_of(good_kinds[i]));
	port = vdev_plug("%s", args);
	vdev_pool(16384);
	vdev_start(port);
	for (rounds = 0; rounds < 100; rounds++)
		for (i = 0; i < 16; i++)
			receive_up_to(port, i, &batches[i], 3);
	for (i = 0; i < 16; i++) {
		packets = capture_read(capture_of(good_kinds[i]));
		assert_packets(&batches[i], &packets);
		batch_free(&batches[i]);
	}
}

static void
fewer_queues_than_files_read_the_first_files(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,rx_pcap=%s", capture_of("imix"),
			capture_of("ipv6"), capture_of("vlan"));

	(void)state;
	vdev_pool(2048);
	vdev_start(port, .nb_rx = 2);
	assert_queue_gives(port, 0, "imix");
	assert_queue_gives(port, 1, "ipv6");
}

/* Addresses ------------------------------------------------------------------------------------ */

static const struct rte_ether_addr macs[] = {
	{ { 0x02, 0, 0, 0, 0, 0x99 } },
	{ { 0x02, 0, 0, 0, 0, 0x98 } },
	{ { 0x01, 0, 0x5e, 0, 0, 1 } },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ { 0x33, 0x33, 0, 0, 0, 1 } },
	{ { 0x00, 0x1b, 0x21, 1, 2, 3 } },
};

enum { MINE, NEIGHBOUR, MULTICAST, BROADCAST, MULTICAST_6, STRANGER };

/* A file with a frame to each of these addresses, ten times over. */
static const char *
frames_to_all_macs(void)
{
	struct packets packets = { 0 };
	uint8_t frame[60] = { 0 };
	unsigned int i;

	for (i = 0; i < 10 * RTE_DIM(macs); i++) {
		memcpy(frame, &macs[i % RTE_DIM(macs)], sizeof(macs[0]));
		frame[14] = i;
		packets_add(&packets, frame, sizeof(frame));
	}
	return capture_write("macs", &packets);
}

/* Only frames to these addresses come, and all of those. wanted: bit i stands for macs[i]. */
static void
assert_passes(uint16_t port, unsigned int wanted)
{
	struct batch batch = { 0 };
	unsigned int i, k = 0;

	assert_int_equal(rte_eth_dev_start(port), 0);
	receive_all(port, 0, &batch);
	for (i = 0; i < 10 * RTE_DIM(macs); i++) {
		if (!(wanted & RTE_BIT32(i % RTE_DIM(macs))))
			continue;
		assert_true(k < batch.nb);
		assert_int_equal(rte_pktmbuf_mtod(batch.m[k], uint8_t *)[14], i);
		k++;
	}
	assert_int_equal(batch.nb, k);
	batch_free(&batch);
	assert_int_equal(rte_eth_dev_stop(port), 0);
}

static void
without_promiscuous_mode_only_what_is_addressed_to_the_port_comes(void **state)
{
	const unsigned int mine = RTE_BIT32(MINE) | RTE_BIT32(BROADCAST);
	const unsigned int groups = RTE_BIT32(MULTICAST) | RTE_BIT32(MULTICAST_6);
	uint16_t port = vdev_plug("rx_pcap=%s", frames_to_all_macs());
	struct rte_ether_addr mac = macs[MINE];

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ 0 });
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_int_equal(rte_eth_promiscuous_get(port), 1);
	assert_passes(port, RTE_BIT32(RTE_DIM(macs)) - 1);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(rte_eth_allmulticast_enable(port), 0);
	assert_passes(port, mine | groups);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_passes(port, mine);
	mac = macs[STRANGER];
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_passes(port, RTE_BIT32(STRANGER) | RTE_BIT32(BROADCAST));
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	assert_passes(port, RTE_BIT32(RTE_DIM(macs)) - 1);
}

static void
the_address_can_be_set_while_the_port_runs(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", frames_to_all_macs());
	struct rte_ether_addr mac = macs[NEIGHBOUR], got;
	struct rte_mbuf *m;
	unsigned int i, nb = 0;

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_int_equal(rte_eth_macaddr_get(port, &got), 0);
	assert_memory_equal(&got, &mac, sizeof(mac));
	for (i = 0; i < 10 * RTE_DIM(macs); i++) {
		if (rte_eth_rx_burst(port, 0, &m, 1) == 0)
			continue;
		nb += rte_is_same_ether_addr(rte_pktmbuf_mtod(m, void *), &mac);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(nb, 10);
	assert_int_equal(vdev_stats(port).ipackets, 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(every_kind_of_capture_comes_through_identical_and_in_order),
		vdev_test(every_kind_comes_through_in_buffers_of_256_bytes),
		vdev_test(every_kind_stays_identical_while_all_of_it_is_held),
		vdev_test(bytes_are_counted_as_they_are_in_the_file),
		vdev_test(a_frame_longer_than_the_ring_is_counted_and_the_others_come),
		vdev_test(a_frame_of_more_than_262144_bytes_is_an_error_whatever_the_file_allows),
		vdev_test(a_damaged_capture_gives_what_is_whole_and_logs_the_rest),
		vdev_test(a_capture_of_no_packets_gives_none),
		vdev_test(with_the_offload_every_packet_has_the_time_of_the_file),
		vdev_test(without_the_offload_no_packet_has_a_time),
		vdev_test(nanoseconds_of_the_file_are_not_rounded),
		vdev_test(two_queues_read_a_file_each),
		vdev_test(sixteen_queues_read_a_file_each_in_turns),
		vdev_test(fewer_queues_than_files_read_the_first_files),
		vdev_test(without_promiscuous_mode_only_what_is_addressed_to_the_port_comes),
		vdev_test(the_address_can_be_set_while_the_port_runs),
	};

	return vdev_run(tests);
}
