/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * What the virtual NIC finds in a frame. Frames lie at the very end of a block of memory, so that a
 * sanitizer sees every byte that is read beyond; checksums are computed here by other code.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "vnic_model.h"
#include "vnic_offload.h"

#define SEED 0x2545f4914f6cdd1d
#define GARBAGE_FRAMES 100000
#define ETH_LEN 14
#define VLAN_LEN 4
#define MAX_HEADERS 2048

#define IP_GOOD DUALBUF_RXD_IPCS
#define IP_BAD (DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE)
#define TCP_GOOD DUALBUF_RXD_L4CS
#define UDP_GOOD (DUALBUF_RXD_L4CS | DUALBUF_RXD_UDPCS)

#define CHECKSUMS \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM | \
			RTE_ETH_RX_OFFLOAD_UDP_CKSUM)

static struct dualbuf_rss rss;
static struct vnic_offload offload;
static struct vnic_rx_meta meta;
static uint8_t scratch[WIRE_MAX_FRAME];

/* A frame that is being put together, and where its headers are. */
static uint8_t frame[65536 + MAX_HEADERS];
static uint32_t frame_len;
static uint32_t l3, l4;

/* What the last examination left: the frame's bytes. */
static const uint8_t *result;
static uint32_t result_len;
static uint8_t *block;

static int
set_up(void **state)
{
	(void)state;
	rss.types = 0;
	memcpy(rss.key, dualbuf_rss_default_key, sizeof(rss.key));
	memset(&offload, 0, sizeof(offload));
	offload.rss = &rss;
	offload.rx_offloads = CHECKSUMS;
	memset(frame, 0, sizeof(frame));
	frame_len = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(block);
	block = NULL;
	return 0;
}

/* Let the engines look at a frame that ends where its memory ends. */
static void
examine_bytes(const uint8_t *data, uint32_t len)
{
	struct wire_frame f;

	free(block);
	/* of one byte more in front: an empty frame has an address too */
	block = malloc(len + 1);
	assert_non_null(block);
	memcpy(block + 1, data, len);
	f = (struct wire_frame){ .data = block + 1, .len = len };
	memset(&meta, 0xa5, sizeof(meta));
	vnic_offload_rx(&offload, &f, scratch, &meta);
	result = f.data;
	result_len = f.len;
}

static uint32_t
examine(void)
{
	examine_bytes(frame, frame_len);
	return meta.status_error;
}

static void
put(uint64_t value, unsigned int size)
{
	while (size-- > 0)
		frame[frame_len++] = (uint8_t)(value >> 8 * size);
}

static void
put_bytes(const void *data, uint32_t len)
{
	memcpy(&frame[frame_len], data, len);
	frame_len += len;
}

static void
set16(uint32_t at, uint16_t value)
{
	frame[at] = (uint8_t)(value >> 8);
	frame[at + 1] = (uint8_t)value;
}

/* RFC 1071, byte by byte. */
static uint32_t
sum(uint32_t at, uint32_t len)
{
	uint32_t total = 0, i;

	for (i = 0; i < len; i++)
		total += i % 2 == 0 ? frame[at + i] << 8 : frame[at + i];
	return total;
}

static uint16_t
fold(uint32_t total)
{
	while (total > 0xffff)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static void
put_ethernet(uint16_t type)
{
	frame_len = 0;
	put(0x020000000001, 6);
	put(0x020000000002, 6);
	put(type, 2);
	l3 = frame_len;
}

static void
put_vlan(uint16_t tci, uint16_t type)
{
	put(tci, 2);
	put(type, 2);
	l3 = frame_len;
}

/* An IPv4 header with that many words of options; its length and checksum come at the end. */
static void
put_ipv4(uint8_t protocol, unsigned int nb_options)
{
	put(0x45 + nb_options, 1);
	put(0, 1);
	put(0, 2);
	put(0x1234, 2);
	put(0x4000, 2);
	put(64, 1);
	put(protocol, 1);
	put(0, 2);
	put(0xc0a80001, 4);
	put(0xc0a80002, 4);
	while (nb_options-- > 0)
		put(0x01010101, 4);
	l4 = frame_len;
}

static void
put_ipv6(uint8_t protocol)
{
	put(0x60000000, 4);
	put(0, 2);
	put(protocol, 1);
	put(64, 1);
	put(0xfe80000000000000, 8);
	put(1, 8);
	put(0xfe80000000000000, 8);
	put(2, 8);
	l4 = frame_len;
}

static void
put_tcp(uint16_t source, uint16_t destination)
{
	put(source, 2);
	put(destination, 2);
	put(1, 4);
	put(2, 4);
	put(0x5010, 2);
	put(1000, 2);
	put(0, 4);
}

static void
put_udp(uint16_t source, uint16_t destination)
{
	put(source, 2);
	put(destination, 2);
	put(0, 4);
}

static void
put_payload(uint32_t len)
{
	while (len-- > 0)
		put(frame_len * 7, 1);
}

static bool
is_ipv4(void)
{
	return frame[l3] >> 4 == 4;
}

static uint8_t
protocol(void)
{
	return is_ipv4() ? frame[l3 + 9] : frame[l3 + 6];
}

static uint32_t
checksum_at(void)
{
	return l4 + (protocol() == IPPROTO_TCP ? 16 : 6);
}

/* Over the pseudo header and len bytes. */
static uint16_t
l4_checksum(uint32_t len)
{
	uint32_t addresses = is_ipv4() ? sum(l3 + 12, 8) : sum(l3 + 8, 32);

	return fold(addresses + protocol() + len + sum(l4, len));
}

static void
seal_ipv4(void)
{
	set16(l3 + 10, 0);
	set16(l3 + 10, fold(sum(l3, l4 - l3)));
}

/* Fill in lengths and checksums. */
static void
seal(void)
{
	uint32_t len = frame_len - l4;

	if (is_ipv4())
		set16(l3 + 2, frame_len - l3);
	else
		set16(l3 + 4, len);
	if (protocol() == IPPROTO_UDP)
		set16(l4 + 4, len);
	if (protocol() == IPPROTO_UDP || protocol() == IPPROTO_TCP)
		set16(checksum_at(), l4_checksum(len));
	if (is_ipv4())
		seal_ipv4();
}

static void
make_tcp4(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV4);
	put_ipv4(IPPROTO_TCP, 0);
	put_tcp(1000, 80);
	put_payload(payload);
	seal();
}

static void
make_udp4(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV4);
	put_ipv4(IPPROTO_UDP, 0);
	put_udp(1000, 53);
	put_payload(payload);
	seal();
}

static void
make_tcp6(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV6);
	put_ipv6(IPPROTO_TCP);
	put_tcp(1000, 80);
	put_payload(payload);
	seal();
}

static void
make_udp6(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV6);
	put_ipv6(IPPROTO_UDP);
	put_udp(1000, 53);
	put_payload(payload);
	seal();
}

static void
good_checksums_are_good_at_every_length(void **state)
{
	uint32_t payload;

	(void)state;
	for (payload = 0; payload < 200; payload++) {
		make_tcp4(payload);
		assert_int_equal(examine(), IP_GOOD | TCP_GOOD);
		make_udp4(payload);
		assert_int_equal(examine(), IP_GOOD | UDP_GOOD);
		make_tcp6(payload);
		assert_int_equal(examine(), TCP_GOOD);
		make_udp6(payload);
		assert_int_equal(examine(), UDP_GOOD);
	}
}

static void
jumbo_frames_are_checked_too(void **state)
{
	(void)state;
	make_tcp4(9000);
	assert_int_equal(examine(), IP_GOOD | TCP_GOOD);
	make_udp6(60000);
	assert_int_equal(examine(), UDP_GOOD);
	/* the longest that IPv4 can say; the parser's lengths end before */
	make_tcp4(65535 - 40);
	assert_true((examine() & (DUALBUF_RXD_IPE | DUALBUF_RXD_L4E)) == 0);
}

static void
one_wrong_bit_anywhere_is_found(void **state)
{
	uint32_t at;

	(void)state;
	for (at = 0; at < 20 + 20 + 30; at++) {
		make_tcp4(30);
		/* not what says how much there is to check, and whether it is TCP */
		if (at == 0 || at == 2 || at == 3 || at == 6 || at == 7 || at == 9)
			continue;
		frame[l3 + at] ^= 0x10;
		examine();
		assert_int_equal(meta.status_error & (IP_BAD | TCP_GOOD),
				at < 20 ? IP_BAD | TCP_GOOD : IP_GOOD | TCP_GOOD);
		assert_int_equal((meta.status_error & DUALBUF_RXD_L4E) != 0, at >= 12);
	}
}

static void
a_wrong_ip_checksum_says_nothing_of_tcp(void **state)
{
	(void)state;
	make_tcp4(30);
	frame[l3 + 10] ^= 1;
	assert_int_equal(examine(), IP_BAD | TCP_GOOD);
	make_udp4(30);
	frame[l4 + 7] ^= 1;
	assert_int_equal(examine(), IP_GOOD | UDP_GOOD | DUALBUF_RXD_L4E);
	make_udp6(30);
	frame[l4 + 7] ^= 1;
	assert_int_equal(examine(), UDP_GOOD | DUALBUF_RXD_L4E);
}

static void
only_what_is_asked_for_is_checked(void **state)
{
	(void)state;
	offload.rx_offloads = 0;
	make_tcp4(30);
	assert_int_equal(examine(), 0);
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM;
	assert_int_equal(examine(), IP_GOOD);
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_TCP_CKSUM;
	assert_int_equal(examine(), TCP_GOOD);
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
	assert_int_equal(examine(), 0);
	make_udp4(30);
	assert_int_equal(examine(), UDP_GOOD);
}

static void
a_udp_checksum_of_zero_is_none(void **state)
{
	(void)state;
	make_udp4(30);
	set16(checksum_at(), 0);
	assert_int_equal(examine(), IP_GOOD);
	/* over IPv6 there has to be one */
	make_udp6(30);
	set16(checksum_at(), 0);
	assert_int_equal(examine(), UDP_GOOD | DUALBUF_RXD_L4E);
}

/* A sum that comes out as 0 is sent as 0xffff. */
static void
a_udp_checksum_of_all_ones_is_good(void **state)
{
	(void)state;
	make_udp4(30);
	set16(checksum_at(), 0);
	/* two bytes of payload make up for all the rest */
	set16(l4 + 8, 0);
	set16(l4 + 8, l4_checksum(38));
	assert_int_equal(l4_checksum(38), 0);
	set16(checksum_at(), 0xffff);
	assert_int_equal(examine(), IP_GOOD | UDP_GOOD);
}

static void
fragments_are_not_checked_beyond_ip(void **state)
{
	static const uint16_t fragments[] = { 0x2000, 0x2001, 0x0001, 0x1fff, 0x3fff };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(fragments); i++) {
		make_tcp4(30);
		set16(l3 + 6, fragments[i]);
		seal_ipv4();
		assert_int_equal(examine(), IP_GOOD);
	}
}

static void
padding_behind_the_packet_is_not_part_of_it(void **state)
{
	unsigned int padding;

	(void)state;
	for (padding = 1; padding < 40; padding++) {
		make_tcp4(3);
		put_payload(padding);
		assert_int_equal(examine(), IP_GOOD | TCP_GOOD);
		make_udp6(3);
		put_payload(padding);
		assert_int_equal(examine(), UDP_GOOD);
	}
}

static void
a_cut_frame_has_no_verdict_on_what_is_missing(void **state)
{
	uint32_t whole, len;

	(void)state;
	make_tcp4(50);
	whole = frame_len;
	for (len = 0; len < whole; len++) {
		examine_bytes(frame, len);
		assert_int_equal(meta.status_error, len >= ETH_LEN + 20 ? IP_GOOD : 0);
	}
	make_udp6(50);
	whole = frame_len;
	for (len = 0; len < whole; len++) {
		examine_bytes(frame, len);
		assert_int_equal(meta.status_error, 0);
	}
}

static void
a_cut_header_with_options_has_no_verdict(void **state)
{
	uint32_t len;

	(void)state;
	put_ethernet(RTE_ETHER_TYPE_IPV4);
	put_ipv4(IPPROTO_TCP, 10);
	put_tcp(1, 2);
	put_payload(20);
	seal();
	assert_int_equal(examine(), IP_GOOD | TCP_GOOD);
	for (len = ETH_LEN; len < ETH_LEN + 60; len++) {
		examine_bytes(frame, len);
		assert_int_equal(meta.status_error, 0);
	}
	examine_bytes(frame, len);
	assert_int_equal(meta.status_error, IP_GOOD);
}

static void
an_ip_length_that_has_no_room_for_tcp_is_not_checked(void **state)
{
	uint16_t total;

	(void)state;
	for (total = 0; total < 40; total++) {
		make_tcp4(50);
		set16(l3 + 2, total);
		seal_ipv4();
		assert_int_equal(examine(), IP_GOOD);
	}
	for (total = 0; total < 28; total++) {
		make_udp4(50);
		set16(l3 + 2, total);
		seal_ipv4();
		assert_int_equal(examine(), IP_GOOD);
	}
}

/* What is behind the datagram in the packet is legal, and not under its checksum (RFC 9868). */
static void
a_datagram_that_is_shorter_than_its_packet_is_never_bad(void **state)
{
	(void)state;
	make_udp4(30);
	set16(checksum_at(), 0);
	set16(l4 + 4, 28);
	set16(checksum_at(), l4_checksum(28));
	assert_false(examine() & DUALBUF_RXD_L4E);
	make_udp6(30);
	set16(checksum_at(), 0);
	set16(l4 + 4, 28);
	set16(checksum_at(), l4_checksum(28));
	assert_false(examine() & DUALBUF_RXD_L4E);
}

static void
a_datagram_that_is_longer_than_its_packet_has_no_verdict(void **state)
{
	(void)state;
	make_udp4(30);
	set16(checksum_at(), 0);
	set16(l4 + 4, 100);
	set16(checksum_at(), l4_checksum(38));
	assert_int_equal(examine() & (UDP_GOOD | DUALBUF_RXD_L4E), 0);
}

/* The type says IPv4, the header does not: then nothing in it means anything. */
static void
a_header_of_another_version_is_not_checked(void **state)
{
	unsigned int version_ihl;

	(void)state;
	for (version_ihl = 0; version_ihl < 256; version_ihl++) {
		if (version_ihl >= 0x45 && version_ihl <= 0x4f)
			continue;
		make_tcp4(100);
		frame[l3] = (uint8_t)version_ihl;
		/* where IPv6 has its length */
		set16(l3 + 4, 100);
		assert_int_equal(examine(), 0);
	}
}

static void
options_and_extension_headers_are_skipped(void **state)
{
	unsigned int nb_options;

	(void)state;
	for (nb_options = 0; nb_options <= 10; nb_options++) {
		put_ethernet(RTE_ETHER_TYPE_IPV4);
		put_ipv4(IPPROTO_UDP, nb_options);
		put_udp(1, 2);
		put_payload(20);
		seal();
		assert_int_equal(examine(), IP_GOOD | UDP_GOOD);
	}
	/* hop-by-hop options: no meta is better than a wrong one */
	put_ethernet(RTE_ETHER_TYPE_IPV6);
	put_ipv6(IPPROTO_HOPOPTS);
	put(IPPROTO_TCP << 8, 8);
	put_tcp(1, 2);
	put_payload(20);
	set16(l3 + 4, frame_len - l4);
	assert_false(examine() & DUALBUF_RXD_L4E);
}

static void
other_protocols_have_no_verdict(void **state)
{
	static const uint8_t protocols[] = { IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_GRE, IPPROTO_ESP,
		IPPROTO_IPIP, 253 };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(protocols); i++) {
		put_ethernet(RTE_ETHER_TYPE_IPV4);
		put_ipv4(protocols[i], 0);
		put_payload(64);
		seal();
		assert_int_equal(examine(), IP_GOOD);
	}
	put_ethernet(RTE_ETHER_TYPE_ARP);
	put_payload(46);
	assert_int_equal(examine(), 0);
}

static void
tagged_frames_are_checked_with_and_without_stripping(void **state)
{
	unsigned int strip;

	(void)state;
	for (strip = 0; strip < 2; strip++) {
		offload.rx_offloads = CHECKSUMS | (strip ? RTE_ETH_RX_OFFLOAD_VLAN_STRIP : 0);
		put_ethernet(RTE_ETHER_TYPE_VLAN);
		put_vlan(0xa123, RTE_ETHER_TYPE_IPV4);
		put_ipv4(IPPROTO_TCP, 0);
		put_tcp(1, 2);
		put_payload(30);
		seal();
		assert_int_equal(examine(), IP_GOOD | TCP_GOOD | (strip ? DUALBUF_RXD_VP : 0));
		assert_int_equal(result_len, frame_len - (strip ? VLAN_LEN : 0));
	}
}

static void
a_tag_is_taken_out_and_the_rest_is_unchanged(void **state)
{
	uint32_t len;

	(void)state;
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	for (len = ETH_LEN + VLAN_LEN - 2; len < 300; len++) {
		put_ethernet(RTE_ETHER_TYPE_VLAN);
		put_vlan(0xb007, RTE_ETHER_TYPE_ARP);
		put_payload(300);
		examine_bytes(frame, len);
		assert_int_equal(meta.status_error, DUALBUF_RXD_VP);
		assert_int_equal(meta.vlan, 0xb007);
		assert_int_equal(result_len, len - VLAN_LEN);
		assert_memory_equal(result, frame, 12);
		assert_memory_equal(result + 12, frame + 16, len - 16);
	}
}

static void
assert_not_stripped(uint32_t len)
{
	examine_bytes(frame, len);
	assert_int_equal(meta.status_error, 0);
	assert_int_equal(meta.vlan, 0);
	assert_int_equal(result_len, len);
	assert_memory_equal(result, frame, len);
}

static void
what_has_no_whole_tag_is_left_as_it_is(void **state)
{
	uint32_t len;

	(void)state;
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	put_ethernet(RTE_ETHER_TYPE_VLAN);
	put_vlan(1, RTE_ETHER_TYPE_ARP);
	for (len = 1; len < 16; len++)
		assert_not_stripped(len);
	put_ethernet(RTE_ETHER_TYPE_QINQ);
	put_vlan(1, RTE_ETHER_TYPE_VLAN);
	put_vlan(2, RTE_ETHER_TYPE_ARP);
	put_payload(40);
	assert_not_stripped(frame_len);
	examine_bytes(frame, 0);
	assert_int_equal(meta.status_error, 0);
}

/* The scratch has no room for it; where such frames come from is no concern of the engine. */
static void
a_tagged_frame_of_more_than_the_greatest_length_is_left_as_it_is(void **state)
{
	const uint32_t len = WIRE_MAX_FRAME + 40000;
	uint8_t *data = calloc(1, len);

	(void)state;
	assert_non_null(data);
	memcpy(data + 12, "\x81\x00\x01\x23", 4);
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	examine_bytes(data, len);
	assert_ptr_equal(result, block + 1);
	assert_int_equal(result_len, len);
	assert_int_equal(meta.status_error, 0);
	examine_bytes(data, WIRE_MAX_FRAME);
	assert_int_equal(result_len, WIRE_MAX_FRAME - VLAN_LEN);
	assert_int_equal(meta.vlan, 0x123);
	free(data);
}

static void
only_the_outer_of_two_tags_is_taken_out(void **state)
{
	(void)state;
	offload.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	put_ethernet(RTE_ETHER_TYPE_VLAN);
	put_vlan(1, RTE_ETHER_TYPE_VLAN);
	put_vlan(2, RTE_ETHER_TYPE_ARP);
	put_payload(40);
	assert_int_equal(examine(), DUALBUF_RXD_VP);
	assert_int_equal(meta.vlan, 1);
	assert_memory_equal(result + 12, frame + 16, frame_len - 16);
}

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
	memset(rss.key, 0, sizeof(rss.key));
	make_vector(&ipv4_vectors[0], false, true);
	assert_hash(DUALBUF_RXD_RSS_TCP4, 0);
}

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 16) % limit);
}

static void
set_random_offloads(void)
{
	offload.rx_offloads = random_below(8) == 0 ? 0 : CHECKSUMS;
	if (random_below(2) == 0)
		offload.rx_offloads |= RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	rss.types = random_below(4) == 0 ? 0 : VNIC_RSS_TYPES;
}

/* Nothing is known of the meta but that it is one; the sanitizer sees what is read. */
static void
examine_garbage(uint32_t len)
{
	set_random_offloads();
	examine_bytes(frame, len);
	assert_true(result_len == len || result_len + VLAN_LEN == len);
	assert_true(meta.mrq <= DUALBUF_RXD_RSS_IPV6);
	assert_int_equal(
			meta.status_error & ~(IP_BAD | UDP_GOOD | DUALBUF_RXD_L4E | DUALBUF_RXD_VP),
			0);
}

static void
frames_of_random_bytes_are_never_read_beyond_their_end(void **state)
{
	static const uint16_t types[] = { RTE_ETHER_TYPE_IPV4, RTE_ETHER_TYPE_IPV6,
		RTE_ETHER_TYPE_VLAN, RTE_ETHER_TYPE_QINQ, RTE_ETHER_TYPE_MPLS, RTE_ETHER_TYPE_MPLSM,
		RTE_ETHER_TYPE_ARP, RTE_ETHER_TYPE_PPPOE_SESSION };
	uint32_t i, at, len;

	(void)state;
	random_state = SEED;
	print_message("seed %#llx\n", (unsigned long long)random_state);
	for (i = 0; i < GARBAGE_FRAMES; i++) {
		len = random_below(200);
		for (at = 0; at < len; at++)
			frame[at] = (uint8_t)random_below(256);
		if (random_below(4) != 0)
			set16(12, types[random_below(RTE_DIM(types))]);
		if (random_below(2) == 0)
			set16(16, types[random_below(RTE_DIM(types))]);
		examine_garbage(len);
	}
}

static void
make_any(void)
{
	static void (*const makers[])(uint32_t payload) = {
		make_tcp4,
		make_udp4,
		make_tcp6,
		make_udp6,
	};

	makers[random_below(RTE_DIM(makers))](random_below(100));
}

/* Nearer to what is expected: good packets with a few wrong bytes, cut somewhere. */
static void
damaged_packets_are_never_read_beyond_their_end(void **state)
{
	uint32_t i, wrong;

	(void)state;
	random_state = SEED;
	print_message("seed %#llx\n", (unsigned long long)random_state);
	for (i = 0; i < GARBAGE_FRAMES; i++) {
		make_any();
		for (wrong = random_below(6); wrong > 0; wrong--)
			frame[ETH_LEN + random_below(44)] = (uint8_t)random_below(256);
		examine_garbage(random_below(3) == 0 ? random_below(frame_len + 1) : frame_len);
	}
}

static void
extension_headers_without_end_are_not_followed_beyond_the_frame(void **state)
{
	static const uint8_t extensions[] = { 0, 43, 44, 50, 51, 60 };
	uint32_t i, len;

	(void)state;
	random_state = SEED;
	for (i = 0; i < GARBAGE_FRAMES / 10; i++) {
		put_ethernet(RTE_ETHER_TYPE_IPV6);
		put_ipv6(extensions[random_below(RTE_DIM(extensions))]);
		for (len = random_below(8); len > 0; len--) {
			put(extensions[random_below(RTE_DIM(extensions))], 1);
			put(random_below(4) == 0 ? random_below(256) : 0, 1);
			put(0, 6);
		}
		set16(l3 + 4, frame_len - l4);
		examine_garbage(frame_len - random_below(8));
	}
}

#define with_engine(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_engine(good_checksums_are_good_at_every_length),
		with_engine(jumbo_frames_are_checked_too),
		with_engine(one_wrong_bit_anywhere_is_found),
		with_engine(a_wrong_ip_checksum_says_nothing_of_tcp),
		with_engine(only_what_is_asked_for_is_checked),
		with_engine(a_udp_checksum_of_zero_is_none),
		with_engine(a_udp_checksum_of_all_ones_is_good),
		with_engine(fragments_are_not_checked_beyond_ip),
		with_engine(padding_behind_the_packet_is_not_part_of_it),
		with_engine(a_cut_frame_has_no_verdict_on_what_is_missing),
		with_engine(a_cut_header_with_options_has_no_verdict),
		with_engine(an_ip_length_that_has_no_room_for_tcp_is_not_checked),
		with_engine(a_datagram_that_is_shorter_than_its_packet_is_never_bad),
		with_engine(a_datagram_that_is_longer_than_its_packet_has_no_verdict),
		with_engine(a_header_of_another_version_is_not_checked),
		with_engine(options_and_extension_headers_are_skipped),
		with_engine(other_protocols_have_no_verdict),
		with_engine(tagged_frames_are_checked_with_and_without_stripping),
		with_engine(a_tag_is_taken_out_and_the_rest_is_unchanged),
		with_engine(what_has_no_whole_tag_is_left_as_it_is),
		with_engine(a_tagged_frame_of_more_than_the_greatest_length_is_left_as_it_is),
		with_engine(only_the_outer_of_two_tags_is_taken_out),
		with_engine(ipv4_hashes_are_those_that_microsoft_published),
		with_engine(ipv6_hashes_are_those_that_microsoft_published),
		with_engine(what_is_not_to_be_hashed_is_not),
		with_engine(fragments_are_hashed_by_their_addresses),
		with_engine(ports_that_are_cut_off_are_not_hashed),
		with_engine(tagged_frames_are_hashed_like_others),
		with_engine(another_key_gives_another_hash),
		with_engine(frames_of_random_bytes_are_never_read_beyond_their_end),
		with_engine(damaged_packets_are_never_read_beyond_their_end),
		with_engine(extension_headers_without_end_are_not_followed_beyond_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
