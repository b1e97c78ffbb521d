/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PACKET_RING_H_
#define _WIRE_PACKET_RING_H_

#include "wire_choices.h"
#include "wire_source.h"

/*
 * The frames that the kernel keeps for a packet socket, in slots of memory that it shares with us
 * (PACKET_RX_RING). It fills one slot after the other; each is ours from then on until we give it
 * back. A frame that is too long for a slot waits on the socket instead, and its slot says so.
 *
 * This is TPACKET_V2, which hands over each frame at once. V3 hands over blocks of frames, the last
 * of them milliseconds late.
 */
struct wire_packet_ring {
	uint8_t *map;
	uint32_t nb;
	uint32_t pos; /* the next one to look at */
	uint32_t nb_held; /* before pos: shown, not yet given back */
	int fd;
	enum wire_direction direction; /* frames of the other one are passed over */
	uint8_t *long_frame; /* the one that is shown, after the room for its VLAN tag */
	uint64_t nb_cut; /* frames too long for a slot that found no room on the socket */
};

/*
 * Have the kernel keep frames for a socket, which must not be bound to a protocol yet. The socket
 * stays the caller's. depth: how many frames, a power of 2; nb tells how many it became.
 * Returns 0 or a negative errno; wire_packet_ring_close() is allowed after both.
 */
int wire_packet_ring_open(struct wire_packet_ring *slots, int fd, uint32_t depth);

/*
 * Go on with what another process has opened so, by a descriptor of the same socket, and has not shown frames
 * of. depth: as it was given there. Otherwise as wire_packet_ring_open().
 */
int wire_packet_ring_adopt(struct wire_packet_ring *slots, int fd, uint32_t depth);

void wire_packet_ring_close(struct wire_packet_ring *slots);

/*
 * Show the next of the frames that have come, WIRE_SOURCE_FRAMES at the most. All that was shown before
 * goes back to the kernel. There is no system call but for a frame that is too long for its slot.
 * Returns how many are shown; 0 when none has come.
 */
uint32_t wire_packet_ring_show(struct wire_packet_ring *slots, struct wire_frame *frames);

#endif /* _WIRE_PACKET_RING_H_ */
