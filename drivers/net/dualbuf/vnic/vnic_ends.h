/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_ENDS_H_
#define _VNIC_ENDS_H_

/* The ends of a virtual NIC's wire: a source or sink for each of its queues. */

#include "vnic.h"

/*
 * Open all that is not open. Sources first: an output file is overwritten only when all that is to be
 * read is there. Streams that are open go on. Returns 0, or a negative errno, and then nothing is open but
 * streams that were.
 */
int vnic_ends_open(struct vnic *vnic);

/* Close what can be opened again: streams stay. */
void vnic_ends_stop(struct vnic *vnic);

void vnic_ends_close(struct vnic *vnic);

/* Begin to flush output twice a second, and cease to. 0 or a negative errno. */
int vnic_ends_flush_often(struct vnic *vnic);
void vnic_ends_flush_no_more(struct vnic *vnic);

#endif /* _VNIC_ENDS_H_ */
