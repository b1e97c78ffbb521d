/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_alarm.h>

#include "dualbuf_logs.h"
#include "vnic_ends.h"
#include "wire_loop.h"
#include "wire_open.h"
#include "wire_pace.h"

/* How often output files are flushed, in us; users are promised a second. */
#define VNIC_FLUSH_US 500000

void
vnic_ends_stop(struct vnic *vnic)
{
	uint16_t i;

	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		if (vnic->sinks[i] == NULL || vnic->sinks[i]->is_stream)
			continue;
		wire_sink_close(vnic->sinks[i]);
		vnic->sinks[i] = NULL;
	}
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		if (vnic->sources[i] == NULL || vnic->sources[i]->is_stream)
			continue;
		wire_source_close(vnic->sources[i]);
		vnic->sources[i] = NULL;
	}
}

void
vnic_ends_close(struct vnic *vnic)
{
	uint16_t i;

	vnic_ends_stop(vnic);
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		wire_sink_close(vnic->sinks[i]);
		vnic->sinks[i] = NULL;
	}
	for (i = 0; i < VNIC_MAX_QUEUES; i++) {
		wire_source_close(vnic->sources[i]);
		vnic->sources[i] = NULL;
	}
}

static int
open_source(struct vnic *vnic, uint16_t queue)
{
	struct wire_source **source = &vnic->sources[queue];
	int ret = wire_source_open(&vnic->args.rx[queue], &vnic->args.choices, source);

	vnic->source_counts[queue] = (struct vnic_source_counts){ 0 };
	if (ret != 0 || vnic->args.rate.kind == WIRE_RATE_ANY)
		return ret;
	return wire_pace_open(*source, &vnic->args.rate, source);
}

static int
open_sink(struct vnic *vnic, uint16_t number)
{
	uint16_t end = vnic_args_spread(&vnic->args) ? 0 : number;

	vnic->sink_counts[number] = (struct vnic_sink_counts){ 0 };
	if (vnic->args.tx[end].kind == WIRE_END_LOOP)
		return wire_loop_send(vnic->sources[end], &vnic->sinks[number]);
	if (vnic->args.single_iface)
		return wire_sink_share(vnic->sources[end], &vnic->sinks[number]);
	return wire_sink_open(&vnic->args.tx[end], &vnic->args.sink_choices, &vnic->sinks[number]);
}

/* How many sinks there are, of which queues may share one. */
static uint16_t
count_sinks(const struct vnic_args *args)
{
	return vnic_args_sink(args, vnic_args_tx_queues(args) - 1) + 1;
}

int
vnic_ends_open(struct vnic *vnic)
{
	int ret = 0;
	uint16_t i;

	for (i = 0; i < vnic->args.nb_rx && ret == 0; i++) {
		if (vnic->sources[i] != NULL)
			wire_source_resume(vnic->sources[i]);
		else if (vnic->args.rx[i].kind != WIRE_END_NONE)
			ret = open_source(vnic, i);
	}
	for (i = 0; i < count_sinks(&vnic->args) && ret == 0; i++)
		if (vnic->sinks[i] == NULL)
			ret = open_sink(vnic, i);
	if (ret != 0)
		vnic_ends_stop(vnic);
	return ret;
}

/* Runs in EAL's alarm thread, twice a second while the port runs. */
static void
vnic_flush(void *arg)
{
	struct vnic *vnic = arg;
	uint16_t i;

	rte_ticketlock_lock(&vnic->stepped_lock);
	for (i = 0; i < vnic_args_tx_queues(&vnic->args); i++)
		vnic_txq_go_on(vnic->tx_stepped[i]);
	rte_ticketlock_unlock(&vnic->stepped_lock);
	for (i = 0; i < count_sinks(&vnic->args); i++)
		wire_sink_flush(vnic->sinks[i]);
	if (rte_eal_alarm_set(VNIC_FLUSH_US, vnic_flush, vnic) != 0)
		DUALBUF_LOG(ERR, "no alarm to flush output with; it is written when buffers fill");
}

int
vnic_ends_flush_often(struct vnic *vnic)
{
	int ret = rte_eal_alarm_set(VNIC_FLUSH_US, vnic_flush, vnic);

	if (ret != 0)
		DUALBUF_LOG(ERR, "no alarm to flush output with: %s", strerror(-ret));
	return ret;
}

void
vnic_ends_flush_no_more(struct vnic *vnic)
{
	rte_eal_alarm_cancel(vnic_flush, vnic);
}
