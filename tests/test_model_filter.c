/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The model lets pass what the port's filter says, and drops the rest, counted by cause. */

#include "model_util.h"

struct filter_case {
	uint64_t destination;
	bool promiscuous, all_multicast;
	bool passes;
};

#define OUR_MAC 0x021122334455

static const struct filter_case filter_cases[] = {
	{ OUR_MAC, false, false, true },
	{ OUR_MAC + 1, false, false, false },
	{ OUR_MAC ^ 0x020000000000, false, false, false },
	{ OUR_MAC + 1, true, false, true },
	{ OUR_MAC + 1, false, true, false },
	{ 0xffffffffffff, false, false, true },
	{ 0xfffffffffffe, false, false, false },
	{ 0xfffffffffffe, false, true, true },
	{ 0x01005e000001, false, false, false },
	{ 0x01005e000001, false, true, true },
	{ 0x01005e000001, true, false, true },
	{ 0x333300000001, false, true, true },
	{ 0, false, false, false },
};

static void
set_filter(const struct filter_case *t)
{
	static const uint8_t mac[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };

	memset(&filter, 0, sizeof(filter));
	memcpy(&filter.macs[0], mac, sizeof(mac));
	filter.scattered = true;
	filter.promiscuous = t->promiscuous;
	filter.all_multicast = t->all_multicast;
}

static void
only_what_is_for_us_passes_the_filter(void **state)
{
	const struct filter_case *t;
	unsigned int nb_stopped = 0;

	(void)state;
	for (t = filter_cases; t < RTE_DIM(filter_cases) + filter_cases; t++) {
		set_filter(t);
		rx.head = 0;
		arm(0);
		put_frame(60);
		set_destination(wire.nb - 1, t->destination);
		vnic_rx_process(&rx, &wire.source, NO_LIMIT);
		assert_int_equal(frames_taken(), wire.nb);
		assert_int_equal(rx.head, t->passes);
		nb_stopped += !t->passes;
		assert_int_equal(status_of(0) & DUALBUF_RXD_DD, t->passes);
	}
	assert_int_equal(rx.missed, 0);
	assert_int_equal(rx.too_long, 0);
	assert_int_equal(rx.drops.not_for_us, nb_stopped);
}

static void
a_runt_without_an_address_is_for_nobody(void **state)
{
	const struct filter_case strict = { 0 };
	uint32_t len;

	(void)state;
	set_filter(&strict);
	for (len = 0; len < 6; len++) {
		put_frame(len);
		memset((uint8_t *)(uintptr_t)wire.frames[len].data, 0xff, len);
	}
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(frames_taken(), 6);
	assert_untouched(0);
	filter.promiscuous = 1;
	put_frame(3);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_frame(0, 6);
}

/* A frame that is not for us never was: it is neither missed nor too long, and it waits for nothing. */
static void
what_the_filter_stops_needs_no_descriptor(void **state)
{
	const struct filter_case strict = { 0 };

	(void)state;
	set_filter(&strict);
	wire.source.live = true;
	rx.tail = 0;
	put_frame(60);
	put_frame(NB_DESC * BUF_SIZE);
	set_destination(0, OUR_MAC + 1);
	set_destination(1, OUR_MAC + 1);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(frames_taken(), 2);
	assert_int_equal(rx.missed, 0);
	assert_int_equal(rx.too_long, 0);
}

/* The address as the filter has it: its first byte is the lowest. */
static uint64_t
filter_value(uint64_t mac)
{
	return rte_bswap64(mac << 16);
}

/* Is one more frame, with these bytes behind its addresses, brought to descriptor 0? */
static bool
tagged_passes(uint64_t destination, const char *behind)
{
	rx.head = 0;
	arm(0);
	put_frame(60);
	set_destination(wire.nb - 1, destination);
	memcpy((uint8_t *)(uintptr_t)wire.frames[wire.nb - 1].data + 12, behind, 4);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(frames_taken(), wire.nb);
	if (rx.head == 1)
		assert_memory_equal(buffers[0], wire.frames[wire.nb - 1].data, 60);
	else
		assert_untouched(0);
	return rx.head == 1;
}

static bool
passes(uint64_t destination)
{
	return tagged_passes(destination, "\x08\x00\x45\x00");
}

static void
further_addresses_pass_exactly(void **state)
{
	const struct filter_case strict = { 0 };

	(void)state;
	set_filter(&strict);
	filter.macs[3] = filter_value(0x020000000007);
	filter.macs[14] = filter_value(0x01005e000007);
	assert_true(passes(OUR_MAC));
	assert_true(passes(0x020000000007));
	assert_true(passes(0x01005e000007));
	assert_false(passes(0x020000000008));
	assert_false(passes(0x01005e000008));
	assert_false(passes(0)); /* as free entries are */
	filter.macs[3] = 0;
	assert_false(passes(0x020000000007));
}

static void
groups_pass_exactly(void **state)
{
	const struct filter_case strict = { 0 };

	(void)state;
	set_filter(&strict);
	filter.groups[0] = filter_value(0x01005e000001);
	filter.groups[2] = filter_value(0x333300000001);
	filter.nb_groups = 3;
	assert_true(passes(0x01005e000001));
	assert_true(passes(0x333300000001));
	assert_false(passes(0x01005e100001)); /* which silicon lets pass with the first */
	assert_false(passes(0x01005e000002));
	assert_true(passes(OUR_MAC));
	filter.nb_groups = 2;
	assert_false(passes(0x333300000001));
}

static void
only_vlans_in_the_table_pass(void **state)
{
	static const bool promiscuous[] = { false, true };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(promiscuous); i++) {
		set_filter(&(const struct filter_case){ .promiscuous = promiscuous[i] });
		filter.vlans[7 / 64] = RTE_BIT64(7);
		filter.vlans[4095 / 64] = RTE_BIT64(63);
		rx.drops = (struct vnic_drops){ 0 };
		/* not switched on */
		assert_true(tagged_passes(OUR_MAC, "\x81\x00\x00\x08"));
		filter.by_vlan = true;
		assert_true(tagged_passes(OUR_MAC, "\x81\x00\x00\x07"));
		assert_true(tagged_passes(OUR_MAC, "\x81\x00\xf0\x07")); /* priority, DEI */
		assert_true(tagged_passes(OUR_MAC, "\x81\x00\x0f\xff"));
		assert_true(passes(OUR_MAC)); /* no tag */
		/* this type is not one that is looked at */
		assert_true(tagged_passes(OUR_MAC, "\x88\xa8\x00\x08"));
		assert_int_equal(rx.drops.other_vlan, 0);
		assert_false(tagged_passes(OUR_MAC, "\x81\x00\x00\x08"));
		assert_false(tagged_passes(OUR_MAC, "\x81\x00\x00\x00"));
		assert_int_equal(rx.drops.other_vlan, 2);
		filter.vlans[0] |= 1;
		assert_true(tagged_passes(OUR_MAC, "\x81\x00\x00\x00"));
		/* the address counts all the same */
		assert_int_equal(tagged_passes(OUR_MAC + 1, "\x81\x00\x00\x07"), promiscuous[i]);
	}
}

static void
a_frame_that_ends_within_its_tag_has_none(void **state)
{
	(void)state;
	filter.by_vlan = true;
	put_frame(15);
	memcpy((uint8_t *)(uintptr_t)wire.frames[0].data + 12, "\x81\x00\x00", 3);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(rx.head, 1);
	assert_memory_equal(buffers[0], wire.frames[0].data, 15);
}

/* Lengths -------------------------------------------------------------------------------------- */

static void
without_scatter_a_frame_fits_one_buffer_or_is_dropped_whole(void **state)
{
	(void)state;
	filter.scattered = false;
	put_frame(BUF_SIZE);
	put_frame(BUF_SIZE + 1);
	put_frame(3 * BUF_SIZE);
	put_frame(60);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(frames_taken(), 4);
	assert_frame(0, 0);
	assert_frame(1, 3);
	assert_untouched(2);
	assert_int_equal(rx.drops.unscattered, 2);
	assert_int_equal(rx.drops.over_mtu, 0);
	assert_int_equal(rx.too_long, 0);
}

/* As silicon has it, which writes a frame without the tag that it takes out. */
static void
what_fits_without_its_tag_is_one_buffers(void **state)
{
	static const bool scattered[] = { false, true };
	unsigned int i;

	(void)state;
	strip = RTE_VLAN_HLEN;
	for (i = 0; i < RTE_DIM(scattered); i++) {
		filter.scattered = scattered[i];
		put_frame(BUF_SIZE + RTE_VLAN_HLEN);
		vnic_rx_process(&rx, &wire.source, NO_LIMIT);
		assert_int_equal(frames_taken(), i + 1);
		assert_int_equal(rx.head, i + 1);
		assert_memory_equal(buffers[i], wire.frames[i].data + RTE_VLAN_HLEN, BUF_SIZE);
	}
	filter.scattered = false;
	put_frame(BUF_SIZE + RTE_VLAN_HLEN + 1);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(frames_taken(), 3);
	assert_int_equal(rx.head, 2);
	assert_untouched(2);
	assert_int_equal(rx.drops.unscattered, 1);
}

static void
frames_longer_than_the_mtu_are_dropped_where_that_is_enforced(void **state)
{
	(void)state;
	filter.mtu = 100;
	put_frame(119);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_frame(0, 0);
	filter.enforce_mtu = true;
	put_frame(118); /* with a tag */
	put_frame(119);
	put_frame(60);
	vnic_rx_process(&rx, &wire.source, NO_LIMIT);
	assert_int_equal(frames_taken(), 4);
	assert_frame(1, 1);
	assert_frame(2, 3);
	assert_untouched(3);
	assert_int_equal(rx.drops.over_mtu, 1);
	assert_int_equal(rx.drops.unscattered, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_nic(only_what_is_for_us_passes_the_filter),
		with_nic(a_runt_without_an_address_is_for_nobody),
		with_nic(what_the_filter_stops_needs_no_descriptor),
		with_nic(further_addresses_pass_exactly),
		with_nic(groups_pass_exactly),
		with_nic(only_vlans_in_the_table_pass),
		with_nic(a_frame_that_ends_within_its_tag_has_none),
		with_nic(without_scatter_a_frame_fits_one_buffer_or_is_dropped_whole),
		with_nic(what_fits_without_its_tag_is_one_buffers),
		with_nic(frames_longer_than_the_mtu_are_dropped_where_that_is_enforced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
