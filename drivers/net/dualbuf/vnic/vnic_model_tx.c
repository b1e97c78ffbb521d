/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_bitops.h>
#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_ether.h>

#include "dualbuf_desc_pos.h"
#include "vnic_model.h"
#include "vnic_tx_offload.h"

/* A frame to be sent as it is gathered; in scratch when it is not in one piece. */
struct tx_gather {
	const uint8_t *data;
	uint32_t len;
	uint32_t excess; /* bytes beyond WIRE_MAX_FRAME: it is too long */

	/* As its last descriptor has them */
	uint32_t cmd;
	uint8_t popts;
	uint16_t tci;
};

/* Where frames lie that are put together or changed, with room for a tag before them. */
static uint8_t *
tx_scratch(const struct vnic_tx_queue *queue)
{
	return queue->scratch + RTE_VLAN_HLEN;
}

static bool
tx_is_in_scratch(const struct vnic_tx_queue *queue, const uint8_t *data)
{
	return data == queue->scratch || data == tx_scratch(queue);
}

static void
tx_gather_add(struct vnic_tx_queue *queue, struct tx_gather *gather, const void *data, uint32_t len)
{
	if (len > WIRE_MAX_FRAME - gather->len) {
		gather->excess += len;
		return;
	}
	memcpy(tx_scratch(queue) + gather->len, data, len);
	gather->data = tx_scratch(queue);
	gather->len += len;
}

/*
 * Take the descriptors of one frame, from *pos on, as far as the tail; a context among them is the queue's
 * from then on. Returns whether there is a frame to be sent.
 */
static bool
tx_gather_frame(struct vnic_tx_queue *queue, uint32_t *pos, uint32_t tail, struct tx_gather *gather)
{
	*gather = (struct tx_gather){ 0 };
	while (*pos != tail && !(gather->cmd & DUALBUF_TXD_EOP)) {
		volatile struct dualbuf_tx_desc *desc = &queue->desc[*pos];
		const void *data = (const void *)(uintptr_t)rte_le_to_cpu_64(desc->addr);
		uint32_t cmd = rte_le_to_cpu_32(desc->cmd_len), len = cmd & DUALBUF_TXD_LEN_MASK;

		*pos = dualbuf_pos_next(*pos, queue->nb_desc);
		if (unlikely(dualbuf_tx_is_context(cmd))) {
			queue->context.halves[0] = desc->halves[0];
			queue->context.halves[1] = desc->halves[1];
			continue;
		}
		gather->cmd = cmd;
		gather->popts = desc->popts;
		gather->tci = rte_le_to_cpu_16(desc->vlan);
		if (likely((cmd & DUALBUF_TXD_EOP) && gather->len == 0 && gather->excess == 0)) {
			gather->data = data;
			gather->len = len;
		} else {
			tx_gather_add(queue, gather, data, len);
		}
	}
	return (gather->cmd & DUALBUF_TXD_EOP) != 0;
}

/* Is the frame to be sent as several? */
static bool
tx_is_cut(const struct vnic_tx_queue *queue, const struct tx_gather *gather)
{
	return (gather->cmd & DUALBUF_TXD_TSE) &&
			(rte_le_to_cpu_32(queue->context.cmd_len) & DUALBUF_TXC_TSE);
}

/* Does the port send frames of that length? If not, who asks drops the frame. */
static bool
tx_length_passes(struct vnic_tx_queue *queue, uint32_t len)
{
	if (likely(!queue->filter->enforce_mtu || len <= dualbuf_filter_max_frame(queue->filter)))
		return true;
	dualbuf_soft_count(&queue->over_mtu, 1);
	return false;
}

/* Count a frame that is not sent, or the frames that it would have been, with what would have been added. */
static void
tx_drop(struct vnic_tx_queue *queue, const struct tx_gather *gather)
{
	uint32_t len = gather->len + gather->excess, frames = 1;

	if (tx_is_cut(queue, gather)) {
		frames = vnic_tx_cut_count(&queue->context, len);
		len += (frames - 1) * queue->context.headers_len;
	}
	if (gather->cmd & DUALBUF_TXD_VLE)
		len += frames * RTE_VLAN_HLEN;
	dualbuf_soft_count(&queue->errors, frames);
	dualbuf_soft_count(&queue->error_bytes, len);
}

/* Whoever else has the packet is to find it as it is: what is changed is a copy. */
static uint8_t *
tx_own(struct vnic_tx_queue *queue, struct tx_gather *gather)
{
	if (gather->data != tx_scratch(queue))
		memcpy(tx_scratch(queue), gather->data, gather->len);
	gather->data = tx_scratch(queue);
	return tx_scratch(queue);
}

/* Insert the tag after the addresses, which move into the room before the frame. Returns its beginning. */
static uint8_t *
tx_insert_tag(uint8_t *frame, uint16_t tci)
{
	const rte_be16_t tag[] = { RTE_BE16(RTE_ETHER_TYPE_VLAN), rte_cpu_to_be_16(tci) };
	uint8_t *begin = frame - sizeof(tag);

	memmove(begin, frame, 2 * RTE_ETHER_ADDR_LEN);
	memcpy(begin + 2 * RTE_ETHER_ADDR_LEN, tag, sizeof(tag));
	return begin;
}

/* Do what is asked of a frame. Returns false for one that cannot be sent. */
static bool
tx_finish_frame(struct vnic_tx_queue *queue, struct tx_gather *gather)
{
	bool tagged = (gather->cmd & DUALBUF_TXD_VLE) != 0;

	if (gather->len + gather->excess > WIRE_MAX_FRAME ||
			!tx_length_passes(queue, gather->len + (tagged ? RTE_VLAN_HLEN : 0)))
		return false;
	if (gather->popts & (DUALBUF_TXD_IXSM | DUALBUF_TXD_TXSM))
		vnic_tx_insert_sums(
				&queue->context, gather->popts, tx_own(queue, gather), gather->len);
	if (!tagged)
		return true;
	if (gather->len < 2 * RTE_ETHER_ADDR_LEN || gather->len > WIRE_MAX_FRAME - RTE_VLAN_HLEN)
		return false;
	gather->data = tx_insert_tag(tx_own(queue, gather), gather->tci);
	gather->len += RTE_VLAN_HLEN;
	return true;
}

/*
 * Frames from *pos on that can be sent together: all but the last lie in their buffers, since there is
 * one scratch. One that is to be cut goes alone, since it may fill all the room that a sink has: then none
 * are returned, and it is in *cut, whose cmd is otherwise 0.
 */
static uint32_t
tx_gather_frames(struct vnic_tx_queue *queue, uint32_t *pos, uint32_t tail,
		struct wire_frame *frames, struct tx_gather *cut)
{
	struct tx_gather gather;
	uint32_t nb = 0, begin;

	cut->cmd = 0;
	while (nb < WIRE_SINK_FRAMES && *pos != tail) {
		begin = *pos;
		if (!tx_gather_frame(queue, pos, tail, &gather))
			continue;
		if (unlikely(tx_is_cut(queue, &gather))) {
			if (nb == 0)
				*cut = gather;
			else
				*pos = begin;
			break;
		}
		if (unlikely(!tx_finish_frame(queue, &gather))) {
			tx_drop(queue, &gather);
			continue;
		}
		frames[nb].data = gather.data;
		frames[nb++].len = gather.len;
		if (tx_is_in_scratch(queue, gather.data))
			break;
	}
	return nb;
}

/* Count one frame that is not sent. */
static void
tx_fail(struct vnic_tx_queue *queue, uint32_t len)
{
	dualbuf_soft_count(&queue->errors, 1);
	dualbuf_soft_count(&queue->error_bytes, len);
}

static void
tx_send(struct vnic_tx_queue *queue, struct wire_sink *sink, const struct wire_frame *frames,
		uint32_t nb)
{
	uint32_t failed = wire_sink_write(sink, frames, nb);

	for (; unlikely(failed != 0); failed &= failed - 1)
		tx_fail(queue, frames[rte_bsf32(failed)].len);
}

/* Send a frame as several. */
static void
tx_send_cut(struct vnic_tx_queue *queue, struct wire_sink *sink, struct tx_gather *gather)
{
	struct wire_frame frame = { 0 };
	struct vnic_tx_cut cut;
	uint8_t *data;

	if (gather->len + gather->excess > WIRE_MAX_FRAME ||
			!vnic_tx_cut_begin(&cut, &queue->context, gather->popts,
					tx_own(queue, gather), gather->len)) {
		tx_drop(queue, gather);
		return;
	}
	while (vnic_tx_cut_next(&cut, &data, &frame.len)) {
		frame.data = data;
		if (gather->cmd & DUALBUF_TXD_VLE) {
			frame.data = tx_insert_tag(data, gather->tci);
			frame.len += RTE_VLAN_HLEN;
		}
		if (likely(tx_length_passes(queue, frame.len)))
			tx_send(queue, sink, &frame, 1);
		else
			tx_fail(queue, frame.len);
	}
}

/* Report the descriptors up to pos, as far as they asked for it. */
static void
tx_report(struct vnic_tx_queue *queue, uint32_t pos)
{
	while (queue->head != pos) {
		volatile struct dualbuf_tx_desc *desc = &queue->desc[queue->head];

		if (rte_le_to_cpu_32(desc->cmd_len) & DUALBUF_TXD_RS)
			__atomic_store_n(&desc->status, DUALBUF_TXD_STAT_DD, __ATOMIC_RELEASE);
		queue->head = dualbuf_pos_next(queue->head, queue->nb_desc);
	}
}

void
vnic_tx_process(struct vnic_tx_queue *queue, struct wire_sink *sink)
{
	uint32_t tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	struct wire_frame frames[WIRE_SINK_FRAMES];
	uint32_t pos = queue->head, nb;
	struct tx_gather cut;

	if (unlikely(__atomic_load_n(&queue->wire, __ATOMIC_RELAXED) != VNIC_PLUGGED)) {
		vnic_tx_discard(queue);
		return;
	}
	/* what a sink is not ready for waits in the ring */
	while (pos != tail && wire_sink_ready(sink)) {
		nb = tx_gather_frames(queue, &pos, tail, frames, &cut);
		if (unlikely(cut.cmd != 0))
			tx_send_cut(queue, sink, &cut);
		else
			tx_send(queue, sink, frames, nb);
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
	struct tx_gather gather;

	while (pos != tail)
		if (tx_gather_frame(queue, &pos, tail, &gather))
			tx_drop(queue, &gather);
	tx_report(queue, pos);
}
