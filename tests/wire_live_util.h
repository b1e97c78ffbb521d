/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_LIVE_UTIL_H_
#define _WIRE_LIVE_UTIL_H_

#include <unistd.h>

#include "wire_source.h"

/* The next frame of a source whose frames come in their own time; NULL: none does. */
static inline const struct wire_frame *
wait_frame(struct wire_source *source)
{
	const struct wire_frame *frame = NULL;
	unsigned int i;

	for (i = 0; frame == NULL && i < 2000; i++) {
		frame = wire_source_peek(source);
		if (frame == NULL)
			usleep(1000);
	}
	return frame;
}

#endif /* _WIRE_LIVE_UTIL_H_ */
