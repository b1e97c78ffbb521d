/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_SOURCE_H_
#define _VNIC_SOURCE_H_

#include <stdbool.h>
#include <stdint.h>

#include "vnic_args.h"

/*
 * Where the virtual NIC's wire begins: a capture file or a live interface, through libpcap.
 * A source belongs to one queue and is used by one thread at a time.
 */
struct vnic_source;

struct pcap;

/* As long as libpcap lets an Ethernet frame be. */
#define VNIC_MAX_FRAME 262144

/* One frame on the wire. The bytes stay valid until the source's next call. */
struct vnic_frame {
	const uint8_t *data;
	uint32_t len; /* captured bytes: perhaps fewer than were on the wire, perhaps none */
	uint64_t stamp; /* ns since the epoch */
};

/*
 * Open a source. infinite: a file starts again at its end, and one without packets is refused.
 * On failure logs one line that names the end and the reason.
 * Returns 0 and the source, or a negative errno.
 */
int vnic_source_open(const struct vnic_end *end, bool infinite, struct vnic_source **source);

/* Close a source; NULL is allowed. */
void vnic_source_close(struct vnic_source *source);

/* Does this source lose what nobody takes (an interface), or wait (a file)? */
bool vnic_source_is_live(const struct vnic_source *source);

/*
 * The frame that is next on the wire, without taking it; asked again, the same frame.
 * Returns NULL when there is none now, which for a file is for ever.
 * A file that is damaged ends there: every whole record before it is delivered, and the rest is
 * logged once. An infinite one starts again then.
 * An interface that goes down is silent until it is up; one that disappears is logged once.
 */
const struct vnic_frame *vnic_source_peek(struct vnic_source *source);

/* Take the frame that vnic_source_peek() showed. */
void vnic_source_take(struct vnic_source *source);

/*
 * Packets that the kernel dropped for this live source since it was opened; 0 for a file.
 * May be called from another thread than the one that takes frames.
 */
uint64_t vnic_source_dropped(struct vnic_source *source);

/* What to poll for frames of a live source; -1 for a file, which has them at any time. */
int vnic_source_fd(const struct vnic_source *source);

/*
 * For vnic_sink.c. An interface through libpcap; to_receive: else it is opened to send only, and
 * the kernel keeps no packet for it. On failure logs as vnic_source_open() does.
 */
int vnic_iface_open(const char *name, bool to_receive, struct pcap **pcap);

/* For vnic_sink.c. The libpcap handle of a live source. */
struct pcap *vnic_source_pcap(struct vnic_source *source);

/* For vnic_sink.c. The interface name or path of a source. */
const char *vnic_source_name(const struct vnic_source *source);

#endif /* _VNIC_SOURCE_H_ */
