/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_WAKE_H_
#define _VNIC_WAKE_H_

#include <stdint.h>

/*
 * A wake-up for the one thread of a virtual NIC that sleeps, by whoever has something for it to do. The
 * sleeper announces its sleep before it looks for work the last time, and the others look for a sleeper
 * after they have made work: one of the two sees the other.
 */
struct vnic_wake {
	int fd; /* eventfd, in the thread's process */
	uint32_t asleep; /* the thread may sleep: who makes work has to wake it */
};

/* 0 or a negative errno. */
int vnic_wake_open(struct vnic_wake *wake);
void vnic_wake_close(struct vnic_wake *wake);

/*
 * There is something to do: wake the thread if it sleeps. Any thread of any process; fd: the eventfd as this
 * process knows it.
 */
void vnic_wake_up(struct vnic_wake *wake, int fd);

/* Wake the thread, or keep it from its next sleep. Any thread of its process. */
void vnic_wake_always(const struct vnic_wake *wake);

/* By the thread that sleeps, before its last look for work, and when it sleeps no more. */
void vnic_wake_before_sleep(struct vnic_wake *wake);
void vnic_wake_after_sleep(struct vnic_wake *wake);

#endif /* _VNIC_WAKE_H_ */
