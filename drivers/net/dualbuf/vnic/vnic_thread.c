/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include <rte_lcore.h>

#include "dualbuf_compat.h"
#include "dualbuf_logs.h"
#include "vnic_intr.h"
#include "vnic_link.h"
#include "vnic_thread.h"
#include "vnic_wake.h"
#include "wire_clock.h"

/* Frames that a queue may receive before the others have their turn. */
#define STEP_FRAMES 32

/* A queue after a step, before which its head was there. */
static void
tell_of_queue(struct rte_eth_dev *dev, struct vnic_rxq *rx, uint16_t queue, uint32_t head)
{
	if (rx->model.head != head) {
		rx->untouched = false;
		vnic_intr_raise(&vnic_of(dev)->intrs[queue]);
	}
	if (vnic_link_awaits_end(rx))
		vnic_link_look_for_end(dev, rx, rx->untouched);
}

/* One step of a receive queue. Returns whether it had something to do. */
static bool
step_queue(struct rte_eth_dev *dev, struct vnic_rxq *rx, uint16_t queue)
{
	uint32_t head = rx->model.head;
	bool busy = vnic_rx_process(&rx->model, vnic_source_of(dev, rx), STEP_FRAMES) > 0;

	tell_of_queue(dev, rx, queue, head);
	return busy;
}

/* One step of all queues that share a source. */
static bool
step_shared(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	uint32_t heads[VNIC_MAX_QUEUES];
	bool busy;
	uint16_t i;

	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		heads[i] = vnic->rx_stepped[i] == NULL ? 0 : vnic->rx_stepped[i]->model.head;
	rte_spinlock_lock(&vnic->steer.lock);
	busy = vnic_rx_steer(&vnic->steer, vnic_ends_of[dev->data->port_id]->sources[0],
			       STEP_FRAMES) > 0;
	rte_spinlock_unlock(&vnic->steer.lock);
	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		if (vnic->rx_stepped[i] != NULL)
			tell_of_queue(dev, vnic->rx_stepped[i], i, heads[i]);
	return busy;
}

/* One step of every receive queue. Returns whether any had something to do. */
static bool
step_queues(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	bool busy = false;
	uint16_t i;

	rte_ticketlock_lock(&vnic->stepped_lock);
	if (vnic->offload.steers)
		busy = step_shared(dev);
	for (i = 0; i < VNIC_MAX_QUEUES && !vnic->offload.steers; i++) {
		if (vnic->rx_stepped[i] == NULL)
			continue;
		if (__atomic_load_n(&vnic_source_of(dev, vnic->rx_stepped[i])->holds_back,
				    __ATOMIC_RELAXED))
			vnic_txq_go_on(dev, vnic->tx_stepped[i]);
		busy |= step_queue(dev, vnic->rx_stepped[i], i);
	}
	rte_ticketlock_unlock(&vnic->stepped_lock);
	return busy;
}

/* How long until an interrupt that moderation held back is due, in ns; UINT64_MAX: none is. */
static uint64_t
fire_due_interrupts(const struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	uint64_t first = UINT64_MAX;
	uint16_t i;

	for (i = 0; i < dev->data->nb_rx_queues; i++)
		first = RTE_MIN(first, vnic_intr_fire_due(&vnic->intrs[i]));
	return first;
}

/* Is there a queue, that something comes to? */
static bool
is_plugged(const struct vnic_rxq *rx)
{
	return rx != NULL && __atomic_load_n(&rx->model.wire, __ATOMIC_RELAXED) == VNIC_PLUGGED;
}

/* How long until a frame is due that waits for its time, in ns; UINT64_MAX: none does. */
static uint64_t
wait_for_frames(const struct rte_eth_dev *dev)
{
	const struct vnic *vnic = vnic_of(dev);
	uint64_t first = UINT64_MAX;
	uint16_t i;

	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		if (is_plugged(vnic->rx_stepped[i]))
			first = RTE_MIN(first,
					wire_source_wait(vnic_source_of(dev, vnic->rx_stepped[i])));
	return first;
}

/* The events that end the sleep: a doorbell, and frames of those sources that show none yet. */
static nfds_t
gather_fds(const struct rte_eth_dev *dev, struct pollfd *fds)
{
	const struct vnic *vnic = vnic_of(dev);
	nfds_t nb = 0;
	const struct wire_source *source;
	uint16_t i;
	int fd;

	fds[nb++] = (struct pollfd){ .fd = vnic->wake.fd, .events = POLLIN };
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		if (!is_plugged(vnic->rx_stepped[i]))
			continue;
		source = vnic_source_of(dev, vnic->rx_stepped[i]);
		/* frames that are shown wait for descriptors */
		if (wire_source_shown(source) > 0)
			continue;
		fd = wire_source_fd(source);
		if (fd >= 0)
			fds[nb++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	return nb;
}

/* Sleep until there is something to do. */
static void
sleep_until_needed(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	struct pollfd fds[1 + VNIC_MAX_QUEUES];
	struct timespec timeout;
	uint64_t wait_ns;
	nfds_t nb_fds;

	vnic_wake_before_sleep(&vnic->wake);
	if (!step_queues(dev) && !__atomic_load_n(&vnic->thread.ending, __ATOMIC_SEQ_CST)) {
		wait_ns = fire_due_interrupts(dev);
		rte_ticketlock_lock(&vnic->stepped_lock);
		wait_ns = RTE_MIN(wait_ns, wait_for_frames(dev));
		nb_fds = gather_fds(dev, fds);
		rte_ticketlock_unlock(&vnic->stepped_lock);
		timeout.tv_sec = wait_ns / WIRE_NS_PER_S;
		timeout.tv_nsec = wait_ns % WIRE_NS_PER_S;
		ppoll(fds, nb_fds, wait_ns == UINT64_MAX ? NULL : &timeout, NULL);
	}
	vnic_wake_after_sleep(&vnic->wake);
}

static uint32_t
thread_main(void *arg)
{
	struct rte_eth_dev *dev = arg;
	const struct vnic_thread *thread = &vnic_of(dev)->thread;

	/* the kernel may end a sleep as late as that, 50 us by default; frames have their times */
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	while (!__atomic_load_n(&thread->ending, __ATOMIC_ACQUIRE)) {
		if (!step_queues(dev))
			sleep_until_needed(dev);
		else
			fire_due_interrupts(dev);
	}
	return 0;
}

int
vnic_thread_start(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	struct vnic_thread *thread = &vnic->thread;
	char name[RTE_MAX_THREAD_NAME_LEN];
	int ret;

	ret = vnic_wake_open(&vnic->wake);
	if (ret != 0)
		return ret;
	thread->ending = 0;
	snprintf(name, sizeof(name), "dualbuf-%u", dev->data->port_id);
	ret = rte_thread_create_internal_control(&thread->id, name, thread_main, dev);
	if (ret != 0) {
		DUALBUF_LOG(ERR, "cannot start the virtual NIC's thread: %s", strerror(-ret));
		vnic_wake_close(&vnic->wake);
		return ret;
	}
	thread->running = true;
	vnic_ends_of[dev->data->port_id]->wake_fd = vnic->wake.fd;
	return 0;
}

void
vnic_thread_stop(struct rte_eth_dev *dev)
{
	struct vnic *vnic = vnic_of(dev);
	struct vnic_thread *thread = &vnic->thread;

	if (!thread->running)
		return;
	__atomic_store_n(&thread->ending, 1, __ATOMIC_SEQ_CST);
	vnic_wake_always(&vnic->wake);
	rte_thread_join(thread->id, NULL);
	vnic_ends_of[dev->data->port_id]->wake_fd = -1;
	vnic_wake_close(&vnic->wake);
	thread->running = false;
}
