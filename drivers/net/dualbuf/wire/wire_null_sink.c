/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_null_sink.h"

static uint32_t
null_write(struct wire_sink *sink __rte_unused, const struct wire_frame *frames __rte_unused,
		uint32_t nb __rte_unused)
{
	return 0;
}

static void
null_close(struct wire_sink *sink)
{
	free(sink);
}

static const struct wire_sink_ops null_ops = {
	.write = null_write,
	.close = null_close,
};

int
wire_null_sink_open(struct wire_sink **sink)
{
	*sink = calloc(1, sizeof(**sink));
	if (*sink == NULL) {
		DUALBUF_LOG(ERR, "out of memory");
		return -ENOMEM;
	}
	(*sink)->ops = &null_ops;
	(*sink)->name = "";
	return 0;
}
