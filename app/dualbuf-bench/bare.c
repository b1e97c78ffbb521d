/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <rte_byteorder.h>
#include <rte_cycles.h>
#include <rte_debug.h>

#include "bare.h"

#define PIECE (256 * 1024)

#define NB_SLOTS 512
#define SLOT_SIZE 2048
#define BLOCK_SIZE 65536

/* As many buffers as a burst has packets. */
#define NB_BUFFERS 32

struct bare_slots {
	int fd;
	uint8_t *map;
	uint32_t pos;
	uint8_t buffers[NB_BUFFERS][SLOT_SIZE];
};

int
bare_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		rte_exit(EXIT_FAILURE, "cannot open %s\n", path);
	return fd;
}

uint64_t
bare_copy(const char *in, const char *out)
{
	static uint8_t piece[PIECE];
	int from = bare_open(in, O_RDONLY), to = bare_open(out, O_WRONLY | O_CREAT | O_TRUNC);
	uint64_t begin = rte_rdtsc_precise();
	ssize_t len;

	while ((len = read(from, piece, sizeof(piece))) > 0)
		if (write(to, piece, (size_t)len) != len)
			rte_exit(EXIT_FAILURE, "cannot write %s\n", out);
	close(to);
	close(from);
	return rte_rdtsc_precise() - begin;
}

struct bare_slots *
bare_slots_open(const char *interface)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = rte_cpu_to_be_16(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	const struct tpacket_req ring = {
		.tp_block_size = BLOCK_SIZE,
		.tp_block_nr = NB_SLOTS * SLOT_SIZE / BLOCK_SIZE,
		.tp_frame_size = SLOT_SIZE,
		.tp_frame_nr = NB_SLOTS,
	};
	const int version = TPACKET_V2;
	struct bare_slots *slots = calloc(1, sizeof(*slots));

	if (slots == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	slots->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (slots->fd < 0 ||
			setsockopt(slots->fd, SOL_PACKET, PACKET_VERSION, &version,
					sizeof(version)) != 0 ||
			setsockopt(slots->fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)) !=
					0 ||
			bind(slots->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		rte_exit(EXIT_FAILURE, "no packet socket with a ring for %s\n", interface);
	slots->map = mmap(NULL, NB_SLOTS * SLOT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, slots->fd,
			0);
	if (slots->map == MAP_FAILED)
		rte_exit(EXIT_FAILURE, "cannot map the ring of %s\n", interface);
	return slots;
}

void
bare_slots_close(struct bare_slots *slots)
{
	munmap(slots->map, NB_SLOTS * SLOT_SIZE);
	close(slots->fd);
	free(slots);
}

uint32_t
bare_slots_drain(struct bare_slots *slots, uint64_t *cycles)
{
	uint64_t begin = rte_rdtsc_precise();
	struct tpacket2_hdr *slot;
	uint32_t n = 0;

	for (;; n++, slots->pos++) {
		slot = (struct tpacket2_hdr *)(slots->map + slots->pos % NB_SLOTS * SLOT_SIZE);
		if (!(__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			break;
		memcpy(slots->buffers[n % NB_BUFFERS], (uint8_t *)slot + slot->tp_mac,
				slot->tp_snaplen);
		__atomic_store_n(&slot->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
	*cycles += rte_rdtsc_precise() - begin;
	return n;
}
