/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The receive step with 256-bit vectors (AVX2): eight descriptors at a time, the first four in the low
 * halves of the vectors and the others in the high halves, and one store for each mbuf.
 */

#include "dualbuf_rx_vec.h"

/* Descriptors i and i + 4 as loaded, and what was computed of them, one packet in each 32-bit lane. */
struct octet {
	__m256i desc[4];
	__m256i status;
	__m256i ptype;
	__m256i flags;
	__m256i len;
};

static inline void
octet_load(const struct dualbuf_rxq *rxq, uint32_t pos, struct octet *o)
{
	const __m128i *desc = (const __m128i *)(uintptr_t)&rxq->desc[pos];
	__m256i high01, high23;
	unsigned int i;

	for (i = 0; i < 4; i++)
		o->desc[i] = _mm256_inserti128_si256(
				_mm256_castsi128_si256(_mm_load_si128(&desc[i])),
				_mm_load_si128(&desc[i + 4]), 1);
	high01 = _mm256_unpackhi_epi32(o->desc[0], o->desc[1]);
	high23 = _mm256_unpackhi_epi32(o->desc[2], o->desc[3]);
	o->status = _mm256_unpacklo_epi64(high01, high23);
	o->len = _mm256_and_si256(_mm256_unpackhi_epi64(high01, high23), _mm256_set1_epi32(0xffff));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
octet_is_good(const struct dualbuf_rxq *rxq, const struct octet *o)
{
	const __m256i wanted = _mm256_set1_epi32(DUALBUF_RXD_DD | DUALBUF_RXD_EOP);
	const __m256i looked_at = _mm256_set1_epi32(
			DUALBUF_RXD_DD | DUALBUF_RXD_EOP | (int)DUALBUF_RXD_FRAME_ERRORS);
	__m256i bad = _mm256_xor_si256(_mm256_and_si256(o->status, looked_at), wanted);

	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi32(o->len, _mm256_set1_epi32(rxq->buf_size)));
	return _mm256_testz_si256(bad, bad);
}

/* mbuf flags by the RSS type, by the checksum bits, and for a tag; and the packet type. */
static inline void
octet_look_up(struct octet *o)
{
	const __m256i others = _mm256_set1_epi32(RX_VEC_OTHER_BYTES);
	const __m256i vp = _mm256_set1_epi32(DUALBUF_RXD_VP);
	const __m256i low = _mm256_broadcastsi128_si256(rx_vec_ptype_low());
	const __m256i high = _mm256_broadcastsi128_si256(rx_vec_ptype_high());
	const __m256i sums = _mm256_broadcastsi128_si256(rx_vec_checksum_flags());
	__m256i low01 = _mm256_unpacklo_epi32(o->desc[0], o->desc[1]);
	__m256i low23 = _mm256_unpacklo_epi32(o->desc[2], o->desc[3]);
	__m256i type = _mm256_and_si256(_mm256_unpacklo_epi64(low01, low23),
			_mm256_set1_epi32(DUALBUF_RXD_RSS_MASK));
	__m256i type_index = _mm256_or_si256(type, others);
	__m256i sum_index = _mm256_or_si256(
			_mm256_and_si256(_mm256_srli_epi32(o->status, 5), _mm256_set1_epi32(0x3)),
			_mm256_and_si256(_mm256_srli_epi32(o->status, 27), _mm256_set1_epi32(0xc)));
	__m256i no_hash = _mm256_cmpeq_epi32(type, _mm256_setzero_si256());
	__m256i tagged = _mm256_cmpeq_epi32(_mm256_and_si256(o->status, vp), vp);

	o->ptype = _mm256_or_si256(_mm256_shuffle_epi8(low, type_index),
			_mm256_slli_epi32(_mm256_shuffle_epi8(high, type_index), 8));
	o->flags = _mm256_slli_epi32(
			_mm256_shuffle_epi8(sums, _mm256_or_si256(sum_index, others)), 1);
	o->flags = _mm256_or_si256(o->flags,
			_mm256_andnot_si256(no_hash, _mm256_set1_epi32(RTE_MBUF_F_RX_RSS_HASH)));
	o->flags = _mm256_or_si256(o->flags,
			_mm256_and_si256(tagged,
					_mm256_set1_epi32(RTE_MBUF_F_RX_VLAN |
							RTE_MBUF_F_RX_VLAN_STRIPPED)));
}

/* Fill the mbufs of descriptors i and i + 4. fields has their packet types in place of mrq. */
static inline void
fill_pair(struct rte_mbuf *m, struct rte_mbuf *m4, __m256i rearm_flags, __m256i fields)
{
	fields = _mm256_shuffle_epi8(fields, _mm256_broadcastsi128_si256(rx_vec_places()));
	_mm256_storeu_si256((__m256i *)&m->rearm_data,
			_mm256_permute2x128_si256(rearm_flags, fields, 0x20));
	_mm256_storeu_si256((__m256i *)&m4->rearm_data,
			_mm256_permute2x128_si256(rearm_flags, fields, 0x31));
}

static inline void
octet_fill(const struct octet *o, uint64_t rearm, struct rte_mbuf **pkts)
{
	const __m256i rearms = _mm256_set1_epi64x(rearm);
	__m256i flags01 = _mm256_unpacklo_epi32(o->flags, _mm256_setzero_si256());
	__m256i flags23 = _mm256_unpackhi_epi32(o->flags, _mm256_setzero_si256());

	fill_pair(pkts[0], pkts[4], _mm256_unpacklo_epi64(rearms, flags01),
			_mm256_blend_epi32(o->desc[0], o->ptype, 0x11));
	fill_pair(pkts[1], pkts[5], _mm256_unpackhi_epi64(rearms, flags01),
			_mm256_blend_epi32(o->desc[1], _mm256_srli_si256(o->ptype, 4), 0x11));
	fill_pair(pkts[2], pkts[6], _mm256_unpacklo_epi64(rearms, flags23),
			_mm256_blend_epi32(o->desc[2], _mm256_srli_si256(o->ptype, 8), 0x11));
	fill_pair(pkts[3], pkts[7], _mm256_unpackhi_epi64(rearms, flags23),
			_mm256_blend_epi32(o->desc[3], _mm256_srli_si256(o->ptype, 12), 0x11));
}

/* Arm the descriptors of a step with one side's buffers. */
static inline void
step_arm(const struct dualbuf_rxq *rxq, uint32_t pos, uint32_t side)
{
	const uint64_t *addr = &rxq->ring->addr[dualbuf_ring_slot(rxq->ring, side, pos)];
	__m256i *desc = (__m256i *)(uintptr_t)&rxq->desc[pos];
	unsigned int i;

	for (i = 0; i < RX_STEP / 2; i++)
		_mm256_store_si256(&desc[i],
				_mm256_and_si256(
						_mm256_permute4x64_epi64(
								_mm256_castsi128_si256(_mm_load_si128((
										const __m128i *)&addr[2 *
										i])),
								0x10),
						_mm256_setr_epi64x(-1, 0, -1, 0)));
}

static inline uint32_t
sum_lanes(__m256i v)
{
	__m128i w = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

	w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0x4e));
	w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0xb1));
	return _mm_cvtsi128_si32(w);
}

static __rte_always_inline bool
rx_step_avx2(struct dualbuf_rxq *rxq, uint32_t pos, struct rte_mbuf **pkts, struct rx_tally *tally)
{
	struct dualbuf_ring *ring = rxq->ring;
	struct rte_mbuf *const *mbufs;
	uint32_t side, next;
	struct octet o;

	octet_load(rxq, pos, &o);
	if (!octet_is_good(rxq, &o) || !rx_step_sides(ring, pos, &side, &next))
		return false;

	mbufs = (struct rte_mbuf *const *)&ring->slots.buf[dualbuf_ring_slot(ring, side, pos)];
	if (pos + RX_STEP < ring->nb_desc)
		rx_vec_prefetch(&mbufs[RX_STEP]);
	memcpy(pkts, mbufs, RX_STEP * sizeof(*pkts));
	octet_look_up(&o);
	octet_fill(&o, rxq->rearm, pkts);
	rx_step_flip(ring, pos, side, next);
	step_arm(rxq, pos, next);
	tally->flips += RX_STEP;
	tally->bytes += sum_lanes(o.len);
	return true;
}

RX_INSTANCES(avx2, rx_step_avx2);
