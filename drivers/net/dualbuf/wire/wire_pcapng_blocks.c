/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stddef.h>
#include <string.h>

#include "wire_order.h"
#include "wire_pcapng_blocks.h"

#define END_SIZE WIRE_PCAPNG_END_SIZE

/* A section tells its byte order behind its length. */
static int
find_order(const struct wire_pcapng_blocks *blocks, struct wire_reader *reader,
		struct wire_pcapng_block *block)
{
	const size_t before = offsetof(struct wire_pcapng_section, byte_order);
	uint32_t mark;

	if (wire_window_rest(blocks->window) < before + sizeof(mark))
		return 0;
	memcpy(&mark, block->at + before, sizeof(mark));
	block->swapped = mark != WIRE_PCAPNG_BYTE_ORDER;
	if (wire_order_32(mark, block->swapped) == WIRE_PCAPNG_BYTE_ORDER)
		return 1;
	return wire_reader_damaged(reader,
			"a section has the byte-order mark 0x%08x; 0x%08x of either order is required",
			mark, WIRE_PCAPNG_BYTE_ORDER);
}

/* The length of a block with nothing optional in it. */
static uint32_t
least_total(uint32_t type)
{
	switch (type) {
	case WIRE_PCAPNG_SECTION:
		return sizeof(struct wire_pcapng_section) + END_SIZE;
	case WIRE_PCAPNG_INTERFACE:
		return sizeof(struct wire_pcapng_interface) + END_SIZE;
	case WIRE_PCAPNG_OBSOLETE_PACKET:
		return sizeof(struct wire_pcapng_obsolete_packet) + END_SIZE;
	case WIRE_PCAPNG_SIMPLE_PACKET:
		return sizeof(struct wire_pcapng_simple_packet) + END_SIZE;
	case WIRE_PCAPNG_ENHANCED_PACKET:
		return sizeof(struct wire_pcapng_enhanced_packet) + END_SIZE;
	default:
		return sizeof(struct wire_pcapng_block_begin) + END_SIZE;
	}
}

static int
check_total(const struct wire_pcapng_block *block, struct wire_reader *reader)
{
	uint32_t least = least_total(block->type);

	if (block->total < least)
		return wire_reader_damaged(reader,
				"a block of type %u has a length of %u; at least %u is required",
				block->type, block->total, least);
	if (block->total % WIRE_PCAPNG_ALIGN != 0)
		return wire_reader_damaged(reader,
				"a block of type %u has a length of %u; a multiple of %d is required",
				block->type, block->total, WIRE_PCAPNG_ALIGN);
	return 1;
}

/* The type and length of the next block, if so much of it is in the window. Returns as next() does. */
static int
find_block(const struct wire_pcapng_blocks *blocks, struct wire_reader *reader,
		struct wire_pcapng_block *block)
{
	struct wire_pcapng_block_begin begin;
	int ret;

	*block = (struct wire_pcapng_block){
		.at = blocks->window->bytes + blocks->window->at,
		.swapped = blocks->swapped,
	};
	if (wire_window_rest(blocks->window) < sizeof(begin))
		return 0;
	memcpy(&begin, block->at, sizeof(begin));
	if (begin.type == WIRE_PCAPNG_SECTION) {
		ret = find_order(blocks, reader, block);
		if (ret <= 0)
			return ret;
	} else if (!blocks->in_section) {
		return wire_reader_damaged(reader,
				"the file begins with 0x%08x; a section header (0x%08x) is required",
				begin.type, WIRE_PCAPNG_SECTION);
	}
	block->type = wire_order_32(begin.type, block->swapped);
	block->total = wire_order_32(begin.total, block->swapped);
	block->nb = block->total - blocks->cut;
	return check_total(block, reader);
}

int
wire_pcapng_blocks_next(struct wire_pcapng_blocks *blocks, struct wire_reader *reader,
		struct wire_pcapng_block *block)
{
	struct wire_pcapng_block_end end;
	uint32_t total;
	int ret = find_block(blocks, reader, block);

	if (ret <= 0)
		return ret;
	if (wire_window_rest(blocks->window) < block->nb)
		return 0;
	memcpy(&end, block->at + block->nb - sizeof(end), sizeof(end));
	total = wire_order_32(end.total, block->swapped);
	if (total == block->total)
		return 1;
	return wire_reader_damaged(reader,
			"a block of type %u has a length of %u, and %u at its end; the same is required",
			block->type, block->total, total);
}

/* Whether the window will never have all of the next block, but has all of it that is of use. */
static bool
is_too_long(const struct wire_pcapng_blocks *blocks, struct wire_reader *reader,
		struct wire_pcapng_block *block)
{
	return blocks->cut == 0 && wire_window_rest(blocks->window) >= WIRE_WINDOW_KEEP &&
			find_block(blocks, reader, block) > 0 && block->total > WIRE_WINDOW_KEEP;
}

int
wire_pcapng_blocks_fetch(struct wire_pcapng_blocks *blocks, struct wire_reader *reader)
{
	struct wire_window *window = blocks->window;
	uint64_t start = window->offset + window->skip - wire_window_rest(window) - blocks->cut;
	struct wire_pcapng_block block;
	ssize_t got;

	if (is_too_long(blocks, reader, &block)) {
		blocks->cut = block.total - WIRE_WINDOW_KEEP;
		wire_window_cut(window, WIRE_WINDOW_KEEP - END_SIZE, blocks->cut);
	}
	got = wire_window_read(window);
	return got > 0 ? 1 : wire_reader_end(reader, window, got, window->offset - start);
}

int
wire_pcapng_blocks_restart(struct wire_pcapng_blocks *blocks)
{
	blocks->in_section = false;
	blocks->cut = 0;
	return wire_window_restart(blocks->window, 0);
}
