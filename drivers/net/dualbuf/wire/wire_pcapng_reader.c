/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_link_type.h"
#include "wire_order.h"
#include "wire_pcapng.h"
#include "wire_pcapng_blocks.h"
#include "wire_pcapng_ifaces.h"
#include "wire_pcapng_reader.h"

/* Blocks without a frame, after which there is none now: who polls is not held up by what is passed over. */
#define MAX_STEPS 4096

struct wire_pcapng_reader {
	struct wire_reader reader;
	struct wire_pcapng_blocks blocks;
	struct wire_pcapng_ifaces ifaces; /* of this section */
	bool has_ethernet; /* some section had such an interface */
	int first_type; /* the link type of the file's first interface; -1: there was none */
};

/* What became of the block at hand; -1: it is damaged. */
enum step {
	STEP_PASSED = 1, /* it showed nothing */
	STEP_FRAME,
	STEP_SHORT, /* it is not all in the window, and nothing was done */
};

/* What all kinds of packet blocks say. */
struct packet {
	const uint8_t *data;
	uint32_t interface;
	uint32_t captured;
	uint32_t original;
	uint64_t time;
};

static struct wire_pcapng_reader *
pcapng_reader_of(struct wire_reader *reader)
{
	return container_of(reader, struct wire_pcapng_reader, reader);
}

static __rte_always_inline uint64_t
time_of(uint32_t high, uint32_t low, bool swapped)
{
	return (uint64_t)wire_order_32(high, swapped) << 32 | wire_order_32(low, swapped);
}

/* Enhanced packets of Ethernet --------------------------------------------------------------------- */

/* The length of an enhanced packet block that is whole before end; 0: look at it more closely. */
static __rte_always_inline uint32_t
whole_packet(const uint8_t *at, const uint8_t *end, const bool swapped)
{
	struct wire_pcapng_block_begin block;
	struct wire_pcapng_block_end trailer;
	uint32_t total;

	memcpy(&block, at, sizeof(block));
	total = wire_order_32(block.total, swapped);
	if (unlikely(block.type != wire_order_32(WIRE_PCAPNG_ENHANCED_PACKET, swapped) ||
			    total > (size_t)(end - at) ||
			    total < sizeof(struct wire_pcapng_enhanced_packet) +
							    WIRE_PCAPNG_END_SIZE ||
			    total % WIRE_PCAPNG_ALIGN != 0))
		return 0;
	memcpy(&trailer, at + total - WIRE_PCAPNG_END_SIZE, sizeof(trailer));
	return likely(trailer.total == block.total) ? total : 0;
}

/* Such packets as follow each other in the window, up to a block about which there is more to say. */
static __rte_always_inline uint32_t
walk_packets(struct wire_pcapng_reader *walk, struct wire_frame *frames, uint32_t max,
		const bool swapped)
{
	const uint8_t *at = walk->blocks.window->bytes + walk->blocks.window->at;
	const uint8_t *end = walk->blocks.window->bytes + walk->blocks.window->len;
	const struct wire_pcapng_iface *iface;
	struct wire_pcapng_enhanced_packet packet;
	uint32_t n, total, interface, captured;

	for (n = 0; n < max && (size_t)(end - at) >= sizeof(packet) + WIRE_PCAPNG_END_SIZE; n++) {
		total = whole_packet(at, end, swapped);
		if (unlikely(total == 0))
			break;
		memcpy(&packet, at, sizeof(packet));
		interface = wire_order_32(packet.interface, swapped);
		captured = wire_order_32(packet.captured, swapped);
		if (unlikely(interface >= walk->ifaces.nb ||
				    captured > total - sizeof(packet) - WIRE_PCAPNG_END_SIZE ||
				    captured > WIRE_MAX_FRAME))
			break;
		iface = &walk->ifaces.all[interface];
		if (unlikely(!iface->is_ethernet))
			break;
		frames[n].data = at + sizeof(packet);
		frames[n].len = RTE_MIN(captured, iface->snaplen);
		frames[n].original = wire_order_32(packet.original, swapped);
		frames[n].stamp = wire_tsresol_to_ns(&iface->resolution,
				time_of(packet.time_high, packet.time_low, swapped));
		at += total;
	}
	walk->blocks.window->at = at - walk->blocks.window->bytes;
	return n;
}

/* All other blocks --------------------------------------------------------------------------------- */

static int
step_section(struct wire_pcapng_reader *walk, const struct wire_pcapng_block *block)
{
	struct wire_pcapng_section section;
	uint16_t major, minor;

	memcpy(&section, block->at, sizeof(section));
	major = wire_order_16(section.major, block->swapped);
	minor = wire_order_16(section.minor, block->swapped);
	if (major != WIRE_PCAPNG_MAJOR ||
			(minor != WIRE_PCAPNG_MINOR && minor != WIRE_PCAPNG_MINOR_TOO))
		return wire_reader_damaged(&walk->reader,
				"a section has version %u.%u; %d.%d or %d.%d is required", major,
				minor, WIRE_PCAPNG_MAJOR, WIRE_PCAPNG_MINOR, WIRE_PCAPNG_MAJOR,
				WIRE_PCAPNG_MINOR_TOO);
	wire_pcapng_blocks_begin_section(&walk->blocks, block);
	walk->ifaces.nb = 0;
	return STEP_PASSED;
}

static int
step_interface(struct wire_pcapng_reader *walk, const struct wire_pcapng_block *block)
{
	const struct wire_pcapng_iface *iface;

	if (wire_pcapng_ifaces_add(&walk->ifaces, &walk->reader, block->at, block->nb,
			    block->swapped) != 0)
		return -1;
	iface = &walk->ifaces.all[walk->ifaces.nb - 1];
	if (iface->is_ethernet)
		walk->has_ethernet = true;
	if (walk->first_type < 0)
		walk->first_type = iface->link_type;
	return STEP_PASSED;
}

/* The interface of a packet; NULL: it is damaged. */
static const struct wire_pcapng_iface *
packet_iface(struct wire_pcapng_reader *walk, const struct packet *packet)
{
	if (packet->interface < walk->ifaces.nb)
		return &walk->ifaces.all[packet->interface];
	wire_reader_damaged(&walk->reader,
			"a packet is of interface %u; only the %u that are described before it are allowed",
			packet->interface, walk->ifaces.nb);
	return NULL;
}

static int
pass_foreign(struct wire_pcapng_reader *walk, const struct wire_pcapng_iface *iface)
{
	if (walk->reader.nb_foreign == 0)
		walk->reader.foreign_type = iface->link_type;
	/* any thread may ask */
	__atomic_store_n(&walk->reader.nb_foreign, walk->reader.nb_foreign + 1, __ATOMIC_RELAXED);
	return STEP_PASSED;
}

/* held: as many bytes as the block can have of a packet, of which it says captured. */
static int
step_packet(struct wire_pcapng_reader *walk, const struct packet *packet, uint32_t held,
		struct wire_frame *frame)
{
	const struct wire_pcapng_iface *iface = packet_iface(walk, packet);

	if (iface == NULL)
		return -1;
	if (packet->captured > held)
		return wire_reader_damaged(&walk->reader,
				"a captured length of %u; at most %u is allowed in its block",
				packet->captured, held);
	if (!iface->is_ethernet)
		return pass_foreign(walk, iface);
	if (packet->captured > WIRE_MAX_FRAME)
		return wire_reader_damaged(&walk->reader,
				"a captured length of %u; at most %d is allowed", packet->captured,
				WIRE_MAX_FRAME);
	frame->data = packet->data;
	frame->len = RTE_MIN(packet->captured, iface->snaplen);
	frame->original = packet->original;
	frame->stamp = wire_tsresol_to_ns(&iface->resolution, packet->time);
	return STEP_FRAME;
}

static int
step_enhanced_packet(struct wire_pcapng_reader *walk, const struct wire_pcapng_block *block,
		struct wire_frame *frame)
{
	struct wire_pcapng_enhanced_packet head;
	struct packet packet;

	memcpy(&head, block->at, sizeof(head));
	packet.data = block->at + sizeof(head);
	packet.interface = wire_order_32(head.interface, block->swapped);
	packet.captured = wire_order_32(head.captured, block->swapped);
	packet.original = wire_order_32(head.original, block->swapped);
	packet.time = time_of(head.time_high, head.time_low, block->swapped);
	return step_packet(
			walk, &packet, block->total - sizeof(head) - WIRE_PCAPNG_END_SIZE, frame);
}

static int
step_obsolete_packet(struct wire_pcapng_reader *walk, const struct wire_pcapng_block *block,
		struct wire_frame *frame)
{
	struct wire_pcapng_obsolete_packet head;
	struct packet packet;

	memcpy(&head, block->at, sizeof(head));
	packet.data = block->at + sizeof(head);
	packet.interface = wire_order_16(head.interface, block->swapped);
	packet.captured = wire_order_32(head.captured, block->swapped);
	packet.original = wire_order_32(head.original, block->swapped);
	packet.time = time_of(head.time_high, head.time_low, block->swapped);
	return step_packet(
			walk, &packet, block->total - sizeof(head) - WIRE_PCAPNG_END_SIZE, frame);
}

/* It says neither its interface nor its time, nor how many bytes were captured. */
static int
step_simple_packet(struct wire_pcapng_reader *walk, const struct wire_pcapng_block *block,
		struct wire_frame *frame)
{
	struct wire_pcapng_simple_packet head;
	struct packet packet = { .data = block->at + sizeof(head) };
	const struct wire_pcapng_iface *iface = packet_iface(walk, &packet);
	uint32_t held = block->total - sizeof(head) - WIRE_PCAPNG_END_SIZE;
	int ret;

	if (iface == NULL)
		return -1;
	memcpy(&head, block->at, sizeof(head));
	packet.original = wire_order_32(head.original, block->swapped);
	packet.captured = RTE_MIN(packet.original, iface->snaplen);
	packet.captured = RTE_MIN(packet.captured, held);
	ret = step_packet(walk, &packet, held, frame);
	if (ret == STEP_FRAME)
		frame->stamp = 0;
	return ret;
}

static int
step_by_type(struct wire_pcapng_reader *walk, const struct wire_pcapng_block *block,
		struct wire_frame *frame)
{
	switch (block->type) {
	case WIRE_PCAPNG_SECTION:
		return step_section(walk, block);
	case WIRE_PCAPNG_INTERFACE:
		return step_interface(walk, block);
	case WIRE_PCAPNG_OBSOLETE_PACKET:
		return step_obsolete_packet(walk, block, frame);
	case WIRE_PCAPNG_SIMPLE_PACKET:
		return step_simple_packet(walk, block, frame);
	case WIRE_PCAPNG_ENHANCED_PACKET:
		return step_enhanced_packet(walk, block, frame);
	default:
		return STEP_PASSED;
	}
}

/* The next block, of whatever type. */
static int
step(struct wire_pcapng_reader *walk, struct wire_frame *frame)
{
	struct wire_pcapng_block block;
	int ret = wire_pcapng_blocks_next(&walk->blocks, &walk->reader, &block);

	if (ret <= 0)
		return ret < 0 ? -1 : STEP_SHORT;
	ret = step_by_type(walk, &block, frame);
	if (ret > 0)
		wire_pcapng_blocks_pass(&walk->blocks, &block);
	return ret;
}

static uint32_t
walk_some(struct wire_pcapng_reader *walk, struct wire_frame *frames, uint32_t max)
{
	if (unlikely(walk->blocks.cut > 0))
		return 0;
	return walk->blocks.swapped ? walk_packets(walk, frames, max, true) :
				      walk_packets(walk, frames, max, false);
}

static int
pcapng_reader_next(struct wire_reader *reader, struct wire_frame *frames, uint32_t max)
{
	struct wire_pcapng_reader *walk = pcapng_reader_of(reader);
	unsigned int steps;
	uint32_t n = 0;
	int ret;

	for (steps = 0; steps < MAX_STEPS; steps++) {
		n += walk_some(walk, frames + n, max - n);
		if (likely(n == max))
			return n;
		ret = step(walk, &frames[n]);
		if (ret == STEP_FRAME)
			n++;
		else if (n > 0 && ret != STEP_PASSED)
			return n;
		else if (ret == STEP_SHORT)
			ret = wire_pcapng_blocks_fetch(&walk->blocks, &walk->reader);
		if (ret <= 0)
			return ret;
	}
	reader->gave_up = true;
	return n > 0 ? (int)n : WIRE_READER_LATER;
}

static int
pcapng_reader_restart(struct wire_reader *reader)
{
	struct wire_pcapng_reader *walk = pcapng_reader_of(reader);

	walk->ifaces.nb = 0;
	return wire_pcapng_blocks_restart(&walk->blocks);
}

static void
pcapng_reader_close(struct wire_reader *reader)
{
	struct wire_pcapng_reader *walk = pcapng_reader_of(reader);

	wire_pcapng_ifaces_free(&walk->ifaces);
	free(walk);
}

static const struct wire_reader_ops pcapng_reader_ops = {
	.next = pcapng_reader_next,
	.restart = pcapng_reader_restart,
	.close = pcapng_reader_close,
};

/* Opening ------------------------------------------------------------------------------------------ */

static int
refuse(const struct wire_pcapng_reader *walk, const char *path, bool is_damaged)
{
	if (walk->first_type >= 0)
		DUALBUF_LOG(ERR, "capture file %s: has link type %s; Ethernet (EN10MB) is required",
				path, wire_link_type_of_file(walk->first_type).text);
	else if (is_damaged)
		DUALBUF_LOG(ERR, "capture file %s: %s; a pcap or pcapng capture is required", path,
				walk->reader.damage);
	else
		DUALBUF_LOG(ERR, "capture file %s: has no interface; Ethernet (EN10MB) is required",
				path);
	return -EINVAL;
}

/* What comes before the first interface of Ethernet shows no frame. */
static int
find_ethernet(struct wire_pcapng_reader *walk, const char *path)
{
	struct wire_frame none;
	int ret;

	while (!walk->has_ethernet) {
		ret = step(walk, &none);
		if (ret == STEP_SHORT)
			ret = wire_pcapng_blocks_fetch(&walk->blocks, &walk->reader);
		if (ret <= 0)
			return refuse(walk, path, ret < 0);
	}
	return 0;
}

static bool
is_pcapng(struct wire_window *window)
{
	struct wire_pcapng_section section;
	const size_t size = offsetof(struct wire_pcapng_section, major);

	if (wire_window_need(window, size) <= 0)
		return false;
	memcpy(&section, window->bytes + window->at, size);
	return section.block.type == WIRE_PCAPNG_SECTION &&
			(section.byte_order == WIRE_PCAPNG_BYTE_ORDER ||
					wire_order_32(section.byte_order, true) ==
							WIRE_PCAPNG_BYTE_ORDER);
}

int
wire_pcapng_reader_open(struct wire_window *window, const char *path, struct wire_reader **reader)
{
	struct wire_pcapng_reader *walk;
	int ret;

	if (!is_pcapng(window))
		return 1;
	walk = calloc(1, sizeof(*walk));
	if (walk == NULL)
		return -ENOMEM;
	walk->reader.ops = &pcapng_reader_ops;
	walk->first_type = -1;
	walk->blocks.window = window;
	ret = find_ethernet(walk, path);
	if (ret != 0)
		pcapng_reader_close(&walk->reader);
	else
		*reader = &walk->reader;
	return ret;
}
