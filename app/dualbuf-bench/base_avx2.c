/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_prefetch.h>
#include <rte_vect.h>

#include "base_queue.h"

#define LANES 2

typedef __m256i vec;

#define v_load(at) _mm256_loadu_si256((const __m256i *)(at))
#define v_load16(at) _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)(at)))
#define v_store(at, v) _mm256_storeu_si256((__m256i *)(at), v)
#define v_set32(n) _mm256_set1_epi32((int)(n))
#define v_and(a, b) _mm256_and_si256(a, b)
#define v_or(a, b) _mm256_or_si256(a, b)
#define v_xor(a, b) _mm256_xor_si256(a, b)
#define v_add32(a, b) _mm256_add_epi32(a, b)
#define v_sll32(v, n) _mm256_slli_epi32(v, n)
#define v_srl32(v, n) _mm256_srli_epi32(v, n)
#define v_sra32(v, n) _mm256_srai_epi32(v, n)
#define v_shuffle8(table, index) _mm256_shuffle_epi8(table, index)
#define v_unpacklo32(a, b) _mm256_unpacklo_epi32(a, b)
#define v_unpackhi32(a, b) _mm256_unpackhi_epi32(a, b)
#define v_unpacklo64(a, b) _mm256_unpacklo_epi64(a, b)
#define v_rearm(data) _mm256_set_epi64x(0, (long long)(data), 0, (long long)(data))
#define v_any(v) (!_mm256_testz_si256(v, v))
#define v_order(v) _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))

/* Dword j of flags to dword 2, where ol_flags begin; dword j of ptypes to dword 0. */
#define v_flags(rearm, flags, j) \
	_mm256_blend_epi32(rearm, _mm256_shuffle_epi32(flags, (j) << 4), 0x44)
#define v_ptype(fields, ptypes, j) _mm256_blend_epi32(fields, _mm256_shuffle_epi32(ptypes, j), 0x11)

static __rte_always_inline void
v_fill(struct rte_mbuf *const *mbufs, vec head, vec fields)
{
	_mm256_storeu_si256((__m256i *)&mbufs[0]->rearm_data,
			_mm256_permute2x128_si256(head, fields, 0x20));
	_mm256_storeu_si256((__m256i *)&mbufs[1]->rearm_data,
			_mm256_permute2x128_si256(head, fields, 0x31));
}

static __rte_always_inline uint32_t
v_count_done(vec status)
{
	int done = _mm256_movemask_ps(_mm256_castsi256_ps(v_sll32(status, 31)));

	return (uint32_t)__builtin_ctz(~(unsigned int)done);
}

#include "base_vector.h"

uint16_t
base_burst_avx2(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return vector_burst(queue, pkts, nb_pkts);
}
