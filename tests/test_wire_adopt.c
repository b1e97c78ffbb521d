/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Sources and sinks that go on by the descriptors of others, as those of other processes do. */

#include "wire_live_util.h"
#include "wire_sink_util.h"

static bool have_veth;
static struct wire_sink *first;

static void
need_veth(void)
{
	if (!have_veth)
		skip();
}

/* Another sink goes on for the one that is open, which becomes the first. */
static void
go_on(void)
{
	int fd = wire_sink_pass(sink);

	assert_true(fd >= 0);
	first = sink;
	assert_int_equal(wire_sink_adopt(&end, dup(fd), &sink_choices, &sink), 0);
}

static void
records_of_both_are_in_the_file_whole_and_in_order(void **state)
{
	size_t at = FILE_HEADER;

	(void)state;
	open_sink();
	assert_true(write_frame(60));
	assert_true(write_frame(1514));
	go_on();
	assert_true(write_frame(100));
	wire_sink_flush(sink);
	assert_int_equal(read_file(), FILE_HEADER + 3 * RECORD_HEADER + 60 + 1514 + 100);
	close_sink();
	/* and a third one */
	sink = first;
	go_on();
	assert_true(write_frame(200));
	close_sink();
	wire_sink_close(first);
	assert_int_equal(read_file(), FILE_HEADER + 4 * RECORD_HEADER + 60 + 1514 + 100 + 200);
	at = assert_record(at, 60);
	at = assert_record(at, 1514);
	at = assert_record(at, 100);
	assert_record(at, 200);
	assert_nothing_logged(&logged);
}

/* Its counts would be those of one writer. */
static void
a_pcapng_of_two_writers_has_no_statistics(void **state)
{
	const uint32_t statistics = 5;
	size_t len, at;

	(void)state;
	sink_choices.format = WIRE_FILE_PCAPNG;
	open_sink();
	go_on();
	assert_true(write_frame(60));
	close_sink();
	wire_sink_close(first);
	len = read_file();
	for (at = 0; at < len; at += field(at + 4))
		assert_int_not_equal(field(at), statistics);
	assert_int_equal(at, len);
}

static void
a_file_is_free_when_who_opened_it_closes_it(void **state)
{
	(void)state;
	open_sink();
	go_on();
	wire_sink_close(first);
	first = sink;
	open_sink();
	wire_sink_close(first);
	assert_true(write_frame(60));
	close_sink();
	assert_int_equal(read_file(), FILE_HEADER + RECORD_HEADER + 60);
}

static void
what_keeps_bytes_here_is_not_passed(void **state)
{
	int reader;

	(void)state;
	assert_int_equal(mkfifo(end.name, 0600), 0);
	reader = open(end.name, O_RDONLY | O_NONBLOCK);
	open_sink();
	assert_int_equal(wire_sink_pass(sink), -ENOTSUP);
	close_sink();
	close(reader);
	end.kind = WIRE_END_NONE;
	open_sink();
	assert_int_equal(wire_sink_pass(sink), -ENOTSUP);
}

static void
a_sink_of_an_interface_sends_by_anothers_socket(void **state)
{
	uint8_t got[2048];
	int far;

	(void)state;
	need_veth();
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "near");
	far = veth_socket("far");
	open_sink();
	go_on();
	wire_sink_close(first);
	assert_true(write_frame(100));
	assert_int_equal(veth_receive(far, got, sizeof(got)), 100);
	assert_memory_equal(got, bytes, 100);
	close(far);
}

static void
receive_by_anothers_socket(uint32_t depth)
{
	const struct wire_choices wanted = { .rounds = 1, .depth = depth, .snaplen = 1000 };
	struct wire_source *opened, *source;
	const struct wire_frame *frame;
	uint32_t i;
	int far;

	assert_int_equal(wire_source_open(&end, &wanted, &opened), 0);
	far = veth_socket("far");
	for (i = 0; i < 3; i++)
		assert_int_equal(send(far, bytes, 60 + i, 0), 60 + i);
	assert_int_equal(wire_source_adopt(&end, dup(wire_source_fd(opened)), &wanted, &source), 0);
	/* that of the primary stays open; nobody looks at it */
	for (i = 0; i < 3 * depth; i++) {
		frame = wait_frame(source);
		assert_non_null(frame);
		assert_int_equal(frame->len, 60 + i % 3);
		assert_memory_equal(frame->data, bytes, frame->len);
		wire_source_take(source, 1);
		assert_int_equal(send(far, bytes, 60 + i % 3, 0), 60 + i % 3);
	}
	wire_source_close(source);
	wire_source_close(opened);
	close(far);
}

/* What had come before is there, and so often round the kernel's slots. */
static void
a_source_of_an_interface_receives_by_anothers_socket(void **state)
{
	(void)state;
	need_veth();
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "near");
	receive_by_anothers_socket(64);
	receive_by_anothers_socket(512);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_of_both_are_in_the_file_whole_and_in_order),
		TEST(a_pcapng_of_two_writers_has_no_statistics),
		TEST(a_file_is_free_when_who_opened_it_closes_it),
		TEST(what_keeps_bytes_here_is_not_passed),
		TEST(a_sink_of_an_interface_sends_by_anothers_socket),
		TEST(a_source_of_an_interface_receives_by_anothers_socket),
	};

	have_veth = veth_make("near", "far");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
