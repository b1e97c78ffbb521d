/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>

#include "wire_packet_ring.h"

#define NS_PER_SECOND 1000000000ULL

/* A slot has room for an Ethernet frame with its tags; offloads and jumbo frames exceed it. */
#define SLOT_SIZE 2048
#define BLOCK_SIZE 65536

/*
 * Frames begin at a cache line, and before them is room for a VLAN tag. Without a reserve the kernel
 * aligns what follows the Ethernet header.
 */
#define FRAME_AT 128
#define FRAME_RESERVE (FRAME_AT - (TPACKET_ALIGN(TPACKET2_HDRLEN + 16) - ETH_HLEN))

/*
 * The memory that frames waiting on the socket may have, as the kernel counts: some hundred frames of 64 KB. Without CAP_NET_ADMIN
 * net.core.rmem_max is the limit.
 */
#define LONG_FRAMES_SIZE (32 * 1024 * 1024)

static inline uint8_t *
slot_at(const struct wire_packet_ring *slots, uint32_t pos)
{
	return slots->map + (size_t)(pos & (slots->nb - 1)) * SLOT_SIZE;
}

static inline void
slot_give_back(const struct wire_packet_ring *slots, uint32_t pos)
{
	struct tpacket2_hdr *slot = (struct tpacket2_hdr *)slot_at(slots, pos);

	__atomic_store_n(&slot->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

static int
set_option(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value)) == 0 ? 0 : -errno;
}

static void
make_room_for_long_frames(int fd)
{
	const int size = LONG_FRAMES_SIZE / 2; /* the kernel doubles it */

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* depth slots, or as many as the kernel has memory for. */
static int
slots_allocate(struct wire_packet_ring *slots, uint32_t depth)
{
	struct tpacket_req req = {
		.tp_block_size = BLOCK_SIZE,
		.tp_frame_size = SLOT_SIZE,
	};

	for (slots->nb = depth; slots->nb >= WIRE_MIN_DEPTH; slots->nb /= 2) {
		req.tp_frame_nr = slots->nb;
		req.tp_block_nr = slots->nb / (BLOCK_SIZE / SLOT_SIZE);
		if (setsockopt(slots->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) == 0)
			return 0;
		if (errno != ENOMEM)
			return -errno;
	}
	return -ENOMEM;
}

/* So that no page is written to for the first time when its turn comes, which takes long. */
static void
slots_touch(struct wire_packet_ring *slots)
{
	uint32_t pos;

	for (pos = 0; pos < slots->nb; pos++)
		slot_give_back(slots, pos);
}

static int
slots_map(struct wire_packet_ring *slots)
{
	void *map = mmap(NULL, (size_t)slots->nb * SLOT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			slots->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	slots->map = map;
	return 0;
}

int
wire_packet_ring_open(struct wire_packet_ring *slots, int fd, uint32_t depth)
{
	int ret;

	slots->fd = fd;
	slots->long_frame = malloc(RTE_VLAN_HLEN + WIRE_MAX_FRAME);
	if (slots->long_frame == NULL)
		return -ENOMEM;
	make_room_for_long_frames(fd);
	ret = set_option(fd, PACKET_VERSION, TPACKET_V2);
	if (ret == 0)
		ret = set_option(fd, PACKET_RESERVE, FRAME_RESERVE);
	if (ret == 0) /* of the value only counts that there is one */
		ret = set_option(fd, PACKET_COPY_THRESH, SLOT_SIZE);
	if (ret == 0)
		ret = slots_allocate(slots, depth);
	if (ret == 0)
		ret = slots_map(slots);
	if (ret == 0)
		slots_touch(slots);
	return ret;
}

/* The kernel maps the slots as a whole: that is how many there are. */
int
wire_packet_ring_adopt(struct wire_packet_ring *slots, int fd, uint32_t depth)
{
	int ret = -EINVAL;

	slots->fd = fd;
	slots->long_frame = malloc(RTE_VLAN_HLEN + WIRE_MAX_FRAME);
	if (slots->long_frame == NULL)
		return -ENOMEM;
	for (slots->nb = depth; slots->nb >= WIRE_MIN_DEPTH && ret == -EINVAL; slots->nb /= 2)
		ret = slots_map(slots);
	slots->nb *= 2;
	return ret;
}

void
wire_packet_ring_close(struct wire_packet_ring *slots)
{
	if (slots->map != NULL)
		munmap(slots->map, (size_t)slots->nb * SLOT_SIZE);
	free(slots->long_frame);
	slots->map = NULL;
	slots->long_frame = NULL;
}

/* In the kernel's order: with the first of them it may go on to fill. */
static inline void
slots_give_back(struct wire_packet_ring *slots)
{
	uint32_t pos = slots->pos - slots->nb_held;

	for (; pos != slots->pos; pos++)
		slot_give_back(slots, pos);
	slots->nb_held = 0;
}

/* The kernel took the outermost tag out of the frame: put it back, into the room before. */
static void
restore_tag(const struct tpacket2_hdr *slot, uint32_t status, struct wire_frame *frame,
		uint8_t *data)
{
	const uint32_t at = 2 * RTE_ETHER_ADDR_LEN;
	const rte_be16_t tci = rte_cpu_to_be_16(slot->tp_vlan_tci);
	rte_be16_t tpid = RTE_BE16(RTE_ETHER_TYPE_VLAN);

	if (frame->len < at)
		return;
	if (status & TP_STATUS_VLAN_TPID_VALID)
		tpid = rte_cpu_to_be_16(slot->tp_vlan_tpid);
	memmove(data - RTE_VLAN_HLEN, data, at);
	data -= RTE_VLAN_HLEN;
	memcpy(data + at, &tpid, sizeof(tpid));
	memcpy(data + at + sizeof(tpid), &tci, sizeof(tci));
	frame->data = data;
	frame->len += RTE_VLAN_HLEN;
}

/*
 * A frame that did not fit into its slot. Those that found room on the socket wait there in the order
 * of their slots; an error that the socket has to tell comes before them, once. Of a frame longer than
 * WIRE_MAX_FRAME the length is the true one, by which it is seen to be too long.
 */
static bool
receive_long_frame(struct wire_packet_ring *slots, uint32_t status, uint8_t *data, uint32_t *len)
{
	ssize_t ret = -1;

	if (status & TP_STATUS_COPY) {
		do
			ret = recv(slots->fd, data, WIRE_MAX_FRAME, MSG_DONTWAIT | MSG_TRUNC);
		while (ret < 0 && errno == ENETDOWN);
	}
	if (ret < 0) {
		__atomic_store_n(&slots->nb_cut, slots->nb_cut + 1, __ATOMIC_RELAXED);
		return false;
	}
	*len = ret;
	return true;
}

static inline bool
is_long(const struct tpacket2_hdr *slot)
{
	return slot->tp_snaplen < slot->tp_len;
}

/* Is it of the direction that is wanted? What others send through the interface is going out. */
static inline bool
is_wanted(const struct wire_packet_ring *slots, const struct tpacket2_hdr *slot)
{
	const struct sockaddr_ll *from = RTE_PTR_ADD(slot, TPACKET_ALIGN(sizeof(*slot)));
	bool outgoing = from->sll_pkttype == PACKET_OUTGOING;

	return slots->direction == WIRE_DIRECTION_INOUT ||
			outgoing == (slots->direction == WIRE_DIRECTION_OUT);
}

/* Returns whether there is a frame to be shown. */
static inline bool
slot_show(struct wire_packet_ring *slots, struct tpacket2_hdr *slot, uint32_t status,
		struct wire_frame *frame)
{
	uint8_t *data = RTE_PTR_ADD(slot, slot->tp_mac);

	frame->len = slot->tp_snaplen;
	if (unlikely(is_long(slot))) {
		data = slots->long_frame + RTE_VLAN_HLEN;
		if (!receive_long_frame(slots, status, data, &frame->len))
			return false;
	}
	frame->data = data;
	frame->stamp = slot->tp_sec * NS_PER_SECOND + slot->tp_nsec;
	if (unlikely(status & TP_STATUS_VLAN_VALID))
		restore_tag(slot, status, frame, data);
	return is_wanted(slots, slot);
}

uint32_t
wire_packet_ring_show(struct wire_packet_ring *slots, struct wire_frame *frames)
{
	struct tpacket2_hdr *slot;
	uint32_t nb = 0, i, status;

	slots_give_back(slots);
	for (i = 0; i < slots->nb && nb < WIRE_SOURCE_FRAMES; i++) {
		slot = (struct tpacket2_hdr *)slot_at(slots, slots->pos);
		status = __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE);
		if (!(status & TP_STATUS_USER))
			return nb;
		nb += slot_show(slots, slot, status, &frames[nb]);
		slots->pos++;
		slots->nb_held++;
		if (unlikely(nb == 0)) /* there is nothing to be held */
			slots_give_back(slots);
		else if (unlikely(is_long(slot))) /* there is room for one */
			return nb;
	}
	return nb;
}
