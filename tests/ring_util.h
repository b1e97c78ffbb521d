/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RING_UTIL_H_
#define _RING_UTIL_H_

/* A ring whose buffers are bytes: neither EAL nor ethdev is needed for its rules. */

#include <string.h>

#include "cmocka_util.h"
#include "dualbuf_ring_vec.h"

#define SEED 0x9e3779b97f4a7c15
#define STEPS 1000000 /* of a walk beside a model */
#define NB_DESC 8

static const uint32_t buffer_counts[] = { 2, 3, 4, 8 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A ring whose arrays have exactly the size that they need, and the buffers that it binds. */
static struct dualbuf_ring ring;
static char *buffers;

static inline void *
allocate(size_t size)
{
	void *memory = malloc(size);

	assert_non_null(memory);
	/* what was there before must not matter */
	memset(memory, 0xa5, size);
	return memory;
}

static inline void
make_ring(uint32_t nb_desc, uint32_t nb_bufs)
{
	uint32_t nb_slots = nb_desc * nb_bufs;

	ring = (struct dualbuf_ring){
		.slots.buf = allocate(nb_slots * sizeof(void *)),
		.slots.returned = allocate(nb_slots),
		.handed = allocate(nb_slots),
		.addr = allocate(nb_slots * sizeof(uint64_t)),
		.armed = allocate(nb_desc),
	};
	buffers = allocate(nb_slots);
	dualbuf_ring_init(&ring, nb_desc, nb_bufs);
	dualbuf_ring_restart(&ring);
}

static inline void
free_ring(void)
{
	free(ring.slots.buf);
	free(ring.slots.returned);
	free(ring.handed);
	free(ring.addr);
	free(ring.armed);
	free(buffers);
	memset(&ring, 0, sizeof(ring));
	buffers = NULL;
}

static inline int
tear_down(void **state)
{
	(void)state;
	free_ring();
	return 0;
}

static inline uint64_t
address_of(uint32_t slot)
{
	return 0x100000 + slot * 0x800ULL;
}

static inline void
bind(uint32_t slot)
{
	dualbuf_ring_bind(&ring, slot, &buffers[slot], address_of(slot));
}

static inline void
make_full_ring(uint32_t nb_desc, uint32_t nb_bufs)
{
	uint32_t slot;

	make_ring(nb_desc, nb_bufs);
	for (slot = 0; slot < nb_desc * nb_bufs; slot++)
		bind(slot);
}

static inline uint32_t
slot_of(const void *buffer)
{
	return (uint32_t)((const char *)buffer - buffers);
}

static inline void
return_buffer(const void *buffer)
{
	dualbuf_ring_return(&ring.slots, slot_of(buffer));
}

static inline void
assert_census(uint32_t bound, uint32_t home)
{
	uint32_t nb_bound = UINT32_MAX, nb_home = UINT32_MAX;

	dualbuf_ring_count_buffers(&ring, &nb_bound, &nb_home);
	assert_int_equal(nb_bound, bound);
	assert_int_equal(nb_home, home);
}

#define with_ring(test) cmocka_unit_test_teardown(test, tear_down)

#endif /* _RING_UTIL_H_ */
