/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_ether.h>

#include "bare_xdp.h"
#include "xdp_program.h"
#include "xdp_socket.h"

#define NB_FRAMES 512
#define FRAME_SIZE 2048
#define BURST 32

struct bare_xdp {
	struct xdp_program *program;
	struct xdp_socket sock;
	struct xdp_area area;
};

struct bare_xdp *
bare_xdp_open(const char *interface)
{
	struct bare_xdp *bare = calloc(1, sizeof(*bare));
	void *memory = mmap(NULL, NB_FRAMES * FRAME_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct xdp_socket_conf conf = {
		.iface = interface,
		.pool_name = "bare",
		.nb_rx = NB_FRAMES,
		.nb_tx = NB_FRAMES,
	};
	uint32_t idx = 0, i;

	if (bare == NULL || memory == MAP_FAILED)
		rte_exit(EXIT_FAILURE, "no memory\n");
	bare->area = (struct xdp_area){ (uintptr_t)memory, NB_FRAMES * FRAME_SIZE, FRAME_SIZE };
	conf.area = bare->area;
	if (xdp_program_attach(interface, XDP_MODE_AUTO, NULL, &bare->program) != 0 ||
			xdp_socket_open(&bare->sock, &conf) != 0 ||
			xdp_program_give(bare->program, 0, xsk_socket__fd(bare->sock.xsk)) != 0)
		rte_exit(EXIT_FAILURE, "no AF_XDP socket for %s\n", interface);
	if (xsk_ring_prod__reserve(&bare->sock.shared.fill, NB_FRAMES, &idx) != NB_FRAMES)
		rte_exit(EXIT_FAILURE, "the fill ring is too small\n");
	for (i = 0; i < NB_FRAMES; i++)
		*xsk_ring_prod__fill_addr(&bare->sock.shared.fill, idx + i) = i * FRAME_SIZE;
	xsk_ring_prod__submit(&bare->sock.shared.fill, NB_FRAMES);
	return bare;
}

void
bare_xdp_close(struct bare_xdp *bare)
{
	xdp_socket_close(&bare->sock);
	xdp_program_detach(bare->program);
	munmap((void *)(uintptr_t)bare->area.base, bare->area.size);
	free(bare);
}

/* What an mbuf of each frame would cost: a line that is written, and one that is read. */
static inline uint64_t
fill_in(const struct bare_xdp *bare, uint64_t start, uint32_t len)
{
	volatile uint64_t *line = (volatile uint64_t *)(uintptr_t)(bare->area.base + start);

	line[0] = len;
	return line[8];
}

uint32_t
bare_xdp_drain(struct bare_xdp *bare, uint64_t *cycles)
{
	uint64_t begin = rte_rdtsc_precise();
	uint32_t total = 0, from = 0, to = 0, n, i;

	while ((n = xsk_ring_cons__peek(&bare->sock.rx, BURST, &from)) > 0) {
		xsk_ring_prod__reserve(&bare->sock.shared.fill, n, &to);
		for (i = 0; i < n; i++) {
			const struct xdp_desc *desc =
					xsk_ring_cons__rx_desc(&bare->sock.rx, from + i);
			uint64_t start = xdp_area_start(desc->addr);

			fill_in(bare, start, desc->len);
			*xsk_ring_prod__fill_addr(&bare->sock.shared.fill, to + i) = start;
		}
		xsk_ring_prod__submit(&bare->sock.shared.fill, n);
		xsk_ring_cons__release(&bare->sock.rx, n);
		total += n;
	}
	*cycles += rte_rdtsc_precise() - begin;
	return total;
}

/* The frames are those that are also on the fill ring: nobody sends to this end meanwhile. */
static void
send_burst(struct bare_xdp *bare, uint16_t length)
{
	uint32_t idx = 0, n, i;

	while (xsk_ring_prod__reserve(&bare->sock.tx, BURST, &idx) == 0)
		;
	for (i = 0; i < BURST; i++) {
		struct xdp_desc *desc = xsk_ring_prod__tx_desc(&bare->sock.tx, idx + i);

		*desc = (struct xdp_desc){ .addr = i * FRAME_SIZE, .len = length };
	}
	xsk_ring_prod__submit(&bare->sock.tx, BURST);
	sendto(xsk_socket__fd(bare->sock.xsk), NULL, 0, MSG_DONTWAIT, NULL, 0);
	n = xsk_ring_cons__peek(&bare->sock.shared.completions, NB_FRAMES, &idx);
	xsk_ring_cons__release(&bare->sock.shared.completions, n);
}

void
bare_xdp_send(struct bare_xdp *bare, unsigned int nb, uint16_t length)
{
	uint8_t *frames = (uint8_t *)(uintptr_t)bare->area.base;
	unsigned int i;

	for (i = 0; i < BURST; i++)
		memset(&frames[i * FRAME_SIZE], 2, RTE_ETHER_HDR_LEN);
	for (i = 0; i < nb; i += BURST)
		send_burst(bare, length);
}
