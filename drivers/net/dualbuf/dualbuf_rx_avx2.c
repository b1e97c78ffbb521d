/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The receive step with 256-bit vectors (AVX2): eight descriptors at a time, the first four in the low
 * halves of the vectors and the others in the high halves, and one store for each mbuf.
 */

#include "dualbuf_rx_vec.h"

#define LANES(name) _mm256_load_si256((const __m256i *)(uintptr_t)dualbuf_rx_vec.name.lane)
#define TABLE(name) _mm256_load_si256((const __m256i *)(uintptr_t)dualbuf_rx_vec.name.byte)

/* Descriptors i and i + 4 as loaded, and what was computed of them, one packet in each 32-bit lane. */
struct octet {
	__m256i desc[4];
	__m256i status;
	__m256i ptype;
	__m256i flags;
	__m256i len;
};

static inline void
octet_load(const __m128i *desc, struct octet *o)
{
	__m256i high01, high23;
	unsigned int i;

	for (i = 0; i < 4; i++)
		o->desc[i] = _mm256_inserti128_si256(
				_mm256_castsi128_si256(_mm_load_si128(&desc[i])),
				_mm_load_si128(&desc[i + 4]), 1);
	high01 = _mm256_unpackhi_epi32(o->desc[0], o->desc[1]);
	high23 = _mm256_unpackhi_epi32(o->desc[2], o->desc[3]);
	o->status = _mm256_unpacklo_epi64(high01, high23);
	o->len = _mm256_and_si256(_mm256_unpackhi_epi64(high01, high23), LANES(len_bits));
}

/* Has each of the eight a whole packet, no frame error, and no more bytes than its buffer holds? */
static inline bool
octet_is_good(const struct dualbuf_rxq *rxq, const struct octet *o)
{
	__m256i bad = _mm256_xor_si256(
			_mm256_and_si256(o->status, LANES(looked_at)), LANES(wanted));

	bad = _mm256_or_si256(bad, _mm256_cmpgt_epi32(o->len, _mm256_set1_epi32(rxq->buf_size)));
	return _mm256_testz_si256(bad, bad);
}

/* mbuf flags by the RSS type, by the checksum bits, and for a tag; and the packet type. */
static inline void
octet_look_up(struct octet *o)
{
	__m256i low01 = _mm256_unpacklo_epi32(o->desc[0], o->desc[1]);
	__m256i low23 = _mm256_unpacklo_epi32(o->desc[2], o->desc[3]);
	__m256i type = _mm256_and_si256(_mm256_unpacklo_epi64(low01, low23), LANES(type_bits));
	__m256i type_index = _mm256_or_si256(type, LANES(other_bytes));
	__m256i sum_index = _mm256_or_si256(
			_mm256_and_si256(_mm256_srli_epi32(o->status, 5), LANES(sums_seen)),
			_mm256_and_si256(_mm256_srli_epi32(o->status, 27), LANES(sums_bad)));
	__m256i tagged = _mm256_cmpeq_epi32(
			_mm256_and_si256(o->status, LANES(tag_seen)), LANES(tag_seen));

	o->ptype = _mm256_or_si256(_mm256_shuffle_epi8(TABLE(ptype_low), type_index),
			_mm256_slli_epi32(_mm256_shuffle_epi8(TABLE(ptype_high), type_index), 8));
	o->flags = _mm256_slli_epi32(_mm256_shuffle_epi8(TABLE(sums_flags), sum_index), 1);
	o->flags = _mm256_or_si256(o->flags, _mm256_shuffle_epi8(TABLE(hash_flag), type));
	o->flags = _mm256_or_si256(o->flags, _mm256_and_si256(tagged, LANES(tag_flags)));
}

/* Fill the mbufs of descriptors i and i + 4. fields has their packet types in place of mrq. */
static inline void
fill_pair(struct rte_mbuf *m, struct rte_mbuf *m4, __m256i rearm_flags, __m256i fields)
{
	_mm256_storeu_si256((__m256i *)&m->rearm_data,
			_mm256_permute2x128_si256(rearm_flags, fields, 0x20));
	_mm256_storeu_si256((__m256i *)&m4->rearm_data,
			_mm256_permute2x128_si256(rearm_flags, fields, 0x31));
}

static inline __m256i
octet_fields(__m256i desc, __m256i ptype)
{
	return _mm256_shuffle_epi8(_mm256_blend_epi32(desc, ptype, 0x11), TABLE(places));
}

static inline void
octet_fill(const struct octet *o, uint64_t rearm, struct rte_mbuf *const *mbufs)
{
	const __m256i rearms = _mm256_set1_epi64x(rearm);
	__m256i flags01 = _mm256_unpacklo_epi32(o->flags, _mm256_setzero_si256());
	__m256i flags23 = _mm256_unpackhi_epi32(o->flags, _mm256_setzero_si256());

	fill_pair(mbufs[0], mbufs[4], _mm256_unpacklo_epi64(rearms, flags01),
			octet_fields(o->desc[0], o->ptype));
	fill_pair(mbufs[1], mbufs[5], _mm256_unpackhi_epi64(rearms, flags01),
			octet_fields(o->desc[1], _mm256_srli_si256(o->ptype, 4)));
	fill_pair(mbufs[2], mbufs[6], _mm256_unpacklo_epi64(rearms, flags23),
			octet_fields(o->desc[2], _mm256_srli_si256(o->ptype, 8)));
	fill_pair(mbufs[3], mbufs[7], _mm256_unpackhi_epi64(rearms, flags23),
			octet_fields(o->desc[3], _mm256_srli_si256(o->ptype, 12)));
}

/* Arm four descriptors: an address and eight bytes of 0 each. */
static inline void
arm_four(__m256i *desc, const uint64_t *addr)
{
	__m256i addrs = _mm256_permute4x64_epi64(_mm256_loadu_si256((const __m256i *)addr), 0xd8);

	_mm256_storeu_si256(&desc[0], _mm256_unpacklo_epi64(addrs, _mm256_setzero_si256()));
	_mm256_storeu_si256(&desc[1], _mm256_unpackhi_epi64(addrs, _mm256_setzero_si256()));
}

static inline void
hand_up(struct rte_mbuf **pkts, struct rte_mbuf *const *mbufs)
{
	const __m256i *from = (const __m256i *)mbufs;
	__m256i *to = (__m256i *)pkts;

	_mm256_storeu_si256(&to[0], _mm256_loadu_si256(&from[0]));
	_mm256_storeu_si256(&to[1], _mm256_loadu_si256(&from[1]));
}

static inline uint32_t
sum_lanes(__m256i v)
{
	__m128i w = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

	w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0x4e));
	w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0xb1));
	return _mm_cvtsi128_si32(w);
}

static __rte_noinline uint32_t
rx_steps_avx2(struct dualbuf_rxq *rxq, uint32_t pos, uint32_t room, struct rte_mbuf **pkts,
		struct rx_tally *tally)
{
	struct dualbuf_ring *ring = rxq->ring;
	__m256i bytes = _mm256_setzero_si256();
	struct rx_step_slots slots;
	struct rte_mbuf **mbufs;
	__m256i *desc;
	struct octet o;
	uint64_t addrs_each[RX_STEP];
	const uint64_t *addrs;
	uint32_t done;
	uint32_t lens[RX_STEP];

	for (done = 0; done < room; done += RX_STEP, pos += RX_STEP) {
		desc = (__m256i *)(uintptr_t)&rxq->desc[pos];
		octet_load((const __m128i *)desc, &o);
		if (!octet_is_good(rxq, &o))
			break;
		_mm256_storeu_si256((__m256i *)lens, o.len);
		if (likely(rx_step_slots(ring, pos, &slots))) {
			mbufs = (struct rte_mbuf **)&ring->slots.buf[slots.armed];
			hand_up(&pkts[done], mbufs);
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
		octet_look_up(&o);
		octet_fill(&o, rxq->rearm, mbufs);
		arm_four(&desc[0], &addrs[0]);
		arm_four(&desc[2], &addrs[4]);
		bytes = _mm256_add_epi32(bytes, o.len);
	}
	tally->bytes += sum_lanes(bytes);
	return done;
}

RX_INSTANCES(avx2, rx_steps_avx2);
