/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Live interfaces as sinks. */

#include "wire_sink_util.h"

#include <time.h>

static bool have_veth;

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
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
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
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
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
	assert_int_equal(wire_sink_open(&end, &sink_choices, &sink), -EPERM);
	assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, "interface near", "needs CAP_NET_RAW");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
