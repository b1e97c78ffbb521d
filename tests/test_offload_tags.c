/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The VLAN tags that the virtual NIC takes out of frames. */

#include "engine_util.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_engine(tagged_frames_are_checked_with_and_without_stripping),
		with_engine(a_tag_is_taken_out_and_the_rest_is_unchanged),
		with_engine(what_has_no_whole_tag_is_left_as_it_is),
		with_engine(a_tagged_frame_of_more_than_the_greatest_length_is_left_as_it_is),
		with_engine(only_the_outer_of_two_tags_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
