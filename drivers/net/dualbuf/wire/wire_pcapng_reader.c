/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_link_type.h"
#include "wire_order.h"
#include "wire_pcapng.h"
#include "wire_pcapng_ifaces.h"
#include "wire_pcapng_reader.h"
#include "wire_window.h"

#define END_SIZE sizeof(struct wire_pcapng_block_end)

struct wire_pcapng_reader {
	struct wire_reader reader;
	struct wire_window window;
	struct wire_pcapng_ifaces ifaces; /* of this section */
	bool in_section;
	bool swapped; /* this section has the other byte order */
	bool has_ethernet; /* some section had such an interface */
	int first_type; /* the link type of the file's first interface; -1: there was none */
	uint32_t cut; /* bytes of the next block that are not in the window */
};

/* What became of the block at hand; -1: it is damaged. */
enum step {
	STEP_PASSED = 1, /* it showed nothing */
	STEP_FRAME,
	STEP_SHORT, /* it is not all in the window, and nothing was done */
};

/* A block whose length is possible. */
struct block {
	const uint8_t *at; /* in the window */
	uint32_t type;
	uint32_t total; /* its length in the file */
	uint32_t nb; /* its bytes in the window, without those that were cut out */
	bool swapped;
};

/* What all kinds of packet blocks say. */
struct packet {
	const uint8_t *data;
	uint32_t interface;
	uint32_t captured;
	uint64_t time;
};

static struct wire_pcapng_reader *
pcapng_reader_of(struct wire_reader *reader)
{
	return container_of(reader, struct wire_pcapng_reader, reader);
}

/* Enhanced packets of Ethernet --------------------------------------------------------------------- */

/* The length of an enhanced packet block that is whole before end; 0: look at it more closely. */
static __rte_always_inline uint32_t
whole_packet(const uint8_t *at, const uint8_t *end, const bool swapped)
{
	struct wire_pcapng_block block;
	struct wire_pcapng_block_end trailer;
	uint32_t total;

	memcpy(&block, at, sizeof(block));
	total = wire_order_32(block.total, swapped);
	if (unlikely(block.type != wire_order_32(WIRE_PCAPNG_ENHANCED_PACKET, swapped) ||
			    total > (size_t)(end - at) ||
			    total < sizeof(struct wire_pcapng_enhanced_packet) + END_SIZE ||
			    total % WIRE_PCAPNG_ALIGN != 0))
		return 0;
	memcpy(&trailer, at + total - END_SIZE, sizeof(trailer));
	return likely(trailer.total == block.total) ? total : 0;
}

/* Such packets as follow each other in the window, up to a block about which there is more to say. */
static __rte_always_inline uint32_t
walk_packets(struct wire_pcapng_reader *walk, struct wire_frame *frames, uint32_t max,
		const bool swapped)
{
	const uint8_t *at = walk->window.bytes + walk->window.at;
	const uint8_t *end = walk->window.bytes + walk->window.len;
	const struct wire_pcapng_iface *iface;
	struct wire_pcapng_enhanced_packet packet;
	uint32_t n, total, interface, captured;

	for (n = 0; n < max && (size_t)(end - at) >= sizeof(packet) + END_SIZE; n++) {
		total = whole_packet(at, end, swapped);
		if (unlikely(total == 0))
			break;
		memcpy(&packet, at, sizeof(packet));
		interface = wire_order_32(packet.interface, swapped);
		captured = wire_order_32(packet.captured, swapped);
		if (unlikely(interface >= walk->ifaces.nb ||
				    captured > total - sizeof(packet) - END_SIZE ||
				    captured > WIRE_MAX_FRAME))
			break;
		iface = &walk->ifaces.all[interface];
		if (unlikely(!iface->is_ethernet))
			break;
		frames[n].data = at + sizeof(packet);
		frames[n].len = RTE_MIN(captured, iface->snaplen);
		frames[n].stamp = wire_tsresol_to_ns(&iface->resolution,
				(uint64_t)wire_order_32(packet.time_high, swapped) << 32 |
						wire_order_32(packet.time_low, swapped));
		at += total;
	}
	walk->window.at = at - walk->window.bytes;
	return n;
}

/* All other blocks --------------------------------------------------------------------------------- */

/* A section tells its byte order behind its length. */
static int
find_order(struct wire_pcapng_reader *walk, struct block *block)
{
	const size_t before = offsetof(struct wire_pcapng_section, byte_order);
	uint32_t mark;

	if (wire_window_rest(&walk->window) < before + sizeof(mark))
		return STEP_SHORT;
	memcpy(&mark, block->at + before, sizeof(mark));
	block->swapped = mark != WIRE_PCAPNG_BYTE_ORDER;
	if (wire_order_32(mark, block->swapped) == WIRE_PCAPNG_BYTE_ORDER)
		return STEP_PASSED;
	return wire_reader_damaged(&walk->reader,
			"a section begins with the byte-order mark 0x%08x; 0x%08x is required",
			mark, WIRE_PCAPNG_BYTE_ORDER);
}

/* The least length of a block: with nothing optional in it. */
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
		return sizeof(struct wire_pcapng_block) + END_SIZE;
	}
}

/* The next block, if enough of it is in the window to tell its type and length. */
static int
find_block(struct wire_pcapng_reader *walk, struct block *block)
{
	struct wire_pcapng_block head;
	int ret;

	*block = (struct block){
		.at = walk->window.bytes + walk->window.at,
		.swapped = walk->swapped,
	};
	if (wire_window_rest(&walk->window) < sizeof(head))
		return STEP_SHORT;
	memcpy(&head, block->at, sizeof(head));
	if (head.type == WIRE_PCAPNG_SECTION) {
		ret = find_order(walk, block);
		if (ret != STEP_PASSED)
			return ret;
	} else if (!walk->in_section) {
		return wire_reader_damaged(&walk->reader,
				"the file begins with 0x%08x; a section header is required",
				head.type);
	}
	block->type = wire_order_32(head.type, block->swapped);
	block->total = wire_order_32(head.total, block->swapped);
	block->nb = block->total - walk->cut;
	if (block->total >= least_total(block->type) && block->total % WIRE_PCAPNG_ALIGN == 0)
		return STEP_PASSED;
	return wire_reader_damaged(&walk->reader,
			"a block of type %u has a length of %u; at least %u and a multiple of %d is "
			"required",
			block->type, block->total, least_total(block->type), WIRE_PCAPNG_ALIGN);
}

static int
check_end(struct wire_pcapng_reader *walk, const struct block *block)
{
	struct wire_pcapng_block_end end;
	uint32_t total;

	memcpy(&end, block->at + block->nb - END_SIZE, sizeof(end));
	total = wire_order_32(end.total, block->swapped);
	if (total == block->total)
		return 0;
	return wire_reader_damaged(&walk->reader,
			"a block of type %u has a length of %u, but at its end %u; both must be the same",
			block->type, block->total, total);
}

static int
step_section(struct wire_pcapng_reader *walk, const struct block *block)
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
	walk->in_section = true;
	walk->swapped = block->swapped;
	walk->ifaces.nb = 0;
	return STEP_PASSED;
}

static int
step_interface(struct wire_pcapng_reader *walk, const struct block *block)
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
	if (walk->reader.nb_foreign++ == 0)
		walk->reader.foreign_type = iface->link_type;
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
	frame->stamp = wire_tsresol_to_ns(&iface->resolution, packet->time);
	return STEP_FRAME;
}

static uint64_t
time_of(uint32_t high, uint32_t low, bool swapped)
{
	return (uint64_t)wire_order_32(high, swapped) << 32 | wire_order_32(low, swapped);
}

static int
step_enhanced_packet(struct wire_pcapng_reader *walk, const struct block *block,
		struct wire_frame *frame)
{
	struct wire_pcapng_enhanced_packet head;
	struct packet packet;

	memcpy(&head, block->at, sizeof(head));
	packet.data = block->at + sizeof(head);
	packet.interface = wire_order_32(head.interface, block->swapped);
	packet.captured = wire_order_32(head.captured, block->swapped);
	packet.time = time_of(head.time_high, head.time_low, block->swapped);
	return step_packet(walk, &packet, block->total - sizeof(head) - END_SIZE, frame);
}

static int
step_obsolete_packet(struct wire_pcapng_reader *walk, const struct block *block,
		struct wire_frame *frame)
{
	struct wire_pcapng_obsolete_packet head;
	struct packet packet;

	memcpy(&head, block->at, sizeof(head));
	packet.data = block->at + sizeof(head);
	packet.interface = wire_order_16(head.interface, block->swapped);
	packet.captured = wire_order_32(head.captured, block->swapped);
	packet.time = time_of(head.time_high, head.time_low, block->swapped);
	return step_packet(walk, &packet, block->total - sizeof(head) - END_SIZE, frame);
}

/* It says neither its interface nor its time, nor how many bytes were captured. */
static int
step_simple_packet(struct wire_pcapng_reader *walk, const struct block *block,
		struct wire_frame *frame)
{
	struct wire_pcapng_simple_packet head;
	struct packet packet = { .data = block->at + sizeof(head) };
	const struct wire_pcapng_iface *iface = packet_iface(walk, &packet);
	uint32_t held = block->total - sizeof(head) - END_SIZE;
	int ret;

	if (iface == NULL)
		return -1;
	memcpy(&head, block->at, sizeof(head));
	packet.captured = RTE_MIN(wire_order_32(head.original, block->swapped), iface->snaplen);
	packet.captured = RTE_MIN(packet.captured, held);
	ret = step_packet(walk, &packet, held, frame);
	if (ret == STEP_FRAME)
		frame->stamp = 0;
	return ret;
}

static int
step_by_type(struct wire_pcapng_reader *walk, const struct block *block, struct wire_frame *frame)
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

/* The next block, of whatever type, if it is all in the window or the rest of it was cut out. */
static int
step(struct wire_pcapng_reader *walk, struct wire_frame *frame)
{
	struct block block;
	int ret = find_block(walk, &block);

	if (ret != STEP_PASSED)
		return ret;
	if (wire_window_rest(&walk->window) < block.nb)
		return STEP_SHORT;
	if (check_end(walk, &block) != 0)
		return -1;
	ret = step_by_type(walk, &block, frame);
	if (ret > 0) {
		walk->window.at += block.nb;
		walk->cut = 0;
	}
	return ret;
}

/* Whether the window will never have all of the next block, but has all that is of use. */
static bool
is_too_long(struct wire_pcapng_reader *walk, struct block *block)
{
	return walk->cut == 0 && wire_window_rest(&walk->window) >= WIRE_WINDOW_KEEP &&
			find_block(walk, block) == STEP_PASSED && block->total > WIRE_WINDOW_KEEP;
}

/*
 * Get more of the block that was not all in the window: of a very long one the beginning, with a frame as
 * long as it may be, and the end, without what is between. Frames that were shown are gone.
 * Returns STEP_PASSED, 0 at the end of the file, -1 at damage.
 */
static int
fetch(struct wire_pcapng_reader *walk)
{
	struct wire_window *window = &walk->window;
	off_t start = window->offset - (off_t)wire_window_rest(window) - walk->cut;
	struct block block;
	ssize_t got;

	if (is_too_long(walk, &block)) {
		walk->cut = block.total - WIRE_WINDOW_KEEP;
		got = wire_window_cut(window, WIRE_WINDOW_KEEP - END_SIZE, walk->cut);
	} else {
		got = wire_window_read(window);
	}
	return got > 0 ? STEP_PASSED : wire_reader_end(&walk->reader, got, window->offset - start);
}

static uint32_t
walk_some(struct wire_pcapng_reader *walk, struct wire_frame *frames, uint32_t max)
{
	if (unlikely(walk->cut > 0))
		return 0;
	return walk->swapped ? walk_packets(walk, frames, max, true) :
			       walk_packets(walk, frames, max, false);
}

static int
pcapng_reader_next(struct wire_reader *reader, struct wire_frame *frames, uint32_t max)
{
	struct wire_pcapng_reader *walk = pcapng_reader_of(reader);
	uint32_t n = 0;
	int ret;

	for (;;) {
		n += walk_some(walk, frames + n, max - n);
		if (likely(n == max))
			return n;
		ret = step(walk, &frames[n]);
		if (ret == STEP_FRAME)
			n++;
		else if (n > 0 && ret != STEP_PASSED)
			return n;
		else if (ret == STEP_SHORT)
			ret = fetch(walk);
		if (ret <= 0)
			return ret;
	}
}

static int
pcapng_reader_restart(struct wire_reader *reader)
{
	struct wire_pcapng_reader *walk = pcapng_reader_of(reader);

	wire_window_restart(&walk->window);
	walk->in_section = false;
	walk->ifaces.nb = 0;
	walk->cut = 0;
	return 0;
}

static void
pcapng_reader_close(struct wire_reader *reader)
{
	struct wire_pcapng_reader *walk = pcapng_reader_of(reader);

	wire_window_close(&walk->window);
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
			ret = fetch(walk);
		if (ret <= 0)
			return refuse(walk, path, ret < 0);
	}
	return 0;
}

static bool
is_pcapng(int fd)
{
	struct wire_pcapng_section section;
	const size_t size = offsetof(struct wire_pcapng_section, major);

	return pread(fd, &section, size, 0) == (ssize_t)size &&
			section.block.type == WIRE_PCAPNG_SECTION &&
			(section.byte_order == WIRE_PCAPNG_BYTE_ORDER ||
					wire_order_32(section.byte_order, true) ==
							WIRE_PCAPNG_BYTE_ORDER);
}

int
wire_pcapng_reader_open(int fd, const char *path, struct wire_reader **reader)
{
	struct wire_pcapng_reader *walk;
	int ret;

	if (!is_pcapng(fd))
		return 1;
	walk = calloc(1, sizeof(*walk));
	if (walk == NULL)
		return -ENOMEM;
	walk->reader.ops = &pcapng_reader_ops;
	walk->first_type = -1;
	ret = wire_window_open(&walk->window, fd, 0);
	if (ret == 0)
		ret = find_ethernet(walk, path);
	if (ret != 0)
		pcapng_reader_close(&walk->reader);
	else
		*reader = &walk->reader;
	return ret;
}
