/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The hashes that the virtual NIC finds for receive-side scaling. */

#include "engine_util.h"

/* "Verifying the RSS hash calculation", Microsoft, Windows driver documentation. */
struct vector {
	const char *source;
	uint16_t source_port;
	const char *destination;
	uint16_t destination_port;
	uint32_t addresses; /* the hash of these alone */
	uint32_t with_ports;
};

static const struct vector ipv4_vectors[] = {
	{ "66.9.149.187", 2794, "161.142.100.80", 1766, 0x323e8fc2, 0x51ccc178 },
	{ "199.92.111.2", 14230, "65.69.140.83", 4739, 0xd718262a, 0xc626b0ea },
	{ "24.19.198.95", 12898, "12.22.207.184", 38024, 0xd2d0a5de, 0x5c2b394a },
	{ "38.27.205.30", 48228, "209.142.163.6", 2217, 0x82989176, 0xafc7327f },
	{ "153.39.163.191", 44251, "202.188.127.2", 1303, 0x5d1809c5, 0x10e828a2 },
};

static const struct vector ipv6_vectors[] = {
	{ "3ffe:2501:200:1fff::7", 2794, "3ffe:2501:200:3::1", 1766, 0x2cc18cd5, 0x40207d3d },
	{ "3ffe:501:8::260:97ff:fe40:efab", 14230, "ff02::1", 4739, 0x0f0c461c, 0xdde51bbf },
	{ "3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, "fe80::200:f8ff:fe21:67cf", 38024,
			0x4b61e985, 0x02d1feef },
};

static void
make_vector(const struct vector *v, bool ipv6, bool tcp)
{
	uint8_t ip_protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	int family = ipv6 ? AF_INET6 : AF_INET;
	uint32_t at;

	put_ethernet(ipv6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4);
	at = l3 + (ipv6 ? 8 : 12);
	if (ipv6)
		put_ipv6(ip_protocol);
	else
		put_ipv4(ip_protocol, 0);
	assert_int_equal(inet_pton(family, v->source, &frame[at]), 1);
	assert_int_equal(inet_pton(family, v->destination, &frame[at + (ipv6 ? 16 : 4)]), 1);
	if (tcp)
		put_tcp(v->source_port, v->destination_port);
	else
		put_udp(v->source_port, v->destination_port);
	seal();
}

static void
assert_hash(uint32_t mrq, uint32_t hash)
{
	examine();
	assert_int_equal(meta.mrq, mrq);
	assert_int_equal(meta.rss, hash);
}

static void
ipv4_hashes_are_those_that_microsoft_published(void **state)
{
	const struct vector *v;

	(void)state;
	for (v = ipv4_vectors; v < RTE_DIM(ipv4_vectors) + ipv4_vectors; v++) {
		rss.types = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP;
		make_vector(v, false, true);
		assert_hash(DUALBUF_RXD_RSS_TCP4, v->with_ports);
		rss.types = RTE_ETH_RSS_NONFRAG_IPV4_TCP;
		assert_hash(DUALBUF_RXD_RSS_TCP4, v->with_ports);
		rss.types = RTE_ETH_RSS_IPV4;
		assert_hash(DUALBUF_RXD_RSS_IPV4, v->addresses);
		/* this device hashes no UDP ports */
		rss.types = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP;
		make_vector(v, false, false);
		assert_hash(DUALBUF_RXD_RSS_IPV4, v->addresses);
	}
}

static void
ipv6_hashes_are_those_that_microsoft_published(void **state)
{
	const struct vector *v;

	(void)state;
	for (v = ipv6_vectors; v < RTE_DIM(ipv6_vectors) + ipv6_vectors; v++) {
		rss.types = RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
		make_vector(v, true, true);
		assert_hash(DUALBUF_RXD_RSS_TCP6, v->with_ports);
		rss.types = RTE_ETH_RSS_IPV6;
		assert_hash(DUALBUF_RXD_RSS_IPV6, v->addresses);
		make_vector(v, true, false);
		assert_hash(DUALBUF_RXD_RSS_IPV6, v->addresses);
	}
}

static void
what_is_not_to_be_hashed_is_not(void **state)
{
	(void)state;
	rss.types = RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	make_tcp4(30);
	assert_hash(DUALBUF_RXD_RSS_NONE, 0);
	rss.types = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP;
	make_tcp6(30);
	assert_hash(DUALBUF_RXD_RSS_NONE, 0);
	rss.types = RTE_ETH_RSS_NONFRAG_IPV4_TCP;
	make_udp4(30);
	assert_hash(DUALBUF_RXD_RSS_NONE, 0);
	rss.types = VNIC_RSS_TYPES;
	put_ethernet(RTE_ETHER_TYPE_ARP);
	put_payload(46);
	assert_hash(DUALBUF_RXD_RSS_NONE, 0);
	rss.types = 0;
	make_tcp4(30);
	assert_hash(DUALBUF_RXD_RSS_NONE, 0);
}

static void
fragments_are_hashed_by_their_addresses(void **state)
{
	(void)state;
	rss.types = VNIC_RSS_TYPES;
	make_vector(&ipv4_vectors[0], false, true);
	set16(l3 + 6, 0x2000);
	assert_hash(DUALBUF_RXD_RSS_IPV4, ipv4_vectors[0].addresses);
}

/* TCP over IPv6 behind an extension header, which names a third address. */
static void
make_extended(const struct vector *v, uint8_t kind, const uint8_t extension[8])
{
	put_ethernet(RTE_ETHER_TYPE_IPV6);
	put_ipv6(kind);
	assert_int_equal(inet_pton(AF_INET6, v->source, &frame[l3 + 8]), 1);
	assert_int_equal(inet_pton(AF_INET6, v->destination, &frame[l3 + 24]), 1);
	put_bytes(extension, 8);
	put(0x20010db800000000, 8);
	put(0x77, 8);
	l4 = frame_len;
	put_tcp(v->source_port, v->destination_port);
}

/* Mobile IPv6 (RFC 6275): the flow is that of the addresses in the IPv6 header. */
static void
home_addresses_and_routes_are_not_hashed(void **state)
{
	static const uint8_t home_address[] = { IPPROTO_TCP, 2, 1, 2, 0, 0, 201, 16 };
	static const uint8_t route[] = { IPPROTO_TCP, 2, 2, 1, 0, 0, 0, 0 };
	const struct vector *v;

	(void)state;
	for (v = ipv6_vectors; v < RTE_DIM(ipv6_vectors) + ipv6_vectors; v++) {
		rss.types = VNIC_RSS_TYPES;
		make_extended(v, IPPROTO_DSTOPTS, home_address);
		assert_hash(DUALBUF_RXD_RSS_TCP6, v->with_ports);
		make_extended(v, IPPROTO_ROUTING, route);
		assert_hash(DUALBUF_RXD_RSS_TCP6, v->with_ports);
		rss.types = RTE_ETH_RSS_IPV6;
		make_extended(v, IPPROTO_DSTOPTS, home_address);
		assert_hash(DUALBUF_RXD_RSS_IPV6, v->addresses);
		make_extended(v, IPPROTO_ROUTING, route);
		assert_hash(DUALBUF_RXD_RSS_IPV6, v->addresses);
	}
}

static void
ports_that_are_cut_off_are_not_hashed(void **state)
{
	uint32_t len;

	(void)state;
	rss.types = VNIC_RSS_TYPES;
	make_vector(&ipv4_vectors[0], false, true);
	for (len = 0; len < frame_len; len++) {
		examine_bytes(frame, len);
		assert_int_equal(meta.mrq,
				len < ETH_LEN + 20 ? DUALBUF_RXD_RSS_NONE : DUALBUF_RXD_RSS_IPV4);
	}
	make_vector(&ipv6_vectors[0], true, true);
	for (len = 0; len < frame_len; len++) {
		examine_bytes(frame, len);
		assert_int_equal(meta.mrq,
				len < ETH_LEN + 40 ? DUALBUF_RXD_RSS_NONE : DUALBUF_RXD_RSS_IPV6);
	}
}

static void
tagged_frames_are_hashed_like_others(void **state)
{
	static uint8_t untagged[128];
	uint32_t len;

	(void)state;
	rss.types = VNIC_RSS_TYPES;
	make_vector(&ipv4_vectors[0], false, true);
	len = frame_len - l3;
	memcpy(untagged, &frame[l3], len);
	put_ethernet(RTE_ETHER_TYPE_VLAN);
	put_vlan(9, RTE_ETHER_TYPE_IPV4);
	put_bytes(untagged, len);
	assert_hash(DUALBUF_RXD_RSS_TCP4, ipv4_vectors[0].with_ports);
}

static void
another_key_gives_another_hash(void **state)
{
	(void)state;
	rss.types = VNIC_RSS_TYPES;
	memset(rss.keys[rss.key], 0, sizeof(rss.keys[0]));
	make_vector(&ipv4_vectors[0], false, true);
	assert_hash(DUALBUF_RXD_RSS_TCP4, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_engine(ipv4_hashes_are_those_that_microsoft_published),
		with_engine(ipv6_hashes_are_those_that_microsoft_published),
		with_engine(what_is_not_to_be_hashed_is_not),
		with_engine(fragments_are_hashed_by_their_addresses),
		with_engine(home_addresses_and_routes_are_not_hashed),
		with_engine(ports_that_are_cut_off_are_not_hashed),
		with_engine(tagged_frames_are_hashed_like_others),
		with_engine(another_key_gives_another_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
