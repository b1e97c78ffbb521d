/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <sys/stat.h>

#include "packet_util.h"

/*
 * Every devarg and file that cannot be: probe fails with one line that says what is wrong, and
 * nothing is left behind. vdev_tear_down() sees to the latter for each test.
 */

/* In devargs, @CAPTURES stands for the folder of captures, @DIR for this program's. */
struct refusal {
	const char *args;
	const char *reason; /* part of the line */
};

static const struct refusal bad_devargs[] = {
	{ "", "nothing to receive from" },
	{ "buffers=2", "nothing to receive from" },
	{ "rx_pcap", "has no value" },
	{ "rx_pcap=", "has no value" },
	{ "rx_pcap=@CAPTURES/imix.pcap,speed=10", "\"speed\" is unknown" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=1", "buffers=1: must be a number from 2 to 8" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=9", "buffers=9: must be a number from 2 to 8" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=0", "from 2 to 8" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=-2", "from 2 to 8" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=2x", "from 2 to 8" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=4294967298", "from 2 to 8" },
	{ "rx_pcap=@CAPTURES/imix.pcap,buffers=2,buffers=3", "given twice" },
	{ "rx_pcap=@CAPTURES/imix.pcap,infinite_rx=1,infinite_rx=1", "given twice" },
	{ "rx_pcap=@CAPTURES/imix.pcap,infinite_rx=2", "must be 0 or 1" },
	{ "rx_pcap=@CAPTURES/imix.pcap,loop=0", "from 1 to 4294967295" },
	{ "rx_pcap=@CAPTURES/imix.pcap,loop=2,infinite_rx=1", "without infinite_rx=1" },
	{ "rx_pcap=@CAPTURES/imix.pcap,filter=port ssh and or", "syntax error" },
	{ "iface=lo,filter=port ssh and or", "syntax error" },
	{ "rx_pcap=@CAPTURES/imix.pcap,filter=tcp,filter_file=@DIR/filter", "No such file" },
	{ "rx_pcap=@CAPTURES/imix.pcap,snaplen=0", "from 1 to 262144" },
	{ "rx_pcap=@CAPTURES/imix.pcap,direction=in", "only with rx_iface" },
	{ "iface=lo,direction=up", "in, out or inout" },
	{ "rx_pcap=@CAPTURES/imix.pcap,rate=fast", "rate=fast: must be capture, a factor" },
	{ "rx_pcap=@CAPTURES/imix.pcap,rate=0pps", "rate=0pps: must be capture, a factor" },
	{ "rx_pcap=@CAPTURES/imix.pcap,rate=1x,rate=2x", "given twice" },
	{ "rx_pcap=@CAPTURES/imix.pcap,rate=1x,infinite_rx=1", "without infinite_rx=1" },
	{ "rx_pcap=@CAPTURES/imix.pcap,rx_iface=lo,rate=1x", "rate is that of a capture" },
	{ "tx_pcap=@DIR/out,rate=1x", "rate is that of a capture" },
	{ "iface=lo,rate=1x", "rate is that of a capture" },
	{ "rx_pcap=@CAPTURES/imix.pcap,phy_mac=1", "only with iface" },
	{ "tx_pcap=@DIR/out,infinite_rx=1", "only with rx_pcap" },
	{ "iface=lo,tx_pcap=@DIR/out", "only without" },
	{ "iface=lo,iface=lo", "given twice" },
	{ "rx_pcap=@CAPTURES/imix.pcap,tx_pcap=@CAPTURES/imix.pcap", "its own input" },
	{ "tx_pcap=@DIR/out,tx_pcap=@DIR/out", "a file for each queue" },
};

static const struct refusal bad_files[] = {
	{ "rx_pcap=@DIR/missing", "missing: No such file or directory" },
	{ "rx_pcap=@DIR", "is a directory" },
	{ "rx_pcap=/dev/null", "is a device; a regular file or a pipe is required" },
	{ "rx_pcap=@DIR/pipe,infinite_rx=1", "a regular file is required to begin again" },
	{ "rx_pcap=@DIR/pipe,loop=2", "a regular file is required to begin again" },
	{ "rx_pcap=@CAPTURES/empty.pcap", "empty.pcap: " },
	{ "rx_pcap=@CAPTURES/garbage.pcap", "a pcap or pcapng capture is required" },
	{ "rx_pcap=@DIR/half-header", "a pcap or pcapng capture is required" },
	{ "rx_pcap=@CAPTURES/cooked.pcap", "LINUX_SLL (113); Ethernet" },
	{ "rx_pcap=@CAPTURES/header-only.pcap,infinite_rx=1", "has no packets" },
	{ "rx_pcap=@CAPTURES/header-only.pcap,loop=2", "has no packets" },
	{ "tx_pcap=@DIR/missing/out", "out: No such file or directory" },
	{ "tx_pcap=@DIR", "Is a directory" },
	{ "tx_pcap=@DIR/out.pcapng,tx_append=1", "classic pcap files alone" },
	{ "tx_pcap=@DIR/half-header,tx_append=1", "is no capture" },
	{ "tx_pcap=/dev/full", "No space left on device" },
	{ "rx_iface=dualbuf-none", "no such interface" },
	{ "rx_iface_in=dualbuf-none", "no such interface" },
	{ "tx_iface=dualbuf-none", "no such interface" },
	{ "iface=dualbuf-none", "no such interface" },
	{ "iface=dualbuf-none,phy_mac=1", "no such interface" },
	/* the first is good, and has to be closed again */
	{ "rx_pcap=@CAPTURES/imix.pcap,rx_pcap=@DIR/missing", "missing: No such file" },
	{ "rx_pcap=@CAPTURES/imix.pcap,tx_pcap=@DIR/missing/out", "out: No such file" },
	{ "tx_pcap=@DIR/out,tx_pcap=@DIR/missing/out", "out: No such file" },
	{ "rx_pcap=@CAPTURES/imix.pcap,tx_iface=dualbuf-none", "no such interface" },
};

static char *
replace(const char *text, const char *word, const char *by)
{
	const char *at;

	while ((at = strstr(text, word)) != NULL)
		text = vdev_text("%.*s%s%s", (int)(at - text), text, by, at + strlen(word));
	return vdev_text("%s", text);
}

static void
assert_refused(const struct refusal *refusal)
{
	struct vdev_census before = vdev_count();
	struct log_capture log;
	uint16_t port;
	char *args;

	args = replace(refusal->args, "@CAPTURES", getenv("DUALBUF_CAPTURE_DIR"));
	args = replace(args, "@DIR", vdev.dir);
	log_capture_begin(&log);
	if (vdev_try_plug("net_dualbuf", args, &port) == 0)
		fail_msg("\"%s\" is taken", args);
	print_message("%s\n", refusal->args);
	vdev_assert_logged(&log, refusal->reason);
	assert_int_equal(rte_eth_dev_count_avail(), 0);
	assert_true(vdev_nothing_left(&before));
}

static void
bad_devargs_are_refused_with_one_line_and_leave_nothing(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad_devargs); i++)
		assert_refused(&bad_devargs[i]);
}

static void
bad_files_and_interfaces_are_refused_with_one_line_and_leave_nothing(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(mkfifo(capture_name("pipe"), 0600), 0);
	assert_true(capture_save_bytes(capture_name("half-header"), "\xd4\xc3\xb2\xa1\x02\x00", 6));
	for (i = 0; i < RTE_DIM(bad_files); i++)
		assert_refused(&bad_files[i]);
}

static void
a_seventeenth_queue_is_refused(void **state)
{
	char *args = vdev_text("rx_pcap=@CAPTURES/imix.pcap");
	unsigned int i;

	(void)state;
	for (i = 1; i < 17; i++)
		args = vdev_text("%s,rx_pcap=@CAPTURES/imix.pcap", args);
	assert_refused(&(struct refusal){ args, "at most 16" });
}

static void
an_output_is_not_emptied_when_the_input_is_bad(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	const char *out = capture_write("precious", &packets);

	(void)state;
	assert_refused(&(struct refusal){ vdev_text("rx_pcap=@DIR/missing,tx_pcap=%s", out),
			"missing: No such file" });
	assert_refused(&(struct refusal){
			vdev_text("rx_pcap=%s,tx_pcap=%s", out, out), "its own input" });
	assert_file(out, &packets);
}

static void
a_file_that_another_port_writes_is_refused(void **state)
{
	uint16_t one = vdev_plug("tx_pcap=%s", capture_name("out"));
	struct log_capture log;
	uint16_t other;

	(void)state;
	vdev_start(one);
	log_capture_begin(&log);
	assert_true(vdev_try_plug("net_dualbuf", vdev_text("tx_pcap=%s", capture_name("out")),
				    &other) != 0);
	vdev_assert_logged(&log, "not in use");
	assert_int_equal(rte_eth_dev_count_avail(), 1);
}

static void
a_port_more_than_there_can_be_is_refused_and_leaves_nothing(void **state)
{
	char *args = vdev_text("rx_pcap=%s,tx_pcap=/dev/null", capture_of("imix"));
	struct vdev_census before;
	unsigned int i;
	uint16_t port;

	(void)state;
	vdev_hush_ethdev();
	for (i = 0; i < RTE_MAX_ETHPORTS; i++)
		vdev_plug("%s", args);
	before = vdev_count();
	assert_true(vdev_try_plug("net_dualbuf", args, &port) != 0);
	assert_true(vdev_nothing_left(&before));
}

static void
after_a_refusal_the_same_name_can_be_plugged(void **state)
{
	uint16_t port;

	(void)state;
	assert_true(rte_eal_hotplug_add("vdev", "net_dualbuf_again", "buffers=1") != 0);
	assert_int_equal(rte_eal_hotplug_add("vdev", "net_dualbuf_again",
					 vdev_text("rx_pcap=%s", capture_of("imix"))),
			0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_dualbuf_again", &port), 0);
	vdev_start(port);
}

static const struct CMUnitTest tests[] = {
	vdev_test(bad_devargs_are_refused_with_one_line_and_leave_nothing),
	vdev_test(bad_files_and_interfaces_are_refused_with_one_line_and_leave_nothing),
	vdev_test(a_seventeenth_queue_is_refused),
	vdev_test(an_output_is_not_emptied_when_the_input_is_bad),
	vdev_test(a_file_that_another_port_writes_is_refused),
	vdev_test(a_port_more_than_there_can_be_is_refused_and_leaves_nothing),
	vdev_test(after_a_refusal_the_same_name_can_be_plugged),
};

VDEV_MAIN(tests)
