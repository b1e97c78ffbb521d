/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_FILE_FORMAT_H_
#define _WIRE_FILE_FORMAT_H_

/*
 * Captures as sinks write them, in this machine's byte order, with nanoseconds: classic pcap, and pcapng of
 * one section with one interface.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_common.h>

#include "wire_choices.h"
#include "wire_clock.h"
#include "wire_copy.h"
#include "wire_frame.h"
#include "wire_pcap.h"
#include "wire_pcapng.h"

/* What comes before the first record, or behind the last one, has less. */
#define WIRE_FILE_ENDS_SIZE 1024

/* The longest frame as a record has at most as many bytes. */
#define WIRE_FILE_RECORD_SIZE \
	(sizeof(struct wire_pcapng_enhanced_packet) + WIRE_MAX_FRAME + \
			sizeof(struct wire_pcapng_block_end))

/* What is counted of all frames. */
struct wire_file_counts {
	uint64_t received;
	uint64_t dropped;
};

/*
 * Put what comes before the first record. iface: a name for the interface; snaplen: no record has more bytes
 * of a frame. Returns how many bytes.
 */
size_t wire_file_put_header(
		enum wire_file_format format, const char *iface, uint32_t snaplen, uint8_t *to);

/* Put what comes behind the last record, which may be nothing. now: ns since 1970. Returns how many bytes. */
size_t wire_file_put_trailer(enum wire_file_format format, const struct wire_file_counts *counts,
		uint64_t now, uint8_t *to);

/* The bytes of a record that has so many of its frame. */
static __rte_always_inline size_t
wire_file_record_size(const enum wire_file_format format, uint32_t captured)
{
	if (format == WIRE_FILE_PCAP)
		return sizeof(struct wire_pcap_record_header) + captured;
	return sizeof(struct wire_pcapng_enhanced_packet) +
			RTE_ALIGN_CEIL(captured, WIRE_PCAPNG_ALIGN) +
			sizeof(struct wire_pcapng_block_end);
}

static __rte_always_inline void
wire_file_put_pcap(const struct wire_frame *frame, uint32_t captured, uint64_t now, uint8_t *to)
{
	const struct wire_pcap_record_header header = {
		.seconds = now / WIRE_NS_PER_S,
		.fraction = now % WIRE_NS_PER_S,
		.captured = captured,
		.original = frame->len,
	};

	memcpy(to, &header, sizeof(header));
	wire_copy(to + sizeof(header), frame->data, captured);
}

static __rte_always_inline void
wire_file_put_pcapng(const struct wire_frame *frame, uint32_t captured, uint64_t now, uint8_t *to)
{
	const uint32_t total = wire_file_record_size(WIRE_FILE_PCAPNG, captured);
	const struct wire_pcapng_block_end end = { .total = total };
	const uint32_t padding = 0;
	const struct wire_pcapng_enhanced_packet packet = {
		.block = { .type = WIRE_PCAPNG_ENHANCED_PACKET, .total = total },
		.time_high = now >> 32,
		.time_low = (uint32_t)now,
		.captured = captured,
		.original = frame->len,
	};

	memcpy(to, &packet, sizeof(packet));
	/* before the frame, which may cover it */
	memcpy(to + total - sizeof(end) - sizeof(padding), &padding, sizeof(padding));
	memcpy(to + total - sizeof(end), &end, sizeof(end));
	wire_copy(to + sizeof(packet), frame->data, captured);
}

/* Put the record of a frame, with its first bytes, as many as captured says. now: ns since 1970. */
static __rte_always_inline void
wire_file_put_record(const enum wire_file_format format, const struct wire_frame *frame,
		uint32_t captured, uint64_t now, uint8_t *to)
{
	if (format == WIRE_FILE_PCAP)
		wire_file_put_pcap(frame, captured, now, to);
	else
		wire_file_put_pcapng(frame, captured, now, to);
}

/* Of the record that was put there: how many bytes of its frame it has, and how many the frame had. */
uint32_t wire_file_captured(enum wire_file_format format, const uint8_t *at, uint32_t *original);

/* The format to write a file of that name in. */
enum wire_file_format wire_file_format_of(
		const char *path, const struct wire_sink_choices *choices);

#endif /* _WIRE_FILE_FORMAT_H_ */
