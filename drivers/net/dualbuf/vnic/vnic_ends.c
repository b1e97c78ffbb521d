/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_alarm.h>

#include "dualbuf_logs.h"
#include "vnic_ends.h"
#include "vnic_link.h"
#include "wire_loop.h"
#include "wire_open.h"
#include "wire_pace.h"

/* How often output files are flushed, in us; users are promised a second. */
#define VNIC_FLUSH_US 500000

static pthread_mutex_t ends_mutex = PTHREAD_MUTEX_INITIALIZER;

void
vnic_ends_lock(void)
{
	pthread_mutex_lock(&ends_mutex);
}

void
vnic_ends_unlock(void)
{
	pthread_mutex_unlock(&ends_mutex);
}

struct vnic_ends *
vnic_ends_make(struct vnic *vnic)
{
	struct vnic_ends *ends = calloc(1, sizeof(*ends));

	if (ends == NULL)
		return NULL;
	ends->self = __atomic_add_fetch(&vnic->nb_processes, 1, __ATOMIC_RELAXED);
	ends->self = ends->self << 32 | (uint32_t)getpid();
	ends->wake_fd = -1;
	return ends;
}

void
vnic_ends_give(uint16_t port_id, struct vnic_ends *ends)
{
	vnic_ends_lock();
	vnic_ends_of[port_id] = ends;
	vnic_ends_unlock();
}

struct vnic_ends *
vnic_ends_take(uint16_t port_id)
{
	struct vnic_ends *ends = vnic_ends_of[port_id];

	vnic_ends_give(port_id, NULL);
	return ends;
}

struct wire_source *
vnic_ends_swap_source(struct vnic_ends *ends, uint16_t number, struct wire_source *source)
{
	vnic_ends_lock();
	RTE_SWAP(ends->sources[number], source);
	vnic_ends_unlock();
	return source;
}

struct wire_sink *
vnic_ends_swap_sink(struct vnic_ends *ends, uint16_t number, struct wire_sink *sink)
{
	vnic_ends_lock();
	RTE_SWAP(ends->sinks[number], sink);
	vnic_ends_unlock();
	return sink;
}

void
vnic_ends_stop(struct vnic_ends *ends)
{
	uint16_t i;

	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		if (ends->sinks[i] != NULL && !ends->sinks[i]->is_stream)
			wire_sink_close(vnic_ends_swap_sink(ends, i, NULL));
	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		if (ends->sources[i] != NULL && !ends->sources[i]->is_stream)
			wire_source_close(vnic_ends_swap_source(ends, i, NULL));
}

void
vnic_ends_close(struct vnic_ends *ends)
{
	uint16_t i;

	if (ends == NULL)
		return;
	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		wire_sink_close(ends->sinks[i]);
	for (i = 0; i < VNIC_MAX_QUEUES; i++)
		wire_source_close(ends->sources[i]);
	free(ends);
}

/* Pass over frames that another process has taken. */
static void
skip_frames(struct wire_source *source, uint64_t nb, bool endless)
{
	uint64_t done = 0, shown;

	while (done < nb && wire_source_peek(source) != NULL) {
		/* once round a file that is read without end, all further rounds are as that one */
		if (endless && source->round == 1) {
			endless = false;
			nb %= done;
			done = 0;
		}
		shown = RTE_MIN(wire_source_shown(source), nb - done);
		wire_source_take(source, shown);
		done += shown;
	}
}

int
vnic_ends_open_source(const struct vnic_args *args, uint16_t queue_id, uint64_t skip,
		struct wire_source **source)
{
	int ret = wire_source_open(&args->rx[queue_id], &args->choices, source);

	if (ret != 0)
		return ret;
	skip_frames(*source, skip, args->choices.rounds == 0);
	return args->rate.kind == WIRE_RATE_ANY ? 0 : wire_pace_open(*source, &args->rate, source);
}

static int
open_source(struct vnic_ends *ends, struct vnic *vnic, uint16_t number)
{
	vnic->source_counts[number] = (struct vnic_source_counts){ 0 };
	return vnic_ends_open_source(&vnic->args, number, 0, &ends->sources[number]);
}

static int
open_sink(struct vnic_ends *ends, struct vnic *vnic, uint16_t number)
{
	const struct vnic_args *args = &vnic->args;
	uint16_t end = vnic_args_spread(args) ? 0 : number;

	vnic->sink_counts[number] = (struct vnic_sink_counts){ 0 };
	if (args->tx[end].kind == WIRE_END_LOOP)
		return wire_loop_send(ends->sources[end], &ends->sinks[number]);
	if (args->single_iface)
		return wire_sink_share(ends->sources[end], &ends->sinks[number]);
	return wire_sink_open(&args->tx[end], &args->sink_choices, &ends->sinks[number]);
}

/* How many sinks there are, of which queues may share one. */
static uint16_t
count_sinks(const struct vnic_args *args)
{
	return vnic_args_sink(args, vnic_args_tx_queues(args) - 1) + 1;
}

int
vnic_ends_open(struct vnic_ends *ends, struct vnic *vnic)
{
	const struct vnic_args *args = &vnic->args;
	int ret = 0;
	uint16_t i;

	for (i = 0; i < args->nb_rx && ret == 0; i++) {
		if (ends->sources[i] != NULL)
			wire_source_resume(ends->sources[i]);
		else if (args->rx[i].kind != WIRE_END_NONE)
			ret = open_source(ends, vnic, i);
	}
	for (i = 0; i < count_sinks(args) && ret == 0; i++)
		if (ends->sinks[i] == NULL)
			ret = open_sink(ends, vnic, i);
	if (ret != 0)
		vnic_ends_stop(ends);
	return ret;
}

/* Runs in EAL's alarm thread, twice a second while the port runs. */
static void
vnic_flush(void *arg)
{
	struct rte_eth_dev *dev = arg;
	struct vnic_ends *ends = vnic_ends_of[dev->data->port_id];
	struct vnic *vnic = vnic_of(dev);
	uint16_t i;

	rte_ticketlock_lock(&vnic->stepped_lock);
	for (i = 0; i < vnic_args_tx_queues(&vnic->args); i++)
		vnic_txq_go_on(dev, vnic->tx_stepped[i]);
	rte_ticketlock_unlock(&vnic->stepped_lock);
	for (i = 0; i < count_sinks(&vnic->args); i++)
		wire_sink_flush(ends->sinks[i]);
	vnic_link_look_elsewhere(dev);
	if (rte_eal_alarm_set(VNIC_FLUSH_US, vnic_flush, dev) != 0)
		DUALBUF_LOG(ERR, "no alarm to flush output with; it is written when buffers fill");
}

int
vnic_ends_flush_often(struct rte_eth_dev *dev)
{
	int ret = rte_eal_alarm_set(VNIC_FLUSH_US, vnic_flush, dev);

	if (ret != 0)
		DUALBUF_LOG(ERR, "no alarm to flush output with: %s", strerror(-ret));
	return ret;
}

void
vnic_ends_flush_no_more(struct rte_eth_dev *dev)
{
	rte_eal_alarm_cancel(vnic_flush, dev);
}
