/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The silicon's receive half: offload engines, timestamps and the address filter, between fakes. */

#include "model_util.h"

static void
what_the_engines_found_is_in_the_last_descriptor(void **state)
{
	const union dualbuf_rx_desc plain = {
		.wb.status_error = rte_cpu_to_le_32(DUALBUF_RXD_DD),
		.wb.length = rte_cpu_to_le_16(BUF_SIZE),
	};
	const union dualbuf_rx_desc last = {
		.wb.mrq = rte_cpu_to_le_32(DUALBUF_RXD_RSS_TCP4),
		.wb.rss = rte_cpu_to_le_32(0x51ccc178),
		.wb.status_error = rte_cpu_to_le_32(DUALBUF_RXD_DD | DUALBUF_RXD_EOP |
				DUALBUF_RXD_VP | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E),
		.wb.length = rte_cpu_to_le_16(10),
		.wb.vlan = rte_cpu_to_le_16(0xa123),
	};

	(void)state;
	found = (struct vnic_rx_meta){
		.mrq = DUALBUF_RXD_RSS_TCP4,
		.rss = 0x51ccc178,
		.status_error = DUALBUF_RXD_VP | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E,
		.vlan = 0xa123,
	};
	put_frame(BUF_SIZE + 10);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 1);
	assert_memory_equal((const void *)(uintptr_t)&rx.desc[0], &plain, sizeof(plain));
	assert_memory_equal((const void *)(uintptr_t)&rx.desc[1], &last, sizeof(last));
}

static void
the_frame_that_the_engines_leave_is_written(void **state)
{
	(void)state;
	strip = 4;
	put_frame(BUF_SIZE + 4);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 1);
	assert_part(0, 0, 4, BUF_SIZE, true);
	assert_int_equal(rx.head, 1);
	assert_int_equal(wire.frames[0].len, BUF_SIZE + 4);
}

static void
stamps_stand_beside_the_last_descriptor_of_a_frame(void **state)
{
	uint64_t stamps[NB_DESC] = { 0 };

	(void)state;
	rx.timestamps = stamps;
	put_frame(60);
	put_frame(BUF_SIZE + 1);
	assert_int_equal(vnic_rx_process(&rx, &wire.source, NO_LIMIT), 2);
	assert_int_equal(stamps[0], 1000);
	assert_int_equal(stamps[1], 0);
	assert_int_equal(stamps[2], 1001);
}

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
	memcpy(&filter.mac, mac, sizeof(mac));
	filter.promiscuous = t->promiscuous;
	filter.all_multicast = t->all_multicast;
}

static void
only_what_is_for_us_passes_the_filter(void **state)
{
	const struct filter_case *t;

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
		assert_int_equal(status_of(0) & DUALBUF_RXD_DD, t->passes);
	}
	assert_int_equal(rx.missed, 0);
	assert_int_equal(rx.too_long, 0);
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

/* Another thread sees the data of a frame as soon as it sees DD. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_nic(what_the_engines_found_is_in_the_last_descriptor),
		with_nic(the_frame_that_the_engines_leave_is_written),
		with_nic(stamps_stand_beside_the_last_descriptor_of_a_frame),
		with_nic(only_what_is_for_us_passes_the_filter),
		with_nic(a_runt_without_an_address_is_for_nobody),
		with_nic(what_the_filter_stops_needs_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
