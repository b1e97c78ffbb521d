/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Capture files as sinks, and the sink that brings frames nowhere. */

#include "compat_util.h"
#include "wire_sink_util.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>

static void
a_new_file_has_its_header_at_once(void **state)
{
	(void)state;
	open_sink();
	assert_int_equal(read_file(), FILE_HEADER);
	assert_int_equal(field(0), 0xa1b23c4d); /* nanoseconds, in this machine's byte order */
	assert_int_equal(field(4), 2 | 4 << 16);
	assert_int_equal(field(16), WIRE_MAX_FRAME);
	assert_int_equal(field(20), CAPTURE_ETHERNET);
}

static void
frames_of_all_lengths_are_in_the_file_after_close(void **state)
{
	static const uint32_t lens[] = { 60, 0, 1, 1514, 9000, WIRE_MAX_FRAME, 60 };
	size_t at = FILE_HEADER, len, i;

	(void)state;
	open_sink();
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		assert_true(write_frame(lens[i]));
	close_sink();
	len = read_file();
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		at = assert_record(at, lens[i]);
	assert_int_equal(at, len);
	assert_nothing_logged(&logged);
}

static void
a_frame_is_stamped_with_the_time_it_is_written(void **state)
{
	struct timespec before, after;
	uint64_t stamp;

	(void)state;
	open_sink();
	clock_gettime(CLOCK_REALTIME, &before);
	assert_true(write_frame(60));
	clock_gettime(CLOCK_REALTIME, &after);
	close_sink();
	read_file();
	stamp = field(FILE_HEADER) * 1000000000ULL + field(FILE_HEADER + 4);
	assert_between(stamp, before.tv_sec * 1000000000ULL + before.tv_nsec,
			after.tv_sec * 1000000000ULL + after.tv_nsec);
}

static void
flush_brings_what_was_written_to_the_file(void **state)
{
	(void)state;
	open_sink();
	assert_true(write_frame(100));
	assert_int_equal(read_file(), FILE_HEADER);
	wire_sink_flush(sink);
	assert_int_equal(read_file(), FILE_HEADER + RECORD_HEADER + 100);
	assert_record(FILE_HEADER, 100);
}

static void *
flush_all_the_time(void *opaque)
{
	const volatile bool *stop = opaque;

	while (!*stop)
		wire_sink_flush(sink);
	return NULL;
}

static void
flush_on_another_thread_harms_no_record(void **state)
{
	volatile bool stop = false;
	size_t at = FILE_HEADER, len;
	pthread_t thread;
	unsigned int i;
	void *opaque = (void *)(uintptr_t)&stop;

	(void)state;
	open_sink();
	assert_int_equal(pthread_create(&thread, NULL, flush_all_the_time, opaque), 0);
	for (i = 0; i < 5000; i++)
		assert_true(write_frame(i % 80));
	stop = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	close_sink();
	len = read_file();
	for (i = 0; i < 5000; i++)
		at = assert_record(at, i % 80);
	assert_int_equal(at, len);
}

static void
an_existing_file_is_overwritten(void **state)
{
	(void)state;
	assert_true(capture_save_bytes(end.name, bytes, 5000));
	open_sink();
	assert_true(write_frame(60));
	close_sink();
	assert_int_equal(read_file(), FILE_HEADER + RECORD_HEADER + 60);
	assert_record(FILE_HEADER, 60);
}

static void
a_frame_that_is_too_long_is_refused_and_the_next_is_not(void **state)
{
	(void)state;
	open_sink();
	assert_false(write_frame(WIRE_MAX_FRAME + 1));
	assert_false(write_frame(UINT32_MAX));
	assert_logged(&logged, end.name, "262145", "at most 262144");
	assert_true(write_frame(60));
	close_sink();
	assert_int_equal(read_file(), FILE_HEADER + RECORD_HEADER + 60);
}

static void
nowhere_takes_everything(void **state)
{
	(void)state;
	end.kind = WIRE_END_NONE;
	end.name[0] = '\0';
	open_sink();
	assert_true(write_frame(60));
	assert_true(write_frame(UINT32_MAX));
	wire_sink_flush(sink);
}

static void
an_output_that_cannot_be_created_is_refused_with_the_reason(void **state)
{
	int root = geteuid() == 0;

	(void)state;
	assert_int_equal(mkdir(end.name, 0700), 0);
	assert_refused(EISDIR, "Is a directory");
	strcat(end.name, "/missing/out");
	assert_refused(ENOENT, "No such file or directory");
	snprintf(end.name, sizeof(end.name), "%.4000s/locked", dir);
	assert_true(capture_save_bytes(end.name, "", 0));
	assert_int_equal(chmod(end.name, 0), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(wire_sink_open(&end, &sink_choices, &sink), -EACCES);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, end.name, "Permission denied");
	snprintf(end.name, sizeof(end.name), "/dev/full");
	assert_refused(ENOSPC, "No space left on device");
}

static void
a_character_device_is_taken_twice(void **state)
{
	struct wire_sink *other;

	(void)state;
	snprintf(end.name, sizeof(end.name), "/dev/null");
	open_sink();
	assert_int_equal(wire_sink_open(&end, &sink_choices, &other), 0);
	assert_true(write_frame(60));
	wire_sink_flush(sink);
	wire_sink_close(other);
	assert_nothing_logged(&logged);
}

static void
a_file_that_another_queue_has_open_is_refused_and_keeps_its_bytes(void **state)
{
	static struct capture capture;
	struct wire_source *source;
	struct wire_sink *second;

	(void)state;
	capture_begin(&capture, CAPTURE_PCAP, false, CAPTURE_ETHERNET);
	capture_add(&capture, 0, bytes, 60, 60);
	assert_true(capture_save(&capture, end.name));
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	assert_refused(EBUSY, "another queue");
	assert_int_equal(read_file(), capture.len);
	wire_source_close(source);
	open_sink();
	assert_int_equal(wire_sink_open(&end, &sink_choices, &second), -EBUSY);
	assert_logged(&logged, end.name, "another queue");
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	wire_source_close(source);
	close_sink();
	open_sink();
}

/* The records of a file, which ends with a whole one; *data: the bytes of their frames. */
static unsigned int
file_records(uint64_t *data)
{
	FILE *file = fopen(end.name, "r");
	uint8_t header[RECORD_HEADER];
	unsigned int nb = 0;
	struct stat st;
	uint32_t len;

	assert_non_null(file);
	assert_int_equal(fseek(file, FILE_HEADER, SEEK_SET), 0);
	for (*data = 0; fread(header, 1, sizeof(header), file) == sizeof(header); nb++) {
		memcpy(&len, header + 8, sizeof(len));
		assert_int_equal(fseek(file, len, SEEK_CUR), 0);
		*data += len;
	}
	assert_int_equal(fstat(fileno(file), &st), 0);
	fclose(file);
	assert_int_equal(st.st_size, FILE_HEADER + nb * RECORD_HEADER + *data);
	return nb;
}

/* The file has what the sink took, less what it says was lost. */
static void
assert_file_has(unsigned int taken, uint64_t taken_bytes)
{
	uint64_t lost, lost_bytes, data;

	wire_sink_lost(sink, &lost, &lost_bytes);
	assert_int_equal(file_records(&data), taken - lost);
	assert_int_equal(data, taken_bytes - lost_bytes);
}

/* Fill the file until it fails, which it must do. */
static void
write_until_failure(void)
{
	unsigned int i = 0;

	while (i < 10000 && write_frame(1514))
		i++;
	assert_true(i < 10000);
	assert_false(write_frame(60));
	assert_file_has(i, i * UINT64_C(1514));
	wire_sink_flush(sink);
	assert_false(write_frame(60));
	assert_file_has(i, i * UINT64_C(1514));
	close_sink();
}

/* Five records, of which as many become the file's as end within size bytes. */
static void
assert_cut_at(rlim_t size, const struct rlimit *old)
{
	static const uint32_t lens[] = { 60, 300, 0, 1, 100 };
	const struct rlimit limit = { .rlim_cur = size, .rlim_max = old->rlim_max };
	unsigned int i, fitting = 0;
	uint64_t at = FILE_HEADER, data = 0;

	open_sink();
	for (i = 0; i < 5; i++) {
		assert_true(write_frame(lens[i]));
		at += RECORD_HEADER + lens[i];
		fitting += at <= size;
		data += lens[i];
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	wire_sink_flush(sink);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, old), 0);
	assert_file_has(5, data);
	assert_int_equal(file_records(&data), fitting);
	if (fitting < 5)
		assert_logged(&logged, end.name, "File too large");
	assert_nothing_logged(&logged);
	close_sink();
	assert_int_equal(file_records(&data), fitting);
}

static void
wherever_a_file_may_grow_no_more_it_ends_with_a_whole_record_and_the_rest_is_lost(void **state)
{
	struct rlimit old;
	rlim_t size;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	for (size = FILE_HEADER; size <= FILE_HEADER + 5 * RECORD_HEADER + 461; size++)
		assert_cut_at(size, &old);
}

static void
nothing_is_lost_where_there_is_room(void **state)
{
	uint64_t lost, lost_bytes;
	unsigned int i;

	(void)state;
	open_sink();
	for (i = 0; i < 1000; i++)
		assert_true(write_frame(1514));
	wire_sink_flush(sink);
	assert_file_has(1000, 1514000);
	wire_sink_lost(sink, &lost, &lost_bytes);
	assert_int_equal(lost, 0);
	assert_int_equal(lost_bytes, 0);
}

static void
a_file_that_may_not_grow_is_logged_once_and_stays_failed(void **state)
{
	struct rlimit old, limit;

	(void)state;
	open_sink();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 1000000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	write_until_failure();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_logged(&logged, end.name, "File too large");
}

static void
a_failure_at_flush_or_close_is_logged_once(void **state)
{
	struct rlimit old, limit;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 1000;
	open_sink();
	assert_true(write_frame(1514));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	close_sink();
	assert_logged(&logged, end.name, "File too large");
	open_sink();
	assert_true(write_frame(1514));
	wire_sink_flush(sink);
	assert_logged(&logged, end.name, "File too large");
	wire_sink_flush(sink);
	assert_false(write_frame(60));
	close_sink();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_nothing_logged(&logged);
}

static void
a_full_disk_is_logged_once_and_stays_full(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS) != 0 ||
			mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
			mount("none", dir, "tmpfs", 0, "size=1m") != 0)
		skip();
	open_sink();
	write_until_failure();
	assert_logged(&logged, end.name, "No space left on device");
	assert_int_equal(umount(dir), 0);
}

static void
closing_nothing_is_allowed(void **state)
{
	(void)state;
	wire_sink_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_has_its_header_at_once),
		TEST(frames_of_all_lengths_are_in_the_file_after_close),
		TEST(a_frame_is_stamped_with_the_time_it_is_written),
		TEST(flush_brings_what_was_written_to_the_file),
		TEST(flush_on_another_thread_harms_no_record),
		TEST(an_existing_file_is_overwritten),
		TEST(a_frame_that_is_too_long_is_refused_and_the_next_is_not),
		TEST(nowhere_takes_everything),
		TEST(an_output_that_cannot_be_created_is_refused_with_the_reason),
		TEST(a_character_device_is_taken_twice),
		TEST(a_file_that_another_queue_has_open_is_refused_and_keeps_its_bytes),
		TEST(wherever_a_file_may_grow_no_more_it_ends_with_a_whole_record_and_the_rest_is_lost),
		TEST(nothing_is_lost_where_there_is_room),
		TEST(a_file_that_may_not_grow_is_logged_once_and_stays_failed),
		TEST(a_failure_at_flush_or_close_is_logged_once),
		TEST(a_full_disk_is_logged_once_and_stays_full),
		TEST(closing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
