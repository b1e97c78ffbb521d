/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _INTR_UTIL_H_
#define _INTR_UTIL_H_

/*
 * Applications that sleep until a port interrupts them. A program that polled instead must fail:
 * sleeping is measured, by the kernel's account of each thread.
 */

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <rte_interrupts.h>

#include "compat_util.h"
#include "packet_util.h"
#include "vdev_veth_util.h"

#define NB_DESC 32
#define FRAME_LEN 60
#define PATIENCE_MS (VDEV_PATIENCE_S * 1000)

/* Waiting -------------------------------------------------------------------------------------- */

/* An epoll instance with the interrupts of a port's first nb queues in it. */
static inline int
listen_to(uint16_t port, uint16_t nb)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	uintptr_t i;

	assert_true(epfd >= 0);
	for (i = 0; i < nb; i++)
		assert_int_equal(rte_eth_dev_rx_intr_ctl_q(port, i, epfd, RTE_INTR_EVENT_ADD,
						 (void *)(i + 100)),
				0);
	return epfd;
}

static inline void
enable(uint16_t port, uint16_t queue)
{
	assert_int_equal(rte_eth_dev_rx_intr_enable(port, queue), 0);
}

/* The queue that interrupted; -1: none did. */
static inline int
wait_for(int epfd, int timeout_ms)
{
	struct rte_epoll_event event;
	int nb = rte_epoll_wait(epfd, &event, 1, timeout_ms);

	assert_true(nb == 0 || nb == 1);
	return nb == 0 ? -1 : (int)((uintptr_t)event.epdata.data - 100);
}

/* Receive what is there. Returns how many packets. */
static inline unsigned int
drain(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int total = 0;
	uint16_t nb;

	while ((nb = rte_eth_rx_burst(port, queue, m, NB_DESC)) > 0) {
		rte_pktmbuf_free_bulk(m, nb);
		total += nb;
	}
	return total;
}

/* Who slept ------------------------------------------------------------------------------------ */

struct account {
	double cpu; /* seconds */
	unsigned long sleeps; /* switches that the thread itself wanted */
};

static inline struct account
account_of_this_thread(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_THREAD, &usage), 0);
	return (struct account){
		.cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
				(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
		.sleeps = usage.ru_nvcsw,
	};
}

static inline bool
read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len;

	if (file == NULL)
		return false;
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	fclose(file);
	return true;
}

/* The kernel's number of the thread on which a port's model receives; 0: there is none. */
static inline int
find_model(uint16_t port)
{
	char path[PATH_MAX], comm[32], wanted[32];
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	int tid = 0;

	assert_non_null(dir);
	snprintf(wanted, sizeof(wanted), COMPAT_THREAD_PREFIX "dualbuf-%u\n", port);
	while ((entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		if (read_text(path, comm, sizeof(comm)) && strcmp(comm, wanted) == 0)
			tid = atoi(entry->d_name);
	}
	closedir(dir);
	return tid;
}

static inline struct account
account_of_model(uint16_t port)
{
	struct account account = { 0 };
	char path[PATH_MAX], text[4096];
	const char *at;
	int tid = find_model(port);

	assert_true(tid > 0);
	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", tid);
	assert_true(read_text(path, text, sizeof(text)));
	account.cpu = strtoull(text, NULL, 10) / 1e9;
	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	assert_true(read_text(path, text, sizeof(text)));
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	assert_non_null(at);
	account.sleeps = strtoul(strchr(at, ':') + 1, NULL, 10);
	return account;
}

static inline unsigned int
count_threads(void)
{
	return vdev_count_entries("/proc/self/task");
}

/* Arrivals ------------------------------------------------------------------------------------- */

static inline void
put_on_wire(int fd, uint32_t number)
{
	uint8_t frame[FRAME_LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88,
		0xb5 };

	memcpy(frame + 14, &number, sizeof(number));
	while (send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		if (errno != ENOBUFS && errno != EINTR)
			abort();
}

static inline uint32_t
number_of(const struct rte_mbuf *m)
{
	uint32_t number;

	memcpy(&number, rte_pktmbuf_mtod_offset(m, const uint8_t *, 14), sizeof(number));
	return number;
}

/* Races ---------------------------------------------------------------------------------------- */

/* A while that nobody can foresee, up to some microseconds. */
static inline void
dither(uint32_t *seed, uint32_t limit)
{
	volatile uint32_t i;

	*seed = *seed * 1664525 + 1013904223;
	for (i = (*seed >> 16) % limit; i > 0; i--)
		;
}

/* One who sends a packet for each time that the other one is about to sleep. */
struct sender {
	pthread_t thread;
	int fd;
	uint32_t wanted; /* packets */
	uint32_t nb; /* how many are to be sent altogether */
	uint32_t pause_ns; /* before each; 0: no longer than it takes to hit the enable */
};

static inline void *
send_on_demand(void *arg)
{
	struct sender *sender = arg;
	const struct timespec pause = { .tv_nsec = sender->pause_ns };
	uint32_t seed = 7, i;

	for (i = 0; i < sender->nb; i++) {
		while (__atomic_load_n(&sender->wanted, __ATOMIC_ACQUIRE) == i)
			sched_yield();
		if (sender->pause_ns > 0)
			nanosleep(&pause, NULL);
		else
			dither(&seed, 20000);
		put_on_wire(sender->fd, i);
	}
	return NULL;
}

/* Sleep until packet i is there. Every packet is alone on the wire, so each needs a wake-up. */
static inline unsigned int
sleep_until_packet(uint16_t port, int epfd, uint32_t i, uint32_t *seed)
{
	struct rte_mbuf *m;
	unsigned int wakes = 0;
	bool mine;

	while (rte_eth_rx_burst(port, 0, &m, 1) == 0) {
		if (seed != NULL)
			dither(seed, 4000);
		enable(port, 0);
		if (wait_for(epfd, PATIENCE_MS) != 0)
			fail_msg("packet %u: no interrupt", i);
		wakes++;
	}
	mine = number_of(m) == i;
	rte_pktmbuf_free(m);
	assert_true(mine);
	return wakes;
}

#endif /* _INTR_UTIL_H_ */
