/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* pcapng files as sources: what each kind of block means, and what is passed over. */

#include "pcapng_util.h"
#include "wire_source_util.h"

#define RAW 101
#define WIFI 105

/* Packet i, as assert_frame() wants it. */
static void
put_packet(uint32_t interface, unsigned int i)
{
	bytes[0] = (uint8_t)i;
	ng_enhanced(&capture, interface, STAMP, bytes, 60 + i);
}

static void
assert_next(uint64_t stamp, uint32_t len)
{
	const struct wire_frame *frame = wire_source_peek(source);

	assert_non_null(frame);
	assert_int_equal(frame->stamp, stamp);
	assert_int_equal(frame->len, len);
	assert_memory_equal(frame->data, bytes, len);
	wire_source_take(source, 1);
}

/* Sections ------------------------------------------------------------------------------------- */

static void
each_section_has_its_own_byte_order(void **state)
{
	unsigned int i;

	(void)state;
	capture.len = 0;
	for (i = 0; i < 6; i++) {
		ng_section(&capture, i % 3 == 1);
		ng_timed_interface(&capture, 9, 0);
		put_packet(0, i);
	}
	open_source(1);
	assert_frames(0, 6);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

static void
the_length_that_a_section_says_is_not_asked(void **state)
{
	static const uint64_t lengths[] = { 0, 1, 100, 1ULL << 40, INT64_MAX };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lengths); i++) {
		ng_start_file(&capture, i % 2);
		ng_patch(&capture, 16, lengths[i], 8);
		put_packet(0, 0);
		put_packet(0, 1);
		open_source(1);
		assert_frames(0, 2);
		assert_end_of_source();
		assert_nothing_logged(&logged);
		wire_source_close(source);
	}
	source = NULL;
}

static void
a_new_section_forgets_the_interfaces_of_the_one_before(void **state)
{
	(void)state;
	ng_start_file(&capture, false);
	ng_timed_interface(&capture, 6, 0);
	put_packet(1, 0);
	ng_section(&capture, false);
	ng_timed_interface(&capture, 9, 0);
	put_packet(0, 1);
	put_packet(1, 2);
	open_source(1);
	assert_frames(0, 2);
	assert_end_of_source();
	assert_logged(&logged, end.name, "record 3", "interface 1", "the 1 that");
}

static void
versions_1_0_and_1_2_are_the_same(void **state)
{
	(void)state;
	ng_start_file(&capture, true);
	ng_patch(&capture, 14, 2, 2);
	put_packet(0, 0);
	open_source(1);
	assert_frame(0);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

/* Interfaces ----------------------------------------------------------------------------------- */

static void
interfaces_have_their_own_unit_and_offset_of_time(void **state)
{
	(void)state;
	ng_start_file(&capture, false);
	ng_interface(&capture, CAPTURE_ETHERNET, 0); /* microseconds */
	ng_timed_interface(&capture, 0x80 | 20, 1000);
	ng_timed_interface(&capture, 3, -5);
	ng_timed_interface(&capture, 12, 0);
	ng_enhanced(&capture, 4, 7999, bytes, 60);
	ng_enhanced(&capture, 3, 6001, bytes, 61);
	ng_enhanced(&capture, 2, (3 << 20) + (1 << 19), bytes, 62);
	ng_enhanced(&capture, 1, 123, bytes, 63);
	ng_obsolete(&capture, 0, STAMP, bytes, 64);
	open_source(1);
	assert_next(7, 60);
	assert_next(1001000000, 61);
	assert_next(1003500000000, 62);
	assert_next(123000, 63);
	assert_next(STAMP, 64);
	assert_end_of_source();
}

static void
longer_packets_are_cut_to_the_snap_length_of_their_interface(void **state)
{
	(void)state;
	ng_start_file(&capture, false);
	ng_interface(&capture, CAPTURE_ETHERNET, 64);
	ng_interface(&capture, CAPTURE_ETHERNET, UINT32_MAX);
	ng_enhanced(&capture, 0, 0, bytes, WIRE_MAX_FRAME);
	ng_enhanced(&capture, 1, 0, bytes, 1000);
	ng_enhanced(&capture, 2, 0, bytes, 1000);
	ng_obsolete(&capture, 1, 0, bytes, 65);
	ng_enhanced(&capture, 1, 0, bytes, 63);
	open_source(1);
	assert_next(0, WIRE_MAX_FRAME);
	assert_next(0, 64);
	assert_next(0, 1000);
	assert_next(0, 64);
	assert_next(0, 63);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

static void
a_section_may_describe_65536_interfaces_and_no_more(void **state)
{
	FILE *file = fopen(end.name, "w");
	unsigned int i;
	size_t at;

	(void)state;
	assert_non_null(file);
	ng_start_file(&capture, false);
	at = capture.len;
	assert_int_equal(fwrite(capture.bytes, at, 1, file), 1);
	ng_interface(&capture, CAPTURE_ETHERNET, 0);
	for (i = 1; i < 65536; i++)
		assert_int_equal(fwrite(&capture.bytes[at], capture.len - at, 1, file), 1);
	bytes[0] = 0;
	ng_enhanced(&capture, 65535, 0, bytes, 60);
	ng_interface(&capture, CAPTURE_ETHERNET, 0);
	assert_int_equal(fwrite(&capture.bytes[at + 20], capture.len - at - 20, 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	/* so much is passed over in several looks, so that whoever polls is not held up */
	assert_null(wire_source_peek(source));
	assert_false(source->ended);
	assert_int_equal(wire_source_wait(source), 0);
	assert_frame(0);
	assert_end_of_source();
	assert_int_equal(wire_source_wait(source), UINT64_MAX);
	assert_logged(&logged, end.name, "record 2", "65536 interfaces");
}

/* Packets -------------------------------------------------------------------------------------- */

static void
a_simple_packet_has_no_time_and_no_more_bytes_than_are_possible(void **state)
{
	(void)state;
	capture.len = 0;
	ng_section(&capture, true);
	ng_begin_interface(&capture, CAPTURE_ETHERNET, 100);
	ng_tsoffset(&capture, 1000);
	ng_end(&capture);
	ng_interface(&capture, CAPTURE_ETHERNET, 10);
	ng_simple(&capture, 61, bytes, 61); /* and three bytes of padding */
	ng_simple(&capture, 200, bytes, 100);
	ng_simple(&capture, 200, bytes, 120);
	ng_simple(&capture, 90, bytes, 80);
	ng_simple(&capture, UINT32_MAX, bytes, 0);
	ng_simple(&capture, 0, bytes, 0);
	open_source(1);
	assert_next(0, 61);
	assert_next(0, 100);
	assert_next(0, 100);
	assert_next(0, 80);
	assert_next(0, 0);
	assert_next(0, 0);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

static void
what_says_nothing_of_packets_is_passed_over(void **state)
{
	unsigned int i;

	(void)state;
	capture.len = 0;
	ng_begin_section(&capture, false);
	ng_option(&capture, NG_COMMENT, "a section", 9);
	ng_end(&capture);
	ng_other(&capture, NG_STATISTICS, bytes, 12);
	ng_begin_interface(&capture, CAPTURE_ETHERNET, 0);
	ng_option(&capture, 2, "eth0", 4);
	ng_option(&capture, 32777, bytes, 65535);
	ng_tsresol(&capture, 9);
	ng_options_end(&capture);
	capture_put_bytes(&capture, "\x09\0\xff\xffno option any more", 20);
	ng_end(&capture);
	for (i = 0; i < 4; i++) {
		ng_other(&capture, i == 2 ? 4 : NG_UNKNOWN, bytes, i * 5);
		bytes[0] = (uint8_t)i;
		ng_begin_enhanced(&capture, 0, STAMP, bytes, 60 + i);
		ng_option(&capture, NG_COMMENT, "packet", 6);
		ng_option(&capture, 2, "\1\0\0\0", 4);
		ng_end(&capture);
	}
	ng_other(&capture, NG_STATISTICS, bytes, 40);
	open_source(1);
	assert_int_equal(wire_source_peek(source)->stamp, STAMP);
	assert_frames(0, 4);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

static void
blocks_longer_than_what_is_read_at_a_time_are_passed_over(void **state)
{
	(void)state;
	ng_start_file(&capture, false);
	ng_begin_interface(&capture, CAPTURE_ETHERNET, 0);
	ng_tsresol(&capture, 9);
	while (capture.len < 700000)
		ng_option(&capture, NG_COMMENT, bytes, 50000);
	ng_end(&capture);
	put_packet(1, 0);
	ng_other(&capture, NG_UNKNOWN, bytes, WIRE_MAX_FRAME);
	put_packet(1, 1);
	open_source(0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_nothing_logged(&logged);
}

/* The longest frame, with options that do not fit into memory with it. */
static void
a_packet_with_long_options_is_delivered_when_its_block_is_whole(void **state)
{
	unsigned int cut;
	size_t len;

	(void)state;
	ng_start_file(&capture, true);
	put_packet(0, 0);
	ng_begin_enhanced(&capture, 0, STAMP, bytes, WIRE_MAX_FRAME);
	while (capture.len < 900000)
		ng_option(&capture, NG_COMMENT, bytes, 60001);
	ng_end(&capture);
	put_packet(0, 1);
	open_source(1);
	assert_frame(0);
	bytes[0] = 0;
	assert_next(STAMP, WIRE_MAX_FRAME);
	assert_frame(1);
	assert_end_of_source();
	assert_nothing_logged(&logged);
	wire_source_close(source);
	len = capture.len - 96;
	for (cut = 1; cut < 600000; cut = cut * 3 + 1) {
		capture.len = len - cut;
		open_source(1);
		assert_frame(0);
		assert_end_of_source();
		assert_logged(&logged, "record 2", "truncated");
		wire_source_close(source);
	}
	source = NULL;
}

/* Written with a hole in it: the block takes no room on disk, and reading it would take long. */
static void
a_block_of_4_GB_takes_neither_memory_nor_time(void **state)
{
	const uint32_t total = UINT32_MAX - 3;
	FILE *file = fopen(end.name, "w");
	size_t at;

	(void)state;
	assert_non_null(file);
	ng_start_file(&capture, false);
	put_packet(0, 0);
	capture_put(&capture, NG_UNKNOWN, 4);
	capture_put(&capture, total, 4);
	at = capture.len;
	capture_put(&capture, total, 4);
	put_packet(0, 1);
	assert_int_equal(fwrite(capture.bytes, at, 1, file), 1);
	assert_int_equal(fseeko(file, total - 12, SEEK_CUR), 0);
	assert_int_equal(fwrite(&capture.bytes[at], capture.len - at, 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	assert_frames(0, 2);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

/* Other link types ----------------------------------------------------------------------------- */

static void
packets_of_other_link_types_are_passed_over_counted_and_said_once(void **state)
{
	unsigned int i;

	(void)state;
	ng_start_file(&capture, false);
	ng_interface(&capture, RAW, 0);
	ng_interface(&capture, WIFI, 0);
	for (i = 0; i < 40; i++) {
		put_packet(0, i);
		put_packet(1 + i % 2, i);
		ng_obsolete(&capture, 1, 0, bytes, 13);
	}
	open_source_that_logs(0);
	assert_frames(0, 40);
	assert_frames(0, 40);
	assert_logged(&logged, end.name, "RAW (12)", "only those of Ethernet (EN10MB)");
	wire_source_close(source);
	open_source_that_logs(1);
	assert_frames(0, 40);
	assert_end_of_source();
	assert_logged(&logged, end.name, "RAW (12)");
	assert_int_equal(wire_source_foreign(source), 80);
}

static void
packets_before_the_first_ethernet_interface_are_passed_over(void **state)
{
	(void)state;
	capture.len = 0;
	ng_section(&capture, false);
	ng_interface(&capture, WIFI, 0);
	ng_simple(&capture, 60, bytes, 60);
	put_packet(0, 0);
	ng_section(&capture, true);
	ng_interface(&capture, WIFI, 0);
	ng_interface(&capture, CAPTURE_ETHERNET, 0);
	put_packet(1, 0);
	open_source(1);
	assert_frame(0);
	assert_logged(&logged, end.name, "IEEE802_11 (105)");
	assert_int_equal(wire_source_foreign(source), 2);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

static void
a_packet_of_another_link_type_may_be_longer_than_any_frame(void **state)
{
	(void)state;
	ng_start_file(&capture, false);
	ng_interface(&capture, RAW, 0);
	put_packet(0, 0);
	ng_begin_enhanced(&capture, 1, 0, bytes, WIRE_MAX_FRAME);
	capture_put_bytes(&capture, bytes, WIRE_MAX_FRAME);
	ng_patch(&capture, ng_start + 20, 2 * WIRE_MAX_FRAME, 4);
	ng_end(&capture);
	put_packet(0, 1);
	open_source(1);
	assert_frames(0, 2);
	assert_end_of_source();
	assert_logged(&logged, "RAW");
	assert_int_equal(wire_source_foreign(source), 1);
}

static void
a_file_without_an_ethernet_interface_is_refused(void **state)
{
	(void)state;
	capture.len = 0;
	ng_section(&capture, false);
	ng_other(&capture, NG_UNKNOWN, bytes, 40);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "has no interface", "Ethernet (EN10MB) is required");
	ng_interface(&capture, RAW, 0);
	put_packet(0, 0);
	ng_interface(&capture, WIFI, 0);
	put_packet(1, 0);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "link type RAW (12)", "Ethernet (EN10MB) is required");
	capture.len--;
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "link type RAW (12)", "Ethernet (EN10MB) is required");
	capture.len = 40;
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "truncated", "pcap or pcapng");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_section_has_its_own_byte_order),
		TEST(the_length_that_a_section_says_is_not_asked),
		TEST(a_new_section_forgets_the_interfaces_of_the_one_before),
		TEST(versions_1_0_and_1_2_are_the_same),
		TEST(interfaces_have_their_own_unit_and_offset_of_time),
		TEST(longer_packets_are_cut_to_the_snap_length_of_their_interface),
		TEST(a_section_may_describe_65536_interfaces_and_no_more),
		TEST(a_simple_packet_has_no_time_and_no_more_bytes_than_are_possible),
		TEST(what_says_nothing_of_packets_is_passed_over),
		TEST(blocks_longer_than_what_is_read_at_a_time_are_passed_over),
		TEST(a_packet_with_long_options_is_delivered_when_its_block_is_whole),
		TEST(a_block_of_4_GB_takes_neither_memory_nor_time),
		TEST(packets_of_other_link_types_are_passed_over_counted_and_said_once),
		TEST(packets_before_the_first_ethernet_interface_are_passed_over),
		TEST(a_packet_of_another_link_type_may_be_longer_than_any_frame),
		TEST(a_file_without_an_ethernet_interface_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
