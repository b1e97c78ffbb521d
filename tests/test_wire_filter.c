/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* What passes a filter of a source, and how much of it. */

#include "compat_util.h"
#include "wire_pace.h"
#include "wire_source_util.h"

#define HOST "192.0.2.7"

/* UDP from 192.0.2.host to port, perhaps with a VLAN tag. Returns its length. */
static uint32_t
make_udp(uint8_t host, uint16_t port, uint16_t vlan, uint8_t *frame)
{
	static const uint8_t addresses[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	const uint8_t ip[] = { 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, host, 198, 51,
		100, 1, 0, 99, port >> 8, (uint8_t)port, 0, 26, 0, 0 };
	uint32_t at = sizeof(addresses);

	memset(frame, 0, 64);
	memcpy(frame, addresses, sizeof(addresses));
	if (vlan != 0) {
		const uint8_t tag[] = { 0x81, 0, vlan >> 8, (uint8_t)vlan };

		memcpy(frame + at, tag, sizeof(tag));
		at += sizeof(tag);
	}
	frame[at++] = 0x08;
	frame[at++] = 0x00;
	memcpy(frame + at, ip, sizeof(ip));
	return vlan != 0 ? 64 : 60;
}

/* nb frames from hosts 0 to 9 in turn */
static void
add_udp(unsigned int nb, uint16_t vlan)
{
	uint8_t frame[64];
	unsigned int i;
	uint32_t len;

	for (i = 0; i < nb; i++) {
		len = make_udp(i % 10, 1000 + i % 10, vlan, frame);
		capture_add(&capture, STAMP + i * 1000, frame, len, len);
	}
}

static void
open_filtered(const char *filter, uint64_t rounds)
{
	snprintf(choices.filter, sizeof(choices.filter), "%s", filter);
	open_source(rounds);
}

/* Take all frames that there are. Returns how many. */
static unsigned int
count_frames(void)
{
	unsigned int nb = 0;

	while (wire_source_peek(source) != NULL) {
		wire_source_take(source, 1);
		nb++;
	}
	return nb;
}

/* The number of packets that libpcap gives with the same filter. */
static unsigned int
count_beside(const char *filter)
{
	struct bpf_program program;
	struct pcap_pkthdr *header;
	const u_char *data;
	pcap_t *pcap = open_beside();
	unsigned int nb = 0;

	assert_int_equal(pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN), 0);
	assert_int_equal(pcap_setfilter(pcap, &program), 0);
	while (pcap_next_ex(pcap, &header, &data) == 1)
		nb++;
	pcap_freecode(&program);
	pcap_close(pcap);
	return nb;
}

static void
what_passes_is_what_libpcap_passes(void **state)
{
	static const char *const filters[] = { "host " HOST, "not host " HOST, "udp port 1003",
		"vlan 5", "vlan 5 and host " HOST, "ip[15] & 1 != 0", "greater 62", "tcp", "" };
	unsigned int format, i;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		begin(format, false);
		add_udp(100, 0);
		add_udp(50, 5);
		for (i = 0; i < RTE_DIM(filters); i++) {
			open_filtered(filters[i], 1);
			assert_int_equal(count_frames(), count_beside(filters[i]));
			assert_true(source->ended);
			wire_source_close(source);
		}
	}
	source = NULL;
}

/* Of a packet that was cut when it was captured. */
static void
a_filter_sees_the_length_on_the_wire(void **state)
{
	unsigned int format;

	(void)state;
	for (format = CAPTURE_PCAP; format <= CAPTURE_PCAPNG_NANO; format++) {
		begin(format, false);
		capture_add(&capture, STAMP, bytes, 60, 1500);
		capture_add(&capture, STAMP, bytes, 60, 60);
		open_filtered("greater 1000", 1);
		assert_int_equal(count_frames(), 1);
		assert_int_equal(count_beside("greater 1000"), 1);
		wire_source_close(source);
	}
	source = NULL;
}

static void
frames_are_cut_and_stay_as_they_are_but_for_that(void **state)
{
	const struct wire_frame *frame;
	unsigned int i;

	(void)state;
	begin(CAPTURE_PCAP_NANO, false);
	add_frames(0, 100);
	choices.snaplen = 100;
	open_source(1);
	for (i = 0; i < 100; i++) {
		frame = wire_source_peek(source);
		assert_non_null(frame);
		bytes[0] = i;
		assert_int_equal(frame->len, RTE_MIN(60 + i, 100u));
		assert_memory_equal(frame->data, bytes, frame->len);
		assert_int_equal(frame->stamp, STAMP + i * 1000);
		wire_source_take(source, 1);
	}
	assert_end_of_source();
}

static void
a_filter_sees_frames_before_they_are_cut(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	add_udp(100, 0);
	choices.snaplen = 14;
	open_filtered("host " HOST, 1);
	assert_int_equal(wire_source_peek(source)->len, 14);
	assert_int_equal(count_frames(), 10);
}

/* Only the last of very many passes. */
static void
open_with_a_long_way(void)
{
	uint8_t frame[64];
	uint32_t len;

	begin(CAPTURE_PCAP, false);
	add_udp(10000, 0);
	len = make_udp(77, 77, 0, frame);
	capture_add(&capture, STAMP, frame, len, len);
	open_filtered("host 192.0.2.77", 1);
}

/* So that whoever polls is not held up by what does not pass. */
static void
a_long_way_to_the_next_frame_is_gone_in_several_looks(void **state)
{
	unsigned int looks;

	(void)state;
	open_with_a_long_way();
	for (looks = 0; wire_source_peek(source) == NULL; looks++) {
		assert_false(source->ended);
		assert_int_equal(wire_source_wait(source), 0);
	}
	assert_between(looks, 2, 100);
	assert_int_equal(count_frames(), 1);
	assert_true(source->ended);
	assert_int_equal(wire_source_wait(source), UINT64_MAX);
}

/* Or a thread that sleeps until a packet is due would sleep for ever. */
static void
a_rate_over_a_filter_waits_no_longer_than_the_filter(void **state)
{
	const struct wire_rate rate = { .kind = WIRE_RATE_CAPTURE, .value = 1 };
	unsigned int looks;

	(void)state;
	open_with_a_long_way();
	assert_int_equal(wire_pace_open(source, &rate, &source), 0);
	for (looks = 0; wire_source_peek(source) == NULL; looks++)
		assert_int_equal(wire_source_wait(source), 0);
	assert_between(looks, 2, 100);
	assert_int_equal(count_frames(), 1);
	assert_int_equal(wire_source_wait(source), UINT64_MAX);
}

static void
rounds_are_those_of_the_file(void **state)
{
	unsigned int nb;

	(void)state;
	begin(CAPTURE_PCAP, false);
	add_udp(100, 0);
	open_filtered("host " HOST, 3);
	assert_int_equal(count_frames(), 30);
	assert_int_equal(source->round, 2);
	wire_source_close(source);
	open_filtered("host " HOST, 0);
	for (nb = 0; nb < 1000; nb++) {
		assert_non_null(wire_source_peek(source));
		wire_source_take(source, 1);
	}
	assert_nothing_logged(&logged);
}

static void
a_file_of_which_nothing_passes_is_not_read_for_ever(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	add_udp(100, 0);
	open_filtered("tcp", 0);
	while (!source->ended)
		assert_null(wire_source_peek(source));
	assert_end_of_source();
	assert_logged(&logged, end.name, "no packet passes the filter");
}

static void
a_filter_that_does_not_compile_is_refused_with_libpcaps_reason(void **state)
{
	(void)state;
	begin(CAPTURE_PCAP, false);
	assert_true(capture_save(&capture, end.name));
	snprintf(choices.filter, sizeof(choices.filter), "port ssh and or");
	assert_int_equal(wire_source_open(&end, &choices, &source), -EINVAL);
	assert_null(source);
	assert_logged(&logged, "filter \"port ssh and or\"", "syntax error", "pcap-filter(7)");
}

/* Live interfaces ---------------------------------------------------------------------------------- */

/* Those frames that come within some time. */
static unsigned int
count_live(void)
{
	unsigned int nb = 0, quiet;

	for (quiet = 0; quiet < 50; quiet++) {
		usleep(1000);
		if (wire_source_peek(source) != NULL)
			quiet = 0;
		nb += count_frames();
	}
	return nb;
}

static void
send_udp(const char *name, unsigned int nb, uint16_t vlan)
{
	int fd = veth_socket(name);
	uint8_t frame[64];
	unsigned int i;
	uint32_t len;

	assert_true(fd >= 0);
	for (i = 0; i < nb; i++) {
		len = make_udp(i % 10, 1000 + i % 10, vlan, frame);
		assert_int_equal(send(fd, frame, len, 0), len);
	}
	close(fd);
}

static void
the_kernel_filters_for_an_interface_tags_included(void **state)
{
	static const struct {
		const char *filter;
		unsigned int nb;
	} filters[] = { { "vlan 5", 50 }, { "vlan 5 and host " HOST, 5 }, { "tcp", 0 },
		{ "udp or vlan 5", 150 }, { "udp port 1001 and not vlan", 10 },
		/* as with tcpdump, the kernel looks at what is behind the tag that it took out */
		{ "host " HOST, 15 } };
	unsigned int i;

	(void)state;
	need_veth();
	for (i = 0; i < RTE_DIM(filters); i++) {
		snprintf(choices.filter, sizeof(choices.filter), "%s", filters[i].filter);
		open_live(WIRE_END_IFACE_IN);
		send_udp("far", 100, 0);
		send_udp("far", 50, 5);
		assert_int_equal(count_live(), filters[i].nb);
		assert_int_equal(wire_source_dropped(source), 0);
		wire_source_close(source);
	}
	source = NULL;
}

static void
frames_of_an_interface_are_cut(void **state)
{
	const struct wire_frame *frame;
	unsigned int tries;

	(void)state;
	need_veth();
	choices.snaplen = 20;
	open_live(WIRE_END_IFACE_IN);
	assert_true(source->live);
	send_udp("far", 1, 5);
	for (tries = 0; (frame = wire_source_peek(source)) == NULL && tries < 1000; tries++)
		usleep(1000);
	assert_non_null(frame);
	assert_int_equal(frame->len, 20);
	assert_int_equal(frame->data[12], 0x81);
	wire_source_take(source, 1);
}

static void
a_direction_is_what_is_received(void **state)
{
	static const unsigned int expected[] = {
		[WIRE_DIRECTION_INOUT] = 70,
		[WIRE_DIRECTION_IN] = 40,
		[WIRE_DIRECTION_OUT] = 30,
	};
	enum wire_direction direction;

	(void)state;
	need_veth();
	for (direction = 0; direction < RTE_DIM(expected); direction++) {
		choices.direction = direction;
		open_live(WIRE_END_IFACE);
		send_udp("near", 30, 0);
		send_udp("far", 40, 0);
		assert_int_equal(count_live(), expected[direction]);
		wire_source_close(source);
	}
	source = NULL;
}

static void
a_live_filter_that_does_not_compile_is_refused(void **state)
{
	(void)state;
	need_veth();
	end.kind = WIRE_END_IFACE;
	snprintf(end.name, sizeof(end.name), "near");
	snprintf(choices.filter, sizeof(choices.filter), "host");
	assert_int_equal(wire_source_open(&end, &choices, &source), -EINVAL);
	assert_null(source);
	assert_logged(&logged, "filter \"host\"", "syntax error", "pcap-filter(7)");
}

static int
set_up_group(void **state)
{
	(void)state;
	have_veth = veth_make("near", "far");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_passes_is_what_libpcap_passes),
		TEST(a_filter_sees_the_length_on_the_wire),
		TEST(frames_are_cut_and_stay_as_they_are_but_for_that),
		TEST(a_filter_sees_frames_before_they_are_cut),
		TEST(a_long_way_to_the_next_frame_is_gone_in_several_looks),
		TEST(a_rate_over_a_filter_waits_no_longer_than_the_filter),
		TEST(rounds_are_those_of_the_file),
		TEST(a_file_of_which_nothing_passes_is_not_read_for_ever),
		TEST(a_filter_that_does_not_compile_is_refused_with_libpcaps_reason),
		TEST(the_kernel_filters_for_an_interface_tags_included),
		TEST(frames_of_an_interface_are_cut),
		TEST(a_direction_is_what_is_received),
		TEST(a_live_filter_that_does_not_compile_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up_group, NULL);
}
