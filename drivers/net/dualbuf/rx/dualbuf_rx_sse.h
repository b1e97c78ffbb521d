/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_SSE_H_
#define _DUALBUF_RX_SSE_H_

/* A batch of eight descriptors with 128-bit vectors (SSE4.2): four descriptors, twice. */

#include "dualbuf_rx_vec.h"

#define LANES(name) _mm_load_si128((const __m128i *)(uintptr_t)RX_NAME(vec).name.lane)
#define TABLE(name) _mm_load_si128((const __m128i *)(uintptr_t)RX_NAME(vec).name.byte)

/* Four descriptors as loaded, and what was computed of them, one packet in each 32-bit lane. */
struct rx_batch4 {
	__m128i desc[4];
	__m128i status;
	__m128i len;
};

struct rx_batch8 {
	struct rx_batch4 a, b;
	__m128i bytes; /* lengths of all that were put, summed up */
};

static inline __m128i *
rx_batch8_at(volatile union dualbuf_rx_desc *desc)
{
	return (__m128i *)(uintptr_t)desc;
}

static inline void
rx_batch4_load(const __m128i *desc, struct rx_batch4 *q)
{
	__m128i high01, high23;
	unsigned int i;

	for (i = 0; i < 4; i++)
		q->desc[i] = _mm_load_si128(&desc[i]);
	high01 = _mm_unpackhi_epi32(q->desc[0], q->desc[1]);
	high23 = _mm_unpackhi_epi32(q->desc[2], q->desc[3]);
	q->status = _mm_unpacklo_epi64(high01, high23);
	q->len = _mm_and_si128(_mm_unpackhi_epi64(high01, high23), LANES(len_bits));
}

static inline void
rx_batch8_load(volatile union dualbuf_rx_desc *first, struct rx_batch8 *o)
{
	const __m128i *desc = rx_batch8_at(first);

	rx_batch4_load(&desc[0], &o->a);
	rx_batch4_load(&desc[4], &o->b);
}

static inline __m128i
rx_batch4_oddities(const struct rx_batch4 *q)
{
	return _mm_xor_si128(_mm_and_si128(q->status, LANES(status_mask)), LANES(status_good));
}

/* The first dwords of the write-backs, which have the types. */
static inline __m128i
rx_batch4_words(const struct rx_batch4 *q)
{
	__m128i low01 = _mm_unpacklo_epi32(q->desc[0], q->desc[1]);
	__m128i low23 = _mm_unpacklo_epi32(q->desc[2], q->desc[3]);

	return _mm_unpacklo_epi64(low01, low23);
}

/* Four bits of each as an index; the other bytes look up 0. */
static inline __m128i
rx_batch4_index(__m128i words, unsigned int shift)
{
	__m128i bits = _mm_and_si128(_mm_srli_epi32(words, shift), LANES(type_bits));

	return _mm_or_si128(bits, LANES(other_bytes));
}

static inline __m128i
rx_batch4_ptypes_low(__m128i words)
{
	return _mm_shuffle_epi8(TABLE(ptype_low), rx_batch4_index(words, RX_PTYPE_LOW_SHIFT));
}

static inline __m128i
rx_batch4_ptypes(__m128i words)
{
	__m128i high = _mm_shuffle_epi8(
			TABLE(ptype_high), rx_batch4_index(words, RX_PTYPE_HIGH_SHIFT));

	return _mm_or_si128(rx_batch4_ptypes_low(words), _mm_slli_epi32(high, 8));
}

/* What the lists of packet types do not say. */
static inline __m128i
rx_batch4_odd_types(const struct rx_batch4 *q)
{
	__m128i words = rx_batch4_words(q);
	__m128i unlisted = _mm_cmpeq_epi32(rx_batch4_ptypes_low(words), _mm_setzero_si128());

	return _mm_or_si128(unlisted, _mm_and_si128(words, LANES(odd_types)));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
rx_batch8_is_good(const struct rx_batch8 *o, uint32_t max_len)
{
	const __m128i most = _mm_set1_epi32(max_len);
	__m128i bad = _mm_or_si128(rx_batch4_oddities(&o->a), rx_batch4_oddities(&o->b));

	bad = _mm_or_si128(bad, _mm_cmpgt_epi32(_mm_max_epi32(o->a.len, o->b.len), most));
	if (RX_ODD_TYPES != 0)
		bad = _mm_or_si128(bad,
				_mm_or_si128(rx_batch4_odd_types(&o->a),
						rx_batch4_odd_types(&o->b)));
	return _mm_testz_si128(bad, bad);
}

/* Lengths in the order of the descriptors. */
static inline void
rx_batch8_lens(const struct rx_batch8 *o, uint32_t *lens)
{
	_mm_storeu_si128((__m128i *)&lens[0], o->a.len);
	_mm_storeu_si128((__m128i *)&lens[4], o->b.len);
}

/* mbuf flags by the RSS type, by the checksum bits, and for a tag. */
static inline __m128i
rx_batch4_flags(const struct rx_batch4 *q, __m128i types)
{
	__m128i sums = _mm_or_si128(
			_mm_and_si128(_mm_srli_epi32(q->status, DUALBUF_RXD_CKSUM_SEEN_SHIFT),
					LANES(cksum_seen)),
			_mm_and_si128(_mm_srli_epi32(q->status, DUALBUF_RXD_CKSUM_BAD_SHIFT),
					LANES(cksum_bad)));
	__m128i tagged =
			_mm_cmpeq_epi32(_mm_and_si128(q->status, LANES(tag_seen)), LANES(tag_seen));
	__m128i flags = _mm_slli_epi32(_mm_shuffle_epi8(TABLE(cksum_flags), sums), 1);

	flags = _mm_or_si128(flags, _mm_shuffle_epi8(TABLE(hash_flag), types));
	return _mm_or_si128(flags, _mm_and_si128(tagged, LANES(tag_flags)));
}

/*
 * The two stores that fill an mbuf. fields has the packet type in place of the types. Returns to what the mbuf
 * is linked: read here, its address need not be loaded again.
 */
static inline uintptr_t
fill(struct rte_mbuf *m, __m128i rearm_flags, __m128i fields)
{
	_mm_store_si128((__m128i *)&m->rearm_data, rearm_flags);
	_mm_storeu_si128((__m128i *)&m->packet_type, _mm_shuffle_epi8(fields, TABLE(shuffle)));
	return (uintptr_t)m->next;
}

static inline uintptr_t
rx_batch4_fill(const struct rx_batch4 *q, uint64_t rearm, struct rte_mbuf *const *mbufs)
{
	const __m128i rearm2 = _mm_set1_epi64x(rearm);
	__m128i words = rx_batch4_words(q);
	__m128i ptypes = rx_batch4_ptypes(words);
	__m128i flags = rx_batch4_flags(q, _mm_and_si128(words, LANES(type_bits)));
	__m128i flags01 = _mm_unpacklo_epi32(flags, _mm_setzero_si128());
	__m128i flags23 = _mm_unpackhi_epi32(flags, _mm_setzero_si128());
	uintptr_t links = 0;

	links |= fill(mbufs[0], _mm_unpacklo_epi64(rearm2, flags01),
			_mm_blend_epi16(q->desc[0], ptypes, 0x3));
	links |= fill(mbufs[1], _mm_unpackhi_epi64(rearm2, flags01),
			_mm_blend_epi16(q->desc[1], _mm_srli_si128(ptypes, 4), 0x3));
	links |= fill(mbufs[2], _mm_unpacklo_epi64(rearm2, flags23),
			_mm_blend_epi16(q->desc[2], _mm_srli_si128(ptypes, 8), 0x3));
	links |= fill(mbufs[3], _mm_unpackhi_epi64(rearm2, flags23),
			_mm_blend_epi16(q->desc[3], _mm_srli_si128(ptypes, 12), 0x3));
	return links;
}

static inline void
arm_eight(__m128i *desc, const uint64_t *addr)
{
	unsigned int i;

	for (i = 0; i < RX_VEC_BATCH; i++)
		_mm_store_si128(&desc[i], _mm_loadl_epi64((const __m128i *)&addr[i]));
}

/*
 * Fill the mbufs from the write-backs, and arm the descriptors with these addresses. Returns 0 if none of
 * the mbufs is linked to another.
 */
static inline uintptr_t
rx_batch8_put(volatile union dualbuf_rx_desc *first, uint64_t rearm, struct rte_mbuf *const *mbufs,
		const uint64_t *addrs, struct rx_batch8 *o)
{
	uintptr_t links = rx_batch4_fill(&o->a, rearm, &mbufs[0]);

	links |= rx_batch4_fill(&o->b, rearm, &mbufs[4]);
	arm_eight(rx_batch8_at(first), addrs);
	o->bytes = _mm_add_epi32(o->bytes, _mm_add_epi32(o->a.len, o->b.len));
	return links;
}

static inline uint32_t
rx_batch8_bytes(const struct rx_batch8 *o)
{
	__m128i sum = _mm_add_epi32(o->bytes, _mm_shuffle_epi32(o->bytes, 0x4e));

	sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
	return _mm_cvtsi128_si32(sum);
}

#endif /* _DUALBUF_RX_SSE_H_ */
