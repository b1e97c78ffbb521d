/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_bitops.h>
#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_ether.h>

#include "vnic_model.h"
#include "vnic_silicon.h"

/* A frame to be sent as it is gathered; in scratch when it is not in one piece. */
struct tx_gather {
	const uint8_t *data;
	uint32_t len;
	uint32_t excess; /* bytes beyond WIRE_MAX_FRAME: it is too long */
};

static void
tx_gather_add(struct vnic_tx_queue *queue, struct tx_gather *gather, const void *data, uint32_t len)
{
	if (len > WIRE_MAX_FRAME - gather->len) {
		gather->excess += len;
		return;
	}
	memcpy(queue->scratch + gather->len, data, len);
	gather->data = queue->scratch;
	gather->len += len;
}

/* Insert the tag after the addresses, as VLE asks. Returns false for a frame that has no addresses. */
static bool
tx_insert_tag(struct vnic_tx_queue *queue, struct tx_gather *gather, uint16_t tci)
{
	const uint32_t at = 2 * RTE_ETHER_ADDR_LEN;
	const struct rte_vlan_hdr tag = {
		.vlan_tci = rte_cpu_to_be_16(tci),
	};
	const rte_be16_t tpid = RTE_BE16(RTE_ETHER_TYPE_VLAN);

	if (gather->len < at || gather->len > WIRE_MAX_FRAME - RTE_VLAN_HLEN)
		return false;
	memmove(queue->scratch + at + RTE_VLAN_HLEN, gather->data + at, gather->len - at);
	memmove(queue->scratch, gather->data, at);
	memcpy(queue->scratch + at, &tpid, sizeof(tpid));
	memcpy(queue->scratch + at + sizeof(tpid), &tag.vlan_tci, sizeof(tag.vlan_tci));
	gather->data = queue->scratch;
	gather->len += RTE_VLAN_HLEN;
	return true;
}

/* The bytes of a frame on the wire, where its command adds a tag. */
static uint32_t
tx_wire_len(uint32_t len, uint32_t cmd)
{
	return cmd & DUALBUF_TXD_VLE ? len + RTE_VLAN_HLEN : len;
}

static void
tx_drop(struct vnic_tx_queue *queue, uint32_t len)
{
	vnic_count(&queue->errors, 1);
	vnic_count(&queue->error_bytes, len);
}

/*
 * Take the descriptors of one frame, from *pos on, as far as the tail. Returns whether there is a
 * frame to be sent.
 */
static bool
tx_gather_frame(struct vnic_tx_queue *queue, uint32_t *pos, uint32_t tail, struct wire_frame *frame)
{
	struct tx_gather gather = { 0 };
	uint32_t cmd = 0, len;
	uint16_t tci = 0;

	while (*pos != tail && !(cmd & DUALBUF_TXD_EOP)) {
		volatile struct dualbuf_tx_desc *desc = &queue->desc[*pos];
		const void *data = (const void *)(uintptr_t)rte_le_to_cpu_64(desc->addr);

		cmd = rte_le_to_cpu_32(desc->cmd_len);
		tci = rte_le_to_cpu_16(desc->vlan);
		len = cmd & DUALBUF_TXD_LEN_MASK;
		*pos = vnic_ring_next(*pos, queue->nb_desc);
		if (likely((cmd & DUALBUF_TXD_EOP) && gather.len == 0 && gather.excess == 0)) {
			gather.data = data;
			gather.len = len;
		} else {
			tx_gather_add(queue, &gather, data, len);
		}
	}
	if (!(cmd & DUALBUF_TXD_EOP))
		return false;
	len = gather.len + gather.excess;
	if (unlikely(len > WIRE_MAX_FRAME ||
			    ((cmd & DUALBUF_TXD_VLE) && !tx_insert_tag(queue, &gather, tci)))) {
		tx_drop(queue, tx_wire_len(len, cmd));
		return false;
	}
	frame->data = gather.data;
	frame->len = gather.len;
	return true;
}

/*
 * Frames from *pos on that can be sent together: all but the last lie in their buffers, since there is
 * one scratch.
 */
static uint32_t
tx_gather_frames(struct vnic_tx_queue *queue, uint32_t *pos, uint32_t tail,
		struct wire_frame *frames)
{
	uint32_t nb = 0;

	while (nb < WIRE_SINK_FRAMES && *pos != tail) {
		if (!tx_gather_frame(queue, pos, tail, &frames[nb]))
			continue;
		nb++;
		if (frames[nb - 1].data == queue->scratch)
			break;
	}
	return nb;
}

static void
tx_send(struct vnic_tx_queue *queue, struct wire_sink *sink, const struct wire_frame *frames,
		uint32_t nb)
{
	uint32_t failed = wire_sink_write(sink, frames, nb);

	for (; unlikely(failed != 0); failed &= failed - 1)
		tx_drop(queue, frames[rte_bsf32(failed)].len);
}

/* Report the descriptors up to pos, as far as they asked for it. */
static void
tx_report(struct vnic_tx_queue *queue, uint32_t pos)
{
	while (queue->head != pos) {
		volatile struct dualbuf_tx_desc *desc = &queue->desc[queue->head];

		if (rte_le_to_cpu_32(desc->cmd_len) & DUALBUF_TXD_RS)
			__atomic_store_n(&desc->status, DUALBUF_TXD_STAT_DD, __ATOMIC_RELEASE);
		queue->head = vnic_ring_next(queue->head, queue->nb_desc);
	}
}

void
vnic_tx_process(struct vnic_tx_queue *queue, struct wire_sink *sink)
{
	uint32_t tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	struct wire_frame frames[WIRE_SINK_FRAMES];
	uint32_t pos = queue->head;

	/* what a sink is not ready for waits in the ring */
	while (pos != tail && wire_sink_ready(sink)) {
		tx_send(queue, sink, frames, tx_gather_frames(queue, &pos, tail, frames));
		tx_report(queue, pos);
	}
}

bool
vnic_tx_waits(const struct vnic_tx_queue *queue)
{
	return queue->head != rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
}

void
vnic_tx_discard(struct vnic_tx_queue *queue)
{
	uint32_t tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	uint32_t pos = queue->head;
	struct wire_frame frame;

	while (pos != tail)
		if (tx_gather_frame(queue, &pos, tail, &frame))
			tx_drop(queue, frame.len);
	tx_report(queue, pos);
}
