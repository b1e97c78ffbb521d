/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Damaged pcapng files as sources: what is whole before the damage is delivered, and nothing else. */

#include "pcapng_util.h"
#include "random_util.h"
#include "wire_source_util.h"

#define WIFI 105

static void
put_packet(unsigned int i)
{
	bytes[0] = (uint8_t)i;
	ng_enhanced(&capture, 0, STAMP, bytes, 60 + i);
}

/* Blocks that cannot be right ------------------------------------------------------------------ */

static void
put_long_packet(void)
{
	ng_begin_enhanced(&capture, 0, 0, bytes, WIRE_MAX_FRAME);
	capture_put(&capture, 0, 4);
	ng_patch(&capture, ng_start + 20, WIRE_MAX_FRAME + 1, 4);
	ng_end(&capture);
}

static void
put_long_simple_packet(void)
{
	ng_begin(&capture, NG_SIMPLE_PACKET);
	capture_put(&capture, UINT32_MAX, 4);
	capture_put_bytes(&capture, bytes, WIRE_MAX_FRAME);
	capture_put(&capture, 0, 4);
	ng_end(&capture);
}

static void
put_packet_longer_than_its_block(void)
{
	ng_enhanced(&capture, 0, 0, bytes, 60);
	ng_patch(&capture, ng_start + 20, 61, 4);
}

static void
put_foreign_packet_longer_than_its_block(void)
{
	ng_obsolete(&capture, 1, 0, bytes, 60);
	ng_patch(&capture, ng_start + 20, UINT32_MAX, 4);
}

static void
put_packet_of_no_interface(void)
{
	ng_enhanced(&capture, 2, 0, bytes, 60);
}

static void
put_packet_of_a_far_interface(void)
{
	ng_enhanced(&capture, UINT32_MAX, 0, bytes, 60);
}

static void
put_obsolete_packet_of_no_interface(void)
{
	ng_obsolete(&capture, 65535, 0, bytes, 60);
}

static void
put_simple_packet_of_no_interface(void)
{
	ng_section(&capture, false);
	ng_simple(&capture, 60, bytes, 60);
}

static void
put_another_length_at_the_end(void)
{
	ng_enhanced(&capture, 0, 0, bytes, 60);
	ng_patch(&capture, capture.len - 4, 96, 4);
}

static void
put_another_length_at_the_end_of_a_long_block(void)
{
	ng_begin(&capture, NG_UNKNOWN);
	capture.len += 600000;
	ng_end(&capture);
	ng_patch(&capture, capture.len - 4, 600000, 4);
}

static void
put_short_packet_block(void)
{
	ng_other(&capture, NG_ENHANCED_PACKET, bytes, 16);
}

static void
put_short_interface(void)
{
	ng_other(&capture, NG_INTERFACE, bytes, 4);
}

static void
put_block_without_an_end(void)
{
	ng_other(&capture, NG_UNKNOWN, bytes, 0);
	ng_patch(&capture, ng_start + 4, 8, 4);
}

static void
put_length_of_nothing(void)
{
	ng_other(&capture, NG_UNKNOWN, bytes, 0);
	ng_patch(&capture, ng_start + 4, 0, 4);
}

static void
put_odd_length(void)
{
	ng_other(&capture, NG_UNKNOWN, bytes, 4);
	ng_patch(&capture, ng_start + 4, 13, 4);
}

static void
put_bad_mark(void)
{
	ng_section(&capture, false);
	ng_patch(&capture, ng_start + 8, 0x1a2b3c4e, 4);
}

static void
put_bad_version(void)
{
	ng_section(&capture, false);
	ng_patch(&capture, ng_start + 12, 2, 2);
}

static void
put_bad_minor_version(void)
{
	ng_section(&capture, false);
	ng_patch(&capture, ng_start + 14, 1, 2);
}

static void
put_bad_tsresol(void)
{
	ng_begin_interface(&capture, CAPTURE_ETHERNET, 0);
	ng_option(&capture, NG_TSRESOL, "\6\0", 2);
	ng_end(&capture);
}

static void
put_bad_tsoffset(void)
{
	ng_begin_interface(&capture, CAPTURE_ETHERNET, 0);
	ng_option(&capture, NG_TSOFFSET, "\6\0\0\0", 4);
	ng_end(&capture);
}

static void
put_long_option(void)
{
	ng_begin_interface(&capture, CAPTURE_ETHERNET, 0);
	ng_option(&capture, NG_COMMENT, "12345678", 8);
	ng_patch(&capture, ng_start + 18, 9, 2);
	ng_end(&capture);
}

static const struct damage {
	void (*put)(void);
	const char *what;
	const char *limit;
} damages[] = {
	{ put_long_packet, "captured length of 262145", "at most 262144" },
	{ put_long_simple_packet, "captured length of 262148", "at most 262144" },
	{ put_packet_longer_than_its_block, "captured length of 61", "at most 60" },
	{ put_foreign_packet_longer_than_its_block, "captured length of 4294967295", "at most 60" },
	{ put_packet_of_no_interface, "interface 2", "the 2 that are described before" },
	{ put_packet_of_a_far_interface, "interface 4294967295", "the 2 that" },
	{ put_obsolete_packet_of_no_interface, "interface 65535", "the 2 that" },
	{ put_simple_packet_of_no_interface, "interface 0", "the 0 that" },
	{ put_another_length_at_the_end, "length of 92, and 96", "the same" },
	{ put_another_length_at_the_end_of_a_long_block, "600012, and 600000", "the same" },
	{ put_short_packet_block, "type 6 has a length of 28", "at least 32" },
	{ put_short_interface, "type 1 has a length of 16", "at least 20" },
	{ put_block_without_an_end, "a length of 8", "at least 12" },
	{ put_length_of_nothing, "a length of 0", "at least 12" },
	{ put_odd_length, "a length of 13", "a multiple of 4" },
	{ put_bad_mark, "mark 0x1a2b3c4e", "0x1a2b3c4d" },
	{ put_bad_version, "version 2.0", "1.0 or 1.2" },
	{ put_bad_minor_version, "version 1.1", "1.0 or 1.2" },
	{ put_bad_tsresol, "option 9 of an interface has 2 bytes", "1 are required" },
	{ put_bad_tsoffset, "option 14 of an interface has 4 bytes", "8 are required" },
	{ put_long_option, "option 1 of an interface has 9 bytes", "at most 8" },
};

static void
damage_ends_the_file_and_is_said_with_what_is_allowed(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(damages); i++) {
		ng_start_file(&capture, false);
		ng_interface(&capture, WIFI, 0);
		put_packet(0);
		put_packet(1);
		damages[i].put();
		put_packet(2);
		open_source(1);
		assert_frames(0, 2);
		assert_nothing_logged(&logged);
		assert_end_of_source();
		assert_logged(&logged, "record 3 is damaged", damages[i].what, damages[i].limit,
				"the 2 before it are delivered");
		wire_source_close(source);
	}
	source = NULL;
}

static void
damage_before_any_interface_is_no_capture(void **state)
{
	(void)state;
	capture.len = 0;
	ng_section(&capture, true);
	ng_patch(&capture, 12, 3, 2);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "version 3.0", "1.0 or 1.2", "pcap or pcapng");
	capture.len = 0;
	ng_section(&capture, true);
	put_packet(0);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "interface 0", "pcap or pcapng");
	ng_patch(&capture, 8, 0x4d3c2b1b, 4);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "unknown file format", "pcap or pcapng");
}

static void
packets_that_were_passed_over_are_records_too(void **state)
{
	(void)state;
	ng_start_file(&capture, false);
	ng_interface(&capture, WIFI, 0);
	ng_enhanced(&capture, 1, 0, bytes, 60);
	put_packet(0);
	ng_enhanced(&capture, 1, 0, bytes, 60);
	put_packet_of_no_interface();
	open_source_that_logs(0);
	assert_logged(&logged, "IEEE802_11");
	assert_frame(0);
	assert_frame(0);
	assert_logged(&logged, "record 4 is damaged", "the 1 before it that are of Ethernet");
	assert_frame(0);
	assert_nothing_logged(&logged);
}

static void
an_infinite_file_that_became_another_one_is_read_as_it_is(void **state)
{
	unsigned int i, nb = 0;

	(void)state;
	ng_start_file(&capture, false);
	while (capture.len < 900000)
		put_packet(nb++ % 256);
	open_source(0);
	for (i = 0; i < nb; i++)
		assert_frame(i % 256);
	capture.len = 0;
	put_packet(0);
	assert_true(capture_save(&capture, end.name));
	assert_end_of_source();
	assert_logged(&logged, "record 1", "begins with 0x00000006", "section header");
}

/* Truncation ----------------------------------------------------------------------------------- */

struct cut_file {
	size_t first; /* bytes that have an interface of Ethernet */
	unsigned int nb;
	size_t ends[64]; /* of packets of Ethernet */
	unsigned int nb_blocks;
	size_t block_ends[64]; /* of all blocks */
};

static void
note_block(struct cut_file *file, bool is_frame)
{
	file->block_ends[file->nb_blocks++] = capture.len;
	if (is_frame)
		file->ends[file->nb++] = capture.len;
}

/* One of everything, in both byte orders. */
static void
make_cut_file(struct cut_file *file)
{
	unsigned int i;

	*file = (struct cut_file){ 0 };
	capture.len = 0;
	for (i = 0; i < 2; i++) {
		ng_section(&capture, i == 0);
		note_block(file, false);
		ng_timed_interface(&capture, 0x80 | 10, 5);
		note_block(file, false);
		if (i == 0)
			file->first = capture.len;
		ng_enhanced(&capture, 0, i, bytes, 5);
		note_block(file, true);
		ng_other(&capture, NG_UNKNOWN, bytes, 9);
		note_block(file, false);
		ng_interface(&capture, WIFI, 0);
		note_block(file, false);
		ng_obsolete(&capture, 0, i, bytes, 6);
		note_block(file, true);
		ng_enhanced(&capture, 1, i, bytes, 7);
		note_block(file, false);
		ng_simple(&capture, 8, bytes, 8);
		note_block(file, true);
		ng_enhanced(&capture, 0, i, bytes, 0);
		note_block(file, true);
	}
}

static unsigned int
count_up_to(const size_t *ends, unsigned int nb, size_t len)
{
	unsigned int n = 0;

	while (n < nb && ends[n] <= len)
		n++;
	return n;
}

static bool
ends_between_blocks(const struct cut_file *file, size_t len)
{
	unsigned int i = count_up_to(file->block_ends, file->nb_blocks, len);

	return i > 0 && file->block_ends[i - 1] == len;
}

static void
assert_cut_at(const struct cut_file *file, size_t len)
{
	static const uint32_t lens[] = { 5, 6, 8, 0 };
	unsigned int i, nb = count_up_to(file->ends, file->nb, len);

	assert_true(capture_save_bytes(end.name, capture.bytes, len));
	if (len < file->first) {
		assert_int_equal(wire_source_open(&end, &choices, &source), -EINVAL);
		return;
	}
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	for (i = 0; i < nb; i++) {
		assert_non_null(wire_source_peek(source));
		assert_int_equal(wire_source_peek(source)->len, lens[i % 4]);
		assert_memory_equal(wire_source_peek(source)->data, bytes, lens[i % 4]);
		wire_source_take(source, 1);
	}
	assert_end_of_source();
	fflush(logged.stream);
	assert_int_equal(strstr(logged.text, "truncated") == NULL, ends_between_blocks(file, len));
	wire_source_close(source);
}

static void
a_cut_at_any_byte_leaves_the_whole_packets_before_it(void **state)
{
	struct cut_file file;
	size_t len;

	(void)state;
	make_cut_file(&file);
	for (len = 0; len <= capture.len; len++) {
		assert_cut_at(&file, len);
		log_capture_end(&logged);
		log_capture_begin(&logged);
	}
	source = NULL;
}

/* Corruption ----------------------------------------------------------------------------------- */

/* A frame is at most 8 bytes here, and no byte that it shows was not in the file. */
static void
assert_only_what_is_there(const struct wire_frame *frame)
{
	assert_true(frame->len <= capture.len);
	if (frame->len > 0)
		assert_non_null(memmem(capture.bytes, capture.len, frame->data, frame->len));
}

static void
read_corrupt_file(uint64_t rounds)
{
	const struct wire_frame *frame;
	unsigned int n;

	assert_true(capture_save(&capture, end.name));
	choices.rounds = rounds;
	if (wire_source_open(&end, &choices, &source) != 0)
		return;
	for (n = 0; n < 200 && (frame = wire_source_peek(source)) != NULL; n++) {
		assert_only_what_is_there(frame);
		wire_source_take(source, 1);
	}
	assert_true(rounds == 0 || n < 64);
	wire_source_close(source);
}

static void
corrupt_bytes_never_show_what_is_not_in_the_file(void **state)
{
	static const uint8_t values[] = { 0, 1, 4, 0x7f, 0x80, 0xff };
	uint64_t seed = 1;
	struct cut_file file;
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 4000; round++) {
		make_cut_file(&file);
		for (i = test_random_below(&seed, 4) + 1; i > 0; i--)
			capture.bytes[test_random_below(&seed, capture.len)] = round % 2 == 0 ?
					(uint8_t)test_random(&seed) :
					values[test_random_below(&seed, RTE_DIM(values))];
		read_corrupt_file(round % 4 != 0);
		log_capture_end(&logged);
		log_capture_begin(&logged);
	}
	source = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(damage_ends_the_file_and_is_said_with_what_is_allowed),
		TEST(damage_before_any_interface_is_no_capture),
		TEST(packets_that_were_passed_over_are_records_too),
		TEST(an_infinite_file_that_became_another_one_is_read_as_it_is),
		TEST(a_cut_at_any_byte_leaves_the_whole_packets_before_it),
		TEST(corrupt_bytes_never_show_what_is_not_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
