/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Hashes, which are held to published ones, and the packet types that come with them. */

#include "compat_util.h"
#include "offload_util.h"

#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

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
} __attribute__((packed));

struct frame_v6 {
	struct rte_ether_hdr eth;
	struct rte_ipv6_hdr ip;
	struct rte_tcp_hdr tcp;
} __attribute__((packed));

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
	vdev_assert_logged(&log, COMPAT_RSS_KEY_REFUSED);
}

static const struct CMUnitTest tests[] = {
	vdev_test(rss_hashes_are_those_that_microsoft_published),
	vdev_test(only_the_headers_that_were_asked_for_are_hashed),
	vdev_test(without_the_offload_there_is_no_hash),
	vdev_test(the_key_of_the_application_is_used),
	vdev_test(a_key_of_another_length_is_refused),
};

VDEV_MAIN(tests)
