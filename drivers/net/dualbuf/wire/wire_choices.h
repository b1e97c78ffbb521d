/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_CHOICES_H_
#define _WIRE_CHOICES_H_

#include <stdint.h>

/* How sources are to be read. */
struct wire_choices {
	uint64_t rounds; /* how many times a file is read, 0 without end */
};

#endif /* _WIRE_CHOICES_H_ */
