/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_CLOCK_H_
#define _WIRE_CLOCK_H_

#include <stdint.h>
#include <time.h>

#define WIRE_NS_PER_S UINT64_C(1000000000)
#define WIRE_NS_PER_MS UINT64_C(1000000)

/*
 * The time of the wire, in ns: the kernel's monotonic clock, which it disciplines, where the frequency of
 * the time stamp counter is an estimate. No system call where the kernel maps its clock.
 */
static inline uint64_t
wire_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * WIRE_NS_PER_S + ts.tv_nsec;
}

/* The time of day, in ns since the epoch, which is what frames are stamped with. */
static inline uint64_t
wire_time_of_day(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * WIRE_NS_PER_S + ts.tv_nsec;
}

#endif /* _WIRE_CLOCK_H_ */
