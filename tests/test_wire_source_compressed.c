/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Compressed captures as sources. */

#include "wire_source_util.h"

#include "bytes_format.h"
#include "compress_util.h"
#include "random_util.h"

static uint8_t packed[2 * CAPTURE_MAX];
static size_t packed_len;

/* Add what the capture has, compressed on its own. */
static void
pack(enum compress_format format, const void *from, size_t len)
{
	size_t made = compress_bytes(
			format, from, len, packed + packed_len, sizeof(packed) - packed_len);

	assert_true(made > 0);
	packed_len += made;
}

static void
pack_capture(enum compress_format format)
{
	packed_len = 0;
	pack(format, capture.bytes, capture.len);
}

static void
open_packed_that_logs(uint64_t rounds)
{
	assert_true(capture_save_bytes(end.name, packed, packed_len));
	choices.rounds = rounds;
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
}

static void
open_packed(uint64_t rounds)
{
	open_packed_that_logs(rounds);
	assert_nothing_logged(&logged);
}

static unsigned int
count_frames(void)
{
	unsigned int nb = 0;

	for (; wire_source_peek(source) != NULL; nb++)
		wire_source_take(source, 1);
	return nb;
}

static void
close_source(void)
{
	wire_source_close(source);
	source = NULL;
}

static void
for_each_format(void (*check)(enum compress_format format))
{
	enum compress_format format;

	for (format = 0; format < COMPRESS_FORMATS; format++)
		if (compress_is_built(format))
			check(format);
}

/* More than the window has, and frames in every place of it. */
static unsigned int
make_long_capture(enum capture_format format)
{
	unsigned int nb = 0;

	begin(format, false);
	while (capture.len < 900000)
		add_frames(nb++ % 256, 1);
	return nb;
}

static void
assert_long_capture(unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		assert_frame(i % 256);
}

static void
check_all_kinds(enum compress_format format)
{
	unsigned int kind, nb;

	for (kind = CAPTURE_PCAP; kind <= CAPTURE_PCAPNG_NANO; kind++) {
		nb = make_long_capture(kind);
		pack_capture(format);
		open_packed(1);
		assert_false(source->is_stream);
		assert_int_equal(wire_source_fd(source), -1);
		assert_long_capture(nb);
		assert_end_of_source();
		assert_nothing_logged(&logged);
		close_source();
	}
}

static void
every_kind_of_capture_may_be_compressed(void **state)
{
	(void)state;
	for_each_format(check_all_kinds);
}

static void
check_several_parts(enum compress_format format)
{
	size_t at, len;

	begin(CAPTURE_PCAP, true);
	add_frames(0, 100);
	packed_len = 0;
	for (at = 0; at < capture.len; at += len) {
		len = RTE_MIN(capture.len - at, (size_t)777);
		pack(format, capture.bytes + at, len);
	}
	open_packed(1);
	assert_frames(0, 100);
	assert_end_of_source();
	assert_nothing_logged(&logged);
	close_source();
}

static void
a_file_may_have_several_compressed_parts(void **state)
{
	(void)state;
	for_each_format(check_several_parts);
}

static void
check_rounds(enum compress_format format)
{
	unsigned int nb = make_long_capture(CAPTURE_PCAP), round;

	pack_capture(format);
	open_packed(0);
	for (round = 0; round < 3; round++)
		assert_long_capture(nb);
	close_source();
	open_packed(2);
	assert_long_capture(nb);
	assert_long_capture(nb);
	assert_end_of_source();
	assert_nothing_logged(&logged);
	close_source();
}

static void
it_begins_again_as_often_as_is_wanted(void **state)
{
	(void)state;
	for_each_format(check_rounds);
}

/* An older version. */
static void
check_libpcap(enum compress_format format)
{
	begin(CAPTURE_PCAP, false);
	capture.bytes[6] = 3;
	add_frames(0, 5);
	pack_capture(format);
	open_packed(2);
	assert_frames(0, 5);
	assert_frames(0, 5);
	assert_end_of_source();
	close_source();
}

static void
what_only_libpcap_reads_may_be_compressed(void **state)
{
	(void)state;
	for_each_format(check_libpcap);
}

static void
check_no_capture(enum compress_format format)
{
	static const char text[] = "this is a text, and no capture at all";

	packed_len = 0;
	pack(format, text, sizeof(text));
	assert_true(capture_save_bytes(end.name, packed, packed_len));
	assert_refused(EINVAL, 1, "unknown file format", "pcap or pcapng");
	capture_begin(&capture, CAPTURE_PCAPNG, false, 113);
	pack_capture(format);
	assert_true(capture_save_bytes(end.name, packed, packed_len));
	assert_refused(EINVAL, 1, "LINUX_SLL", "Ethernet");
	/* nothing but the mark of the format */
	packed_len = BYTES_MAGIC_SIZE;
	assert_true(capture_save_bytes(end.name, packed, packed_len));
	assert_refused(EINVAL, 1, "pcap or pcapng capture is required");
}

static void
what_is_compressed_and_no_capture_is_refused(void **state)
{
	(void)state;
	for_each_format(check_no_capture);
}

/* At every length: whole frames, then one line. */
static void
check_truncated(enum compress_format format)
{
	const struct wire_frame *frame;
	size_t whole, len;
	unsigned int n;

	begin(CAPTURE_PCAP, false);
	add_frames(0, 20);
	pack_capture(format);
	whole = packed_len;
	for (len = BYTES_MAGIC_SIZE; len < whole; len++) {
		assert_true(capture_save_bytes(end.name, packed, len));
		choices.rounds = 1;
		if (wire_source_open(&end, &choices, &source) == 0) {
			for (n = 0; (frame = wire_source_peek(source)) != NULL; n++)
				assert_frame(n);
			assert_true(n <= 20);
			assert_logged(&logged, end.name, "end too early");
		} else {
			log_capture_end(&logged);
			log_capture_begin(&logged);
		}
		close_source();
	}
}

static void
of_a_truncated_file_all_whole_frames_come_and_one_line(void **state)
{
	(void)state;
	for_each_format(check_truncated);
}

static void
check_corrupt(enum compress_format format)
{
	uint64_t seed = format + 1;
	unsigned int turn, n;

	for (turn = 0; turn < 3000; turn++) {
		begin(CAPTURE_PCAPNG, false);
		add_frames(0, 20);
		pack_capture(format);
		for (n = 0; n <= turn % 4; n++)
			packed[test_random_below(&seed, packed_len)] = test_random(&seed);
		assert_true(capture_save_bytes(end.name, packed, packed_len));
		choices.rounds = turn % 3;
		if (wire_source_open(&end, &choices, &source) == 0)
			for (n = 0; n < 100 && wire_source_peek(source) != NULL; n++)
				wire_source_take(source, 1);
		close_source();
		log_capture_end(&logged);
		log_capture_begin(&logged);
	}
}

static void
corrupt_bytes_do_no_harm(void **state)
{
	(void)state;
	for_each_format(check_corrupt);
}

/* The last bytes of each format are a checksum of all. */
static void
check_wrong_sum(enum compress_format format)
{
	begin(CAPTURE_PCAP, false);
	add_frames(0, 20);
	pack_capture(format);
	packed[packed_len - (format == COMPRESS_GZIP ? 8 : 4)] ^= 1;
	open_packed_that_logs(1);
	assert_frames(0, 20);
	assert_end_of_source();
	assert_logged(&logged, end.name, "record 21 is damaged");
	close_source();
}

static void
a_wrong_checksum_is_told_behind_the_last_frame(void **state)
{
	(void)state;
	for_each_format(check_wrong_sum);
}

/* Random bytes are stored as they are, so it is known where the second block has its header. */
static void
check_damaged_block(enum compress_format format, size_t block_size, size_t header_size)
{
	const uint32_t len = 60000;
	uint64_t seed = 1;
	unsigned int n, nb;
	uint8_t *stored;
	size_t i;

	begin(CAPTURE_PCAP, false);
	for (n = 0; n < 7; n++) {
		for (i = 0; i < len; i++)
			bytes[i] = test_random(&seed);
		capture_add(&capture, STAMP, bytes, len, len);
	}
	pack_capture(format);
	stored = memmem(packed, packed_len, capture.bytes, 24);
	assert_non_null(stored);
	memset(stored + block_size, 0xff, header_size);
	open_packed_that_logs(1);
	nb = count_frames();
	assert_int_equal(nb, (block_size - 24) / (16 + len));
	assert_logged(&logged, end.name, "is damaged");
	close_source();
}

static void
what_is_before_a_damaged_block_comes(void **state)
{
	(void)state;
	if (compress_is_built(COMPRESS_ZSTD))
		check_damaged_block(COMPRESS_ZSTD, 128 * 1024, 3);
	if (compress_is_built(COMPRESS_LZ4))
		check_damaged_block(COMPRESS_LZ4, 64 * 1024, 4);
}

static void
a_format_that_this_build_lacks_is_refused_with_the_name_of_its_library(void **state)
{
	static const struct {
		const char *magic;
		const char *library;
	} formats[COMPRESS_FORMATS] = {
		[COMPRESS_GZIP] = { "\x1f\x8b\x08\x00", "zlib" },
		[COMPRESS_ZSTD] = { "\x28\xb5\x2f\xfd", "libzstd" },
		[COMPRESS_LZ4] = { "\x04\x22\x4d\x18", "liblz4" },
	};
	enum compress_format format;

	(void)state;
	for (format = 0; format < COMPRESS_FORMATS; format++) {
		if (compress_is_built(format))
			continue;
		assert_true(capture_save_bytes(end.name, formats[format].magic, 4));
		assert_refused(ENOTSUP, 1, "this build has no", formats[format].library);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_kind_of_capture_may_be_compressed),
		TEST(a_file_may_have_several_compressed_parts),
		TEST(it_begins_again_as_often_as_is_wanted),
		TEST(what_only_libpcap_reads_may_be_compressed),
		TEST(what_is_compressed_and_no_capture_is_refused),
		TEST(of_a_truncated_file_all_whole_frames_come_and_one_line),
		TEST(corrupt_bytes_do_no_harm),
		TEST(a_wrong_checksum_is_told_behind_the_last_frame),
		TEST(what_is_before_a_damaged_block_comes),
		TEST(a_format_that_this_build_lacks_is_refused_with_the_name_of_its_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
