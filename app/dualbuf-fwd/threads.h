/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_THREADS_H_
#define _FWD_THREADS_H_

/*
 * The threads beside the handler. They are no lcores: as many as are wanted run on as few cores as
 * there are, since they sleep when they have nothing to do. Each is registered with EAL, which
 * gives it a mempool cache like an lcore's.
 */

#include <pthread.h>
#include <stdbool.h>

struct threads_member {
	pthread_t id;
	bool running;
	void (*run)(void *arg);
	void *arg;
};

/*
 * Start a thread, on the CPUs of EAL's worker lcores (-l), or on the handler's if it is the only
 * lcore. name: at most 15 characters. Returns 0 or a negative errno.
 */
int threads_start(
		struct threads_member *member, const char *name, void (*run)(void *arg), void *arg);

/* Wait for a thread to return; also for one that never ran. */
void threads_join(struct threads_member *member);

#endif /* _FWD_THREADS_H_ */
