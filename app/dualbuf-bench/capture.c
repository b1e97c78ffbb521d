/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_debug.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "capture.h"

/* Small writes would leave the page cache in small pieces, which every reader has to collect. */
#define BUFFER_SIZE (1 << 20)
/* 1514, and what pcapng pads it with. */
#define MAX_FRAME 1516

struct capture_frame {
	union {
		struct {
			struct rte_ether_hdr ether;
			struct rte_ipv4_hdr ip;
			struct rte_udp_hdr udp;
		} __attribute__((packed));
		uint8_t bytes[MAX_FRAME];
	};
} __attribute__((packed));

static const uint16_t lengths[][12] = {
	[CAPTURE_60] = { 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60 },
	[CAPTURE_IMIX] = { 60, 570, 60, 60, 570, 60, 1514, 60, 570, 60, 570, 60 },
	[CAPTURE_1514] = { 1514, 1514, 1514, 1514, 1514, 1514, 1514, 1514, 1514, 1514, 1514, 1514 },
};

const char *
capture_name(enum capture_kind kind)
{
	static const char *const names[] = { "60", "imix", "1514" };

	return names[kind];
}

double
capture_mean(enum capture_kind kind)
{
	double sum = 0;
	unsigned int i;

	for (i = 0; i < RTE_DIM(lengths[kind]); i++)
		sum += lengths[kind][i];
	return sum / RTE_DIM(lengths[kind]);
}

/* UDP in IPv4, from many addresses. */
static void
capture_frame_set(struct capture_frame *frame, uint64_t number, uint16_t length)
{
	frame->ip.total_length = rte_cpu_to_be_16(length - sizeof(frame->ether));
	frame->ip.src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 0) + (uint32_t)number % 65536);
	frame->ip.hdr_checksum = 0;
	frame->ip.hdr_checksum = rte_ipv4_cksum(&frame->ip);
	frame->udp.dgram_len = rte_cpu_to_be_16(length - sizeof(frame->ether) - sizeof(frame->ip));
}

static void
capture_frame_init(struct capture_frame *frame)
{
	memset(frame, 0x5a, sizeof(*frame));
	memcpy(&frame->ether.dst_addr, "\2\0\0\0\0\2", RTE_ETHER_ADDR_LEN);
	memcpy(&frame->ether.src_addr, "\2\0\0\0\0\1", RTE_ETHER_ADDR_LEN);
	frame->ether.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	memset(&frame->ip, 0, sizeof(frame->ip));
	frame->ip.version_ihl = RTE_IPV4_VHL_DEF;
	frame->ip.time_to_live = 64;
	frame->ip.next_proto_id = IPPROTO_UDP;
	frame->ip.dst_addr = rte_cpu_to_be_32(0xc0000201); /* 192.0.2.1 */
	frame->udp.src_port = rte_cpu_to_be_16(1000);
	frame->udp.dst_port = rte_cpu_to_be_16(9);
	frame->udp.dgram_cksum = 0;
}

static bool
capture_put_pcap(FILE *file, const struct capture_frame *frame, uint64_t time, uint32_t length)
{
	const uint32_t header[4] = { time / 1000000, time % 1000000, length, length };

	return fwrite(header, sizeof(header), 1, file) == 1 && fwrite(frame, length, 1, file) == 1;
}

static bool
capture_put_pcapng(FILE *file, const struct capture_frame *frame, uint64_t time, uint32_t length)
{
	const uint32_t padded = RTE_ALIGN_CEIL(length, 4);
	const uint32_t total = 32 + padded;
	const uint32_t header[7] = { 6, total, 0, time >> 32, (uint32_t)time, length, length };

	return fwrite(header, sizeof(header), 1, file) == 1 &&
			fwrite(frame, padded, 1, file) == 1 &&
			fwrite(&total, sizeof(total), 1, file) == 1;
}

static bool
capture_put_start(FILE *file, enum capture_format format)
{
	static const uint32_t pcap[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1 };
	/* a section's header, and an interface */
	static const uint32_t pcapng[12] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX,
		28, 1, 20, 1, 65535, 20 };

	if (format == CAPTURE_PCAP)
		return fwrite(pcap, sizeof(pcap), 1, file) == 1;
	return fwrite(pcapng, sizeof(pcapng), 1, file) == 1;
}

static void
capture_write(const char *path, enum capture_format format, enum capture_kind kind, uint64_t nb,
		uint64_t gap_us)
{
	static struct capture_frame frame;
	static char buffer[BUFFER_SIZE];
	FILE *file = fopen(path, "wb");
	uint64_t i, time = 1700000000000000;
	uint16_t length;
	bool good;

	if (file == NULL)
		rte_exit(EXIT_FAILURE, "%s: %s\n", path, strerror(errno));
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	capture_frame_init(&frame);
	good = capture_put_start(file, format);
	for (i = 0; i < nb && good; i++) {
		length = lengths[kind][i % RTE_DIM(lengths[kind])];
		capture_frame_set(&frame, i, length);
		good = format == CAPTURE_PCAP ?
				capture_put_pcap(file, &frame, time + i * gap_us, length) :
				capture_put_pcapng(file, &frame, time + i * gap_us, length);
	}
	if (fclose(file) != 0 || !good)
		rte_exit(EXIT_FAILURE, "%s: %s\n", path, strerror(errno));
}

void
capture_make(const char *path, enum capture_format format, enum capture_kind kind, uint64_t nb)
{
	capture_write(path, format, kind, nb, 1);
}

void
capture_make_spaced(const char *path, uint64_t nb, uint64_t gap_ns)
{
	capture_write(path, CAPTURE_PCAP, CAPTURE_60, nb, gap_ns / 1000);
}
