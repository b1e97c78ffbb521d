/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_CHOICES_H_
#define _WIRE_CHOICES_H_

#include <stdbool.h>
#include <stdint.h>

/* A filter's text has less. */
#define WIRE_FILTER_SIZE 8192

/* The second cache holds as many slots beside the buffers of a queue. */
#define WIRE_DEPTH 512
#define WIRE_MIN_DEPTH 64
#define WIRE_MAX_DEPTH 65536

/* The packets of a live interface that are received. */
enum wire_direction {
	WIRE_DIRECTION_INOUT,
	WIRE_DIRECTION_IN,
	WIRE_DIRECTION_OUT,
};

/* How sources are to be read. */
struct wire_choices {
	uint64_t rounds; /* how many times a file is read, 0 without end */
	enum wire_direction direction;
	uint32_t depth; /* frames that the kernel keeps of a live interface, a power of 2; 0: WIRE_DEPTH */
	uint32_t snaplen; /* frames are cut to that length; 0: they are not */
	char filter[WIRE_FILTER_SIZE]; /* what passes, as pcap-filter(7) says it; "": all does */
};

/* How a capture is written. */
enum wire_file_format {
	WIRE_FILE_BY_NAME, /* pcapng if the file's name ends in .pcapng, perhaps before .gz and such, else pcap */
	WIRE_FILE_PCAP,
	WIRE_FILE_PCAPNG,
};

/* How sinks are to be written. */
struct wire_sink_choices {
	enum wire_file_format format;
	bool append; /* go on behind what a file has */
	uint32_t snaplen; /* of longer frames a capture gets as many bytes; 0: of all it gets all */
	char iface[64]; /* the name that pcapng says of the interface */
};

#endif /* _WIRE_CHOICES_H_ */
