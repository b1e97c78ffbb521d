/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_H_
#define _VNIC_H_

#include <rte_thread.h>

#include "dualbuf_port.h"
#include "vnic_args.h"
#include "vnic_model.h"

/*
 * The thread that receives when receive interrupts are configured: it steps that half of the model.
 * It sleeps when no queue has anything to do, and is woken by doorbells and by live interfaces.
 */
struct vnic_thread {
	rte_thread_t id;
	int wake_fd; /* eventfd */
	uint32_t asleep; /* it may sleep: who rings a doorbell has to wake it */
	uint32_t ending;
	bool running;
};

/* One virtual NIC. */
struct vnic {
	struct vnic_args args;
	struct vnic_offload offload;
	struct wire_source *sources[VNIC_MAX_QUEUES];
	struct wire_sink *sinks[VNIC_MAX_QUEUES];
	struct vnic_thread thread;
	struct vnic_intr intrs[VNIC_MAX_QUEUES];
	bool running; /* looked at by whoever asks for the link */
	uint32_t nb_lasting; /* files whose end is to be told, and was not found yet */
	uint16_t told_status; /* of the link, in the last event or at the start */
};

static inline struct vnic *
vnic_of(const struct rte_eth_dev *dev)
{
	return dualbuf_port(dev)->device_port;
}

/* vnic_intr.c */

/*
 * Make what rte_eth_dev_rx_intr_ctl_q() needs, an eventfd for each receive queue, if receive
 * interrupts are configured; undo what an earlier configuration had made. 0 or a negative errno.
 */
int vnic_intr_configure(struct rte_eth_dev *dev);
void vnic_intr_release(struct rte_eth_dev *dev);

int vnic_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
int vnic_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);

/* The model has written packets to a queue: interrupt, now or as soon as moderation lets it. */
void vnic_intr_raise(struct vnic_intr *intr);

/*
 * Send the interrupts that moderation held back, if it is time. Returns the time until the next
 * one, in ns; UINT64_MAX when none is due.
 */
uint64_t vnic_intr_fire_due(struct vnic_intr *intr);

/* vnic_thread.c */

/* Start and end the model's thread. */
int vnic_thread_start(struct rte_eth_dev *dev);
void vnic_thread_stop(struct rte_eth_dev *dev);

/* A receive queue's doorbell was rung: wake the thread if it sleeps. Any thread. */
void vnic_thread_wake(struct vnic_thread *thread);

/* vnic_link.c */

/* The link as it is now: up while the port runs, its interfaces have a carrier, its files last. */
void vnic_link(struct rte_eth_dev *dev, struct rte_eth_link *link);

/* Is there anything that could make the link go up or down while the port runs? */
bool vnic_link_can_change(const struct vnic_args *args);

/*
 * Watch the link, and tell of changes, while link-state interrupts are configured. The model's thread
 * starts after the watch and ends before it.
 */
int vnic_link_watch(struct rte_eth_dev *dev);
void vnic_link_unwatch(struct rte_eth_dev *dev);

/*
 * The end of a queue's file is to be told. Who polls then looks for it, the driver or the model's thread,
 * as long as end_awaited is set. When all queues were found at their ends the link goes down: at once, or a
 * little later if it is so early that the port's start may not have returned.
 */
void vnic_link_await_end(struct vnic *vnic, struct vnic_rx_queue *queue);
void vnic_link_look_for_end(struct rte_eth_dev *dev, struct vnic_rx_queue *queue, bool early);

static inline bool
vnic_link_awaits_end(const struct vnic_rx_queue *queue)
{
	return unlikely(__atomic_load_n(&queue->end_awaited, __ATOMIC_RELAXED));
}

#endif /* _VNIC_H_ */
