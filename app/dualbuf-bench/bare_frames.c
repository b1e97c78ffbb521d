/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "bare.h"
#include "bare_frames.h"
#include "wire_clock.h"
#include "wire_pcap.h"

#define PIECE (256 * 1024)

/* Frames that are copied in before any of them is copied out. */
#define BURST 32

/* Records are shorter: what is kept of one that does not end within a piece. */
#define KEEP 4096

/* The mbuf's two lines, and what is behind it in a pool. */
struct bare_buffer {
	struct rte_mbuf mbuf;
	uint8_t headroom[RTE_PKTMBUF_HEADROOM];
	uint8_t data[RTE_MBUF_DEFAULT_DATAROOM];
};

struct bare_frames {
	uint32_t nb_buffers;
	uint32_t next;
	uint64_t rearm;
	uintptr_t links; /* so that what is read counts */
	size_t at; /* the first byte that is not walked yet */
	size_t len;
	size_t used; /* of what is to be written */
	uint8_t in[KEEP + PIECE];
	uint8_t out[PIECE];
	struct bare_buffer buffers[];
};

struct bare_frames *
bare_frames_open(uint32_t nb_buffers)
{
	struct rte_mbuf head = { .data_off = RTE_PKTMBUF_HEADROOM, .nb_segs = 1 };
	struct bare_frames *frames =
			rte_zmalloc(NULL, sizeof(*frames) + nb_buffers * sizeof(frames->buffers[0]),
					RTE_CACHE_LINE_SIZE);

	if (frames == NULL)
		rte_exit(EXIT_FAILURE, "no memory\n");
	rte_mbuf_refcnt_set(&head, 1);
	frames->rearm = *(uint64_t *)&head.rearm_data;
	frames->nb_buffers = nb_buffers;
	return frames;
}

void
bare_frames_close(struct bare_frames *frames)
{
	rte_free(frames);
}

/* Copy a frame to the next buffer, and touch its mbuf: the line that is written on receipt, and the other. */
static inline struct rte_mbuf *
frames_receive(struct bare_frames *frames, const uint8_t *data, uint32_t len)
{
	struct bare_buffer *buffer = &frames->buffers[frames->next];
	struct rte_mbuf *m = &buffer->mbuf;

	frames->next = frames->next + 1 == frames->nb_buffers ? 0 : frames->next + 1;
	memcpy(buffer->data, data, len);
	*(uint64_t *)&m->rearm_data = frames->rearm;
	m->ol_flags = 0;
	m->packet_type = 0;
	m->pkt_len = len;
	m->data_len = len;
	frames->links |= (uintptr_t)m->next;
	return m;
}

/* Up to a burst of the whole records that are there. Returns how many. */
static inline uint32_t
frames_receive_burst(struct bare_frames *frames, struct rte_mbuf **pkts)
{
	struct wire_pcap_record_header header;
	uint32_t n;

	for (n = 0; n < BURST && frames->len - frames->at >= sizeof(header); n++) {
		const uint8_t *record = &frames->in[frames->at];

		memcpy(&header, record, sizeof(header));
		if (header.captured > frames->len - frames->at - sizeof(header))
			break;
		pkts[n] = frames_receive(frames, record + sizeof(header), header.captured);
		frames->at += sizeof(header) + header.captured;
	}
	return n;
}

/* Read on, and keep what is not walked yet. Returns false at the end. */
static bool
frames_read(struct bare_frames *frames, int fd)
{
	size_t rest = frames->len - frames->at;
	ssize_t len;

	if (rest > KEEP)
		rte_exit(EXIT_FAILURE, "a record is too long\n");
	memmove(frames->in, &frames->in[frames->at], rest);
	len = read(fd, &frames->in[rest], PIECE);
	frames->at = 0;
	frames->len = rest + RTE_MAX(len, 0);
	return len > 0;
}

static void
frames_write(struct bare_frames *frames, int fd)
{
	if (write(fd, frames->out, frames->used) != (ssize_t)frames->used)
		rte_exit(EXIT_FAILURE, "a capture cannot be written\n");
	frames->used = 0;
}

static inline void
frames_send(struct bare_frames *frames, const struct rte_mbuf *m, uint64_t now, int fd)
{
	const struct wire_pcap_record_header header = {
		.seconds = now / WIRE_NS_PER_S,
		.fraction = now % WIRE_NS_PER_S,
		.captured = m->data_len,
		.original = m->pkt_len,
	};

	if (PIECE - frames->used < sizeof(header) + m->data_len)
		frames_write(frames, fd);
	memcpy(&frames->out[frames->used], &header, sizeof(header));
	memcpy(&frames->out[frames->used + sizeof(header)],
			container_of(m, const struct bare_buffer, mbuf)->data, m->data_len);
	frames->used += sizeof(header) + m->data_len;
}

static void
frames_forward(struct bare_frames *frames, int to)
{
	struct rte_mbuf *pkts[BURST];
	uint32_t nb, i;
	uint64_t now;

	while ((nb = frames_receive_burst(frames, pkts)) > 0) {
		now = wire_time_of_day();
		for (i = 0; i < nb; i++)
			frames_send(frames, pkts[i], now, to);
	}
}

uint64_t
bare_frames_copy(struct bare_frames *frames, const char *in, const char *out)
{
	int from = bare_open(in, O_RDONLY), to = bare_open(out, O_WRONLY | O_CREAT | O_TRUNC);
	uint64_t begin = rte_rdtsc_precise();

	frames->at = 0;
	frames->len = 0;
	if (!frames_read(frames, from))
		rte_exit(EXIT_FAILURE, "cannot read %s\n", in);
	memcpy(frames->out, frames->in, sizeof(struct wire_pcap_file_header));
	frames->at = sizeof(struct wire_pcap_file_header);
	frames->used = sizeof(struct wire_pcap_file_header);
	do {
		frames_forward(frames, to);
	} while (frames_read(frames, from));
	frames_write(frames, to);
	close(to);
	close(from);
	return rte_rdtsc_precise() - begin;
}

uint64_t
bare_frames_replay(struct bare_frames *frames, const char *in, uint64_t nb_pkts)
{
	int from = bare_open(in, O_RDONLY);
	struct rte_mbuf *pkts[BURST];
	uint64_t done = 0, begin;
	uint32_t nb;

	frames->at = 0;
	frames->len = 0;
	if (!frames_read(frames, from))
		rte_exit(EXIT_FAILURE, "cannot read %s\n", in);
	close(from);
	begin = rte_rdtsc_precise();
	for (frames->at = sizeof(struct wire_pcap_file_header); done < nb_pkts; done += nb) {
		nb = frames_receive_burst(frames, pkts);
		if (nb == 0)
			frames->at = sizeof(struct wire_pcap_file_header);
	}
	return rte_rdtsc_precise() - begin;
}
