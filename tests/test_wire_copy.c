/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A frame is copied whole whatever its length is, and no byte beside it is written. */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "cmocka_util.h"

#include "wire_copy.h"

#define LONGEST 300
#define AROUND 64

static void
frames_of_all_lengths_are_copied_whole_and_no_more(void **state)
{
	uint8_t to[AROUND + LONGEST + AROUND], expected[sizeof(to)], *from;
	uint32_t len, i;

	(void)state;
	for (len = 0; len <= LONGEST; len++) {
		/* of that size, so that a sanitizer sees what is read behind it */
		from = malloc(RTE_MAX(len, 1u));
		assert_non_null(from);
		memset(to, 0xee, sizeof(to));
		memset(expected, 0xee, sizeof(expected));
		for (i = 0; i < len; i++) {
			from[i] = (uint8_t)(i * 7 + len);
			expected[AROUND + i] = from[i];
		}
		wire_copy(&to[AROUND], from, len);
		assert_memory_equal(to, expected, sizeof(to));
		free(from);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(frames_of_all_lengths_are_copied_whole_and_no_more),
};

TEST_MAIN(tests)
