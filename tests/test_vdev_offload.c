/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * VLAN tags that are stripped, checksums that are checked, and all offloads together. Expectations
 * are computed here from the bytes, not by the driver's means.
 */

#include "compat_util.h"
#include "offload_util.h"

#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

/* VLAN ----------------------------------------------------------------------------------------- */

static bool
is_tagged(const struct packet *packet)
{
	return packet->len >= 16 && packet->data[12] == 0x81 && packet->data[13] == 0x00;
}

static void
assert_stripped(const struct rte_mbuf *m, const struct packet *packet, unsigned int number)
{
	struct packet inner = { .len = packet->len - 4, .data = vdev_alloc(packet->len) };

	memcpy(inner.data, packet->data, 12);
	memcpy(inner.data + 12, packet->data + 16, packet->len - 16);
	assert_packet(m, &inner, number);
	assert_int_equal(m->vlan_tci, packet->data[14] << 8 | packet->data[15]);
	assert_int_equal(m->ol_flags & VLAN_FLAGS, VLAN_FLAGS);
}

static void
assert_strips(const char *path)
{
	struct packets packets = capture_read(path);
	struct batch batch = receive_file(path,
			&(struct vdev_config){ .rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP });
	unsigned int i, nb_tagged = 0;

	assert_int_equal(batch.nb, packets.nb);
	for (i = 0; i < batch.nb; i++) {
		if (is_tagged(&packets.all[i])) {
			assert_stripped(batch.m[i], &packets.all[i], i);
			nb_tagged++;
		} else {
			assert_packet(batch.m[i], &packets.all[i], i);
			assert_int_equal(batch.m[i]->ol_flags & VLAN_FLAGS, 0);
		}
	}
	assert_int_equal(nb_tagged, strstr(path, "vlan") != NULL ? 150 : 0);
	batch_free(&batch);
}

static void
vlan_strip_takes_8100_tags_out_and_nothing_else(void **state)
{
	(void)state;
	vdev_pool(2048);
	assert_strips(capture_of("vlan"));
	assert_strips(capture_of("tiny"));
	assert_strips(capture_of("runts"));
	assert_strips(capture_of("jumbo"));
}

static void
without_vlan_strip_tags_stay_in_the_packet(void **state)
{
	struct packets packets = capture_read(capture_of("vlan"));
	struct batch batch = receive_file(capture_of("vlan"), &(struct vdev_config){ 0 });
	unsigned int i;

	(void)state;
	assert_packets(&batch, &packets);
	for (i = 0; i < batch.nb; i++)
		assert_int_equal(batch.m[i]->ol_flags & VLAN_FLAGS, 0);
	batch_free(&batch);
}

/* Every packet is as the setting was when it was received. */
static void
vlan_strip_can_be_switched_while_the_port_runs(void **state)
{
	struct packets packets = capture_read(capture_of("vlan"));
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("vlan"));
	unsigned int i, nb_stripped = 0;
	struct rte_eth_rxq_info info;
	struct rte_mbuf *m;
	bool strip = false;

	(void)state;
	vdev_start(port, .unscattered = true);
	for (i = 0; i < packets.nb; i++) {
		if (i % 10 == 0) {
			strip = !strip;
			assert_int_equal(rte_eth_dev_set_vlan_offload(port,
							 strip ? RTE_ETH_VLAN_STRIP_OFFLOAD : 0),
					0);
			assert_int_equal(rte_eth_dev_get_vlan_offload(port),
					strip ? RTE_ETH_VLAN_STRIP_OFFLOAD : 0);
			assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &info), 0);
			assert_int_equal(info.conf.offloads,
					strip ? RTE_ETH_RX_OFFLOAD_VLAN_STRIP : 0);
		}
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		if (strip && is_tagged(&packets.all[i])) {
			assert_stripped(m, &packets.all[i], i);
			nb_stripped++;
		} else {
			assert_packet(m, &packets.all[i], i);
			assert_int_equal(m->ol_flags & VLAN_FLAGS, 0);
		}
		rte_pktmbuf_free(m);
	}
	assert_between(nb_stripped, 10, packets.nb - 10);
	assert_true(rte_eth_dev_set_vlan_offload(port, RTE_ETH_VLAN_EXTEND_OFFLOAD) < 0);
}

static void
a_setting_of_vlan_strip_outlives_stop_and_start(void **state)
{
	struct packets packets = capture_read(capture_of("vlan"));
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("vlan"));
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_dev_set_vlan_offload(port, RTE_ETH_VLAN_STRIP_OFFLOAD), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (i = 0; i < packets.nb; i++) {
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		if (is_tagged(&packets.all[i]))
			assert_stripped(m, &packets.all[i], i);
		rte_pktmbuf_free(m);
	}
}

/* A frame that ends within its tag, or right behind it. */
static void
frames_that_end_at_their_tag_are_safe(void **state)
{
	const uint8_t bytes[20] = { [12] = 0x81, [14] = 0x20, [15] = 0x64 };
	struct packets packets = { 0 };
	struct batch batch;
	unsigned int i;

	(void)state;
	for (i = 12; i <= sizeof(bytes); i++)
		packets_add(&packets, bytes, i);
	batch = receive_file(capture_write("short-tags", &packets),
			&(struct vdev_config){ .rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP });
	assert_int_equal(batch.nb, packets.nb);
	for (i = 0; i < 4; i++)
		assert_packet(batch.m[i], &packets.all[i], i);
	for (; i < batch.nb; i++)
		assert_stripped(batch.m[i], &packets.all[i], i);
	batch_free(&batch);
}

/* Checksums ------------------------------------------------------------------------------------ */

#define IP_GOOD RTE_MBUF_F_RX_IP_CKSUM_GOOD
#define IP_BAD RTE_MBUF_F_RX_IP_CKSUM_BAD
#define L4_GOOD RTE_MBUF_F_RX_L4_CKSUM_GOOD
#define L4_BAD RTE_MBUF_F_RX_L4_CKSUM_BAD

/* Every packet of a kind with one byte changed (-1: none), and what its flags are then. */
struct cksum_case {
	const char *kind;
	int byte;
	uint64_t offloads;
	uint64_t even; /* expected of packets 0, 2, ... */
	uint64_t odd;
};

#define IP RTE_ETH_RX_OFFLOAD_IPV4_CKSUM
#define UDP RTE_ETH_RX_OFFLOAD_UDP_CKSUM
#define TCP RTE_ETH_RX_OFFLOAD_TCP_CKSUM

/* imix is UDP over IPv4; in ipv6 even packets are UDP and odd ones TCP, with no sum in IP. */
static const struct cksum_case cksum_cases[] = {
	{ "imix", -1, IP | UDP | TCP, IP_GOOD | L4_GOOD, IP_GOOD | L4_GOOD },
	{ "imix", -1, IP, IP_GOOD, IP_GOOD },
	{ "imix", -1, UDP, L4_GOOD, L4_GOOD },
	{ "imix", -1, TCP, 0, 0 },
	{ "imix", -1, 0, 0, 0 },
	{ "imix", 14 + 8, IP | UDP | TCP, IP_BAD | L4_GOOD, IP_BAD | L4_GOOD }, /* TTL */
	{ "imix", 42, IP | UDP | TCP, IP_GOOD | L4_BAD, IP_GOOD | L4_BAD },
	{ "ipv6", -1, IP | UDP | TCP, L4_GOOD, L4_GOOD },
	{ "ipv6", 54 + 10, IP | UDP | TCP, L4_BAD, L4_BAD },
	{ "ipv6", 54 + 10, UDP, L4_BAD, 0 },
	{ "ipv6", 54 + 10, TCP, 0, L4_BAD },
	{ "snapped", -1, IP, IP_GOOD, IP_GOOD },
	{ "runts", -1, IP | UDP | TCP, 0, 0 },
	{ "tiny", -1, IP | UDP | TCP, 0, 0 },
};

static void
assert_checksums(const struct cksum_case *c)
{
	struct packets packets = capture_read(capture_of(c->kind));
	struct batch batch;
	unsigned int i;

	for (i = 0; c->byte >= 0 && i < packets.nb; i++)
		packets.all[i].data[c->byte] ^= 0x40;
	batch = receive_file(capture_write("checksums", &packets),
			&(struct vdev_config){ .rx_offloads = c->offloads });
	assert_packets(&batch, &packets);
	for (i = 0; i < batch.nb; i++)
		if ((batch.m[i]->ol_flags & CKSUM_FLAGS) != (i % 2 == 0 ? c->even : c->odd))
			fail_msg("%s, byte %d, offloads %#" PRIx64
				 ": packet %u has flags %#" PRIx64,
					c->kind, c->byte, c->offloads, i, batch.m[i]->ol_flags);
	batch_free(&batch);
	vdev_remove_ports();
}

static void
checksum_flags_say_what_the_bytes_say(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(cksum_cases); i++)
		assert_checksums(&cksum_cases[i]);
}

static void
a_snapped_packet_has_no_verdict_on_what_is_not_there(void **state)
{
	struct batch batch = receive_file(capture_of("snapped"),
			&(struct vdev_config){ .rx_offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM });
	unsigned int i;

	(void)state;
	assert_int_equal(batch.nb, 200);
	for (i = 0; i < batch.nb; i++)
		assert_int_equal(batch.m[i]->ol_flags & L4_BAD, 0);
	batch_free(&batch);
}

/* All together --------------------------------------------------------------------------------- */

static void
all_offloads_together_do_not_get_in_each_others_way(void **state)
{
	const char *path = capture_of("vlan");
	struct packets packets = capture_read(path);
	struct batch batch = receive_file(path,
			&(struct vdev_config){ .rss_types = ALL_RSS_TYPES,
					.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP |
							RTE_ETH_RX_OFFLOAD_CHECKSUM |
							RTE_ETH_RX_OFFLOAD_RSS_HASH |
							RTE_ETH_RX_OFFLOAD_TIMESTAMP |
							RTE_ETH_RX_OFFLOAD_SCATTER });
	unsigned int i;

	(void)state;
	assert_int_equal(batch.nb, packets.nb);
	for (i = 0; i < batch.nb; i++) {
		if (!is_tagged(&packets.all[i]))
			continue;
		assert_stripped(batch.m[i], &packets.all[i], i);
		assert_int_equal(batch.m[i]->ol_flags & CKSUM_FLAGS, IP_GOOD | L4_GOOD);
		assert_true(batch.m[i]->ol_flags & RTE_MBUF_F_RX_RSS_HASH);
	}
	batch_free(&batch);
}

static const struct CMUnitTest tests[] = {
	vdev_test(vlan_strip_takes_8100_tags_out_and_nothing_else),
	vdev_test(without_vlan_strip_tags_stay_in_the_packet),
	vdev_test(vlan_strip_can_be_switched_while_the_port_runs),
	vdev_test(a_setting_of_vlan_strip_outlives_stop_and_start),
	vdev_test(frames_that_end_at_their_tag_are_safe),
	vdev_test(checksum_flags_say_what_the_bytes_say),
	vdev_test(a_snapped_packet_has_no_verdict_on_what_is_not_there),
	vdev_test(all_offloads_together_do_not_get_in_each_others_way),
};

VDEV_MAIN(tests)
