/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets come up as they are in the file, in bytes and order; one that is not whole does not come. */

#include "compat_util.h"
#include "packet_util.h"

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
	assert_int_equal(vdev_xstat(port, 0, "bytes"), bytes);
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
	assert_between(fitting.nb, 1, packets.nb - 1);
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
assert_long_frame_is_damage(uint32_t len, uint64_t offloads)
{
	struct packets imix = capture_read(capture_of("imix")), before = { 0 };
	struct batch batch = { 0 };
	struct log_capture log;
	uint16_t port;

	packets_add(&before, imix.all[0].data, imix.all[0].len);
	port = vdev_plug("rx_pcap=%s", frame_of(len, &imix));
	vdev_start(port, .nb_rx_desc = 512, .rx_offloads = offloads);
	log_capture_begin(&log);
	receive_all(port, 0, &batch);
	assert_logged(&log, "record 2 is damaged", vdev_text("%u", len), "at most 262144");
	log_capture_end(&log);
	assert_packets(&batch, &before);
	assert_int_equal(vdev_stats(port).ierrors, 0);
	batch_free(&batch);
	vdev_unplug(port);
}

static void
a_frame_of_more_than_262144_bytes_is_damage_whatever_the_file_allows(void **state)
{
	static const uint32_t lens[] = { 262145, 262148, 300000 };
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(lens); i++) {
		assert_long_frame_is_damage(lens[i], 0);
		assert_long_frame_is_damage(lens[i], RTE_ETH_RX_OFFLOAD_VLAN_STRIP);
		assert_long_frame_is_damage(lens[i], RTE_ETH_RX_OFFLOAD_CHECKSUM);
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

static const struct CMUnitTest tests[] = {
	vdev_test(every_kind_of_capture_comes_through_identical_and_in_order),
	vdev_test(every_kind_comes_through_in_buffers_of_256_bytes),
	vdev_test(every_kind_stays_identical_while_all_of_it_is_held),
	vdev_test(bytes_are_counted_as_they_are_in_the_file),
	vdev_test(a_frame_longer_than_the_ring_is_counted_and_the_others_come),
	vdev_test(a_frame_of_more_than_262144_bytes_is_damage_whatever_the_file_allows),
	vdev_test(a_damaged_capture_gives_what_is_whole_and_logs_the_rest),
	vdev_test(a_capture_of_no_packets_gives_none),
};

VDEV_MAIN(tests)
