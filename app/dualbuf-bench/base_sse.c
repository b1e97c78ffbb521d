/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_prefetch.h>
#include <rte_vect.h>

#include "base_queue.h"

#define LANES 1

typedef __m128i vec;

#define v_load(at) _mm_load_si128((const __m128i *)(at))
#define v_load16(at) _mm_load_si128((const __m128i *)(at))
#define v_store(at, v) _mm_storeu_si128((__m128i *)(at), v)
#define v_set32(n) _mm_set1_epi32((int)(n))
#define v_and(a, b) _mm_and_si128(a, b)
#define v_or(a, b) _mm_or_si128(a, b)
#define v_xor(a, b) _mm_xor_si128(a, b)
#define v_add32(a, b) _mm_add_epi32(a, b)
#define v_sll32(v, n) _mm_slli_epi32(v, n)
#define v_srl32(v, n) _mm_srli_epi32(v, n)
#define v_sra32(v, n) _mm_srai_epi32(v, n)
#define v_shuffle8(table, index) _mm_shuffle_epi8(table, index)
#define v_unpacklo32(a, b) _mm_unpacklo_epi32(a, b)
#define v_unpackhi32(a, b) _mm_unpackhi_epi32(a, b)
#define v_unpacklo64(a, b) _mm_unpacklo_epi64(a, b)
#define v_rearm(data) _mm_set_epi64x(0, (long long)(data))
#define v_any(v) (!_mm_testz_si128(v, v))
#define v_order(v) (v)

/* Dword j of flags to dword 2, where ol_flags begin; dword j of ptypes to dword 0. */
#define v_flags(rearm, flags, j) _mm_blend_epi16(rearm, _mm_shuffle_epi32(flags, (j) << 4), 0x30)
#define v_ptype(fields, ptypes, j) _mm_blend_epi16(fields, _mm_shuffle_epi32(ptypes, j), 0x03)

static __rte_always_inline void
v_fill(struct rte_mbuf *const *mbufs, vec head, vec fields)
{
	_mm_store_si128((__m128i *)&mbufs[0]->rearm_data, head);
	_mm_store_si128((__m128i *)&mbufs[0]->rx_descriptor_fields1, fields);
}

static __rte_always_inline uint32_t
v_count_done(vec status)
{
	int done = _mm_movemask_ps(_mm_castsi128_ps(v_sll32(status, 31)));

	return (uint32_t)__builtin_ctz(~(unsigned int)done);
}

#include "base_vector.h"

uint16_t
base_burst_sse(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return vector_burst(queue, pkts, nb_pkts);
}
