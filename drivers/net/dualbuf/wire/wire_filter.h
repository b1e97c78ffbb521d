/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_FILTER_H_
#define _WIRE_FILTER_H_

#include <stdbool.h>

#include "wire_choices.h"
#include "wire_source.h"

/*
 * The packets that pass a filter, through libpcap: pcap_compile() and pcap_offline_filter() for captures, and the
 * kernel's own for sockets.
 */

/*
 * A source that shows those frames of another one, a capture's, that pass choices->filter, each cut to
 * choices->snaplen. Where files are read more than once and no frame passes, it ends after the first round,
 * which is logged.
 *
 * The inner source is the filter's from here on, also on failure.
 * Returns 0 and the source, or a negative errno, when it was logged.
 */
int wire_filter_open(struct wire_source *inner, const struct wire_choices *choices,
		struct wire_source **source);

/* Is there anything to be done for wire_filter_open()? */
static inline bool
wire_filter_is_wanted(const struct wire_choices *choices)
{
	return choices->filter[0] != '\0' || choices->snaplen != 0;
}

/*
 * Have the kernel keep for a packet socket what passes the filter of an interface. What is needed to read
 * tags that the kernel has taken out of frames depends on the interface.
 * Returns 0 or a negative errno, when it was logged.
 */
int wire_filter_attach(int fd, const char *iface, const char *filter);

#endif /* _WIRE_FILTER_H_ */
