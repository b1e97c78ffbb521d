/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Captures that are written to pipes. */

#include "wire_sink_util.h"

#include "bytes_open.h"
#include "wire_clock.h"
#include "wire_file_sink.h"
#include "wire_numbered_util.h"

static int
open_pipe(void)
{
	int fd;

	name_output("pipe");
	assert_int_equal(mkfifo(end.name, 0600), 0);
	fd = open(end.name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	open_sink();
	assert_true(sink->is_stream);
	return fd;
}

/* Everything that is there now goes to a file. */
static void
take_all(int from, FILE *to)
{
	static char taken[65536];
	ssize_t nb;

	while ((nb = read(from, taken, sizeof(taken))) > 0)
		assert_int_equal(fwrite(taken, 1, nb, to), nb);
}

static void
check_slow_reader(enum wire_file_format format)
{
	char copy[PATH_MAX];
	unsigned int nb = 0, waits = 0;
	FILE *file;
	int fd;

	sink_choices.format = format;
	fd = open_pipe();
	snprintf(copy, sizeof(copy), "%.4000s/copy", dir);
	file = fopen(copy, "w");
	assert_non_null(file);
	while (nb < 20000) {
		if (!wire_sink_ready(sink)) {
			waits++;
			take_all(fd, file);
			continue;
		}
		write_numbered(nb, 100);
		nb += 100;
	}
	assert_true(waits > 2);
	take_all(fd, file);
	close_sink();
	take_all(fd, file);
	fclose(file);
	close(fd);
	assert_int_equal(unlink(end.name), 0);
	name_output("copy");
	assert_int_equal(read_numbered(), nb);
	assert_nothing_logged(&logged);
}

static void
a_slow_reader_gets_everything(void **state)
{
	(void)state;
	check_slow_reader(WIRE_FILE_PCAP);
	check_slow_reader(WIRE_FILE_PCAPNG);
}

static void
a_reader_that_goes_is_an_error_and_no_signal(void **state)
{
	uint64_t lost, lost_bytes;
	int fd;

	(void)state;
	fd = open_pipe();
	write_numbered(0, 10);
	wire_sink_flush(sink);
	close(fd);
	write_numbered(10, 10);
	wire_sink_flush(sink);
	assert_logged(&logged, end.name, "its reader is gone");
	wire_sink_lost(sink, &lost, &lost_bytes);
	assert_int_equal(lost, 10);
	assert_false(write_frame(60));
	assert_true(wire_sink_ready(sink));
	assert_nothing_logged(&logged);
}

/* The pipe has some of a record: that one is lost too. */
static void
a_reader_that_takes_no_more_does_not_hold_up_the_close(void **state)
{
	uint64_t begun, taken;
	unsigned int nb = 0;
	int fd;

	(void)state;
	fd = open_pipe();
	while (wire_sink_ready(sink)) {
		write_numbered(nb, 32);
		nb += 32;
	}
	begun = wire_clock();
	close_sink();
	taken = wire_clock() - begun;
	assert_true(taken >= WIRE_FILE_CLOSE_MS * WIRE_NS_PER_MS);
	assert_true(taken < 5 * WIRE_FILE_CLOSE_MS * WIRE_NS_PER_MS);
	assert_logged(&logged, end.name, "its reader takes no more");
	close(fd);
}

static void
a_pipe_without_a_reader_is_refused_after_some_time(void **state)
{
	uint64_t begun = wire_clock();

	(void)state;
	name_output("pipe");
	assert_int_equal(mkfifo(end.name, 0600), 0);
	assert_refused(ENXIO, "is a pipe that nobody reads", "within 10 s");
	assert_true(wire_clock() - begun >= BYTES_PATIENCE_S * WIRE_NS_PER_S);
	/* nothing is compressed on the way through a pipe */
	name_output("pipe.gz");
	assert_int_equal(mkfifo(end.name, 0600), 0);
	assert_int_equal(open(end.name, O_RDONLY | O_NONBLOCK | O_CLOEXEC) >= 0, 1);
	assert_refused(EINVAL, "nothing is compressed", "without .gz");
}

static void
standard_output_may_be_a_pipe(void **state)
{
	int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10), pipes[2];
	uint32_t magic = 0;

	(void)state;
	fflush(stdout);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(dup2(pipes[1], STDOUT_FILENO), STDOUT_FILENO);
	snprintf(end.name, sizeof(end.name), "-");
	assert_int_equal(wire_sink_open(&end, &sink_choices, &sink), 0);
	assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	close(kept);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &magic, sizeof(magic)), sizeof(magic));
	assert_int_equal(magic, 0xa1b23c4d);
	close_sink();
	close(pipes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_slow_reader_gets_everything),
		TEST(a_reader_that_goes_is_an_error_and_no_signal),
		TEST(a_reader_that_takes_no_more_does_not_hold_up_the_close),
		TEST(a_pipe_without_a_reader_is_refused_after_some_time),
		TEST(standard_output_may_be_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
