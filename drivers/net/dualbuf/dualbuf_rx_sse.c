/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The receive step with 128-bit vectors (SSE4.2): eight descriptors, four at a time. */

#include "dualbuf_rx_vec.h"

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
	q->len = _mm_and_si128(_mm_unpackhi_epi64(high01, high23), _mm_set1_epi32(0xffff));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
quads_are_good(const struct dualbuf_rxq *rxq, const struct quad *a, const struct quad *b)
{
	const __m128i wanted = _mm_set1_epi32(DUALBUF_RXD_DD | DUALBUF_RXD_EOP);
	const __m128i looked_at = _mm_set1_epi32(
			DUALBUF_RXD_DD | DUALBUF_RXD_EOP | (int)DUALBUF_RXD_FRAME_ERRORS);
	const __m128i max_len = _mm_set1_epi32(rxq->buf_size);
	__m128i bad = _mm_or_si128(_mm_xor_si128(_mm_and_si128(a->status, looked_at), wanted),
			_mm_xor_si128(_mm_and_si128(b->status, looked_at), wanted));

	bad = _mm_or_si128(bad, _mm_cmpgt_epi32(_mm_max_epi32(a->len, b->len), max_len));
	return _mm_testz_si128(bad, bad);
}

/* mbuf flags by the RSS type, by the checksum bits, and for a tag; and the packet type. */
static inline void
quad_look_up(struct quad *q)
{
	const __m128i others = _mm_set1_epi32(RX_VEC_OTHER_BYTES);
	const __m128i vp = _mm_set1_epi32(DUALBUF_RXD_VP);
	__m128i low01 = _mm_unpacklo_epi32(q->desc[0], q->desc[1]);
	__m128i low23 = _mm_unpacklo_epi32(q->desc[2], q->desc[3]);
	__m128i type = _mm_and_si128(
			_mm_unpacklo_epi64(low01, low23), _mm_set1_epi32(DUALBUF_RXD_RSS_MASK));
	__m128i type_index = _mm_or_si128(type, others);
	__m128i sum_index = _mm_or_si128(
			_mm_and_si128(_mm_srli_epi32(q->status, 5), _mm_set1_epi32(0x3)),
			_mm_and_si128(_mm_srli_epi32(q->status, 27), _mm_set1_epi32(0xc)));
	__m128i no_hash = _mm_cmpeq_epi32(type, _mm_setzero_si128());
	__m128i tagged = _mm_cmpeq_epi32(_mm_and_si128(q->status, vp), vp);

	q->ptype = _mm_or_si128(_mm_shuffle_epi8(rx_vec_ptype_low(), type_index),
			_mm_slli_epi32(_mm_shuffle_epi8(rx_vec_ptype_high(), type_index), 8));
	q->flags = _mm_slli_epi32(
			_mm_shuffle_epi8(rx_vec_checksum_flags(), _mm_or_si128(sum_index, others)),
			1);
	q->flags = _mm_or_si128(q->flags,
			_mm_andnot_si128(no_hash, _mm_set1_epi32(RTE_MBUF_F_RX_RSS_HASH)));
	q->flags = _mm_or_si128(q->flags,
			_mm_and_si128(tagged,
					_mm_set1_epi32(RTE_MBUF_F_RX_VLAN |
							RTE_MBUF_F_RX_VLAN_STRIPPED)));
}

/* The two stores that fill an mbuf. fields has the packet type in place of mrq. */
static inline void
fill(struct rte_mbuf *m, __m128i rearm_flags, __m128i fields)
{
	_mm_store_si128((__m128i *)&m->rearm_data, rearm_flags);
	_mm_storeu_si128((__m128i *)&m->packet_type, _mm_shuffle_epi8(fields, rx_vec_places()));
}

static inline void
quad_fill(const struct quad *q, uint64_t rearm, struct rte_mbuf **pkts)
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

/* Arm the descriptors of a step with one side's buffers. */
static inline void
step_arm(const struct dualbuf_rxq *rxq, uint32_t pos, uint32_t side)
{
	const uint64_t *addr = &rxq->ring->addr[dualbuf_ring_slot(rxq->ring, side, pos)];
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

static __rte_always_inline bool
rx_step_sse(struct dualbuf_rxq *rxq, uint32_t pos, struct rte_mbuf **pkts, struct rx_tally *tally)
{
	struct dualbuf_ring *ring = rxq->ring;
	struct rte_mbuf *const *mbufs;
	uint32_t side, next;
	struct quad a, b;

	quad_load(rxq, pos, &a);
	quad_load(rxq, pos + 4, &b);
	if (!quads_are_good(rxq, &a, &b) || !rx_step_sides(ring, pos, &side, &next))
		return false;

	mbufs = (struct rte_mbuf *const *)&ring->slots.buf[dualbuf_ring_slot(ring, side, pos)];
	if (pos + RX_STEP < ring->nb_desc)
		rx_vec_prefetch(&mbufs[RX_STEP]);
	memcpy(pkts, mbufs, RX_STEP * sizeof(*pkts));
	quad_look_up(&a);
	quad_look_up(&b);
	quad_fill(&a, rxq->rearm, pkts);
	quad_fill(&b, rxq->rearm, &pkts[4]);
	rx_step_flip(ring, pos, side, next);
	step_arm(rxq, pos, next);
	tally->flips += RX_STEP;
	tally->bytes += sum_lanes(_mm_add_epi32(a.len, b.len));
	return true;
}

RX_INSTANCES(sse, rx_step_sse);
