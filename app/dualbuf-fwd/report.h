/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_REPORT_H_
#define _FWD_REPORT_H_

/*
 * The thread that watches: it shows the counters once a second, and ends the program at a signal or
 * when its time is up. SIGINT, SIGTERM and SIGHUP must be blocked in all threads.
 */

#include <signal.h>
#include <stdio.h>

#include "fwd.h"

/* The signals that end the program, for sigprocmask(). */
void report_signals(sigset_t *set);

/* Start watching, and the clocks. Returns 0 or a negative errno. */
int report_start(struct fwd *fwd);

/* The end of it. */
void report_stop(void);

/* The outcome, when everything has stopped: lines on stdout, and an object for json if any. */
void report_summary(const struct fwd *fwd, FILE *json);

#endif /* _FWD_REPORT_H_ */
