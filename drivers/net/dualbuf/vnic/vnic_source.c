/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "vnic_capture.h"
#include "vnic_iface.h"
#include "vnic_source.h"

int
vnic_source_open(const struct vnic_end *end, bool infinite, struct vnic_source **source)
{
	if (end->kind == VNIC_END_FILE)
		return vnic_capture_open(end->name, infinite, source);
	return vnic_iface_receive(end->name, end->kind == VNIC_END_IFACE_IN, source);
}

void
vnic_source_close(struct vnic_source *source)
{
	if (source != NULL)
		source->ops->close(source);
}

uint64_t
vnic_source_dropped(struct vnic_source *source)
{
	return source->ops->dropped == NULL ? 0 : source->ops->dropped(source);
}

int
vnic_source_fd(const struct vnic_source *source)
{
	return source->ops->fd == NULL ? -1 : source->ops->fd(source);
}
