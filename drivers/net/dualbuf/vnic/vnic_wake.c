/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dualbuf_logs.h"
#include "vnic_wake.h"

int
vnic_wake_open(struct vnic_wake *wake)
{
	wake->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (wake->fd < 0)
		return -errno;
	wake->asleep = 0;
	return 0;
}

void
vnic_wake_close(struct vnic_wake *wake)
{
	close(wake->fd);
}

static void
wake_by(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		DUALBUF_LOG(ERR, "cannot wake the virtual NIC: %s", strerror(errno));
}

void
vnic_wake_always(const struct vnic_wake *wake)
{
	wake_by(wake->fd);
}

void
vnic_wake_up(struct vnic_wake *wake, int fd)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&wake->asleep, __ATOMIC_RELAXED) &&
			__atomic_exchange_n(&wake->asleep, 0, __ATOMIC_SEQ_CST))
		wake_by(fd);
}

void
vnic_wake_before_sleep(struct vnic_wake *wake)
{
	__atomic_store_n(&wake->asleep, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void
vnic_wake_after_sleep(struct vnic_wake *wake)
{
	uint64_t count;

	__atomic_store_n(&wake->asleep, 0, __ATOMIC_SEQ_CST);
	if (read(wake->fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		DUALBUF_LOG(ERR, "cannot read the doorbell's eventfd: %s", strerror(errno));
}
