/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_prefetch.h>
#include <rte_vect.h>

#include "base_queue.h"

#define LANES 4

typedef __m512i vec;

#define v_load(at) _mm512_loadu_si512(at)
#define v_load16(at) _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)(at)))
#define v_store(at, v) _mm512_storeu_si512(at, v)
#define v_set32(n) _mm512_set1_epi32((int)(n))
#define v_and(a, b) _mm512_and_si512(a, b)
#define v_or(a, b) _mm512_or_si512(a, b)
#define v_xor(a, b) _mm512_xor_si512(a, b)
#define v_add32(a, b) _mm512_add_epi32(a, b)
#define v_sll32(v, n) _mm512_slli_epi32(v, n)
#define v_srl32(v, n) _mm512_srli_epi32(v, n)
#define v_sra32(v, n) _mm512_srai_epi32(v, n)
#define v_shuffle8(table, index) _mm512_shuffle_epi8(table, index)
#define v_unpacklo32(a, b) _mm512_unpacklo_epi32(a, b)
#define v_unpackhi32(a, b) _mm512_unpackhi_epi32(a, b)
#define v_unpacklo64(a, b) _mm512_unpacklo_epi64(a, b)
#define v_rearm(data) \
	_mm512_set_epi64(0, (long long)(data), 0, (long long)(data), 0, (long long)(data), 0, \
			(long long)(data))
#define v_any(v) (_mm512_test_epi32_mask(v, v) != 0)
#define v_order(v) \
	_mm512_permutexvar_epi32( \
			_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), \
			v)

/* Dword j of flags to dword 2, where ol_flags begin; dword j of ptypes to dword 0. */
#define v_flags(rearm, flags, j) _mm512_mask_shuffle_epi32(rearm, 0x4444, flags, (j) << 4)
#define v_ptype(fields, ptypes, j) _mm512_mask_shuffle_epi32(fields, 0x1111, ptypes, j)

static __rte_always_inline void
v_fill(struct rte_mbuf *const *mbufs, vec head, vec fields)
{
	vec low = _mm512_permutex2var_epi64(
			head, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), fields);
	vec high = _mm512_permutex2var_epi64(
			head, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), fields);

	_mm256_storeu_si256((__m256i *)&mbufs[0]->rearm_data, _mm512_castsi512_si256(low));
	_mm256_storeu_si256((__m256i *)&mbufs[1]->rearm_data, _mm512_extracti64x4_epi64(low, 1));
	_mm256_storeu_si256((__m256i *)&mbufs[2]->rearm_data, _mm512_castsi512_si256(high));
	_mm256_storeu_si256((__m256i *)&mbufs[3]->rearm_data, _mm512_extracti64x4_epi64(high, 1));
}

static __rte_always_inline uint32_t
v_count_done(vec status)
{
	uint32_t done = _mm512_test_epi32_mask(status, v_set32(DUALBUF_RXD_DD));

	return (uint32_t)__builtin_ctz(~done);
}

#include "base_vector.h"

uint16_t
base_burst_avx512(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return vector_burst(queue, pkts, nb_pkts);
}
