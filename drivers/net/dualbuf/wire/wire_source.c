/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "wire_source.h"

void
wire_source_close(struct wire_source *source)
{
	if (source != NULL)
		source->ops->close(source);
}

uint64_t
wire_source_dropped(struct wire_source *source)
{
	return source->ops->dropped == NULL ? 0 : source->ops->dropped(source);
}

uint64_t
wire_source_dropped_here(const struct wire_source *source)
{
	return source->ops->dropped_here == NULL ? 0 : source->ops->dropped_here(source);
}

uint64_t
wire_source_foreign(const struct wire_source *source)
{
	return source->ops->foreign == NULL ? 0 : source->ops->foreign(source);
}

int
wire_source_fd(const struct wire_source *source)
{
	return source->ops->fd == NULL ? -1 : source->ops->fd(source);
}

void
wire_source_resume(struct wire_source *source)
{
	if (source->ops->resume != NULL)
		source->ops->resume(source);
}

uint64_t
wire_source_wait(const struct wire_source *source)
{
	return source->ops->wait == NULL ? UINT64_MAX : source->ops->wait(source);
}

uint64_t
wire_source_left(const struct wire_source *source)
{
	return source->ops->left == NULL ? 0 : source->ops->left(source);
}
