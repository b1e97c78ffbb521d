/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_common.h>

#include "capture_util.h"
#include "log_util.h"
#include "vnic_args_parse.h"

static struct log_capture logged;
static struct vnic_args args;
static char dir[PATH_MAX];

static int
set_up(void **state)
{
	(void)state;
	if (!capture_dir_make(dir))
		return -1;
	log_capture_begin(&logged);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_capture_end(&logged);
	return capture_dir_remove(dir) ? 0 : -1;
}

static void
parse(const char *text)
{
	memset(&args, 0xa5, sizeof(args));
	assert_int_equal(vnic_args_parse(text, &args), 0);
	assert_nothing_logged(&logged);
}

static void
assert_end(const struct wire_end *end, enum wire_end_kind kind, const char *name)
{
	assert_int_equal(end->kind, kind);
	assert_string_equal(end->name, name);
}

/* text with "name" so many times in front of it; the caller frees it */
static char *
repeat(const char *name, unsigned int times, const char *text)
{
	char *all;
	size_t len;
	FILE *stream = open_memstream(&all, &len);
	unsigned int i;

	for (i = 0; i < times; i++)
		fprintf(stream, "%s=/in%s%u,", name, name, i);
	fputs(text, stream);
	fclose(stream);
	return all;
}

static void
a_file_in_and_a_file_out_make_one_queue_each(void **state)
{
	(void)state;
	parse("rx_pcap=/a.pcap,tx_pcap=/b.pcap");
	assert_int_equal(args.nb_rx, 1);
	assert_int_equal(args.nb_tx, 1);
	assert_end(&args.rx[0], WIRE_END_FILE, "/a.pcap");
	assert_end(&args.tx[0], WIRE_END_FILE, "/b.pcap");
	assert_int_equal(args.common.nb_bufs, 2);
	assert_false(args.infinite_rx);
	assert_false(args.enforce_mtu);
	assert_false(args.single_iface);
	assert_false(args.phy_mac);
}

static void
queues_keep_the_order_of_the_devargs(void **state)
{
	(void)state;
	parse("rx_iface=eth0,rx_pcap=/a,tx_pcap=/c,rx_iface_in=eth1,tx_iface=eth0,rx_pcap=/b");
	assert_int_equal(args.nb_rx, 4);
	assert_end(&args.rx[0], WIRE_END_IFACE, "eth0");
	assert_end(&args.rx[1], WIRE_END_FILE, "/a");
	assert_end(&args.rx[2], WIRE_END_IFACE_IN, "eth1");
	assert_end(&args.rx[3], WIRE_END_FILE, "/b");
	assert_int_equal(args.nb_tx, 2);
	assert_end(&args.tx[0], WIRE_END_FILE, "/c");
	assert_end(&args.tx[1], WIRE_END_IFACE, "eth0");
}

static void
a_direction_that_is_not_given_gets_as_many_queues_as_the_other(void **state)
{
	(void)state;
	parse("rx_pcap=/a,rx_pcap=/b,rx_iface=eth0");
	assert_int_equal(args.nb_rx, 3);
	assert_int_equal(args.nb_tx, 3);
	assert_end(&args.tx[0], WIRE_END_NONE, "");
	assert_end(&args.tx[2], WIRE_END_NONE, "");
	parse("tx_pcap=/a,tx_iface=eth0");
	assert_int_equal(args.nb_rx, 2);
	assert_int_equal(args.nb_tx, 2);
	assert_end(&args.rx[1], WIRE_END_NONE, "");
}

static void
iface_is_both_directions(void **state)
{
	(void)state;
	parse("iface=eth0");
	assert_true(args.single_iface);
	assert_false(args.phy_mac);
	assert_int_equal(args.nb_rx, 1);
	assert_int_equal(args.nb_tx, 1);
	assert_end(&args.rx[0], WIRE_END_IFACE, "eth0");
	assert_end(&args.tx[0], WIRE_END_IFACE, "eth0");
	parse("phy_mac=1,iface=eth0");
	assert_true(args.phy_mac);
	parse("iface=eth0,phy_mac=0");
	assert_false(args.phy_mac);
}

static void
options_may_stand_anywhere(void **state)
{
	(void)state;
	parse("buffers=8,infinite_rx=1,rx_pcap=/a");
	assert_int_equal(args.common.nb_bufs, 8);
	assert_true(args.infinite_rx);
	assert_int_equal(args.choices.rounds, 0);
	parse("tx_pcap=/a,infinite_rx=0,buffers=3");
	assert_int_equal(args.common.nb_bufs, 3);
	assert_false(args.infinite_rx);
	assert_int_equal(args.choices.rounds, 1);
	parse("enforce_mtu=1,rx_pcap=/a");
	assert_true(args.enforce_mtu);
	parse("tx_pcap=/a,enforce_mtu=0");
	assert_false(args.enforce_mtu);
	parse("loop=7,rx_pcap=/a");
	assert_int_equal(args.choices.rounds, 7);
}

static void
sixteen_queues_each_way_and_all_options_are_taken(void **state)
{
	char *receive = repeat("rx_pcap", 16, "buffers=4,infinite_rx=1");
	char *all = repeat("tx_pcap", 16, receive);

	(void)state;
	parse(all);
	assert_int_equal(args.nb_rx, 16);
	assert_int_equal(args.nb_tx, 16);
	assert_end(&args.rx[15], WIRE_END_FILE, "/inrx_pcap15");
	assert_end(&args.tx[15], WIRE_END_FILE, "/intx_pcap15");
	assert_int_equal(args.common.nb_bufs, 4);
	free(all);
	free(receive);
}

static void
names_may_have_spaces_and_brackets_and_be_as_long_as_a_path_can_be(void **state)
{
	char text[PATH_MAX + 16] = "rx_pcap=";

	(void)state;
	parse("rx_pcap=/a b[1,2].pcap");
	assert_end(&args.rx[0], WIRE_END_FILE, "/a b[1,2].pcap");
	parse("rx_pcap=/a=b");
	assert_end(&args.rx[0], WIRE_END_FILE, "/a=b");
	memset(text + strlen(text), 'x', PATH_MAX - 1);
	parse(text);
	assert_int_equal(strlen(args.rx[0].name), PATH_MAX - 1);
}

static void
empty_pairs_are_ignored(void **state)
{
	(void)state;
	parse(",rx_pcap=/a,,");
	assert_int_equal(args.nb_rx, 1);
}

static void
one_file_may_be_read_by_two_queues(void **state)
{
	char path[PATH_MAX + 16], text[2 * PATH_MAX + 64];

	(void)state;
	snprintf(path, sizeof(path), "%s/in", dir);
	assert_true(capture_save_bytes(path, "", 0));
	snprintf(text, sizeof(text), "rx_pcap=%s,rx_pcap=%s", path, path);
	parse(text);
}

static void
two_queues_may_write_to_one_device(void **state)
{
	(void)state;
	parse("tx_pcap=/dev/null,tx_pcap=/dev/null");
	parse("rx_pcap=-,tx_pcap=-");
}

static void
a_filter_may_have_all_signs_and_stand_in_a_file(void **state)
{
	static const char text[] = "tcp[tcpflags] & (tcp-syn|tcp-ack) != 0 and ip[2:2] >= 100";
	static const char lines[] = "host 192.0.2.1\n\tor (port 53, 80)\n";
	char path[PATH_MAX + 16], argument[PATH_MAX + 64], big[WIRE_FILTER_SIZE];

	(void)state;
	snprintf(argument, sizeof(argument), "rx_pcap=/a,filter=%s,snaplen=64", text);
	parse(argument);
	assert_string_equal(args.choices.filter, text);
	assert_int_equal(args.choices.snaplen, 64);
	snprintf(path, sizeof(path), "%s/filter", dir);
	assert_true(capture_save_bytes(path, lines, strlen(lines)));
	snprintf(argument, sizeof(argument), "iface=a,filter_file=%s,direction=out", path);
	parse(argument);
	assert_string_equal(args.choices.filter, lines);
	assert_int_equal(args.choices.direction, WIRE_DIRECTION_OUT);
	strcat(argument, ",filter=udp");
	assert_int_equal(vnic_args_parse(argument, &args), -EINVAL);
	assert_logged(&logged, "filter=udp", "both given", "one is allowed");
	memset(big, ' ', sizeof(big));
	big[0] = 'x';
	assert_true(capture_save_bytes(path, big, sizeof(big)));
	snprintf(argument, sizeof(argument), "iface=a,filter_file=%s", path);
	assert_int_equal(vnic_args_parse(argument, &args), -EINVAL);
	assert_logged(&logged, "filter_file", "8192 characters", "at most 8191");
}

static void
a_loop_has_as_many_queues_each_way(void **state)
{
	unsigned int i;

	(void)state;
	parse("loopback=3,buffers=3");
	assert_int_equal(args.nb_rx, 3);
	assert_int_equal(args.nb_tx, 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(args.rx[i].kind, WIRE_END_LOOP);
		assert_int_equal(args.tx[i].kind, WIRE_END_LOOP);
	}
}

static void
snaplen_is_for_both_directions(void **state)
{
	(void)state;
	parse("tx_pcap=/a,snaplen=64");
	assert_int_equal(args.sink_choices.snaplen, 64);
	parse("snaplen=9000,rx_pcap=/a,tx_pcap=/b");
	assert_int_equal(args.choices.snaplen, 9000);
	assert_int_equal(args.sink_choices.snaplen, 9000);
}

struct refusal {
	const char *text;
	const char *parts[3]; /* of the line */
};

static const struct refusal refusals[] = {
	{ NULL, { "nothing to receive", "rx_pcap", "iface" } },
	{ "", { "nothing to receive", "rx_pcap", "iface" } },
	{ ",", { "nothing to receive", "rx_pcap", "iface" } },
	{ "buffers=2", { "nothing to receive", "rx_pcap", "iface" } },
	{ "rx_pcap=/a,foo=1", { "\"foo\" is unknown", "rx_iface_in", "infinite_rx" } },
	{ "rx_pcap=/a,foo", { "\"foo\" is unknown", "rx_iface_in", "infinite_rx" } },
	{ "rx_pcap=/a,Buffers=3", { "\"Buffers\" is unknown", "buffers", "tx_pcap" } },
	{ "=1", { "\"\" is unknown", "tx_iface", "phy_mac" } },
	{ "rx_pcap", { "rx_pcap", "no value", "rx_pcap=<value>" } },
	{ "rx_pcap=", { "rx_pcap", "no value", "rx_pcap=<value>" } },
	{ "tx_pcap=/a,buffers=", { "buffers", "no value", "buffers=<value>" } },
	{ "rx_pcap=/a[,tx_pcap=/b", { "rx_pcap=/a[,tx_pcap=/b:", "'['", "no ']'" } },
	{ "rx_pcap=/a,loop=0", { "loop=0:", "from 1 to 4294967295" } },
	{ "rx_pcap=/a,loop=2,infinite_rx=1", { "loop=2", "without infinite_rx=1" } },
	{ "rx_pcap=/a,loop=2,loop=2", { "loop=2", "twice", "only once" } },
	{ "rx_pcap=/a,snaplen=0", { "snaplen=0:", "from 1 to 262144" } },
	{ "rx_pcap=/a,snaplen=262145", { "snaplen=262145:", "from 1 to 262144" } },
	{ "tx_iface=a,snaplen=64", { "snaplen", "only with", "tx_pcap" } },
	{ "loopback=1,snaplen=64", { "snaplen", "only with", "tx_pcap" } },
	{ "loopback=1,filter=tcp", { "filter", "only with", "rx_pcap" } },
	{ "loopback=0", { "loopback=0:", "from 1 to 16" } },
	{ "loopback=17", { "loopback=17:", "from 1 to 16" } },
	{ "loopback=1,loopback=1", { "loopback=1", "twice", "only once" } },
	{ "loopback=2,rx_pcap=/a", { "loopback", "only without", "tx_iface" } },
	{ "tx_iface=a,loopback=2", { "loopback", "only without", "iface" } },
	{ "iface=a,loopback=1", { "loopback", "only without", "iface" } },
	{ "loopback=1,infinite_rx=1", { "infinite_rx=1", "only with", "rx_pcap" } },
	{ "loopback=1,eof=1", { "eof=1", "only with", "rx_pcap" } },
	{ "loopback=1,rate=1x", { "rate", "only with", "rx_pcap" } },
	{ "loopback=1,tx_format=pcap", { "tx_format", "only with", "tx_pcap" } },
	{ "tx_iface=a,filter=tcp", { "filter", "only with", "rx_pcap" } },
	{ "rx_pcap=/a,filter=tcp,filter=udp", { "filter=udp", "twice", "only once" } },
	{ "rx_pcap=/a,filter_file=/none", { "filter_file=/none:", "No such file" } },
	{ "rx_pcap=/a,filter_file=/dev/null", { "filter_file=/dev/null:", "is no text" } },
	{ "rx_pcap=/a,filter_file=/dev/zero", { "filter_file=/dev/zero:", "is no text" } },
	{ "rx_iface=a,direction=both", { "direction=both:", "in, out or inout" } },
	{ "rx_pcap=/a,direction=in", { "direction", "only with", "rx_iface" } },
	{ "rx_iface_in=a,direction=in", { "direction", "only with", "rx_iface" } },
	{ "tx_pcap=/a,tx_format=erf", { "tx_format=erf:", "pcap or pcapng" } },
	{ "tx_pcap=/a,tx_append=2", { "tx_append=2:", "0 or 1" } },
	{ "rx_pcap=/a,tx_format=pcap", { "tx_format", "only with", "tx_pcap" } },
	{ "tx_iface=a,tx_append=1", { "tx_append", "only with", "tx_pcap" } },
	{ "tx_pcap=-,tx_pcap=-", { "tx_pcap=-", "same file", "only" } },
	{ "rx_iface=a,rx_depth=63", { "rx_depth=63:", "from 64 to 65536" } },
	{ "rx_iface=a,rx_depth=65537", { "rx_depth=65537:", "from 64 to 65536" } },
	{ "rx_iface=a,rx_depth=100", { "rx_depth=100:", "power of 2" } },
	{ "rx_pcap=/a,rx_depth=64", { "rx_depth", "only with", "rx_iface_in" } },
	{ "rx_iface=a,loop=2", { "loop=2", "only with", "rx_pcap" } },
	{ "rx_pcap=/a,queues=0", { "queues=0:", "from 1 to 16" } },
	{ "rx_pcap=/a,queues=17", { "queues=17:", "from 1 to 16" } },
	{ "rx_pcap=/a,queues=2,queues=2", { "queues=2", "twice", "only once" } },
	{ "rx_pcap=/a,rx_pcap=/b,queues=2", { "queues=2", "most one of each", "2 and 0" } },
	{ "rx_pcap=/a,tx_pcap=/b,tx_pcap=/c,queues=4", { "queues=4", "one sink", "1 and 2" } },
	{ "iface=a,iface=b", { "iface=b", "twice", "only once" } },
	{ "iface=a,phy_mac=1,phy_mac=1", { "phy_mac=1", "twice", "only once" } },
	{ "rx_pcap=/a,infinite_rx=1,infinite_rx=0", { "infinite_rx=0", "twice", "only once" } },
	{ "rx_pcap=/a,buffers=2,buffers=2", { "buffers=2", "twice", "only once" } },
	{ "rx_pcap=/a,buffers=1", { "buffers=1:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=9", { "buffers=9:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=258", { "buffers=258:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=18446744073709551618", { "buffers=1844", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=-2", { "buffers=-2:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=+2", { "buffers=+2:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers= 2", { "buffers= 2:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=2x", { "buffers=2x:", "from 2 to 8" } },
	{ "rx_pcap=/a,buffers=two", { "buffers=two:", "from 2 to 8" } },
	{ "rx_pcap=/a,infinite_rx=2", { "infinite_rx=2:", "0 or 1" } },
	{ "rx_pcap=/a,infinite_rx=1x", { "infinite_rx=1x:", "0 or 1" } },
	{ "rx_pcap=/a,infinite_rx=yes", { "infinite_rx=yes:", "0 or 1" } },
	{ "rx_pcap=/a,enforce_mtu=2", { "enforce_mtu=2:", "0 or 1" } },
	{ "rx_pcap=/a,enforce_mtu=1,enforce_mtu=1", { "enforce_mtu=1", "twice", "only once" } },
	{ "iface=a,phy_mac=01", { "phy_mac=01:", "0 or 1" } },
	{ "rx_iface=a,infinite_rx=1", { "infinite_rx=1", "only with", "rx_pcap" } },
	{ "tx_pcap=/a,infinite_rx=1", { "infinite_rx=1", "only with", "rx_pcap" } },
	{ "iface=a,infinite_rx=1", { "infinite_rx=1", "only with", "rx_pcap" } },
	{ "rx_pcap=/a,phy_mac=1", { "phy_mac", "only with", "iface=" } },
	{ "rx_iface=a,phy_mac=1", { "phy_mac", "only with", "iface=" } },
	{ "iface=a,rx_pcap=/a", { "iface", "only without", "rx_pcap" } },
	{ "tx_iface=b,iface=a", { "iface", "only without", "tx_iface" } },
	{ "rx_iface_in=b,iface=a", { "iface", "only without", "rx_iface_in" } },
	{ "tx_pcap=/none,tx_pcap=/none", { "tx_pcap=/none", "same file", "only" } },
};

static void
what_is_wrong_is_said_in_one_line_with_what_is_allowed(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(refusals); i++) {
		const struct refusal *r = &refusals[i];

		if (vnic_args_parse(r->text, &args) != -EINVAL) {
			print_error("taken: %s\n", r->text);
			fail();
		}
		assert_logged(&logged, "net_dualbuf: ", r->parts[0], r->parts[1], r->parts[2]);
	}
}

static void
a_seventeenth_queue_is_refused(void **state)
{
	static const char *const names[] = { "rx_pcap", "tx_pcap", "rx_iface", "rx_iface_in",
		"tx_iface" };
	unsigned int i;
	char *text;

	(void)state;
	for (i = 0; i < RTE_DIM(names); i++) {
		text = repeat(names[i], 17, "");
		assert_int_equal(vnic_args_parse(text, &args), -EINVAL);
		assert_logged(&logged, names[i], "too many", "at most 16");
		free(text);
		text = repeat(names[i], 40, "");
		assert_int_equal(vnic_args_parse(text, &args), -EINVAL);
		assert_logged(&logged, names[i], "too many", "at most 16");
		free(text);
	}
}

static void
a_name_longer_than_a_path_can_be_is_refused(void **state)
{
	char text[PATH_MAX + 16] = "tx_pcap=";

	(void)state;
	memset(text + strlen(text), 'x', PATH_MAX);
	assert_int_equal(vnic_args_parse(text, &args), -EINVAL);
	assert_logged(&logged, "tx_pcap", "4096 characters", "at most 4095");
}

static void
assert_same_file_refused(const char *first, const char *a, const char *second, const char *b)
{
	char text[2 * PATH_MAX + 64], part[PATH_MAX + 64];

	snprintf(text, sizeof(text), "%s=%s/%s,%s=%s/%s", first, dir, a, second, dir, b);
	snprintf(part, sizeof(part), "tx_pcap=%s/", dir);
	assert_int_equal(vnic_args_parse(text, &args), -EINVAL);
	assert_logged(&logged, part, a, b, "only");
}

static void
an_output_that_is_also_an_input_is_refused_by_whatever_path(void **state)
{
	char path[PATH_MAX + 16], other[PATH_MAX + 16];

	(void)state;
	snprintf(path, sizeof(path), "%s/in", dir);
	assert_true(capture_save_bytes(path, "x", 1));
	snprintf(other, sizeof(other), "%s/hard", dir);
	assert_int_equal(link(path, other), 0);
	snprintf(other, sizeof(other), "%s/soft", dir);
	assert_int_equal(symlink("in", other), 0);
	assert_same_file_refused("rx_pcap", "in", "tx_pcap", "in");
	assert_same_file_refused("tx_pcap", "in", "rx_pcap", "in");
	assert_same_file_refused("rx_pcap", "in", "tx_pcap", "./in");
	assert_same_file_refused("rx_pcap", "in", "tx_pcap", "hard");
	assert_same_file_refused("rx_pcap", "soft", "tx_pcap", "hard");
	assert_same_file_refused("tx_pcap", "in", "tx_pcap", "soft");
	assert_same_file_refused("tx_pcap", "hard", "tx_pcap", "in");
}

static void
every_devarg_is_in_the_parameter_string(void **state)
{
	(void)state;
	assert_string_equal(DUALBUF_PARAM_STRING,
			" buffers=<2-8> copy=<inline|deferred> intr_us=<0-16000> "
			"burst=<scalar|sse|avx2|avx512>");
	assert_string_equal(VNIC_PARAM_STRING,
			"rx_pcap=<string> tx_pcap=<string> rx_iface=<ifc> rx_iface_in=<ifc> "
			"tx_iface=<ifc> iface=<ifc> phy_mac=<0|1> infinite_rx=<0|1> "
			"loop=<int> rate=<capture|Nx|Npps|Nbit> filter=<expression> "
			"filter_file=<string> snaplen=<1-262144> direction=<in|out|inout> "
			"rx_depth=<64-65536> tx_format=<pcap|pcapng> tx_append=<0|1> queues=<1-16> "
			"eof=<0|1> "
			"loopback=<1-16> "
			"enforce_mtu=<0|1> live=<packet|xdp|auto> ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_in_and_a_file_out_make_one_queue_each),
		TEST(queues_keep_the_order_of_the_devargs),
		TEST(a_direction_that_is_not_given_gets_as_many_queues_as_the_other),
		TEST(iface_is_both_directions),
		TEST(options_may_stand_anywhere),
		TEST(sixteen_queues_each_way_and_all_options_are_taken),
		TEST(names_may_have_spaces_and_brackets_and_be_as_long_as_a_path_can_be),
		TEST(empty_pairs_are_ignored),
		TEST(one_file_may_be_read_by_two_queues),
		TEST(two_queues_may_write_to_one_device),
		TEST(what_is_wrong_is_said_in_one_line_with_what_is_allowed),
		TEST(a_loop_has_as_many_queues_each_way),
		TEST(snaplen_is_for_both_directions),
		TEST(a_filter_may_have_all_signs_and_stand_in_a_file),
		TEST(a_seventeenth_queue_is_refused),
		TEST(a_name_longer_than_a_path_can_be_is_refused),
		TEST(an_output_that_is_also_an_input_is_refused_by_whatever_path),
		TEST(every_devarg_is_in_the_parameter_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
