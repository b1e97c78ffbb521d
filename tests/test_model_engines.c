/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The silicon's receive half: offload engines and timestamps, between fakes. */

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

/* Another thread sees the data of a frame as soon as it sees DD. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_nic(what_the_engines_found_is_in_the_last_descriptor),
		with_nic(the_frame_that_the_engines_leave_is_written),
		with_nic(stamps_stand_beside_the_last_descriptor_of_a_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
