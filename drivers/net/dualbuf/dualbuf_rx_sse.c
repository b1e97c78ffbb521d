/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The receive step with 128-bit vectors (SSE4.2): eight descriptors, four at a time. */

#include "dualbuf_rx_vec.h"

#define LANES(name) _mm_load_si128((const __m128i *)(uintptr_t)dualbuf_rx_vec.name.lane)
#define TABLE(name) _mm_load_si128((const __m128i *)(uintptr_t)dualbuf_rx_vec.name.byte)

/* Four descriptors as loaded, and what was computed of them, one packet in each 32-bit lane. */
struct quad {
	__m128i desc[4];
	__m128i status;
	__m128i ptype;
	__m128i flags;
	__m128i len;
};

static inline void
quad_load(const struct dualbuf_rxq *rxq, uint32_t pos, struct quad *q)
{
	const __m128i *desc = (const __m128i *)(uintptr_t)&rxq->desc[pos];
	__m128i high01, high23;
	unsigned int i;

	for (i = 0; i < 4; i++)
		q->desc[i] = _mm_load_si128(&desc[i]);
	high01 = _mm_unpackhi_epi32(q->desc[0], q->desc[1]);
	high23 = _mm_unpackhi_epi32(q->desc[2], q->desc[3]);
	q->status = _mm_unpacklo_epi64(high01, high23);
	q->len = _mm_and_si128(_mm_unpackhi_epi64(high01, high23), LANES(len_bits));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
quads_are_good(const struct dualbuf_rxq *rxq, const struct quad *a, const struct quad *b)
{
	const __m128i max_len = _mm_set1_epi32(rxq->buf_size);
	__m128i bad = _mm_or_si128(
			_mm_xor_si128(_mm_and_si128(a->status, LANES(looked_at)), LANES(wanted)),
			_mm_xor_si128(_mm_and_si128(b->status, LANES(looked_at)), LANES(wanted)));

	bad = _mm_or_si128(bad, _mm_cmpgt_epi32(_mm_max_epi32(a->len, b->len), max_len));
	return _mm_testz_si128(bad, bad);
}

/* mbuf flags by the RSS type, by the checksum bits, and for a tag; and the packet type. */
static inline void
quad_look_up(struct quad *q)
{
	__m128i low01 = _mm_unpacklo_epi32(q->desc[0], q->desc[1]);
	__m128i low23 = _mm_unpacklo_epi32(q->desc[2], q->desc[3]);
	__m128i type = _mm_and_si128(_mm_unpacklo_epi64(low01, low23), LANES(type_bits));
	__m128i type_index = _mm_or_si128(type, LANES(other_bytes));
	__m128i sum_index = _mm_or_si128(
			_mm_and_si128(_mm_srli_epi32(q->status, 5), LANES(sums_seen)),
			_mm_and_si128(_mm_srli_epi32(q->status, 27), LANES(sums_bad)));
	__m128i tagged =
			_mm_cmpeq_epi32(_mm_and_si128(q->status, LANES(tag_seen)), LANES(tag_seen));

	q->ptype = _mm_or_si128(_mm_shuffle_epi8(TABLE(ptype_low), type_index),
			_mm_slli_epi32(_mm_shuffle_epi8(TABLE(ptype_high), type_index), 8));
	q->flags = _mm_slli_epi32(_mm_shuffle_epi8(TABLE(sums_flags), sum_index), 1);
	q->flags = _mm_or_si128(q->flags, _mm_shuffle_epi8(TABLE(hash_flag), type));
	q->flags = _mm_or_si128(q->flags, _mm_and_si128(tagged, LANES(tag_flags)));
}

/* The two stores that fill an mbuf. fields has the packet type in place of mrq. */
static inline void
fill(struct rte_mbuf *m, __m128i rearm_flags, __m128i fields)
{
	_mm_store_si128((__m128i *)&m->rearm_data, rearm_flags);
	_mm_storeu_si128((__m128i *)&m->packet_type, _mm_shuffle_epi8(fields, TABLE(places)));
}

static inline void
quad_fill(const struct quad *q, uint64_t rearm, struct rte_mbuf *const *pkts)
{
	const __m128i rearm2 = _mm_set1_epi64x(rearm);
	__m128i flags01 = _mm_unpacklo_epi32(q->flags, _mm_setzero_si128());
	__m128i flags23 = _mm_unpackhi_epi32(q->flags, _mm_setzero_si128());

	fill(pkts[0], _mm_unpacklo_epi64(rearm2, flags01),
			_mm_blend_epi16(q->desc[0], q->ptype, 0x3));
	fill(pkts[1], _mm_unpackhi_epi64(rearm2, flags01),
			_mm_blend_epi16(q->desc[1], _mm_srli_si128(q->ptype, 4), 0x3));
	fill(pkts[2], _mm_unpacklo_epi64(rearm2, flags23),
			_mm_blend_epi16(q->desc[2], _mm_srli_si128(q->ptype, 8), 0x3));
	fill(pkts[3], _mm_unpackhi_epi64(rearm2, flags23),
			_mm_blend_epi16(q->desc[3], _mm_srli_si128(q->ptype, 12), 0x3));
}

/* Arm the descriptors of a step. */
static inline void
step_arm(const struct dualbuf_rxq *rxq, uint32_t pos, const uint64_t *addr)
{
	__m128i *desc = (__m128i *)(uintptr_t)&rxq->desc[pos];
	unsigned int i;

	for (i = 0; i < RX_STEP; i++)
		_mm_store_si128(&desc[i], _mm_loadl_epi64((const __m128i *)&addr[i]));
}

static inline uint32_t
sum_lanes(__m128i v)
{
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1));
	return _mm_cvtsi128_si32(v);
}

static __rte_noinline uint32_t
rx_steps_sse(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t room, struct rte_mbuf **pkts,
		struct rx_tally *tally)
{
	struct dualbuf_ring *ring = rxq->ring;
	__m128i bytes = _mm_setzero_si128();
	struct rx_step_slots slots;
	struct rte_mbuf **mbufs;
	struct quad a, b;
	uint64_t addrs_each[RX_STEP];
	const uint64_t *addrs;
	uint32_t done;
	uint32_t lens[RX_STEP];

	for (done = 0; done < room; done += RX_STEP, pos += RX_STEP) {
		quad_load(rxq, pos, &a);
		quad_load(rxq, pos + 4, &b);
		if (!quads_are_good(rxq, &a, &b))
			break;
		_mm_storeu_si128((__m128i *)&lens[0], a.len);
		_mm_storeu_si128((__m128i *)&lens[4], b.len);
		if (likely(rx_step_slots(ring, pos, &slots))) {
			mbufs = (struct rte_mbuf **)&ring->slots.buf[slots.armed];
			memcpy(&pkts[done], mbufs, RX_STEP * sizeof(*pkts));
			rx_step_flip(ring, pos, &slots);
			addrs = &ring->addr[slots.next];
			tally->flips += RX_STEP;
		} else if (rx_step_copy(rxq, pos, &slots, lens, &pkts[done])) {
			mbufs = &pkts[done];
			addrs = &ring->addr[slots.armed];
			tally->copies += RX_STEP;
		} else if (rx_step_each(rxq, pos, lens, &pkts[done], addrs_each, tally)) {
			mbufs = &pkts[done];
			addrs = addrs_each;
		} else {
			break;
		}
		quad_look_up(&a);
		quad_look_up(&b);
		quad_fill(&a, rxq->rearm, mbufs);
		quad_fill(&b, rxq->rearm, &mbufs[4]);
		step_arm(rxq, pos, addrs);
		bytes = _mm_add_epi32(bytes, _mm_add_epi32(a.len, b.len));
	}
	tally->bytes += sum_lanes(bytes);
	return done;
}

RX_INSTANCES(sse, rx_steps_sse);
