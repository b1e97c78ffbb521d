/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include <rte_ip.h>
#include <rte_net.h>
#include <rte_tcp.h>
#include <rte_udp.h>

/*
 * What the write-back says of a packet, when the application asks for it and when it does not.
 * Expectations are computed here from the bytes, or are published ones, not by the driver's means.
 */

#define VLAN_FLAGS (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)
#define CKSUM_FLAGS (RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK)
#define ALL_RSS_TYPES \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_IPV6 | \
			RTE_ETH_RSS_NONFRAG_IPV6_TCP)

static struct batch
receive_file(const char *path, const struct vdev_config *config)
{
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct batch batch = { 0 };

	vdev_start_with(port, config);
	receive_all(port, 0, &batch);
	return batch;
}

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
	vdev_start(port);
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
	assert_in_range(nb_stripped, 10, packets.nb - 10);
	assert_true(rte_eth_dev_set_vlan_offload(port, RTE_ETH_VLAN_FILTER_OFFLOAD) < 0);
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

/* RSS ------------------------------------------------------------------------------------------ */

/* Microsoft's "Verifying the RSS Hash Calculation", first row of each table. */
#define HASH_IPV4 0x323e8fc2
#define HASH_TCP4 0x51ccc178
#define HASH_IPV6 0x2cc18cd5
#define HASH_TCP6 0x40207d3d
#define SPORT 2794
#define DPORT 1766

static const uint8_t ipv4_addrs[8] = { 66, 9, 149, 187, 161, 142, 100, 80 };
static const uint8_t ipv6_addrs[32] = {
	0x3f,
	0xfe,
	0x25,
	0x01,
	0x02,
	0x00,
	0x1f,
	0xff,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	7,
	0x3f,
	0xfe,
	0x25,
	0x01,
	0x02,
	0x00,
	0x00,
	0x03,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	1,
};

struct frame_v4 {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_tcp_hdr tcp;
} __rte_packed;

struct frame_v6 {
	struct rte_ether_hdr eth;
	struct rte_ipv6_hdr ip;
	struct rte_tcp_hdr tcp;
} __rte_packed;

static void
add_v4(struct packets *packets, uint8_t protocol)
{
	struct frame_v4 frame = {
		.eth.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.ip.version_ihl = RTE_IPV4_VHL_DEF,
		.ip.total_length = RTE_BE16(sizeof(frame) - sizeof(frame.eth)),
		.ip.next_proto_id = protocol,
		.tcp.src_port = RTE_BE16(SPORT),
		.tcp.dst_port = RTE_BE16(DPORT),
		.tcp.data_off = 5 << 4,
	};

	memcpy(&frame.ip.src_addr, ipv4_addrs, sizeof(ipv4_addrs));
	packets_add(packets, &frame, sizeof(frame));
}

static void
add_v6(struct packets *packets, uint8_t protocol)
{
	struct frame_v6 frame = {
		.eth.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV6),
		.ip.vtc_flow = RTE_BE32(6 << 28),
		.ip.payload_len = RTE_BE16(sizeof(frame.tcp)),
		.ip.proto = protocol,
		.tcp.src_port = RTE_BE16(SPORT),
		.tcp.dst_port = RTE_BE16(DPORT),
		.tcp.data_off = 5 << 4,
	};

	memcpy(&frame.ip.src_addr, ipv6_addrs, sizeof(ipv6_addrs));
	packets_add(packets, &frame, sizeof(frame));
}

/* TCP and UDP over both IPs, and a frame that is neither. */
static const char *
rss_file(void)
{
	const uint8_t other[60] = { [12] = 0x88, [13] = 0xb5 };
	struct packets packets = { 0 };

	add_v4(&packets, IPPROTO_TCP);
	add_v4(&packets, IPPROTO_UDP);
	add_v6(&packets, IPPROTO_TCP);
	add_v6(&packets, IPPROTO_UDP);
	packets_add(&packets, other, sizeof(other));
	return capture_write("rss", &packets);
}

#define P4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN)
#define P6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN)

static void
assert_hashes(uint64_t types, const uint32_t hashes[5], const uint32_t ptypes[5])
{
	struct batch batch = receive_file(rss_file(),
			&(struct vdev_config){ .rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH,
					.rss_types = types });
	unsigned int i;

	assert_int_equal(batch.nb, 5);
	for (i = 0; i < batch.nb; i++) {
		assert_int_equal((batch.m[i]->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0,
				hashes[i] != 0);
		if (hashes[i] != 0)
			assert_int_equal(batch.m[i]->hash.rss, hashes[i]);
		assert_int_equal(batch.m[i]->packet_type, ptypes[i]);
	}
	batch_free(&batch);
	vdev_remove_ports();
}

static void
rss_hashes_are_those_that_microsoft_published(void **state)
{
	static const uint32_t all[] = { HASH_TCP4, HASH_IPV4, HASH_TCP6, HASH_IPV6, 0 };
	static const uint32_t all_types[] = { P4 | RTE_PTYPE_L4_TCP, P4, P6 | RTE_PTYPE_L4_TCP, P6,
		RTE_PTYPE_L2_ETHER };

	(void)state;
	assert_hashes(ALL_RSS_TYPES, all, all_types);
}

static void
only_the_headers_that_were_asked_for_are_hashed(void **state)
{
	static const uint32_t ip[] = { HASH_IPV4, HASH_IPV4, HASH_IPV6, HASH_IPV6, 0 };
	static const uint32_t ip_types[] = { P4, P4, P6, P6, RTE_PTYPE_L2_ETHER };
	static const uint32_t tcp4[] = { HASH_TCP4, 0, 0, 0, 0 };
	static const uint32_t tcp4_types[] = { P4 | RTE_PTYPE_L4_TCP, RTE_PTYPE_L2_ETHER,
		RTE_PTYPE_L2_ETHER, RTE_PTYPE_L2_ETHER, RTE_PTYPE_L2_ETHER };

	(void)state;
	assert_hashes(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6, ip, ip_types);
	assert_hashes(RTE_ETH_RSS_NONFRAG_IPV4_TCP, tcp4, tcp4_types);
}

static void
without_the_offload_there_is_no_hash(void **state)
{
	struct batch batch = receive_file(rss_file(), &(struct vdev_config){ 0 });
	unsigned int i;

	(void)state;
	assert_int_equal(batch.nb, 5);
	for (i = 0; i < batch.nb; i++) {
		assert_int_equal(batch.m[i]->ol_flags, 0);
		assert_int_equal(batch.m[i]->packet_type, RTE_PTYPE_L2_ETHER);
	}
	batch_free(&batch);
}

/* A key of all zeros hashes everything to zero: it is in use, then, and not the default. */
static void
the_key_of_the_application_is_used(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", rss_file());
	uint8_t key[40] = { 0 };
	struct rte_eth_conf conf = {
		.rxmode = { .mq_mode = RTE_ETH_MQ_RX_RSS, .offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH },
		.rx_adv_conf.rss_conf = { .rss_key = key,
				.rss_key_len = sizeof(key),
				.rss_hf = RTE_ETH_RSS_IPV4 },
	};
	struct rte_mempool *mp = vdev_pool(1024);
	struct rte_mbuf *m;

	(void)state;
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	memset(key, 0xff, sizeof(key)); /* the application may do that */
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, mp), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
	assert_true(m->ol_flags & RTE_MBUF_F_RX_RSS_HASH);
	assert_int_equal(m->hash.rss, 0);
	rte_pktmbuf_free(m);
}

static void
a_key_of_another_length_is_refused(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", rss_file());
	uint8_t key[52] = { 0 };
	struct rte_eth_conf conf = {
		.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS,
		.rx_adv_conf.rss_conf = { .rss_key = key,
				.rss_key_len = sizeof(key),
				.rss_hf = RTE_ETH_RSS_IPV4 },
	};
	struct log_capture log;

	(void)state;
	log_capture_begin(&log);
	assert_true(rte_eth_dev_configure(port, 1, 1, &conf) < 0);
	vdev_assert_logged(&log, "an RSS key of 52 bytes; 40 are required");
}

/* Packet types --------------------------------------------------------------------------------- */

static bool
is_supported(const uint32_t *types, int nb, uint32_t type)
{
	int i;

	for (i = 0; i < nb; i++)
		if (types[i] == type)
			return true;
	return type == 0;
}

/* Does a packet carry every type that was announced, and that its bytes are of? */
static bool
carries_what_was_announced(const struct rte_mbuf *m, const uint32_t *types, int nb)
{
	uint32_t seen = rte_net_get_ptype(m, NULL, RTE_PTYPE_ALL_MASK), want = RTE_PTYPE_L2_ETHER;
	int i;

	for (i = 0; i < nb; i++) {
		if (types[i] == RTE_PTYPE_L3_IPV4_EXT_UNKNOWN && RTE_ETH_IS_IPV4_HDR(seen))
			want |= types[i];
		if (types[i] == RTE_PTYPE_L3_IPV6_EXT_UNKNOWN && RTE_ETH_IS_IPV6_HDR(seen))
			want |= types[i];
		if (types[i] == RTE_PTYPE_L4_TCP && (seen & RTE_PTYPE_L4_MASK) == RTE_PTYPE_L4_TCP)
			want |= types[i];
	}
	return (m->packet_type & want) == want;
}

static void
assert_announced_types_come(uint64_t rss_types, uint64_t offloads, int nb_announced)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("sample"));
	struct batch batch = { 0 };
	uint32_t types[16];
	unsigned int i;
	int nb;

	vdev_start(port, .rx_offloads = offloads, .rss_types = rss_types);
	nb = rte_eth_dev_get_supported_ptypes(port, UINT32_MAX, types, RTE_DIM(types));
	assert_int_equal(nb, nb_announced);
	receive_all(port, 0, &batch);
	for (i = 0; i < batch.nb; i++)
		assert_true(carries_what_was_announced(batch.m[i], types, nb));
	batch_free(&batch);
	vdev_unplug(port);
}

/*
 * Who routes by packet type, as l3fwd and the graph library do, looks here whether it has to parse itself.
 * Without RSS the write-back says nothing of the headers.
 */
static void
every_packet_carries_the_types_that_are_announced(void **state)
{
	const uint64_t tcp = RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	const uint64_t hash = RTE_ETH_RX_OFFLOAD_RSS_HASH;

	(void)state;
	vdev_pool(4096);
	assert_announced_types_come(0, 0, 1);
	assert_announced_types_come(ALL_RSS_TYPES, 0, 1);
	assert_announced_types_come(RTE_ETH_RSS_IPV4, hash, 2);
	assert_announced_types_come(RTE_ETH_RSS_IPV6, hash, 2);
	assert_announced_types_come(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6, hash, 3);
	assert_announced_types_come(tcp, hash, 1);
	assert_announced_types_come(RTE_ETH_RSS_IPV4 | tcp, hash, 2);
	assert_announced_types_come(ALL_RSS_TYPES, hash, 4);
}

static void
packet_types_that_come_are_among_those_announced(void **state)
{
	const char *path = capture_of("sample");
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	uint32_t types[16], type;
	struct batch batch = { 0 };
	unsigned int i;
	int nb;

	(void)state;
	vdev_pool(4096);
	vdev_start(port, .rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH, .rss_types = ALL_RSS_TYPES);
	nb = rte_eth_dev_get_supported_ptypes(port, UINT32_MAX, types, RTE_DIM(types));
	assert_in_range(nb, 1, RTE_DIM(types));
	receive_all(port, 0, &batch);
	for (i = 0; i < batch.nb; i++) {
		type = batch.m[i]->packet_type;
		assert_true(is_supported(types, nb, type & RTE_PTYPE_L2_MASK));
		assert_true(is_supported(types, nb, type & RTE_PTYPE_L3_MASK));
		assert_true(is_supported(types, nb, type & RTE_PTYPE_L4_MASK));
	}
	batch_free(&batch);
}

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(vlan_strip_takes_8100_tags_out_and_nothing_else),
		vdev_test(without_vlan_strip_tags_stay_in_the_packet),
		vdev_test(vlan_strip_can_be_switched_while_the_port_runs),
		vdev_test(a_setting_of_vlan_strip_outlives_stop_and_start),
		vdev_test(frames_that_end_at_their_tag_are_safe),
		vdev_test(checksum_flags_say_what_the_bytes_say),
		vdev_test(a_snapped_packet_has_no_verdict_on_what_is_not_there),
		vdev_test(rss_hashes_are_those_that_microsoft_published),
		vdev_test(only_the_headers_that_were_asked_for_are_hashed),
		vdev_test(without_the_offload_there_is_no_hash),
		vdev_test(the_key_of_the_application_is_used),
		vdev_test(a_key_of_another_length_is_refused),
		vdev_test(every_packet_carries_the_types_that_are_announced),
		vdev_test(packet_types_that_come_are_among_those_announced),
		vdev_test(all_offloads_together_do_not_get_in_each_others_way),
	};

	return vdev_run(tests);
}
