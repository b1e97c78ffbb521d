/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>
#include <rte_memcpy.h>

#include "dualbuf_rx.h"

/* What an instance of the receive path does beyond the plain one; constants, one of each instance. */
#define RX_STAMPED RTE_BIT32(0) /* the device gives receive times */
#define RX_DEFERRED RTE_BIT32(1) /* copy=deferred: last buffers go up as loans */

static int stamp_offset = -1;
static uint64_t stamp_flag;

const uint32_t dualbuf_rx_ptypes[] = {
	RTE_PTYPE_L2_ETHER,
	RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
	RTE_PTYPE_L3_IPV6_EXT_UNKNOWN,
	RTE_PTYPE_L4_TCP,
	RTE_PTYPE_UNKNOWN,
};

/* Packet type by RSS type: all that this write-back says of a packet's headers. */
static const uint32_t rss_ptype[DUALBUF_RXD_RSS_MASK + 1] = {
	[DUALBUF_RXD_RSS_NONE] = RTE_PTYPE_L2_ETHER,
	[DUALBUF_RXD_RSS_TCP4] =
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP,
	[DUALBUF_RXD_RSS_IPV4] = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
	[DUALBUF_RXD_RSS_TCP6] =
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_TCP,
	[DUALBUF_RXD_RSS_IPV6] = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN,
};

/* What one burst counts, before it is added to the queue's statistics in one go. */
struct rx_tally {
	uint32_t bytes;
	uint32_t flips;
	uint32_t copies;
	uint32_t loans;
	uint32_t nombuf;
	uint32_t errors;
};

/* mbuf flags for the checksums that the device has looked at, and the result. */
static inline uint64_t
rx_checksum_flags(uint32_t status)
{
	uint64_t flags = 0;

	if (status & DUALBUF_RXD_IPCS)
		flags |= status & DUALBUF_RXD_IPE ? RTE_MBUF_F_RX_IP_CKSUM_BAD :
						    RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	if (status & DUALBUF_RXD_L4CS)
		flags |= status & DUALBUF_RXD_L4E ? RTE_MBUF_F_RX_L4_CKSUM_BAD :
						    RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	return flags;
}

/* Everything of the write-back that belongs to the packet, into its first mbuf. */
static inline void
rx_fill_packet(struct rte_mbuf *m, const union dualbuf_rx_desc *wb, uint32_t status)
{
	uint32_t rss_type = rte_le_to_cpu_32(wb->wb.mrq) & DUALBUF_RXD_RSS_MASK;
	uint64_t flags = rx_checksum_flags(status);

	if (status & DUALBUF_RXD_VP) {
		flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
		m->vlan_tci = rte_le_to_cpu_16(wb->wb.vlan);
	}
	if (rss_type != DUALBUF_RXD_RSS_NONE) {
		flags |= RTE_MBUF_F_RX_RSS_HASH;
		m->hash.rss = rte_le_to_cpu_32(wb->wb.rss);
	}
	m->ol_flags |= flags;
	m->packet_type = rss_ptype[rss_type];
}

/* A fresh mbuf of len bytes, as a packet or as one segment of it. */
static inline void
rx_fill_segment(const struct dualbuf_rxq *rxq, struct rte_mbuf *m, uint16_t len, uint64_t flags)
{
	*(uint64_t *)&m->rearm_data = rxq->rearm;
	m->ol_flags = flags;
	m->pkt_len = len;
	m->data_len = len;
}

/* Write the armed buffer's address to the hardware descriptor, all of which the device wrote over. */
static inline void
rx_arm(const struct dualbuf_rxq *rxq, uint32_t pos)
{
	const struct dualbuf_ring *ring = rxq->ring;

	dualbuf_rx_desc_arm(&rxq->desc[pos], ring->addr[dualbuf_ring_armed_slot(ring, pos)]);
}

/* Copy the armed buffer's bytes to a temporary. Returns NULL when there is none (claim 3). */
static inline struct rte_mbuf *
rx_copy(const struct dualbuf_rxq *rxq, uint32_t pos, uint16_t len)
{
	const struct dualbuf_ring *ring = rxq->ring;
	const struct rte_mbuf *from = ring->slots.buf[dualbuf_ring_armed_slot(ring, pos)];
	struct rte_mbuf *to = dualbuf_pool_temporary(rxq->pool);

	if (likely(to != NULL))
		rte_memcpy(RTE_PTR_ADD(to->buf_addr, RTE_PKTMBUF_HEADROOM),
				RTE_PTR_ADD(from->buf_addr, RTE_PKTMBUF_HEADROOM), len);
	return to;
}

/*
 * The bytes of one descriptor, as an mbuf that is the caller's: in the buffer that was armed if
 * another one is home to take its place, else in a temporary. Either way the descriptor is armed
 * when this returns. NULL: there was no temporary, and the bytes are gone.
 *
 * With deferred copies the armed buffer goes up in any case, and *flags says when it is a loan.
 */
static __rte_always_inline struct rte_mbuf *
rx_take(const struct dualbuf_rxq *rxq, uint32_t pos, uint16_t len, struct rx_tally *tally,
		uint64_t *flags, const uint32_t features)
{
	struct dualbuf_ring *ring = rxq->ring;
	uint32_t side = dualbuf_ring_alternate(ring, pos);
	struct rte_mbuf *m;

	if (likely(side != ring->armed[pos])) {
		m = dualbuf_ring_flip(ring, pos, side);
		tally->flips++;
	} else if (features & RX_DEFERRED) {
		tally->loans++;
		*flags = rxq->loan_flag;
		/* no buffer to write to, and nothing to be read: DD is clear */
		dualbuf_rx_desc_arm(&rxq->desc[pos], 0);
		return dualbuf_ring_lend(ring, pos);
	} else {
		m = rx_copy(rxq, pos, len);
		tally->copies += m != NULL;
		tally->nombuf += m == NULL;
	}
	rx_arm(rxq, pos);
	return m;
}

/* Append a segment to the packet that is being put together. */
static inline void
rx_chain(struct dualbuf_rxq *rxq, struct rte_mbuf *m)
{
	if (rxq->first_seg == NULL) {
		rxq->first_seg = m;
	} else {
		rxq->first_seg->pkt_len += m->data_len;
		rxq->first_seg->nb_segs++;
		rxq->last_seg->next = m;
	}
	rxq->last_seg = m;
}

void
dualbuf_rx_forget(struct dualbuf_rxq *rxq)
{
	rte_pktmbuf_free(rxq->first_seg);
	rxq->first_seg = NULL;
	rxq->last_seg = NULL;
	rxq->dropping = false;
}

/* Is there no way that this write-back continues or makes a packet? Devices are not trusted. */
static inline bool
rx_is_bad(const struct dualbuf_rxq *rxq, uint32_t status, uint16_t len)
{
	return len > rxq->buf_size || (status & DUALBUF_RXD_FRAME_ERRORS) != 0 ||
			(rxq->first_seg != NULL && rxq->first_seg->nb_segs >= rxq->ring->nb_desc);
}

/*
 * Take one descriptor that the device has written back. Returns the packet when it is complete.
 * A packet that cannot be kept is dropped whole: its segments go home, and its descriptors up to
 * the last are armed again as they come.
 */
static __rte_always_inline struct rte_mbuf *
rx_harvest(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t status, struct rx_tally *tally,
		const uint32_t features)
{
	const union dualbuf_rx_desc desc = {
		.wb.mrq = rxq->desc[pos].wb.mrq,
		.wb.rss = rxq->desc[pos].wb.rss,
		.wb.length = rxq->desc[pos].wb.length,
		.wb.vlan = rxq->desc[pos].wb.vlan,
	};
	uint16_t len = rte_le_to_cpu_16(desc.wb.length);
	bool eop = (status & DUALBUF_RXD_EOP) != 0;
	struct rte_mbuf *m = NULL;
	uint64_t flags = 0;

	if (unlikely(rxq->dropping)) {
		rx_arm(rxq, pos);
	} else if (unlikely(rx_is_bad(rxq, status, len))) {
		rx_arm(rxq, pos);
		tally->errors++;
	} else {
		m = rx_take(rxq, pos, len, tally, &flags, features);
	}
	if (unlikely(m == NULL)) {
		dualbuf_rx_forget(rxq);
		rxq->dropping = !eop;
		return NULL;
	}

	rx_fill_segment(rxq, m, len, flags);
	if (unlikely(!eop || rxq->first_seg != NULL)) {
		rx_chain(rxq, m);
		if (!eop)
			return NULL;
		m = rxq->first_seg;
		rxq->first_seg = NULL;
	}
	rx_fill_packet(m, &desc, status);
	return m;
}

/* One store for each counter, so that another thread may read them at any time. */
static inline void
rx_count(uint64_t *counter, uint32_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline void
rx_settle(struct dualbuf_rx_stats *stats, const struct rx_tally *tally, uint16_t nb_rx)
{
	rx_count(&stats->packets, nb_rx);
	rx_count(&stats->bytes, tally->bytes);
	rx_count(&stats->flips, tally->flips);
	if (unlikely((tally->copies | tally->loans | tally->nombuf | tally->errors) != 0)) {
		rx_count(&stats->copies, tally->copies);
		rx_count(&stats->loans, tally->loans);
		rx_count(&stats->nombuf, tally->nombuf);
		rx_count(&stats->errors, tally->errors);
	}
}

static inline void
rx_stamp(struct rte_mbuf *m, uint64_t stamp)
{
	*RTE_MBUF_DYNFIELD(m, stamp_offset, rte_mbuf_timestamp_t *) = stamp;
	m->ol_flags |= stamp_flag;
}

/*
 * Arm what waits, from the first descriptor on that does, as far as buffers are home (claim 6).
 * Returns how many descriptors the device gains.
 */
static uint32_t
rx_rearm(struct dualbuf_rxq *rxq)
{
	struct dualbuf_ring *ring = rxq->ring;
	uint32_t pos, gained = 0;
	bool woken;

	while (dualbuf_ring_armed_count(ring) < ring->nb_desc) {
		pos = ring->arm.pos;
		if (!dualbuf_ring_arm_next(ring, &woken))
			break;
		if (woken)
			rx_arm(rxq, pos);
		gained++;
	}
	return gained;
}

/*
 * The receive path. It ends with the armed descriptors, so that it goes round the ring once at most,
 * whatever the device writes meanwhile. features is a constant in each instance.
 */
static __rte_always_inline uint16_t
rx_burst(struct dualbuf_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts, const uint32_t features)
{
	struct dualbuf_ring *ring = rxq->ring;
	struct rx_tally tally = { 0 };
	uint32_t pos = ring->next.pos;
	uint32_t nb_armed, nb_descs = 0, gained = 0;
	uint16_t nb_rx = 0;
	struct rte_mbuf *m;
	uint32_t status;

	if (features & RX_DEFERRED)
		gained = rx_rearm(rxq);
	nb_armed = dualbuf_ring_armed_count(ring);
	while (nb_rx < nb_pkts && nb_descs < nb_armed) {
		status = dualbuf_rx_desc_status(&rxq->desc[pos]);
		if (!(status & DUALBUF_RXD_DD))
			break;
		m = rx_harvest(rxq, pos, status, &tally, features);
		if (likely(m != NULL)) {
			if (features & RX_STAMPED)
				rx_stamp(m, rxq->stamps[pos]);
			tally.bytes += m->pkt_len;
			pkts[nb_rx++] = m;
		}
		nb_descs++;
		pos = pos + 1 == ring->nb_desc ? 0 : pos + 1;
	}
	if (features & RX_DEFERRED) {
		dualbuf_ring_take(ring, nb_descs);
		gained += rx_rearm(rxq);
	} else {
		dualbuf_ring_advance(ring, nb_descs);
		gained = nb_descs;
	}
	if (gained > 0)
		dualbuf_rx_doorbell(rxq);
	if (nb_descs > 0)
		rx_settle(&rxq->stats, &tally, nb_rx);
	return nb_rx;
}

uint16_t
dualbuf_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_burst(queue, pkts, nb_pkts, 0);
}

static uint16_t
rx_burst_stamped(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_burst(queue, pkts, nb_pkts, RX_STAMPED);
}

static uint16_t
rx_burst_deferred(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_burst(queue, pkts, nb_pkts, RX_DEFERRED);
}

static uint16_t
rx_burst_deferred_stamped(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_burst(queue, pkts, nb_pkts, RX_DEFERRED | RX_STAMPED);
}

eth_rx_burst_t
dualbuf_rx_burst_of(bool deferred, bool stamped)
{
	if (deferred)
		return stamped ? rx_burst_deferred_stamped : rx_burst_deferred;
	return stamped ? rx_burst_stamped : dualbuf_rx_burst;
}

int
dualbuf_rx_stamp_register(void)
{
	return rte_mbuf_dyn_rx_timestamp_register(&stamp_offset, &stamp_flag) == 0 ? 0 : -rte_errno;
}

void
dualbuf_rx_restart(struct dualbuf_rxq *rxq)
{
	uint32_t pos;

	dualbuf_rx_forget(rxq);
	dualbuf_ring_restart(rxq->ring);
	for (pos = 0; pos < rxq->ring->nb_desc; pos++)
		if (rxq->ring->armed[pos] != DUALBUF_NO_SIDE)
			rx_arm(rxq, pos);
}

int
dualbuf_rx_descriptor_status(void *queue, uint16_t offset)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct dualbuf_ring *ring = rxq->ring;
	struct dualbuf_cursor at;

	if (offset >= ring->nb_desc)
		return -EINVAL;
	if (offset >= dualbuf_ring_armed_count(ring))
		return RTE_ETH_RX_DESC_UNAVAIL;
	at = dualbuf_cursor_add(ring->next, offset, ring->nb_desc);
	if (dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_DD)
		return RTE_ETH_RX_DESC_DONE;
	/* The last armed descriptor is held back from the device: see dualbuf_ring_tail(). */
	if (offset + 1u == dualbuf_ring_armed_count(ring))
		return RTE_ETH_RX_DESC_UNAVAIL;
	return RTE_ETH_RX_DESC_AVAIL;
}

uint32_t
dualbuf_rx_queue_count(void *queue)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct dualbuf_ring *ring = rxq->ring;
	struct dualbuf_cursor at = ring->next;
	uint32_t n;

	for (n = 0; n < dualbuf_ring_armed_count(ring); n++) {
		if (!(dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_DD))
			break;
		at = dualbuf_cursor_add(at, 1, ring->nb_desc);
	}
	return n;
}
