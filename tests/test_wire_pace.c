/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The rates of capture files: how they are written, and when frames come up. The clock is this test's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <time.h>

#include <rte_common.h>

#include "compat_util.h"
#include "log_util.h"
#include "wire_clock.h"
#include "wire_pace.h"

#define NB_FRAMES 100

static struct log_capture logged;
static uint64_t now; /* ns of the monotonic clock */

/* Before libc's: the pace asks for no other time. */
int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	ts->tv_sec = now / WIRE_NS_PER_S;
	ts->tv_nsec = now % WIRE_NS_PER_S;
	return 0;
}

/* A file in memory, which shows some frames at a time and begins again as often as it is told. */
struct file {
	struct wire_source source;
	struct wire_frame frames[NB_FRAMES];
	uint32_t nb;
	uint32_t at;
	uint32_t most; /* at a time */
	uint64_t rounds;
	unsigned int closed;
};

static struct file file;
static struct wire_source *source;

static void
file_fill(struct wire_source *inner)
{
	uint32_t n;

	if (file.at == file.nb) {
		inner->ended = inner->round + 1 == file.rounds;
		if (inner->ended)
			return;
		inner->round++;
		file.at = 0;
	}
	n = RTE_MIN(file.most, file.nb - file.at);
	memcpy(inner->frames, &file.frames[file.at], n * sizeof(inner->frames[0]));
	inner->nb = n;
	file.at += n;
}

static void
file_close(struct wire_source *inner)
{
	assert_ptr_equal(inner, &file.source);
	file.closed++;
}

static const struct wire_source_ops file_ops = {
	.fill = file_fill,
	.close = file_close,
};

static int
set_up(void **state)
{
	(void)state;
	memset(&file, 0, sizeof(file));
	file.source.ops = &file_ops;
	file.source.name = "a.pcap";
	file.most = 7;
	file.rounds = 1;
	now = 123456789;
	log_capture_begin(&logged);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	wire_source_close(source);
	source = NULL;
	log_capture_end(&logged);
	return file.closed == 1 ? 0 : -1;
}

static void
add(uint64_t stamp, uint32_t len)
{
	file.frames[file.nb++] = (struct wire_frame){ .stamp = stamp, .len = len };
}

static void
open_pace(const char *text)
{
	struct wire_rate rate;

	assert_int_equal(wire_rate_parse(text, &rate), 0);
	assert_int_equal(wire_pace_open(&file.source, &rate, &source), 0);
}

/* Nothing comes up before the time, ns after the first look, and then this frame. */
static void
assert_due(uint64_t start, uint64_t after, unsigned int i)
{
	const struct wire_frame *frame;

	if (after > 0) {
		now = start + after - 1;
		assert_null(wire_source_peek(source));
		assert_false(source->ended);
		assert_int_equal(wire_source_wait(source), 1);
	}
	now = start + after;
	frame = wire_source_peek(source);
	assert_non_null(frame);
	assert_int_equal(frame->len, file.frames[i].len);
	assert_int_equal(source->due[source->next], start + after);
	/* a frame that is shown waits for a descriptor */
	assert_true(wire_source_shown(source) != 1 || wire_source_wait(source) != 0);
	wire_source_take(source, 1);
}

static void
assert_ended(void)
{
	assert_null(wire_source_peek(source));
	assert_true(source->ended);
	assert_int_equal(wire_source_wait(source), UINT64_MAX);
}

static void
assert_rate(const char *text, enum wire_rate_kind kind, double value)
{
	struct wire_rate rate;

	assert_int_equal(wire_rate_parse(text, &rate), 0);
	assert_int_equal(rate.kind, kind);
	assert_true(rate.value == value);
}

static void
rates_have_factors_and_units(void **state)
{
	(void)state;
	assert_rate("capture", WIRE_RATE_CAPTURE, 1);
	assert_rate("0.5x", WIRE_RATE_CAPTURE, 0.5);
	assert_rate("2x", WIRE_RATE_CAPTURE, 2);
	assert_rate("1Mpps", WIRE_RATE_PACKETS, 1e6);
	assert_rate("10kpps", WIRE_RATE_PACKETS, 1e4);
	assert_rate("3pps", WIRE_RATE_PACKETS, 3);
	assert_rate("100Mbit", WIRE_RATE_BITS, 1e8);
	assert_rate("2.5Gbit", WIRE_RATE_BITS, 2.5e9);
	assert_rate("9kbit", WIRE_RATE_BITS, 9000);
	assert_rate("1000bit", WIRE_RATE_BITS, 1000);
	assert_rate(".5x", WIRE_RATE_CAPTURE, 0.5);
	file.closed = 1;
}

static void
other_rates_are_refused(void **state)
{
	static const char *const bad[] = { "", "x", "1", "Capture", "0x", "0pps", "-1x", "1e3pps",
		"0x10pps", "1mpps", "1Gpps", "infx", "nanx", "1 x", "1x ", "1.5.x", ".x", ".",
		"capture2", "99999999999999999999999999x", "0.0001pps", "1Mbps" };
	struct wire_rate rate;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++)
		if (wire_rate_parse(bad[i], &rate) != -EINVAL)
			fail_msg("\"%s\" is taken", bad[i]);
	file.closed = 1;
}

static void
frames_come_at_the_distances_of_the_capture(void **state)
{
	static const uint64_t after[] = { 0, 1000, 1000, 1001, 2000000, 5000000000 };
	uint64_t start = now;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(after); i++)
		add(1700000000123456789 + after[i], i);
	open_pace("capture");
	assert_due(start, 0, 0);
	assert_due(start, 1000, 1);
	/* the same time, so it is there already */
	assert_int_equal(wire_source_peek(source)->len, 2);
	wire_source_take(source, 1);
	for (i = 3; i < RTE_DIM(after); i++)
		assert_due(start, after[i], i);
	assert_ended();
	assert_nothing_logged(&logged);
}

static void
a_factor_scales_the_distances(void **state)
{
	uint64_t start = now;

	(void)state;
	add(50, 0);
	add(1050, 1);
	add(3050, 2);
	open_pace("0.5x");
	assert_due(start, 0, 0);
	assert_due(start, 2000, 1);
	assert_due(start, 6000, 2);
	assert_ended();
}

static void
even_rates_do_not_drift(void **state)
{
	uint64_t start = now;
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++)
		add(0, i);
	file.rounds = 100000;
	open_pace("3Mpps");
	for (i = 0; i < 1000000; i++) {
		now = start + (uint64_t)i * 1000 / 3;
		assert_non_null(wire_source_peek(source));
		wire_source_take(source, 1);
		assert_null(wire_source_peek(source));
		if (i < 999999)
			assert_between(wire_source_wait(source), 333, 334);
	}
	assert_ended();
}

static void
bits_are_those_of_the_wire(void **state)
{
	uint64_t start = now;

	(void)state;
	add(0, 1514);
	add(0, 20);
	add(0, 60);
	add(0, 60);
	open_pace("1Gbit");
	assert_due(start, 0, 0);
	/* CRC, preamble and gap: 24 bytes; and no frame is shorter than 60 without them */
	assert_due(start, (1514 + 24) * 8, 1);
	assert_due(start, (1514 + 24 + 84) * 8, 2);
	assert_due(start, (1514 + 24 + 84 + 84) * 8, 3);
	assert_ended();
}

static void
who_looks_late_finds_all_that_is_due(void **state)
{
	uint64_t start = now;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++)
		add(i * 100, i);
	open_pace("capture");
	assert_due(start, 0, 0);
	now = start + 1250;
	for (i = 1; i <= 12; i++) {
		assert_int_equal(wire_source_peek(source)->len, i);
		assert_int_equal(source->due[source->next], start + i * 100);
		wire_source_take(source, 1);
	}
	/* and the schedule is kept */
	for (i = 13; i < 20; i++)
		assert_due(start, i * 100, i);
	assert_ended();
}

static void
the_schedule_begins_with_the_first_look(void **state)
{
	(void)state;
	add(0, 0);
	add(100, 1);
	open_pace("capture");
	now += 5 * WIRE_NS_PER_S;
	assert_due(now, 0, 0);
	assert_due(now, 100, 1);
	assert_ended();
}

static void
a_frame_before_its_predecessor_comes_with_it(void **state)
{
	uint64_t start = now;

	(void)state;
	add(1000, 0);
	add(3000, 1);
	add(500, 2);
	add(2500, 3);
	add(4000, 4);
	open_pace("capture");
	assert_due(start, 0, 0);
	assert_due(start, 2000, 1);
	assert_int_equal(wire_source_peek(source)->len, 2);
	wire_source_take(source, 1);
	assert_int_equal(wire_source_peek(source)->len, 3);
	wire_source_take(source, 1);
	assert_logged(&logged, "a.pcap", "packet 3", "before its predecessor");
	assert_due(start, 3000, 4);
	assert_ended();
	assert_nothing_logged(&logged);
}

static void
rounds_are_a_mean_gap_apart(void **state)
{
	uint64_t start = now;
	unsigned int i;

	(void)state;
	add(1000, 0);
	add(1100, 1);
	add(1400, 2);
	file.rounds = 3;
	open_pace("2x");
	for (i = 0; i < 3; i++) {
		assert_due(start, i * 300 + 0, 0);
		assert_due(start, i * 300 + 50, 1);
		assert_due(start, i * 300 + 200, 2);
	}
	assert_ended();
	assert_nothing_logged(&logged);
}

static void
long_gaps_are_said(void **state)
{
	const uint64_t day = 86400 * WIRE_NS_PER_S;
	uint64_t start = now;

	(void)state;
	add(0, 0);
	add(3 * day, 1);
	open_pace("capture");
	assert_due(start, 0, 0);
	assert_logged(&logged, "a.pcap", "due in 259200 s");
	assert_due(start, 3 * day, 1);
	assert_ended();
}

static void
a_file_without_frames_ends(void **state)
{
	(void)state;
	open_pace("1pps");
	assert_ended();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rates_have_factors_and_units),
		TEST(other_rates_are_refused),
		TEST(frames_come_at_the_distances_of_the_capture),
		TEST(a_factor_scales_the_distances),
		TEST(even_rates_do_not_drift),
		TEST(bits_are_those_of_the_wire),
		TEST(who_looks_late_finds_all_that_is_due),
		TEST(the_schedule_begins_with_the_first_look),
		TEST(a_frame_before_its_predecessor_comes_with_it),
		TEST(rounds_are_a_mean_gap_apart),
		TEST(long_gaps_are_said),
		TEST(a_file_without_frames_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
