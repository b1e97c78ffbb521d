/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include <rte_common.h>

#include "capture_util.h"
#include "compat_util.h"
#include "log_util.h"
#include "veth_util.h"
#include "wire_open.h"

#define STAMP 1700000000123456789ULL

static struct log_capture logged;
static struct capture capture;
static struct wire_end end;
static struct wire_source *source;
static char dir[PATH_MAX];
static uint8_t bytes[WIRE_MAX_FRAME];
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
	snprintf(end.name, sizeof(end.name), "%.4000s/capture", dir);
	source = NULL;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	wire_source_close(source);
	log_capture_end(&logged);
	return capture_dir_remove(dir) ? 0 : -1;
}

static void
begin(enum capture_format format, bool big_endian)
{
	capture_begin(&capture, format, big_endian, CAPTURE_ETHERNET);
}

/* Frame i has 60 + i bytes, its own first one, and comes i microseconds after the first. */
static void
add_frames(unsigned int first, unsigned int nb)
{
	unsigned int i;

	for (i = first; i < first + nb; i++) {
		bytes[0] = (uint8_t)i;
		capture_add(&capture, STAMP + i * 1000, bytes, 60 + i, 60 + i);
	}
}

static void
open_source(bool infinite)
{
	assert_true(capture_save(&capture, end.name));
	assert_int_equal(wire_source_open(&end, infinite, &source), 0);
	assert_non_null(source);
	assert_nothing_logged(&logged);
}

static void
assert_frame(unsigned int i)
{
	const struct wire_frame *frame = wire_source_peek(source);

	assert_non_null(frame);
	bytes[0] = (uint8_t)i;
	assert_int_equal(frame->len, 60 + i);
	assert_memory_equal(frame->data, bytes, 60 + i);
	wire_source_take(source, 1);
}

static void
assert_frames(unsigned int first, unsigned int nb)
{
	unsigned int i;

	for (i = first; i < first + nb; i++)
		assert_frame(i);
}

static void
assert_end_of_source(void)
{
	assert_null(wire_source_peek(source));
	assert_null(wire_source_peek(source));
}

#define assert_refused(error, infinite, ...) \
	do { \
		source = (struct wire_source *)&end; \
		assert_int_equal(wire_source_open(&end, infinite, &source), -(error)); \
		assert_null(source); \
		assert_logged(&logged, end.name, __VA_ARGS__); \
	} while (0)

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
			open_source(false);
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
	open_source(false);
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
	open_source(false);
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
	open_source(false);
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
	open_source(false);
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
		open_source(true);
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
	open_source(true);
	assert_int_equal(unlink(end.name), 0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_nothing_logged(&logged);
}

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
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(
			end.name, PCAP_TSTAMP_PRECISION_NANO, reason);
	const struct wire_frame *frame;
	struct pcap_pkthdr *header;
	const u_char *data;
	int ret;

	assert_non_null(pcap);
	while ((ret = pcap_next_ex(pcap, &header, &data)) == 1) {
		frame = wire_source_peek(source);
		assert_non_null(frame);
		assert_int_equal(frame->len, header->caplen);
		assert_memory_equal(frame->data, data, header->caplen);
		assert_int_equal(frame->stamp,
				header->ts.tv_sec * 1000000000ULL + header->ts.tv_usec);
		wire_source_take(source, 1);
	}
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
		open_source(false);
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
	open_source(true);
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
	open_source(true);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_int_equal(truncate(end.name, 24), 0);
	assert_frames(0, 2);
	assert_frames(0, 2);
	assert_nothing_logged(&logged);
}

static void
an_infinite_file_that_cannot_start_again_ends_with_one_line(void **state)
{
	(void)state;
	begin(CAPTURE_PCAPNG, false);
	add_frames(0, 2);
	open_source(true);
	assert_frames(0, 2);
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
	open_source(true);
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
	open_source(false);
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
	assert_refused(EINVAL, true, "has no packets", "infinite_rx=1");
	begin(CAPTURE_PCAP, false);
	add_frames(0, 1);
	capture.len--;
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, true, "record 1", "truncated");
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
			open_source(false);
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
	open_source(true);
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
	open_source(false);
	assert_frames(0, 2);
	assert_end_of_source();
	assert_logged(&logged, end.name, "record 3", "length", "2 before it");
}

static void
what_is_no_capture_is_refused_with_the_reason(void **state)
{
	(void)state;
	assert_refused(ENOENT, false, "No such file");
	assert_true(capture_save_bytes(end.name, "", 0));
	assert_refused(EINVAL, false, "truncated", "pcap or pcapng");
	assert_true(capture_save_bytes(end.name, "\xd4\xc3\xb2\xa1\x02", 5));
	assert_refused(EINVAL, false, "truncated", "pcap or pcapng");
	assert_true(capture_save_bytes(end.name, "hello, I am a text file", 23));
	assert_refused(EINVAL, false, "unknown file format", "pcap or pcapng");
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
			assert_refused(EINVAL, false, types[i].name, "Ethernet", "required");
		}
	}
}

static void
what_is_no_regular_file_is_refused_without_waiting(void **state)
{
	(void)state;
	assert_int_equal(mkdir(end.name, 0700), 0);
	assert_refused(EISDIR, false, "is a directory", "regular file");
	assert_int_equal(rmdir(end.name), 0);
	assert_int_equal(mkfifo(end.name, 0600), 0);
	assert_refused(EINVAL, false, "is a pipe or device", "regular file");
	snprintf(end.name, sizeof(end.name), "/dev/null");
	assert_refused(EINVAL, true, "is a pipe or device", "regular file");
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
	assert_int_equal(wire_source_open(&end, false, &source), -EACCES);
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
	open_source(true);
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

static unsigned int
open_descriptors(void)
{
	unsigned int nb = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		nb += fcntl(fd, F_GETFD) >= 0;
	return nb;
}

static void
no_descriptor_is_left_open(void **state)
{
	unsigned int before = open_descriptors();
	unsigned int i;

	(void)state;
	begin(CAPTURE_PCAP, false);
	add_frames(0, 1);
	open_source(true);
	for (i = 0; i < 10; i++)
		assert_frame(0);
	wire_source_close(source);
	assert_true(capture_save_bytes(end.name, "hello", 5));
	assert_refused(EINVAL, false, "unknown");
	capture_begin(&capture, CAPTURE_PCAP, false, 101);
	assert_true(capture_save(&capture, end.name));
	assert_refused(EINVAL, false, "RAW");
	assert_int_equal(open_descriptors(), before);
}

static void
closing_nothing_is_allowed(void **state)
{
	(void)state;
	wire_source_close(NULL);
}

/* Live ------------------------------------------------------------------------------------- */

static void
need_veth(void)
{
	if (!have_veth)
		skip();
}

static void
open_live(enum wire_end_kind kind)
{
	end.kind = kind;
	snprintf(end.name, sizeof(end.name), "near");
	assert_int_equal(wire_source_open(&end, false, &source), 0);
	assert_nothing_logged(&logged);
}

static const struct wire_frame *
wait_frame(void)
{
	const struct wire_frame *frame = NULL;
	unsigned int i;

	for (i = 0; frame == NULL && i < 2000; i++) {
		frame = wire_source_peek(source);
		if (frame == NULL)
			usleep(1000);
	}
	return frame;
}

static void
put_on_wire(int fd, uint8_t mark, size_t len)
{
	memset(bytes, 0x02, 12); /* for somebody else, so that promiscuous mode is needed */
	bytes[12] = 0x88;
	bytes[13] = 0xb5;
	bytes[14] = mark;
	assert_int_equal(send(fd, bytes, len, 0), len);
}

static void
send_frames(const char *name, uint8_t mark, size_t len, unsigned int nb)
{
	int fd = veth_socket(name);
	unsigned int i;

	assert_true(fd >= 0);
	for (i = 0; i < nb; i++)
		put_on_wire(fd, mark, len);
	close(fd);
}

static void
send_frame(const char *name, uint8_t mark, size_t len)
{
	send_frames(name, mark, len, 1);
}

static void
a_live_source_gives_what_arrives_and_does_not_wait(void **state)
{
	const struct wire_frame *frame;
	struct timespec now;

	(void)state;
	need_veth();
	open_live(WIRE_END_IFACE);
	assert_true(source->live);
	assert_null(wire_source_peek(source));
	send_frame("far", 1, 1514);
	send_frame("far", 2, 60);
	frame = wait_frame();
	assert_non_null(frame);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_between(now.tv_sec - frame->stamp / 1000000000, 0, 3);
	assert_int_equal(frame->len, 1514);
	assert_int_equal(frame->data[14], 1);
	assert_memory_equal(frame->data + 15, bytes + 15, 1514 - 15);
	wire_source_take(source, 1);
	frame = wait_frame();
	assert_non_null(frame);
	assert_int_equal(frame->data[14], 2);
	wire_source_take(source, 1);
	assert_null(wire_source_peek(source));
	assert_int_equal(wire_source_dropped(source), 0);
	assert_nothing_logged(&logged);
}

static void
both_directions_are_received_unless_only_incoming_is_asked_for(void **state)
{
	const struct wire_frame *frame;

	(void)state;
	need_veth();
	open_live(WIRE_END_IFACE);
	send_frame("near", 3, 60);
	frame = wait_frame();
	assert_non_null(frame);
	assert_int_equal(frame->data[14], 3);
	wire_source_close(source);

	open_live(WIRE_END_IFACE_IN);
	send_frame("near", 4, 60);
	send_frame("far", 5, 60);
	frame = wait_frame();
	assert_non_null(frame);
	assert_int_equal(frame->data[14], 5);
	wire_source_take(source, 1);
	assert_null(wire_source_peek(source));
}

/* Frames that differ in their number. */
static void
send_numbered(const char *name, uint32_t nb)
{
	int fd = veth_socket(name);
	uint32_t i;

	assert_true(fd >= 0);
	memset(bytes, 0x02, 60);
	for (i = 0; i < nb; i++) {
		memcpy(&bytes[20], &i, sizeof(i));
		assert_int_equal(send(fd, bytes, 60, 0), 60);
	}
	close(fd);
}

static void
assert_numbered(const struct wire_frame *frame, uint32_t number)
{
	assert_non_null(frame);
	assert_int_equal(frame->len, 60);
	memcpy(&bytes[20], &number, sizeof(number));
	assert_memory_equal(frame->data, bytes, 60);
}

static void
thousands_of_frames_are_kept_in_order(void **state)
{
	const uint32_t nb = 8000;
	uint32_t i;

	(void)state;
	need_veth();
	open_live(WIRE_END_IFACE);
	send_numbered("far", nb);
	for (i = 0; i < nb; i++) {
		assert_numbered(wait_frame(), i);
		wire_source_take(source, 1);
	}
	assert_null(wire_source_peek(source));
	assert_int_equal(wire_source_dropped(source), 0);
}

static void
what_does_not_fit_in_the_kernel_is_counted(void **state)
{
	const unsigned int nb = 20000;
	unsigned int received = 0;
	uint64_t dropped = 0;

	(void)state;
	need_veth();
	open_live(WIRE_END_IFACE);
	send_frames("far", 6, 60, nb);
	while (received + dropped < nb && wait_frame() != NULL) {
		wire_source_take(source, 1);
		received++;
		dropped = wire_source_dropped(source);
	}
	assert_true(dropped > 0);
	assert_int_equal(received + dropped, nb);
	assert_int_equal(wire_source_dropped(source), dropped);
}

static void
frames_that_are_shown_stay_whatever_else_comes(void **state)
{
	const uint32_t nb = 100;
	const struct wire_frame *frame;
	uint32_t i, k;
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	open_live(WIRE_END_IFACE);
	send_numbered("far", nb);
	for (i = 0; i < nb; i++) {
		frame = wait_frame();
		assert_numbered(frame, i);
		for (k = 0; k < (i == 40 ? 20000 : 10); k++)
			put_on_wire(fd, 8, 1514);
		memset(bytes, 0x02, 60);
		assert_ptr_equal(wire_source_peek(source), frame);
		assert_numbered(frame, i);
		wire_source_take(source, 1);
		assert_numbered(frame, i);
	}
	frame = wait_frame();
	assert_non_null(frame);
	assert_int_equal(frame->len, 1514);
	close(fd);
}

static void
set_mtu(unsigned int mtu)
{
	assert_true(veth_ip("link set near mtu %u", mtu) && veth_ip("link set far mtu %u", mtu));
}

static void
frames_of_all_lengths_come_whole_and_in_order(void **state)
{
	static const uint32_t lens[] = { 60, 1514, 1919, 1920, 1921, 60, 2047, 2048, 2049, 60, 60,
		9014, 9014, 1514, 65549, 65549, 60, 40000, 1922, 14 };
	const struct wire_frame *frame;
	unsigned int round, i;
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	set_mtu(65535);
	open_live(WIRE_END_IFACE);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < RTE_DIM(lens); i++)
			put_on_wire(fd, (uint8_t)i, lens[i]);
		for (i = 0; i < RTE_DIM(lens); i++) {
			frame = wait_frame();
			assert_non_null(frame);
			assert_int_equal(frame->len, lens[i]);
			bytes[14] = (uint8_t)i;
			assert_memory_equal(frame->data, bytes, lens[i]);
			assert_true(frame->stamp > STAMP);
			wire_source_take(source, 1);
		}
	}
	assert_null(wire_source_peek(source));
	assert_int_equal(wire_source_dropped(source), 0);
	set_mtu(1500);
	close(fd);
}

static void
long_frames_without_room_are_counted_and_the_others_are_whole(void **state)
{
	const unsigned int nb = 2000;
	unsigned int received = 0;
	const struct wire_frame *frame;
	uint64_t dropped = 0;

	(void)state;
	need_veth();
	set_mtu(65535);
	open_live(WIRE_END_IFACE);
	send_frames("far", 9, 65549, nb);
	send_frames("far", 10, 60, 1);
	while ((frame = wait_frame()) != NULL && frame->len != 60) {
		assert_int_equal(frame->len, 65549);
		bytes[14] = 9;
		assert_memory_equal(frame->data, bytes, 65549);
		wire_source_take(source, 1);
		received++;
		dropped = wire_source_dropped(source);
	}
	assert_non_null(frame);
	assert_int_equal(frame->data[14], 10);
	dropped = wire_source_dropped(source);
	assert_true(dropped > 0);
	assert_int_equal(received + dropped, nb);
	set_mtu(1500);
}

/* The kernel takes out the outermost tag of what comes in. */
static void
vlan_tags_are_where_they_were_sent(void **state)
{
	static const uint8_t tags[][10] = {
		{ 0x81, 0x00, 0xa1, 0x23, 0x88, 0xb5 },
		{ 0x81, 0x00, 0x00, 0x00, 0x88, 0xb5 },
		{ 0x88, 0xa8, 0x0f, 0xff, 0x88, 0xb5 },
		{ 0x88, 0xa8, 0x00, 0x02, 0x81, 0x00, 0x00, 0x03, 0x88, 0xb5 },
	};
	static const uint32_t lens[] = { 64, 1518, 9000, 64 };
	const struct wire_frame *frame;
	unsigned int i, k;
	int fd;

	(void)state;
	need_veth();
	fd = veth_socket("far");
	set_mtu(9000);
	open_live(WIRE_END_IFACE);
	memset(bytes, 0x02, 12);
	for (i = 0; i < RTE_DIM(tags); i++) {
		for (k = 0; k < RTE_DIM(lens); k++) {
			memcpy(&bytes[12], tags[i], sizeof(tags[i]));
			assert_int_equal(send(fd, bytes, lens[k], 0), lens[k]);
			frame = wait_frame();
			assert_non_null(frame);
			assert_int_equal(frame->len, lens[k]);
			assert_memory_equal(frame->data, bytes, lens[k]);
			assert_ptr_equal(wire_source_peek(source), frame);
			wire_source_take(source, 1);
		}
	}
	set_mtu(1500);
	close(fd);
}

static bool
readable(void)
{
	struct pollfd pfd = { .fd = wire_source_fd(source), .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

/* So that one who sleeps wakes for the first frame, and not once more after the last. */
static void
the_descriptor_is_readable_while_there_are_frames(void **state)
{
	static const uint32_t lens[] = { 60, 9000, 60 };
	unsigned int i;

	(void)state;
	need_veth();
	set_mtu(9000);
	open_live(WIRE_END_IFACE);
	for (i = 0; i < RTE_DIM(lens); i++) {
		assert_false(readable());
		send_frame("far", 11, lens[i]);
		assert_non_null(wait_frame());
		send_frame("far", 12, 60);
		assert_true(readable());
		wire_source_take(source, 1);
		assert_true(readable());
		assert_non_null(wait_frame());
		wire_source_take(source, 1);
		assert_null(wire_source_peek(source));
	}
	assert_false(readable());
	set_mtu(1500);
}

static void
closing_with_frames_that_nobody_took_leaves_nothing_behind(void **state)
{
	unsigned int before = open_descriptors();
	unsigned int i;

	(void)state;
	need_veth();
	set_mtu(9000);
	for (i = 0; i < 3; i++) {
		open_live(WIRE_END_IFACE);
		send_frames("far", 13, 60, 2);
		send_frames("far", 13, 9000, 5);
		send_frames("far", 13, 60, 100);
		if (i > 0)
			assert_non_null(wait_frame());
		if (i > 1)
			wire_source_take(source, 1);
		wire_source_close(source);
		source = NULL;
		assert_int_equal(open_descriptors(), before);
	}
	set_mtu(1500);
}

static void
the_loopback_interface_shows_each_frame_once(void **state)
{
	(void)state;
	need_veth();
	assert_true(veth_ip("link set lo up"));
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "lo");
	assert_int_equal(wire_source_open(&end, false, &source), 0);
	send_frame("lo", 14, 60);
	assert_non_null(wait_frame());
	wire_source_take(source, 1);
	assert_null(wire_source_peek(source));
	assert_true(veth_ip("link set lo down"));
}

static void
an_interface_that_is_not_ethernet_is_refused(void **state)
{
	(void)state;
	need_veth();
	if (!veth_ip("tuntap add dev points mode tun"))
		skip();
	assert_true(veth_ip("link set points up"));
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "points");
	assert_refused(EINVAL, false, "has link type 65534", "Ethernet", "required");
	assert_true(veth_ip("link del points"));
}

static void
an_interface_that_went_down_is_heard_again_when_it_is_up(void **state)
{
	unsigned int i;

	(void)state;
	need_veth();
	open_live(WIRE_END_IFACE);
	assert_true(veth_ip("link set near down"));
	for (i = 0; i < 10; i++)
		assert_null(wire_source_peek(source));
	assert_true(veth_ip("link set near up"));
	send_frame("far", 7, 60);
	assert_non_null(wait_frame());
	assert_nothing_logged(&logged);
}

static void
an_interface_that_disappears_is_logged_once(void **state)
{
	unsigned int i;

	(void)state;
	need_veth();
	assert_true(veth_ip("link add gone0 type veth peer name gone1"));
	assert_true(veth_ip("link set gone0 up") && veth_ip("link set gone1 up"));
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "gone0");
	assert_int_equal(wire_source_open(&end, false, &source), 0);
	assert_true(veth_ip("link del gone0"));
	for (i = 0; i < 100; i++)
		assert_null(wire_source_peek(source));
	assert_logged(&logged, "interface gone0", "disappeared");
}

static void
an_interface_that_cannot_be_used_is_refused_with_the_reason(void **state)
{
	(void)state;
	need_veth();
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "no-such-iface");
	assert_refused(ENODEV, false, "no such interface");
	snprintf(end.name, sizeof(end.name), "a-name-that-is-too-long-for-an-interface");
	assert_refused(ENODEV, false, "no such interface");
	assert_true(veth_ip("link add asleep type veth peer name asleep1"));
	snprintf(end.name, sizeof(end.name), "asleep");
	assert_refused(ENETDOWN, false, "is down");
	assert_true(veth_ip("link del asleep"));
	snprintf(end.name, sizeof(end.name), "any");
	assert_refused(ENODEV, false, "no such interface");
}

static void
an_interface_without_the_right_to_it_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "lo");
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(wire_source_open(&end, false, &source), -EPERM);
	assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, "interface lo", "needs CAP_NET_RAW");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		TEST(what_is_no_capture_is_refused_with_the_reason),
		TEST(a_capture_that_is_not_ethernet_is_refused_with_its_link_type),
		TEST(what_is_no_regular_file_is_refused_without_waiting),
		TEST(a_file_that_may_not_be_read_is_refused),
		TEST(an_open_file_is_locked_against_writers_until_it_is_closed),
		TEST(no_descriptor_is_left_open),
		TEST(closing_nothing_is_allowed),
		TEST(a_live_source_gives_what_arrives_and_does_not_wait),
		TEST(both_directions_are_received_unless_only_incoming_is_asked_for),
		TEST(thousands_of_frames_are_kept_in_order),
		TEST(what_does_not_fit_in_the_kernel_is_counted),
		TEST(frames_that_are_shown_stay_whatever_else_comes),
		TEST(frames_of_all_lengths_come_whole_and_in_order),
		TEST(long_frames_without_room_are_counted_and_the_others_are_whole),
		TEST(vlan_tags_are_where_they_were_sent),
		TEST(the_descriptor_is_readable_while_there_are_frames),
		TEST(closing_with_frames_that_nobody_took_leaves_nothing_behind),
		TEST(the_loopback_interface_shows_each_frame_once),
		TEST(an_interface_that_is_not_ethernet_is_refused),
		TEST(an_interface_that_went_down_is_heard_again_when_it_is_up),
		TEST(an_interface_that_disappears_is_logged_once),
		TEST(an_interface_that_cannot_be_used_is_refused_with_the_reason),
		TEST(an_interface_without_the_right_to_it_is_refused),
	};

	have_veth = veth_make("near", "far");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
