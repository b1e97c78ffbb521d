/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAP_READER_H_
#define _WIRE_PCAP_READER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire_frame.h"

struct pcap;

/*
 * The records of a classic pcap file, walked in memory: the file is read in large blocks, and frames
 * point into the block. Reading costs less than mapping the pages does, and a file that somebody
 * truncates meanwhile ends early, where a mapping of it would end the process.
 */
struct wire_pcap_reader {
	int fd;
	bool swapped; /* the file has the other byte order */
	uint32_t subsec_ns; /* what a record counts in its fraction of a second */
	uint32_t snaplen; /* of longer records the rest is left out */
	uint8_t *block;
	size_t at; /* the next record, in the block */
	size_t len; /* bytes in the block */
	off_t offset; /* in the file, of the bytes to be read next */
	bool is_all; /* the block has all records of the file */
	char damage[80]; /* why a record could not be read */
};

/*
 * Walk the file that libpcap has opened, if it is a classic one: version 2.4, of either byte order,
 * with microseconds or nanoseconds.
 * Returns 1, 0 if it is a file of another kind, or a negative errno.
 */
int wire_pcap_reader_open(struct wire_pcap_reader *walk, int fd, struct pcap *pcap);

void wire_pcap_reader_close(struct wire_pcap_reader *walk);

/*
 * The next frames, as many as there are at hand, max at the most. Those of the call before are gone.
 * Returns how many; 0 at the end of the file; -1 at a damaged record, when damage says why.
 */
int wire_pcap_reader_next(struct wire_pcap_reader *walk, struct wire_frame *frames, uint32_t max);

/* Begin again with the first record. A file that fits into a block is not read again. */
void wire_pcap_reader_restart(struct wire_pcap_reader *walk);

#endif /* _WIRE_PCAP_READER_H_ */
