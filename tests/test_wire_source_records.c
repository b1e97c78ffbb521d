/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The records of capture files: long files, damage, and the way round infinite ones. */

#include "wire_source_util.h"

#include <pcap/pcap.h>

/* Random frames, most of them short, up to some bytes of the longest file that a test can make. */
static void
add_random_frames(void)
{
	static const uint32_t limits[] = { 100, 100, 2000, 2000, 20000, WIRE_MAX_FRAME };
	uint32_t len;

	for (;;) {
		len = (uint32_t)random() % (limits[random() % RTE_DIM(limits)] + 1);
		if (capture.len + 16 + len > sizeof(capture.bytes))
			return;
		bytes[0] = (uint8_t)random();
		capture_add(&capture, (uint64_t)random() * 1000000000 + random(), bytes, len,
				len + random() % 3);
	}
}

static void
set_snaplen(uint32_t snaplen)
{
	size_t len = capture.len;

	capture.len = 16;
	capture_put(&capture, snaplen, 4);
	capture.len = len;
}

/* Both read the file to its end. Returns whether libpcap found damage there. */
static bool
assert_libpcap_agrees(void)
{
	pcap_t *pcap = open_beside();
	unsigned int nb;
	int ret = read_beside(pcap, &nb);

	pcap_close(pcap);
	assert_end_of_source();
	return ret == PCAP_ERROR;
}

static void
a_walked_file_is_what_libpcap_reads(void **state)
{
	unsigned int seed;

	(void)state;
	for (seed = 0; seed < 32; seed++) {
		srandom(seed);
		begin(seed % 2 == 0 ? CAPTURE_PCAP : CAPTURE_PCAP_NANO, seed / 2 % 2);
		if (seed / 4 % 2)
			set_snaplen(1 + random() % 3000);
		add_random_frames();
		if (seed / 8 % 2)
			capture.len -= 1 + random() % 100000;
		open_source(1);
		if (assert_libpcap_agrees())
			assert_logged(&logged, end.name, "truncated");
		else
			assert_nothing_logged(&logged);
		wire_source_close(source);
	}
	source = NULL;
}

static void
a_long_infinite_file_starts_again_where_it_began(void **state)
{
	unsigned int round, i, nb = 0;

	(void)state;
	begin(CAPTURE_PCAP, false);
	while (capture.len < 900000)
		add_frames(nb++ % 256, 1);
	open_source(0);
	for (round = 0; round < 3; round++)
		for (i = 0; i < nb; i++)
			assert_frame(i % 256);
	assert_nothing_logged(&logged);
}

static void
a_short_infinite_file_plays_on_whatever_becomes_of_it(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 2);
	open_source(0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_int_equal(truncate(end.name, 24), 0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_nothing_logged(&logged);
}

/* An older version, which is read through libpcap. */
static void
an_infinite_file_that_cannot_start_again_ends_with_one_line(void **state)
{
	unsigned int i, nb = 0;

	(void)state;
	begin(CAPTURE_PCAP, false);
	capture.bytes[6] = 3;
	while (capture.len < 900000)
		add_frames(nb++ % 256, 1);
	open_source(0);
	for (i = 0; i < nb; i++)
		assert_frame(i % 256);
	assert_true(capture_save_bytes(end.name, "no capture", 10));
	assert_end_of_source();
	assert_logged(&logged, end.name, "unknown file format");
}

static void
an_infinite_file_that_lost_its_packets_ends_with_one_line(void **state)
{
	unsigned int i, nb = 0;

	(void)state;
	begin(CAPTURE_PCAP, false);
	while (capture.len < 900000)
		add_frames(nb++ % 256, 1);
	open_source(0);
	for (i = 0; i < nb; i++)
		assert_frame(i % 256);
	assert_int_equal(truncate(end.name, 24), 0);
	assert_end_of_source();
	assert_logged(&logged, end.name, "has no packets");
}

static void
a_file_that_is_cut_while_it_is_read_ends_there(void **state)
{
	unsigned int i, nb = 0;
	const struct wire_frame *frame;

	(void)state;
	begin(CAPTURE_PCAP, false);
	while (capture.len < 900000)
		add_frames(nb++ % 256, 1);
	open_source(1);
	assert_frame(0);
	assert_int_equal(truncate(end.name, 600001), 0);
	for (i = 1; (frame = wire_source_peek(source)) != NULL; i++)
		assert_frame(i % 256);
	assert_true(i < nb);
	assert_logged(&logged, end.name, "truncated");
}

static void
an_infinite_file_without_packets_is_refused(void **state)
{
	(void)state;
	begin(CAPTURE_PCAPNG, false);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 0, "has no packets", "infinite_rx=1");
	begin(CAPTURE_PCAP, false);
	add_frames(0, 1);
	capture.len--;
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 0, "record 1", "truncated");
}

static void
a_truncated_file_delivers_all_whole_records_then_says_where_it_ends(void **state)
{
	unsigned int format, cut;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		/* in the data, and in the header of the fourth record */
		for (cut = 10; cut < 80; cut += 60) {
			begin(format, false);
			add_frames(0, 4);
			capture.len -= cut;
			open_source(1);
			assert_frames(0, 3);
			assert_nothing_logged(&logged);
			assert_end_of_source();
			assert_logged(&logged, end.name, "record 4", "truncated", "3 before it");
			wire_source_close(source);
		}
	}
	source = NULL;
}

static void
a_truncated_infinite_file_starts_again_and_is_logged_once(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 3);
	capture.len -= 5;
	open_source(0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_logged(&logged, end.name, "record 3");
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_nothing_logged(&logged);
}

static void
a_corrupt_record_ends_the_file_there(void **state)
{
	size_t at;

	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 2);
	at = capture.len;
	add_frames(2, 2);
	memset(&capture.bytes[at + 8], 0xff, 4); /* its length */
	open_source(1);
	assert_frames(0, 2);
	assert_end_of_source();
	assert_logged(&logged, end.name, "record 3", "length", "2 before it");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walked_file_is_what_libpcap_reads),
		TEST(a_long_infinite_file_starts_again_where_it_began),
		TEST(a_short_infinite_file_plays_on_whatever_becomes_of_it),
		TEST(an_infinite_file_that_cannot_start_again_ends_with_one_line),
		TEST(an_infinite_file_that_lost_its_packets_ends_with_one_line),
		TEST(a_file_that_is_cut_while_it_is_read_ends_there),
		TEST(an_infinite_file_without_packets_is_refused),
		TEST(a_truncated_file_delivers_all_whole_records_then_says_where_it_ends),
		TEST(a_truncated_infinite_file_starts_again_and_is_logged_once),
		TEST(a_corrupt_record_ends_the_file_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
