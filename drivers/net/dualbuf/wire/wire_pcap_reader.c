/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_prefetch.h>

#include "wire_link_type.h"
#include "wire_order.h"
#include "wire_pcap.h"
#include "wire_clock.h"
#include "wire_pcap_reader.h"

/*
 * How far ahead the capture is fetched. Where a record begins is known when the one before it was read, so that
 * the walk would wait for the second cache at each.
 */
#define WALK_PREFETCH 1024

struct wire_pcap_reader {
	struct wire_reader reader;
	struct wire_window *window;
	bool swapped; /* the file has the other byte order */
	uint32_t subsec_ns; /* what a record counts in its fraction of a second */
	uint32_t snaplen; /* of longer records the rest is left out */
};

static struct wire_pcap_reader *
pcap_reader_of(struct wire_reader *reader)
{
	return container_of(reader, struct wire_pcap_reader, reader);
}

static bool
is_pcap_magic(uint32_t magic)
{
	return magic == WIRE_PCAP_MICROSECONDS || magic == WIRE_PCAP_NANOSECONDS;
}

static bool
is_walked(const struct wire_pcap_file_header *header, bool swapped)
{
	uint32_t link_type = wire_order_32(header->link_type, swapped);

	return is_pcap_magic(wire_order_32(header->magic, swapped)) &&
			wire_order_16(header->major, swapped) == WIRE_PCAP_MAJOR &&
			wire_order_16(header->minor, swapped) == WIRE_PCAP_MINOR &&
			(link_type & WIRE_PCAP_LINK_TYPE) == WIRE_LINK_TYPE_ETHERNET;
}

/* As libpcap understands it: what cannot be a limit is none. */
static uint32_t
snaplen_of(uint32_t snaplen)
{
	return snaplen == 0 || snaplen > INT_MAX ? WIRE_MAX_FRAME : snaplen;
}

static void
pcap_reader_close(struct wire_reader *reader)
{
	free(pcap_reader_of(reader));
}

static int
pcap_reader_restart(struct wire_reader *reader)
{
	return wire_window_restart(
			pcap_reader_of(reader)->window, sizeof(struct wire_pcap_file_header));
}

/* As many whole records as the window has, from the next one on, up to one that cannot be right. */
static __rte_always_inline uint32_t
walk_records(struct wire_pcap_reader *walk, struct wire_frame *frames, uint32_t max,
		const bool swapped)
{
	const uint8_t *at = walk->window->bytes + walk->window->at;
	const uint8_t *end = walk->window->bytes + walk->window->len;
	struct wire_pcap_record_header header;
	uint32_t n, captured;

	for (n = 0; n < max && (size_t)(end - at) >= sizeof(header); n++) {
		memcpy(&header, at, sizeof(header));
		rte_prefetch0(at + WALK_PREFETCH);
		captured = wire_order_32(header.captured, swapped);
		if (unlikely(captured > WIRE_MAX_FRAME ||
				    captured > (size_t)(end - at) - sizeof(header)))
			break;
		frames[n].data = at + sizeof(header);
		frames[n].len = RTE_MIN(captured, walk->snaplen);
		frames[n].original = wire_order_32(header.original, swapped);
		frames[n].stamp = wire_order_32(header.seconds, swapped) * WIRE_NS_PER_S +
				(uint64_t)wire_order_32(header.fraction, swapped) * walk->subsec_ns;
		at += sizeof(header) + captured;
	}
	walk->window->at = at - walk->window->bytes;
	return n;
}

/* Is the next record, of which the window has some bytes, one that cannot be right? */
static bool
walk_is_damaged(struct wire_pcap_reader *walk)
{
	struct wire_pcap_record_header header;
	uint32_t captured;

	if (wire_window_rest(walk->window) < sizeof(header))
		return false;
	memcpy(&header, walk->window->bytes + walk->window->at, sizeof(header));
	captured = wire_order_32(header.captured, walk->swapped);
	if (captured <= WIRE_MAX_FRAME)
		return false;
	wire_reader_damaged(&walk->reader, "a captured length of %u; at most %d is allowed",
			captured, WIRE_MAX_FRAME);
	return true;
}

static int
pcap_reader_next(struct wire_reader *reader, struct wire_frame *frames, uint32_t max)
{
	struct wire_pcap_reader *walk = pcap_reader_of(reader);
	uint32_t n;
	ssize_t got;

	for (;;) {
		n = walk->swapped ? walk_records(walk, frames, max, true) :
				    walk_records(walk, frames, max, false);
		if (likely(n > 0))
			return n;
		if (walk_is_damaged(walk))
			return WIRE_READER_DAMAGED;
		got = wire_window_read(walk->window);
		if (got <= 0)
			return wire_reader_end(
					reader, walk->window, got, wire_window_rest(walk->window));
	}
}

static const struct wire_reader_ops pcap_reader_ops = {
	.next = pcap_reader_next,
	.restart = pcap_reader_restart,
	.close = pcap_reader_close,
};

static int
pcap_reader_create(struct wire_window *window, const struct wire_pcap_file_header *header,
		bool swapped, struct wire_reader **reader)
{
	struct wire_pcap_reader *walk = calloc(1, sizeof(*walk));
	uint32_t magic = wire_order_32(header->magic, swapped);

	if (walk == NULL)
		return -ENOMEM;
	walk->reader.ops = &pcap_reader_ops;
	walk->swapped = swapped;
	walk->subsec_ns = magic == WIRE_PCAP_NANOSECONDS ? 1 : 1000;
	walk->snaplen = snaplen_of(wire_order_32(header->snaplen, swapped));
	walk->window = window;
	window->at += sizeof(*header);
	*reader = &walk->reader;
	return 0;
}

int
wire_pcap_reader_open(struct wire_window *window, struct wire_reader **reader)
{
	struct wire_pcap_file_header header;
	bool swapped;

	if (wire_window_need(window, sizeof(header)) <= 0)
		return 1;
	memcpy(&header, window->bytes + window->at, sizeof(header));
	swapped = !is_pcap_magic(header.magic);
	return is_walked(&header, swapped) ? pcap_reader_create(window, &header, swapped, reader) :
					     1;
}
