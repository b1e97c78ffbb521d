/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The checksums that the virtual NIC finds good, bad, or nothing to say of. */

#include "engine_util.h"

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

/* Bytes behind the datagram in the packet are legal, and not under its checksum (RFC 9868). */
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
