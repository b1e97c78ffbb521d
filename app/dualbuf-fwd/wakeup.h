/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_WAKEUP_H_
#define _FWD_WAKEUP_H_

/*
 * The event that a thread sleeps beside. Every thread of the program has one wakeup; who has something for
 * it rings. A thread that is awake is not rung for, so while packets flow a wakeup costs one atomic
 * exchange a burst, and no system call.
 *
 * Going to sleep takes three steps, so that no ring is lost:
 *
 *	wakeup_lie_down(wakeup);
 *	if (there is nothing to do)
 *		wakeup_sleep(wakeup, timeout);
 *	wakeup_get_up(wakeup);
 *
 * Both sides exchange the same word. If the one who rings comes first, the sleeper's look sees what
 * was done before the ring; if it comes second, it finds somebody to wake.
 */

#include <stdbool.h>
#include <stdint.h>

struct wakeup {
	uint32_t asleep;
	int fd; /* an eventfd, for those who wait on more than the wakeup */
};

/* 0, or a negative errno. */
int wakeup_open(struct wakeup *wakeup);

/* Also of a wakeup that was never opened but zeroed. */
void wakeup_close(struct wakeup *wakeup);

/* Any thread: wake the one whose wakeup this is, now or as soon as it would sleep. */
void wakeup_ring(struct wakeup *wakeup);

/* The thread whose wakeup this is: see above. wakeup_sleep() returns false if nobody rang in time. */
void wakeup_lie_down(struct wakeup *wakeup);
bool wakeup_sleep(struct wakeup *wakeup, int timeout_ms);
void wakeup_get_up(struct wakeup *wakeup);

#endif /* _FWD_WAKEUP_H_ */
