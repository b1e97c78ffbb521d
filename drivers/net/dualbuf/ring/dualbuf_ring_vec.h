/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RING_VEC_H_
#define _DUALBUF_RING_VEC_H_

/*
 * Neighbouring slots of a ring taken together, with vectors where the processor has them: buffers
 * that come home in the order in which they went up need not be looked at one by one.
 */

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include "dualbuf_ring.h"

/* Neighbouring slots that fast paths take together. */
#define DUALBUF_RUN 8

/*
 * ThreadSanitizer looks for the release that an acquire pairs with at the address of the latter, and
 * knows nothing of vectors. So for it, as for other processors, runs are taken one by one.
 */
#if defined(__SANITIZE_THREAD__)
#define DUALBUF_RACED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DUALBUF_RACED 1
#endif
#endif
#ifndef DUALBUF_RACED
#define DUALBUF_RACED 0
#endif

#if defined(__SSE4_1__) && !DUALBUF_RACED

/* Bits that differ between two buffers' pointers and those of two slots. Each half is loaded as one. */
static inline __m128i
dualbuf_slots_differ(void *const *held, void *const *bufs)
{
	return _mm_xor_si128(_mm_loadu_si128((const __m128i *)held),
			_mm_loadu_si128((const __m128i *)bufs));
}

/* Do DUALBUF_RUN neighbouring slots hold these buffers in that order? */
static inline bool
dualbuf_slots_hold_run(void *const *held, void *const *bufs)
{
	__m128i differ = _mm_or_si128(_mm_or_si128(dualbuf_slots_differ(&held[0], &bufs[0]),
						      dualbuf_slots_differ(&held[2], &bufs[2])),
			_mm_or_si128(dualbuf_slots_differ(&held[4], &bufs[4]),
					dualbuf_slots_differ(&held[6], &bufs[6])));

	return _mm_testz_si128(differ, differ);
}

/*
 * Bring home the DUALBUF_RUN buffers that are bound to neighbouring slots; as dualbuf_ring_return().
 * Bytes of others are not written, since those may come home meanwhile. Processors of x86 store in the
 * order of the program, so that only the compiler has to be told of the release.
 */
static inline void
dualbuf_ring_return_run(const struct dualbuf_slots *slots, uint32_t slot)
{
	__m128i *bytes = (__m128i *)&slots->returned[slot];

	__atomic_signal_fence(__ATOMIC_RELEASE);
	_mm_storel_epi64(bytes, _mm_add_epi8(_mm_loadl_epi64(bytes), _mm_set1_epi8(1)));
}

static_assert(DUALBUF_RUN == 8, "eight pointers are compared, eight bytes stored");

#else

static inline bool
dualbuf_slots_hold_run(void *const *held, void *const *bufs)
{
	uintptr_t differ = 0;
	uint32_t i;

	for (i = 0; i < DUALBUF_RUN; i++)
		differ |= (uintptr_t)__atomic_load_n(&held[i], __ATOMIC_RELAXED) ^
				(uintptr_t)bufs[i];
	return differ == 0;
}

static inline void
dualbuf_ring_return_run(const struct dualbuf_slots *slots, uint32_t slot)
{
	uint32_t i;

	for (i = 0; i < DUALBUF_RUN; i++)
		dualbuf_ring_return(slots, slot + i);
}

#endif

/*
 * How many of n buffers are those of neighbouring slots in that order, from slot on? Counted in whole
 * runs. Any slot at any time.
 */
static inline uint32_t
dualbuf_slots_held(const struct dualbuf_slots *slots, uint32_t slot, void *const *bufs, uint32_t n)
{
	uint32_t nb_slots = __atomic_load_n(&slots->nb_slots, __ATOMIC_ACQUIRE);
	uint32_t i;

	if (slot >= nb_slots)
		return 0;
	if (n > nb_slots - slot)
		n = nb_slots - slot;
	for (i = 0; i + DUALBUF_RUN <= n; i += DUALBUF_RUN)
		if (!dualbuf_slots_hold_run(&slots->buf[slot + i], &bufs[i]))
			break;
	return i;
}

#endif /* _DUALBUF_RING_VEC_H_ */
