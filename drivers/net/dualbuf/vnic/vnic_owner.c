/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>

#include "dualbuf_logs.h"
#include "dualbuf_rx_format.h"
#include "vnic_ends.h"
#include "vnic_owner.h"
#include "vnic_passing.h"
#include "vnic_stats.h"
#include "wire_open.h"

#define PID_OF(owner) ((pid_t)(uint32_t)(owner))

/* A queue that is asked for. */
struct claim {
	struct rte_eth_dev *dev;
	struct vnic *vnic;
	struct vnic_ends *ends;
	uint16_t queue_id;
	const char *direction;
	uint64_t *owner;
	const bool *busy;
	uint32_t *refused; /* the start in which it was */
	uint64_t before; /* its owner until now */
	const char *reason;
};

static struct claim
claim_of(uint16_t port_id, uint16_t queue_id)
{
	struct rte_eth_dev *dev = &rte_eth_devices[port_id];

	return (struct claim){
		.dev = dev,
		.vnic = vnic_of(dev),
		.ends = vnic_ends_of[port_id],
		.queue_id = queue_id,
		.before = VNIC_NOBODY,
	};
}

static uint32_t
start_of(const struct vnic *vnic)
{
	return __atomic_load_n(&vnic->nb_starts, __ATOMIC_ACQUIRE);
}

static bool
is_alive(uint64_t owner)
{
	return kill(PID_OF(owner), 0) == 0 || errno != ESRCH;
}

/* Take the queue from nobody, or from a process that is gone. 0 or a negative errno. */
static int
claim_take(struct claim *claim)
{
	claim->before = __atomic_load_n(claim->owner, __ATOMIC_ACQUIRE);
	if (claim->before == VNIC_STOPPED)
		return -ENETDOWN;
	if (claim->before != VNIC_NOBODY && is_alive(claim->before)) {
		claim->reason = "another process uses it, while the port runs";
		return -EBUSY;
	}
	if (claim->before != VNIC_NOBODY && *claim->busy) {
		claim->reason = "the process that used it has ended in the middle of a burst; the port "
				"has to be stopped and started";
		return -EOWNERDEAD;
	}
	if (__atomic_compare_exchange_n(claim->owner, &claim->before, claim->ends->self, false,
			    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return 0;
	claim->reason = "another process uses it, while the port runs";
	return -EBUSY;
}

/* Once for each start. Whoever polls asks again and again. */
static bool
claim_refuse(struct claim *claim, int error)
{
	rte_errno = -error;
	if (error == -ENETDOWN)
		return false;
	*claim->refused = start_of(claim->vnic);
	DUALBUF_LOG(ERR, "port %u, %s queue %u: is not for this process: %s",
			claim->dev->data->port_id, claim->direction, claim->queue_id,
			claim->reason != NULL ? claim->reason : strerror(-error));
	return false;
}

static bool
claim_end(struct claim *claim, int error)
{
	if (error == 0)
		return true;
	__atomic_store_n(claim->owner, claim->before, __ATOMIC_RELEASE);
	return claim_refuse(claim, error);
}

/* Where queues share an end, or one queue's end is another's, all is in one process. 0 or a negative errno. */
static int
claim_check_ends(struct claim *claim)
{
	const struct vnic_args *args = &claim->vnic->args;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		return 0;
	if (vnic_args_spread(args))
		claim->reason = "with queues=N its port's ends are shared by queues, and the primary "
				"process's";
	else if (args->rx[0].kind == WIRE_END_LOOP)
		claim->reason = "with loopback=N what is sent comes back in the primary process alone";
	return claim->reason == NULL ? 0 : -ENOTSUP;
}

static int
ask_for(struct claim *claim, enum vnic_passing what)
{
	int fd = vnic_passing_ask(claim->dev, claim->queue_id, what);

	if (fd == -ENOTCONN)
		claim->reason = "the primary process does not answer";
	return fd;
}

/* Receiving --------------------------------------------------------------------------------------- */

static int
open_iface(struct claim *claim, struct wire_source **source)
{
	const struct vnic_args *args = &claim->vnic->args;
	int fd;

	if (claim->vnic->rx_user[claim->queue_id] != VNIC_NOBODY) {
		claim->reason = "another process has received from its interface; the port has to be "
				"stopped and started";
		return -EOWNERDEAD;
	}
	fd = ask_for(claim, VNIC_PASS_SOURCE);
	return fd < 0 ? fd :
			wire_source_adopt(&args->rx[claim->queue_id], fd, &args->choices, source);
}

/* A file is opened anew, at the frame that is next; the primary has it open, too, from the start. */
static int
open_source(struct claim *claim, const struct vnic_rxq *rx, struct wire_source **source)
{
	const struct vnic_args *args = &claim->vnic->args;
	uint64_t skip;

	switch (args->rx[claim->queue_id].kind) {
	case WIRE_END_NONE:
		return -ENETDOWN;
	case WIRE_END_FILE:
		skip = claim->vnic->rx_taken[claim->queue_id] + rx->model.taken;
		return vnic_ends_open_source(args, claim->queue_id, skip, source);
	default:
		return open_iface(claim, source);
	}
}

/*
 * What a source has counted so far are packets that its file has before the one that is next, and those who
 * used the queue until now have counted them. In the primary another thread may be asking the one that was
 * there.
 */
static void
claim_set_source(struct claim *claim, const struct dualbuf_rxq *rxq, struct wire_source *source)
{
	const struct vnic_source_counts passed = { .foreign = wire_source_foreign(source) };
	struct vnic_rxq *rx = rxq->device_queue;
	struct vnic_source_counts uncounted;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		claim->ends->rx_told[claim->queue_id] = passed;
		wire_source_close(vnic_ends_swap_source(claim->ends, claim->queue_id, source));
		return;
	}
	rte_spinlock_lock(&rx->source_lock);
	uncounted = vnic_rx_uncounted(rxq);
	rx->foreign += uncounted.foreign;
	*rx->counted = passed;
	source = vnic_ends_swap_source(claim->ends, claim->queue_id, source);
	rte_spinlock_unlock(&rx->source_lock);
	wire_source_close(source);
}

static int
claim_open_source(struct claim *claim, const struct dualbuf_rxq *rxq)
{
	uint64_t *user = &claim->vnic->rx_user[claim->queue_id];
	struct vnic_rxq *rx = rxq->device_queue;
	struct wire_source *source = NULL;
	int ret = 0;

	/* it was opened at the start, or before the queue was stopped alone */
	if (*user == claim->ends->self ||
			(rte_eal_process_type() == RTE_PROC_PRIMARY && *user == VNIC_NOBODY)) {
		*user = claim->ends->self;
		return 0;
	}
	if (rx->is_stream) {
		claim->reason = "its packets come through a pipe, which is the primary process's";
		return -ENOTSUP;
	}
	if (rxq->features & RX_TIMESTAMP)
		ret = dualbuf_rx_timestamp_register();
	if (ret == 0)
		ret = open_source(claim, rx, &source);
	if (ret != 0)
		return ret;
	*user = claim->ends->self;
	claim_set_source(claim, rxq, source);
	return 0;
}

bool
vnic_owner_claim_rx(const struct dualbuf_rxq *rxq)
{
	struct claim claim = claim_of(rxq->port_id, rxq->queue_id);
	struct vnic_rxq *rx = rxq->device_queue;
	int ret;

	claim.direction = "receive";
	claim.owner = &rx->owner;
	claim.busy = &rx->busy;
	claim.refused = &claim.ends->rx_refused[rxq->queue_id];
	if (*claim.refused == start_of(claim.vnic))
		return false;
	ret = claim_check_ends(&claim);
	if (ret == 0)
		ret = claim_take(&claim);
	return ret != 0 ? claim_refuse(&claim, ret) :
			  claim_end(&claim, claim_open_source(&claim, rxq));
}

bool
vnic_owner_can_wake(const struct dualbuf_rxq *rxq)
{
	struct claim claim = claim_of(rxq->port_id, rxq->queue_id);
	struct vnic_ends *ends = claim.ends;
	uint32_t start = start_of(claim.vnic);
	int fd, ret;

	claim.direction = "receive";
	claim.refused = &ends->rx_refused[rxq->queue_id];
	if (ends->wake_start == start)
		return true;
	if (*claim.refused == start)
		return false;
	ret = claim_check_ends(&claim);
	if (ret != 0)
		return claim_refuse(&claim, ret);
	if ((rxq->features & RX_TIMESTAMP) && dualbuf_rx_timestamp_register() != 0)
		return claim_refuse(&claim, -ENOSPC);
	fd = ask_for(&claim, VNIC_PASS_WAKE);
	if (fd < 0)
		return claim_refuse(&claim, fd);
	if (ends->wake_fd >= 0)
		close(ends->wake_fd);
	ends->wake_fd = fd;
	ends->wake_start = start;
	return true;
}

/* Sending ----------------------------------------------------------------------------------------- */

static int
open_sink(struct claim *claim, struct wire_sink **sink)
{
	const struct vnic_args *args = &claim->vnic->args;
	const struct wire_end *end = &args->tx[claim->queue_id];
	int fd;

	if (end->kind == WIRE_END_NONE)
		return wire_sink_open(end, &args->sink_choices, sink);
	fd = ask_for(claim, VNIC_PASS_SINK);
	if (fd == -ENOTSUP)
		claim->reason = "what it sends is kept in the primary process, as for a pipe and for a "
				"compressed file";
	return fd < 0 ? fd : wire_sink_adopt(end, fd, &args->sink_choices, sink);
}

static int
claim_open_sink(struct claim *claim)
{
	struct wire_sink *sink = NULL;
	int ret;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		return 0;
	ret = open_sink(claim, &sink);
	if (ret != 0)
		return ret;
	wire_sink_close(vnic_ends_swap_sink(claim->ends, claim->queue_id, sink));
	memset(claim->ends->tx_lost[claim->queue_id], 0, sizeof(claim->ends->tx_lost[0]));
	return 0;
}

bool
vnic_owner_claim_tx(const struct dualbuf_txq *txq)
{
	struct claim claim = claim_of(txq->port_id, txq->queue_id);
	struct vnic_txq *tx = txq->device_queue;
	int ret;

	claim.direction = "transmit";
	claim.owner = &tx->owner;
	claim.busy = &tx->busy;
	claim.refused = &claim.ends->tx_refused[txq->queue_id];
	if (*claim.refused == start_of(claim.vnic))
		return false;
	ret = claim_check_ends(&claim);
	if (ret == 0)
		ret = claim_take(&claim);
	return ret != 0 ? claim_refuse(&claim, ret) : claim_end(&claim, claim_open_sink(&claim));
}

/* Leaving ----------------------------------------------------------------------------------------- */

static void
give_back(uint64_t *owner, uint64_t self)
{
	(void)__atomic_compare_exchange_n(
			owner, &self, VNIC_NOBODY, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void
vnic_owner_leave(struct rte_eth_dev *dev)
{
	const struct vnic_ends *ends = vnic_ends_of[dev->data->port_id];
	struct dualbuf_port *port = dualbuf_port(dev);
	uint16_t i;

	if (port == NULL) /* the primary has closed it meanwhile */
		return;
	dualbuf_queues_lock(port);
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		if (port->rxqs[i] != NULL)
			give_back(&((struct vnic_rxq *)port->rxqs[i]->device_queue)->owner,
					ends->self);
		if (port->txqs[i] != NULL)
			give_back(&((struct vnic_txq *)port->txqs[i]->device_queue)->owner,
					ends->self);
	}
	dualbuf_queues_unlock(port);
	if (ends->wake_fd >= 0)
		close(ends->wake_fd);
}
