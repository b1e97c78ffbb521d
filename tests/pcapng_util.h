/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _PCAPNG_UTIL_H_
#define _PCAPNG_UTIL_H_

/*
 * pcapng files block by block, right or wrong ones, for tests that read them. They are put into a struct
 * capture, in its byte order. Numbers, not the driver's names for them: a mistake would have to be made
 * twice.
 */

#include "capture_util.h"

#define NG_SECTION 0x0a0d0d0a
#define NG_INTERFACE 1
#define NG_OBSOLETE_PACKET 2
#define NG_SIMPLE_PACKET 3
#define NG_STATISTICS 5
#define NG_ENHANCED_PACKET 6
#define NG_UNKNOWN 0x80000bad

#define NG_COMMENT 1
#define NG_TSRESOL 9
#define NG_TSOFFSET 14

/* Where the block that is being put began. */
static size_t ng_start;

static inline void
ng_patch(struct capture *c, size_t at, uint64_t value, unsigned int size)
{
	size_t len = c->len;

	c->len = at;
	capture_put(c, value, size);
	c->len = len;
}

static inline void
ng_pad(struct capture *c)
{
	while (c->len % 4 != 0)
		c->bytes[c->len++] = 0x5a;
}

static inline void
ng_begin(struct capture *c, uint32_t type)
{
	ng_start = c->len;
	capture_put(c, type, 4);
	capture_put(c, 0, 4);
}

static inline void
ng_end(struct capture *c)
{
	ng_pad(c);
	capture_put(c, c->len - ng_start + 4, 4);
	ng_patch(c, ng_start + 4, c->len - ng_start, 4);
}

static inline void
ng_option(struct capture *c, uint16_t code, const void *value, uint16_t len)
{
	capture_put(c, code, 2);
	capture_put(c, len, 2);
	capture_put_bytes(c, value, len);
	ng_pad(c);
}

static inline void
ng_tsresol(struct capture *c, uint8_t tsresol)
{
	ng_option(c, NG_TSRESOL, &tsresol, 1);
}

static inline void
ng_tsoffset(struct capture *c, int64_t seconds)
{
	capture_put(c, NG_TSOFFSET, 2);
	capture_put(c, 8, 2);
	capture_put(c, seconds, 8);
}

static inline void
ng_options_end(struct capture *c)
{
	capture_put(c, 0, 4);
}

static inline void
ng_begin_section(struct capture *c, bool big_endian)
{
	c->big_endian = big_endian;
	ng_begin(c, NG_SECTION);
	capture_put(c, 0x1a2b3c4d, 4);
	capture_put(c, 1, 2);
	capture_put(c, 0, 2);
	capture_put(c, UINT64_MAX, 8);
}

static inline void
ng_section(struct capture *c, bool big_endian)
{
	ng_begin_section(c, big_endian);
	ng_end(c);
}

static inline void
ng_begin_interface(struct capture *c, uint16_t link_type, uint32_t snaplen)
{
	ng_begin(c, NG_INTERFACE);
	capture_put(c, link_type, 2);
	capture_put(c, 0, 2);
	capture_put(c, snaplen, 4);
}

static inline void
ng_interface(struct capture *c, uint16_t link_type, uint32_t snaplen)
{
	ng_begin_interface(c, link_type, snaplen);
	ng_end(c);
}

/* An interface with its unit of time, and where it begins. */
static inline void
ng_timed_interface(struct capture *c, uint8_t tsresol, int64_t tsoffset)
{
	ng_begin_interface(c, CAPTURE_ETHERNET, 0);
	ng_option(c, NG_COMMENT, "an interface", 12);
	ng_tsoffset(c, tsoffset);
	ng_tsresol(c, tsresol);
	ng_options_end(c);
	ng_end(c);
}

static inline void
ng_begin_enhanced(struct capture *c, uint32_t interface, uint64_t units, const void *data,
		uint32_t len)
{
	ng_begin(c, NG_ENHANCED_PACKET);
	capture_put(c, interface, 4);
	capture_put(c, units >> 32, 4);
	capture_put(c, units & UINT32_MAX, 4);
	capture_put(c, len, 4);
	capture_put(c, len + 7, 4);
	capture_put_bytes(c, data, len);
	ng_pad(c);
}

static inline void
ng_enhanced(struct capture *c, uint32_t interface, uint64_t units, const void *data, uint32_t len)
{
	ng_begin_enhanced(c, interface, units, data, len);
	ng_end(c);
}

static inline void
ng_obsolete(struct capture *c, uint16_t interface, uint64_t units, const void *data, uint32_t len)
{
	ng_begin(c, NG_OBSOLETE_PACKET);
	capture_put(c, interface, 2);
	capture_put(c, 0xffff, 2); /* nobody counted drops */
	capture_put(c, units >> 32, 4);
	capture_put(c, units & UINT32_MAX, 4);
	capture_put(c, len, 4);
	capture_put(c, len, 4);
	capture_put_bytes(c, data, len);
	ng_end(c);
}

static inline void
ng_simple(struct capture *c, uint32_t original, const void *data, uint32_t len)
{
	ng_begin(c, NG_SIMPLE_PACKET);
	capture_put(c, original, 4);
	capture_put_bytes(c, data, len);
	ng_end(c);
}

static inline void
ng_other(struct capture *c, uint32_t type, const void *data, size_t len)
{
	ng_begin(c, type);
	capture_put_bytes(c, data, len);
	ng_end(c);
}

/* A section with one interface, whose times are nanoseconds. */
static inline void
ng_start_file(struct capture *c, bool big_endian)
{
	c->len = 0;
	ng_section(c, big_endian);
	ng_timed_interface(c, 9, 0);
}

#endif /* _PCAPNG_UTIL_H_ */
