/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_ether.h>

#include "dualbuf_desc_pos.h"
#include "xdp_ring.h"
#include "xdp_tx.h"

static inline uint64_t
tx_data(const struct xdp_tx *tx, uint32_t pos)
{
	return rte_le_to_cpu_64(tx->desc[pos].addr);
}

static inline uint32_t
tx_cmd(const struct xdp_tx *tx, uint32_t pos)
{
	return rte_le_to_cpu_32(tx->desc[pos].cmd_len);
}

/* A frame's descriptors, which are there whole. */
struct tx_frame {
	uint32_t last; /* position of its last descriptor */
	uint32_t nb_desc;
	uint32_t len;
};

/* The frame that begins at next. Returns false when there is none. */
static bool
tx_look(const struct xdp_tx *tx, uint32_t tail, struct tx_frame *frame)
{
	uint32_t pos, cmd;

	*frame = (struct tx_frame){ 0 };
	for (pos = tx->next; pos != tail; pos = dualbuf_pos_next(pos, tx->nb_desc)) {
		cmd = tx_cmd(tx, pos);
		frame->last = pos;
		frame->nb_desc++;
		if (unlikely(dualbuf_tx_is_context(cmd)))
			continue;
		frame->len += cmd & DUALBUF_TXD_LEN_MASK;
		if (likely(cmd & DUALBUF_TXD_EOP))
			return true;
	}
	return false;
}

/* The kernel has nothing to do with a frame's descriptors, but for its last, which is in this state now. */
static void
tx_pass(struct xdp_tx *tx, const struct tx_frame *frame, enum xdp_tx_state state)
{
	while (tx->next != frame->last) {
		tx->states[tx->next] = XDP_TX_DONE;
		tx->next = dualbuf_pos_next(tx->next, tx->nb_desc);
	}
	tx->states[tx->next] = state;
	tx->next = dualbuf_pos_next(tx->next, tx->nb_desc);
}

static void
tx_drop(struct xdp_tx *tx, const struct tx_frame *frame)
{
	tx_pass(tx, frame, XDP_TX_DONE);
	dualbuf_soft_count(&tx->errors, 1);
	dualbuf_soft_count(&tx->error_bytes, frame->len);
}

/* Can it be sent from where it lies? The position that its address carries must not lead out at the front. */
static bool
tx_is_in_place(const struct xdp_tx *tx, const struct tx_frame *frame)
{
	uint64_t start = tx_data(tx, frame->last) - tx->area.base;

	return frame->nb_desc == 1 && start >= frame->last &&
			xdp_area_has(&tx->area, start, frame->len);
}

static void
tx_gather(const struct xdp_tx *tx, const struct tx_frame *frame, uint8_t *to)
{
	uint32_t pos = tx->next, i, len;

	for (i = 0; i < frame->nb_desc; i++, pos = dualbuf_pos_next(pos, tx->nb_desc)) {
		if (dualbuf_tx_is_context(tx_cmd(tx, pos)))
			continue;
		len = tx_cmd(tx, pos) & DUALBUF_TXD_LEN_MASK;
		memcpy(to, (const void *)(uintptr_t)tx_data(tx, pos), len);
		to += len;
	}
}

/*
 * An mbuf to copy to: where it has its data, any position may be taken from the address. Those few that lie
 * too far to the front are not for copies.
 */
static struct rte_mbuf *
tx_temporary(struct xdp_tx *tx)
{
	struct rte_mbuf *m = dualbuf_pool_temporary(tx->pool), *other;

	if (m == NULL || (uintptr_t)dualbuf_pool_data(tx->pool, m) - tx->area.base >= tx->nb_desc)
		return m;
	other = tx_temporary(tx);
	rte_mempool_put(m->pool, m);
	return other;
}

bool
xdp_tx_take_spare(struct xdp_tx *tx)
{
	tx->spare = tx_temporary(tx);
	return tx->spare != NULL;
}

/* Copy a frame to an mbuf of the pool. Returns where it lies now; 0 when there is no mbuf. */
static uint64_t
tx_copy(struct xdp_tx *tx, const struct tx_frame *frame)
{
	struct rte_mbuf *m = tx_temporary(tx);
	uint8_t *data;

	if (m == NULL) {
		m = tx->spare;
		tx->spare = NULL;
	}
	if (m == NULL)
		return 0;
	data = dualbuf_pool_data(tx->pool, m);
	tx_gather(tx, frame, data);
	tx->copies[frame->last] = m;
	dualbuf_soft_count(&tx->copied, 1);
	return (uintptr_t)data;
}

/* Put a frame on the ring, which has room. Returns false when there is nothing to copy it to now. */
static bool
tx_send(struct xdp_tx *tx, const struct tx_frame *frame, uint32_t idx)
{
	struct xdp_desc *entry = xsk_ring_prod__tx_desc(tx->ring, idx);
	uint64_t data = tx_data(tx, frame->last);

	if (unlikely(!tx_is_in_place(tx, frame))) {
		data = tx_copy(tx, frame);
		if (data == 0)
			return false;
	}
	entry->addr = xdp_area_addr(data - tx->area.base - frame->last, frame->last);
	entry->len = frame->len;
	entry->options = 0;
	tx->nb_sent++;
	tx_pass(tx, frame, XDP_TX_SENT);
	return true;
}

static inline bool
tx_has_room(struct xdp_tx *tx)
{
	return xsk_prod_nb_free(tx->ring, 1) != 0;
}

uint32_t
xdp_tx_submit(struct xdp_tx *tx)
{
	uint32_t tail = rte_le_to_cpu_32(tx->tail), n = 0;
	struct tx_frame frame;

	while (tx->next != tail && tx_has_room(tx) && tx_look(tx, tail, &frame)) {
		if (unlikely(frame.len < XDP_TX_MIN_FRAME || frame.len > tx->max_frame)) {
			tx_drop(tx, &frame);
			continue;
		}
		if (!tx_send(tx, &frame, tx->ring->cached_prod))
			break;
		tx->ring->cached_prod++;
		n++;
	}
	if (n > 0)
		xsk_ring_prod__submit(tx->ring, n);
	return n;
}

/* A copy that is not needed any more is the next spare one, or goes to the pool. */
static void
tx_free_copy(struct xdp_tx *tx, uint32_t pos)
{
	struct rte_mbuf *m = tx->copies[pos];

	tx->copies[pos] = NULL;
	if (tx->spare == NULL)
		tx->spare = m;
	else
		rte_mempool_put(m->pool, m);
}

static void
tx_done(struct xdp_tx *tx, uint32_t pos)
{
	tx->states[pos] = XDP_TX_DONE;
	tx->nb_sent--;
	if (unlikely(tx->copies[pos] != NULL))
		tx_free_copy(tx, pos);
}

/* Report the descriptors that are done, as far as they asked for it. */
static void
tx_report(struct xdp_tx *tx)
{
	while (tx->head != tx->next && tx->states[tx->head] == XDP_TX_DONE) {
		volatile struct dualbuf_tx_desc *desc = &tx->desc[tx->head];

		tx->states[tx->head] = XDP_TX_IDLE;
		if (tx_cmd(tx, tx->head) & DUALBUF_TXD_RS)
			__atomic_store_n(&desc->status, DUALBUF_TXD_STAT_DD, __ATOMIC_RELEASE);
		tx->head = dualbuf_pos_next(tx->head, tx->nb_desc);
	}
}

void
xdp_tx_complete(struct xdp_tx *tx)
{
	uint32_t idx = 0, n = xdp_ring_peek(tx->completions, tx->nb_desc, &idx), i;

	for (i = 0; i < n; i++) {
		const __u64 *addr = xsk_ring_cons__comp_addr(tx->completions, idx + i);
		uint64_t pos = xdp_area_offset(__atomic_load_n(addr, __ATOMIC_RELAXED));

		if (likely(pos < tx->nb_desc && tx->states[pos] == XDP_TX_SENT))
			tx_done(tx, pos);
		else
			dualbuf_soft_count(&tx->unknown, 1);
	}
	if (n > 0)
		xsk_ring_cons__release(tx->completions, n);
	tx_report(tx);
}

/* An entry of the ring whose frame did not go out. */
static void
tx_count_lost(struct xdp_tx *tx, uint32_t idx)
{
	dualbuf_soft_count(&tx->errors, 1);
	dualbuf_soft_count(&tx->error_bytes, xsk_ring_prod__tx_desc(tx->ring, idx)->len);
}

void
xdp_tx_count_dropped(struct xdp_tx *tx)
{
	tx_count_lost(tx, tx->ring->cached_prod - xdp_tx_untaken(tx) - 1);
}

void
xdp_tx_discard(struct xdp_tx *tx)
{
	uint32_t tail = rte_le_to_cpu_32(tx->tail);
	struct tx_frame frame;

	while (tx_look(tx, tail, &frame))
		tx_drop(tx, &frame);
	xdp_tx_complete(tx);
}

void
xdp_tx_give_up(struct xdp_tx *tx)
{
	uint32_t pos, nb;

	for (nb = xdp_tx_untaken(tx); nb > 0; nb--)
		tx_count_lost(tx, tx->ring->cached_prod - nb);
	for (pos = tx->head; pos != tx->next; pos = dualbuf_pos_next(pos, tx->nb_desc))
		if (tx->states[pos] == XDP_TX_SENT)
			tx_done(tx, pos);
	tx_report(tx);
}
