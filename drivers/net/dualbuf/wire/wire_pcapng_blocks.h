/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAPNG_BLOCKS_H_
#define _WIRE_PCAPNG_BLOCKS_H_

/* The blocks of a pcapng file, whatever is in them. */

#include <stdbool.h>
#include <stdint.h>

#include "wire_pcapng.h"
#include "wire_reader.h"

#define WIRE_PCAPNG_END_SIZE sizeof(struct wire_pcapng_block_end)

struct wire_pcapng_blocks {
	struct wire_window *window;
	bool in_section;
	bool swapped; /* this section has the other byte order */
	uint32_t cut; /* bytes of the next block that are not in the window */
};

/* A block whose lengths are good, and which has all that a block of its type must have. */
struct wire_pcapng_block {
	const uint8_t *at; /* in the window */
	uint32_t type;
	uint32_t total; /* its length in the file */
	uint32_t nb; /* its bytes in the window; those before its end may be cut out */
	bool swapped; /* it has the other byte order */
};

/*
 * The next block, if it is all in the window.
 * Returns 1, 0 if it is not, and -1 if it is damaged, which is noted.
 */
int wire_pcapng_blocks_next(struct wire_pcapng_blocks *blocks, struct wire_reader *reader,
		struct wire_pcapng_block *block);

/* Pass over the block that is next. */
static inline void
wire_pcapng_blocks_pass(struct wire_pcapng_blocks *blocks, const struct wire_pcapng_block *block)
{
	blocks->window->at += block->nb;
	blocks->cut = 0;
}

/* The block is a section's header, and those behind it have its byte order. */
static inline void
wire_pcapng_blocks_begin_section(
		struct wire_pcapng_blocks *blocks, const struct wire_pcapng_block *block)
{
	blocks->in_section = true;
	blocks->swapped = block->swapped;
}

/*
 * Get more of the block that was not all in the window: of a very long one the beginning, with a frame as
 * long as it may be, and the end, without what is between. What was in the window moves.
 * Returns 1, or one of WIRE_READER_*.
 */
int wire_pcapng_blocks_fetch(struct wire_pcapng_blocks *blocks, struct wire_reader *reader);

/* Returns 0 or a negative errno. */
int wire_pcapng_blocks_restart(struct wire_pcapng_blocks *blocks);

#endif /* _WIRE_PCAPNG_BLOCKS_H_ */
