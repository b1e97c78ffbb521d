/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_OPEN_H_
#define _WIRE_OPEN_H_

#include "wire_choices.h"
#include "wire_end.h"
#include "wire_sink.h"
#include "wire_source.h"

/*
 * Open a source.
 * On failure logs one line that names the end and the reason.
 * Returns 0 and the source, or a negative errno.
 */
int wire_source_open(const struct wire_end *end, const struct wire_choices *choices,
		struct wire_source **source);

/*
 * Open a sink; an existing file is overwritten, unless choices say otherwise, or a source or sink of any port
 * has it open. The file gets its header at once.
 * On failure logs one line that names the end and the reason.
 * Returns 0 and the sink, or a negative errno.
 */
int wire_sink_open(const struct wire_end *end, const struct wire_sink_choices *choices,
		struct wire_sink **sink);

/*
 * Open the sending half of iface=: shares the source's socket, so that the interface is opened
 * once and does not receive what it sends. The source must outlive the sink.
 */
int wire_sink_share(struct wire_source *source, struct wire_sink **sink);

/*
 * Go on in place of another process, by a descriptor that it has passed: of an interface's source, which
 * nobody has received from, or a sink's. It is closed if this fails. As wire_source_open() and wire_sink_open().
 */
int wire_source_adopt(const struct wire_end *end, int fd, const struct wire_choices *choices,
		struct wire_source **source);
int wire_sink_adopt(const struct wire_end *end, int fd, const struct wire_sink_choices *choices,
		struct wire_sink **sink);

#endif /* _WIRE_OPEN_H_ */
