/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _CMOCKA_UTIL_H_
#define _CMOCKA_UTIL_H_

/* cmocka with what it wants to be included before it, and main() of a program with its tests. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdlib.h>

/* cmocka's number of failures could be read as one of meson's codes: it is not exited with. */
#define TEST_MAIN_GROUP(tests, set_up, tear_down) \
	int main(void) \
	{ \
		return cmocka_run_group_tests(tests, set_up, tear_down) == 0 ? EXIT_SUCCESS : \
									       EXIT_FAILURE; \
	}

#define TEST_MAIN(tests) TEST_MAIN_GROUP(tests, NULL, NULL)

#endif /* _CMOCKA_UTIL_H_ */
