/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "capture_util.h"
#include "compat_util.h"
#include "log_util.h"
#include "veth_util.h"
#include "wire_open.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16

static struct log_capture logged;
static struct wire_end end;
static struct wire_sink *sink;
static char dir[PATH_MAX];
static uint8_t bytes[WIRE_MAX_FRAME + 1];
static uint8_t file_bytes[2 * WIRE_MAX_FRAME];
static bool have_veth;

static int
set_up(void **state)
{
	unsigned int i;

	(void)state;
	if (!capture_dir_make(dir))
		return -1;
	log_capture_begin(&logged);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	end.kind = WIRE_END_FILE;
	snprintf(end.name, sizeof(end.name), "%.4000s/out", dir);
	sink = NULL;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	wire_sink_close(sink);
	log_capture_end(&logged);
	return capture_dir_remove(dir) ? 0 : -1;
}

static void
open_sink(void)
{
	assert_int_equal(wire_sink_open(&end, &sink), 0);
	assert_non_null(sink);
	assert_nothing_logged(&logged);
}

static void
close_sink(void)
{
	wire_sink_close(sink);
	sink = NULL;
}

/* One frame of the test's bytes. */
static bool
write_frame(uint32_t len)
{
	const struct wire_frame frame = { .data = bytes, .len = len };

	return wire_sink_write(sink, &frame, 1) == 0;
}

static size_t
read_file(void)
{
	FILE *file = fopen(end.name, "r");
	size_t len;

	assert_non_null(file);
	len = fread(file_bytes, 1, sizeof(file_bytes), file);
	fclose(file);
	return len;
}

static uint32_t
field(size_t at)
{
	uint32_t value;

	memcpy(&value, &file_bytes[at], sizeof(value));
	return value;
}

/* Returns where the next record begins. */
static size_t
assert_record(size_t at, uint32_t len)
{
	assert_int_equal(field(at + 8), len);
	assert_int_equal(field(at + 12), len);
	assert_memory_equal(&file_bytes[at + RECORD_HEADER], bytes, len);
	return at + RECORD_HEADER + len;
}

#define assert_refused(error, ...) \
	do { \
		sink = (struct wire_sink *)&end; \
		assert_int_equal(wire_sink_open(&end, &sink), -(error)); \
		assert_null(sink); \
		assert_logged(&logged, end.name, __VA_ARGS__); \
	} while (0)

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
	assert_int_equal(wire_sink_open(&end, &sink), -EACCES);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, end.name, "Permission denied");
	snprintf(end.name, sizeof(end.name), "/dev/full");
	assert_refused(ENOSPC, "No space left on device");
}

static void
a_pipe_is_refused_without_waiting(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(mkfifo(end.name, 0600), 0);
	assert_refused(ENXIO, "is a pipe or device", "regular file");
	fd = open(end.name, O_RDONLY | O_NONBLOCK);
	assert_refused(EINVAL, "is a pipe or device", "regular file");
	close(fd);
}

static void
a_character_device_is_taken_twice(void **state)
{
	struct wire_sink *other;

	(void)state;
	snprintf(end.name, sizeof(end.name), "/dev/null");
	open_sink();
	assert_int_equal(wire_sink_open(&end, &other), 0);
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
	assert_int_equal(wire_source_open(&end, false, &source), 0);
	assert_refused(EBUSY, "another queue");
	assert_int_equal(read_file(), capture.len);
	wire_source_close(source);
	open_sink();
	assert_int_equal(wire_sink_open(&end, &second), -EBUSY);
	assert_logged(&logged, end.name, "another queue");
	assert_int_equal(wire_source_open(&end, false, &source), 0);
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

/* Live ------------------------------------------------------------------------------------- */

static void
need_veth(void)
{
	if (!have_veth)
		skip();
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "near");
}

static void
fill_frame(uint8_t mark)
{
	memset(bytes, 0x02, 12);
	bytes[12] = 0x88;
	bytes[13] = 0xb5;
	bytes[14] = mark;
}

static void
what_is_written_to_an_interface_arrives_at_the_other_end(void **state)
{
	uint8_t got[2048];
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	open_sink();
	fill_frame(1);
	assert_true(write_frame(1514));
	assert_true(write_frame(60));
	wire_sink_flush(sink);
	assert_int_equal(veth_receive(fd, got, sizeof(got)), 1514);
	assert_memory_equal(got, bytes, 1514);
	assert_int_equal(veth_receive(fd, got, sizeof(got)), 60);
	close(fd);
	assert_nothing_logged(&logged);
}

static void
a_frame_that_the_interface_refuses_is_logged_once_and_the_next_is_sent(void **state)
{
	uint8_t got[2048];
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	open_sink();
	fill_frame(2);
	assert_false(write_frame(4000));
	assert_false(write_frame(4000));
	assert_logged(&logged, "interface near", "Message too long");
	assert_true(write_frame(60));
	assert_int_equal(veth_receive(fd, got, sizeof(got)), 60);
	close(fd);
}

/* The test's bytes as a burst of frames, each with its number. */
static uint32_t
write_burst(const uint32_t *lens, uint32_t nb)
{
	static uint8_t data[WIRE_SINK_FRAMES][4000];
	struct wire_frame frames[WIRE_SINK_FRAMES];
	uint32_t i;

	for (i = 0; i < nb; i++) {
		memcpy(data[i], bytes, sizeof(data[i]));
		data[i][14] = (uint8_t)i;
		frames[i] = (struct wire_frame){ .data = data[i], .len = lens[i] };
	}
	return wire_sink_write(sink, frames, nb);
}

static void
assert_burst_arrives(int fd, const uint32_t *lens, uint32_t nb, uint32_t failed)
{
	uint8_t got[2048];
	uint32_t i;

	for (i = 0; i < nb; i++) {
		if (failed & UINT32_C(1) << i)
			continue;
		bytes[14] = (uint8_t)i;
		assert_int_equal(veth_receive(fd, got, sizeof(got)), lens[i]);
		assert_memory_equal(got, bytes, lens[i]);
	}
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
}

static void
of_a_burst_only_the_frames_that_the_interface_refuses_are_not_sent(void **state)
{
	static const uint32_t refused[] = { 0, 1u << 5, 1, 1u << 31, 0xf, 0xf0000000, 0x80018001,
		0x55555555, 0xfffffffe, 0xffffffff };
	uint32_t lens[WIRE_SINK_FRAMES];
	unsigned int i, k;
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	open_sink();
	fill_frame(0);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		for (k = 0; k < WIRE_SINK_FRAMES; k++)
			lens[k] = refused[i] & UINT32_C(1) << k ? 4000 : 60 + k;
		assert_int_equal(write_burst(lens, WIRE_SINK_FRAMES), refused[i]);
		assert_burst_arrives(fd, lens, WIRE_SINK_FRAMES, refused[i]);
	}
	assert_int_equal(write_burst(lens, 0), 0);
	assert_logged(&logged, "interface near", "Message too long");
	close(fd);
}

static void
an_interface_that_is_down_refuses_frames_until_it_is_up(void **state)
{
	(void)state;
	need_veth();
	open_sink();
	fill_frame(3);
	assert_true(veth_ip("link set near down"));
	assert_false(write_frame(60));
	assert_false(write_frame(60));
	assert_logged(&logged, "interface near", "Network is down");
	assert_true(veth_ip("link set near up"));
	/* the kernel tells a socket once more that the interface was down */
	(void)write_frame(60);
	assert_true(write_frame(60));
	assert_nothing_logged(&logged);
}

/* 1 KB a second leaves the interface, and what waits for that fills the socket. */
static void
an_interface_that_hardly_sends_holds_up_nobody(void **state)
{
	unsigned int nb_sent = 0, i;

	(void)state;
	need_veth();
	if (system("PATH=$PATH:/usr/sbin:/sbin tc qdisc add dev near root tbf rate 8kbit "
		   "burst 1540 limit 100mb 2>/dev/null") != 0)
		skip();
	open_sink();
	fill_frame(6);
	for (i = 0; i < 2000; i++)
		nb_sent += write_frame(1514);
	assert_true(nb_sent > 0 && nb_sent < 2000);
	assert_logged(&logged, "interface near", "temporarily unavailable");
	close_sink();
	assert_int_equal(system("PATH=$PATH:/usr/sbin:/sbin tc qdisc del dev near root"), 0);
}

static void
a_shared_sink_sends_and_its_source_does_not_hear_it(void **state)
{
	const struct wire_frame *frame = NULL;
	struct wire_source *source;
	uint8_t got[2048];
	unsigned int i;
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	assert_int_equal(wire_source_open(&end, false, &source), 0);
	assert_int_equal(wire_sink_share(source, &sink), 0);
	fill_frame(4);
	assert_true(write_frame(60));
	assert_int_equal(veth_receive(fd, got, sizeof(got)), 60);
	assert_int_equal(got[14], 4);
	bytes[14] = 5;
	assert_int_equal(send(fd, bytes, 60, 0), 60);
	for (i = 0; frame == NULL && i < 2000; i++, usleep(1000))
		frame = wire_source_peek(source);
	assert_non_null(frame);
	assert_int_equal(frame->data[14], 5);
	close_sink();
	/* the handle is the source's still */
	assert_ptr_equal(wire_source_peek(source), frame);
	wire_source_take(source, 1);
	assert_null(wire_source_peek(source));
	wire_source_close(source);
	close(fd);
	assert_nothing_logged(&logged);
}

static void
a_file_source_cannot_be_shared(void **state)
{
	static struct capture capture;
	struct wire_source *source;

	(void)state;
	capture_begin(&capture, CAPTURE_PCAP, false, CAPTURE_ETHERNET);
	assert_true(capture_save(&capture, end.name));
	assert_int_equal(wire_source_open(&end, false, &source), 0);
	assert_int_equal(wire_sink_share(source, &sink), -EINVAL);
	assert_null(sink);
	assert_logged(&logged, end.name, "interface is required");
	wire_source_close(source);
}

static void
an_interface_that_cannot_be_used_is_refused_with_the_reason(void **state)
{
	(void)state;
	need_veth();
	snprintf(end.name, sizeof(end.name), "no-such-iface");
	assert_refused(ENODEV, "no such interface");
	assert_true(veth_ip("link add asleep type veth peer name asleep1"));
	snprintf(end.name, sizeof(end.name), "asleep");
	assert_refused(ENETDOWN, "is down; must be up");
	assert_true(veth_ip("link del asleep"));
	if (geteuid() != 0)
		skip();
	snprintf(end.name, sizeof(end.name), "near");
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(wire_sink_open(&end, &sink), -EPERM);
	assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, "interface near", "needs CAP_NET_RAW");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		TEST(a_pipe_is_refused_without_waiting),
		TEST(a_character_device_is_taken_twice),
		TEST(a_file_that_another_queue_has_open_is_refused_and_keeps_its_bytes),
		TEST(wherever_a_file_may_grow_no_more_it_ends_with_a_whole_record_and_the_rest_is_lost),
		TEST(nothing_is_lost_where_there_is_room),
		TEST(a_file_that_may_not_grow_is_logged_once_and_stays_failed),
		TEST(a_failure_at_flush_or_close_is_logged_once),
		TEST(a_full_disk_is_logged_once_and_stays_full),
		TEST(closing_nothing_is_allowed),
		TEST(what_is_written_to_an_interface_arrives_at_the_other_end),
		TEST(a_frame_that_the_interface_refuses_is_logged_once_and_the_next_is_sent),
		TEST(of_a_burst_only_the_frames_that_the_interface_refuses_are_not_sent),
		TEST(an_interface_that_is_down_refuses_frames_until_it_is_up),
		TEST(an_interface_that_hardly_sends_holds_up_nobody),
		TEST(a_shared_sink_sends_and_its_source_does_not_hear_it),
		TEST(a_file_source_cannot_be_shared),
		TEST(an_interface_that_cannot_be_used_is_refused_with_the_reason),
	};

	have_veth = veth_make("near", "far");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
