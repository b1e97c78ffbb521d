/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stddef.h>

#include "wire_sink.h"

void
wire_sink_flush(struct wire_sink *sink)
{
	if (sink->ops->flush != NULL)
		sink->ops->flush(sink);
}

void
wire_sink_wait(const struct wire_sink *sink, unsigned int ms)
{
	if (sink->ops->wait != NULL)
		sink->ops->wait(sink, ms);
}

void
wire_sink_lost(const struct wire_sink *sink, uint64_t *packets, uint64_t *bytes)
{
	*packets = 0;
	*bytes = 0;
	if (sink->ops->lost != NULL)
		sink->ops->lost(sink, packets, bytes);
}

int
wire_sink_pass(struct wire_sink *sink)
{
	return sink->ops->pass == NULL ? -ENOTSUP : sink->ops->pass(sink);
}

void
wire_sink_close(struct wire_sink *sink)
{
	if (sink != NULL)
		sink->ops->close(sink);
}
