/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _CAPTURE_H_
#define _CAPTURE_H_

/* Capture files for the bench, written faster than a script would. */

#include <stdint.h>

enum capture_kind {
	CAPTURE_60,
	CAPTURE_IMIX, /* 7 of 60, 4 of 570, 1 of 1514 bytes */
	CAPTURE_1514,
};

enum capture_format {
	CAPTURE_PCAP,
	CAPTURE_PCAPNG, /* enhanced packet blocks of one interface */
};

/* "60", "imix", "1514" */
const char *capture_name(enum capture_kind kind);

/* Bytes of a packet on average. */
double capture_mean(enum capture_kind kind);

/* Write a file of nb packets, in microseconds. The process ends with a message when that fails. */
void capture_make(
		const char *path, enum capture_format format, enum capture_kind kind, uint64_t nb);

/* Likewise one of nb packets of 60 bytes that are gap_ns apart, a multiple of 1000. */
void capture_make_spaced(const char *path, uint64_t nb, uint64_t gap_ns);

#endif /* _CAPTURE_H_ */
