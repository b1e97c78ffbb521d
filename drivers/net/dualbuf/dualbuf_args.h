/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ARGS_H_
#define _DUALBUF_ARGS_H_

/* Device arguments that every device of this driver takes. */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "dualbuf_logs.h"
#include "dualbuf_ring.h"

#define DUALBUF_BUFFERS_ARG "buffers"

/* The value of buffers=, bound buffers per descriptor. 0, or -EINVAL with a line in the log. */
static inline int
dualbuf_args_buffers(const char *name, const char *value, uint8_t *nb_bufs)
{
	char *end;
	unsigned long nb;

	if (value == NULL)
		value = "";
	nb = strtoul(value, &end, 10);
	/* strtoul() takes signs and white space, which no allowed number begins with */
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || nb < DUALBUF_MIN_BUFS ||
			nb > DUALBUF_MAX_BUFS) {
		DUALBUF_LOG(ERR, "%s=%s: must be a number from %d to %d", name, value,
				DUALBUF_MIN_BUFS, DUALBUF_MAX_BUFS);
		return -EINVAL;
	}
	*nb_bufs = nb;
	return 0;
}

#endif /* _DUALBUF_ARGS_H_ */
