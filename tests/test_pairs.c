/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Devargs as pairs: where each ends, and how one is found. */

#include <errno.h>
#include <stdbool.h>

#include "cmocka_util.h"

#include "dualbuf_pairs.h"
#include "log_util.h"

static struct log_capture logged;

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
assert_end(const char *text, size_t expected)
{
	size_t len = SIZE_MAX;

	assert_int_equal(dualbuf_pairs_end(text, &len), 0);
	assert_int_equal(len, expected);
	assert_nothing_logged(&logged);
}

static void
a_pair_ends_with_a_comma_or_the_text(void **state)
{
	(void)state;
	assert_end("", 0);
	assert_end(",", 0);
	assert_end("a=b", 3);
	assert_end("a=b,c=d", 3);
	assert_end("a,b", 1);
	assert_end("a=b=c", 5);
}

static void
a_comma_in_brackets_belongs_to_the_value(void **state)
{
	(void)state;
	assert_end("a=[b,c],d", 7);
	assert_end("a=[b,c][d,e]", 12);
	assert_end("a=]b,c", 4);
	assert_end("[,]", 3);
}

static void
a_bracket_that_is_not_closed_is_refused(void **state)
{
	static const char *const texts[] = { "[", "a=[b,c", "a=[b]c[d" };
	size_t len;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(dualbuf_pairs_end(texts[i], &len), -EINVAL);
		assert_logged(&logged, texts[i], "'['", "']'");
	}
}

static void
assert_found(const char *text, const char *name, const char *expected)
{
	char value[8] = "";

	assert_true(dualbuf_pairs_find(text, name, value, sizeof(value)));
	assert_string_equal(value, expected);
	assert_nothing_logged(&logged);
}

static void
the_first_pair_of_the_name_is_found(void **state)
{
	(void)state;
	assert_found("live=xdp", "live", "xdp");
	assert_found("iface=a,live=xdp,buffers=2", "live", "xdp");
	assert_found("live=a,live=b", "live", "a");
	assert_found("live=", "live", "");
	assert_found(",,live=a", "live", "a");
	assert_found("alive=x,lives=y,live,live=z", "live", "z");
	assert_found("f=a=b,g=c", "f", "a=b");
	assert_found("f=[a,live=b],live=c", "live", "c");
}

static void
a_value_is_cut_to_its_room(void **state)
{
	(void)state;
	assert_found("live=1234567", "live", "1234567");
	assert_found("live=12345678,a=b", "live", "1234567");
}

static void
what_is_not_there_is_not_found(void **state)
{
	static const char *const texts[] = { "", ",", "live", "lives=a", "alive=a", "a=live=b",
		"a=live", "Live=a", "a=[live=b,live=c]" };
	char value[8] = "same";
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(dualbuf_pairs_find(texts[i], "live", value, sizeof(value)));
		assert_string_equal(value, "same");
		assert_nothing_logged(&logged);
	}
}

static void
nothing_is_found_behind_a_bracket_that_is_not_closed(void **state)
{
	char value[8] = "same";

	(void)state;
	assert_false(dualbuf_pairs_find("a=[b,live=c", "live", value, sizeof(value)));
	assert_string_equal(value, "same");
	assert_logged(&logged, "a=[b,live=c", "'['");
}

#define pairs_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	pairs_test(a_pair_ends_with_a_comma_or_the_text),
	pairs_test(a_comma_in_brackets_belongs_to_the_value),
	pairs_test(a_bracket_that_is_not_closed_is_refused),
	pairs_test(the_first_pair_of_the_name_is_found),
	pairs_test(a_value_is_cut_to_its_room),
	pairs_test(what_is_not_there_is_not_found),
	pairs_test(nothing_is_found_behind_a_bracket_that_is_not_closed),
};

TEST_MAIN(tests)
