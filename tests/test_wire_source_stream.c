/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Captures that come through pipes. */

#include "wire_source_util.h"

#include <poll.h>
#include <pthread.h>

#include "bytes_open.h"
#include "compress_util.h"
#include "wire_clock.h"
#include "wire_window.h"

static int writer = -1;

/* A pipe by name, with somebody who can write to it. */
static void
make_pipe(void)
{
	assert_int_equal(mkfifo(end.name, 0600), 0);
	writer = open(end.name, O_RDWR | O_CLOEXEC);
	assert_true(writer >= 0);
}

static void
write_bytes(const void *from, size_t len)
{
	assert_int_equal(write(writer, from, len), len);
}

static void
end_pipe(void)
{
	close(writer);
	writer = -1;
}

static void
remove_pipe(void)
{
	wire_source_close(source);
	source = NULL;
	if (writer >= 0)
		end_pipe();
	assert_int_equal(unlink(end.name), 0);
}

static void
open_stream(void)
{
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	assert_true(source->is_stream);
	assert_false(source->live);
}

/* The places where frames end, in the capture's bytes. */
static size_t
make_frames(enum capture_format format, size_t *ends, unsigned int nb)
{
	size_t header;
	unsigned int i;

	begin(format, false);
	header = capture.len;
	for (i = 0; i < nb; i++) {
		add_frames(i, 1);
		ends[i] = capture.len;
	}
	return header;
}

static bool
is_readable(void)
{
	struct pollfd pollfd = { .fd = wire_source_fd(source), .events = POLLIN };

	return poll(&pollfd, 1, 0) == 1;
}

static void
a_frame_comes_up_when_all_of_it_is_there(void **state)
{
	unsigned int format, n;
	size_t ends[3], at;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		make_pipe();
		at = make_frames(format, ends, RTE_DIM(ends));
		write_bytes(capture.bytes, at);
		open_stream();
		for (n = 0; at < capture.len; at++) {
			assert_null(wire_source_peek(source));
			assert_false(is_readable());
			assert_false(source->ended);
			write_bytes(capture.bytes + at, 1);
			assert_true(is_readable());
			if (at + 1 == ends[n])
				assert_frame(n++);
		}
		end_pipe();
		assert_end_of_source();
		assert_true(source->ended);
		assert_int_equal(wire_source_fd(source), -1);
		assert_nothing_logged(&logged);
		remove_pipe();
	}
}

static void
the_writers_end_within_a_frame_is_told(void **state)
{
	unsigned int format;
	size_t ends[2];

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		make_pipe();
		make_frames(format, ends, 2);
		write_bytes(capture.bytes, ends[1] - 1);
		open_stream();
		end_pipe();
		assert_frame(0);
		assert_end_of_source();
		assert_logged(&logged, end.name, "record 2", "truncated");
		remove_pipe();
	}
}

/* A block between two frames, so long that it is passed over in pieces. */
static void
a_long_block_is_passed_over_as_it_comes(void **state)
{
	static uint8_t nothing[4096];
	const uint32_t len = 3 * WIRE_WINDOW_KEEP;
	uint32_t passed;

	(void)state;
	make_pipe();
	begin(CAPTURE_PCAPNG, false);
	add_frames(0, 1);
	capture_put(&capture, 0x40000001, 4);
	capture_put(&capture, 12 + len, 4);
	write_bytes(capture.bytes, capture.len);
	open_stream();
	assert_frame(0);
	for (passed = 0; passed < len; passed += sizeof(nothing)) {
		write_bytes(nothing, RTE_MIN(sizeof(nothing), (size_t)(len - passed)));
		assert_null(wire_source_peek(source));
	}
	capture.len = 0;
	capture_put(&capture, 12 + len, 4);
	add_frames(1, 1);
	write_bytes(capture.bytes, capture.len);
	assert_frame(1);
	end_pipe();
	assert_end_of_source();
	assert_nothing_logged(&logged);
	remove_pipe();
}

static void
check_compressed(enum compress_format format)
{
	static uint8_t packed[65536];
	unsigned int n = 0;
	size_t len, at;

	begin(CAPTURE_PCAP, false);
	add_frames(0, 100);
	len = compress_bytes(format, capture.bytes, capture.len, packed, sizeof(packed));
	make_pipe();
	/* zstd and LZ4 show nothing before the end of a block */
	write_bytes(packed, len - 10);
	if (format != COMPRESS_GZIP)
		write_bytes(packed + len - 10, 10);
	open_stream();
	for (at = len - 10; n < 100 && wire_source_peek(source) != NULL; n++)
		assert_frame(n);
	if (format == COMPRESS_GZIP)
		write_bytes(packed + at, 10);
	assert_frames(n, 100 - n);
	end_pipe();
	assert_end_of_source();
	assert_nothing_logged(&logged);
	remove_pipe();
}

static void
it_may_be_compressed(void **state)
{
	enum compress_format format;

	(void)state;
	for (format = 0; format < COMPRESS_FORMATS; format++)
		if (compress_is_built(format))
			check_compressed(format);
}

static void *
begin_late(void *arg)
{
	struct timespec pause = { .tv_nsec = 100000000 };
	int fd;

	nanosleep(&pause, NULL);
	fd = open(end.name, O_WRONLY | O_CLOEXEC);
	nanosleep(&pause, NULL);
	if (write(fd, capture.bytes, 10) != 10)
		return NULL;
	nanosleep(&pause, NULL);
	if (write(fd, capture.bytes + 10, capture.len - 10) != (ssize_t)capture.len - 10)
		return NULL;
	close(fd);
	return arg;
}

static void
opening_waits_for_writer_and_header(void **state)
{
	pthread_t thread;
	void *done;
	unsigned int format;

	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		assert_int_equal(mkfifo(end.name, 0600), 0);
		begin(format, true);
		add_frames(0, 3);
		assert_int_equal(pthread_create(&thread, NULL, begin_late, state), 0);
		open_stream();
		assert_int_equal(pthread_join(thread, &done), 0);
		assert_ptr_equal(done, state);
		assert_frames(0, 3);
		assert_end_of_source();
		remove_pipe();
	}
}

static void
opening_waits_no_longer_than_is_said(void **state)
{
	uint64_t begun = wire_clock(), taken;

	(void)state;
	assert_int_equal(mkfifo(end.name, 0600), 0);
	assert_refused(ETIMEDOUT, 1, "no capture comes through this pipe", "within 10 s");
	taken = wire_clock() - begun;
	assert_true(taken >= BYTES_PATIENCE_S * WIRE_NS_PER_S);
	assert_true(taken < 2 * BYTES_PATIENCE_S * WIRE_NS_PER_S);
}

static void
what_is_no_capture_is_refused(void **state)
{
	(void)state;
	make_pipe();
	write_bytes("hello, I am a text that is no capture", 37);
	assert_refused(EINVAL, 1, "unknown file format", "pcap or pcapng");
	remove_pipe();
	make_pipe();
	capture_begin(&capture, CAPTURE_PCAP, false, 113);
	write_bytes(capture.bytes, capture.len);
	assert_refused(EINVAL, 1, "LINUX_SLL", "Ethernet");
	remove_pipe();
	/* of a version that only libpcap reads */
	make_pipe();
	begin(CAPTURE_PCAP, false);
	capture.bytes[6] = 3;
	write_bytes(capture.bytes, capture.len);
	assert_refused(EINVAL, 1, "read from regular files only", "pcap 2.4 or pcapng");
	remove_pipe();
}

static void
a_writer_that_writes_nothing_is_refused(void **state)
{
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	close(pipes[1]);
	snprintf(end.name, sizeof(end.name), "/dev/fd/%d", pipes[0]);
	assert_refused(EINVAL, 1, "pcap or pcapng capture is required");
	close(pipes[0]);
}

static void
a_stream_does_not_begin_again(void **state)
{
	(void)state;
	make_pipe();
	begin(CAPTURE_PCAP, false);
	write_bytes(capture.bytes, capture.len);
	assert_refused(EINVAL, 0, "is a pipe", "regular file is required");
	assert_refused(EINVAL, 2, "is a pipe", "regular file is required");
	remove_pipe();
}

static void
a_pipe_has_one_reader(void **state)
{
	struct wire_source *first;

	(void)state;
	make_pipe();
	begin(CAPTURE_PCAP, false);
	add_frames(0, 1);
	write_bytes(capture.bytes, capture.len);
	open_stream();
	first = source;
	assert_refused(EBUSY, 1, "another queue reads this pipe", "is required");
	source = first;
	assert_frame(0);
	remove_pipe();
}

/* With what is there in place of the standard input of this program. */
static void
with_stdin(int fd, void (*check)(void))
{
	int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);

	assert_true(kept >= 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	snprintf(end.name, sizeof(end.name), "-");
	check();
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
	close(fd);
}

static void
check_stdin_pipe(void)
{
	int flags = fcntl(STDIN_FILENO, F_GETFL);

	open_stream();
	/* whoever else has it finds it as it was */
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFL), flags);
	assert_frames(0, 2);
	assert_end_of_source();
	wire_source_close(source);
	source = NULL;
}

static void
check_stdin_file(void)
{
	choices.rounds = 2;
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	assert_false(source->is_stream);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_end_of_source();
}

static void
standard_input_may_be_a_pipe_or_a_file(void **state)
{
	int pipes[2];

	(void)state;
	begin(CAPTURE_PCAPNG, false);
	add_frames(0, 2);
	assert_true(capture_save(&capture, end.name));
	assert_int_equal(pipe(pipes), 0);
	writer = pipes[1];
	write_bytes(capture.bytes, capture.len);
	end_pipe();
	pipes[1] = open(end.name, O_RDONLY | O_CLOEXEC);
	assert_true(pipes[1] >= 0);
	with_stdin(pipes[0], check_stdin_pipe);
	with_stdin(pipes[1], check_stdin_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_frame_comes_up_when_all_of_it_is_there),
		TEST(the_writers_end_within_a_frame_is_told),
		TEST(a_long_block_is_passed_over_as_it_comes),
		TEST(it_may_be_compressed),
		TEST(opening_waits_for_writer_and_header),
		TEST(opening_waits_no_longer_than_is_said),
		TEST(what_is_no_capture_is_refused),
		TEST(a_writer_that_writes_nothing_is_refused),
		TEST(a_stream_does_not_begin_again),
		TEST(a_pipe_has_one_reader),
		TEST(standard_input_may_be_a_pipe_or_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
