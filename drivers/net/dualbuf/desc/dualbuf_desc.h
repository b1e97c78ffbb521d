/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DESC_H_
#define _DUALBUF_DESC_H_

/*
 * Hardware descriptors: what their formats have alike. A format is a header of its own beside this one,
 * the only file that knows its layout. Receive and transmit paths are instantiated for a format by
 * including its header first; so a file includes one of them, and each has the same names:
 *
 *   union dualbuf_rx_desc      what the device reads and writes back; halves[2] as they are stored
 *   DUALBUF_RXD_DD             bits of the status: the write-back is there,
 *   DUALBUF_RXD_EOP            it is the packet's last,
 *   DUALBUF_RXD_FRAME_ERRORS   the frame itself is damaged,
 *   DUALBUF_RXD_VP             a VLAN tag was taken out,
 *   DUALBUF_RXD_IPCS, _L4CS    the checksums that were looked at,
 *   DUALBUF_RXD_IPE, _L4E      and those that do not match
 *   DUALBUF_RXD_RSS_*          RSS types
 *   struct dualbuf_rx_wb       the rest of a write-back, in CPU order
 *   dualbuf_rx_desc_arm(), dualbuf_rx_desc_status(), dualbuf_rx_desc_read()
 *   DUALBUF_RXD_CKSUM_*_SHIFT  where vectors find the checksum bits
 *   struct dualbuf_tx_desc     cmd_len, and halves[2] as they are stored; DUALBUF_TXD_*
 *   dualbuf_tx_order_of()      what the data descriptors of a packet have alike in their second half
 *   dualbuf_tx_desc_done(), dualbuf_tx_desc_set_done()
 *   struct dualbuf_tx_context  halves[2] as they are stored; dualbuf_tx_context_of(), dualbuf_tx_is_context()
 *   dualbuf_tx_context_fits(), dualbuf_tx_context_slot(), and of contexts:
 *   DUALBUF_TXC_SLOTS          how many of them the device has for a queue
 *   DUALBUF_TXC_HAS_TAG        a VLAN tag to be inserted stands there, not in the packet's descriptors
 *   DUALBUF_TXC_HAS_SCTP       it inserts the checksum of SCTP too
 *   DUALBUF_TXC_COUNTS         the device counts in one that it segments by: it serves a single packet
 *   DUALBUF_TXC_MAX_PAYLOAD, _MIN_MSS, _MAX_FRAME  what it segments, in bytes
 */

#include <stdbool.h>
#include <stdint.h>

/* Ring lengths: RDLEN and TDLEN count multiples of 128 bytes, which is 8 descriptors. */
#define DUALBUF_MIN_DESC 32
#define DUALBUF_MAX_DESC 4096
#define DUALBUF_DESC_ALIGN 8
#define DUALBUF_RING_BASE_ALIGN 128

/* Bytes of a descriptor, in either direction and in every format. */
#define DUALBUF_DESC_SIZE 16

/* The most contexts that any format has for a queue. */
#define DUALBUF_TX_CONTEXTS 2

enum dualbuf_tx_l4 {
	DUALBUF_TX_L4_UDP,
	DUALBUF_TX_L4_TCP,
	DUALBUF_TX_L4_SCTP,
};

/* What is asked of a packet by a context: checksums that the device inserts, frames of it. Offsets in bytes. */
struct dualbuf_tx_asked {
	uint16_t l3; /* where its IP header begins */
	uint16_t l4; /* where the header behind that begins */
	bool is_ipv4;
	enum dualbuf_tx_l4 l4_type;
	uint16_t tag; /* VLAN tag to be inserted, where a context has it; otherwise 0 */

	/* To segment it; otherwise 0 */
	uint16_t payload_at; /* where the headers end */
	uint16_t mss; /* bytes of payload in each frame but the last */
	uint32_t payload; /* bytes of payload */
};

/*
 * The formats, as queues name theirs: a queue is in memory that processes share, and each of them has the
 * format's functions elsewhere. A format's header says which it is, as DUALBUF_DESC_ID.
 */
enum dualbuf_desc_id {
	DUALBUF_DESC_EXT, /* dualbuf_desc_ext.h */
	DUALBUF_DESC_ADV, /* dualbuf_desc_adv.h */
	DUALBUF_DESC_LEGACY, /* dualbuf_desc_legacy.h: to receive */
	DUALBUF_NB_DESC_IDS
};

#endif /* _DUALBUF_DESC_H_ */
