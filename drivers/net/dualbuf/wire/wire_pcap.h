/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAP_H_
#define _WIRE_PCAP_H_

/* Classic pcap files: draft-ietf-opsawg-pcap. */

#include <stdint.h>

/* The file says by its first bytes in which unit records count fractions of a second. */
#define WIRE_PCAP_MICROSECONDS 0xa1b2c3d4u
#define WIRE_PCAP_NANOSECONDS 0xa1b23c4du

#define WIRE_PCAP_MAJOR 2
#define WIRE_PCAP_MINOR 4

/* The bits of the header's last word that are the link type; the others tell of frame check sequences. */
#define WIRE_PCAP_LINK_TYPE 0x03ffffffu

/* The beginning of a file (section 4). */
struct wire_pcap_file_header {
	uint32_t magic;
	uint16_t major;
	uint16_t minor;
	uint32_t reserved[2];
	uint32_t snaplen;
	uint32_t link_type;
};

/* The beginning of each of its records (section 5). */
struct wire_pcap_record_header {
	uint32_t seconds;
	uint32_t fraction;
	uint32_t captured;
	uint32_t original;
};

#endif /* _WIRE_PCAP_H_ */
