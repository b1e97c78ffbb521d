/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which paths a descriptor format has, and what becomes of a wish for one that it has not. */

#include <errno.h>
#include <string.h>

#include "cmocka_util.h"

#include <rte_common.h>

#include "dualbuf_rx_formats.h"
#include "log_util.h"

static struct log_capture logged;

/* As one that is received by the scalar path alone, and one that has a path more. */
static const struct dualbuf_rx_bursts some;
static const struct dualbuf_rx_format scalar_alone = { .bursts = { [DUALBUF_BURST_SCALAR] =
										       &some } };
static const struct dualbuf_rx_format up_to_sse = {
	.bursts = { [DUALBUF_BURST_SCALAR] = &some, [DUALBUF_BURST_SSE] = &some },
};

static void
a_path_that_a_format_lacks_is_refused_and_named(void **state)
{
	(void)state;
	if (dualbuf_rx_path_check(DUALBUF_BURST_AVX2) != 0)
		skip();
	assert_int_equal(dualbuf_rx_format_check(&scalar_alone, DUALBUF_BURST_AVX2), -EINVAL);
	assert_logged(&logged, "Vector AVX2", "burst=scalar", "allowed");
	assert_int_equal(dualbuf_rx_format_check(&up_to_sse, DUALBUF_BURST_AVX2), -EINVAL);
	assert_logged(&logged, "Vector AVX2", "burst=scalar", "allowed");
}

static void
a_path_that_a_format_has_is_taken_and_so_is_no_wish(void **state)
{
	(void)state;
	assert_int_equal(dualbuf_rx_format_check(&scalar_alone, DUALBUF_BURST_SCALAR), 0);
	assert_int_equal(dualbuf_rx_format_check(&scalar_alone, DUALBUF_BURST_AUTO), 0);
	assert_int_equal(dualbuf_rx_format_check(&dualbuf_rx_legacy, DUALBUF_BURST_AUTO), 0);
	assert_nothing_logged(&logged);
}

static void
without_a_wish_it_is_the_widest_that_the_format_has(void **state)
{
	(void)state;
	assert_int_equal(dualbuf_rx_format_path(&scalar_alone, DUALBUF_BURST_AUTO),
			DUALBUF_BURST_SCALAR);
	assert_int_equal(dualbuf_rx_format_path(&dualbuf_rx_legacy, DUALBUF_BURST_AUTO),
			DUALBUF_BURST_SCALAR);
	assert_int_equal(dualbuf_rx_format_path(&up_to_sse, DUALBUF_BURST_AUTO),
			RTE_MIN(dualbuf_rx_path_choose(DUALBUF_BURST_AUTO), DUALBUF_BURST_SSE));
	assert_int_equal(dualbuf_rx_format_path(&dualbuf_rx_adv, DUALBUF_BURST_AUTO),
			dualbuf_rx_path_choose(DUALBUF_BURST_AUTO));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static int
setup(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	log_capture_end(&logged);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_path_that_a_format_lacks_is_refused_and_named),
		TEST(a_path_that_a_format_has_is_taken_and_so_is_no_wish),
		TEST(without_a_wish_it_is_the_widest_that_the_format_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
