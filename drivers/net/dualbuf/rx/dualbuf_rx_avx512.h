/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_AVX512_H_
#define _DUALBUF_RX_AVX512_H_

/*
 * A batch of eight descriptors with 512-bit vectors (AVX-512 F and BW): two vectors. What is computed of them stands in one vector for all, with descriptor i in dword 0 of lane i and descriptor
 * i + 4 in dword 1.
 */

#include "dualbuf_rx_vec.h"

#define TABLE(name) _mm_load_si128((const __m128i *)(uintptr_t)RX_NAME(vec).name.byte)

/* The same dwords of every lane, as a mask. */
#define DWORDS_0 0x1111
#define DWORDS_2 0x4444
#define DWORDS_01 0x3333
#define DWORDS_23 0xcccc

static_assert(DUALBUF_RXD_RSS_MASK == 0xf, "four bits of an index to 16 dwords count");

struct rx_batch8 {
	__m512i desc[2];
	__m512i low; /* the types, and in dwords 2 and 3 the hash */
	__m512i high; /* status, and in dwords 2 and 3 the length and the tag */
	__m512i bytes; /* lengths of all that were put, summed up */
};

static inline __m512i *
rx_batch8_at(volatile union dualbuf_rx_desc *desc)
{
	return (__m512i *)(uintptr_t)desc;
}

static inline void
rx_batch8_load(volatile union dualbuf_rx_desc *first, struct rx_batch8 *o)
{
	const __m512i *desc = rx_batch8_at(first);

	o->desc[0] = _mm512_loadu_si512(&desc[0]);
	o->desc[1] = _mm512_loadu_si512(&desc[1]);
	o->low = _mm512_unpacklo_epi32(o->desc[0], o->desc[1]);
	o->high = _mm512_unpackhi_epi32(o->desc[0], o->desc[1]);
}

/* Lengths without tags, in dwords 2 and 3. */
static inline __m512i
rx_batch8_len(const struct rx_batch8 *o)
{
	return _mm512_maskz_and_epi32(DWORDS_23, o->high, _mm512_set1_epi32(0xffff));
}

/* The same in order, in memory. */
static inline void
rx_batch8_lens(const struct rx_batch8 *o, uint32_t *lens)
{
	const __m512i order = _mm512_setr_epi32(2, 6, 10, 14, 3, 7, 11, 15, 0, 0, 0, 0, 0, 0, 0, 0);
	__m512i in_order = _mm512_permutexvar_epi32(order, rx_batch8_len(o));

	_mm256_storeu_si256((__m256i *)lens, _mm512_castsi512_si256(in_order));
}

static inline __m512i
rx_batch8_ptypes_low(const struct rx_batch8 *o)
{
	return _mm512_permutexvar_epi32(_mm512_srli_epi32(o->low, RX_PTYPE_LOW_SHIFT),
			_mm512_loadu_si512(rx_ptypes[0]));
}

static inline __m512i
rx_batch8_ptypes(const struct rx_batch8 *o)
{
	__m512i high = _mm512_permutexvar_epi32(_mm512_srli_epi32(o->low, RX_PTYPE_HIGH_SHIFT),
			_mm512_loadu_si512(rx_ptypes[RTE_DIM(rx_ptypes) - 1]));

	return _mm512_or_si512(rx_batch8_ptypes_low(o), high);
}

/* What the lists of packet types do not say. */
static inline __mmask16
rx_batch8_odd_types(const struct rx_batch8 *o)
{
	__m512i low = rx_batch8_ptypes_low(o);

	return _mm512_mask_testn_epi32_mask(DWORDS_01, low, low) |
			_mm512_mask_test_epi32_mask(
					DWORDS_01, o->low, _mm512_set1_epi32(RX_ODD_TYPES));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
rx_batch8_is_good(const struct rx_batch8 *o, uint32_t max_len)
{
	const __m512i wanted = _mm512_set1_epi32(DUALBUF_RXD_DD | DUALBUF_RXD_EOP);
	const __m512i looked_at = _mm512_set1_epi32(
			(int)(DUALBUF_RXD_DD | DUALBUF_RXD_EOP | RX_SCALAR_STATUS));
	__mmask16 odd = _mm512_mask_cmpneq_epi32_mask(
			DWORDS_01, _mm512_and_si512(o->high, looked_at), wanted);
	__mmask16 too_long =
			_mm512_cmpgt_epu32_mask(rx_batch8_len(o), _mm512_set1_epi32((int)max_len));

	if (RX_ODD_TYPES != 0)
		odd |= rx_batch8_odd_types(o);
	return (odd | too_long) == 0;
}

/* mbuf flags by the checksum bits, the RSS type, and for a tag. */
static inline __m512i
rx_batch8_flags(const struct rx_batch8 *o)
{
	const __m512i sums = _mm512_slli_epi32(_mm512_cvtepu8_epi32(TABLE(cksum_flags)), 1);
	/* L4CS and IPCS, then the errors; what stands above does not count */
	__m512i sum_index = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0x3),
			_mm512_srli_epi32(o->high, 5), _mm512_srli_epi32(o->high, 27), 0xca);
	__mmask16 hashed = _mm512_test_epi32_mask(o->low, _mm512_set1_epi32(DUALBUF_RXD_RSS_MASK));
	__mmask16 tagged = _mm512_test_epi32_mask(o->high, _mm512_set1_epi32(DUALBUF_RXD_VP));
	__m512i flags = _mm512_permutexvar_epi32(sum_index, sums);

	flags = _mm512_mask_or_epi32(
			flags, hashed, flags, _mm512_set1_epi32(RTE_MBUF_F_RX_RSS_HASH));
	return _mm512_mask_or_epi32(flags, tagged, flags,
			_mm512_set1_epi32(RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED));
}

/*
 * Fill four mbufs, lane by lane: rearm data and flags from one vector, the rest from the other. Returns to
 * what they are linked: read here, their addresses need not be loaded again.
 */
static inline uintptr_t
fill_four(struct rte_mbuf *const *mbufs, __m512i rearm_flags, __m512i fields)
{
	const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
	const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
	__m512i m01 = _mm512_permutex2var_epi64(rearm_flags, first, fields);
	__m512i m23 = _mm512_permutex2var_epi64(rearm_flags, second, fields);
	struct rte_mbuf *m0 = mbufs[0], *m1 = mbufs[1], *m2 = mbufs[2], *m3 = mbufs[3];

	_mm256_storeu_si256((__m256i *)&m0->rearm_data, _mm512_castsi512_si256(m01));
	_mm256_storeu_si256((__m256i *)&m1->rearm_data, _mm512_extracti64x4_epi64(m01, 1));
	_mm256_storeu_si256((__m256i *)&m2->rearm_data, _mm512_castsi512_si256(m23));
	_mm256_storeu_si256((__m256i *)&m3->rearm_data, _mm512_extracti64x4_epi64(m23, 1));
	return (uintptr_t)m0->next | (uintptr_t)m1->next | (uintptr_t)m2->next |
			(uintptr_t)m3->next;
}

static inline uintptr_t
rx_batch8_fill(const struct rx_batch8 *o, uint64_t rearm, struct rte_mbuf *const *mbufs)
{
	const __m512i rearms = _mm512_maskz_set1_epi64(0x55, (long long)rearm);
	const __m512i places = _mm512_broadcast_i32x4(TABLE(shuffle));
	__m512i fields0 = _mm512_shuffle_epi8(o->desc[0], places);
	__m512i fields4 = _mm512_shuffle_epi8(o->desc[1], places);
	__m512i ptypes = rx_batch8_ptypes(o), flags = rx_batch8_flags(o);
	uintptr_t links = 0;

	/* flags go to dword 2, the packet type to dword 0 */
	links |= fill_four(&mbufs[0],
			_mm512_mask_shuffle_epi32(rearms, DWORDS_2, flags, (_MM_PERM_ENUM)0x00),
			_mm512_mask_mov_epi32(fields0, DWORDS_0, ptypes));
	links |= fill_four(&mbufs[4],
			_mm512_mask_shuffle_epi32(rearms, DWORDS_2, flags, (_MM_PERM_ENUM)0x10),
			_mm512_mask_shuffle_epi32(fields4, DWORDS_0, ptypes, (_MM_PERM_ENUM)0x01));
	return links;
}

static inline void
arm_eight(__m512i *desc, const uint64_t *addr)
{
	const __m512i addrs = _mm512_loadu_si512(addr);

	_mm512_storeu_si512(&desc[0],
			_mm512_maskz_permutexvar_epi64(
					0x55, _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3), addrs));
	_mm512_storeu_si512(&desc[1],
			_mm512_maskz_permutexvar_epi64(
					0x55, _mm512_setr_epi64(4, 4, 5, 5, 6, 6, 7, 7), addrs));
}

/*
 * Fill the mbufs from the write-backs, and arm the descriptors with these addresses. Returns 0 if none of
 * the mbufs is linked to another.
 */
static inline uintptr_t
rx_batch8_put(volatile union dualbuf_rx_desc *first, uint64_t rearm, struct rte_mbuf *const *mbufs,
		const uint64_t *addrs, struct rx_batch8 *o)
{
	uintptr_t links = rx_batch8_fill(o, rearm, mbufs);

	arm_eight(rx_batch8_at(first), addrs);
	o->bytes = _mm512_add_epi32(o->bytes, rx_batch8_len(o));
	return links;
}

static inline uint32_t
rx_batch8_bytes(const struct rx_batch8 *o)
{
	return _mm512_reduce_add_epi32(o->bytes);
}

#endif /* _DUALBUF_RX_AVX512_H_ */
