/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Frames that are not as they should be: nothing is read beyond their end. */

#include "engine_util.h"

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
	offload.rx_offloads = random_below(8) == 0 ? 0 : CHECKSUMS | RTE_ETH_RX_OFFLOAD_RSS_HASH;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_engine(frames_of_random_bytes_are_never_read_beyond_their_end),
		with_engine(damaged_packets_are_never_read_beyond_their_end),
		with_engine(extension_headers_without_end_are_not_followed_beyond_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
