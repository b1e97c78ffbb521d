/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _LOG_UTIL_H_
#define _LOG_UTIL_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_log.h>

/*
 * The log of DPDK, as a text that a test may look at. Include after cmocka.h.
 */
struct log_capture {
	char *text;
	size_t len;
	FILE *stream;
};

static inline void
log_capture_begin(struct log_capture *log)
{
	log->text = NULL;
	log->stream = open_memstream(&log->text, &log->len);
	assert_non_null(log->stream);
	rte_openlog_stream(log->stream);
}

static inline void
log_capture_end(struct log_capture *log)
{
	rte_openlog_stream(NULL);
	fclose(log->stream);
	free(log->text);
}

static inline unsigned int
log_lines(struct log_capture *log)
{
	unsigned int lines = 0;
	const char *at;

	fflush(log->stream);
	for (at = log->text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	return lines;
}

/* Exactly one line was logged since the last time, and it has all of these parts. */
#define assert_logged(log, ...) \
	log_assert_line(log, (const char *[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)

#define assert_nothing_logged(log) log_assert_line(log, NULL, __FILE__, __LINE__)

static inline void
log_assert_line(struct log_capture *log, const char *const *parts, const char *file, int line)
{
	unsigned int lines = log_lines(log);

	if (lines != (parts != NULL)) {
		print_error("logged %u lines: %s\n", lines, log->text);
		_fail(file, line);
	}
	for (; parts != NULL && *parts != NULL; parts++) {
		if (strstr(log->text, *parts) == NULL) {
			print_error("\"%s\" is not in: %s\n", *parts, log->text);
			_fail(file, line);
		}
	}
	log_capture_end(log);
	log_capture_begin(log);
}

#endif /* _LOG_UTIL_H_ */
