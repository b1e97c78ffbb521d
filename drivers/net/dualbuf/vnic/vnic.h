/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_H_
#define _VNIC_H_

/* The driver's side of a virtual NIC: its data. */

#include <rte_spinlock.h>
#include <rte_thread.h>
#include <rte_ticketlock.h>

#include "dualbuf_port.h"
#include "vnic_args.h"
#include "vnic_model.h"
#include "vnic_wake.h"

/* The receive interrupt of a queue; only where interrupts are configured. */
struct vnic_intr {
	int fd; /* eventfd */
	uint32_t armed; /* the application wants the next one */
	uint32_t asked; /* VNIC_INTR_*: what the model's thread is to see to */
	uint64_t gap_ns; /* moderation: shortest time between two */

	/* The model's thread alone; times in ns of the monotonic clock */
	bool due;
	uint64_t not_before;
	uint64_t starved_until; /* 0: no descriptor waited when the interrupt was enabled */
};

#define VNIC_INTR_PACKETS (1u << 0) /* there were packets when it was enabled */
#define VNIC_INTR_STARVED (1u << 1) /* descriptors waited for their loans */

/*
 * The thread that receives when receive interrupts are configured: it steps that half of the model.
 * It sleeps when no queue has anything to do, and is woken by doorbells and by live interfaces.
 */
struct vnic_thread {
	rte_thread_t id;
	uint32_t ending;
	bool running;
};

/*
 * Ends count from when they are opened, and stay open when a queue stops alone: what their queues have in
 * their own counters already.
 */
struct vnic_source_counts {
	uint64_t dropped;
	uint64_t foreign;
};

struct vnic_sink_counts {
	uint64_t packets;
	uint64_t bytes;
};

/*
 * Who uses a queue: while the port runs it is one process's, the first that polls it. Each that has the port
 * has a number of its own, and beside it the process ID by which others see whether it lives.
 */
#define VNIC_NOBODY UINT64_C(0)
#define VNIC_STOPPED UINT64_MAX /* the queue does not run */

/* A receive queue: the model's part of it, which comes first, and all that the model does not see. */
struct vnic_rxq {
	struct vnic_rx_queue model;
	struct vnic_wake *wake; /* of the thread that receives */
	struct vnic_rx_steer *steer; /* of its port */
	uint32_t *end_awaited; /* it is to be told when the last packet of the file was received */
	uint64_t foreign; /* packets that sources passed over, until they were closed or the queue stopped */
	uint64_t dropped; /* by the kernel; as above */
	uint64_t untaken; /* in the ring of a source that goes on, when the queue stopped */
	struct vnic_source_counts
			*counted; /* of the queue's source; NULL: another queue counts them */
	bool untouched; /* since the start, as the model's thread knows */
	bool is_stream; /* its source is */
	bool counts_source; /* the primary's source is open, and what it has counted is not added yet */
	uint16_t source_id; /* its source among the port's */
	bool busy; /* another process than the primary is in the middle of a burst */
	uint64_t owner;
	struct vnic_source_counts there; /* of sources that other processes than the primary have */

	/* Between those who ask the source for its drops and the one who takes it away */
	rte_spinlock_t source_lock;
};

struct vnic_txq {
	struct vnic_tx_queue model;
	struct vnic_sink_counts *counted; /* of the queue's sink */
	uint16_t sink_id; /* as source_id */
	bool is_sharing; /* other queues write to the same sink */
	const struct dualbuf_txq *txq; /* the driver's side of it */
	bool busy; /* as of a receive queue */
	bool counts_sink; /* as counts_source */
	uint64_t owner;

	/* Between those who ask the sink for its losses and the one who takes it away */
	rte_spinlock_t sink_lock;

	/* Of its sink, where it is not the only one to write there; else NULL */
	rte_spinlock_t *step_lock;

	struct vnic_wake *wake; /* of the thread that receives */
};

/* One step of the model's transmit half, in turn with others that write to the same sink. */
static inline void
vnic_tx_step(struct vnic_txq *tx, struct wire_sink *sink)
{
	rte_spinlock_t *lock = tx->step_lock;

	if (unlikely(lock != NULL))
		rte_spinlock_lock(lock);
	vnic_tx_process(&tx->model, sink);
	if (unlikely(lock != NULL))
		rte_spinlock_unlock(lock);
}

/*
 * The ends of a virtual NIC's wire that one process has open, those of the queues that it uses, and all else of
 * the NIC that is this process's own. The primary opens all when the port starts.
 */
struct vnic_ends {
	struct wire_source *sources[VNIC_MAX_QUEUES];
	struct wire_sink *sinks[VNIC_MAX_QUEUES];
	uint64_t self; /* as the owner of queues */

	/* Of other processes than the primary */
	struct vnic_source_counts rx_told[VNIC_MAX_QUEUES]; /* what the primary knows already */
	uint32_t rx_refused[VNIC_MAX_QUEUES]; /* the port's start in which this was said */
	uint32_t tx_refused[VNIC_MAX_QUEUES];
	/* Packets and bytes that sinks have lost, and errors have already */
	uint64_t tx_lost[VNIC_MAX_QUEUES][2];
	uint32_t wake_start; /* the port's start that wake_fd is of */
	int wake_fd;
};

/* By port ID; NULL: the port is not one of these, or not this process's. */
extern struct vnic_ends *vnic_ends_of[RTE_MAX_ETHPORTS];

/* One virtual NIC, in memory that processes share. The thread, the alarms and eventfds are the primary's. */
struct vnic {
	struct vnic_args args;
	struct vnic_offload offload;
	struct vnic_rx_steer steer; /* where one source has several queues */
	uint32_t nb_processes; /* that have had this port */
	uint32_t nb_starts;

	/* Since the start, by queue: who has used its source, and how far it was when the queue stopped */
	uint64_t rx_user[VNIC_MAX_QUEUES];
	uint64_t rx_taken[VNIC_MAX_QUEUES];

	struct vnic_source_counts source_counts[VNIC_MAX_QUEUES];
	struct vnic_sink_counts sink_counts[VNIC_MAX_QUEUES];

	/*
	 * Queues that others than their users step, the model's thread and an alarm: under the lock, which
	 * is fair, so that who starts or stops a queue has a turn beside a busy thread.
	 */
	rte_ticketlock_t stepped_lock;
	struct vnic_rxq *rx_stepped[VNIC_MAX_QUEUES]; /* started */
	struct vnic_txq *tx_stepped[VNIC_MAX_QUEUES]; /* started, and their sinks may wait */
	uint32_t end_awaited[VNIC_MAX_QUEUES]; /* of each queue's file */

	/*
	 * Between those who write to a sink: senders of several queues, and those who go on for one whose sink
	 * waits
	 */
	rte_spinlock_t sink_locks[VNIC_MAX_QUEUES];
	struct vnic_txq *sharers
			[VNIC_MAX_QUEUES]; /* started queues of a sink that they share; under stepped_lock */

	struct vnic_thread thread;
	struct vnic_wake wake; /* for that thread */
	struct vnic_intr intrs[VNIC_MAX_QUEUES];
	bool unplugged; /* the application has set the link down; as above */
	bool running; /* looked at by whoever asks for the link */
	uint32_t nb_lasting; /* files whose end is to be told, and was not found yet */
};

static inline struct vnic *
vnic_of(const struct rte_eth_dev *dev)
{
	return dualbuf_port(dev)->device_port;
}

/* What this process has open at a queue's end, or NULL. */
static inline struct wire_source *
vnic_source_of(const struct rte_eth_dev *dev, const struct vnic_rxq *rx)
{
	return vnic_ends_of[dev->data->port_id]->sources[rx->source_id];
}

static inline struct wire_sink *
vnic_sink_of(const struct rte_eth_dev *dev, const struct vnic_txq *tx)
{
	return vnic_ends_of[dev->data->port_id]->sinks[tx->sink_id];
}

/* Send what a sink was not ready for when the sender came last. NULL: nothing can wait. Under stepped_lock. */
static inline void
vnic_txq_go_on(const struct rte_eth_dev *dev, struct vnic_txq *tx)
{
	if (tx == NULL || !rte_spinlock_trylock(tx->step_lock))
		return;
	vnic_tx_process(&tx->model, vnic_sink_of(dev, tx));
	rte_spinlock_unlock(tx->step_lock);
}

#endif /* _VNIC_H_ */
