/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_prefetch.h>

#include "dualbuf_desc_pos.h"
#include "vnic_model.h"
#include "wire_clock.h"
#include "wire_copy.h"

/* Address filtering as the 82574L does it, but exact: what is not for us never was. */
static bool
rx_address_passes(const struct dualbuf_filter *filter, const struct wire_frame *frame)
{
	struct rte_ether_addr dst;
	uint64_t mac;

	if (__atomic_load_n(&filter->promiscuous, __ATOMIC_RELAXED))
		return true;
	if (frame->len < sizeof(dst))
		return false;
	memcpy(&dst, frame->data, sizeof(dst));
	mac = dualbuf_filter_mac(&dst);
	if (rte_is_broadcast_ether_addr(&dst) || dualbuf_filter_has_mac(filter, mac))
		return true;
	return rte_is_multicast_ether_addr(&dst) &&
			(__atomic_load_n(&filter->all_multicast, __ATOMIC_RELAXED) ||
					dualbuf_filter_has_group(filter, mac));
}

/* The VLAN filter looks at tagged frames, promiscuous or not, and at VLAN 0 as at any other. */
static bool
rx_vlan_passes(const struct dualbuf_filter *filter, const struct wire_frame *frame)
{
	const uint32_t at = 2 * RTE_ETHER_ADDR_LEN;
	rte_be16_t tpid, tci;

	if (!__atomic_load_n(&filter->by_vlan, __ATOMIC_RELAXED) || frame->len < at + RTE_VLAN_HLEN)
		return true;
	memcpy(&tpid, frame->data + at, sizeof(tpid));
	if (tpid != RTE_BE16(RTE_ETHER_TYPE_VLAN))
		return true;
	memcpy(&tci, frame->data + at + sizeof(tpid), sizeof(tci));
	return dualbuf_filter_has_vlan(filter, rte_be_to_cpu_16(tci) & (DUALBUF_VLAN_IDS - 1));
}

static bool
rx_filter_passes(struct vnic_rx_queue *queue, const struct wire_frame *frame)
{
	if (!rx_address_passes(queue->filter, frame)) {
		dualbuf_soft_count(&queue->drops.not_for_us, 1);
		return false;
	}
	if (!rx_vlan_passes(queue->filter, frame)) {
		dualbuf_soft_count(&queue->drops.other_vlan, 1);
		return false;
	}
	return true;
}

/* Write back one descriptor: two stores, the one that has the status last. */
static inline void
rx_write_back(volatile union dualbuf_rx_desc *desc, const struct vnic_rx_meta *meta, uint16_t len,
		uint32_t status)
{
	const union dualbuf_rx_desc written = {
		.wb.mrq = rte_cpu_to_le_32(meta->mrq),
		.wb.rss = rte_cpu_to_le_32(meta->rss),
		.wb.status_error = rte_cpu_to_le_32(status | DUALBUF_RXD_DD),
		.wb.length = rte_cpu_to_le_16(len),
		.wb.vlan = rte_cpu_to_le_16(meta->vlan),
	};

	desc->halves[0] = written.halves[0];
	__atomic_store_n(&desc->halves[1], written.halves[1], __ATOMIC_RELEASE);
}

/* Write a frame to as many descriptors as it needs, of which there are enough. */
static void
rx_write_frame(struct vnic_rx_queue *queue, const struct wire_frame *frame,
		const struct vnic_rx_meta *meta)
{
	static const struct vnic_rx_meta not_yet;
	const uint8_t *data = frame->data;
	uint32_t left = frame->len;
	uint32_t len;

	for (;;) {
		uint64_t addr = rte_le_to_cpu_64(queue->desc[queue->head].read.addr);

		len = RTE_MIN(left, queue->buf_size);
		memcpy((void *)(uintptr_t)addr, data, len);
		data += len;
		left -= len;
		if (left == 0)
			break;
		rx_write_back(&queue->desc[queue->head], &not_yet, len, 0);
		queue->head = dualbuf_pos_next(queue->head, queue->nb_desc);
	}
	if (queue->timestamps != NULL)
		queue->timestamps[queue->head] = frame->stamp;
	if (queue->ptypes != NULL)
		__atomic_store_n(&queue->ptypes[queue->head], meta->ptype, __ATOMIC_RELAXED);
	rx_write_back(&queue->desc[queue->head], meta, len, meta->status_error | DUALBUF_RXD_EOP);
	queue->head = dualbuf_pos_next(queue->head, queue->nb_desc);
}

static uint32_t
rx_descs_needed(const struct vnic_rx_queue *queue, uint32_t len)
{
	return likely(len <= queue->buf_size) ? 1 : (len + queue->buf_size - 1) / queue->buf_size;
}

/* Frames longer than the port was set up for are dropped whole. written: what goes into buffers. */
static bool
rx_length_passes(struct vnic_rx_queue *queue, uint32_t len, uint32_t written)
{
	const struct dualbuf_filter *filter = queue->filter;

	if (filter->enforce_mtu && len > dualbuf_filter_max_frame(filter)) {
		dualbuf_soft_count(&queue->drops.over_mtu, 1);
		return false;
	}
	if (written > queue->buf_size && !__atomic_load_n(&filter->scattered, __ATOMIC_RELAXED)) {
		dualbuf_soft_count(&queue->drops.unscattered, 1);
		return false;
	}
	return true;
}

/*
 * The fate of the frame that is next on the wire. Sources may show frames of any length: it is
 * here that those longer than WIRE_MAX_FRAME end, before an engine sees them.
 */
enum rx_action {
	RX_DELIVER,
	RX_SKIP,
	RX_WAIT,
};

/* written: how long it is when the engines are through with it. */
static enum rx_action
rx_classify(struct vnic_rx_queue *queue, const struct wire_frame *frame, uint32_t written,
		uint32_t room, bool live)
{
	uint32_t needed = rx_descs_needed(queue, written);
	bool too_long = frame->len > WIRE_MAX_FRAME;

	if (!rx_filter_passes(queue, frame) || !rx_length_passes(queue, frame->len, written))
		return RX_SKIP;
	if (likely(needed <= room && !too_long))
		return RX_DELIVER;
	if (too_long || needed >= queue->nb_desc) {
		dualbuf_soft_count(&queue->too_long, 1);
		return RX_SKIP;
	}
	if (!live)
		return RX_WAIT;
	dualbuf_soft_count(&queue->missed, 1);
	return RX_SKIP;
}

/* Nothing is on the wire now; at the end of a file, never more. */
static inline void
rx_note_end(struct vnic_rx_queue *queue, const struct wire_source *source)
{
	if (!queue->ended && source->ended && !source->live)
		__atomic_store_n(&queue->ended, 1, __ATOMIC_RELEASE);
}

/*
 * Bring one frame to wherever it belongs. Returns false if it waits for descriptors. Most need one, whatever
 * the engines do; of a longer one they come first, since without its tag it may fit.
 */
static bool
rx_bring_frame(struct vnic_rx_queue *queue, const struct wire_frame *frame, uint32_t room,
		bool live)
{
	bool early = frame->len > queue->buf_size && frame->len <= WIRE_MAX_FRAME;
	struct wire_frame seen = *frame;
	struct vnic_rx_meta meta;
	enum rx_action action;

	if (unlikely(early))
		vnic_offload_rx(queue->offload, &seen, queue->scratch, &meta);
	action = rx_classify(queue, frame, seen.len, room, live);
	if (likely(action == RX_DELIVER)) {
		if (likely(!early))
			vnic_offload_rx(queue->offload, &seen, queue->scratch, &meta);
		rx_write_frame(queue, &seen, &meta);
	}
	return action != RX_WAIT;
}

/* Buffers that frames will be copied to some rounds later: the application had them last. */
#define RX_PREFETCH 4

static inline void
rx_prefetch(const struct vnic_rx_queue *queue, uint32_t pos)
{
	uint64_t addr = rte_le_to_cpu_64(queue->desc[pos].read.addr);

	rte_prefetch0_write((const void *)(uintptr_t)addr);
}

/*
 * Bring frames, for which there is room, as long as each is one descriptor's (so none is too long) and
 * nothing is to be found out about it. Leaves what rx_bring_frame() would. Returns how many.
 */
static uint32_t
rx_bring_run(struct vnic_rx_queue *queue, const struct wire_frame *frames, uint32_t nb)
{
	static const struct vnic_rx_meta nothing;
	uint32_t head = queue->head, nb_desc = queue->nb_desc, buf_size = queue->buf_size;
	uint32_t i;

	for (i = 0; i < nb && likely(frames[i].len <= buf_size); i++) {
		volatile union dualbuf_rx_desc *desc = &queue->desc[head];
		uint64_t addr = rte_le_to_cpu_64(desc->read.addr);

		if (i + RX_PREFETCH < nb && head + RX_PREFETCH < nb_desc)
			rx_prefetch(queue, head + RX_PREFETCH);
		wire_copy((uint8_t *)(uintptr_t)addr, frames[i].data, frames[i].len);
		if (queue->timestamps != NULL)
			queue->timestamps[head] = frames[i].stamp;
		rx_write_back(desc, &nothing, frames[i].len, DUALBUF_RXD_EOP);
		head = dualbuf_pos_next(head, nb_desc);
	}
	queue->head = head;
	return i;
}

/* Does every frame pass, and no engine look at it? */
static bool
rx_is_plain(const struct vnic_rx_queue *queue)
{
	return vnic_offload_is_idle(queue->offload) && !queue->filter->enforce_mtu &&
			__atomic_load_n(&queue->filter->promiscuous, __ATOMIC_RELAXED) &&
			!__atomic_load_n(&queue->filter->by_vlan, __ATOMIC_RELAXED);
}

static void
rx_count_lateness(struct vnic_rx_queue *queue, const uint64_t *due, uint32_t nb)
{
	struct vnic_lateness *late = &queue->late;
	uint64_t now = wire_clock(), sum = 0, longest = 0;
	uint32_t i;

	if (__atomic_load_n(&late->reset, __ATOMIC_ACQUIRE)) {
		__atomic_store_n(&late->sum_ns, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&late->packets, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&late->max_ns, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&late->reset, 0, __ATOMIC_RELEASE);
	}
	for (i = 0; i < nb; i++) {
		sum += now - due[i];
		longest = RTE_MAX(longest, now - due[i]);
	}
	dualbuf_soft_count(&late->sum_ns, sum);
	dualbuf_soft_count(&late->packets, nb);
	if (longest > late->max_ns)
		__atomic_store_n(&late->max_ns, longest, __ATOMIC_RELAXED);
}

/* Take frames that were brought to where they belong. */
static inline void
rx_take(struct vnic_rx_queue *queue, struct wire_source *source, uint32_t nb)
{
	if (unlikely(source->due != NULL))
		rx_count_lateness(queue, &source->due[source->next], nb);
	wire_source_take(source, nb);
}

/* Is the wire plugged in? When it is so again, a source has waited. */
static bool
rx_is_plugged(struct vnic_rx_queue *queue, struct wire_source *source)
{
	uint32_t wire = __atomic_load_n(&queue->wire, __ATOMIC_ACQUIRE);

	if (likely(wire == VNIC_PLUGGED))
		return true;
	if (wire == VNIC_UNPLUGGED)
		return false;
	wire_source_resume(source);
	return __atomic_compare_exchange_n(&queue->wire, &wire, VNIC_PLUGGED, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

uint32_t
vnic_rx_process(struct vnic_rx_queue *queue, struct wire_source *source, uint32_t max_frames)
{
	uint32_t tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	bool plain = rx_is_plain(queue);
	const struct wire_frame *next;
	uint32_t room, taken, n = 0;

	if (unlikely(!rx_is_plugged(queue, source)))
		return 0;
	while (n < max_frames) {
		next = wire_source_peek(source);
		if (next == NULL) {
			rx_note_end(queue, source);
			break;
		}
		room = dualbuf_pos_distance(queue->head, tail, queue->nb_desc);
		taken = RTE_MIN(room, max_frames - n);
		taken = RTE_MIN(taken, wire_source_shown(source));
		if (likely(plain))
			taken = rx_bring_run(queue, next, taken);
		if (unlikely(!plain || taken == 0))
			taken = rx_bring_frame(queue, next, room, source->live);
		if (taken == 0)
			break;
		rx_take(queue, source, taken);
		n += taken;
	}
	queue->taken += n;
	return n;
}

/* A queue to count for and to look at frames with: one that is set up, if any is. */
static struct vnic_rx_queue *
rx_steer_any(const struct vnic_rx_steer *steer)
{
	uint16_t i;

	for (i = 0; i < steer->nb_queues; i++)
		if (steer->queues[i] != NULL)
			return steer->queues[i];
	return NULL;
}

/* The same for a frame whose queue is yet to be found. */
static bool
rx_steer_frame(const struct vnic_rx_steer *steer, struct wire_source *source,
		struct vnic_rx_queue *any, const struct wire_frame *frame)
{
	struct vnic_rx_queue *queue = NULL;
	struct wire_frame seen = *frame;
	struct vnic_rx_meta meta;
	uint32_t tail, room;

	vnic_offload_rx(any->offload, &seen, any->scratch, &meta);
	if (likely(meta.queue < steer->nb_queues))
		queue = steer->queues[meta.queue];
	if (unlikely(queue == NULL || !queue->started)) {
		if (!source->live)
			return false;
		queue = queue == NULL ? any : queue;
		dualbuf_soft_count(&queue->missed, 1);
		rx_take(queue, source, 1);
		return true;
	}
	tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	room = dualbuf_pos_distance(queue->head, tail, queue->nb_desc);
	switch (rx_classify(queue, frame, seen.len, room, source->live)) {
	case RX_WAIT:
		return false;
	case RX_DELIVER:
		rx_write_frame(queue, &seen, &meta);
		break;
	case RX_SKIP:
		break;
	}
	rx_take(queue, source, 1);
	return true;
}

/* Nothing is on the wire now, for any of them. */
static void
rx_steer_note_end(const struct vnic_rx_steer *steer, const struct wire_source *source)
{
	uint16_t i;

	for (i = 0; i < steer->nb_queues; i++)
		if (steer->queues[i] != NULL && steer->queues[i]->started)
			rx_note_end(steer->queues[i], source);
}

/* Of a queue that is stopped it is not looked at. */
static bool
rx_steer_is_plugged(const struct vnic_rx_steer *steer, struct wire_source *source)
{
	bool plugged = true;
	uint16_t i;

	for (i = 0; i < steer->nb_queues; i++)
		if (steer->queues[i] != NULL && steer->queues[i]->started)
			plugged &= rx_is_plugged(steer->queues[i], source);
	return plugged;
}

uint32_t
vnic_rx_steer(struct vnic_rx_steer *steer, struct wire_source *source, uint32_t max_frames)
{
	struct vnic_rx_queue *any = rx_steer_any(steer);
	const struct wire_frame *next;
	uint32_t n;

	if (unlikely(!rx_steer_is_plugged(steer, source)))
		return 0;
	for (n = 0; any != NULL && n < max_frames; n++) {
		next = wire_source_peek(source);
		if (next == NULL) {
			rx_steer_note_end(steer, source);
			break;
		}
		if (!rx_steer_frame(steer, source, any, next))
			break;
	}
	return n;
}
