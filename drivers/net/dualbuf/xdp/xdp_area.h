/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_AREA_H_
#define _XDP_AREA_H_

/*
 * The memory that the kernel may use, a UMEM: all of a mempool's, as one range. Chunks are unaligned: any
 * address of it may be given. An address that comes back has its chunk in the lower 48 bits, as it was given,
 * and in the upper 16 how far behind that the data lies (Linux, Documentation/networking/af_xdp.rst).
 */

#include <stdbool.h>
#include <stdint.h>

#include <linux/if_xdp.h>

/* How far behind the chunk's beginning the kernel puts a frame: XDP_PACKET_HEADROOM of linux/bpf.h. */
#define XDP_AREA_LEAD 256

/* A chunk is a page at the most, and half of one at the least: so is what it has for a frame. */
#define XDP_AREA_MIN_CHUNK 2048
#define XDP_AREA_MAX_CHUNK 4096
#define XDP_AREA_MIN_FRAME (XDP_AREA_MIN_CHUNK - XDP_AREA_LEAD)
#define XDP_AREA_MAX_FRAME (XDP_AREA_MAX_CHUNK - XDP_AREA_LEAD)

struct xdp_area {
	uint64_t base; /* its first byte's address */
	uint64_t size;
	uint32_t chunk; /* bytes of each chunk */
};

static inline uint64_t
xdp_area_start(uint64_t addr)
{
	return addr & XSK_UNALIGNED_BUF_ADDR_MASK;
}

static inline uint64_t
xdp_area_offset(uint64_t addr)
{
	return addr >> XSK_UNALIGNED_BUF_OFFSET_SHIFT;
}

static inline uint64_t
xdp_area_addr(uint64_t start, uint64_t offset)
{
	return start | offset << XSK_UNALIGNED_BUF_OFFSET_SHIFT;
}

/* The chunk to be given for a buffer whose frame is to lie at data. */
static inline uint64_t
xdp_area_chunk_for(const struct xdp_area *area, uint64_t data)
{
	return data - XDP_AREA_LEAD - area->base;
}

/* Do len bytes at an address, given without upper bits, lie within? */
static inline bool
xdp_area_has(const struct xdp_area *area, uint64_t start, uint64_t len)
{
	return start <= area->size && len <= area->size - start;
}

#endif /* _XDP_AREA_H_ */
