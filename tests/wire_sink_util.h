/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_SINK_UTIL_H_
#define _WIRE_SINK_UTIL_H_

/* A sink, and the file that it writes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "capture_util.h"
#include "log_util.h"
#include "veth_util.h"
#include "wire_open.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16

static struct log_capture logged;
static struct wire_end end;
static const struct wire_choices choices = { .rounds = 1 };
static struct wire_sink_choices sink_choices;
static struct wire_sink *sink;
static char dir[PATH_MAX];
static uint8_t bytes[WIRE_MAX_FRAME + 1];
static uint8_t file_bytes[2 * WIRE_MAX_FRAME];

static inline int
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
	snprintf(end.name, sizeof(end.name), "%.4000s/out", dir);
	sink_choices = (struct wire_sink_choices){ .iface = "dualbuf" };
	sink = NULL;
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	wire_sink_close(sink);
	log_capture_end(&logged);
	return capture_dir_remove(dir) ? 0 : -1;
}

static inline void
open_sink(void)
{
	assert_int_equal(wire_sink_open(&end, &sink_choices, &sink), 0);
	assert_non_null(sink);
	assert_nothing_logged(&logged);
}

static inline void
close_sink(void)
{
	wire_sink_close(sink);
	sink = NULL;
}

/* One frame of the test's bytes. */
static inline bool
write_frame(uint32_t len)
{
	const struct wire_frame frame = { .data = bytes, .len = len };

	return wire_sink_write(sink, &frame, 1) == 0;
}

static inline size_t
read_file(void)
{
	FILE *file = fopen(end.name, "r");
	size_t len;

	assert_non_null(file);
	len = fread(file_bytes, 1, sizeof(file_bytes), file);
	fclose(file);
	return len;
}

static inline uint32_t
field(size_t at)
{
	uint32_t value;

	memcpy(&value, &file_bytes[at], sizeof(value));
	return value;
}

/* Returns where the next record begins. */
static inline size_t
assert_record(size_t at, uint32_t len)
{
	assert_int_equal(field(at + 8), len);
	assert_int_equal(field(at + 12), len);
	assert_memory_equal(&file_bytes[at + RECORD_HEADER], bytes, len);
	return at + RECORD_HEADER + len;
}

#define assert_refused(error, ...) \
	do { \
		sink = (struct wire_sink *)&end; \
		assert_int_equal(wire_sink_open(&end, &sink_choices, &sink), -(error)); \
		assert_null(sink); \
		assert_logged(&logged, end.name, __VA_ARGS__); \
	} while (0)

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif /* _WIRE_SINK_UTIL_H_ */
