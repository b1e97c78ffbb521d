/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "wakeup.h"

int
wakeup_open(struct wakeup *wakeup)
{
	wakeup->asleep = 0;
	wakeup->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return wakeup->fd < 0 ? -errno : 0;
}

void
wakeup_close(struct wakeup *wakeup)
{
	if (wakeup->fd > 0)
		close(wakeup->fd);
	wakeup->fd = 0;
}

void
wakeup_ring(struct wakeup *wakeup)
{
	const uint64_t one = 1;

	if (__atomic_exchange_n(&wakeup->asleep, 0, __ATOMIC_ACQ_REL) == 0)
		return;
	/* cannot fail: the count is far from its limit */
	while (write(wakeup->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void
wakeup_lie_down(struct wakeup *wakeup)
{
	__atomic_exchange_n(&wakeup->asleep, 1, __ATOMIC_ACQ_REL);
}

bool
wakeup_sleep(struct wakeup *wakeup, int timeout_ms)
{
	struct pollfd pollfd = { .fd = wakeup->fd, .events = POLLIN };

	return poll(&pollfd, 1, timeout_ms) > 0;
}

void
wakeup_get_up(struct wakeup *wakeup)
{
	uint64_t count;

	/* nobody rang and nobody will: the next sleep begins with a silent wakeup */
	if (__atomic_exchange_n(&wakeup->asleep, 0, __ATOMIC_ACQ_REL) != 0)
		return;
	/* may come before the ring that it is to silence; then the next sleep is a short one */
	if (read(wakeup->fd, &count, sizeof(count)) < 0)
		return;
}
