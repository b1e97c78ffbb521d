/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_BELL_H_
#define _FWD_BELL_H_

/*
 * What a thread sleeps beside. Every thread of the program has one bell; whoever has something for
 * it rings. A thread that is awake is not rung for, so while packets flow a bell costs one atomic
 * exchange a burst, and no system call.
 *
 * Going to sleep takes three steps, so that no ring is lost:
 *
 *	bell_lie_down(bell);
 *	if (there is nothing to do)
 *		bell_sleep(bell, timeout);
 *	bell_get_up(bell);
 *
 * Both sides exchange the same word. If the one who rings comes first, the sleeper's look sees what
 * was done before the ring; if it comes second, it finds somebody to wake.
 */

#include <stdbool.h>
#include <stdint.h>

struct bell {
	uint32_t asleep;
	int fd; /* an eventfd, for those who wait on more than the bell */
};

/* 0, or a negative errno. */
int bell_open(struct bell *bell);

/* Also of a bell that was never opened but zeroed. */
void bell_close(struct bell *bell);

/* Any thread: wake the one whose bell this is, now or as soon as it would sleep. */
void bell_ring(struct bell *bell);

/* The thread whose bell this is: see above. bell_sleep() returns false if nobody rang in time. */
void bell_lie_down(struct bell *bell);
bool bell_sleep(struct bell *bell, int timeout_ms);
void bell_get_up(struct bell *bell);

#endif /* _FWD_BELL_H_ */
