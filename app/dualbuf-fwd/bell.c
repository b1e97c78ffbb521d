/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bell.h"

int
bell_open(struct bell *bell)
{
	bell->asleep = 0;
	bell->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return bell->fd < 0 ? -errno : 0;
}

void
bell_close(struct bell *bell)
{
	if (bell->fd > 0)
		close(bell->fd);
	bell->fd = 0;
}

void
bell_ring(struct bell *bell)
{
	const uint64_t one = 1;

	if (__atomic_exchange_n(&bell->asleep, 0, __ATOMIC_ACQ_REL) == 0)
		return;
	/* cannot fail: the count is far from its limit */
	while (write(bell->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void
bell_lie_down(struct bell *bell)
{
	__atomic_exchange_n(&bell->asleep, 1, __ATOMIC_ACQ_REL);
}

bool
bell_sleep(struct bell *bell, int timeout_ms)
{
	struct pollfd pollfd = { .fd = bell->fd, .events = POLLIN };

	return poll(&pollfd, 1, timeout_ms) > 0;
}

void
bell_get_up(struct bell *bell)
{
	uint64_t count;

	/* nobody rang and nobody will: the next sleep begins with a silent bell */
	if (__atomic_exchange_n(&bell->asleep, 0, __ATOMIC_ACQ_REL) != 0)
		return;
	/* may come before the ring that it is to silence; then the next sleep is a short one */
	if (read(bell->fd, &count, sizeof(count)) < 0)
		return;
}
