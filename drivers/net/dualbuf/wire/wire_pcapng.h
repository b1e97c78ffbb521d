/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAPNG_H_
#define _WIRE_PCAPNG_H_

/* pcapng files: draft-ietf-opsawg-pcapng. All fields have the byte order of their section. */

#include <stdint.h>

/* Blocks (section 3.1) and options (section 3.5) are padded to a multiple of that. */
#define WIRE_PCAPNG_ALIGN 4

/* The types of blocks that say anything of packets. The first one is the same in either byte order. */
#define WIRE_PCAPNG_SECTION 0x0a0d0d0au
#define WIRE_PCAPNG_INTERFACE 1
#define WIRE_PCAPNG_OBSOLETE_PACKET 2
#define WIRE_PCAPNG_SIMPLE_PACKET 3
#define WIRE_PCAPNG_ENHANCED_PACKET 6

/* What an interface has counted, which says nothing of packets. */
#define WIRE_PCAPNG_STATISTICS 5

#define WIRE_PCAPNG_BYTE_ORDER 0x1a2b3c4du

/* The only versions that there are, 1.0 and 1.2, are the same for readers. */
#define WIRE_PCAPNG_MAJOR 1
#define WIRE_PCAPNG_MINOR 0
#define WIRE_PCAPNG_MINOR_TOO 2

/* Options of a section (section 4.1). */
#define WIRE_PCAPNG_OPTIONS_END 0
#define WIRE_PCAPNG_SHB_HARDWARE 2
#define WIRE_PCAPNG_SHB_OS 3
#define WIRE_PCAPNG_SHB_USERAPPL 4

/* Options of an interface (section 4.2). */
#define WIRE_PCAPNG_IF_NAME 2
#define WIRE_PCAPNG_IF_TSRESOL 9
#define WIRE_PCAPNG_IF_TSOFFSET 14

/* Options of an interface's statistics (section 4.6). */
#define WIRE_PCAPNG_ISB_IFRECV 4
#define WIRE_PCAPNG_ISB_IFDROP 5

/* Of if_tsresol: the rest is a power of two, not of ten. */
#define WIRE_PCAPNG_TSRESOL_BINARY 0x80

/* The beginning of every block (section 3.1). total: its bytes, with this and with its end. */
struct wire_pcapng_block_begin {
	uint32_t type;
	uint32_t total;
};

/* The end of every block. */
struct wire_pcapng_block_end {
	uint32_t total;
};

/* Section header (section 4.1). */
struct wire_pcapng_section {
	struct wire_pcapng_block_begin block;
	uint32_t byte_order;
	uint16_t major;
	uint16_t minor;
	uint32_t length[2];
};

/* Interface description (section 4.2). */
struct wire_pcapng_interface {
	struct wire_pcapng_block_begin block;
	uint16_t link_type;
	uint16_t reserved;
	uint32_t snaplen; /* 0: no limit */
};

/* The beginning of an option, behind which its value is (section 3.5). */
struct wire_pcapng_option {
	uint16_t code;
	uint16_t length;
};

/* Enhanced packet (section 4.3). */
struct wire_pcapng_enhanced_packet {
	struct wire_pcapng_block_begin block;
	uint32_t interface;
	uint32_t time_high;
	uint32_t time_low;
	uint32_t captured;
	uint32_t original;
};

/* Statistics of an interface (section 4.6). */
struct wire_pcapng_statistics {
	struct wire_pcapng_block_begin block;
	uint32_t interface;
	uint32_t time_high;
	uint32_t time_low;
};

/* Simple packet, always of the section's first interface (section 4.4). */
struct wire_pcapng_simple_packet {
	struct wire_pcapng_block_begin block;
	uint32_t original;
};

/* Packet, as it was before there were enhanced ones (appendix A). */
struct wire_pcapng_obsolete_packet {
	struct wire_pcapng_block_begin block;
	uint16_t interface;
	uint16_t drops;
	uint32_t time_high;
	uint32_t time_low;
	uint32_t captured;
	uint32_t original;
};

#endif /* _WIRE_PCAPNG_H_ */
