/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_AVX2_H_
#define _DUALBUF_RX_AVX2_H_

/* A batch of eight descriptors with 256-bit vectors (AVX2): four vectors, one store for each mbuf. */

#include "dualbuf_rx_vec.h"

#define LANES(name) _mm256_load_si256((const __m256i *)(uintptr_t)RX_NAME(vec).name.lane)
#define TABLE(name) _mm256_load_si256((const __m256i *)(uintptr_t)RX_NAME(vec).name.byte)

/*
 * Two neighbouring descriptors a vector as loaded, and what was computed of them, one packet in each
 * 32-bit lane: 0, 2, 4, 6 in the low half and 1, 3, 5, 7 in the high half.
 */
struct rx_batch8 {
	__m256i desc[4];
	__m256i status;
	__m256i len;
	__m256i bytes; /* lengths of all that were put, summed up */
};

static inline __m256i *
rx_batch8_at(volatile union dualbuf_rx_desc *desc)
{
	return (__m256i *)(uintptr_t)desc;
}

static inline void
rx_batch8_load(volatile union dualbuf_rx_desc *first, struct rx_batch8 *o)
{
	const __m256i *desc = rx_batch8_at(first);
	__m256i high02, high46;
	unsigned int i;

	for (i = 0; i < 4; i++)
		o->desc[i] = _mm256_loadu_si256(&desc[i]);
	high02 = _mm256_unpackhi_epi32(o->desc[0], o->desc[1]);
	high46 = _mm256_unpackhi_epi32(o->desc[2], o->desc[3]);
	o->status = _mm256_unpacklo_epi64(high02, high46);
	o->len = _mm256_and_si256(_mm256_unpackhi_epi64(high02, high46), LANES(len_bits));
}

/* The first dwords of the write-backs, which have the types. */
static inline __m256i
rx_batch8_words(const struct rx_batch8 *o)
{
	__m256i low02 = _mm256_unpacklo_epi32(o->desc[0], o->desc[1]);
	__m256i low46 = _mm256_unpacklo_epi32(o->desc[2], o->desc[3]);

	return _mm256_unpacklo_epi64(low02, low46);
}

/* Four bits of each as an index; the other bytes look up 0. */
static inline __m256i
rx_batch8_index(__m256i words, unsigned int shift)
{
	__m256i bits = _mm256_and_si256(_mm256_srli_epi32(words, shift), LANES(type_bits));

	return _mm256_or_si256(bits, LANES(other_bytes));
}

static inline __m256i
rx_batch8_ptypes_low(__m256i words)
{
	return _mm256_shuffle_epi8(TABLE(ptype_low), rx_batch8_index(words, RX_PTYPE_LOW_SHIFT));
}

static inline __m256i
rx_batch8_ptypes(__m256i words)
{
	__m256i high = _mm256_shuffle_epi8(
			TABLE(ptype_high), rx_batch8_index(words, RX_PTYPE_HIGH_SHIFT));

	return _mm256_or_si256(rx_batch8_ptypes_low(words), _mm256_slli_epi32(high, 8));
}

/* What the lists of packet types do not say. */
static inline __m256i
rx_batch8_odd_types(const struct rx_batch8 *o)
{
	__m256i words = rx_batch8_words(o);
	__m256i unlisted = _mm256_cmpeq_epi32(rx_batch8_ptypes_low(words), _mm256_setzero_si256());

	return _mm256_or_si256(unlisted, _mm256_and_si256(words, LANES(odd_types)));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
rx_batch8_is_good(const struct rx_batch8 *o, uint32_t max_len)
{
	__m256i bad = _mm256_xor_si256(
			_mm256_and_si256(o->status, LANES(status_mask)), LANES(status_good));

	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi32(o->len, _mm256_set1_epi32(max_len)));
	if (RX_ODD_TYPES != 0)
		bad = _mm256_or_si256(bad, rx_batch8_odd_types(o));
	return _mm256_testz_si256(bad, bad);
}

/* Lengths in the order of the descriptors. */
static inline void
rx_batch8_lens(const struct rx_batch8 *o, uint32_t *lens)
{
	const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);

	_mm256_storeu_si256((__m256i *)lens, _mm256_permutevar8x32_epi32(o->len, order));
}

/* mbuf flags by the RSS type, by the checksum bits, and for a tag. */
static inline __m256i
rx_batch8_flags(const struct rx_batch8 *o, __m256i types)
{
	__m256i sums = _mm256_or_si256(
			_mm256_and_si256(_mm256_srli_epi32(o->status, DUALBUF_RXD_CKSUM_SEEN_SHIFT),
					LANES(cksum_seen)),
			_mm256_and_si256(_mm256_srli_epi32(o->status, DUALBUF_RXD_CKSUM_BAD_SHIFT),
					LANES(cksum_bad)));
	__m256i tagged = _mm256_cmpeq_epi32(
			_mm256_and_si256(o->status, LANES(tag_seen)), LANES(tag_seen));
	__m256i flags = _mm256_slli_epi32(_mm256_shuffle_epi8(TABLE(cksum_flags), sums), 1);

	flags = _mm256_or_si256(flags, _mm256_shuffle_epi8(TABLE(hash_flag), types));
	return _mm256_or_si256(flags, _mm256_and_si256(tagged, LANES(tag_flags)));
}

/*
 * Fill the mbufs of the two descriptors of a vector, which has their packet types in place of the types. Returns
 * to what they are linked: read here, their addresses need not be loaded again.
 */
static inline uintptr_t
fill_pair(struct rte_mbuf *const *mbufs, __m256i rearm_flags, __m256i desc)
{
	__m256i fields = _mm256_shuffle_epi8(desc, TABLE(shuffle));
	struct rte_mbuf *m0 = mbufs[0], *m1 = mbufs[1];

	_mm256_storeu_si256((__m256i *)&m0->rearm_data,
			_mm256_permute2x128_si256(rearm_flags, fields, 0x20));
	_mm256_storeu_si256((__m256i *)&m1->rearm_data,
			_mm256_permute2x128_si256(rearm_flags, fields, 0x31));
	return (uintptr_t)m0->next | (uintptr_t)m1->next;
}

static inline uintptr_t
rx_batch8_fill(const struct rx_batch8 *o, uint64_t rearm, struct rte_mbuf *const *mbufs)
{
	const __m256i rearms = _mm256_set1_epi64x(rearm);
	__m256i words = rx_batch8_words(o);
	__m256i ptypes = rx_batch8_ptypes(words);
	__m256i flags = rx_batch8_flags(o, _mm256_and_si256(words, LANES(type_bits)));
	__m256i flags02 = _mm256_unpacklo_epi32(flags, _mm256_setzero_si256());
	__m256i flags46 = _mm256_unpackhi_epi32(flags, _mm256_setzero_si256());
	uintptr_t links = 0;

	links |= fill_pair(&mbufs[0], _mm256_unpacklo_epi64(rearms, flags02),
			_mm256_blend_epi32(o->desc[0], ptypes, 0x11));
	links |= fill_pair(&mbufs[2], _mm256_unpackhi_epi64(rearms, flags02),
			_mm256_blend_epi32(o->desc[1], _mm256_srli_si256(ptypes, 4), 0x11));
	links |= fill_pair(&mbufs[4], _mm256_unpacklo_epi64(rearms, flags46),
			_mm256_blend_epi32(o->desc[2], _mm256_srli_si256(ptypes, 8), 0x11));
	links |= fill_pair(&mbufs[6], _mm256_unpackhi_epi64(rearms, flags46),
			_mm256_blend_epi32(o->desc[3], _mm256_srli_si256(ptypes, 12), 0x11));
	return links;
}

/* Arm four descriptors: an address and eight bytes of 0 each. */
static inline void
arm_four(__m256i *desc, const uint64_t *addr)
{
	__m256i addrs = _mm256_permute4x64_epi64(_mm256_loadu_si256((const __m256i *)addr), 0xd8);

	_mm256_storeu_si256(&desc[0], _mm256_unpacklo_epi64(addrs, _mm256_setzero_si256()));
	_mm256_storeu_si256(&desc[1], _mm256_unpackhi_epi64(addrs, _mm256_setzero_si256()));
}

/*
 * Fill the mbufs from the write-backs, and arm the descriptors with these addresses. Returns 0 if none of
 * the mbufs is linked to another.
 */
static inline uintptr_t
rx_batch8_put(volatile union dualbuf_rx_desc *first, uint64_t rearm, struct rte_mbuf *const *mbufs,
		const uint64_t *addrs, struct rx_batch8 *o)
{
	__m256i *desc = rx_batch8_at(first);
	uintptr_t links = rx_batch8_fill(o, rearm, mbufs);

	arm_four(&desc[0], &addrs[0]);
	arm_four(&desc[2], &addrs[4]);
	o->bytes = _mm256_add_epi32(o->bytes, o->len);
	return links;
}

static inline uint32_t
rx_batch8_bytes(const struct rx_batch8 *o)
{
	__m128i sum = _mm_add_epi32(
			_mm256_castsi256_si128(o->bytes), _mm256_extracti128_si256(o->bytes, 1));

	sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
	sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
	return _mm_cvtsi128_si32(sum);
}

#endif /* _DUALBUF_RX_AVX2_H_ */
