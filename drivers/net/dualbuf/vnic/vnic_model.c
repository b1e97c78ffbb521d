/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_prefetch.h>

#include "vnic_model.h"
#include "wire_clock.h"

/* Distance from one position of a ring to another, going forward. */
static inline uint32_t
ring_distance(uint32_t from, uint32_t to, uint32_t nb_desc)
{
	return to >= from ? to - from : to + nb_desc - from;
}

static inline uint32_t
ring_next(uint32_t pos, uint32_t nb_desc)
{
	return pos + 1 == nb_desc ? 0 : pos + 1;
}

static inline void
count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* Address filtering as the 82574L does it without VLAN filters: what is not for us never was. */
static bool
rx_filter_passes(const struct dualbuf_filter *filter, const struct wire_frame *frame)
{
	struct rte_ether_addr dst;

	if (__atomic_load_n(&filter->promiscuous, __ATOMIC_RELAXED))
		return true;
	if (frame->len < sizeof(dst))
		return false;
	memcpy(&dst, frame->data, sizeof(dst));
	if (rte_is_unicast_ether_addr(&dst))
		return dualbuf_filter_mac(&dst) == __atomic_load_n(&filter->mac, __ATOMIC_RELAXED);
	if (rte_is_broadcast_ether_addr(&dst))
		return true;
	return __atomic_load_n(&filter->all_multicast, __ATOMIC_RELAXED);
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
		queue->head = ring_next(queue->head, queue->nb_desc);
	}
	if (queue->timestamps != NULL)
		queue->timestamps[queue->head] = frame->stamp;
	rx_write_back(&queue->desc[queue->head], meta, len, meta->status_error | DUALBUF_RXD_EOP);
	queue->head = ring_next(queue->head, queue->nb_desc);
}

static uint32_t
rx_descs_needed(const struct vnic_rx_queue *queue, uint32_t len)
{
	return likely(len <= queue->buf_size) ? 1 : (len + queue->buf_size - 1) / queue->buf_size;
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

static enum rx_action
rx_classify(struct vnic_rx_queue *queue, const struct wire_frame *frame, uint32_t room)
{
	uint32_t needed = rx_descs_needed(queue, frame->len);
	bool too_long = frame->len > WIRE_MAX_FRAME;

	if (!rx_filter_passes(queue->filter, frame))
		return RX_SKIP;
	if (likely(needed <= room && !too_long))
		return RX_DELIVER;
	if (too_long || needed >= queue->nb_desc) {
		count(&queue->too_long, 1);
		return RX_SKIP;
	}
	if (!queue->source->live)
		return RX_WAIT;
	count(&queue->missed, 1);
	return RX_SKIP;
}

/* Nothing is on the wire now; at the end of a file, never more. */
static inline void
rx_note_end(struct vnic_rx_queue *queue)
{
	if (!queue->ended && queue->source->ended && !queue->source->live)
		__atomic_store_n(&queue->ended, 1, __ATOMIC_RELEASE);
}

/* Bring one frame to wherever it belongs. Returns false if it waits for descriptors. */
static bool
rx_bring_frame(struct vnic_rx_queue *queue, const struct wire_frame *frame, uint32_t room)
{
	enum rx_action action = rx_classify(queue, frame, room);
	struct wire_frame seen = *frame;
	struct vnic_rx_meta meta;

	if (likely(action == RX_DELIVER)) {
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
		memcpy((void *)(uintptr_t)addr, frames[i].data, frames[i].len);
		if (queue->timestamps != NULL)
			queue->timestamps[head] = frames[i].stamp;
		rx_write_back(desc, &nothing, frames[i].len, DUALBUF_RXD_EOP);
		head = ring_next(head, nb_desc);
	}
	queue->head = head;
	return i;
}

/* Does every frame pass, and no engine look at it? */
static bool
rx_is_plain(const struct vnic_rx_queue *queue)
{
	return vnic_offload_is_idle(queue->offload) &&
			__atomic_load_n(&queue->filter->promiscuous, __ATOMIC_RELAXED);
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
	count(&late->sum_ns, sum);
	count(&late->packets, nb);
	if (longest > late->max_ns)
		__atomic_store_n(&late->max_ns, longest, __ATOMIC_RELAXED);
}

/* Take frames that were brought to where they belong. */
static inline void
rx_take(struct vnic_rx_queue *queue, uint32_t nb)
{
	struct wire_source *source = queue->source;

	if (unlikely(source->due != NULL))
		rx_count_lateness(queue, &source->due[source->next], nb);
	wire_source_take(source, nb);
}

uint32_t
vnic_rx_process(struct vnic_rx_queue *queue, uint32_t max_frames)
{
	uint32_t tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	bool plain = rx_is_plain(queue);
	const struct wire_frame *next;
	uint32_t room, taken, n = 0;

	while (n < max_frames) {
		next = wire_source_peek(queue->source);
		if (next == NULL) {
			rx_note_end(queue);
			break;
		}
		room = ring_distance(queue->head, tail, queue->nb_desc);
		taken = RTE_MIN(room, max_frames - n);
		taken = RTE_MIN(taken, wire_source_shown(queue->source));
		if (likely(plain))
			taken = rx_bring_run(queue, next, taken);
		if (unlikely(!plain || taken == 0))
			taken = rx_bring_frame(queue, next, room);
		if (taken == 0)
			break;
		rx_take(queue, taken);
		n += taken;
	}
	return n;
}

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
	count(&queue->errors, 1);
	count(&queue->error_bytes, len);
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
		*pos = ring_next(*pos, queue->nb_desc);
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
tx_send(struct vnic_tx_queue *queue, const struct wire_frame *frames, uint32_t nb)
{
	uint32_t failed = wire_sink_write(queue->sink, frames, nb);

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
		queue->head = ring_next(queue->head, queue->nb_desc);
	}
}

void
vnic_tx_process(struct vnic_tx_queue *queue)
{
	uint32_t tail = rte_le_to_cpu_32(__atomic_load_n(&queue->tail, __ATOMIC_ACQUIRE));
	struct wire_frame frames[WIRE_SINK_FRAMES];
	uint32_t pos = queue->head;

	/* what a sink is not ready for waits in the ring */
	while (pos != tail && wire_sink_ready(queue->sink)) {
		tx_send(queue, frames, tx_gather_frames(queue, &pos, tail, frames));
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
