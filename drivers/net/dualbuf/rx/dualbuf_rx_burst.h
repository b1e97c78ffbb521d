/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_BURST_H_
#define _DUALBUF_RX_BURST_H_

/*
 * The receive path, to be instantiated: rx_burst() takes descriptors one by one, and a run of them
 * in one step where an instance has such a step and the run is of the common kind. The scalar path
 * is the reference; a step must leave exactly what it would.
 */

#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>
#include <rte_memcpy.h>

#include "dualbuf_rxq.h"

/* Where the receive time stands in an mbuf, and the flag that says so. */
extern int dualbuf_rx_timestamp_offset;
extern uint64_t dualbuf_rx_timestamp_flag;

/* Packet type by RSS type: all that this write-back says of a packet's headers. */
extern const uint32_t dualbuf_rx_rss_ptype[DUALBUF_RXD_RSS_MASK + 1];

/* What an instance of the receive path does beyond the plain one; constants, one of each instance. */
#define RX_TIMESTAMP RTE_BIT32(0) /* the device gives receive times */
#define RX_DEFERRED RTE_BIT32(1) /* copy=deferred: last buffers go up as loans */

/* What one burst counts, before it is added to the queue's statistics in one go. */
struct rx_burst_stats {
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
	m->packet_type = dualbuf_rx_rss_ptype[rss_type];
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
rx_lend(const struct dualbuf_rxq *rxq, uint32_t pos, struct rx_burst_stats *tally)
{
	struct rte_mbuf *m = dualbuf_ring_lend(rxq->ring, pos);

	rx_unlink(m);
	dualbuf_rx_desc_arm(&rxq->desc[pos], 0);
	tally->loans++;
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
rx_take(const struct dualbuf_rxq *rxq, uint32_t pos, uint16_t len, struct rx_burst_stats *tally,
		uint64_t *flags, const uint32_t features)
{
	struct dualbuf_ring *ring = rxq->ring;
	uint32_t side = dualbuf_ring_alternate(ring, pos);
	struct rte_mbuf *m;

	if (likely(side != ring->armed[pos])) {
		m = dualbuf_ring_flip(ring, pos, side);
		rx_unlink(m);
		tally->flips++;
	} else if (features & RX_DEFERRED) {
		*flags = rxq->loan_flag;
		return rx_lend(rxq, pos, tally);
	} else {
		m = dualbuf_pool_temporary(rxq->pool);
		if (unlikely(m == NULL)) {
			tally->nombuf++;
			return rx_lend(rxq, pos, tally);
		}
		rx_copy(rxq, dualbuf_ring_armed_slot(ring, pos), len, m);
		tally->copies++;
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
rx_harvest(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t status, struct rx_burst_stats *tally,
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
	struct rte_mbuf *m;
	uint64_t flags = 0;

	if (unlikely(rxq->dropping || rx_is_bad(rxq, status, len))) {
		tally->errors += !rxq->dropping;
		rx_arm(rxq, pos);
		dualbuf_rx_discard_partial(rxq);
		rxq->dropping = !eop;
		return NULL;
	}

	m = rx_take(rxq, pos, len, tally, &flags, features);
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

/* The same, apart: for paths that seldom take a single descriptor, and would pay for it in every burst. */
static __rte_noinline struct rte_mbuf *
rx_harvest_apart(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t status,
		struct rx_burst_stats *tally, uint32_t features)
{
	return rx_harvest(rxq, pos, status, tally, features);
}

/* One store for each counter, so that another thread may read them at any time. */
static inline void
rx_count(uint64_t *counter, uint32_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline void
rx_stats_add(struct dualbuf_rx_stats *stats, const struct rx_burst_stats *tally, uint16_t nb_rx)
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
rx_timestamp(struct rte_mbuf *m, uint64_t stamp)
{
	*RTE_MBUF_DYNFIELD(m, dualbuf_rx_timestamp_offset, rte_mbuf_timestamp_t *) = stamp;
	m->ol_flags |= dualbuf_rx_timestamp_flag;
}

/* Descriptors that a step takes, all or none. Rings are multiples of that. */
#define RX_VEC_BATCH DUALBUF_RUN

/*
 * Steps: from pos on, take RX_VEC_BATCH descriptors at a time, room at the most, as long as every one of them
 * was written back with a whole packet that is in order, and can be flipped or copied. room is a
 * multiple of RX_VEC_BATCH, and ends with the ring at the latest. Returns how many descriptors were taken.
 */
typedef uint32_t (*rx_vec_burst_t)(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t room,
		struct rte_mbuf **pkts, struct rx_burst_stats *tally);

/* How many descriptors may be taken in steps from here on, of so many at the most? */
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
 * The receive path. It ends with the armed descriptors, so that it goes round the ring once at most,
 * whatever the device writes meanwhile. features and steps, which may be NULL, are constants in each
 * instance.
 */
static __rte_always_inline uint16_t
rx_burst(struct dualbuf_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts, const uint32_t features,
		const rx_vec_burst_t steps)
{
	struct dualbuf_ring *ring = rxq->ring;
	struct rx_burst_stats tally = { 0 };
	uint32_t pos = ring->next.pos;
	uint32_t nb_armed, nb_descs = 0, nb_rx = 0, gained = 0, next_step = 0, room, n;
	struct rte_mbuf *m;
	uint32_t status;

	nb_armed = dualbuf_ring_armed_count(ring);
	if (unlikely(nb_armed < ring->nb_desc)) {
		gained = features & RX_DEFERRED ? rx_rearm(rxq) : rx_rearm_apart(rxq);
		nb_armed += gained;
	}
	while (nb_rx < nb_pkts && nb_descs < nb_armed) {
		status = dualbuf_rx_desc_status(&rxq->desc[pos]);
		if (!(status & DUALBUF_RXD_DD))
			break;
		if (steps != NULL && nb_descs >= next_step) {
			room = rx_vec_room(rxq, pos, RTE_MIN(nb_pkts - nb_rx, nb_armed - nb_descs));
			n = room == 0 ? 0 : steps(rxq, pos, room, &pkts[nb_rx], &tally);
			if (features & RX_TIMESTAMP)
				rx_timestamp_run(rxq, pos, &pkts[nb_rx], n);
			nb_rx += n;
			nb_descs += n;
			pos = pos + n == ring->nb_desc ? 0 : pos + n;
			/* what stopped the steps is likely to concern more than one descriptor */
			if (n < room)
				next_step = nb_descs + RX_VEC_BATCH;
			if (n > 0)
				continue;
		}
		m = steps == NULL ? rx_harvest(rxq, pos, status, &tally, features) :
				    rx_harvest_apart(rxq, pos, status, &tally, features);
		if (likely(m != NULL)) {
			if (features & RX_TIMESTAMP)
				rx_timestamp(m, rxq->timestamps[pos]);
			tally.bytes += m->pkt_len;
			pkts[nb_rx++] = m;
		}
		nb_descs++;
		pos = pos + 1 == ring->nb_desc ? 0 : pos + 1;
	}
	if (likely(nb_armed == ring->nb_desc && tally.loans == 0)) {
		dualbuf_ring_advance(ring, nb_descs);
		gained += nb_descs;
	} else {
		dualbuf_ring_take(ring, nb_descs);
		gained += features & RX_DEFERRED ? rx_rearm(rxq) : rx_rearm_apart(rxq);
	}
	if (gained > 0)
		dualbuf_rx_doorbell(rxq);
	if (nb_descs > 0)
		rx_stats_add(&rxq->stats, &tally, nb_rx);
	return nb_rx;
}

/* The instances of one path, with every combination of features, by those. */
#define RX_INSTANCE(name, features, steps) \
	static uint16_t name(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts) \
	{ \
		return rx_burst(queue, pkts, nb_pkts, features, steps); \
	}

#define RX_INSTANCES(path, steps) \
	RX_INSTANCE(rx_burst_##path, 0, steps) \
	RX_INSTANCE(rx_burst_##path##_stamped, RX_TIMESTAMP, steps) \
	RX_INSTANCE(rx_burst_##path##_deferred, RX_DEFERRED, steps) \
	RX_INSTANCE(rx_burst_##path##_deferred_stamped, RX_DEFERRED | RX_TIMESTAMP, steps) \
	const struct dualbuf_rx_path dualbuf_rx_##path = {                                         \
		.burst = {                                                                         \
			[0] = rx_burst_##path,                                                     \
			[RX_TIMESTAMP] = rx_burst_##path##_stamped,                                  \
			[RX_DEFERRED] = rx_burst_##path##_deferred,                                \
			[RX_DEFERRED | RX_TIMESTAMP] = rx_burst_##path##_deferred_stamped,           \
		},                                                                                 \
	}

struct dualbuf_rx_path {
	eth_rx_burst_t burst[4]; /* by features */
};

extern const struct dualbuf_rx_path dualbuf_rx_scalar;
extern const struct dualbuf_rx_path dualbuf_rx_sse;
extern const struct dualbuf_rx_path dualbuf_rx_avx2;
extern const struct dualbuf_rx_path dualbuf_rx_avx512;

#endif /* _DUALBUF_RX_BURST_H_ */
