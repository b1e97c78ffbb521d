/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_prefetch.h>

#include "dualbuf_desc_pos.h"
#include "dualbuf_pool_order.h"
#include "xdp_ring.h"
#include "xdp_rx.h"

/* More of the packet follows in the next entry. */
#define XDP_RX_CONTINUED RTE_BIT32(0)

/* An entry of the ring, read once: the kernel may write to it at any time. */
struct rx_entry {
	uint64_t addr;
	uint32_t len;
	uint32_t options;
};

static inline struct rx_entry
rx_entry_read(const struct xdp_rx *rx, uint32_t idx)
{
	const struct xdp_desc *desc = xsk_ring_cons__rx_desc(rx->ring, idx);

	return (struct rx_entry){
		.addr = __atomic_load_n(&desc->addr, __ATOMIC_RELAXED),
		.len = __atomic_load_n(&desc->len, __ATOMIC_RELAXED),
		.options = __atomic_load_n(&desc->options, __ATOMIC_RELAXED),
	};
}

/* Write back the descriptor at the head: two stores, the one that has the status last. */
static inline void
rx_write_back(struct xdp_rx *rx, uint16_t len, uint32_t status)
{
	volatile union dualbuf_rx_desc *desc = &rx->desc[rx->head.pos];
	const union dualbuf_rx_desc written = {
		.wb.status_error = rte_cpu_to_le_32(status | DUALBUF_RXD_DD),
		.wb.length = rte_cpu_to_le_16(len),
	};

	desc->halves[0] = written.halves[0];
	__atomic_store_n(&desc->halves[1], written.halves[1], __ATOMIC_RELEASE);
	rx->head = dualbuf_cursor_add(rx->head, 1, rx->nb_desc);
}

static inline uint32_t
rx_status(const struct rx_entry *entry)
{
	return entry->options & XDP_RX_CONTINUED ? 0 : DUALBUF_RXD_EOP;
}

/* Where the frame of the buffer that is armed at a descriptor is to lie. */
static inline uint64_t
rx_data(const struct xdp_rx *rx, uint32_t pos)
{
	return rte_le_to_cpu_64(rx->desc[pos].read.addr);
}

/* How many buffers the kernel has. */
static inline uint32_t
rx_owned(const struct xdp_rx *rx)
{
	return rx->posted.count - rx->head.count;
}

/* The descriptor whose buffer an entry names, of those whose buffers the kernel has. */
static bool
rx_find(const struct xdp_rx *rx, const struct rx_entry *entry, uint32_t *pos)
{
	const uint64_t start = xdp_area_start(entry->addr);
	const struct dualbuf_rxq *rxq = rx->rxq;
	uintptr_t data = rx->area.base + start + XDP_AREA_LEAD, m = data - rxq->pool->data_offset;

	if (!xdp_area_has(&rx->area, start, rx->area.chunk) || m < rx->area.base)
		return false;
	return dualbuf_pool_find_armed(rxq->pool, rxq->ring, (const struct rte_mbuf *)m, pos) &&
			dualbuf_pos_distance(rx->head.pos, *pos, rx->nb_desc) < rx_owned(rx);
}

/* Have the buffer of another descriptor at the head: of both the kernel had the buffers. */
static void
rx_bring_to_head(struct xdp_rx *rx, uint32_t pos)
{
	uint64_t addr = rx->desc[rx->head.pos].read.addr;

	dualbuf_pool_exchange_armed(rx->rxq->pool, rx->rxq->ring, rx->head.pos, pos);
	rx->desc[rx->head.pos].read.addr = rx->desc[pos].read.addr;
	rx->desc[pos].read.addr = addr;
	dualbuf_soft_count(&rx->exchanged, 1);
}

/*
 * Put the frame of the buffer at the head where packets begin: a program may have moved that. Returns false
 * for a frame that is not all in its buffer.
 */
static bool
rx_place(const struct xdp_rx *rx, const struct rx_entry *entry)
{
	const uint64_t offset = xdp_area_offset(entry->addr);
	uint64_t data = rx_data(rx, rx->head.pos);

	if (entry->len > rx->buf_size || offset > rx->area.chunk ||
			entry->len > rx->area.chunk - offset)
		return false;
	if (offset != XDP_AREA_LEAD)
		memmove((void *)(uintptr_t)data,
				(const void *)(uintptr_t)(data - XDP_AREA_LEAD + offset),
				entry->len);
	return true;
}

/* Is more to follow of the packet that was written back last? The driver may have read that already. */
static bool
rx_is_inside(const struct xdp_rx *rx)
{
	uint32_t before = (rx->head.pos == 0 ? rx->nb_desc : rx->head.pos) - 1;

	if (rx->head.count == rx->rxq->ring->next.count)
		return rx->rxq->first_seg != NULL || rx->rxq->dropping;
	return !(dualbuf_rx_desc_status(&rx->desc[before]) & DUALBUF_RXD_EOP);
}

/* An entry that names no buffer that the kernel has: the packet that it belongs to is not whole. */
static void
rx_pass_over(struct xdp_rx *rx, const struct rx_entry *entry)
{
	dualbuf_soft_count(&rx->unknown, 1);
	if ((entry->options & XDP_RX_CONTINUED) != 0 || rx_is_inside(rx))
		rx->broken = true;
}

/* An entry that is not the one expected next. The receive path drops all of a packet that has an error. */
static __rte_noinline void
rx_take_other(struct xdp_rx *rx, const struct rx_entry *entry)
{
	uint32_t pos;

	if (!rx_find(rx, entry, &pos)) {
		rx_pass_over(rx, entry);
		return;
	}
	if (pos != rx->head.pos)
		rx_bring_to_head(rx, pos);
	if (!rx->broken && rx_place(rx, entry))
		rx_write_back(rx, entry->len, rx_status(entry));
	else
		rx_write_back(rx, 0, rx_status(entry) | DUALBUF_RXD_RXE);
	rx->broken = false;
}

/* Is it the buffer at the head, with a whole frame, or a part of one, that lies where it should? */
static inline bool
rx_is_next(const struct xdp_rx *rx, const struct rx_entry *entry)
{
	const uint64_t start = xdp_area_chunk_for(&rx->area, rx_data(rx, rx->head.pos));

	return rx_owned(rx) != 0 && !rx->broken &&
			entry->addr == xdp_area_addr(start, XDP_AREA_LEAD) &&
			entry->len <= rx->buf_size;
}

/*
 * The receive path fills in the mbuf soon. The kernel has worked meanwhile, and it is in no near cache any more.
 * Whatever the entry says may be prefetched.
 */
static inline void
rx_prefetch(const struct xdp_rx *rx, const struct rx_entry *entry)
{
	const uint8_t *m = (const uint8_t *)(uintptr_t)(rx->area.base +
			xdp_area_start(entry->addr) + XDP_AREA_LEAD - rx->rxq->pool->data_offset);

	rte_prefetch0_write(m);
	rte_prefetch0(m + RTE_CACHE_LINE_MIN_SIZE);
}

uint32_t
xdp_rx_step(struct xdp_rx *rx, uint32_t max)
{
	uint32_t idx = 0, n = xdp_ring_peek(rx->ring, max, &idx), i;

	for (i = 0; i < n; i++) {
		const struct rx_entry entry = rx_entry_read(rx, idx + i);

		rx_prefetch(rx, &entry);
		if (likely(rx_is_next(rx, &entry)))
			rx_write_back(rx, entry.len, rx_status(&entry));
		else
			rx_take_other(rx, &entry);
	}
	if (n > 0)
		xsk_ring_cons__release(rx->ring, n);
	return n;
}

uint32_t
xdp_rx_post(struct xdp_rx *rx)
{
	uint32_t n = rx->rxq->ring->arm.count - rx->posted.count, idx = 0, i;

	n = RTE_MIN(n, xsk_prod_nb_free(rx->fill, n));
	if (n == 0)
		return 0;
	xsk_ring_prod__reserve(rx->fill, n, &idx);
	for (i = 0; i < n; i++) {
		*xsk_ring_prod__fill_addr(rx->fill, idx + i) =
				xdp_area_chunk_for(&rx->area, rx_data(rx, rx->posted.pos));
		rx->posted = dualbuf_cursor_add(rx->posted, 1, rx->nb_desc);
	}
	xsk_ring_prod__submit(rx->fill, n);
	return n;
}
