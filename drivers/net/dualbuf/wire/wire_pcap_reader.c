/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_common.h>

#include "wire_pcap.h"
#include "wire_pcap_reader.h"

#define NS_PER_S 1000000000ULL

/* As much at a time as the caches keep until it is walked. */
#define READ_SIZE (256 * 1024)

/* Room for the longest record that did not end in the block before. */
#define BLOCK_SIZE (sizeof(struct wire_pcap_record_header) + WIRE_MAX_FRAME + READ_SIZE)

static inline uint32_t
in_cpu_order(uint32_t value, bool swapped)
{
	return swapped ? rte_bswap32(value) : value;
}

/* Which of the two magics a file begins with; 0 for neither. */
static uint32_t
magic_of(int fd, bool swapped)
{
	uint32_t magic;

	if (pread(fd, &magic, sizeof(magic), 0) != sizeof(magic))
		return 0;
	magic = in_cpu_order(magic, swapped);
	return magic == WIRE_PCAP_MICROSECONDS || magic == WIRE_PCAP_NANOSECONDS ? magic : 0;
}

int
wire_pcap_reader_open(struct wire_pcap_reader *walk, int fd, struct pcap *pcap)
{
	bool swapped = pcap_is_swapped(pcap);
	uint32_t magic = magic_of(fd, swapped);

	if (magic == 0 || pcap_major_version(pcap) != WIRE_PCAP_MAJOR ||
			pcap_minor_version(pcap) != WIRE_PCAP_MINOR)
		return 0;
	*walk = (struct wire_pcap_reader){
		.fd = fd,
		.swapped = swapped,
		.subsec_ns = magic == WIRE_PCAP_NANOSECONDS ? 1 : 1000,
		.snaplen = pcap_snapshot(pcap),
		.block = malloc(BLOCK_SIZE),
		.offset = sizeof(struct wire_pcap_file_header),
	};
	if (walk->block == NULL)
		return -ENOMEM;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 1;
}

void
wire_pcap_reader_close(struct wire_pcap_reader *walk)
{
	free(walk->block);
	walk->block = NULL;
}

void
wire_pcap_reader_restart(struct wire_pcap_reader *walk)
{
	walk->at = 0;
	if (walk->is_all)
		return;
	walk->len = 0;
	walk->offset = sizeof(struct wire_pcap_file_header);
}

/* As many whole records as the block has, from the next one on, up to one that cannot be right. */
static __rte_always_inline uint32_t
walk_records(struct wire_pcap_reader *walk, struct wire_frame *frames, uint32_t max,
		const bool swapped)
{
	const uint8_t *at = walk->block + walk->at;
	const uint8_t *end = walk->block + walk->len;
	struct wire_pcap_record_header header;
	uint32_t n, captured;

	for (n = 0; n < max && (size_t)(end - at) >= sizeof(header); n++) {
		memcpy(&header, at, sizeof(header));
		captured = in_cpu_order(header.captured, swapped);
		if (unlikely(captured > WIRE_MAX_FRAME ||
				    captured > (size_t)(end - at) - sizeof(header)))
			break;
		frames[n].data = at + sizeof(header);
		frames[n].len = RTE_MIN(captured, walk->snaplen);
		frames[n].stamp = in_cpu_order(header.seconds, swapped) * NS_PER_S +
				(uint64_t)in_cpu_order(header.fraction, swapped) * walk->subsec_ns;
		at += sizeof(header) + captured;
	}
	walk->at = at - walk->block;
	return n;
}

/*
 * Keep the beginning of a record that goes on behind the block, and read on there. Returns what read()
 * does. At the end of the file the block stays as it is.
 */
static ssize_t
walk_read(struct wire_pcap_reader *walk)
{
	size_t rest = walk->len - walk->at;
	off_t first = walk->offset - (off_t)walk->len;
	ssize_t got;

	memmove(walk->block, walk->block + walk->at, rest);
	do {
		got = pread(walk->fd, walk->block + rest, READ_SIZE, walk->offset);
	} while (got < 0 && errno == EINTR);
	if (got > 0) {
		walk->offset += got;
		walk->len = rest + got;
		walk->at = 0;
	} else if (got == 0 && rest == 0 && first == sizeof(struct wire_pcap_file_header)) {
		walk->is_all = true;
	}
	return got;
}

/* Is the next record, of which the block has some bytes, one that cannot be right? */
static bool
walk_is_damaged(struct wire_pcap_reader *walk)
{
	struct wire_pcap_record_header header;
	uint32_t captured;

	if (walk->len - walk->at < sizeof(header))
		return false;
	memcpy(&header, walk->block + walk->at, sizeof(header));
	captured = in_cpu_order(header.captured, walk->swapped);
	if (captured <= WIRE_MAX_FRAME)
		return false;
	snprintf(walk->damage, sizeof(walk->damage),
			"a captured length of %u; at most %d is allowed", captured, WIRE_MAX_FRAME);
	return true;
}

/* Nothing could be read behind what is left in the block. */
static int
walk_end(struct wire_pcap_reader *walk, ssize_t got)
{
	size_t rest = walk->len - walk->at;

	if (got < 0)
		snprintf(walk->damage, sizeof(walk->damage), "cannot be read: %s", strerror(errno));
	else if (rest > 0)
		snprintf(walk->damage, sizeof(walk->damage),
				"truncated: the file ends %zu bytes into it", rest);
	else
		return 0;
	return -1;
}

int
wire_pcap_reader_next(struct wire_pcap_reader *walk, struct wire_frame *frames, uint32_t max)
{
	uint32_t n;
	ssize_t got;

	for (;;) {
		n = walk->swapped ? walk_records(walk, frames, max, true) :
				    walk_records(walk, frames, max, false);
		if (likely(n > 0))
			return n;
		if (walk->is_all)
			return 0;
		if (walk_is_damaged(walk))
			return -1;
		got = walk_read(walk);
		if (got <= 0)
			return walk_end(walk, got);
	}
}
