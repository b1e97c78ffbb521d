/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RING_H_
#define _DUALBUF_RING_H_

/*
 * Software descriptors: which buffers are bound to each hardware descriptor, which one is armed,
 * and which are home. Neither ethdev nor EAL is needed here, so that the rules are tested alone.
 *
 *                      flip (dualbuf_ring_flip): hand-over byte + 1
 *      +-------------+ ------------------------------------------> +-------------------+
 *      | home        |                                             | out               |
 *      | one of them |                                             | with the          |
 *      | is armed    | <------------------------------------------ | application       |
 *      +-------------+    freed (dualbuf_ring_return): return + 1  +-------------------+
 *
 * Goals, which the comments below refer to by number:
 *  1. Each bound buffer is in exactly one place: armed, home and waiting, or out.
 *  2. A buffer leaves only when another one is home to be armed; so every descriptor is armed. The
 *     last one may leave on loan, with deferred copies or when there is no mbuf to copy to; then the
 *     descriptor waits, and those armed behind it are kept from the device until it is armed too.
 *  3. The alternate mbuf is never touched to learn whether it is home.
 *  4. No cache line is written by both sides: the receive side writes armed[] and handed[], those
 *     who return buffers write returned[] and read only struct dualbuf_slots.
 *
 * Two bytes per buffer tell where it is: the receive side adds one to its hand-over byte when the
 * buffer goes up, whoever returns it adds one to its return byte, and equal bytes mean home. The
 * bytes are free to wrap. Each has one writer at a time, since a buffer has one owner.
 *
 * Threads: one receiver per ring; any number of threads may return buffers at the same time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DUALBUF_MIN_BUFS 2
#define DUALBUF_MAX_BUFS 8

/* In place of a side: the descriptor waits, no buffer is armed. */
#define DUALBUF_NO_SIDE UINT8_MAX

/*
 * The part of a ring that those who return buffers need. Slot = side * nb_desc + descriptor position.
 * What a slot holds stays as it is from bind to release while the buffer is out.
 */
struct dualbuf_slots {
	void **buf; /* the bound buffer; NULL: none is bound to this slot */
	uint8_t *returned; /* return bytes */
	uint32_t nb_slots;
};

/*
 * A place in the ring. The count runs freely through 2^32, so that differences of counts are
 * always right; the position is kept beside it because a ring's length need not divide 2^32.
 */
struct dualbuf_cursor {
	uint32_t count;
	uint32_t pos;
};

/* The software descriptors of one receive queue, as arrays: a field of all descriptors each. */
struct dualbuf_ring {
	struct dualbuf_slots slots;
	uint8_t *handed; /* hand-over bytes, by slot */
	uint64_t *addr; /* address that the device uses for the buffer, by slot */
	uint8_t *armed; /* side that is armed, by position */
	uint32_t nb_desc;
	uint32_t nb_bufs; /* sides */
	struct dualbuf_cursor next; /* the descriptor to be read next */
	struct dualbuf_cursor arm; /* the descriptor to be armed next */
};

/* The cursor n descriptors further on; n is at most nb_desc. */
static inline struct dualbuf_cursor
dualbuf_cursor_add(struct dualbuf_cursor cursor, uint32_t n, uint32_t nb_desc)
{
	cursor.count += n;
	cursor.pos += n;
	if (cursor.pos >= nb_desc)
		cursor.pos -= nb_desc;
	return cursor;
}

static inline uint32_t
dualbuf_ring_slot(const struct dualbuf_ring *ring, uint32_t side, uint32_t pos)
{
	return side * ring->nb_desc + pos;
}

/* The slot whose address stands in the hardware descriptor. */
static inline uint32_t
dualbuf_ring_armed_slot(const struct dualbuf_ring *ring, uint32_t pos)
{
	return dualbuf_ring_slot(ring, ring->armed[pos], pos);
}

/* How many descriptors are armed and not yet read. */
static inline uint32_t
dualbuf_ring_armed_count(const struct dualbuf_ring *ring)
{
	return ring->arm.count - ring->next.count;
}

/*
 * The value for the tail register: the last armed descriptor. That one is held back from the
 * device, which owns [head, tail), so that a full ring and an empty one differ (82574L datasheet,
 * section 7.1.8). With no armed descriptor at all, which only a restart can meet, the device is to
 * find the ring empty.
 */
static inline uint32_t
dualbuf_ring_tail(const struct dualbuf_ring *ring)
{
	if (dualbuf_ring_armed_count(ring) == 0)
		return ring->next.pos;
	return (ring->arm.pos == 0 ? ring->nb_desc : ring->arm.pos) - 1;
}

/*
 * Is a bound buffer home? The acquire pairs with the release in dualbuf_ring_return(): what the
 * application did with the buffer is over before the device may write to it again.
 */
static inline bool
dualbuf_ring_is_home(const struct dualbuf_ring *ring, uint32_t slot)
{
	return __atomic_load_n(&ring->handed[slot], __ATOMIC_RELAXED) ==
			__atomic_load_n(&ring->slots.returned[slot], __ATOMIC_ACQUIRE);
}

/*
 * Make a ring of nb_desc descriptors and nb_bufs sides over arrays that the caller owns: buf, addr,
 * handed and returned of nb_desc * nb_bufs entries, armed of nb_desc. Nothing is bound at first,
 * and what is not bound never looks home.
 */
static inline void
dualbuf_ring_init(struct dualbuf_ring *ring, uint32_t nb_desc, uint32_t nb_bufs)
{
	uint32_t slot;

	ring->nb_desc = nb_desc;
	ring->nb_bufs = nb_bufs;
	ring->slots.nb_slots = nb_desc * nb_bufs;
	for (slot = 0; slot < ring->slots.nb_slots; slot++) {
		__atomic_store_n(&ring->slots.buf[slot], NULL, __ATOMIC_RELAXED);
		ring->addr[slot] = 0;
		ring->handed[slot] = 1;
		ring->slots.returned[slot] = 0;
	}
	for (slot = 0; slot < nb_desc; slot++)
		ring->armed[slot] = 0;
}

/* Bind a buffer to a slot; it is home from here on. addr: what the device is to be told. */
static inline void
dualbuf_ring_bind(struct dualbuf_ring *ring, uint32_t slot, void *buf, uint64_t addr)
{
	__atomic_store_n(&ring->slots.buf[slot], buf, __ATOMIC_RELAXED);
	ring->addr[slot] = addr;
	ring->handed[slot] = ring->slots.returned[slot];
}

/*
 * The side to arm next at a descriptor: the first one after the armed side whose buffer is home,
 * in rotation; the armed side itself when no other is home, which means copy.
 */
static inline uint32_t
dualbuf_ring_alternate(const struct dualbuf_ring *ring, uint32_t pos)
{
	uint32_t armed = ring->armed[pos];
	uint32_t side = armed;
	uint32_t i;

	for (i = 1; i < ring->nb_bufs; i++) {
		side = side + 1 == ring->nb_bufs ? 0 : side + 1;
		if (dualbuf_ring_is_home(ring, dualbuf_ring_slot(ring, side, pos)))
			return side;
	}
	return armed;
}

/*
 * Flip a descriptor to another side, whose buffer must be home. Returns the buffer that was armed;
 * it is out from here on, and the caller's. The caller writes the new address to the hardware
 * descriptor before it hands the buffer on (claim 1).
 */
static inline void *
dualbuf_ring_flip(struct dualbuf_ring *ring, uint32_t pos, uint32_t side)
{
	uint32_t slot = dualbuf_ring_armed_slot(ring, pos);

	__atomic_store_n(&ring->handed[slot], (uint8_t)(ring->handed[slot] + 1), __ATOMIC_RELAXED);
	__atomic_store_n(&ring->armed[pos], (uint8_t)side, __ATOMIC_RELAXED);
	return ring->slots.buf[slot];
}

/*
 * Exchange the armed buffers of two descriptors, for a device that fills buffers in an order of its own. Both
 * are home, so nobody else has them; each is bound from then on where the other one was (goal 1). The caller
 * tells the buffers where they belong, and writes the addresses to the hardware descriptors.
 */
static inline void
dualbuf_ring_exchange(struct dualbuf_ring *ring, uint32_t pos_a, uint32_t pos_b)
{
	uint32_t slot_a = dualbuf_ring_armed_slot(ring, pos_a);
	uint32_t slot_b = dualbuf_ring_armed_slot(ring, pos_b);
	void *buf = ring->slots.buf[slot_a];
	uint64_t addr = ring->addr[slot_a];

	__atomic_store_n(&ring->slots.buf[slot_a], ring->slots.buf[slot_b], __ATOMIC_RELAXED);
	__atomic_store_n(&ring->slots.buf[slot_b], buf, __ATOMIC_RELAXED);
	ring->addr[slot_a] = ring->addr[slot_b];
	ring->addr[slot_b] = addr;
}

/*
 * Hand up the last buffer of a descriptor, on loan (claim 5): no other is home, and the descriptor
 * waits. Returns the buffer, which is the caller's.
 */
static inline void *
dualbuf_ring_lend(struct dualbuf_ring *ring, uint32_t pos)
{
	return dualbuf_ring_flip(ring, pos, DUALBUF_NO_SIDE);
}

/* Any side of a descriptor whose buffer is home; DUALBUF_NO_SIDE if none is. */
static inline uint32_t
dualbuf_ring_any_home(const struct dualbuf_ring *ring, uint32_t pos)
{
	uint32_t side;

	for (side = 0; side < ring->nb_bufs; side++)
		if (dualbuf_ring_is_home(ring, dualbuf_ring_slot(ring, side, pos)))
			return side;
	return DUALBUF_NO_SIDE;
}

/*
 * Make the descriptor to be armed next an armed one: it may be armed already, or wait for a buffer
 * that came home meanwhile (claim 6). Returns false when it still waits. *woken tells whether a side
 * was armed, whose address the caller has to write to the hardware descriptor.
 */
static inline bool
dualbuf_ring_arm_next(struct dualbuf_ring *ring, bool *woken)
{
	uint32_t pos = ring->arm.pos;

	*woken = ring->armed[pos] == DUALBUF_NO_SIDE;
	if (*woken) {
		__atomic_store_n(&ring->armed[pos], (uint8_t)dualbuf_ring_any_home(ring, pos),
				__ATOMIC_RELAXED);
		if (ring->armed[pos] == DUALBUF_NO_SIDE)
			return false;
	}
	ring->arm = dualbuf_cursor_add(ring->arm, 1, ring->nb_desc);
	return true;
}

/* n descriptors were read; which of them are armed again, dualbuf_ring_arm_next() finds. */
static inline void
dualbuf_ring_take(struct dualbuf_ring *ring, uint32_t n)
{
	ring->next = dualbuf_cursor_add(ring->next, n, ring->nb_desc);
}

/* n descriptors were read, and each is armed again. */
static inline void
dualbuf_ring_advance(struct dualbuf_ring *ring, uint32_t n)
{
	dualbuf_ring_take(ring, n);
	ring->arm = dualbuf_cursor_add(ring->arm, n, ring->nb_desc);
}

/*
 * Begin at descriptor 0, as after a reset of the device. What was armed stays armed: it is home
 * (goal 2), which others need not be. A descriptor that waits is armed if it can be; if not, it and
 * those behind it are left for dualbuf_ring_arm_next().
 */
static inline void
dualbuf_ring_restart(struct dualbuf_ring *ring)
{
	bool woken;

	ring->next.pos = 0;
	ring->arm = ring->next;
	while (dualbuf_ring_armed_count(ring) < ring->nb_desc)
		if (!dualbuf_ring_arm_next(ring, &woken))
			break;
}

/*
 * Bring a buffer home (claim 2). Any thread, but only the one that owns the buffer, once. The
 * release is the last access to the buffer's memory on this side.
 */
static inline void
dualbuf_ring_return(const struct dualbuf_slots *slots, uint32_t slot)
{
	uint8_t returned = __atomic_load_n(&slots->returned[slot], __ATOMIC_RELAXED);

	__atomic_store_n(&slots->returned[slot], (uint8_t)(returned + 1), __ATOMIC_RELEASE);
}

/* Count the buffers of a ring that are bound, and those of them that are home. Any thread. */
static inline void
dualbuf_ring_count_buffers(const struct dualbuf_ring *ring, uint32_t *bound, uint32_t *home)
{
	uint32_t slot;

	*bound = 0;
	*home = 0;
	for (slot = 0; slot < ring->slots.nb_slots; slot++) {
		if (__atomic_load_n(&ring->slots.buf[slot], __ATOMIC_RELAXED) == NULL)
			continue;
		*bound += 1;
		*home += dualbuf_ring_is_home(ring, slot);
	}
}

/* Count the descriptors that wait for a buffer. Any thread. */
static inline uint32_t
dualbuf_ring_waiting(const struct dualbuf_ring *ring)
{
	uint32_t waiting = 0;
	uint32_t pos;

	for (pos = 0; pos < ring->nb_desc; pos++)
		waiting += __atomic_load_n(&ring->armed[pos], __ATOMIC_RELAXED) == DUALBUF_NO_SIDE;
	return waiting;
}

#endif /* _DUALBUF_RING_H_ */
