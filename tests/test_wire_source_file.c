/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Capture files as sources: opened, read and refused. */

#include "wire_source_util.h"

#include <sys/file.h>

static void
every_format_and_byte_order_gives_bytes_and_stamps(void **state)
{
	unsigned int format, big, i;
	uint64_t stamp;
	bool nano;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		nano = format == CAPTURE_PCAP_NANO || format == CAPTURE_PCAPNG_NANO;
		for (big = 0; big < 2; big++) {
			begin(format, big);
			add_frames(0, 5);
			open_source(1);
			for (i = 0; i < 5; i++) {
				stamp = STAMP + i * 1000;
				assert_non_null(wire_source_peek(source));
				assert_int_equal(wire_source_peek(source)->stamp,
						nano ? stamp : stamp / 1000 * 1000);
				assert_frame(i);
			}
			assert_end_of_source();
			assert_nothing_logged(&logged);
			wire_source_close(source);
		}
	}
	source = NULL;
}

static void
peek_shows_the_same_frame_until_it_is_taken(void **state)
{
	const struct wire_frame *frame;

	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 2);
	open_source(1);
	frame = wire_source_peek(source);
	assert_ptr_equal(wire_source_peek(source), frame);
	assert_frame(0);
	assert_frame(1);
	assert_end_of_source();
}

static void
a_file_source_is_not_live_and_drops_nothing(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	open_source(1);
	assert_false(source->live);
	assert_int_equal(wire_source_dropped(source), 0);
	assert_int_equal(wire_source_fd(source), -1);
}

static void
runts_snapped_and_longest_frames_have_their_captured_length(void **state)
{
	static const uint32_t lens[][2] = { { 0, 60 }, { 1, 1 }, { 13, 13 }, { 96, 9000 },
		{ WIRE_MAX_FRAME, WIRE_MAX_FRAME }, { 60, 60 } };
	const struct wire_frame *frame;
	unsigned int i;

	(void)state;
	begin(CAPTURE_PCAP_NANO, false);
	for (i = 0; i < RTE_DIM(lens); i++)
		capture_add(&capture, STAMP, bytes, lens[i][0], lens[i][1]);
	open_source(1);
	for (i = 0; i < RTE_DIM(lens); i++) {
		frame = wire_source_peek(source);
		assert_non_null(frame);
		assert_int_equal(frame->len, lens[i][0]);
		assert_memory_equal(frame->data, bytes, frame->len);
		wire_source_take(source, 1);
	}
	assert_end_of_source();
}

static void
a_capture_without_packets_ends_at_once(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	open_source(1);
	assert_end_of_source();
	assert_nothing_logged(&logged);
}

static void
an_infinite_file_starts_again_at_its_end(void **state)
{
	unsigned int format, round;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		begin(format, false);
		add_frames(0, 3);
		open_source(0);
		for (round = 0; round < 100; round++)
			assert_frames(0, 3);
		assert_nothing_logged(&logged);
		wire_source_close(source);
	}
	source = NULL;
}

static void
an_infinite_file_may_be_removed_while_it_runs(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 2);
	open_source(0);
	assert_int_equal(unlink(end.name), 0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_nothing_logged(&logged);
}

static void
what_is_no_capture_is_refused_with_the_reason(void **state)
{
	(void)state;
	assert_refused(ENOENT, 1, "No such file");
	assert_true(capture_save_bytes(end.name, "", 0));
	assert_refused(EINVAL, 1, "truncated", "pcap or pcapng");
	assert_true(capture_save_bytes(end.name, "\xd4\xc3\xb2\xa1\x02", 5));
	assert_refused(EINVAL, 1, "truncated", "pcap or pcapng");
	assert_true(capture_save_bytes(end.name, "hello, I am a text file", 23));
	assert_refused(EINVAL, 1, "unknown file format", "pcap or pcapng");
}

static void
a_capture_that_is_not_ethernet_is_refused_with_its_link_type(void **state)
{
	static const struct {
		uint16_t type;
		const char *name;
	} types[] = { { 105, "IEEE802_11" }, { 101, "RAW" }, { 113, "LINUX_SLL" },
		{ 9999, "9999" } };
	unsigned int format, i;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		for (i = 0; i < RTE_DIM(types); i++) {
			capture_begin(&capture, format, true, types[i].type);
			assert_true(capture_save(&capture, end.name));
			assert_refused(EINVAL, 1, types[i].name, "Ethernet", "required");
		}
	}
}

static void
what_is_neither_file_nor_pipe_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir(end.name, 0700), 0);
	assert_refused(EISDIR, 1, "is a directory", "regular file");
	snprintf(end.name, sizeof(end.name), "/dev/null");
	assert_refused(EINVAL, 0, "is a device", "a regular file or a pipe");
}

static void
a_file_that_may_not_be_read_is_refused(void **state)
{
	int root = geteuid() == 0;

	(void)state;
	begin(CAPTURE_PCAP, false);
	assert_true(capture_save(&capture, end.name));
	assert_int_equal(chmod(end.name, 0), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(wire_source_open(&end, &choices, &source), -EACCES);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, end.name, "Permission denied");
}

static void
an_open_file_is_locked_against_writers_until_it_is_closed(void **state)
{
	int fd;

	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 1);
	open_source(0);
	assert_frames(0, 1);
	assert_frames(0, 1); /* has started again */
	fd = open(end.name, O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	wire_source_close(source);
	source = NULL;
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
}

static void
no_descriptor_is_left_open(void **state)
{
	unsigned int before = open_descriptors();
	unsigned int i;

	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 1);
	open_source(0);
	for (i = 0; i < 10; i++)
		assert_frame(0);
	wire_source_close(source);
	assert_true(capture_save_bytes(end.name, "hello", 5));
	assert_refused(EINVAL, 1, "unknown");
	capture_begin(&capture, CAPTURE_PCAP, false, 101);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, 1, "RAW");
	assert_int_equal(open_descriptors(), before);
}

static void
closing_nothing_is_allowed(void **state)
{
	(void)state;
	wire_source_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_format_and_byte_order_gives_bytes_and_stamps),
		TEST(peek_shows_the_same_frame_until_it_is_taken),
		TEST(a_file_source_is_not_live_and_drops_nothing),
		TEST(runts_snapped_and_longest_frames_have_their_captured_length),
		TEST(a_capture_without_packets_ends_at_once),
		TEST(an_infinite_file_starts_again_at_its_end),
		TEST(an_infinite_file_may_be_removed_while_it_runs),
		TEST(what_is_no_capture_is_refused_with_the_reason),
		TEST(a_capture_that_is_not_ethernet_is_refused_with_its_link_type),
		TEST(what_is_neither_file_nor_pipe_is_refused),
		TEST(a_file_that_may_not_be_read_is_refused),
		TEST(an_open_file_is_locked_against_writers_until_it_is_closed),
		TEST(no_descriptor_is_left_open),
		TEST(closing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
