/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <sched.h>
#include <string.h>
#include <sys/epoll.h>

#include <rte_interrupts.h>

#include "count.h"
#include "handler.h"
#include "say.h"

/* How long the handler sleeps at most while descriptors wait for their buffers. */
#define LOAN_SLEEP_MS 10

/* How long it waits before it looks again whether the pool has filled up. */
#define POOL_SLEEP_MS 1

#define MAX_EVENTS 16

static bool
must_quit(const struct handler *handler)
{
	return __atomic_load_n(&handler->quit, __ATOMIC_ACQUIRE) != 0 ||
			(handler->limit != 0 && handler->total == handler->limit);
}

void
handler_quit(struct handler *handler)
{
	__atomic_store_n(&handler->quit, 1, __ATOMIC_RELEASE);
	wakeup_ring(&handler->wakeup);
}

/*
 * Is there memory for what a burst may have to copy? To count a pool's mbufs takes a while, so a
 * count is good until as many have been received.
 */
static bool
pool_has_room(struct handler *handler)
{
	unsigned int free;

	if (handler->pool_credit >= PORT_RX_DESC)
		return true;
	free = rte_mempool_avail_count(handler->pool);
	handler->pool_credit = free - RTE_MIN(free, handler->pool_cached);
	return handler->pool_credit >= PORT_RX_DESC;
}

static bool
may_receive(struct handler *handler)
{
	return spsc_queue_room(handler->out) >= PORT_BURST && pool_has_room(handler);
}

static void
wait_for_downstream(struct handler *handler)
{
	spsc_queue_wait_room(handler->out, PORT_BURST);
	while (!pool_has_room(handler) && !must_quit(handler)) {
		wakeup_lie_down(&handler->wakeup);
		wakeup_sleep(&handler->wakeup, POOL_SLEEP_MS);
		wakeup_get_up(&handler->wakeup);
	}
}

static void
spend_credit(struct handler *handler, struct rte_mbuf **pkts, uint16_t n)
{
	unsigned int i, spent = 0;

	for (i = 0; i < n; i++)
		spent += pkts[i]->nb_segs;
	handler->pool_credit -= RTE_MIN(spent, handler->pool_credit);
}

static uint16_t
receive(struct handler *handler, uint16_t port, uint16_t queue)
{
	struct rte_mbuf *pkts[PORT_BURST];
	uint64_t left = handler->limit - handler->total;
	uint16_t n = PORT_BURST;

	if (handler->limit != 0)
		n = RTE_MIN(n, left);
	n = rte_eth_rx_burst(handler->ports[port].id, queue, pkts, n);
	if (n > 0) {
		spend_credit(handler, pkts, n);
		spsc_queue_put(handler->out, pkts, n);
		count_add(&handler->rx[port], n);
		handler->total += n;
	}
	return n;
}

/* A burst from every queue of every port, as far as there is room for what comes. */
static unsigned int
receive_round(struct handler *handler)
{
	unsigned int n = 0;
	uint16_t port, queue;

	for (port = 0; port < handler->nb_ports; port++)
		for (queue = 0; queue < handler->ports[port].nb_rx; queue++)
			if (may_receive(handler) && !must_quit(handler))
				n += receive(handler, port, queue);
	return n;
}

static void
switch_interrupts(const struct handler *handler, bool on)
{
	const struct port *port;
	uint16_t i, queue;

	for (i = 0; i < handler->nb_ports; i++) {
		port = &handler->ports[i];
		for (queue = 0; queue < port->nb_rx; queue++) {
			if (on)
				rte_eth_dev_rx_intr_enable(port->id, queue);
			else
				rte_eth_dev_rx_intr_disable(port->id, queue);
		}
	}
}

/*
 * The longest sleep that is safe. A descriptor that waits for its buffer is armed by our next
 * burst. The protocol driver rings when it has settled loans, but a loan that had to be passed on
 * comes home wherever it is freed, and nobody rings for that.
 */
static int
sleep_limit_ms(const struct handler *handler)
{
	uint16_t i;

	for (i = 0; i < handler->nb_ports && handler->deferred; i++)
		if (port_waiting(&handler->ports[i]) > 0)
			return LOAN_SLEEP_MS;
	return LANE_SLEEP_MS;
}

/*
 * Sleep until a NIC raises an interrupt (claim 8) or somebody rings. What arrived before the
 * interrupts were enabled is found by the round between; what arrives after it, wakes.
 */
static void
sleep_until_interrupt(struct handler *handler)
{
	struct rte_epoll_event events[MAX_EVENTS];

	switch_interrupts(handler, true);
	wakeup_lie_down(&handler->wakeup);
	if (receive_round(handler) == 0 && may_receive(handler) && !must_quit(handler))
		rte_epoll_wait(RTE_EPOLL_PER_THREAD, events, MAX_EVENTS, sleep_limit_ms(handler));
	wakeup_get_up(&handler->wakeup);
	switch_interrupts(handler, false);
}

static void
receive_until_quit(struct handler *handler)
{
	while (!must_quit(handler)) {
		if (!may_receive(handler))
			wait_for_downstream(handler);
		else if (receive_round(handler) > 0)
			continue;
		else if (handler->interrupt)
			sleep_until_interrupt(handler);
		else
			sched_yield(); /* the others may have no other core than this one */
	}
}

/* Add all queues' interrupts to what this thread waits on, or take them away again. */
static int
control_interrupts(struct handler *handler, int operation)
{
	uint16_t i, queue, id;
	int ret = 0;

	for (i = 0; i < handler->nb_ports; i++) {
		id = handler->ports[i].id;
		for (queue = 0; queue < handler->ports[i].nb_rx && ret == 0; queue++)
			ret = rte_eth_dev_rx_intr_ctl_q(
					id, queue, RTE_EPOLL_PER_THREAD, operation, NULL);
		if (ret != 0) {
			say("--mode interrupt: port %u has no receive interrupts (%s); "
			    "use --mode poll",
					id, strerror(-ret));
			break;
		}
	}
	return ret;
}

int
handler_run(struct handler *handler)
{
	struct rte_epoll_event wakeup = { .epdata.event = EPOLLIN };
	int ret = 0;

	if (handler->interrupt) {
		ret = rte_epoll_ctl(
				RTE_EPOLL_PER_THREAD, EPOLL_CTL_ADD, handler->wakeup.fd, &wakeup);
		if (ret == 0)
			ret = control_interrupts(handler, RTE_INTR_EVENT_ADD);
	}
	if (ret == 0)
		receive_until_quit(handler);
	if (handler->interrupt && ret == 0) {
		control_interrupts(handler, RTE_INTR_EVENT_DEL);
		rte_epoll_ctl(RTE_EPOLL_PER_THREAD, EPOLL_CTL_DEL, handler->wakeup.fd, &wakeup);
	}
	spsc_queue_close(handler->out);
	return ret;
}
