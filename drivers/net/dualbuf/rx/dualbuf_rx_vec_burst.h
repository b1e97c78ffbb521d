/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_VEC_BURST_H_
#define _DUALBUF_RX_VEC_BURST_H_

/*
 * The batches of a vector path, for any width: the file that includes this has struct rx_batch8, the
 * write-backs of RX_VEC_BATCH descriptors and what becomes of them.
 *
 * Which buffers are armed and home is looked at for a whole run of descriptors at once, 16 side bytes
 * in a vector, and so they are flipped. Bytes of a vector are each loaded and stored as one by
 * processors of x86, in the order of the program; nothing here relies on more.
 */

#include <rte_vect.h>

#include "dualbuf_rx_burst.h"

/* Descriptors that have the same side armed and the same other side home. */
struct rx_run {
	uint32_t armed; /* the first one's slot of the side that is armed */
	uint32_t next; /* and of the other side */
	uint8_t next_side;
};

static inline __m128i
rx_bytes_16(const uint8_t *bytes)
{
	return _mm_loadu_si128((const __m128i *)bytes);
}

/* The upper eight are 0. */
static inline __m128i
rx_bytes_8(const uint8_t *bytes)
{
	return _mm_loadl_epi64((const __m128i *)bytes);
}

/* One bit for each byte: the wanted side is armed, and the other buffer home. */
static inline uint32_t
rx_run_mask(__m128i armed, __m128i wanted, __m128i handed, __m128i returned)
{
	return _mm_movemask_epi8(_mm_and_si128(
			_mm_cmpeq_epi8(armed, wanted), _mm_cmpeq_epi8(handed, returned)));
}

/*
 * How many descriptors from pos on are a run, room at the most? Both that and room are multiples of
 * RX_VEC_BATCH.
 */
static __rte_always_inline uint32_t
rx_run_find(const struct dualbuf_ring *ring, uint32_t pos, uint32_t room, struct rx_run *run)
{
	const uint32_t side = ring->armed[pos];
	const __m128i sides = _mm_set1_epi8((char)side);
	const uint8_t *armed = &ring->armed[pos], *handed, *returned;
	uint32_t n, mask;

	run->next_side = side + 1 == ring->nb_bufs ? 0 : side + 1;
	run->armed = dualbuf_ring_slot(ring, side, pos);
	run->next = dualbuf_ring_slot(ring, run->next_side, pos);
	handed = &ring->handed[run->next];
	returned = &ring->slots.returned[run->next];

	for (n = 0; n + 16 <= room; n += 16) {
		mask = rx_run_mask(rx_bytes_16(&armed[n]), sides, rx_bytes_16(&handed[n]),
				rx_bytes_16(&returned[n]));
		if (mask != 0xffff)
			break;
	}
	/* the first half of what is no run, or the last half of the room */
	if (n < room) {
		mask = rx_run_mask(rx_bytes_8(&armed[n]), sides, rx_bytes_8(&handed[n]),
				rx_bytes_8(&returned[n]));
		if ((mask & 0xff) == 0xff)
			n += RX_VEC_BATCH;
	}
	/* as dualbuf_ring_is_home() has it */
	__atomic_signal_fence(__ATOMIC_ACQUIRE);
	return n;
}

/* Flip the first n of a run: dualbuf_ring_flip() for each. n is a multiple of RX_VEC_BATCH. */
static __rte_always_inline void
rx_run_flip(struct dualbuf_ring *ring, uint32_t pos, uint32_t n, const struct rx_run *run)
{
	const __m128i sides = _mm_set1_epi8((char)run->next_side), one = _mm_set1_epi8(1);
	uint8_t *armed = &ring->armed[pos], *handed = &ring->handed[run->armed];
	uint32_t i;

	for (i = 0; i + 16 <= n; i += 16) {
		_mm_storeu_si128((__m128i *)&handed[i], _mm_add_epi8(rx_bytes_16(&handed[i]), one));
		_mm_storeu_si128((__m128i *)&armed[i], sides);
	}
	if (i < n) {
		_mm_storel_epi64((__m128i *)&handed[i], _mm_add_epi8(rx_bytes_8(&handed[i]), one));
		_mm_storel_epi64((__m128i *)&armed[i], sides);
	}
}

/*
 * rx_unlink() for the buffers of a batch. They are linked so seldom that one look at all of them, where the
 * mbufs are filled, is cheaper.
 */
static __rte_noinline void
rx_unlink_each(struct rte_mbuf *const *mbufs)
{
	uint32_t i;

	for (i = 0; i < RX_VEC_BATCH; i++)
		rx_unlink(mbufs[i]);
}

/* Take descriptors of a run as long as their packets are in order. Returns how many. */
static __rte_always_inline uint32_t
rx_run_take(const struct dualbuf_rxq *rxq, uint32_t pos, uint32_t n, const struct rx_run *run,
		struct rte_mbuf **pkts, struct rx_batch8 *o)
{
	struct dualbuf_ring *ring = rxq->ring;
	struct rte_mbuf *const *mbufs = (struct rte_mbuf **)&ring->slots.buf[run->armed];
	const uint64_t *addrs = &ring->addr[run->next];
	volatile union dualbuf_rx_desc *desc = &rxq->desc[pos];
	const uint32_t max_len = rx_max_len(rxq);
	const uint64_t rearm = rxq->rearm;
	uint32_t done;

	for (done = 0; done < n; done += RX_VEC_BATCH) {
		rx_batch8_load(desc, o);
		if (unlikely(!rx_batch8_is_good(o, max_len)))
			break;
		if (unlikely(rx_batch8_put(desc, rearm, mbufs, addrs, o) != 0))
			rx_unlink_each(mbufs);
		rte_mov64((uint8_t *)pkts, (const uint8_t *)mbufs);
		desc += RX_VEC_BATCH;
		mbufs += RX_VEC_BATCH;
		addrs += RX_VEC_BATCH;
		pkts += RX_VEC_BATCH;
	}
	rx_run_flip(ring, pos, done, run);
	return done;
}

/* Is the same side of all descriptors of a batch armed, and no other side of any home? */
static inline bool
rx_batch_has_no_alternate(const struct dualbuf_ring *ring, uint32_t pos)
{
	uint32_t armed = ring->armed[pos], side, slot, home;

	for (side = 0; side < ring->nb_bufs; side++) {
		slot = dualbuf_ring_slot(ring, side, pos);
		home = _mm_movemask_epi8(_mm_cmpeq_epi8(rx_bytes_8(&ring->handed[slot]),
				rx_bytes_8(&ring->slots.returned[slot])));
		/* A descriptor with another side armed has that buffer home, so this finds it as well. */
		if (side != armed && (home & 0xff) != 0)
			return false;
	}
	return true;
}

/* Temporaries for a batch. Returns false if there are too few, or copies are deferred: none is taken. */
static inline bool
rx_batch_temporaries(const struct dualbuf_rxq *rxq, struct rte_mbuf **temporaries, uint32_t n)
{
	return rxq->loan_flag == 0 && dualbuf_pool_temporaries(rxq->pool, temporaries, n);
}

/*
 * The batch when no descriptor has an alternate, and its packets have these lengths: copy them all, and
 * arm the same buffers again (claim 3). Returns false, with nothing done, if there is an alternate, or
 * rx_batch_temporaries() has too few.
 */
static inline bool
rx_batch_copy(const struct dualbuf_rxq *rxq, uint32_t pos, const uint32_t *lens,
		struct rte_mbuf **pkts, struct rx_burst_stats *stats)
{
	uint32_t slot, i;

	if (!rx_batch_has_no_alternate(rxq->ring, pos) ||
			!rx_batch_temporaries(rxq, pkts, RX_VEC_BATCH))
		return false;
	slot = dualbuf_ring_armed_slot(rxq->ring, pos);
	for (i = 0; i < RX_VEC_BATCH; i++)
		rx_copy(rxq, slot + i, lens[i], pkts[i]);
	stats->copies += RX_VEC_BATCH;
	return true;
}

/*
 * The batch when descriptors differ: flip or copy each as it needs, and tell in addrs what is to be
 * armed. Returns false, with nothing done, if rx_batch_temporaries() has too few.
 */
static inline bool
rx_batch_each(const struct dualbuf_rxq *rxq, uint32_t pos, const uint32_t *lens,
		struct rte_mbuf **pkts, uint64_t *addrs, struct rx_burst_stats *stats)
{
	struct dualbuf_ring *ring = rxq->ring;
	struct rte_mbuf *temporaries[RX_VEC_BATCH];
	uint32_t sides[RX_VEC_BATCH], nb_copies = 0, slot, i;

	for (i = 0; i < RX_VEC_BATCH; i++) {
		sides[i] = dualbuf_ring_alternate(ring, pos + i);
		nb_copies += sides[i] == ring->armed[pos + i];
	}
	if (nb_copies > 0 && !rx_batch_temporaries(rxq, temporaries, nb_copies))
		return false;

	stats->copies += nb_copies;
	stats->flips += RX_VEC_BATCH - nb_copies;
	for (i = 0; i < RX_VEC_BATCH; i++) {
		slot = dualbuf_ring_slot(ring, sides[i], pos + i);
		addrs[i] = ring->addr[slot];
		if (sides[i] != ring->armed[pos + i]) {
			pkts[i] = dualbuf_ring_flip(ring, pos + i, sides[i]);
		} else {
			pkts[i] = temporaries[--nb_copies];
			rx_copy(rxq, slot, lens[i], pkts[i]);
		}
	}
	return true;
}

/* One batch of descriptors that are no run. Returns RX_VEC_BATCH, or 0 with nothing done. */
static __rte_always_inline uint32_t
rx_batch_take(const struct dualbuf_rxq *rxq, uint32_t pos, struct rte_mbuf **pkts,
		struct rx_burst_stats *stats, struct rx_batch8 *o)
{
	const struct dualbuf_ring *ring = rxq->ring;
	uint64_t addrs_each[RX_VEC_BATCH];
	const uint64_t *addrs = addrs_each;
	uint32_t lens[RX_VEC_BATCH];

	rx_batch8_load(&rxq->desc[pos], o);
	if (!rx_batch8_is_good(o, rx_max_len(rxq)))
		return 0;
	rx_batch8_lens(o, lens);
	if (rx_batch_copy(rxq, pos, lens, pkts, stats))
		addrs = &ring->addr[dualbuf_ring_armed_slot(ring, pos)];
	else if (!rx_batch_each(rxq, pos, lens, pkts, addrs_each, stats))
		return 0;
	if (unlikely(rx_batch8_put(&rxq->desc[pos], rxq->rearm, pkts, addrs, o) != 0))
		rx_unlink_each(pkts);
	return RX_VEC_BATCH;
}

/* Take descriptors up to the next run; the first ones are none. Returns how many, 0 if no batch is possible. */
static __rte_noinline uint32_t
rx_vec_to_run(const struct dualbuf_rxq *rxq, uint32_t pos, uint32_t room, struct rte_mbuf **pkts,
		struct rx_burst_stats *stats)
{
	struct rx_batch8 o = { 0 };
	uint32_t done = 0, n;
	struct rx_run run;

	do {
		n = rx_batch_take(rxq, pos + done, &pkts[done], stats, &o);
		done += n;
	} while (n > 0 && done < room &&
			rx_run_find(rxq->ring, pos + done, RX_VEC_BATCH, &run) == 0);
	stats->bytes += rx_batch8_bytes(&o);
	return done;
}

static __rte_noinline uint32_t
rx_vec_burst(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t room, struct rte_mbuf **pkts,
		struct rx_burst_stats *stats)
{
	uint32_t done = 0, n, length;
	struct rx_batch8 o = { 0 };
	struct rx_run run;

	while (done < room) {
		length = rx_run_find(rxq->ring, pos + done, room - done, &run);
		if (likely(length > 0)) {
			n = rx_run_take(rxq, pos + done, length, &run, &pkts[done], &o);
			stats->flips += n;
		} else {
			n = rx_vec_to_run(rxq, pos + done, room - done, &pkts[done], stats);
		}
		done += n;
		if (n == 0 || n < length)
			break;
	}
	stats->bytes += rx_batch8_bytes(&o);
	return done;
}

#endif /* _DUALBUF_RX_VEC_BURST_H_ */
