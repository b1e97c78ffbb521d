/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_logs.h"
#include "wire_capture.h"
#include "wire_file_sink.h"
#include "wire_filter.h"
#include "wire_iface.h"
#include "wire_iface_sink.h"
#include "wire_loop.h"
#include "wire_null_sink.h"
#include "wire_open.h"

static enum wire_direction
end_direction(const struct wire_end *end, const struct wire_choices *choices)
{
	return end->kind == WIRE_END_IFACE_IN ? WIRE_DIRECTION_IN : choices->direction;
}

int
wire_source_open(const struct wire_end *end, const struct wire_choices *choices,
		struct wire_source **source)
{
	int ret;

	if (end->kind == WIRE_END_LOOP)
		return wire_loop_open(source);
	if (end->kind == WIRE_END_FILE)
		ret = wire_capture_open(end->name, choices, source);
	else
		ret = wire_iface_receive(end->name, end_direction(end, choices), choices, source);
	if (ret == 0 && wire_filter_is_wanted(choices))
		ret = wire_filter_open(*source, choices, source);
	return ret;
}

int
wire_sink_open(const struct wire_end *end, const struct wire_sink_choices *choices,
		struct wire_sink **sink)
{
	switch (end->kind) {
	case WIRE_END_FILE:
		return wire_file_sink_open(end->name, choices, sink);
	case WIRE_END_NONE:
		return wire_null_sink_open(sink);
	default:
		return wire_iface_sink_open(end->name, sink);
	}
}

int
wire_sink_share(struct wire_source *source, struct wire_sink **sink)
{
	int fd = wire_source_fd(source);

	*sink = NULL;
	if (fd < 0) {
		DUALBUF_LOG(ERR, "%s: cannot be sent to; an interface is required", source->name);
		return -EINVAL;
	}
	return wire_iface_sink_share(source->name, fd, sink);
}

int
wire_source_adopt(const struct wire_end *end, int fd, const struct wire_choices *choices,
		struct wire_source **source)
{
	int ret = wire_iface_adopt(end->name, fd, end_direction(end, choices), choices, source);

	if (ret == 0 && wire_filter_is_wanted(choices))
		ret = wire_filter_open(*source, choices, source);
	return ret;
}

int
wire_sink_adopt(const struct wire_end *end, int fd, const struct wire_sink_choices *choices,
		struct wire_sink **sink)
{
	return end->kind == WIRE_END_FILE ? wire_file_sink_adopt(end->name, fd, choices, sink) :
					    wire_iface_sink_adopt(end->name, fd, sink);
}
