/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _LINK_UTIL_H_
#define _LINK_UTIL_H_

/*
 * An application that stops, closes or starts a port in the callback of the link's events, or only
 * looks. EAL's alarms are this program's: it sees which of them a port leaves behind, and a
 * hundredth of the time is enough for them.
 */

#include <dlfcn.h>
#include <pthread.h>

#include <rte_alarm.h>

#include "packet_util.h"
#include "vdev_veth_util.h"

#define NB_PACKETS 200 /* of each capture */
#define BURST 32
#define ROUNDS 30
#define LIVE_ROUNDS 8
#define MAX_ALARMS 256

/* Alarms --------------------------------------------------------------------------------------- */

struct alarm {
	rte_eal_alarm_callback fn;
	void *arg;
	uint64_t us; /* when it was set first */
};

struct alarms {
	struct alarm seen[MAX_ALARMS];
	unsigned int nb;
};

static pthread_mutex_t alarms_lock = PTHREAD_MUTEX_INITIALIZER;
static struct alarms alarms;

static inline void
remember_alarm(uint64_t us, rte_eal_alarm_callback fn, void *arg)
{
	unsigned int i;

	pthread_mutex_lock(&alarms_lock);
	for (i = 0; i < alarms.nb && (alarms.seen[i].fn != fn || alarms.seen[i].arg != arg); i++)
		;
	if (i == alarms.nb && i < MAX_ALARMS)
		alarms.seen[alarms.nb++] = (struct alarm){ fn, arg, us };
	pthread_mutex_unlock(&alarms_lock);
}

/* Instead of EAL's. */
int
rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback fn, void *arg)
{
	int (*set)(uint64_t, rte_eal_alarm_callback, void *) =
			(int (*)(uint64_t, rte_eal_alarm_callback, void *))(uintptr_t)dlsym(
					RTLD_NEXT, "rte_eal_alarm_set");

	remember_alarm(us, fn, arg);
	return set(us < 100 ? us : us / 100, fn, arg);
}

/* How many alarms are set. None is any more after this. */
static inline unsigned int
end_alarms(void)
{
	struct alarms seen;
	unsigned int nb = 0, i;
	int ret;

	/* canceling waits for handlers, which set alarms */
	pthread_mutex_lock(&alarms_lock);
	seen = alarms;
	alarms.nb = 0;
	pthread_mutex_unlock(&alarms_lock);
	for (i = 0; i < seen.nb; i++) {
		ret = rte_eal_alarm_cancel(seen.seen[i].fn, seen.seen[i].arg);
		nb += ret > 0 ? ret : 0;
	}
	return nb;
}

/* How many alarms were set at some time since end_alarms(), each counted once. */
static inline unsigned int
alarms_seen(void)
{
	unsigned int nb;

	pthread_mutex_lock(&alarms_lock);
	nb = alarms.nb;
	pthread_mutex_unlock(&alarms_lock);
	return nb;
}

/* The callback --------------------------------------------------------------------------------- */

enum deed {
	STOP,
	STOP_AND_CLOSE,
	STOP_AND_START,
	LOOK, /* only ask for the link */
};

/* An application that is told of the link; it does not poll a port that it stops. */
static struct {
	pthread_mutex_t polling;
	enum deed deed;
	uint32_t nb_done;
	unsigned int nb_failed;
	unsigned int nb_left; /* alarms, when stop had returned */
} app = { .polling = PTHREAD_MUTEX_INITIALIZER };

static inline void
do_deed(uint16_t port)
{
	struct rte_eth_link link;

	if (app.deed == LOOK) {
		app.nb_failed += rte_eth_link_get_nowait(port, &link) != 0;
		return;
	}
	app.nb_failed += rte_eth_dev_stop(port) != 0;
	app.nb_left += end_alarms();
	if (app.deed == STOP_AND_CLOSE)
		app.nb_failed += rte_eth_dev_close(port) != 0;
	if (app.deed == STOP_AND_START)
		app.nb_failed += rte_eth_dev_start(port) != 0;
}

static inline int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	(void)type;
	(void)arg;
	(void)ret_param;
	pthread_mutex_lock(&app.polling);
	do_deed(port);
	__atomic_add_fetch(&app.nb_done, 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&app.polling);
	return 0;
}

static inline uint32_t
nb_done(void)
{
	return __atomic_load_n(&app.nb_done, __ATOMIC_ACQUIRE);
}

/* For all ports: one that was closed has no callbacks to take away. */
static inline void
begin(enum deed deed)
{
	app.deed = deed;
	app.nb_done = 0;
	app.nb_failed = 0;
	app.nb_left = 0;
	assert_int_equal(rte_eth_dev_callback_register(
					 RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL),
			0);
	end_alarms();
}

static inline void
finish(void)
{
	double since = 0;

	while (rte_eth_dev_callback_unregister(
			       RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL) == -EAGAIN)
		assert_true(vdev_wait(&since));
	assert_int_equal(app.nb_failed, 0);
	assert_int_equal(app.nb_left, 0);
}

/* The callback has returned, and what called it. */
static inline void
await_handler_end(void)
{
	const struct timespec time = { .tv_nsec = 10000000 };

	nanosleep(&time, NULL);
}

static inline void
await_deed(uint32_t nb)
{
	double since = 0;

	while (nb_done() < nb)
		if (!vdev_wait(&since))
			fail_msg("no link event number %u", nb);
	await_handler_end();
	assert_int_equal(nb_done(), nb);
}

static inline bool
poll_once(uint16_t port, uint32_t nb, unsigned int *total)
{
	struct rte_mbuf *m[BURST];
	uint16_t n;

	pthread_mutex_lock(&app.polling);
	if (nb_done() >= nb) {
		pthread_mutex_unlock(&app.polling);
		return false;
	}
	n = rte_eth_rx_burst(port, 0, m, BURST);
	pthread_mutex_unlock(&app.polling);
	rte_pktmbuf_free_bulk(m, n);
	*total += n;
	return true;
}

static inline uint16_t
plug_file(void)
{
	return vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,eof=1", capture_of("tiny"));
}

/* The other end of the wire goes down, or up again. */
static inline void
set_carrier(bool up)
{
	assert_true(veth_ip("link set %s %s", FAR, up ? "up" : "down"));
}

#endif /* _LINK_UTIL_H_ */
