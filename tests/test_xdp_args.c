/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The devargs of an interface by AF_XDP: what is taken, and what is refused with which words. */

#include <errno.h>

#include "cmocka_util.h"

#include <rte_common.h>

#include "log_util.h"
#include "xdp_args.h"

static struct log_capture logged;
static struct xdp_args args;

static int
set_up(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_capture_end(&logged);
	return 0;
}

static void
parse(const char *text)
{
	memset(&args, 0xa5, sizeof(args));
	assert_int_equal(xdp_args_parse(text, &args), 0);
	assert_nothing_logged(&logged);
}

/* With one line, which has these parts. */
#define assert_refused(text, ...) \
	do { \
		assert_int_equal(xdp_args_parse(text, &args), -EINVAL); \
		assert_logged(&logged, __VA_ARGS__); \
	} while (0)

static void
an_interface_is_all_that_is_needed(void **state)
{
	(void)state;
	parse("iface=eth0");
	assert_string_equal(args.iface, "eth0");
	assert_int_equal(args.start_queue, 0);
	assert_int_equal(args.queue_count, 1);
	assert_int_equal(args.mode, XDP_MODE_AUTO);
	assert_int_equal(args.zero_copy, XDP_ZERO_COPY_AUTO);
	assert_string_equal(args.prog, "");
	assert_int_equal(args.common.nb_bufs, 2);
	assert_false(args.common.deferred);
	assert_int_equal(args.common.intr_us, 0);
	assert_int_equal(args.common.burst, DUALBUF_BURST_AUTO);
}

static void
arguments_may_stand_in_any_order(void **state)
{
	(void)state;
	parse("zero_copy=off,buffers=8,xdp_prog=/a/b.o,queue_count=16,xdp_mode=skb,"
	      "start_queue=1023,copy=deferred,live=xdp,burst=scalar,phy_mac=1,intr_us=0,"
	      "iface=abcdefghijklmno");
	assert_string_equal(args.iface, "abcdefghijklmno");
	assert_int_equal(args.start_queue, 1023);
	assert_int_equal(args.queue_count, 16);
	assert_int_equal(args.mode, XDP_MODE_SKB);
	assert_int_equal(args.zero_copy, XDP_ZERO_COPY_OFF);
	assert_string_equal(args.prog, "/a/b.o");
	assert_int_equal(args.common.nb_bufs, 8);
	assert_true(args.common.deferred);
	assert_int_equal(args.common.burst, DUALBUF_BURST_SCALAR);
}

static void
each_word_is_its_value(void **state)
{
	(void)state;
	parse("iface=a,xdp_mode=auto,zero_copy=auto");
	assert_int_equal(args.mode, XDP_MODE_AUTO);
	assert_int_equal(args.zero_copy, XDP_ZERO_COPY_AUTO);
	parse("iface=a,xdp_mode=native,zero_copy=on");
	assert_int_equal(args.mode, XDP_MODE_NATIVE);
	assert_int_equal(args.zero_copy, XDP_ZERO_COPY_ON);
	parse("iface=a,live=auto");
	parse("iface=a,live=xdp");
}

static void
a_pinned_map_is_all_that_is_said_of_a_program(void **state)
{
	(void)state;
	parse("iface=a,use_pinned_map=1,dp_path=/a/b,zero_copy=off");
	assert_true(args.use_pinned_map);
	assert_string_equal(args.dp_path, "/a/b");
	parse("iface=a,use_pinned_map=0,xdp_mode=skb");
	assert_false(args.use_pinned_map);
	assert_refused("iface=a,use_pinned_map=1", "use_pinned_map=1", "dp_path=<file>");
	assert_refused("iface=a,dp_path=/a", "use_pinned_map=1", "dp_path=<file>");
	assert_refused("iface=a,use_pinned_map=1,dp_path=/a,xdp_prog=/b", "without xdp_prog");
	assert_refused("iface=a,use_pinned_map=1,dp_path=/a,xdp_mode=skb", "xdp_mode");
	assert_refused("iface=a,use_pinned_map=2,dp_path=/a", "use_pinned_map=2", "0 or 1");
}

static void
without_an_interface_it_is_refused(void **state)
{
	(void)state;
	assert_refused(NULL, "live=xdp", "iface=<ifc>");
	assert_refused("", "live=xdp", "iface=<ifc>");
	assert_refused("live=xdp,queue_count=2", "live=xdp", "iface=<ifc>");
	assert_refused("iface=", "iface", "has no value");
	assert_refused("iface", "iface");
}

static void
names_that_are_too_long_are_refused(void **state)
{
	char text[PATH_MAX + 64];

	(void)state;
	assert_refused("iface=abcdefghijklmnop", "iface=abcdefghijklmnop", "16", "15");
	memset(text, 'x', sizeof(text));
	memcpy(text, "iface=a,xdp_prog=", 17);
	text[17 + PATH_MAX] = '\0';
	assert_refused(text, "xdp_prog=", "4096", "4095");
	text[17 + PATH_MAX - 1] = '\0';
	parse(text);
	assert_int_equal(strlen(args.prog), PATH_MAX - 1);
}

static void
words_that_are_none_are_refused(void **state)
{
	(void)state;
	assert_refused("iface=a,xdp_mode=drv", "xdp_mode=drv", "auto, native or skb");
	assert_refused("iface=a,xdp_mode=Native", "xdp_mode=Native", "auto, native or skb");
	assert_refused("iface=a,xdp_mode=", "xdp_mode", "has no value");
	assert_refused("iface=a,zero_copy=1", "zero_copy=1", "auto, on or off");
	assert_refused("iface=a,zero_copy=o", "zero_copy=o", "auto, on or off");
	assert_refused("iface=a,copy=late", "copy=late", "inline or deferred");
	assert_refused("iface=a,burst=mmx", "burst=mmx", "scalar");
}

static void
numbers_out_of_range_are_refused(void **state)
{
	static const char *const values[] = { "17", "-1", "x", "1x", " 1", "+1", "0x1",
		"4294967297", "18446744073709551617" };
	char text[64];
	unsigned int i;

	(void)state;
	assert_refused("iface=a,queue_count=0", "queue_count=0", "1", "16");
	assert_refused("iface=a,start_queue=1024", "start_queue=1024", "0", "1023");
	assert_refused("iface=a,buffers=9", "buffers=9", "2", "8");
	for (i = 0; i < RTE_DIM(values); i++) {
		snprintf(text, sizeof(text), "iface=a,queue_count=%s", values[i]);
		assert_refused(text, "queue_count=", values[i], "from 1 to 16");
		if (i == 0)
			continue;
		snprintf(text, sizeof(text), "iface=a,start_queue=%s", values[i]);
		assert_refused(text, "start_queue=", values[i], "from 0 to 1023");
	}
}

static void
what_af_xdp_does_not_do_is_refused(void **state)
{
	(void)state;
	assert_refused("iface=a,intr_us=100", "intr_us=100", "ethtool", "only 0");
	assert_refused("iface=a,phy_mac=0", "phy_mac=0", "only 1");
	assert_refused("iface=a,phy_mac=2", "phy_mac=2", "only 1");
}

static void
arguments_of_other_ports_are_refused(void **state)
{
	static const char *const names[] = { "rx_pcap", "tx_pcap", "rx_iface", "tx_iface",
		"infinite_rx", "foo", "Iface", "xdp" };
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(names); i++) {
		snprintf(text, sizeof(text), "iface=a,%s=1", names[i]);
		assert_refused(text, "AF_XDP", names[i], "start_queue", "queue_count", "xdp_mode",
				"zero_copy", "xdp_prog", "use_pinned_map", "dp_path", "buffers",
				"copy", "burst");
	}
}

static void
arguments_given_twice_are_refused(void **state)
{
	static const char *const pairs[] = { "iface=a", "live=xdp", "phy_mac=1", "start_queue=0",
		"queue_count=1", "xdp_mode=skb", "zero_copy=on", "xdp_prog=/a", "use_pinned_map=0",
		"dp_path=/a", "buffers=2", "copy=inline", "burst=scalar", "intr_us=0" };
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(pairs); i++) {
		snprintf(text, sizeof(text), "%s,%s", pairs[i], pairs[i]);
		assert_refused(text, "given twice");
	}
}

static void
every_devarg_is_in_the_parameter_string(void **state)
{
	(void)state;
	assert_string_equal(XDP_PARAM_STRING,
			"start_queue=<int> queue_count=<1-16> xdp_mode=<auto|native|skb> "
			"zero_copy=<auto|on|off> xdp_prog=<string> "
			"use_pinned_map=<0|1> dp_path=<string> ");
}

#define args_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	args_test(an_interface_is_all_that_is_needed),
	args_test(arguments_may_stand_in_any_order),
	args_test(each_word_is_its_value),
	args_test(a_pinned_map_is_all_that_is_said_of_a_program),
	args_test(without_an_interface_it_is_refused),
	args_test(names_that_are_too_long_are_refused),
	args_test(words_that_are_none_are_refused),
	args_test(numbers_out_of_range_are_refused),
	args_test(what_af_xdp_does_not_do_is_refused),
	args_test(arguments_of_other_ports_are_refused),
	args_test(arguments_given_twice_are_refused),
	args_test(every_devarg_is_in_the_parameter_string),
};

TEST_MAIN(tests)
