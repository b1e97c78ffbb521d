/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A wire that comes back to where it begins. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <rte_common.h>

#include "wire_clock.h"
#include "wire_loop.h"
#include "wire_open.h"

static struct wire_source *source;
static struct wire_sink *sink;
static uint8_t bytes[WIRE_MAX_FRAME + 1];

static int
set_up(void **state)
{
	static const struct wire_end end = { .kind = WIRE_END_LOOP };
	static const struct wire_choices choices = { .rounds = 1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	return wire_source_open(&end, &choices, &source) != 0 || wire_loop_send(source, &sink) != 0;
}

static int
tear_down(void **state)
{
	(void)state;
	wire_sink_close(sink);
	wire_source_close(source);
	return 0;
}

/* A frame of that length with a number in it. */
static bool
write_frame(uint32_t number, uint32_t len)
{
	const struct wire_frame frame = { .data = bytes, .len = len };

	memcpy(bytes, &number, sizeof(number));
	return wire_sink_write(sink, &frame, 1) == 0;
}

/* Returns whether it is there; it is taken then. */
static bool
take_frame(uint32_t number, uint32_t len)
{
	const struct wire_frame *frame = wire_source_peek(source);

	if (frame == NULL)
		return false;
	assert_int_equal(frame->len, len);
	assert_int_equal(frame->original, len);
	memcpy(bytes, &number, sizeof(number));
	assert_memory_equal(frame->data, bytes, len);
	wire_source_take(source, 1);
	return true;
}

static void
what_is_written_comes_back_in_order_with_its_time(void **state)
{
	static const uint32_t lens[] = { 60, 4, WIRE_MAX_FRAME, 1514, 9000, 2048, 2049 };
	uint64_t before = wire_time_of_day();
	unsigned int round, i;

	(void)state;
	assert_null(wire_source_peek(source));
	assert_false(source->ended);
	assert_int_equal(wire_source_fd(source), -1);
	for (round = 0; round < 2 * WIRE_LOOP_FRAMES; round++) {
		for (i = 0; i < RTE_DIM(lens); i++)
			assert_true(write_frame(round + i, round < 3 ? lens[i] : 60));
		assert_in_range(wire_source_peek(source)->stamp, before, wire_time_of_day());
		for (i = 0; i < RTE_DIM(lens); i++)
			assert_true(take_frame(round + i, round < 3 ? lens[i] : 60));
	}
	assert_null(wire_source_peek(source));
	assert_false(source->ended);
}

static void
a_frame_that_no_wire_takes_is_lost_alone(void **state)
{
	const struct wire_frame frames[] = { { .data = bytes, .len = 60 },
		{ .data = bytes, .len = WIRE_MAX_FRAME + 1 }, { .data = bytes, .len = 61 } };

	(void)state;
	assert_int_equal(wire_sink_write(sink, frames, RTE_DIM(frames)), 1 << 1);
	assert_int_equal(wire_source_peek(source)->len, 60);
	wire_source_take(source, 1);
	assert_int_equal(wire_source_peek(source)->len, 61);
}

static void
a_full_loop_is_not_ready_until_frames_were_taken(void **state)
{
	uint32_t nb = 0, i;

	(void)state;
	while (wire_sink_ready(sink))
		assert_true(write_frame(nb++, 60));
	assert_in_range(nb, WIRE_LOOP_FRAMES - WIRE_SINK_FRAMES, WIRE_LOOP_FRAMES);
	assert_int_equal(wire_source_left(source), nb);
	for (i = 0; i < WIRE_SINK_FRAMES; i++)
		assert_true(take_frame(i, 60));
	assert_int_equal(wire_source_left(source), nb - WIRE_SINK_FRAMES);
	/* their bytes are the reader's until it asks for more */
	assert_false(wire_sink_ready(sink));
	assert_non_null(wire_source_peek(source));
	assert_true(wire_sink_ready(sink));
	/* who writes all the same overwrites nothing */
	while (write_frame(nb, 60))
		nb++;
	for (; i < nb; i++)
		assert_true(take_frame(i, 60));
	assert_null(wire_source_peek(source));
	assert_int_equal(wire_source_left(source), 0);
}

#define NB_THREADED 300000

static void *
write_all(void *arg)
{
	uint8_t data[100] = { 0 };
	const struct wire_frame frame = { .data = data, .len = sizeof(data) };
	uint32_t i;

	(void)arg;
	for (i = 0; i < NB_THREADED; i++) {
		memcpy(data, &i, sizeof(i));
		memcpy(data + sizeof(data) - sizeof(i), &i, sizeof(i));
		while (!wire_sink_ready(sink))
			sched_yield();
		if (wire_sink_write(sink, &frame, 1) != 0)
			return &sink;
	}
	return NULL;
}

static void
one_thread_may_write_while_another_one_takes(void **state)
{
	const struct wire_frame *frame;
	uint32_t i = 0, first, last;
	pthread_t thread;
	void *failed;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, write_all, NULL), 0);
	while (i < NB_THREADED) {
		frame = wire_source_peek(source);
		if (frame == NULL) {
			sched_yield();
			continue;
		}
		memcpy(&first, frame->data, sizeof(first));
		memcpy(&last, frame->data + frame->len - sizeof(last), sizeof(last));
		if (frame->len != 100 || first != i || last != i)
			fail_msg("frame %u is %u ... %u", i, first, last);
		wire_source_take(source, 1);
		i++;
	}
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	assert_null(wire_source_peek(source));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_comes_back_in_order_with_its_time),
		TEST(a_frame_that_no_wire_takes_is_lost_alone),
		TEST(a_full_loop_is_not_ready_until_frames_were_taken),
		TEST(one_thread_may_write_while_another_one_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
