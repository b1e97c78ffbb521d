/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Live interfaces as sources. */

#include "compat_util.h"
#include "wire_live_util.h"
#include "wire_source_util.h"

#include <time.h>

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
	frame = wait_frame(source);
	assert_non_null(frame);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_between(now.tv_sec - frame->stamp / 1000000000, 0, 3);
	assert_int_equal(frame->len, 1514);
	assert_int_equal(frame->data[14], 1);
	assert_memory_equal(frame->data + 15, bytes + 15, 1514 - 15);
	wire_source_take(source, 1);
	frame = wait_frame(source);
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
	frame = wait_frame(source);
	assert_non_null(frame);
	assert_int_equal(frame->data[14], 3);
	wire_source_close(source);

	open_live(WIRE_END_IFACE_IN);
	send_frame("near", 4, 60);
	send_frame("far", 5, 60);
	frame = wait_frame(source);
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
	choices.depth = 8192;
	open_live(WIRE_END_IFACE);
	send_numbered("far", nb);
	for (i = 0; i < nb; i++) {
		assert_numbered(wait_frame(source), i);
		wire_source_take(source, 1);
	}
	assert_null(wire_source_peek(source));
	assert_int_equal(wire_source_dropped(source), 0);
}

static void
what_does_not_fit_in_the_kernel_is_counted(void **state)
{
	static const uint32_t depths[] = { 0, WIRE_MIN_DEPTH, 2048 };
	const unsigned int nb = 5000;
	uint64_t dropped;
	unsigned int received, i;

	(void)state;
	need_veth();
	for (i = 0; i < RTE_DIM(depths); i++) {
		choices.depth = depths[i];
		open_live(WIRE_END_IFACE);
		send_frames("far", 6, 60, nb);
		for (received = 0; wait_frame(source) != NULL; received++)
			wire_source_take(source, 1);
		dropped = wire_source_dropped(source);
		assert_int_equal(received, depths[i] == 0 ? WIRE_DEPTH : depths[i]);
		assert_int_equal(received + dropped, nb);
		assert_int_equal(wire_source_dropped(source), dropped);
		wire_source_close(source);
	}
	source = NULL;
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
		frame = wait_frame(source);
		assert_numbered(frame, i);
		for (k = 0; k < (i == 40 ? 20000 : 10); k++)
			put_on_wire(fd, 8, 1514);
		memset(bytes, 0x02, 60);
		assert_ptr_equal(wire_source_peek(source), frame);
		assert_numbered(frame, i);
		wire_source_take(source, 1);
		assert_numbered(frame, i);
	}
	frame = wait_frame(source);
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
			frame = wait_frame(source);
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
	choices.depth = 4096;
	open_live(WIRE_END_IFACE);
	send_frames("far", 9, 65549, nb);
	send_frames("far", 10, 60, 1);
	while ((frame = wait_frame(source)) != NULL && frame->len != 60) {
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
			frame = wait_frame(source);
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
		assert_non_null(wait_frame(source));
		send_frame("far", 12, 60);
		assert_true(readable());
		wire_source_take(source, 1);
		assert_true(readable());
		assert_non_null(wait_frame(source));
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
			assert_non_null(wait_frame(source));
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
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	send_frame("lo", 14, 60);
	assert_non_null(wait_frame(source));
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
	assert_refused(EINVAL, 1, "has link type 65534", "Ethernet", "required");
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
	assert_non_null(wait_frame(source));
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
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
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
	assert_refused(ENODEV, 1, "no such interface");
	snprintf(end.name, sizeof(end.name), "a-name-that-is-too-long-for-an-interface");
	assert_refused(ENODEV, 1, "no such interface");
	assert_true(veth_ip("link add asleep type veth peer name asleep1"));
	snprintf(end.name, sizeof(end.name), "asleep");
	assert_refused(ENETDOWN, 1, "is down");
	assert_true(veth_ip("link del asleep"));
	snprintf(end.name, sizeof(end.name), "any");
	assert_refused(ENODEV, 1, "no such interface");
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
	assert_int_equal(wire_source_open(&end, &choices, &source), -EPERM);
	assert_int_equal(seteuid(0), 0);
	assert_logged(&logged, "interface lo", "needs CAP_NET_RAW");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
