/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_IFACE_H_
#define _WIRE_IFACE_H_

#include "wire_choices.h"
#include "wire_source.h"

/* A live interface, through a packet socket. */

/* A live interface as a source: wire_source_open() for interfaces. Its direction is not that of choices. */
int wire_iface_receive(const char *name, enum wire_direction direction,
		const struct wire_choices *choices, struct wire_source **source);

/*
 * The same by the socket of such a source in another process, which nobody has received from: wire_source_fd()
 * of that one. The descriptor is the source's, or closed.
 */
int wire_iface_adopt(const char *name, int fd, enum wire_direction direction,
		const struct wire_choices *choices, struct wire_source **source);

/*
 * A socket to send to an interface by; the kernel keeps no packet for it. The socket of a source does
 * it too: wire_source_fd(). On failure logs as wire_source_open() does.
 */
int wire_iface_send(const char *name, int *fd);

#endif /* _WIRE_IFACE_H_ */
