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

#include "dualbuf_ring.h"
#include "gbe_devargs.h"
#include "log_util.h"

static struct log_capture logged;
static struct gbe_devargs choice;

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

static int
parse(const char *text)
{
	struct rte_devargs devargs = { .args = text };

	memset(&choice, 0xa5, sizeof(choice));
	return gbe_devargs_parse(&devargs, &choice);
}

static void
assert_not_chosen(const char *text)
{
	assert_int_equal(parse(text), 0);
	assert_false(choice.chosen);
	assert_nothing_logged(&logged);
}

static void
assert_chosen(const char *text, unsigned int nb_bufs)
{
	assert_int_equal(parse(text), 0);
	assert_true(choice.chosen);
	assert_int_equal(choice.args.nb_bufs, nb_bufs);
	assert_nothing_logged(&logged);
}

static void
nothing_is_taken_without_arguments(void **state)
{
	(void)state;
	memset(&choice, 0xa5, sizeof(choice));
	assert_int_equal(gbe_devargs_parse(NULL, &choice), 0);
	assert_false(choice.chosen);
	assert_not_chosen(NULL);
	assert_not_chosen("");
}

static void
arguments_of_another_driver_are_let_alone(void **state)
{
	(void)state;
	assert_not_chosen("driver=net_e1000_em");
	assert_not_chosen("driver=net_dualbuf2");
	assert_not_chosen("driver=net_dualbu");
	assert_not_chosen("driver=NET_DUALBUF");
	assert_not_chosen("driver=");
	assert_not_chosen("driver");
	assert_not_chosen("drivers=net_dualbuf");
	assert_not_chosen("representor=[0-3],foo=bar");
	assert_not_chosen("buffers=99");
	assert_not_chosen("buffers=2,buffers=x");
	assert_not_chosen("driver=net_e1000_em,driver=net_igb,buffers=1");
	assert_not_chosen("[");
}

static void
the_driver_is_chosen_by_its_name(void **state)
{
	(void)state;
	assert_chosen("driver=net_dualbuf", DUALBUF_MIN_BUFS);
	assert_chosen("driver=net_dualbuf,buffers=2", 2);
	assert_chosen("driver=net_dualbuf,buffers=8", 8);
	assert_chosen("buffers=4,driver=net_dualbuf", 4);
}

static void
unknown_arguments_of_a_chosen_device_are_refused(void **state)
{
	static const char *const texts[] = {
		"driver=net_dualbuf,foo=bar",
		"driver=net_dualbuf,buffer=2",
		"rx_pcap=a.pcap,driver=net_dualbuf",
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(texts); i++) {
		assert_int_equal(parse(texts[i]), -EINVAL);
		assert_logged(&logged, texts[i], "driver=net_dualbuf", "buffers=<2-8>");
	}
}

static void
bad_numbers_of_buffers_are_refused(void **state)
{
	static const char *const values[] = { "", "0", "1", "9", "2x", "x", "-2", "+2", " 2", "2.0",
		"0x2", "258", "4294967298", "18446744073709551618" };
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(values); i++) {
		snprintf(text, sizeof(text), "driver=net_dualbuf,buffers=%s", values[i]);
		assert_int_equal(parse(text), -EINVAL);
		assert_logged(&logged, "buffers=", values[i], "2", "8");
	}
	assert_int_equal(parse("driver=net_dualbuf,buffers"), -EINVAL);
	assert_logged(&logged, "buffers");
}

static void
arguments_given_twice_are_refused(void **state)
{
	(void)state;
	assert_int_equal(parse("driver=net_dualbuf,buffers=2,buffers=2"), -EINVAL);
	assert_logged(&logged, "buffers", "twice");
	assert_int_equal(parse("driver=net_dualbuf,driver=net_dualbuf"), -EINVAL);
	assert_logged(&logged, "driver", "twice");
}

/* Whoever asks for two drivers may want this one: it must not be passed over in silence. */
static void
two_drivers_for_one_device_are_refused(void **state)
{
	(void)state;
	assert_int_equal(parse("driver=net_e1000_em,driver=net_dualbuf"), -EINVAL);
	assert_logged(&logged, "driver", "twice");
	assert_int_equal(parse("driver=net_dualbuf,driver=net_e1000_em"), -EINVAL);
	assert_logged(&logged, "driver", "twice");
}

#define choice_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		choice_test(nothing_is_taken_without_arguments),
		choice_test(arguments_of_another_driver_are_let_alone),
		choice_test(the_driver_is_chosen_by_its_name),
		choice_test(unknown_arguments_of_a_chosen_device_are_refused),
		choice_test(bad_numbers_of_buffers_are_refused),
		choice_test(arguments_given_twice_are_refused),
		choice_test(two_drivers_for_one_device_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
