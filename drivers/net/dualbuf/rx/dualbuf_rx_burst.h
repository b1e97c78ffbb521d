/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_BURST_H_
#define _DUALBUF_RX_BURST_H_

/*
 * The receive path, to be instantiated for a descriptor format and a width of vectors: rx_burst() takes
 * descriptors one by one, and batches of them where an instance has vectors and the batch is of the
 * common kind. The scalar path is the reference; a batch must leave exactly what it would.
 */

#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>
#include <rte_memcpy.h>

#include "dualbuf_rx_format.h"
#include "dualbuf_rxq.h"

#if !defined(DUALBUF_DESC_FORMAT) || !defined(RX_SWAPPED_TAG)
#error "include the header of a descriptor format first, and that of its packet types"
#endif

/* The names of what is instantiated: RX_NAME(sse) is dualbuf_rx_ext_sse for the format ext. */
#define RX_PASTE(format, name) dualbuf_rx_##format##_##name
#define RX_EXPAND(format, name) RX_PASTE(format, name)
#define RX_NAME(name) RX_EXPAND(DUALBUF_DESC_FORMAT, name)

/* Counts of one burst, before it is added to the queue's statistics in one go. */
struct rx_burst_stats {
	uint32_t bytes;
	uint32_t flips;
	uint32_t copies;
	uint32_t loans;
	uint32_t nombuf;
	uint32_t errors;
	uint32_t too_long;
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
rx_fill_packet(const struct dualbuf_rxq *rxq, struct rte_mbuf *m, const struct dualbuf_rx_wb *wb,
		uint32_t status)
{
	uint64_t flags = rx_checksum_flags(rx_checksum_status(wb, status));

	if (status & DUALBUF_RXD_VP) {
		flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
		m->vlan_tci = wb->vlan;
		if (unlikely((status & RX_SWAPPED_TAG) != 0) && rxq->tags_swapped)
			m->vlan_tci = rte_bswap16(wb->vlan);
	}
	if (wb->rss_type != DUALBUF_RXD_RSS_NONE) {
		flags |= RTE_MBUF_F_RX_RSS_HASH;
		m->hash.rss = wb->rss;
	}
	m->ol_flags |= flags;
	m->packet_type = rx_ptype(wb);
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

/* Copy the bytes of a slot's buffer to a temporary. */
static inline void
rx_copy(const struct dualbuf_rxq *rxq, uint32_t slot, uint32_t len, struct rte_mbuf *to)
{
	rte_memcpy(dualbuf_pool_data(rxq->pool, to),
			dualbuf_pool_data(rxq->pool, rxq->ring->slots.buf[slot]), len);
}

/*
 * A buffer may have come home linked to others: fast free puts mbufs back as their last user left them,
 * and that may have been an application that chained packets, as rte_gro and rte_ip_frag do, or a driver
 * that sent one of several segments. So who hands it up looks. This reads a line of the mbuf that is not
 * written to on this side, and that is all it costs.
 */
static inline void
rx_unlink(struct rte_mbuf *m)
{
	if (unlikely(m->next != NULL))
		m->next = NULL;
}

/*
 * Hand up the last buffer of a descriptor, which waits then: it has no buffer to write to, and nothing
 * to be read, since DD is clear.
 */
static __rte_noinline struct rte_mbuf *
rx_lend(const struct dualbuf_rxq *rxq, uint32_t pos, struct rx_burst_stats *stats)
{
	struct rte_mbuf *m = dualbuf_ring_lend(rxq->ring, pos);

	rx_unlink(m);
	dualbuf_rx_desc_arm(&rxq->desc[pos], 0);
	stats->loans++;
	return m;
}

/*
 * The bytes of one descriptor, as an mbuf that is the caller's: in the buffer that was armed if
 * another one is home to take its place, else in a temporary. Either way the descriptor is armed
 * when this returns. Without a temporary the armed buffer goes up all the same: no packet is lost for
 * want of memory that it does not need.
 *
 * With deferred copies the armed buffer goes up in any case, and *flags says when it is a loan.
 */
static __rte_always_inline struct rte_mbuf *
rx_take(const struct dualbuf_rxq *rxq, uint32_t pos, uint16_t len, struct rx_burst_stats *stats,
		uint64_t *flags, const uint32_t features)
{
	struct dualbuf_ring *ring = rxq->ring;
	uint32_t side = dualbuf_ring_alternate(ring, pos);
	struct rte_mbuf *m;

	if (likely(side != ring->armed[pos])) {
		m = dualbuf_ring_flip(ring, pos, side);
		rx_unlink(m);
		stats->flips++;
	} else if (features & RX_DEFERRED) {
		*flags = rxq->loan_flag;
		return rx_lend(rxq, pos, stats);
	} else {
		m = dualbuf_pool_temporary(rxq->pool);
		if (unlikely(m == NULL)) {
			stats->nombuf++;
			return rx_lend(rxq, pos, stats);
		}
		rx_copy(rxq, dualbuf_ring_armed_slot(ring, pos), len, m);
		stats->copies++;
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

/* What one write-back may have. Vectors look at no more: a packet that is longer is in several. */
static inline uint32_t
rx_max_len(const struct dualbuf_rxq *rxq)
{
	return __atomic_load_n(&rxq->max_len, __ATOMIC_RELAXED);
}

/* Is the packet that this write-back continues, or makes, longer than one may be? */
static inline bool
rx_is_too_long(const struct dualbuf_rxq *rxq, uint16_t len)
{
	return len > rx_max_len(rxq) ||
			(rxq->first_seg != NULL &&
					rxq->first_seg->pkt_len + len >
							__atomic_load_n(&rxq->max_packet,
									__ATOMIC_RELAXED));
}

/* Is there no way that this write-back continues or makes a packet? Devices are not trusted. */
static inline bool
rx_is_bad(const struct dualbuf_rxq *rxq, uint32_t status, uint16_t len)
{
	return rx_is_too_long(rxq, len) || (status & DUALBUF_RXD_FRAME_ERRORS) != 0 ||
			(rxq->first_seg != NULL && rxq->first_seg->nb_segs >= rxq->ring->nb_desc);
}

/*
 * Take one descriptor that the device has written back. Returns the packet when it is complete.
 * A packet that cannot be kept is dropped whole: its segments go home, and its descriptors up to
 * the last are armed again as they come.
 */
static __rte_always_inline struct rte_mbuf *
rx_harvest(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t status, struct rx_burst_stats *stats,
		const uint32_t features)
{
	const struct dualbuf_rx_wb wb = dualbuf_rx_desc_read(&rxq->desc[pos]);
	bool eop = (status & DUALBUF_RXD_EOP) != 0;
	struct rte_mbuf *m;
	uint64_t flags = 0;

	if (unlikely(rxq->dropping || rx_is_bad(rxq, status, wb.length))) {
		stats->errors += !rxq->dropping;
		stats->too_long += !rxq->dropping && rx_is_too_long(rxq, wb.length);
		rx_arm(rxq, pos);
		dualbuf_rx_discard_partial(rxq);
		rxq->dropping = !eop;
		return NULL;
	}

	m = rx_take(rxq, pos, wb.length, stats, &flags, features);
	rx_fill_segment(rxq, m, wb.length, flags);
	if (unlikely(!eop || rxq->first_seg != NULL)) {
		rx_chain(rxq, m);
		if (!eop)
			return NULL;
		m = rxq->first_seg;
		rxq->first_seg = NULL;
	}
	rx_fill_packet(rxq, m, &wb, status);
	return m;
}

/* The same, apart: for paths that seldom take a single descriptor, and would pay for it in every burst. */
static __rte_noinline struct rte_mbuf *
rx_harvest_apart(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t status,
		struct rx_burst_stats *stats, uint32_t features)
{
	return rx_harvest(rxq, pos, status, stats, features);
}

/* One store for each counter, so that another thread may read them at any time. */
static inline void
rx_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* Bytes are counted without CRC, though an application that has asked for it sees it. */
static inline void
rx_stats_add(struct dualbuf_rxq *rxq, const struct rx_burst_stats *burst, uint16_t nb_rx)
{
	struct dualbuf_rx_stats *sum = &rxq->stats;

	rx_count(&sum->packets, nb_rx);
	rx_count(&sum->bytes, burst->bytes - (uint64_t)nb_rx * rxq->crc_len);
	rx_count(&sum->flips, burst->flips);
	if (unlikely((burst->copies | burst->loans | burst->nombuf | burst->errors) != 0)) {
		rx_count(&sum->copies, burst->copies);
		rx_count(&sum->loans, burst->loans);
		rx_count(&sum->nombuf, burst->nombuf);
		rx_count(&sum->errors, burst->errors);
		rx_count(&sum->too_long, burst->too_long);
	}
}

static inline void
rx_timestamp(struct rte_mbuf *m, uint64_t stamp)
{
	*RTE_MBUF_DYNFIELD(m, dualbuf_rx_timestamp_offset, rte_mbuf_timestamp_t *) = stamp;
	m->ol_flags |= dualbuf_rx_timestamp_flag;
}

/* Descriptors that vectors take at a time, all or none. Rings are multiples of that. */
#define RX_VEC_BATCH 8

/*
 * Receive with vectors: from pos on, take RX_VEC_BATCH descriptors at a time, room at the most, as long as
 * every one of them was written back with a whole packet that is in order, and can be flipped or copied.
 * room is a multiple of RX_VEC_BATCH, and ends with the ring at the latest. Returns how many descriptors
 * were taken.
 */
typedef uint32_t (*rx_vec_burst_t)(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t room,
		struct rte_mbuf **pkts, struct rx_burst_stats *stats);

/* How many descriptors may be taken in batches from here on, of so many at the most? */
static inline uint32_t
rx_vec_room(const struct dualbuf_rxq *rxq, uint32_t pos, uint32_t most)
{
	if (rxq->first_seg != NULL || rxq->dropping)
		return 0;
	return RTE_ALIGN_FLOOR(RTE_MIN(most, rxq->ring->nb_desc - pos), RX_VEC_BATCH);
}

static inline void
rx_timestamp_run(const struct dualbuf_rxq *rxq, uint32_t pos, struct rte_mbuf **pkts, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++)
		rx_timestamp(pkts[i], rxq->timestamps[pos + i]);
}

static inline void
rx_ptype_run(const struct dualbuf_rxq *rxq, uint32_t pos, struct rte_mbuf **pkts, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++)
		pkts[i]->packet_type = rxq->ptypes[pos + i];
}

/*
 * Arm what waits, from the first descriptor on that does, as far as buffers are home (claim 6).
 * Returns how many descriptors the device gains.
 */
static inline uint32_t
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

/* The same, apart: where copies are inline, hardly a descriptor ever waits. */
static __rte_noinline uint32_t
rx_rearm_apart(struct dualbuf_rxq *rxq)
{
	return rx_rearm(rxq);
}

/*
 * Take whole batches, most descriptors at the most. Returns how many descriptors, which are as many packets.
 * *stopped: not all were taken. Whatever the reason is, it is likely to concern more than one descriptor.
 */
static __rte_always_inline uint32_t
rx_take_batches(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t most, struct rte_mbuf **pkts,
		struct rx_burst_stats *stats, const uint32_t features, const rx_vec_burst_t vec,
		bool *stopped)
{
	uint32_t room = rx_vec_room(rxq, pos, most);
	uint32_t n = room == 0 ? 0 : vec(rxq, pos, room, pkts, stats);

	if (features & RX_TIMESTAMP)
		rx_timestamp_run(rxq, pos, pkts, n);
	if (features & RX_PTYPE)
		rx_ptype_run(rxq, pos, pkts, n);
	*stopped = n < room;
	return n;
}

/* Take one descriptor. Returns how many packets that completes: one, or none. */
static __rte_always_inline uint32_t
rx_take_one(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t status, struct rte_mbuf **pkts,
		struct rx_burst_stats *stats, const uint32_t features, const bool seldom)
{
	struct rte_mbuf *m = seldom ? rx_harvest_apart(rxq, pos, status, stats, features) :
				      rx_harvest(rxq, pos, status, stats, features);

	if (unlikely(m == NULL))
		return 0;
	if (features & RX_TIMESTAMP)
		rx_timestamp(m, rxq->timestamps[pos]);
	if (features & RX_PTYPE)
		m->packet_type = rxq->ptypes[pos];
	stats->bytes += m->pkt_len;
	pkts[0] = m;
	return 1;
}

/* Arm what waits for a buffer. Where copies are inline that is rare, and stands apart. */
static __rte_always_inline uint32_t
rx_rearm_waiting(struct dualbuf_rxq *rxq, const uint32_t features)
{
	return features & RX_DEFERRED ? rx_rearm(rxq) : rx_rearm_apart(rxq);
}

/* So many descriptors were read, of a ring that was armed whole or not. Returns how many the device gains. */
static __rte_always_inline uint32_t
rx_give_back(struct dualbuf_rxq *rxq, uint32_t nb_descs, bool all_armed, const uint32_t features)
{
	if (likely(all_armed)) {
		dualbuf_ring_advance(rxq->ring, nb_descs);
		return nb_descs;
	}
	dualbuf_ring_take(rxq->ring, nb_descs);
	return rx_rearm_waiting(rxq, features);
}

/*
 * The receive path. It ends with the armed descriptors, so that it goes round the ring once at most,
 * whatever the device writes meanwhile. features and vec, which is NULL for the scalar path, are
 * constants in each instance.
 */
static __rte_always_inline uint16_t
rx_burst(struct dualbuf_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts, const uint32_t features,
		const rx_vec_burst_t vec)
{
	const uint32_t nb_desc = rxq->ring->nb_desc;
	uint32_t nb_armed = dualbuf_ring_armed_count(rxq->ring), pos = rxq->ring->next.pos;
	uint32_t nb_descs = 0, nb_rx = 0, gained = 0, next_batch = 0, status, n;
	struct rx_burst_stats stats = { 0 };
	bool stopped;

	if (unlikely(nb_armed < nb_desc))
		gained = rx_rearm_waiting(rxq, features);
	nb_armed += gained;
	while (nb_rx < nb_pkts && nb_descs < nb_armed) {
		status = dualbuf_rx_desc_status(&rxq->desc[pos]);
		if (!(status & DUALBUF_RXD_DD))
			break;
		n = 0;
		if (vec != NULL && nb_descs >= next_batch) {
			n = rx_take_batches(rxq, pos, RTE_MIN(nb_pkts - nb_rx, nb_armed - nb_descs),
					&pkts[nb_rx], &stats, features, vec, &stopped);
			nb_rx += n;
			if (stopped)
				next_batch = nb_descs + n + RX_VEC_BATCH;
		}
		if (n == 0) {
			nb_rx += rx_take_one(rxq, pos, status, &pkts[nb_rx], &stats, features,
					vec != NULL);
			n = 1;
		}
		nb_descs += n;
		pos = pos + n == nb_desc ? 0 : pos + n;
	}
	gained += rx_give_back(rxq, nb_descs, nb_armed == nb_desc && stats.loans == 0, features);
	if (gained > 0)
		dualbuf_rx_doorbell(rxq);
	if (nb_descs > 0)
		rx_stats_add(rxq, &stats, nb_rx);
	return nb_rx;
}

/* The instances of one path, with every combination of features, by those. */
#define RX_INSTANCE(name, features, vec) \
	static uint16_t name(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts) \
	{ \
		return rx_burst(queue, pkts, nb_pkts, features, vec); \
	}

#define RX_INSTANCES(path, vec) \
	RX_INSTANCE(rx_burst_##path##_0, 0, vec) \
	RX_INSTANCE(rx_burst_##path##_1, 1, vec) \
	RX_INSTANCE(rx_burst_##path##_2, 2, vec) \
	RX_INSTANCE(rx_burst_##path##_3, 3, vec) \
	RX_INSTANCE(rx_burst_##path##_4, 4, vec) \
	RX_INSTANCE(rx_burst_##path##_5, 5, vec) \
	RX_INSTANCE(rx_burst_##path##_6, 6, vec) \
	RX_INSTANCE(rx_burst_##path##_7, 7, vec) \
	const struct dualbuf_rx_bursts RX_NAME(path) = { \
		.burst = { rx_burst_##path##_0, rx_burst_##path##_1, rx_burst_##path##_2, \
				rx_burst_##path##_3, rx_burst_##path##_4, rx_burst_##path##_5, \
				rx_burst_##path##_6, rx_burst_##path##_7 }, \
	}

#endif /* _DUALBUF_RX_BURST_H_ */
